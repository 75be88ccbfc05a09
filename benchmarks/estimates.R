# The same weights and estimates as bench_estimates.py by R's `survey`, one design per country, which
# is how it is quickest. Prints the seconds after the data are in memory; writes what it found.

suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "adjust")
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
count <- as.integer(arguments[2])
questions <- as.integer(arguments[3])

bytes <- function(name) readBin(file.path(folder, name), integer(), count, size = 1)
data <- data.frame(
  country = bytes("country"),
  psu = readBin(file.path(folder, "psu"), integer(), count, size = 4),
  base = readBin(file.path(folder, "base"), double(), count)
)
for (name in c("age", "sex", "urban")) data[[name]] <- factor(bytes(name))
names <- paste0("q", seq_len(questions) - 1)
for (name in names) {
  answer <- bytes(name)
  data[[name]] <- ifelse(answer >= 1 & answer <= 5, as.numeric(answer >= 4), NA)
}
margins <- read.csv(file.path(folder, "margins.csv"))
margin <- function(place, name) {
  rows <- margins[margins$country == place & margins$variable == name, ]
  setNames(data.frame(factor(rows$level), rows$population), c(name, "Freq"))
}

started <- proc.time()[["elapsed"]]
found <- NULL
for (place in sort(unique(data$country))) {
  here <- data[data$country == place, ]
  plain <- svydesign(ids = ~psu, strata = ~urban, weights = ~base, data = here, nest = TRUE)
  raked <- rake(plain, list(~age, ~sex, ~urban), lapply(c("age", "sex", "urban"), margin, place = place),
                control = list(maxit = 1000, epsilon = 1e-3, verbose = FALSE))
  here$weight <- weights(raked)
  design <- svydesign(ids = ~psu, strata = ~urban, weights = ~weight, data = here, nest = TRUE)
  for (name in names) {
    mean <- svymean(as.formula(paste0("~", name)), design, na.rm = TRUE)
    found <- rbind(found, data.frame(item = name, country = place, mean = coef(mean)[[1]], se = SE(mean)[[1]]))
  }
}
cat(proc.time()[["elapsed"]] - started, "\n")
write.csv(found, file.path(folder, "found.csv"), row.names = FALSE)
