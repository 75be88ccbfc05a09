"""Values as sufficiency and progress need them, and how they are written."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from indicators.periods import moment

# As many as the ledger keeps.
_PLACES = 6


@dataclass(frozen=True, slots=True)
class Point:
    """One observed value of one area, as progress needs it."""

    period: str
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    n: int | None = None
    status: str = "A"

    @property
    def has_interval(self) -> bool:
        return self.low is not None and self.high is not None


@dataclass(frozen=True, slots=True)
class Promise:
    """A target: the value that shall be reached by the period."""

    period: str
    value: Decimal


def ends(start: Point, now: Point, decimals: int, target: Promise | None = None) -> dict[str, str]:
    """The two values, their periods and the target as words of a sentence.

    Values have at most `decimals`, and more only where it takes more to tell them apart.
    """
    numbers = {start.value, now.value, *([target.value] if target else ())}
    while decimals < _PLACES and len({rounded(one, decimals) for one in numbers}) < len(numbers):
        decimals += 1
    words = {
        "start": rounded(start.value, decimals),
        "from": start.period,
        "now": rounded(now.value, decimals),
        "to": now.period,
    }
    if target is not None:
        words |= {"target": plain(target.value), "by": target.period}
    return words


def rounded(number: Decimal, decimals: int) -> str:
    """A decimal with at most so many decimals, rounded half up, as `plain` writes it."""
    return plain(number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))


def years_between(start: str, end: str) -> Decimal:
    """Years from the middle of one period to the middle of another, exact to 28 digits."""
    span = moment(end) - moment(start)
    return Decimal(span.numerator) / Decimal(span.denominator)


def plain(number: Decimal) -> str:
    """A decimal without trailing zeros and without an exponent."""
    return f"{number.normalize():f}" if number else "0"
