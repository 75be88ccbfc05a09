"""The columns of a work plan, and what their cells may hold."""

import datetime
import re

from django.utils.translation import gettext_lazy, gettext_noop

from indicators.imports.cells import CellRefused, Value, plain, shown, text, word
from indicators.imports.columns import Column, key_of
from indicators.imports.numbers import whole
from indicators.models import Activity
from indicators.services.activities import FIRST_YEAR, LAST_YEAR

_APART = re.compile(r"[;,\n]")
_YEARS = re.compile(r"((?:19|20|21)\d\d)(?:\s*(?:-|–|/|to)\s*((?:19|20|21)\d\d))?\Z", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T]00:00(?::00)?)?\Z", re.ASCII)
_STATUSES = {
    key_of(name): status
    for status, names in {
        Activity.Status.PLANNED: ("planned", "plan", "not started"),
        Activity.Status.ONGOING: ("ongoing", "in progress", "started"),
        Activity.Status.COMPLETED: ("completed", "complete", "done", "finished", "implemented"),
        Activity.Status.WITHDRAWN: ("withdrawn", "cancelled", "canceled", "dropped"),
    }.items()
    for name in names
}


def limited(most: int):
    """A parser of texts of at most so many characters."""

    def parse(value: Value) -> str:
        found = text(value)
        if len(found) > most:
            raise CellRefused(
                gettext_noop("The text has %(length)s characters; at most %(most)s fit."),
                length=len(found),
                most=most,
            )
        return found

    return parse


def several(value: Value) -> tuple[str, ...]:
    """Words parted by semicolons, commas or lines."""
    return tuple(part for piece in _APART.split(text(value)) if (part := " ".join(piece.split())))


def _status(value: Value) -> str:
    typed = word(value)
    found = _STATUSES.get(key_of(typed), "")
    if typed and not found:
        raise CellRefused(
            gettext_noop("“%(value)s” is no status. Write %(known)s."),
            value=shown(typed),
            known=", ".join(Activity.Status.values),
        )
    return found


def _type_of(typed: str) -> str:
    for name, label in Activity.Type.choices:
        if key_of(typed) in (key_of(name), key_of(str(label))):
            return name
    raise CellRefused(
        gettext_noop("“%(value)s” is no type of activity. Write %(known)s."),
        value=shown(typed),
        known=", ".join(Activity.Type.values),
    )


def _type(value: Value) -> str:
    typed = word(value)
    return _type_of(typed) if typed else ""


def _types(value: Value) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_type_of(typed) for typed in several(value)))


def _year(value: Value, sign: str = "") -> int | None:
    if isinstance(value, datetime.date):
        found: int | None = value.year
    else:
        found = whole(value)
    if found is not None and not FIRST_YEAR <= found <= LAST_YEAR:
        raise CellRefused(
            gettext_noop("The year %(year)s is not between %(first)s and %(last)s."),
            year=found,
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
    return found


def _years(value: Value) -> tuple[int, int] | tuple[()]:
    typed = word(value)
    if not typed:
        return ()
    found = _YEARS.match(typed)
    if found is None:
        raise CellRefused(
            gettext_noop("The years “%(value)s” are not understood. Write 2026 or 2026-2028."),
            value=shown(typed),
        )
    return int(found[1]), int(found[2] or found[1])


def _day(value: Value) -> str:
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    typed = word(value)
    if not typed:
        return ""
    found = _DAY.match(typed)
    try:
        return datetime.date(*map(int, found.groups())).isoformat() if found else _no_day(value)
    except ValueError:
        return _no_day(value)


def _no_day(value: Value) -> str:
    raise CellRefused(
        gettext_noop("“%(value)s” is no day. Write year, month and day, such as 2026-05-31."),
        value=shown(plain(value)),
    )


COLUMNS = (
    Column("title", gettext_lazy("Title"), parse=limited(300),
           aliases=("activity", "activity title", "name", "name of activity", "project",
                    "programme", "programme/activity")),
    Column("reference", gettext_lazy("Reference"),
           aliases=("activity", "token", "id", "ref"),
           help=gettext_lazy("As our own export gives it: it finds an activity whose title "
                             "changes.")),
    Column("description", gettext_lazy("Description"), parse=limited(20_000),
           aliases=("details", "objective", "objectives")),
    Column("lead_body", gettext_lazy("Lead body"),
           aliases=("lead", "sectoral body", "body", "lead sectoral body", "implementing body"),
           help=gettext_lazy("An acronym such as SOMHD.")),
    Column("supporting_bodies", gettext_lazy("Supporting bodies"), parse=several,
           aliases=("supporting", "support", "with", "supporting sectoral bodies", "partners"),
           help=gettext_lazy("Several are parted by semicolons.")),
    Column("status", gettext_lazy("Status"), parse=_status,
           help=gettext_lazy("planned, ongoing, completed or withdrawn")),
    Column("status_since", gettext_lazy("Status since"), parse=_day, aliases=("since",),
           help=gettext_lazy("A day such as 2026-05-31.")),
    Column("withdrawn_reason", gettext_lazy("Why withdrawn"), parse=limited(2000),
           aliases=("reason", "reason for withdrawal")),
    Column("type", gettext_lazy("Main type"), parse=_type,
           aliases=("type of activity", "activity type", "primary type")),
    Column("further_types", gettext_lazy("Further types"), parse=_types,
           aliases=("other types", "secondary types", "secondary type")),
    Column("contributes_to", gettext_lazy("Contributes to"), parse=several,
           aliases=("measures", "measure", "strategic measures", "strategic measure",
                    "key result area", "kra", "codes"),
           help=gettext_lazy("Codes of measures, parted by semicolons.")),
    Column("years", gettext_lazy("Years"), parse=_years,
           aliases=("year", "period", "timeline", "implementation period"),
           help=gettext_lazy("2026 or 2026-2028, where they stand in one column.")),
    Column("year_from", gettext_lazy("From year"), parse=_year, is_number=True,
           aliases=("start year", "start", "first year")),
    Column("year_to", gettext_lazy("To year"), parse=_year, is_number=True,
           aliases=("end year", "end", "last year")),
    Column("funding", gettext_lazy("Funding"), parse=limited(200),
           aliases=("funding source", "source of funding", "budget source")),
    Column("source", gettext_lazy("Source"), parse=limited(400),
           aliases=("work plan", "workplan", "document", "source document")),
)  # fmt: skip
