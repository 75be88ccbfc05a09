"""What happens at the limits: nobody, everybody, one unit, impossible margins."""

import json
import warnings

import numpy as np
import pytest

from surveys.stats import (
    aggregates,
    disclosure,
    estimates,
    intervals,
    measures,
    response_rates,
    variance,
    weights,
)

from . import gold

CASES = {
    case["id"]: case
    for case in json.loads((gold.GOLD / "edge/expected/edge.json").read_text())["cases"]
}


def data_of(case):
    return gold.read(f"edge/data/{CASES[case]['data']}")


def result_of(case):
    return CASES[case]["result"]


def design_of(data, **options):
    return variance.design(data["w"], strata=data["stratum"], psu=data["psu"], **options)


def column(data, name):
    return data[name].to_numpy(dtype=float)


def mean_of(found, values, within=None):
    rows = estimates.means(found, {"m": values}, within=within)
    return rows[0] if within is None else {row.domain[0]: row for row in rows}


@pytest.mark.parametrize("case", ["E01", "E02"])
def test_everybody_or_nobody_has_an_interval_that_is_not_nothing(case):
    data, expected = data_of(case), result_of(case)["ci"]
    row = mean_of(design_of(data), column(data, "y"))
    assert row.estimate == expected["est"] and row.degenerate and row.deff is None
    gold.agree(
        intervals.wilson(row.estimate, row.n_effective),
        [expected["wilson_kish_lo"], expected["wilson_kish_hi"]],
        rel=1e-7,
        absolute=1e-12,
    )
    reliability = intervals.nchs(row.estimate, row.se, df=row.df, n=row.n)
    gold.agree(
        [reliability.low, reliability.high],
        [expected["nchs_lo"], expected["nchs_hi"]],
        rel=1e-7,
        absolute=1e-12,
    )
    assert reliability.status == expected["nchs_status"]
    for method in intervals.METHODS:
        low, high = intervals.proportion(
            row.estimate, row.se, df=row.df, n=row.n, n_effective=row.n_effective, method=method
        )
        assert 0 <= low < high <= 1 and high - low > 0.01


@pytest.mark.parametrize(
    ("case", "rules"),
    [
        ("E03", ("remove", "adjust", "average")),
        ("E04", ("remove", "adjust", "average")),
    ],
)
def test_a_stratum_with_one_sampling_unit_follows_the_rule(case, rules):
    data, expected = data_of(case), result_of(case)
    psu = data["psu"] if case == "E03" else None
    for rule in rules:
        found = variance.design(data["w"], strata=data["stratum"], psu=psu, lonely=rule)
        assert "one sampling unit" in " ".join(found.notes)
        for name in ("y", "x"):
            row = mean_of(found, column(data, name))
            gold.agree(row.estimate, expected[rule][name]["est"], rel=1e-9)
            gold.agree(row.se, expected[rule][name]["se"], rel=1e-7, what=rule)
        if case == "E03":
            total = estimates.totals(found, {"t": column(data, "y")})[0]
            gold.agree(total.se, expected[rule]["total_y"]["se"], rel=1e-7, what=rule)
            assert total.df == expected["degf"]
    with pytest.raises(ValueError, match="only one sampling unit"):
        variance.design(data["w"], strata=data["stratum"], psu=psu, lonely="fail")


def test_an_empty_domain_stays_as_a_row_without_figures():
    data = data_of("E05")
    within = estimates.domains([data["g"]], [("a", "b", "c", "d")])
    rows = mean_of(design_of(data), column(data, "x"), within)
    assert (rows["c"].n, rows["c"].estimate, rows["c"].se) == (0, None, None)
    assert disclosure.judge(rows["c"].n).state == disclosure.NO_DATA


def test_a_domain_of_one_respondent_shows_no_error():
    data = data_of("E05")
    rows = mean_of(design_of(data), column(data, "x"), estimates.domains([data["g"]]))
    gold.agree(rows["d"].estimate, result_of("E06")["x"]["est"], rel=1e-9)
    assert rows["d"].df == 0 and rows["d"].se is None
    assert disclosure.judge(rows["d"].n).state == disclosure.SUPPRESSED


def test_a_domain_keeps_the_sampling_units_it_has_no_member_in():
    data, expected = data_of("E05"), result_of("E07")
    rows = mean_of(design_of(data), column(data, "x"), estimates.domains([data["e"]]))
    gold.agree(rows["in"].se, expected["default_domain"]["se"], rel=1e-7)
    assert rows["in"].df == expected["degf"]


def test_respondents_without_population_are_refused_by_name():
    data = data_of("E08")
    with pytest.raises(ValueError, match="'c' of the cells, whose population is 0"):
        weights.post_stratify(data["w"], data["g"], {"a": 5000, "b": 6000, "c": 0})
    with pytest.raises(ValueError, match="'c' of the cells, which the population does not list"):
        weights.post_stratify(data["w"], data["g"], {"a": 5000, "b": 6000})


