"""Values that contradict each other are listed, and only where they can be compared at all."""

import pytest

from indicators import parts
from indicators.models import Framework
from tests.indicators.factories import (
    make_asean,
    make_estimate,
    make_framework,
    make_indicator,
    record_values,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def framework():
    make_asean("KH", "VN")
    return make_framework()


def found():
    return [
        (one.indicator.slug, one.area.code, one.period, one.sentence)
        for one in parts.disagreements(Framework.objects.get())
    ]


def say(slug, *values, source="document:a", **more):
    record_values(
        *(
            make_estimate(slug, area, "2024", value, breakdown=breakdown, n=n)
            for area, breakdown, value, n in values
        ),
        source=source,
        **more,
    )


def test_a_breakdown_that_does_not_add_up_to_its_total(framework):
    make_indicator("people", framework=framework, unit="people", aggregation="sum")
    say("people", ("KH", "", "100", None), ("KH", "sex=F", "40", None), ("KH", "sex=M", "50", None))
    assert found() == [
        ("people", "KH", "2024", "The whole is 100, but its parts (women, men) add up to 90.")
    ]


def test_a_share_outside_of_its_parts_is_listed_only_if_they_are_everybody(framework):
    make_indicator("share", framework=framework, aggregation="none")
    say("share", ("KH", "", "72", 100), ("KH", "sex=F", "60", 50), ("KH", "sex=M", "61", 50))
    assert [row[:3] for row in found()] == [("share", "KH", "2024")]
    say("share", ("KH", "", "72", 100), ("KH", "sex=F", "60", 50), ("KH", "sex=M", "61", 40))
    assert found() == [], "ten respondents are of neither"
    say("share", ("KH", "", "72", 100), ("KH", "sex=F", "60", 50), ("KH", "sex=M", None, 50))
    assert found() == [], "one part is withheld"


def test_a_stated_value_of_asean_that_its_members_do_not_give(framework):
    make_indicator("neet", framework=framework, aggregation="mean")
    say("neet", ("KH", "", "10", None), ("VN", "", "12", None))
    say("neet", ("ASEAN", "", "15.3", None), source="document:review")
    assert found() == [
        ("neet", "ASEAN", "2024", "The whole is 15.3, but its parts lie between 10 and 12.")
    ]
    say("neet", ("KH", "", "10", None))
    assert found() == [], "without Viet Nam nothing follows"


def test_numbers_nobody_says_how_to_add_are_not_compared(framework):
    make_indicator("score", framework=framework, unit="score", aggregation="none")
    say("score", ("KH", "", "1", None), ("KH", "sex=F", "40", None), ("KH", "sex=M", "50", None))
    assert found() == []


def test_the_queries_do_not_grow(framework, django_assert_max_num_queries):
    for number in range(10):
        make_indicator(f"i-{number}", framework=framework, aggregation="sum", unit="people")
        say(f"i-{number}", ("KH", "", "2", None), ("KH", "sex=F", "1", None), source=f"d:{number}")
    with django_assert_max_num_queries(5):
        found()
