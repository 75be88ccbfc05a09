# Recomputes every published figure from data.csv with the package `survey` (4.1 or newer) and compares
# it with estimates.csv. Run it in this folder:
#
#     Rscript replicate.R
#
# It prints a table of the largest differences, writes all of them to differences.csv, and ends with the
# status 1 if any is larger than the tolerance printed beside it.

suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "adjust", survey.adjust.domain.lonely = FALSE, digits = 12)

read <- function(name) {
  read.csv(name, check.names = FALSE, colClasses = "character", na.strings = "", encoding = "UTF-8")
}
data <- read("data.csv")
published <- read("estimates.csv")
margins <- if (file.exists("margins.csv")) read("margins.csv") else NULL
number <- function(x) as.numeric(x)

# ---- Weights: each area raked to its own margins (Deming & Stephan 1940), capped, mean 1 ------------

fit <- function(w, cells, targets, tolerance) {
  off <- function(w) max(mapply(function(cell, target) {
    max(abs(tapply(w, factor(cell, names(target)), sum) - target) / target)
  }, cells, targets))
  passes <- 0
  while (off(w) > tolerance && passes < 1000) {
    for (i in seq_along(cells)) {
      sums <- tapply(w, factor(cells[[i]], names(targets[[i]])), sum)
      w <- w * (targets[[i]] / sums)[cells[[i]]]
    }
    w <- as.numeric(w)
    passes <- passes + 1
  }
  if (off(w) > tolerance) stop("Raking does not come to rest.")
  w
}

margins_of <- function(area) {
  found <- margins[margins$area == area, , drop = FALSE]
  split(found, factor(found$variable, unique(found$variable)))
}

joined <- function(rows, variable) {
  parts <- data[rows, strsplit(variable, "|", fixed = TRUE)[[1]], drop = FALSE]
  gone <- Reduce(`|`, lapply(parts, function(x) is.na(x) | x %in% MISSING))
  ifelse(gone, NA, do.call(paste, c(unname(as.list(parts)), sep = "|")))
}

weigh <- function(area) {
  rows <- which(data$area == area)
  base <- if (nzchar(BASE)) number(data[[BASE]][rows]) else rep(1, length(rows))
  base <- base / mean(base)
  of_area <- if (is.null(margins)) list() else margins_of(area)
  if (!length(of_area)) return(list(rows = rows, w = base, second = NA))
  cells <- lapply(names(of_area), function(name) joined(rows, name))
  complete <- which(!Reduce(`|`, lapply(cells, is.na)))
  cells <- lapply(cells, function(cell) cell[complete])
  n <- length(complete)
  targets <- lapply(of_area, function(m) {
    share <- setNames(number(m$share), m$category)
    share <- share[share > 0]
    n * share / sum(share)
  })
  w <- fit(base[complete], cells, targets, TOLERANCE)
  uncapped <- w
  if (CAP > 0) {
    cap <- CAP * mean(w)
    while (max(w) > cap * (1 + 1e-6)) w <- fit(pmin(w, cap), cells, targets, min(TOLERANCE, 1e-12))
  }
  out <- rep(1, length(rows))
  out[complete] <- w / mean(w)
  list(rows = rows, w = out, second = by_survey(base[complete], cells, targets, uncapped))
}

# A second opinion on the weights before the cap: those of survey::rake.
by_survey <- function(base, cells, targets, w) {
  frame <- as.data.frame(setNames(cells, paste0("m", seq_along(cells))), stringsAsFactors = TRUE)
  frame$base <- base
  pops <- lapply(seq_along(targets), function(i) {
    setNames(data.frame(names(targets[[i]]), as.numeric(targets[[i]])), c(paste0("m", i), "Freq"))
  })
  raked <- rake(svydesign(ids = ~1, weights = ~base, data = frame),
                lapply(seq_along(targets), function(i) as.formula(paste0("~m", i))), pops,
                control = list(maxit = 1000, epsilon = 1e-12))
  max(abs(weights(raked) / w - 1))
}

data$w <- NA_real_
second <- 0
for (area in unique(data$area)) {
  made <- weigh(area)
  data$w[made$rows] <- made$w
  second <- max(second, made$second, na.rm = TRUE)
}
weight_off <- max(abs(data$w / number(data$weight) - 1))

# ---- Estimates: linearised errors in one design; each area is a stratum, or several -----------------

