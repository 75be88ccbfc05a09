"""A value on its way into the ledger: its shape, and what is checked before it may stand there."""

from dataclasses import dataclass, field, replace
from decimal import Context, Decimal
from typing import Any

from indicators.errors import InvalidEstimate
from indicators.models import Observation, ObservationStatus
from indicators.periods import is_period

# What SQLite keeps of a number exactly; beyond it both databases would round differently and
# every recording would look like a change.
_FIFTEEN_DIGITS = Context(prec=15)
_PLACES = Decimal("0.000001")
_LARGEST = Decimal(10) ** 14
_NUMBERS = ("value", "low", "high", "n_effective")
# Members of an enumeration are listed anew at every look, which a large file would feel.
_STATUSES = frozenset(ObservationStatus.values)
_QUALIFIERS = frozenset(Observation.Qualifier.values)
SAID = ("value", "low", "high", "n", "n_effective", "status", "qualifier", "method")
"""What an observation says, in contrast to where it comes from."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One value on its way into the ledger.

    `value`, `low` and `high` are in the indicator's unit (percent as 72.4, not 0.724); `None` means
    that there is no value to show, and `status` (SDMX OBS_STATUS) says why. `breakdown` is canonical
    text such as "age=15-24;sex=F"; "" is the total.
    """

    indicator: str
    area: str
    period: str
    breakdown: str = ""
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    n: int | None = None
    n_effective: Decimal | None = None
    status: str = "A"
    method: str = ""
    provenance: dict[str, Any] = field(default_factory=dict)
    members: tuple[str, ...] = ()
    population_vintage: str = ""
    is_demonstration: bool = False
    qualifier: str = ""


def canonical_breakdown(text: str) -> str:
    """ "sex=F;age=15-24" as "age=15-24;sex=F": one spelling for one breakdown.

    Raises InvalidEstimate where a part is not `dimension=value` or a dimension comes twice.
    """
    if not text:
        return ""
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not name or not value or "=" in value or name in parts:
            raise InvalidEstimate(
                f"The breakdown {text!r} is not understood. Write dimension=value, several "
                "separated by ';', each dimension once: 'age=15-24;sex=F'."
            )
        parts[name] = value
    return ";".join(f"{name}={parts[name]}" for name in sorted(parts))


def settled(estimate: Estimate) -> Estimate:
    """The estimate as it would be kept: numbers rounded, breakdown and members in order.

    Raises InvalidEstimate for one that cannot stand.
    """
    if not is_period(estimate.period):
        raise InvalidEstimate(
            f"{name_of(estimate)}: the period {estimate.period!r} is not understood. Write 2026, "
            "2026-S1, 2026-Q4, 2026-11 or 2026-W47."
        )
    if estimate.status not in _STATUSES:
        raise InvalidEstimate(
            f"{name_of(estimate)}: the status {estimate.status!r} is not one of "
            f"{', '.join(ObservationStatus.values)}."
        )
    if estimate.qualifier not in _QUALIFIERS:
        raise InvalidEstimate(
            f"{name_of(estimate)}: the qualifier {estimate.qualifier!r} is not one of "
            f"{', '.join(repr(v) for v in Observation.Qualifier.values)}."
        )
    if estimate.n is not None and estimate.n < 0:
        raise InvalidEstimate(f"{name_of(estimate)}: n is {estimate.n}; it cannot be negative.")
    try:
        breakdown = canonical_breakdown(estimate.breakdown)
    except InvalidEstimate as error:
        raise InvalidEstimate(f"{name_of(estimate)}: {error}") from error
    numbers = {name: _rounded(estimate, name) for name in _NUMBERS}
    low, high = numbers["low"], numbers["high"]
    if low is not None and high is not None and low > high:
        raise InvalidEstimate(
            f"{name_of(estimate)}: the interval runs from {low} to {high}. Give the lower end first."
        )
    return replace(
        estimate,
        breakdown=breakdown,
        members=tuple(sorted(estimate.members)),
        **numbers,
    )


def _rounded(estimate: Estimate, name: str) -> Decimal | None:
    number = getattr(estimate, name)
    if number is None:
        return None
    try:
        number = Decimal(str(number)) if not isinstance(number, Decimal) else number
    except ArithmeticError as error:
        raise InvalidEstimate(
            f"{name_of(estimate)}: {name} is {number!r}, not a number."
        ) from error
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise InvalidEstimate(
            f"{name_of(estimate)}: {name} is {number}. Give a finite number below 10^14, or None "
            "with a status that says why there is no value."
        )
    return rounded(number)


def rounded(number: Decimal) -> Decimal:
    """A finite number below 10^14 as both databases keep it: 6 places, 15 digits."""
    return _FIFTEEN_DIGITS.plus(number.quantize(_PLACES)).quantize(_PLACES)


def name_of(said: Estimate) -> str:
    """ "kpi-22 KH 2026 age=15-24", for a sentence."""
    return " ".join(filter(None, (said.indicator, said.area, said.period, said.breakdown)))


def said_by(thing: Any) -> dict[str, Any]:
    """What a settled estimate, or an observation however it was read, says: what a Revision
    compares and keeps."""
    return {
        "value": digits(thing.value),
        "low": digits(thing.low),
        "high": digits(thing.high),
        "n": thing.n,
        "n_effective": digits(thing.n_effective),
        "status": thing.status,
        "qualifier": thing.qualifier,
        "method": thing.method,
    }


def digits(number: Any) -> Any:
    """ "72.4" of 72.400000: a Decimal in full, without needless zeros; all else as it is."""
    if not isinstance(number, Decimal):
        return number
    text = f"{number.normalize():f}"
    return "0" if text == "-0" else text
