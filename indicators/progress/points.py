"""Values as sufficiency and progress need them, and how they are written."""

from dataclasses import dataclass
from decimal import Decimal

from indicators.periods import moment


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


def ends(start: Point, now: Point) -> dict[str, str]:
    """The two values and their periods as words of a sentence."""
    return {
        "start": plain(start.value),
        "from": start.period,
        "now": plain(now.value),
        "to": now.period,
    }


def years_between(start: str, end: str) -> Decimal:
    """Years from the middle of one period to the middle of another, exact to 28 digits."""
    span = moment(end) - moment(start)
    return Decimal(span.numerator) / Decimal(span.denominator)


def plain(number: Decimal) -> str:
    """A decimal without trailing zeros and without an exponent."""
    return f"{number.normalize():f}" if number else "0"
