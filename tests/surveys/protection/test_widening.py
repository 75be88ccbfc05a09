"""How exact the day of an anonymous answer may be."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from surveys.protection.anonymity import LEAST, Class, widen

OPENED = date(2026, 10, 30)
MONDAY = date(2026, 11, 2)


def day(number: int) -> Class:
    return Class(MONDAY + timedelta(days=number))


def sizes(counts: dict[Class, int]) -> Counter:
    found: Counter = Counter()
    for old, new in widen(counts, opened_on=OPENED).items():
        found[new] += counts[old]
    return found


def test_days_with_enough_answers_stay_days():
    assert sizes({day(0): 5, day(1): 70}) == {day(0): 5, day(1): 70}


def test_few_answers_of_a_week_are_put_together():
    assert sizes({day(0): 3, day(1): 2, day(2): 9}) == {Class(MONDAY, "week"): 5, day(2): 9}


def test_a_single_answer_of_a_week_takes_the_weeks_smallest_day_with_it():
    assert sizes({day(0): 20, day(1): 1, day(2): 6}) == {Class(MONDAY, "week"): 7, day(0): 20}


def test_a_lonely_week_is_widened_to_its_month_and_then_to_the_wave():
    later = Class(date(2026, 12, 15))
    assert sizes({day(0): 50, later: 2}) == {Class(OPENED, "wave"): 52}
    assert sizes({day(0): 3, day(14): 3}) == {Class(date(2026, 11, 1), "month"): 6}


def test_fewer_than_five_in_all_share_the_widest_date_there_is():
    assert sizes({day(0): 1, day(30): 2}) == {Class(OPENED, "wave"): 3}


@given(st.dictionaries(st.integers(0, 400).map(day), st.integers(1, 12), min_size=1, max_size=40))
def test_no_class_is_small_unless_it_is_the_only_one_and_nobody_is_lost(counts):
    found = sizes(counts)

    assert sum(found.values()) == sum(counts.values())
    assert len(found) == 1 or min(found.values()) >= LEAST
    # The next night changes nothing.
    assert sizes(dict(found)) == found
