"""Parts compared with their whole: breakdowns with totals, members with the group's own value."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.progress.points import plain

# A printed figure is rounded: each part may lie half of its last digit away from what was counted.
_HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A whole that its parts cannot give: the sum of parts, or the range they span, as a sentence."""

    whole: Decimal
    sentence: str


def check_parts(whole: Decimal, parts: Mapping[str, Decimal], *, adds_up: bool) -> Mismatch | None:
    """Compare a whole with its parts, given by their names; None where rounding explains it.

    Counts add up. A share or a mean of the whole is some weighted mean of the parts, so it lies
    between the smallest and the largest of them; which weights they have is not known here, and an
    unweighted mean of percentages would prove nothing.
    """
    if not parts:
        return None
    digits = max(max(0, -_exponent(value)) for value in (*parts.values(), whole))
    last_digit = Decimal(1).scaleb(-digits)
    if adds_up:
        total = sum(parts.values(), Decimal(0))
        # Whole numbers are counted, not rounded.
        slack = last_digit * _HALF * (len(parts) + 1) if digits else 0
        return None if abs(total - whole) <= slack else _unequal(whole, total, parts)
    low, high = min(parts.values()), max(parts.values())
    if low - last_digit <= whole <= high + last_digit:
        return None
    sentence = _("The whole is %(whole)s, but its parts lie between %(low)s and %(high)s.") % {
        "whole": plain(whole),
        "low": plain(low),
        "high": plain(high),
    }
    return Mismatch(whole, sentence)


def _unequal(whole: Decimal, total: Decimal, parts: Mapping[str, Decimal]) -> Mismatch:
    words = {"whole": plain(whole), "total": plain(total), "names": ", ".join(parts)}
    sentence = _("The whole is %(whole)s, but its parts (%(names)s) add up to %(total)s.")
    return Mismatch(whole, sentence % words)


def _exponent(value: Decimal) -> int:
    return int(value.normalize().as_tuple().exponent)
