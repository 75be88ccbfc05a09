"""`manage.py estimate` on the reference survey gives what R's `survey` gives."""

import csv
import json
from functools import cache
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command

from tests.surveys.stats import gold

HERE = Path(__file__).parent
SIM = gold.GOLD / "sim/data"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def run(folder: Path, plan: dict, data: Path, margins: Path | None = None) -> list[dict[str, str]]:
    """Figures of a run of the command."""
    (folder / "plan.json").write_text(json.dumps(plan))
    options = ["--margins", str(margins)] if margins else []
    call_command(
        "estimate", str(folder / "plan.json"), "--data", str(data), *options, "--quiet",
        "--out", str(folder / "out.csv"), "--weights", str(folder / "weights.csv"),
        "--json", str(folder / "account.json"), stderr=StringIO(),
    )  # fmt: skip
    return rows_of(folder / "out.csv")


def sim_plan(**changes) -> dict:
    return json.loads((HERE / "sim_plan.json").read_text()) | changes


@cache
def _sim(folder: Path) -> dict[tuple[str, ...], dict[str, str]]:
    rows = run(folder, sim_plan(), SIM / "respondents.csv.gz", SIM / "population_margins.csv.gz")
    return {(row["wave"], row["country"], row["breakdown"], row["figure"]): row for row in rows}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sim")


@pytest.fixture
def sim(folder):
    return _sim(folder)


def breakdown(domain: str, level: str) -> str:
    return "" if domain == "total" else f"{domain}={level}"


def numbers(rows: list[dict[str, str]], name: str) -> list[float]:
    return [float(row[name]) for row in rows]


def test_raked_weights_of_every_respondent_agree(sim, folder):
    found = [float(row["weight"]) for row in rows_of(folder / "weights.csv")]

    gold.agree(found, gold.read("sim/expected/weights.csv")["w_rake"], rel=1e-8, what="w_rake")


def test_every_figure_of_every_country_wave_and_domain_agrees(sim):
    table = gold.read("sim/expected/estimates.csv")
    got = [
        sim[line.wave, line.country, breakdown(line.domain, line.level), line.kpi]
        for line in table.itertuples()
    ]
    assert numbers(got, "n") == list(table["n"])
    empty = (table["status"] == "empty").to_numpy()
    assert {row["value"] for row, gone in zip(got, empty, strict=True) if gone} == {""}
    assert {row["status"] for row, gone in zip(got, empty, strict=True) if gone} == {"L"}
    table = table[~empty]
    got = [row for row, gone in zip(got, empty, strict=True) if not gone]
    gold.agree(numbers(got, "df"), table["df"], what="df")
    gold.agree(numbers(got, "value"), table["est"], rel=1e-9, what="estimates")
    gold.agree(numbers(got, "population"), table["sum_w"], rel=1e-9, what="sums of weights")
    gold.agree(numbers(got, "se"), table["se_fixed"], rel=1e-7, what="errors")
    gold.agree(numbers(got, "deff"), table["deff_wr"], rel=1e-7, what="design effects")
    means = [row["kind"] == "mean" for row in got]
    for end, expected in (("low", "ci_lo"), ("high", "ci_hi")):
        gold.agree(
            np.array(numbers(got, end))[means], table[expected][means],
            rel=1e-7, absolute=1e-9, what=end,
        )  # fmt: skip


def test_logit_intervals_of_national_shares_agree(sim):
    table = gold.read("sim/expected/proportion_ci.csv")
    table = table[(table["domain"] == "total") & (table["kpi"] != "src_school_p")]
    got = [
        sim[line.wave, line.country, "", line.kpi]
        for line in table.itertuples()
        if (line.wave, line.country, "", line.kpi) in sim
    ]
    known = [(line.wave, line.country, "", line.kpi) in sim for line in table.itertuples()]
    assert len(got) > 40
    for end, expected in (("low", "xlogit_lo"), ("high", "xlogit_hi")):
        gold.agree(numbers(got, end), table[expected][known], rel=1e-7, what=end)


