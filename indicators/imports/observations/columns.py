"""The columns of a table of values, and what their cells may hold."""

from decimal import Decimal

from django.utils.translation import gettext_lazy, gettext_noop

from indicators.errors import InvalidEstimate
from indicators.estimates import canonical_breakdown
from indicators.imports.cells import CellRefused, Value, shown, text, word
from indicators.imports.columns import Column
from indicators.imports.numbers import decimal, whole
from indicators.imports.periods import period
from indicators.models import ObservationStatus

_LARGEST_N = 2_147_483_647
_STATUSES = frozenset(ObservationStatus.values)


def _status(value: Value) -> str:
    typed = word(value)
    if not typed:
        return ""
    if typed in _STATUSES:
        return typed
    for code, label in ObservationStatus.choices:
        if typed.casefold() in (code.casefold(), str(label).casefold()):
            return code
    raise CellRefused(
        gettext_noop("The status “%(value)s” is not one of %(known)s."),
        value=shown(typed),
        known=", ".join(ObservationStatus.values),
    )


_QUALIFIERS = {
    "": "", "=": "", "exact": "", "approx": "approx", "~": "approx", "about": "approx",
    "gt": "gt", ">": "gt", "more than": "gt", "lt": "lt", "<": "lt", "less than": "lt",
}  # fmt: skip


def _qualifier(value: Value) -> str:
    typed = word(value)
    if typed.casefold() not in _QUALIFIERS:
        raise CellRefused(
            gettext_noop("The qualifier “%(value)s” is not one of approx, gt, lt."),
            value=shown(typed),
        )
    return _QUALIFIERS[typed.casefold()]


def _breakdown(value: Value) -> str:
    typed = text(value)
    if typed.casefold() in ("_t", "total", "all"):
        return ""
    try:
        found = canonical_breakdown(typed)
    except InvalidEstimate as error:
        raise CellRefused(
            gettext_noop(
                "The breakdown “%(value)s” is not understood. Write dimension=value, several "
                "separated by ';', such as age=15-24;sex=F. The total is an empty cell."
            ),
            value=shown(typed),
        ) from error
    return _short(found, 200)


def _short(found: str, most: int) -> str:
    if len(found) > most:
        raise CellRefused(
            gettext_noop("The text has %(length)s characters; at most %(most)s fit."),
            length=len(found),
            most=most,
        )
    return found


def _number(value: Value, sign: str = "") -> Decimal | None:
    return decimal(value, sign=sign)


def _n(value: Value, sign: str = "") -> int | None:
    found = whole(value, sign=sign)
    if found is not None and not 0 <= found <= _LARGEST_N:
        raise CellRefused(
            gettext_noop("n is %(value)s. It has to lie between 0 and 2147483647."), value=found
        )
    return found


COLUMNS = (
    Column(
        "indicator", gettext_lazy("Indicator"), is_required=True,
        aliases=("kpi", "code", "indicator code", "indicator slug", "kpi code", "slug"),
        help=gettext_lazy("A code such as kpi-22."),
    ),
    Column(
        "area", gettext_lazy("Area"), is_required=True,
        aliases=("country", "member state", "area code", "country code", "iso3", "ref area",
                 "ams", "area name"),
        help=gettext_lazy("A code such as KH or KHM, or the name."),
    ),
    Column(
        "period", gettext_lazy("Period"), parse=period, is_required=True,
        aliases=("year", "time period", "time", "date", "reporting period"),
        help=gettext_lazy("2026, 2026-S1, 2026-Q4, 2026-11 or 2026-W47."),
    ),
    Column(
        "breakdown", gettext_lazy("Breakdown"), parse=_breakdown,
        aliases=("disaggregation", "group"),
        help=gettext_lazy("Such as age=15-24;sex=F. Empty for the total."),
    ),
    Column(
        "value", gettext_lazy("Value"), parse=_number, is_number=True,
        aliases=("obs value", "figure", "result", "percent", "percentage"),
    ),
    Column("low", gettext_lazy("Interval from"), parse=_number, is_number=True,
           aliases=("lower", "lower ci", "ci low", "lower bound", "from")),
    Column("high", gettext_lazy("Interval to"), parse=_number, is_number=True,
           aliases=("upper", "upper ci", "ci high", "upper bound", "to")),
    Column("n", gettext_lazy("n"), parse=_n, is_number=True,
           aliases=("sample size", "respondents", "sample")),
    Column("n_effective", gettext_lazy("Effective n"), parse=_number, is_number=True,
           aliases=("effective sample size",)),
    Column("status", gettext_lazy("Status"), parse=_status, aliases=("obs status", "flag"),
           help=gettext_lazy("SDMX code: A normal, P provisional, E estimated, O missing …")),
    Column("qualifier", gettext_lazy("Qualifier"), parse=_qualifier,
           help=gettext_lazy("approx, gt or lt; empty where the value is exact.")),
    Column("method", gettext_lazy("Method"), parse=lambda value: _short(text(value), 200)),
    Column("note", gettext_lazy("Source document or note"),
           parse=lambda value: _short(text(value), 1000),
           aliases=("note", "document", "source document", "source or note", "reference",
                    "comment", "remarks"),
           help=gettext_lazy("What somebody needs to find the number: title, table, page.")),
    Column("source", gettext_lazy("Source in the ledger"),
           parse=lambda value: _short(text(value), 120),
           aliases=("source", "data source"),
           help=gettext_lazy("Only to say which of several held values is meant.")),
)  # fmt: skip