data$stratum <- factor(do.call(paste, c(unname(as.list(data[STRATA])), sep = "|")))
data$unit <- if (nzchar(UNIT)) paste(data$stratum, data[[UNIT]], sep = "|") else seq_len(nrow(data))
areas <- LEVELS$area

expand <- function(dimensions) {
  if (!length(dimensions)) return(list(list(key = "", rows = rep(TRUE, nrow(data)))))
  levels <- lapply(dimensions, function(column) LEVELS[[column]])
  grid <- expand.grid(levels, stringsAsFactors = FALSE)
  lapply(seq_len(nrow(grid)), function(i) {
    codes <- unlist(grid[i, , drop = TRUE])
    inside <- rep(TRUE, nrow(data))
    for (j in seq_along(dimensions)) inside <- inside & data[[dimensions[[j]]]] %in% codes[[j]]
    parts <- paste(names(dimensions), codes, sep = "=")[order(names(dimensions), method = "radix")]
    list(key = paste(parts, collapse = ";"), rows = inside)
  })
}

korn_graubard <- function(p, n) {
  c(if (p <= 1e-12) 0 else qbeta(0.025, n * p, n - n * p + 1),
    if (p >= 1 - 1e-12) 1 else qbeta(0.975, n * p + 1, n - n * p))
}

interval <- function(kind, p, se, df, n, effective) {
  if (kind != "share") return(if (df < 1) c(NA, NA) else p + c(-1, 1) * qt(0.975, df) * se)
  df <- floor(df + 1e-9)
  if (df < 1) return(c(NA, NA))
  edge <- p <= 1e-12 || p >= 1 - 1e-12
  if (edge) return(korn_graubard(round(p), min(n, effective)))
  if (se < 1e-12) return(korn_graubard(p, min(n, effective)))
  plogis(qlogis(p) + c(-1, 1) * qt(0.975, df) * se / (p * (1 - p)))
}

of_area <- function(design, y, valid, area, cell, kind) {
  inside <- valid & data$area == area & cell
  n <- sum(inside)
  if (!n) return(list(n = 0))
  domain <- subset(design, inside)
  found <- svymean(~y, domain, deff = if (n > 1) "replace" else FALSE)
  estimate <- as.numeric(coef(found))
  se <- as.numeric(SE(found))
  df <- degf(domain)
  w <- data$w[inside]
  same <- length(unique(y[inside])) == 1
  if (same) { estimate <- y[inside][1]; se <- 0 }
  effective <- sum(w)^2 / sum(w^2)
  limits <- interval(kind, estimate, se, df, n, effective)
  list(n = n, value = estimate, se = if (df > 0) se else NA, df = df, low = limits[1],
       high = limits[2], population = sum(w), n_effective = effective,
       deff = if (same || df < 1) NA else as.numeric(deff(found)))
}

of_whole <- function(parts, totals, is_total, kind) {
  people <- sapply(names(POPULATIONS), function(member) {
    if (is_total) return(POPULATIONS[[member]])
    all <- totals[[member]]$population
    if (is.null(all)) return(0)
    inside <- parts[[member]]$population
    POPULATIONS[[member]] * (if (is.null(inside)) 0 else inside) / all
  })
  used <- Filter(function(member) parts[[member]]$n > 1, names(POPULATIONS))
  thin <- Filter(function(member) parts[[member]]$n < LEAST, used)
  if (length(thin) == 1 && length(used) > 1) used <- setdiff(used, thin)
  used <- Filter(function(member) people[[member]] > 0, used)
  if (!length(used)) return(NULL)
  take <- function(name) sapply(used, function(member) parts[[member]][[name]])
  share <- people[used] / sum(people[used])
  estimate <- sum(share * take("value"))
  terms <- (share * take("se"))^2
  se <- sqrt(sum(terms))
  df <- sum(terms)^2 / sum((terms^2 / take("df"))[take("df") > 0])
  if (is.nan(df)) df <- sum(take("df"))
  n <- sum(take("n"))
  effective <- 1 / sum(share^2 / take("n_effective"))
  if (kind == "share") estimate <- min(1, max(0, estimate))
  limits <- if (is.na(se)) c(NA, NA) else interval(kind, estimate, se, df, n, effective)
  list(n = n, value = estimate, se = se, df = df, low = limits[1], high = limits[2],
       population = sum(people[used]), n_effective = effective, deff = n / effective)
}

recomputed <- list()
keep <- function(area, key, figure, found) {
  if (!is.null(found)) recomputed[[paste(area, key, figure, sep = "\r")]] <<- found
}