def test_asean_by_population_of_country_and_domain_agrees(sim):
    table = gold.read("sim/expected/asean.csv")
    got = [
        sim[line.wave, "ASEAN", breakdown(line.domain, line.level), line.kpi]
        for line in table.itertuples()
    ]
    gold.agree(numbers(got, "coverage"), table["coverage"], rel=1e-9)
    gold.agree(numbers(got, "value"), table["popshare_est"], rel=1e-9, absolute=1e-10)
    gold.agree(numbers(got, "se"), table["popshare_se_fixed"], rel=1e-7)
    gold.agree(numbers(got, "df"), table["popshare_df_satterthwaite"], rel=1e-7)
    assert [len(row["members"].split()) for row in got] == list(table["n_countries"])


def test_totals_agree(sim):
    table = gold.read("sim/expected/totals.csv")
    table = table[table["kpi"].isin(["aware", "sat_t2b"])]
    got = [sim[line.wave, line.country, "", f"{line.kpi}_total"] for line in table.itertuples()]
    gold.agree(numbers(got, "value"), table["est"], rel=1e-9)
    gold.agree(numbers(got, "se"), table["se_fixed"], rel=1e-7)


def test_errors_that_know_the_raking_agree(tmp_path):
    chosen = [f for f in sim_plan()["figures"] if f["id"] in ("aware", "nps", "aware_total")]
    plan = sim_plan(errors="calibrated", figures=chosen, breakdowns=[["sex"]])
    rows = run(tmp_path, plan, SIM / "respondents.csv.gz", SIM / "population_margins.csv.gz")
    found = {(r["wave"], r["country"], r["breakdown"], r["figure"]): r for r in rows}
    for file, suffix, of in (("estimates", "", ("aware", "nps")), ("totals", "_total", ("aware",))):
        table = gold.read(f"sim/expected/{file}.csv")
        table = table[table["kpi"].isin(of)]
        if file == "estimates":
            table = table[table["domain"].isin(["total", "sex"]) & (table["status"] == "ok")]
        else:
            table = table.assign(domain="total", level="all")
        got = [
            found[line.wave, line.country, breakdown(line.domain, line.level), line.kpi + suffix]
            for line in table.itertuples()
        ]
        gold.agree(numbers(got, "se"), table["se_cal"], rel=1e-7, what=file)


def test_all_countries_in_one_design_are_the_pooled_figures(tmp_path):
    """Groups say whose figures, weights.by who is weighted for itself: they may differ."""
    plan = sim_plan(groups=["wave"], aggregate=None)
    del plan["aggregate"]
    rows = run(tmp_path, plan, SIM / "respondents.csv.gz", SIM / "population_margins.csv.gz")
    found = {(row["wave"], row["breakdown"], row["figure"]): row for row in rows}
    table = gold.read("sim/expected/asean.csv")
    got = [
        found[line.wave, breakdown(line.domain, line.level), line.kpi]
        for line in table.itertuples()
    ]
    gold.agree(numbers(got, "value"), table["pooled_est"], rel=1e-9, absolute=1e-10)
    gold.agree(numbers(got, "se"), table["pooled_se_fixed"], rel=1e-7)
    assert numbers(got, "df") == list(table["df"])


EDGE = {
    case["id"]: case["result"]
    for case in json.loads((gold.GOLD / "edge/expected/edge.json").read_text())["cases"]
}
NOTHING_HIDDEN = {"suppress_below": 0, "confidential_below": 0}


def edge(folder: Path, case: str, **changes) -> list[dict[str, str]]:
    plan = {
        "design": {"strata": ["stratum"], "psu": "psu"},
        "weights": {"base": "w"},
        "disclosure": NOTHING_HIDDEN,
    } | changes
    return run(folder, plan, gold.GOLD / f"edge/data/{case.lower()}.csv")


YES = {"id": "y", "kind": "share", "column": "y", "counts": [1], "base": [0, 1]}


@pytest.mark.parametrize("case", ["E01", "E02"])
def test_everybody_or_nobody_has_an_interval_that_is_not_nothing(tmp_path, case):
    (row,) = edge(tmp_path, case, figures=[YES])

    assert float(row["value"]) == EDGE[case]["ci"]["est"]
    assert 0.01 < float(row["high"]) - float(row["low"]) < 0.3
    assert "answered the same" in row["reasons"]
    assert row["deff"] == ""


