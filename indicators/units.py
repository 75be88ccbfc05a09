"""What a unit allows: a percentage lies between 0 and 100, things counted are whole."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from indicators.errors import UnusableValue

# Nouns of units that are counted one by one. "per year" behind them changes nothing; "of 10"
# does: such a figure is a mean.
_COUNTED = frozenset(
    "activities agreements bodies campaigns cases centres communities countries documents events "
    "initiatives institutions laws measures members networks participants people persons "
    "platforms policies programmes projects publications resolutions respondents schools "
    "strategies students trainings visitors workshops".split()
)
_DIGITS = 15
_PLACES = 6
_LARGEST = Decimal(10) ** 14


@dataclass(frozen=True, slots=True)
class Unit:
    """The range of values that can stand under a unit; None where there is no limit."""

    lowest: Decimal | None = None
    highest: Decimal | None = None
    is_whole: bool = False


@lru_cache(maxsize=1024)
def unit_of(words: str) -> Unit:
    """What the unit of an indicator allows: "percent", "projects per year", "score"."""
    plain = words.strip().casefold()
    if plain in {"percent", "%"}:
        return Unit(Decimal(0), Decimal(100))
    first = plain.partition(" ")[0]
    if first in _COUNTED and " of " not in plain:
        return Unit(lowest=Decimal(0), is_whole=True)
    return Unit()


def usable(value: Decimal, unit: str) -> Decimal:
    """`value` as it is, if it can stand under the unit and the ledger keeps it exactly.

    Raises UnusableValue with the value and the remedy.
    """
    if not value.is_finite():
        raise UnusableValue(
            _("%(value)s is not a number. Write digits, such as 72.4.") % {"value": value}
        )
    if abs(value) >= _LARGEST:
        raise UnusableValue(
            _("%(value)s is too large: a value has at most 14 digits before the decimal point.")
            % {"value": _short(value)}
        )
    # In full, not by `normalize`, which rounds to the precision of the context.
    digits = value.as_tuple()
    significant = "".join(map(str, digits.digits)).strip("0") if value else ""
    trailing = len(digits.digits) - len("".join(map(str, digits.digits)).rstrip("0"))
    places = max(-(digits.exponent + trailing), 0) if value else 0
    if places > _PLACES or len(significant) > _DIGITS:
        raise UnusableValue(
            _(
                "%(value)s has more digits than are kept exactly: at most %(places)s after the "
                "decimal point and %(digits)s in all. Round it first."
            )
            % {"value": _short(value), "places": _PLACES, "digits": _DIGITS}
        )
    allowed = unit_of(unit)
    if allowed.highest is not None and not allowed.lowest <= value <= allowed.highest:
        raise UnusableValue(
            _("%(value)s lies outside %(lowest)s to %(highest)s, the range of a percentage.")
            % {"value": _short(value), "lowest": allowed.lowest, "highest": allowed.highest}
        )
    if allowed.lowest is not None and value < allowed.lowest:
        raise UnusableValue(
            _("%(value)s is below zero. “%(unit)s” are counted: give 0 or more.")
            % {"value": _short(value), "unit": unit}
        )
    if allowed.is_whole and value != value.to_integral_value():
        raise UnusableValue(
            _("%(value)s is not a whole number. “%(unit)s” are counted one by one.")
            % {"value": _short(value), "unit": unit}
        )
    return value


def range_words(unit: str) -> str:
    """What may be written under the unit, for the person who fills in; "" where anything may."""
    allowed = unit_of(unit)
    if allowed.highest is not None:
        return _("from %(lowest)s to %(highest)s") % {
            "lowest": allowed.lowest,
            "highest": allowed.highest,
        }
    return _("a whole number, 0 or more") if allowed.is_whole else ""


def _short(value: Decimal) -> str:
    text = str(value)
    return text if len(text) <= 24 else f"{text[:21]}…"
