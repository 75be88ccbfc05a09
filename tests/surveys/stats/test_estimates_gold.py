"""Estimates, errors, intervals and aggregates agree with R's `survey`."""

import numpy as np
import pytest

from surveys.stats import aggregates, estimates, intervals, measures, variance

from . import gold

COUNTRIES = "BRN IDN KHM LAO MMR MYS PHL SGP THA TLS VNM".split()


def lines_of(country):
    table = gold.read("sim/expected/estimates.csv")
    return list(table[table.country == country].itertuples())


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_domain_of_every_kpi_agrees(country):
    got, want, errors, want_errors, wide, want_wide = [], [], [], [], [], []
    for line in lines_of(country):
        row = gold.all_estimates()[line.wave, country, line.domain, line.level, line.kpi]
        assert row.n == line.n
        if line.status == "empty":
            assert row.estimate is None and row.se is None
            continue
        assert (row.psus, row.strata, row.df) == (line.n_psu, line.n_strata, line.df), line
        got += [row.estimate, row.population, row.deff_kish]
        want += [line.est, line.sum_w, line.deff_kish]
        errors += [row.se, row.deff]
        want_errors += [line.se_fixed, line.deff_wr]
        wide += intervals.wald(row.estimate, row.se, df=row.df)
        want_wide += [line.ci_lo, line.ci_hi]
    gold.agree(got, want, rel=1e-9, what="estimates")
    gold.agree(errors, want_errors, rel=1e-7, what="errors")
    gold.agree(wide, want_wide, rel=1e-7, absolute=1e-9, what="intervals")


@pytest.mark.parametrize("country", COUNTRIES)
def test_errors_that_know_the_raking_agree(country):
    got, want = [], []
    for line in lines_of(country):
        if line.status == "ok":
            row = gold.all_estimates(True)[line.wave, country, line.domain, line.level, line.kpi]
            got.append(row.se)
            want.append(line.se_cal)
    gold.agree(got, want, rel=1e-7, what="calibrated errors")


def test_the_national_errors_agree_in_every_variant():
    data = gold.respondents()
    strata = [data["wave"], data["country"], data["stratum"]]
    within = estimates.domains([data["wave"], data["country"]])
    designs = {
        ("est_base", "se_base"): gold.design("w_base"),
        ("est_raked", "se_fixed"): gold.design(),
        ("est_raked", "se_no_clusters"): variance.design(gold.raked()[0], strata=strata),
        ("est_raked", "se_no_strata_no_clusters"): variance.design(
            gold.raked()[0], strata=[data["wave"], data["country"]]
        ),
    }
    table = gold.read("sim/expected/se_variants.csv").set_index(["wave", "country", "kpi"])
    for (estimate, error), found in designs.items():
        chosen = {name: gold.kpis()[name] for name in ("aware", "sat_t2b", "sat_mean", "nps")}
        for row in estimates.means(found, chosen, within=within):
            line = table.loc[(*row.domain, row.item)]
            gold.agree(row.estimate, line[estimate], rel=1e-9)
            gold.agree(row.se, line[error], rel=1e-7, what=f"{error} {row.domain} {row.item}")


def test_totals_agree_with_and_without_knowledge_of_the_raking():
    data = gold.respondents()
    within = estimates.domains([data["wave"], data["country"]])
    chosen = {name: gold.kpis()[name] for name in ("aware", "sat_t2b")}
    table = gold.read("sim/expected/totals.csv").set_index(["wave", "country", "kpi"])
    fixed = estimates.totals(gold.design(), chosen, within=within)
    known = estimates.totals(gold.design(), chosen, within=within, calibrated=gold.calibration())
    for row, calibrated in zip(fixed, known, strict=True):
        line = table.loc[(*row.domain, row.item)]
        assert row.df == line.df
        gold.agree(row.estimate, line.est, rel=1e-9)
        gold.agree([row.se, calibrated.se], [line.se_fixed, line.se_cal], rel=1e-7)


