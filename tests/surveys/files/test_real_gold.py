"""`manage.py estimate` on real surveys, where their files are found (see tests/surveys/stats)."""

import pytest

from tests.surveys.stats import gold
from tests.surveys.stats.test_real_gold import DESIGNS, FOLDER, expected

from .test_gold import numbers, run

pytestmark = pytest.mark.skipif(
    not (FOLDER / "expected").is_dir(), reason="GOLD_REAL_DIR names no folder with real surveys"
)


@pytest.mark.parametrize("design", DESIGNS)
def test_every_mean_of_every_design_agrees(tmp_path, design):
    """Each variable overall and by its own groups, with strata, units and finite populations."""
    file, weight, strata, psu, fpc = DESIGNS[design]
    table = expected("real_estimates")
    table = table[(table["design"] == design) & (table["stat"] == "mean")]
    by = sorted(set(table["by"].dropna()) - {""})
    words = {"strata": [strata] if strata else [], "psu": psu, "fpc": fpc}
    plan = {
        "design": {name: value for name, value in words.items() if value},
        "weights": {"base": weight},
        "disclosure": {"suppress_below": 0, "confidential_below": 0},
        "figures": [
            {"id": name, "kind": "mean", "column": name, "breakdowns": [[one] for one in by]}
            for name in dict.fromkeys(table["variable"])
        ],
    }
    rows = {
        (row["figure"], row["breakdown"]): row
        for row in run(tmp_path, plan, FOLDER / "data" / f"{file}.csv")
    }
    got = [
        rows[line.variable, f"{line.by}={line.by_level}" if line.by in by else ""]
        for line in table.itertuples()
    ]
    assert got
    assert numbers(got, "n") == list(table["n"]) and numbers(got, "df") == list(table["df"])
    gold.agree(numbers(got, "value"), table["est"], rel=1e-9, what="means")
    gold.agree(numbers(got, "se"), table["se"], rel=1e-7, what="errors")
    gold.agree(numbers(got, "low"), table["ci_lo_t"], rel=1e-7, absolute=1e-9, what="limits")
