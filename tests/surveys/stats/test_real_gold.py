"""Real surveys (California API, NHANES, a textbook's fpc sample), where their files are found.

They are not shipped: set GOLD_REAL_DIR to a folder with `data/` and `expected/`.
"""

import os
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from surveys.stats import estimates, intervals, tables, variance, weights

from . import gold

FOLDER = Path(os.environ.get("GOLD_REAL_DIR", "/nonexistent"))
pytestmark = pytest.mark.skipif(
    not (FOLDER / "expected").is_dir(), reason="GOLD_REAL_DIR names no folder with real surveys"
)
# design: data file, weight, strata, psu, population counts of PSUs
DESIGNS = {
    "srs": ("apisrs", "pw", None, None, None),
    "srs_fpc": ("apisrs", "pw", None, None, "fpc"),
    "strat": ("apistrat", "pw", "stype", None, None),
    "strat_fpc": ("apistrat", "pw", "stype", None, "fpc"),
    "clus1": ("apiclus1", "pw", None, "dnum", None),
    "clus1_fpc": ("apiclus1", "pw", None, "dnum", "fpc"),
    "nhanes": ("nhanes", "WTMEC2YR", "SDMVSTRA", "SDMVPSU", None),
    "fpc_strat_nofpc": ("fpc", "weight", "stratid", "psuid", None),
    "fpc_strat_fpc": ("fpc", "weight", "stratid", "psuid", "Nh"),
}


@cache
def data(name):
    return pd.read_csv(FOLDER / "data" / f"{name}.csv", keep_default_na=False, na_values=[""])


def expected(name):
    text = dict.fromkeys(("level", "by_level", "by", "denominator"), str)
    return pd.read_csv(
        FOLDER / "expected" / f"{name}.csv",
        dtype=text,
        keep_default_na=False,
        na_values=["", "NaN"],
    )


def design_of(name, weight=None):
    file, w, strata, psu, fpc = DESIGNS[name]
    found = data(file)
    return variance.design(
        found[w] if weight is None else weight,
        strata=None if strata is None else found[strata],
        psu=None if psu is None else found[psu],
        population_psus=None if fpc is None else found[fpc],
        lonely="fail",
    )


def as_text(column):
    return np.asarray(
        [str(int(v)) if isinstance(v, float) and v.is_integer() else str(v) for v in column]
    )


def values(table, line):
    if line.stat == "prop":
        text = as_text(table[line.variable])
        return np.where(table[line.variable].isna(), np.nan, text == line.level)
    return table[line.variable].to_numpy(float)


def row_of(name, line, statistic):
    table = data(DESIGNS[name][0])
    found = design_of(name)
    within = None if pd.isna(line.by) else estimates.domains([as_text(table[line.by])])
    y = values(table, line)
    if statistic == "ratio":
        rows = estimates.ratio(found, y, table[line.denominator].to_numpy(float), within=within)
    else:
        make = estimates.totals if statistic == "total" else estimates.means
        rows = make(found, {"y": y}, within=within)
    return next(row for row in rows if pd.isna(line.by) or row.domain == (line.by_level,))


@pytest.mark.parametrize("name", list(DESIGNS))
def test_estimates_of_real_surveys_agree(name):
    lines = expected("real_estimates")
    for line in lines[lines.design == name].itertuples():
        row = row_of(name, line, line.stat)
        what = f"{name} {line.stat} {line.variable} {line.by_level}"
        assert (row.n, row.psus, row.df) == (line.n, line.n_psu, line.df), what
        gold.agree(row.estimate, line.est, rel=1e-9, what=what)
        if line.df < 1:
            continue
        gold.agree(row.se, line.se, rel=1e-7, absolute=1e-12, what=what)
        if row.deff is not None and not np.isnan(line.deff_wr):
            gold.agree(row.deff, line.deff_wr, rel=1e-7, what=what)
        gold.agree(
            intervals.wald(row.estimate, row.se, df=row.df),
            [line.ci_lo_t, line.ci_hi_t],
            rel=1e-7,
            absolute=1e-9,
            what=what,
        )


def test_intervals_of_real_proportions_agree():
    lines = expected("real_proportion_ci")
    lines["stat"] = "prop"
    for line in lines[lines.design.isin(DESIGNS)].itertuples():
        row = row_of(line.design, line, "prop")
        reliability = intervals.nchs(row.estimate, row.se, df=row.df, n=row.n)
        assert reliability.status == line.nchs_status
        gold.agree(
            [reliability.low, reliability.high],
            [line.nchs_lo, line.nchs_hi],
            rel=1e-7,
            absolute=1e-12,
        )
        if row.se:
            gold.agree(
                intervals.logit(row.estimate, row.se, df=row.df),
                [line.xlogit_lo, line.xlogit_hi],
                rel=1e-7,
            )
            gold.agree(
                intervals.beta(row.estimate, row.se, df=row.df, n=row.n),
                [line.beta_lo, line.beta_hi],
                rel=1e-7,
            )


def test_rao_scott_tests_of_real_tables_agree():
    lines = expected("real_crosstab_tests")
    for line in lines[lines.design.isin(DESIGNS)].itertuples():
        table = data(DESIGNS[line.design][0])
        found = tables.cross_table(
            design_of(line.design), table[line.row].to_numpy(), table[line.col].to_numpy()
        )
        assert found.n == line.n
        if line.statistic == "F":
            gold.agree(
                [found.f, found.numerator_df, found.denominator_df],
                [line.value, line.ndf, line.ddf],
                rel=1e-7,
            )
            gold.agree(found.p, line.p, absolute=1e-8)
        elif line.statistic == "Chisq":
            gold.agree(found.pearson, line.value, rel=1e-7)
            gold.agree(found.first_order_p, line.p, absolute=1e-8)


def margins():
    out: dict = {}
    for line in data("apipop_margins").itertuples():
        out.setdefault(line.variable, {})[line.category] = float(line.population)
    return out


def test_weights_of_real_surveys_agree():
    lines = expected("real_weights").sort_values("row")
    seen = 0
    for (name, method), group in lines.groupby(["design", "method"]):
        table = data(DESIGNS[name][0])
        chosen = {
            "poststratify_stype": ("stype",),
            "rake_stype_schwide_awards": ("stype", "sch.wide", "awards"),
            "calibrate_raking": ("stype", "sch.wide", "awards"),
            "rake_then_trimWeights": ("stype", "sch.wide", "awards"),
        }.get(method)
        if chosen is None:
            continue
        known = {variable: margins()[variable] for variable in chosen}
        found = weights.rake(
            table["pw"], {variable: table[variable] for variable in chosen}, known, tolerance=1e-12
        ).weights
        rel = 1e-8
        if method == "rake_then_trimWeights":
            found = weights.trim_once(found, 0.6 * found.mean(), 1.8 * found.mean())
            rel = 1e-5
        gold.agree(found, group["weight"], rel=rel, what=f"{name} {method}")
        seen += 1
    assert seen >= 6
