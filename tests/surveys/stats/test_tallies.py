"""Coded answers are counted, numbers are summed: both have to find the same."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.stats import estimates, measures, tallies, variance


@st.composite
def designs(draw):
    """A sample with strata, perhaps clusters, a finite population and weights of zero, and domains
    that leave some out."""
    count = draw(st.integers(2, 120))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    strata = rng.integers(0, draw(st.integers(1, 4)), count)
    weights = draw(
        st.sampled_from([np.ones(count), rng.lognormal(0, 1, count), rng.choice([0.0, 1e6], count)])
    )
    found = variance.design(
        weights + (np.arange(count) == 0),
        strata=strata,
        psu=rng.integers(0, 9, count) if draw(st.booleans()) else None,
        population_psus=np.full(count, 500.0) if draw(st.booleans()) else None,
        lonely=draw(st.sampled_from(["adjust", "average", "remove"])),
    )
    groups = rng.choice(["a", "b", "c"], count)
    within = estimates.domains([groups], [("a", "c", "nobody")]) if draw(st.booleans()) else None
    items = {
        f"item{number}": measures.Coded(
            rng.integers(0, 6, count).astype(draw(st.sampled_from([np.uint8, np.int64]))),
            np.array(values),
        )
        for number, values in enumerate(draw(st.lists(st.sampled_from(SCORES), max_size=9)))
    }
    return found, items, within


NAN = math.nan
SCORES = [
    (0.0, 1.0, 1.0, 0.0, NAN, NAN),
    (1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    (1.0, 2.0, 3.0, 4.0, 5.0, NAN),
    (-100.0, 100.0, 0.0, 0.0, NAN, 0.0),
    (NAN, NAN, NAN, NAN, NAN, NAN),
]


def assert_alike(rows, others):
    for row, other in zip(rows, others, strict=True):
        for name in ("item", "domain", "n", "psus", "strata", "df"):
            assert getattr(row, name) == getattr(other, name), (name, row, other)
        for name in ("population", "estimate", "deff", "deff_kish", "n_effective"):
            one, two = getattr(row, name), getattr(other, name)
            assert one is two or one == pytest.approx(two, rel=1e-7, abs=1e-9), (name, row, other)
        size = abs(row.estimate or 0) + 1
        assert row.se is other.se or row.se == pytest.approx(other.se, rel=1e-5, abs=1e-8 * size)


@settings(max_examples=300, deadline=None)
@given(designs())
def test_counted_answers_and_summed_numbers_give_the_same_figures(design):
    found, items, within = design
    plain = {name: item.numbers() for name, item in items.items()}
    assert_alike(
        estimates.means(found, items, within=within), estimates.means(found, plain, within=within)
    )
    for row, other in zip(
        estimates.totals(found, items, within=within),
        estimates.totals(found, plain, within=within),
        strict=True,
    ):
        assert row.estimate == pytest.approx(other.estimate, rel=1e-9, abs=1e-9)
        assert row.se is other.se or row.se == pytest.approx(other.se, rel=1e-5, abs=1e-4)


@settings(max_examples=60, deadline=None)
@given(designs())
def test_a_figure_does_not_depend_on_those_it_is_counted_with(design):
    found, items, within = design
    together = estimates.means(found, items, within=within)
    apart = [
        row
        for name, item in items.items()
        for row in estimates.means(found, {name: item}, within=within)
    ]
    assert_alike(together, apart)


def test_the_variance_is_the_plain_formula_of_the_whole_design():
    rng = np.random.default_rng(7)
    weights, strata = rng.lognormal(0, 1, 400), rng.integers(0, 5, 400)
    found = variance.design(weights, strata=strata)
    codes, inside = rng.integers(0, 3, 400), rng.random(400) < 0.4
    item = measures.Coded(codes.astype(np.uint8), np.array([1.0, 5.0, math.nan]))
    within = estimates.domains([np.where(inside, "in", "out")], [("in",)])

    row = estimates.means(found, {"item": item}, within=within)[0]

    numbers = item.numbers()
    base = inside & np.isfinite(numbers)
    mean = np.average(numbers[base], weights=weights[base])
    scores = np.where(base, weights * (numbers - mean), 0.0) / weights[base].sum()
    assert row.estimate == pytest.approx(mean, rel=1e-12)
    assert row.se**2 == pytest.approx(variance.variance_of_totals(found, scores)[0, 0], rel=1e-10)


def test_equal_weights_of_those_who_answer_alike_leave_no_rounding():
    """Weights that follow from the answer are where a difference of two sums of squares is noise."""
    codes = np.repeat([0, 1], 50_000).astype(np.uint8)
    found = variance.design(np.where(codes == 1, 1 / 3, 2 / 3))
    rows = estimates.means(
        found,
        {"all": measures.Coded(codes, np.array([2.0, 2.0]))},
        within=estimates.domains([codes]),
    )
    assert [row.se for row in rows] == [0.0, 0.0]
    singles = tallies.Cells(found, None).singles
    ((_name, sums),) = tallies.sums_of(
        tallies.Cells(found, None), {"x": measures.Coded(codes, np.array([0.0, 1.0]))}
    )
    assert len(singles) == 1 and (sums.deviations >= 0).all()
    assert sums.deviations.sum() < 1e-15


def test_an_item_of_very_many_answers_is_summed_as_numbers():
    rng = np.random.default_rng(3)
    codes = rng.integers(0, 500, 2000)
    item = measures.Coded(codes, np.arange(500, dtype=float))
    found = variance.design(rng.lognormal(0, 1, 2000))
    assert_alike(estimates.means(found, {"a": item}), estimates.means(found, {"a": item.numbers()}))


def test_leaving_people_out_of_the_base_keeps_the_codes():
    coded = measures.categorised(np.array([0, 1, -1, 1], dtype=np.int8), [0.0, 1.0])
    assert np.array_equal(coded.numbers(), [0, 1, math.nan, 1], equal_nan=True)
    some = measures.among(coded, [True, True, True, False])
    assert isinstance(some, measures.Coded)
    assert np.array_equal(some.numbers(), [0, 1, math.nan, math.nan], equal_nan=True)
    wide = measures.categorised(np.array([0, 299, -1], dtype=np.int16), np.arange(300.0))
    assert np.array_equal(wide.numbers(), [0, 299, math.nan], equal_nan=True)
    full = measures.Coded(np.array([0, 1], dtype=np.uint8), np.array([0.0, 1.0]))
    assert np.array_equal(
        measures.among(full, [False, True]).numbers(), [math.nan, 1], equal_nan=True
    )
