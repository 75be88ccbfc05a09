"""How exact the day of an anonymous answer may be.

An invitation knows the day it was used. Were a day's answers few, that day alone would lead from
a person to them. So the days of a wave's invited answers fall into classes, each a day, a week, a
month or the whole wave, and every class holds at least `LEAST` answers, as long as the wave has
that many. All answers of one day are always in one class: whoever knows the day of a person is
left with at least `LEAST` candidates.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

LEAST = 5
LEVELS = ("day", "week", "month", "wave")

ANONYMOUS_AND_ONCE = (
    "Anonymous and once together mean: a link knows that it was used and on which day, and nothing "
    "leads from it to the answers; so each person answers once, and nobody can say who said what."
)


@dataclass(frozen=True, order=True)
class Class:
    """A date and how exact it is: the first day of its day, week, month or wave."""

    on: date
    within: str = "day"


def widen(
    counts: Mapping[Class, int], *, opened_on: date, least: int = LEAST
) -> dict[Class, Class]:
    """For each class, the class its answers belong to, so that none is smaller than `least`.

    A class that is too small is widened to its week, then its month, then the wave. Widening alone
    would not do: three answers of one such week would again be few. So a widened class that is
    still too small takes in the smallest class below it, even one that was large enough.
    """
    belongs = {each: each for each in counts}
    sizes = Counter(dict(counts))

    def move(old: Class, new: Class) -> None:
        sizes[new] += sizes.pop(old)
        for each, now in belongs.items():
            if now == old:
                belongs[each] = new

    for level in range(len(LEVELS) - 1):
        for small in sorted(_of(sizes, LEVELS[level])):
            if sizes[small] < least:
                move(small, _up(small, opened_on))
        upper = LEVELS[level + 1]
        for pool in sorted(_of(sizes, upper)):
            below = [
                each
                for each in sizes
                if LEVELS.index(each.within) <= level and _raised(each, upper, opened_on) == pool
            ]
            for smallest in sorted(below, key=lambda each: (sizes[each], each)):
                if sizes[pool] >= least:
                    break
                move(smallest, pool)
    return belongs


def _of(sizes: Mapping[Class, int], level: str) -> list[Class]:
    return [each for each in sizes if each.within == level]


def _up(each: Class, opened_on: date) -> Class:
    match each.within:
        case "day":
            return Class(each.on - timedelta(days=each.on.weekday()), "week")
        case "week":
            return Class(each.on.replace(day=1), "month")
    return Class(opened_on, "wave")


def _raised(each: Class, level: str, opened_on: date) -> Class:
    while each.within != level:
        each = _up(each, opened_on)
    return each
