"""Sufficiency says why; progress knows its direction and shows its inputs."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.progress import (
    Point,
    Promise,
    aggregate,
    check_printed,
    progress,
    share_of_way,
    sufficiency,
    sufficiency_of_group,
    yearly_rate,
)

D = Decimal
numbers = st.decimals(-1000, 1000, places=3)


def point(period, value, **more):
    return Point(period, None if value is None else D(value), **more)


def test_a_baseline_and_a_later_value_are_sufficient():
    found = sufficiency([point("2019", "15.3"), point("2016", "12.3")], baseline_year=2016)
    assert found.is_sufficient
    assert (found.baseline.period, found.latest.period) == ("2016", "2019")


@pytest.mark.parametrize(
    ("points", "more", "reason", "words"),
    [
        ([], {}, "no_values", "no value is recorded"),
        ([point("2016", None)], {}, "no_values", "no value"),
        ([point("2016", "1")], {}, "none_since_baseline", "no observation since the 2016 baseline"),
        ([point("2019", "1")], {"baseline_year": 2016}, "no_baseline", "baseline year 2016"),
        (
            [point("2016", "1"), point("2019", "2", status="B")],
            {"baseline_year": 2016},
            "definition_changed",
            "the definition changed in 2019",
        ),
        ([point("2020", "60", status="D")], {}, "definition_changed", "another population"),
        (
            [point("2016", "1", n=100), point("2019", "2", n=900)],
            {"minimum_n": 400},
            "below_n",
            "100 respondents in 2016; at least 400",
        ),
    ],
)
def test_what_is_missing_is_said_in_words(points, more, reason, words):
    found = sufficiency(points, **more)
    assert (found.is_sufficient, found.reason) == (False, reason)
    assert words in found.sentence


def test_the_reason_names_whom_the_value_is_awaited_from():
    found = sufficiency(
        [point("2016", "1")], awaiting="national policy; awaiting the focal point of Myanmar"
    )
    assert found.sentence == (
        "Insufficient: no observation since the 2016 baseline; national policy; awaiting the focal "
        "point of Myanmar."
    )


def test_without_a_fixed_baseline_a_break_starts_a_new_series():
    points = [point("2016", "1"), point("2019", "2", status="B"), point("2022", "3")]
    found = sufficiency(points)
    assert found.is_sufficient
    assert found.baseline.period == "2019"


def test_a_group_is_sufficient_when_enough_members_are_and_the_others_are_named():
    good = sufficiency([point("2016", "1"), point("2019", "2")])
    bad = sufficiency([])
    found = sufficiency_of_group({"KH": good, "VN": good, "MM": bad}, minimum_members=2)
    assert found.is_sufficient
    assert "2 of 3" in found.sentence
    assert "MM" in found.sentence
    assert not sufficiency_of_group({"KH": good, "MM": bad}, minimum_members=None).is_sufficient


def test_a_rising_share_of_young_people_out_of_work_and_school_is_worse():
    found = sufficiency([point("2016", "12.3"), point("2019", "15.3")])
    assert progress(found, direction="down").verdict == "worse"


def test_more_initiatives_are_better():
    found = sufficiency([point("2016", "7"), point("2019", "20")])
    assert progress(found, direction="up").verdict == "better"


def test_without_a_direction_there_is_no_verdict():
    found = sufficiency([point("2016", "7"), point("2019", "20")])
    assert progress(found, direction="none").verdict == "undetermined"


def test_a_target_of_zero_works():
    found = sufficiency([point("2016", "8"), point("2020", "2")])
    result = progress(found, direction="down", target=Promise("2025", D(0)))
    assert (result.verdict, result.share_of_way) == ("better", D("0.75"))
    reached = sufficiency([point("2016", "8"), point("2020", "0")])
    assert progress(reached, direction="down", target=Promise("2025", D(0))).verdict == "met"


def test_a_target_equal_to_the_baseline_is_only_held_or_not():
    held = sufficiency([point("2016", "90"), point("2020", "91")])
    lost = sufficiency([point("2016", "90"), point("2020", "89")])
    target = Promise("2025", D(90))
    assert progress(held, direction="up", target=target).verdict == "met"
    result = progress(lost, direction="up", target=target)
    assert (result.verdict, result.share_of_way) == ("not_met", None)


def test_the_required_path_compares_yearly_rates():
    found = sufficiency([point("2016", "100"), point("2018", "121")])
    result = progress(found, direction="up", target=Promise("2020", D(200)), method="required_path")
    assert result.observed_rate.quantize(D("0.0001")) == D("0.1000")
    assert result.required_rate.quantize(D("0.0001")) == D("0.1892")
    assert result.verdict == "worse"


def test_survey_values_need_a_tested_difference():
    points = [
        point("2024", "70", low=D(68), high=D(72)),
        point("2026", "75", low=D(73), high=D(77)),
    ]
    found = sufficiency(points)
    assert progress(found, direction="up").verdict == "undetermined"
    tested = progress(found, direction="up", difference=(D("2.1"), D("7.9")))
    assert tested.verdict == "better"
    undetected = progress(found, direction="up", difference=(D("-1"), D("7.9")))
    assert undetected.sentence == "No statistically detectable change."


def test_a_range_is_met_inside_and_missed_outside():
    found = sufficiency([point("2016", "1"), point("2020", "5")])
    assert progress(found, direction="range", within=(D(4), D(6))).verdict == "met"
    assert progress(found, direction="range", within=(D(6), None)).verdict == "not_met"


@given(start=numbers, now=numbers, target=numbers)
def test_the_share_of_the_way_is_zero_at_the_start_and_one_at_the_target(start, now, target):
    if start == target:
        assert share_of_way(start, now, target) is None
        return
    assert share_of_way(start, start, target) == 0
    assert share_of_way(start, target, target) == 1
    towards = (now - start) * (target - start)
    assert (share_of_way(start, now, target) > 0) == (towards > 0)


def test_yearly_rates_exist_only_for_positive_numbers():
    assert yearly_rate(D(0), D(5), D(2)) is None
    assert yearly_rate(D(5), D(5), D(0)) is None


def test_an_aggregate_names_its_members_and_who_is_missing():
    result = aggregate(
        {"KH": D(10), "VN": D(40)}, members=["KH", "MM", "VN"], method="mean", minimum_members=2
    )
    assert (result.value, result.status) == (D(25), "E")
    assert (result.members, result.missing) == (("KH", "VN"), ("MM",))


def test_a_weighted_mean_follows_the_populations():
    values, weights = {"KH": D(10), "VN": D(40)}, {"KH": D(1), "VN": D(3)}
    result = aggregate(values, members=["KH", "VN"], method="weighted_mean", weights=weights)
    assert result.value == D("32.5")
    with pytest.raises(ValueError, match="VN"):
        aggregate(values, members=["KH", "VN"], method="weighted_mean", weights={"KH": D(1)})


def test_too_few_members_give_no_value():
    result = aggregate({"KH": D(1)}, members=["KH", "VN"], method="sum", minimum_members=2)
    assert (result.value, result.status) == (None, "L")


def test_215_of_402_is_not_78_percent():
    found = check_printed(215, 402, D("78.36"))
    assert found.sentence == "215 of 402 is 53.5 %, not 78.36 %."


@pytest.mark.parametrize(
    ("part", "whole", "printed"), [(297, 387, "76.8"), (229, 362, "63.3"), (218, 325, "67.08")]
)
def test_figures_that_only_round_differently_agree(part, whole, printed):
    assert check_printed(part, whole, D(printed)) is None
