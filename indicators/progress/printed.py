"""Printed figures compared with the numbers printed beside them."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A printed percentage that its own printed row does not give."""

    part: int
    whole: int
    printed: Decimal
    computed: Decimal
    sentence: str


def check_printed(part: int, whole: int, printed: Decimal) -> Contradiction | None:
    """Compare a printed percentage with the one its row gives; None when rounding explains it."""
    if whole <= 0:
        raise ValueError(f"The whole is {whole}; a percentage needs a whole above zero.")
    computed = Decimal(part) * 100 / Decimal(whole)
    last_digit = Decimal(1).scaleb(printed.as_tuple().exponent)
    if abs(computed - printed) <= last_digit:
        return None
    sentence = _("%(part)s of %(whole)s is %(computed)s %%, not %(printed)s %%.") % {
        "part": part,
        "whole": whole,
        "computed": f"{computed:.1f}",
        "printed": printed,
    }
    return Contradiction(part, whole, printed, computed, sentence)