for (figure in FIGURES) {
  answer <- data[[figure$column]]
  y <- if (is.null(figure$scores)) number(answer) else unname(figure$scores[answer])
  valid <- !is.na(y)
  for (column in names(figure$where)) valid <- valid & data[[column]] %in% figure$where[[column]]
  data$y <- ifelse(valid, y, 0)
  design <- svydesign(ids = ~unit, strata = ~stratum, weights = ~w, data = data)
  totals <- NULL
  for (dimensions in c(list(character(0)), figure$breakdowns)) for (cell in expand(dimensions)) {
    parts <- setNames(lapply(areas, function(area) {
      of_area(design, data$y, valid, area, cell$rows, figure$kind)
    }), areas)
    if (is.null(totals)) totals <- parts
    for (area in areas) keep(area, cell$key, figure$id, parts[[area]])
    if (nzchar(WHOLE)) {
      keep(WHOLE, cell$key, figure$id, of_whole(parts, totals, cell$key == "", figure$kind))
    }
  }
}

# ---- Comparison --------------------------------------------------------------------------------------

TOLERANCES <- c(n = 0, df = 1e-7, value = 1e-9, population = 1e-9, n_effective = 1e-9,
                se = 1e-7, low = 1e-7, high = 1e-7, deff = 1e-7)
TINY <- 1e-12
differences <- list()
compare <- function(row, measure, ours, theirs, allowed, relative) {
  off <- if (is.na(theirs)) Inf else abs(ours - theirs)
  bound <- if (relative) allowed * abs(ours) + (if (allowed > 0) TINY else 0) else allowed
  differences[[length(differences) + 1]] <<- data.frame(
    figure = row$figure, area = row$area, breakdown = if (is.na(row$breakdown)) "" else row$breakdown,
    measure = measure, bundle = ours, R = theirs, difference = off,
    relative = if (ours == 0) off else off / abs(ours), too_large = !(off <= bound))
}

for (i in seq_len(nrow(published))) {
  row <- published[i, ]
  key <- paste(row$area, if (is.na(row$breakdown)) "" else row$breakdown, row$figure, sep = "\r")
  found <- recomputed[[key]]
  if (is.null(found)) found <- list(n = NA)
  # A suppressed figure has no numbers here; only its n can be compared.
  for (measure in names(TOLERANCES)) {
    if (is.na(row[[measure]])) next
    theirs <- if (is.null(found[[measure]])) NA else found[[measure]]
    compare(row, measure, number(row[[measure]]), theirs, TOLERANCES[[measure]], TRUE)
  }
  scale <- if (row$kind == "share") 100 else 1
  for (measure in c("value", "low", "high")) {
    shown <- row[[paste0("published_", measure)]]
    if (is.na(shown)) next
    theirs <- if (is.null(found[[measure]])) NA else found[[measure]] * scale
    compare(row, paste0("published_", measure), number(shown), theirs, 5.1e-5, FALSE)
  }
}
differences <- do.call(rbind, differences)
write.csv(differences, "differences.csv", row.names = FALSE)

summary_of <- function(measure) {
  part <- differences[differences$measure == measure, ]
  data.frame(measure = measure, compared = nrow(part),
             largest_difference = max(c(0, part$difference)),
             largest_relative = max(c(0, part$relative)), too_large = sum(part$too_large))
}
table <- do.call(rbind, lapply(unique(differences$measure), summary_of))
allowed_weight <- max(if (CAP > 0) 1e-5 else 1e-8, 10 * TOLERANCE)
cat(sprintf("%d respondents, %d rows of figures, %s, survey %s\n\n", nrow(data), nrow(published),
            R.version.string, packageVersion("survey")))
print(table, row.names = FALSE)
cat(sprintf("\nWeights: largest relative difference %.2e (allowed %.0e); of survey::rake, before the cap, %.2e (allowed %.0e)\n",
            weight_off, allowed_weight, second, max(1e-8, 100 * TOLERANCE)))
failed <- sum(differences$too_large) + (weight_off > allowed_weight) +
  (second > max(1e-8, 100 * TOLERANCE))
if (failed > 0) {
  cat(sprintf("\n%d differences are too large; the first:\n", failed))
  print(head(differences[differences$too_large, ], 20), row.names = FALSE)
  quit(status = 1)
}
cat("\nEvery published figure was reproduced.\n")
