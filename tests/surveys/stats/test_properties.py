"""What must hold for any data: scale, order, sums, limits, and sentences instead of surprises."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.stats import (
    aggregates,
    comparisons,
    disclosure,
    estimates,
    intervals,
    measures,
    response_rates,
    tables,
    variance,
    weights,
)


@st.composite
def samples(draw):
    count = draw(st.integers(1, 60))
    seed = draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    return {
        "w": rng.choice([0.0, 0.5, 1.0, 3.7, 1e6], count, p=[0.1, 0.3, 0.3, 0.2, 0.1])
        + (np.arange(count) == 0),
        "strata": rng.integers(0, draw(st.integers(1, 4)), count),
        "psu": rng.integers(0, draw(st.integers(1, 12)), count),
        "q": rng.choice(draw(st.sampled_from([[1, 2], [1, 2, 3, 8, 9], [8], [1]])), count).astype(
            np.int8
        ),
        "g": rng.choice(["a", "b", "c"], count),
        "lonely": draw(st.sampled_from(["adjust", "average", "remove"])),
    }


def design_of(sample, scale=1.0):
    return variance.design(
        sample["w"] * scale, strata=sample["strata"], psu=sample["psu"], lonely=sample["lonely"]
    )


def shares(sample):
    return {
        "top": measures.share(sample["q"], [2, 3], [1, 2, 3]),
        "plain": measures.share(sample["q"], [2, 3], [1, 2, 3]).numbers(),
        "score": measures.scored(sample["q"], {1: -100, 2: 0, 3: 100}),
    }


def in_domains(sample, found):
    return estimates.means(
        found, shares(sample), within=estimates.domains([sample["g"]], [("a", "b", "c", "d")])
    )


def close(a, b, tolerance=1e-7):
    if a is None or b is None:
        return a is b
    return math.isclose(a, b, rel_tol=tolerance, abs_tol=1e-8)


@settings(max_examples=150, deadline=None)
@given(samples())
def test_nothing_is_ever_not_a_number_and_nothing_warns(sample):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = in_domains(sample, design_of(sample))
        assert len(rows) == 12
        for row in rows:
            for value in vars(row).values():
                assert not isinstance(value, float) or math.isfinite(value)
            assert (row.estimate is None) == (row.n == 0)
            if row.item == "top" and row.estimate is not None:
                for method in intervals.METHODS:
                    limits = intervals.proportion(
                        row.estimate,
                        row.se,
                        df=row.df,
                        n=row.n,
                        n_effective=row.n_effective,
                        method=method,
                    )
                    if limits:
                        low, high = limits
                        assert 0 <= low <= row.estimate + 1e-9 and row.estimate - 1e-9 <= high <= 1
        estimates.frame(rows)


@settings(max_examples=80, deadline=None)
@given(samples(), st.sampled_from([1e-6, 3.0, 1e9]))
def test_the_scale_of_the_weights_does_not_matter(sample, scale):
    rows = in_domains(sample, design_of(sample))
    for row, scaled in zip(rows, in_domains(sample, design_of(sample, scale)), strict=True):
        assert close(row.estimate, scaled.estimate) and close(row.se, scaled.se, 1e-5)
        assert (row.n, row.df) == (scaled.n, scaled.df)
        assert close(row.n_effective, scaled.n_effective)


@settings(max_examples=80, deadline=None)
@given(samples(), st.integers(0, 1000))
def test_the_order_of_the_rows_does_not_matter(sample, seed):
    order = np.random.default_rng(seed).permutation(len(sample["w"]))
    mixed = {k: v[order] if isinstance(v, np.ndarray) else v for k, v in sample.items()}
    rows = in_domains(sample, design_of(sample))
    for row, other in zip(rows, in_domains(mixed, design_of(mixed)), strict=True):
        assert close(row.estimate, other.estimate) and close(row.se, other.se, 1e-5)
        assert (row.n, row.psus, row.df) == (other.n, other.psus, other.df)


@settings(max_examples=80, deadline=None)
@given(samples())
def test_codes_and_plain_numbers_give_the_same(sample):
    rows = {(row.item, row.domain): row for row in in_domains(sample, design_of(sample))}
    for level in "abcd":
        coded, plain = rows["top", (level,)], rows["plain", (level,)]
        assert close(coded.estimate, plain.estimate) and close(coded.se, plain.se, 1e-5)
        assert close(coded.deff, plain.deff, 1e-5)


@settings(max_examples=60, deadline=None)
@given(samples())
def test_domains_add_up_to_the_whole(sample):
    found = design_of(sample)
    yes = {"top": shares(sample)["top"]}
    whole = estimates.totals(found, yes)[0]
    parts = estimates.totals(found, yes, within=estimates.domains([sample["g"]]))
    assert close(math.fsum(part.estimate or 0 for part in parts), whole.estimate or 0)
    assert sum(part.n for part in parts) == whole.n


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(20, 300))
def test_raked_weights_keep_every_margin_or_say_that_they_do_not(seed, count):
    rng = np.random.default_rng(seed)
    factors = {"g": rng.choice(list("abc"), count), "s": rng.choice(list("FM"), count)}
    margins = {
        "g": {level: float(rng.integers(50, 200)) for level in np.unique(factors["g"])},
        "s": {level: float(rng.integers(50, 200)) for level in np.unique(factors["s"])},
    }
    total = sum(margins["g"].values())
    scale = total / sum(margins["s"].values())
    margins["s"] = {level: size * scale for level, size in margins["s"].items()}
    found = weights.rake(rng.lognormal(0, 1, count), factors, margins)
    for name, wanted in margins.items():
        for level, size in wanted.items():
            got = found.weights[factors[name] == level].sum()
            assert not found.converged or got == pytest.approx(size, rel=1e-9)
    assert found.converged or "did not converge" in found.notes[0]


def test_lists_of_odd_inputs_are_refused_with_a_sentence():
    ones = np.ones(4)
    for call in (
        lambda: variance.design([]),
        lambda: variance.design(np.zeros(3)),
        lambda: variance.design(ones, strata=["a", "b"]),
        lambda: variance.design(ones, psu=["a", None, "b", "c"]),
        lambda: variance.design(ones, lonely="ignore"),
        lambda: variance.design(ones, population_psus=np.full(4, 3.0)),
        lambda: weights.rake(ones, {}, {}),
        lambda: weights.rake([], {"g": []}, {"g": {"a": 1.0}}),
        lambda: weights.rake(ones, {"g": list("aabb")}, {"s": {"F": 1.0}}),
        lambda: weights.rake(ones, {"g": list("aabb")}, {"g": {"a": 1.0, "b": -1.0}}),
        lambda: weights.rake([0, 0, 1, 1], {"g": list("aabb")}, {"g": {"a": 1.0, "b": 1.0}}),
        lambda: weights.rake_by(
            list("xxyy"), ones, {"g": list("abab")}, {"x": {"g": {"a": 1.0, "b": 1.0}}}
        ),
        lambda: weights.trim(ones, 3, 2),
        lambda: weights.trim(ones, 2, 3),
        lambda: weights.base_weights([0.5, 0.0]),
        lambda: weights.kish([0.0]),
        lambda: measures.share([1, 2], [3], [1, 2]),
        lambda: measures.scored(["yes"], {1: 1.0}),
        lambda: measures.net([1], [1], [1], [1]),
        lambda: estimates.means(variance.design(ones), {"m": np.ones(3)}),
        lambda: intervals.proportion(1.2, 0.1, df=5, n=50, n_effective=40.0),
        lambda: intervals.proportion(0.2, 0.1, df=5, n=50, n_effective=40.0, method="magic"),
        lambda: intervals.margin_of_error(10, population=5),
        lambda: comparisons.between_groups(variance.design(ones), ones, ones > 0, ones > 0),
        lambda: comparisons.between_groups(variance.design(ones), ones, ones > 0, ones < 0),
        lambda: comparisons.between_estimates(0.5, -1, 9, 0.5, 0.1, 9),
        lambda: comparisons.holm([2.0]),
        lambda: tables.cross_table(variance.design(ones), [None] * 4, list("abab")),
        lambda: aggregates.aggregate({"XX": aggregates.Part(0.5, 0.1, 9)}, {"VN": 1.0}),
        lambda: aggregates.aggregate({}, {"VN": float("nan")}),
        lambda: disclosure.judge(-1),
        lambda: response_rates.response_rates(response_rates.Dispositions(-1)),
    ):
        with pytest.raises(ValueError, match=r"^[^\n]{20,}\.$"):
            call()


def test_an_aggregate_of_nobody_is_none():
    assert aggregates.aggregate({}, {"VN": 10.0, "TH": 5.0}) is None
    absent = aggregates.Part(None, None, 0)
    found = aggregates.aggregate(
        {"VN": aggregates.Part(0.5, 0.1, 9), "TH": absent}, {"VN": 10.0, "TH": 30.0}
    )
    assert (found.members, found.absent, found.coverage) == (("VN",), ("TH",), 0.25)


@pytest.mark.parametrize("method", aggregates.METHODS)
@pytest.mark.parametrize("everywhere", [0.1, 1.0])
def test_where_all_members_agree_so_does_the_aggregate_to_the_last_digit(everywhere, method):
    rng = np.random.default_rng(2026)
    for _ in range(300):
        people = {name: float(rng.uniform(1, 1e8)) for name in "ABCDEFGHIJK"[: rng.integers(2, 12)]}
        parts = {name: aggregates.Part(everywhere, 0.01, 9, 60, 60.0) for name in people}
        assert aggregates.aggregate(parts, people, method=method).estimate == everywhere


@pytest.mark.parametrize(
    ("figures", "state"),
    [
        ({"n": 0}, "no data"),
        ({"n": 1}, "suppressed"),
        ({"n": 29}, "suppressed"),
        ({"n": 30}, "low reliability"),
        ({"n": 49}, "low reliability"),
        ({"n": 50}, "ok"),
        ({"n": 500, "n_effective": 29.0}, "low reliability"),
        ({"n": 500, "df": 7}, "low reliability"),
        ({"n": 500, "half_width": 0.16}, "low reliability"),
        ({"n": 500, "n_effective": 300.0, "df": 48, "half_width": 0.03}, "ok"),
    ],
)
def test_figures_are_judged_by_their_base_and_precision(figures, state):
    verdict = disclosure.judge(**figures)
    assert verdict.state == state
    assert bool(verdict.reasons) == (state != "ok")


def test_few_people_are_a_reason_of_confidentiality():
    assert disclosure.judge(4).confidential and not disclosure.judge(5).confidential


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 5), st.integers(2, 5), st.integers(0, 10**6))
def test_no_hidden_cell_follows_from_its_siblings(height, width, seed):
    n = np.random.default_rng(seed).integers(0, 90, (height, width))
    primary = (n < 30) & (n > 0)
    hidden = disclosure.secondary(primary, n)
    assert (hidden | ~primary).all()
    for flags, bases in [*zip(hidden, n, strict=True), *zip(hidden.T, n.T, strict=True)]:
        behind = bases[flags & (bases > 0)]
        everything = (flags | (bases == 0)).all()
        assert not len(behind) or everything or (len(behind) >= 2 and behind.sum() >= 30)


def test_a_row_hides_its_smallest_visible_sibling():
    hidden = disclosure.secondary([True, False, False], [12, 80, 40])
    assert hidden.tolist() == [True, False, True]


def test_rates_without_cases_do_not_exist():
    found = response_rates.response_rates(response_rates.Dispositions(0))
    assert set(vars(found).values()) == {None}


def test_a_table_of_one_row_has_no_test():
    found = tables.cross_table(variance.design(np.ones(4)), list("aaaa"), list("xyxy"))
    assert found.p is None and found.counts.tolist() == [[2, 2]]