def test_every_interval_of_a_proportion_agrees():
    data = gold.respondents()
    school = measures.share(data["src_school"], [1], [0, 1])
    small = estimates.domains(
        [data["wave"], data["country"], data["age_group"] + "|" + data["sex"] + "|" + data["urban"]]
    )
    tiny = {row.domain: row for row in estimates.means(gold.design(), {"s": school}, within=small)}
    for line in gold.read("sim/expected/proportion_ci.csv").itertuples():
        if line.domain == "total":
            row = gold.all_estimates()[line.wave, line.country, "total", "all", line.kpi]
        else:
            row = tiny[line.wave, line.country, line.level]
        p, se, df, n = row.estimate, row.se, row.df, row.n
        assert (n, df) == (line.n, line.df)
        gold.agree(p, line.est, rel=1e-9, absolute=1e-12)
        gold.agree(se, line.se, rel=1e-7)
        gold.agree(row.n_effective, line.neff_kish, rel=1e-9)
        reliability = intervals.nchs(p, se, df=df, n=n)
        assert reliability.status == line.nchs_status
        gold.agree(
            [reliability.n_effective, reliability.low, reliability.high],
            [line.nchs_neff, line.nchs_lo, line.nchs_hi],
            rel=1e-7,
            absolute=1e-12,
        )
        gold.agree(
            intervals.wilson(p, row.n_effective),
            [line.wilson_kish_lo, line.wilson_kish_hi],
            rel=1e-7,
            absolute=1e-12,
        )
        if se == 0:
            continue
        gold.agree(
            intervals.logit(p, se, df=df),
            [line.xlogit_lo, line.xlogit_hi],
            rel=1e-7,
            absolute=1e-12,
        )
        if df >= 2:
            gold.agree(intervals.logit(p, se, df=df), [line.logit_lo, line.logit_hi], absolute=1e-6)
        low, high = intervals.asin(p, se, df=df)
        if low > 0 and high < 1:
            gold.agree([low, high], [line.asin_lo, line.asin_hi], rel=1e-7, absolute=1e-9)
        gold.agree(
            intervals.beta(p, se, df=df, n=n),
            [line.beta_lo, line.beta_hi],
            rel=1e-7,
            absolute=1e-12,
        )
        gold.agree(
            intervals.wald(p, se, df=df), [line.mean_lo, line.mean_hi], rel=1e-7, absolute=1e-9
        )
        gold.agree(
            intervals.wilson(p, p * (1 - p) / se**2),
            [line.wilson_design_lo, line.wilson_design_hi],
            rel=1e-7,
            absolute=1e-12,
        )


@pytest.mark.parametrize("wave", ["2024", "2026"])
def test_asean_aggregates_agree(wave):
    data = gold.respondents()
    table = gold.read("sim/expected/asean.csv")
    for domain, levels in gold.DOMAINS.items():
        column = np.full(len(data), "all") if domain == "total" else data[domain]
        within = estimates.domains([data["wave"], column], [("2024", "2026"), levels])
        pooled = {
            (row.item, *row.domain): row
            for row in estimates.means(gold.design(), gold.kpis(), within=within)
        }
        lines = table[(table.wave == wave) & (table.domain == domain)]
        for line in lines.itertuples():
            whole = pooled[line.kpi, wave, line.level]
            assert (whole.n, whole.psus, whole.strata, whole.df) == (
                line.n,
                line.n_psu,
                line.n_strata,
                line.df,
            )
            gold.agree(whole.estimate, line.pooled_est, rel=1e-9, absolute=1e-10)
            gold.agree(whole.se, line.pooled_se_fixed, rel=1e-7)
            populations = {c: gold.population(c, domain, line.level) for c in COUNTRIES}
            for calibrated in (False, True):
                rows = gold.all_estimates(calibrated)
                parts = {
                    c: aggregates.part(rows[wave, c, domain, line.level, line.kpi])
                    for c in COUNTRIES
                }
                share = aggregates.aggregate(parts, populations)
                equal = aggregates.aggregate(parts, populations, method="equal")
                assert len(share.members) == line.n_countries
                gold.agree(share.coverage, line.coverage, rel=1e-9)
                gold.agree(
                    [share.estimate, equal.estimate],
                    [line.popshare_est, line.equal_est],
                    rel=1e-9,
                    absolute=1e-10,
                )
                kind = "cal" if calibrated else "fixed"
                gold.agree(
                    [share.se, equal.se],
                    [getattr(line, f"popshare_se_{kind}"), getattr(line, f"equal_se_{kind}")],
                    rel=1e-7,
                )
                if not calibrated:
                    gold.agree(share.df, line.popshare_df_satterthwaite, rel=1e-7)