def test_population_without_respondents_is_refused_unless_accepted():
    data, expected = gold.read("edge/data/e08.csv"), result_of("E09")["partial"]
    populations = {"a": 4000, "b": 4000, "c": 3000, "z": 500}
    with pytest.raises(ValueError, match=r"No respondent is in 'z' \(500\)"):
        weights.post_stratify(data["w"], data["g"], populations)
    got = weights.post_stratify(data["w"], data["g"], populations, partial=True)
    gold.agree(got[:5], expected["w_first5"], rel=1e-8)
    gold.agree(got.sum(), expected["sum_w"], rel=1e-9)


def test_missing_answers_are_a_domain_and_touch_no_other_item():
    data, expected = data_of("E10"), result_of("E10")
    found = design_of(data)
    rows = estimates.means(found, {"y": column(data, "y"), "x": column(data, "x")})
    gold.agree(rows[0].estimate, expected["na_rm_TRUE"]["est"], rel=1e-9)
    gold.agree(rows[0].se, expected["na_rm_TRUE"]["se"], rel=1e-7)
    assert rows[0].df == expected["degf"]
    alone = estimates.means(found, {"x": column(data, "x")})[0]
    assert rows[1] == alone


def test_a_missing_raking_category_is_refused_with_its_count():
    data = data_of("E11")
    blanks = int(data["g2"].isna().sum())
    with pytest.raises(ValueError, match=f"{blanks} respondents have no value in g2"):
        weights.rake(data["w"], {"g2": data["g2"]}, {"g2": {"a": 1, "b": 1, "c": 1}})


def test_margins_of_different_totals_are_refused_before_raking():
    data = data_of("E12")
    with pytest.raises(ValueError, match="different totals.*g 10,000, s 11,000"):
        weights.rake(
            data["w"],
            {"g": data["g"], "s": data["s"]},
            {"g": {"a": 4000, "b": 3500, "c": 2500}, "s": {"F": 5600, "M": 5400}},
        )


def test_contradictory_margins_are_reported_in_words_and_not_converged():
    data = data_of("E13")
    found = weights.rake(
        data["w"],
        {"g": data["g"], "s": data["s"]},
        {"g": {"a": 6000, "b": 4000}, "s": {"F": 5000, "M": 5000}},
    )
    assert not found.converged and found.error > 0.1
    assert "did not converge" in found.notes[0] and "g = a" in found.notes[0]


def test_slow_raking_takes_the_passes_it_needs():
    data, expected = data_of("E14"), result_of("E14")
    factors = {name: data[name] for name in ("g", "s")}
    tight = np.asarray(expected["r_tight"]["w"])
    margins = {"g": {"a": 9000, "b": 8000, "c": 7000}, "s": {"F": 6500, "M": 17500}}
    for line in expected["ours_iterations"]:
        found = weights.rake(data["w"], factors, margins, tolerance=line["tol"])
        assert found.passes == line["iterations"]
        gold.agree(found.error, line["err"], rel=1e-3)
    found = weights.rake(data["w"], factors, margins, tolerance=1e-13, max_passes=5000)
    gold.agree(found.weights, tight, rel=1e-8)
    gold.agree(weights.kish(found.weights).deff, expected["r_tight"]["kish"], rel=1e-7)


def test_weights_of_zero_count_for_no_one_but_their_sampling_unit_stays():
    data, expected = data_of("E15"), result_of("E15")
    row = mean_of(design_of(data), column(data, "y"))
    gold.agree(row.estimate, expected["mean"]["est"], rel=1e-9)
    gold.agree(row.se, expected["mean"]["se"], rel=1e-7)
    assert (row.df, row.n) == (expected["degf"], expected["n_nonzero"])
    gold.agree(weights.kish(data["w"]).deff, expected["kish_nonzero"], rel=1e-9)
    gold.agree(row.deff_kish, expected["kish_nonzero"], rel=1e-9)
    for bad in (-1.0, np.nan, np.inf):
        spoiled = column(data, "w").copy()
        spoiled[3] = bad
        with pytest.raises(ValueError, match="rows 3"):
            variance.design(spoiled)


def test_an_aggregate_says_what_it_covers():
    data, expected = data_of("E16"), result_of("E16")
    populations = dict(zip(data["country"], data["population"].astype(float), strict=True))
    parts = {
        line.country: aggregates.Part(line.est, line.se, line.df)
        for line in data.itertuples()
        if not np.isnan(line.est)
    }
    found = aggregates.aggregate(parts, populations)
    gold.agree(
        [found.estimate, found.se, found.coverage, found.df],
        [expected[k] for k in ("est", "se", "coverage", "df_satterthwaite")],
        rel=1e-9,
    )
    assert found.absent and not set(found.absent) & set(found.members)


