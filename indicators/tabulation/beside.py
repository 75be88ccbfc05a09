"""What a document prints about activities, each figure beside the one counted here."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.formatting import number
from indicators.printed import PrintedFigure, PrintedTable
from indicators.tabulation.tables import ActivityTable

_TYPES = {
    "type-capacity": "capacity_building",
    "type-research": "research",
    "type-outreach": "outreach",
    "type-policy": "policy",
    "type-groundwork": "groundwork",
}


@dataclass(frozen=True, slots=True)
class Beside:
    """One figure: what it is, as printed and where, and as counted."""

    text: str
    printed: str
    counted: str
    source: str


def beside(printed: Sequence[PrintedTable], table: ActivityTable) -> tuple[Beside, ...]:
    """The figures the document prints about the table's subject; those it does not print are absent.

    The document counted other rows than ours, so a difference is not called an error here; how its
    own figures contradict each other is for `indicators.printed.checks` to say.
    """
    key = table.subject.key if table.subject else ""
    return tuple(
        Beside(figure.text, _as_printed(figure), counted, figure.source)
        for one in printed
        if one.node_key == key
        for figure in one.figures
        if (counted := _counted(figure, table)) is not None
    )


def _as_printed(figure: PrintedFigure) -> str:
    share = "" if figure.percent is None else _percent(figure.percent, _decimals(figure.percent))
    if figure.value is None:
        return share or figure.words
    whole = number(figure.value, _decimals(figure.value))
    return f"{whole} ({share})" if share else whole


def _counted(figure: PrintedFigure, table: ActivityTable) -> str | None:
    counts = table.counts
    match figure.key:
        case "planned":
            return number(Decimal(counts.entered), 0)
        case "withdrawn":
            return number(Decimal(counts.withdrawn), 0)
        case "activities":
            return number(Decimal(counts.standing), 0)
        case "done" | "done-table":
            share = _share(counts.rate)
            return f"{number(Decimal(counts.implemented), 0)} ({share})" if figure.value else share
        case "completed":
            return _share(counts.completed_share)
        case "common":
            most = [share.label for share in table.by_type[:2] if share.activities]
            return ", ".join(most) or _("none")
    if figure.key in _TYPES:
        shares = {share.key: share.percent for share in table.by_type}
        return _share(shares.get(_TYPES[figure.key]))
    if figure.key.startswith("share-"):
        body = figure.key.removeprefix("share-").removesuffix("-text").upper()
        shares = {share.key: share.percent for share in table.by_body}
        return _share(shares.get(body, Decimal(0) if counts.standing else None))
    return None


def _share(value: Decimal | None) -> str:
    return _("none") if value is None else _percent(value, 1)


def _percent(value: Decimal, decimals: int) -> str:
    return f"{number(value, decimals)}\N{NO-BREAK SPACE}%"


def _decimals(value: Decimal) -> int:
    return max(0, -value.as_tuple().exponent)
