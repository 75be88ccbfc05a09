"""Printed figures checked against the figures they are printed beside. Listed, never corrected:
which of two numbers is wrong is not ours to decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum

from django.utils.translation import gettext as _

from indicators import formatting
from indicators.models import Framework
from indicators.printed.tables import PrintedFigure, PrintedSum, PrintedTable, sums, tables
from indicators.progress import Contradiction, check_printed


class Finding(StrEnum):
    """What a check of printed figures found."""

    AGREES = "agrees"
    LAST_DIGIT = "last_digit"
    OVERLAP = "overlap"
    CONTRADICTION = "contradiction"


@dataclass(frozen=True)
class Check:
    """One check of printed figures: what was compared, and what came of it."""

    finding: Finding
    what: str
    sentence: str
    source: str


def contradictions(framework: Framework) -> list[tuple[str, Contradiction, str]]:
    """What the framework's document prints and its own numbers do not give: (what, how, source)."""
    found = []
    for table in tables(framework):
        for figure, wrong in _rates(table):
            if isinstance(wrong, Contradiction):
                found.append((_what(table, figure), wrong, figure.source))
    return found


def checks(framework: Framework) -> list[Check]:
    """Every check the printed figures allow, contradictions first."""
    printed = tables(framework)
    found = [check for table in printed for check in _checks_of(table)]
    found += [_sum_check(one) for one in sums(framework, printed)]
    order = list(reversed(Finding))
    return sorted(found, key=lambda check: order.index(check.finding))


def _what(table: PrintedTable, figure: PrintedFigure) -> str:
    return f"{table.title}: {figure.text}"


def _rates(table: PrintedTable) -> list[tuple[PrintedFigure, Contradiction | None]]:
    found = []
    for figure in table.figures:
        whole = table.figure(figure.of)
        if figure.value is None or figure.percent is None or whole is None or not whole.value:
            continue
        if whole.value > 0:
            found.append((figure, check_printed(figure.value, whole.value, figure.percent)))
    return found


def _checks_of(table: PrintedTable) -> list[Check]:
    found = []
    for figure, wrong in _rates(table):
        whole = table.figure(figure.of).value
        computed = figure.value * 100 / whole
        words = {
            "part": _number(figure.value),
            "whole": _number(whole),
            "computed": _number(_like(computed, figure.percent, more=1)),
            "printed": _number(figure.percent),
        }
        if wrong is not None:
            finding, sentence = Finding.CONTRADICTION, wrong.sentence
        elif _like(computed, figure.percent) != figure.percent:
            finding = Finding.LAST_DIGIT
            sentence = (
                _(
                    "%(part)s of %(whole)s is %(computed)s %%; %(printed)s %% is printed: the last "
                    "digit differs."
                )
                % words
            )
        else:
            finding = Finding.AGREES
            sentence = _("%(part)s of %(whole)s is %(printed)s %%, as printed.") % words
        found.append(Check(finding, _what(table, figure), sentence, figure.source))
    for figure in table.figures:
        twin = table.figure(figure.same_as)
        if twin is not None and twin.percent is not None and figure.percent is not None:
            found.append(_twins(table, figure, twin))
    return found


def _twins(table: PrintedTable, figure: PrintedFigure, twin: PrintedFigure) -> Check:
    coarse, fine = sorted((figure.percent, twin.percent), key=_decimals)
    words = {"one": _number(twin.percent), "other": _number(figure.percent)}
    if _like(fine, coarse) == coarse:
        finding = Finding.AGREES
        sentence = _("Printed as %(one)s %% and as %(other)s %%: the same, rounded.") % words
    else:
        finding = Finding.CONTRADICTION
        sentence = _("Printed as %(one)s %% and as %(other)s %%.") % words
    return Check(finding, _what(table, figure), sentence, figure.source)


def _sum_check(one: PrintedSum) -> Check:
    numbers = [sign * figure.number for sign, figure in one.terms]
    found = sum(numbers, Decimal(0))
    words = {"sum": _written(numbers), "found": _number(found), "total": _number(one.total)}
    rounding = sum(
        (Decimal(1).scaleb(-_decimals(f.percent)) / 2 for _s, f in one.terms if f.value is None),
        Decimal(0),
    )
    if found == one.total:
        finding, sentence = Finding.AGREES, _("%(sum)s = %(total)s, as printed.") % words
    elif one.overlaps and one.total > 0:
        finding = Finding.OVERLAP
        words["times"] = _number((found / one.total).quantize(Decimal("0.1"), ROUND_HALF_UP))
        sentence = (
            _(
                "%(sum)s = %(found)s, not %(total)s: what serves several parts counts in each of "
                "them, %(times)s times on average."
            )
            % words
        )
    elif abs(found - one.total) <= rounding:
        finding = Finding.LAST_DIGIT
        sentence = _("%(sum)s = %(found)s, not %(total)s: each is rounded.") % words
    else:
        finding, sentence = Finding.CONTRADICTION, _("%(sum)s = %(found)s, not %(total)s.") % words
    return Check(finding, one.text, sentence, one.source)


def _written(numbers: Sequence[Decimal]) -> str:
    parts = [_number(numbers[0])]
    for number in numbers[1:]:
        parts += ["−" if number < 0 else "+", _number(abs(number))]
    return " ".join(parts)


def _number(number: Decimal) -> str:
    return formatting.number(number, _decimals(number))


def _decimals(number: Decimal) -> int:
    return max(0, -number.as_tuple().exponent)


def _like(number: Decimal, printed: Decimal, *, more: int = 0) -> Decimal:
    """`number` rounded to the decimals of `printed`, or `more` of them."""
    try:
        return number.quantize(Decimal(1).scaleb(-_decimals(printed) - more), ROUND_HALF_UP)
    except InvalidOperation:
        return number