def test_equal_weights_give_the_textbook_error():
    data, expected = data_of("E17"), result_of("E17")
    row = mean_of(variance.design(data["w"]), column(data, "y"))
    gold.agree(row.se, expected["textbook_se"], rel=1e-9)
    corrected = variance.design(data["w"], population_psus=np.full(len(data), 6000.0))
    gold.agree(mean_of(corrected, column(data, "y")).se, expected["textbook_se_fpc"], rel=1e-9)
    ci = expected["ci"]
    for method, name in (
        ("logit", "xlogit"),
        ("beta", "beta"),
        ("asin", "asin"),
        ("wald", "mean"),
        ("wilson", "wilson_design"),
        ("wilson_kish", "wilson_kish"),
    ):
        got = intervals.proportion(
            row.estimate, row.se, df=row.df, n=row.n, n_effective=row.n_effective, method=method
        )
        gold.agree(got, [ci[f"{name}_lo"], ci[f"{name}_hi"]], rel=1e-7, what=method)


def test_a_constant_answer_has_no_design_effect():
    data = data_of("E18")
    row = mean_of(design_of(data), column(data, "k"))
    assert (row.estimate, row.se, row.deff) == (7, 0, None)


def test_labels_of_sampling_units_may_repeat_across_strata():
    data, expected = data_of("E19"), result_of("E19")["nest_TRUE"]
    row = mean_of(design_of(data), column(data, "x"))
    gold.agree(row.se, expected["se"], rel=1e-7)
    assert row.df == result_of("E19")["degf"]


def test_the_scale_of_the_weights_changes_totals_only():
    data, expected = data_of("E20"), result_of("E20")
    row = mean_of(design_of(data), column(data, "x"))
    gold.agree([row.estimate, row.se], [expected["mean"]["est"], expected["mean"]["se"]], rel=1e-7)
    total = estimates.totals(design_of(data), {"t": column(data, "y")})[0]
    gold.agree(
        [total.estimate, total.se], [expected["total"]["est"], expected["total"]["se"]], rel=1e-7
    )


def test_a_margin_of_one_category_is_harmless():
    data, expected = data_of("E22"), result_of("E22")["r"]
    margins = {
        "g": {"a": 300, "b": 400, "c": 300},
        "s": {"F": 520, "M": 480},
        "u": {"urban": 1000, "rural": 0},
    }
    found = weights.rake(data["w"], {n: data[n] for n in "gsu"}, margins, tolerance=1e-12)
    assert found.converged
    gold.agree(found.weights[:5], expected["w_first5"], rel=1e-8)
    gold.agree(weights.kish(found.weights).deff, expected["kish"], rel=1e-8)


def test_a_distribution_leaves_dont_know_out_and_a_top_two_box_has_its_own_error():
    data, expected = data_of("E23"), result_of("E23")
    found = design_of(data)
    rows = estimates.distribution(found, column(data, "q"), [1, 2, 3, 4, 5])
    gold.agree([row.estimate for row in rows], expected["est"], rel=1e-9)
    gold.agree([row.se for row in rows], expected["se"], rel=1e-7)
    top = estimates.means(found, {"t": measures.share(column(data, "q"), [4, 5], range(1, 6))})[0]
    gold.agree([top.estimate, top.se], [expected["top2"]["est"], expected["top2"]["se"]], rel=1e-7)
    assert top.n == expected["n_valid"]


def test_response_rates_agree():
    for line in gold.read("formula/expected/aapor.csv").itertuples():
        found = response_rates.response_rates(
            response_rates.Dispositions(
                line.I, line.P, line.R, line.NC, line.O, line.UH, line.UO, line.NE
            )
        )
        for name in vars(found):
            gold.agree(
                getattr(found, name), getattr(line, name if name == "e" else name.upper()), rel=1e-9
            )


def test_margins_of_error_and_sample_sizes_agree():
    for line in (
        gold.read("formula/expected/margin_of_error.csv")
        .rename(columns={"n_needed_for_moe_0.03": "needed"})
        .itertuples()
    ):
        population = None if np.isnan(line.N) else line.N
        options = {"deff": line.deff, "population": population}
        gold.agree(
            [
                intervals.margin_of_error(line.n, line.p, **options),
                intervals.margin_of_error(line.n, line.p, confidence=0.9, **options),
                intervals.margin_of_error(line.n, 0.5, **options),
            ],
            [line.moe95, line.moe90, line.moe95_worst_case],
            rel=1e-9,
        )
        assert intervals.sample_size(0.03, line.p, **options) == line.needed


@pytest.mark.parametrize(
    "answers",
    [
        [1.0],
        [1.0, 1.0, 1.0],
        [np.nan],
        [np.nan, np.nan],
        [0.0],
        [1.0, np.nan],
    ],
)
def test_odd_samples_never_warn_and_never_say_nan(answers):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = variance.design(np.ones(len(answers)))
        table = np.asarray(answers)
        for row in (
            *estimates.means(found, {"m": table, "s": measures.share(table, [1], [0, 1])}),
            *estimates.totals(found, {"m": table}),
        ):
            for value in vars(row).values():
                assert not (isinstance(value, float) and not np.isfinite(value))
            if row.estimate is not None and row.item == "s":
                intervals.proportion(
                    row.estimate, row.se, df=row.df, n=row.n, n_effective=row.n_effective
                )
        estimates.frame(estimates.means(found, {"m": table}))
