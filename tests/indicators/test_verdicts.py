"""Laws that every verdict on progress keeps, whatever the numbers are."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from indicators.progress import (
    Point,
    Promise,
    aggregate,
    check_parts,
    progress,
    share_of_way,
    sufficiency,
    years_between,
)

D = Decimal
numbers = st.decimals(-1000, 1000, places=3)
positive = st.decimals("0.001", 1000, places=3)
methods = st.sampled_from(["share_of_way", "required_path"])
ORDER = ["worse", "unchanged", "better", "met"]


def judged(start, now, target=None, *, direction="up", method="share_of_way", **more):
    found = sufficiency([Point("2016", start, **more), Point("2019", now, **more)])
    promise = None if target is None else Promise("2025", target)
    return progress(found, direction=direction, target=promise, method=method)


@given(start=numbers, now=numbers, target=st.none() | numbers)
def test_both_directions_are_mirror_images(start, now, target):
    up = judged(start, now, target)
    mirrored = None if target is None else -target
    down = judged(-start, -now, mirrored, direction="down")
    assert (up.verdict, up.share_of_way, up.method) == (
        down.verdict,
        down.share_of_way,
        down.method,
    )


@given(start=numbers, target=st.none() | numbers, some=numbers, more=numbers)
def test_a_better_value_is_never_judged_worse(start, target, some, more):
    low, high = sorted([some, more])
    first, second = judged(start, low, target).verdict, judged(start, high, target).verdict
    if target is not None and start >= target:
        assert {first, second} <= {"met", "not_met"}
        assert (first, second) != ("met", "not_met")
    else:
        assert ORDER.index(first) <= ORDER.index(second)


@given(start=positive, target=positive, some=positive, more=positive)
def test_along_the_required_path_a_better_value_is_never_judged_worse(start, target, some, more):
    low, high = sorted([some, more])
    found = [judged(start, value, target, method="required_path") for value in (low, high)]
    if start < target:
        assert ORDER.index(found[0].verdict) <= ORDER.index(found[1].verdict)
        assert found[0].observed_rate <= found[1].observed_rate


@given(start=numbers, now=numbers, target=numbers, method=methods)
def test_a_verdict_against_a_target_never_fails_and_shows_its_change(start, now, target, method):
    found = judged(start, now, target, method=method)
    assert found.change == now - start
    assert found.verdict != "undetermined"
    assert found.sentence
    if start <= 0 or target <= 0 or now <= 0:
        assert found.observed_rate is None


@given(start=numbers, now=numbers, target=numbers)
def test_the_share_gives_the_value_back_to_the_last_digit(start, now, target):
    share = share_of_way(start, now, target)
    if share is not None:
        assert (start + share * (target - start)).quantize(D("0.001")) == now


@given(now=numbers)
def test_check_27_a_target_of_zero_is_a_target(now):
    found = judged(D(8), now, D(0), direction="down")
    assert (found.verdict == "met") == (now <= 0)
    if now > 0:
        assert found.share_of_way == (8 - now) / 8


def test_one_that_was_beyond_its_target_and_fell_back_is_not_better():
    found = judged(D(90), D(70), D(80))
    assert (found.verdict, found.method, found.share_of_way) == ("not_met", "held", None)


def test_a_target_whose_time_has_come_is_missed_not_under_way():
    found = sufficiency([Point("2016", D(10)), Point("2025", D(18))])
    result = progress(found, direction="up", target=Promise("2025", D(20)))
    assert (result.verdict, result.share_of_way) == ("not_met", D("0.8"))
    assert "Target missed" in result.sentence
    assert "80 % of the way" in result.sentence


def test_towards_a_target_survey_values_need_a_tested_difference_too():
    found = sufficiency([Point("2024", D(60), D(58), D(62)), Point("2026", D(61), D(59), D(63))])
    promise = Promise("2030", D(70))
    untested = progress(found, direction="up", target=promise)
    assert (untested.verdict, untested.share_of_way) == ("undetermined", D("0.1"))
    tested = progress(found, direction="up", target=promise, difference=(D("0.2"), D("1.8")))
    assert tested.verdict == "better"


def test_a_target_met_within_the_interval_says_so():
    found = sufficiency([Point("2024", D(60), D(58), D(62)), Point("2026", D(71), D(69), D(73))])
    result = progress(found, direction="up", target=Promise("2030", D(70)))
    assert result.verdict == "met"
    assert "Its interval also holds values short of the target." in result.sentence


def test_without_a_direction_a_target_says_which_way_is_meant():
    assert judged(D(8), D(4), D(2), direction="none").verdict == "better"
    assert judged(D(8), D(4), D(20), direction="none").verdict == "worse"
    assert judged(D(8), D(8), D(8), direction="none").verdict == "met"
    assert judged(D(8), D(9), D(8), direction="none").verdict == "undetermined"


def test_quarters_of_one_year_have_a_yearly_rate():
    assert years_between("2026-Q1", "2026-Q3") == D("0.5")
    found = sufficiency([Point("2026-Q1", D(100)), Point("2026-Q3", D(110))])
    result = progress(found, direction="up", target=Promise("2028", D(130)), method="required_path")
    assert result.observed_rate.quantize(D("0.01")) == D("0.21")


def test_a_thin_later_value_is_passed_over_where_a_solid_one_stands():
    points = [Point("2016", D(1), n=900), Point("2019", D(2), n=800), Point("2022", D(3), n=40)]
    found = sufficiency(points, minimum_n=400)
    assert (found.is_sufficient, found.latest.period) == (True, "2019")
    thin = sufficiency([points[0], points[2]], minimum_n=400)
    assert (thin.reason, "40 respondents in 2022" in thin.sentence) == ("below_n", True)


values = st.dictionaries(st.sampled_from("ABCDEFGHIJK"), numbers, min_size=1)


@given(values=values, weight=positive)
def test_a_mean_lies_between_its_members_and_equal_weights_are_none(values, weight):
    members = sorted(values)
    mean = aggregate(values, members=members, method="mean").value
    weighted = aggregate(
        values, members=members, method="weighted_mean", weights=dict.fromkeys(members, weight)
    ).value
    slack = D("1e-18")
    assert min(values.values()) - slack <= mean <= max(values.values()) + slack
    assert abs(mean - weighted) < slack
    assert check_parts(mean, values, adds_up=False) is None


@given(values=values)
def test_a_sum_of_members_agrees_with_its_parts(values):
    total = aggregate(values, members=sorted(values), method="sum").value
    assert check_parts(total, values, adds_up=True) is None


def test_counts_that_do_not_add_up_are_named():
    found = check_parts(D(100), {"women": D(40), "men": D(50)}, adds_up=True)
    assert found.sentence == "The whole is 100, but its parts (women, men) add up to 90."
    assert check_parts(D(100), {"women": D(49), "men": D(50)}, adds_up=True) is not None
    assert check_parts(D("100.0"), {"women": D("49.96"), "men": D("50.05")}, adds_up=True) is None


def test_a_share_outside_of_its_parts_is_named():
    found = check_parts(D("72.4"), {"women": D("60.1"), "men": D("61.9")}, adds_up=False)
    assert "72.4" in found.sentence
    assert "60.1 and 61.9" in found.sentence
    assert check_parts(D("62"), {"women": D("60.1"), "men": D("61.9")}, adds_up=False) is None


def test_a_sentence_rounds_as_the_pages_do_unless_a_difference_would_not_show():
    def said(start, now, target=None):
        found = sufficiency([Point("2023", D(start)), Point("2025", D(now))])
        promise = None if target is None else Promise("2025", D(target))
        return progress(
            found, direction="up", target=promise, method="share_of_way", decimals=1
        ).sentence

    assert said("46.879759118683622813", "50.13") == "Better: 46.9 in 2023, 50.1 in 2025."
    assert said("50.1301", "50.13") == "Worse: 50.1301 in 2023, 50.13 in 2025."
    assert said("60", "79.96", "80").startswith("Target missed: 79.96 in 2025; the target was 80")