@pytest.mark.parametrize("rule", ["adjust", "average", "remove"])
def test_a_stratum_with_one_sampling_unit_follows_the_rule_and_is_named(tmp_path, rule):
    (row,) = edge(
        tmp_path, "E03", figures=[YES],
        design={"strata": ["stratum"], "psu": "psu", "lonely": rule},
    )  # fmt: skip
    gold.agree(float(row["se"]), EDGE["E03"][rule]["y"]["se"], rel=1e-7)
    notes = json.loads((tmp_path / "account.json").read_text())["notes"]
    assert any("one sampling unit" in note and rule in note for note in notes)


def test_an_empty_domain_keeps_its_row_and_one_respondent_shows_no_error(tmp_path):
    rows = edge(
        tmp_path, "E05",
        figures=[{"id": "x", "kind": "mean", "column": "x"}],
        groups=["g"], levels={"g": ["a", "b", "c", "d"]},
    )  # fmt: skip
    found = {row["g"]: row for row in rows}
    assert (found["c"]["n"], found["c"]["value"], found["c"]["status"]) == ("0", "", "L")
    gold.agree(float(found["d"]["value"]), EDGE["E06"]["x"]["est"], rel=1e-9)
    assert (found["d"]["se"], found["d"]["low"]) == ("", "")


def test_missing_answers_of_one_figure_touch_no_other(tmp_path):
    rows = edge(tmp_path, "E10", figures=[YES, {"id": "x", "kind": "mean", "column": "x"}])

    gold.agree(float(rows[0]["value"]), EDGE["E10"]["na_rm_TRUE"]["est"], rel=1e-9)
    gold.agree(float(rows[0]["se"]), EDGE["E10"]["na_rm_TRUE"]["se"], rel=1e-7)
    assert int(rows[1]["n"]) > int(rows[0]["n"])


def with_column(folder: Path, case: str, name: str, value: str) -> Path:
    """The data of a case with one more column that says the same in every row."""
    lines = (gold.GOLD / f"edge/data/{case.lower()}.csv").read_text().splitlines()
    head, *rest = lines
    path = folder / f"{case}.csv"
    path.write_text("\n".join([f"{head},{name}", *(f"{line},{value}" for line in rest)]) + "\n")
    return path


def test_a_finite_population_makes_the_error_smaller(tmp_path):
    plan = {"weights": {"base": "w"}, "figures": [YES], "design": {"fpc": "N"}}
    (row,) = run(tmp_path, plan, with_column(tmp_path, "E17", "N", "6000"))

    gold.agree(float(row["value"]), EDGE["E17"]["fpc"]["est"], rel=1e-9)
    gold.agree(float(row["se"]), EDGE["E17"]["fpc"]["se"], rel=1e-7)


def test_weights_of_zero_count_for_the_design_only_where_the_plan_keeps_them(tmp_path):
    (row,) = edge(tmp_path, "E15", figures=[YES], weights={"base": "w", "zeros": "keep"})

    assert int(row["n"]) == EDGE["E15"]["n_nonzero"]
    gold.agree(float(row["value"]), EDGE["E15"]["mean"]["est"], rel=1e-9)
    gold.agree(float(row["se"]), EDGE["E15"]["mean"]["se"], rel=1e-7)


def test_a_population_of_zero_that_nobody_is_in_does_no_harm(tmp_path):
    data = gold.read("edge/data/e22.csv")
    margins = tmp_path / "margins.csv"
    shares = data.groupby("g")["w"].sum()
    lines = [f"g,{level},{float(shares.get(level, 0))!r}" for level in "abc"]
    total = float(data["w"].sum())
    margins.write_text(
        "\n".join(["variable,category,population", *lines, f"u,urban,{total!r}", "u,rural,0"])
        + "\n"
    )
    run(
        tmp_path, {"weights": {"base": "w"}, "figures": [YES]},
        gold.GOLD / "edge/data/e22.csv", margins,
    )  # fmt: skip
    found = [float(row["weight"]) for row in rows_of(tmp_path / "weights.csv")]
    gold.agree(found, data["w"], rel=1e-8)
