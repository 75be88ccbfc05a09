"""A member state's profile: every indicator of a framework as it stands there, ASEAN's beside it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from indicators import composition, formatting, readings
from indicators.models import Area, AreaMembership, Framework, FrameworkNode, Observation
from indicators.pages.figures import sparkline
from indicators.readings import ASEAN, Row, newest_of


@dataclass(frozen=True)
class Beside:
    """ASEAN's newest value beside a state's; `note` says when the state is not part of it."""

    value: str
    period: str
    note: str
    token: str


@dataclass(frozen=True)
class Line:
    """One indicator in one member state, as shown."""

    row: Row
    course: str
    beside: Beside | None
    note: str


@dataclass(frozen=True)
class Part:
    """The lines of one part of the framework; `node` is None for what belongs to none."""

    node: FrameworkNode | None
    lines: Sequence[Line]


@dataclass(frozen=True)
class Profile:
    """What is known of a member state."""

    area: Area
    member_since: date | None
    is_member: bool
    parts: Sequence[Part]
    counts: readings.Counts
    with_value: int
    awaited: Sequence[tuple[str, int]]
    """From whom values are awaited, and for how many indicators; most first."""


def profile(area: Area, framework: Framework | None, user: Any, *, on: date) -> Profile:
    """The state's own values, sufficiency and progress, and who is awaited for what is missing.

    A state that was no member in an indicator's baseline year is told so with each indicator: its
    values are its own, and ASEAN's baseline was made without it.
    """
    membership = (
        AreaMembership.objects.filter(area=area, group__code=ASEAN).order_by("-valid_from").first()
    )
    since = membership.valid_from if membership else None
    is_member = (
        membership is not None
        and membership.valid_from <= on
        and (membership.valid_to is None or membership.valid_to > on)
    )
    rows = readings.table(user, framework=framework, state=area) if framework else []
    # What stands for an undescribed indicator of the whole says nothing of one state.
    rows = [row for row in rows if not row.indicator.is_placeholder]
    beside = _of_asean(framework, user) if framework else {}
    parts = [
        Part(
            node,
            [_line(row, area, since, beside.get(row.indicator.pk)) for row in members],
        )
        for node, members in by_part(rows)
    ]
    return Profile(
        area,
        since,
        is_member,
        parts,
        readings.count(rows),
        sum(row.figure.observation is not None for row in rows),
        Counter(
            readings.awaited(row.indicator, area)
            for row in rows
            if not row.sufficiency.is_sufficient
        ).most_common(),
    )


def root_of(row: Row) -> FrameworkNode | None:
    """The part of the framework that an indicator belongs to: its node, or the one above."""
    node = row.indicator.node
    return (node.parent or node) if node else None


def by_part(rows: Sequence[Row]) -> list[tuple[FrameworkNode | None, list[Row]]]:
    """The rows under the part of the framework each belongs to, in its order; those of none last."""
    found: dict[int | None, tuple[FrameworkNode | None, list[Row]]] = {}
    for row in rows:
        root = root_of(row)
        found.setdefault(root.pk if root else None, (root, []))[1].append(row)
    return sorted(
        found.values(),
        key=lambda part: (part[0] is None, part[0].position if part[0] else 0),
    )


def _of_asean(framework: Framework, user: Any) -> dict[int, Observation]:
    found: dict[int, list[Observation]] = {}
    held = (
        Observation.objects.visible_to(user)
        .published()
        .totals()
        .filter(area__code=ASEAN, indicator__framework=framework)
    )
    for row in held.of_newest_year():
        found.setdefault(row.indicator_id, []).append(row)
    return {key: newest_of(rows) for key, rows in found.items()}


def _line(row: Row, area: Area, since: date | None, asean: Observation | None) -> Line:
    indicator = row.indicator
    beside = None
    if asean is not None:
        note = composition.words(asean)
        if asean.members and area.code not in asean.members:
            note = _("without %(area)s") % {"area": area}
        beside = Beside(formatting.value_text(asean, indicator), asean.period, note, asean.token)
    note = ""
    year = indicator.baseline_year
    if since is not None and year is not None and since.year > year:
        note = _("%(area)s was not a member of ASEAN in the baseline year %(year)s.") % {
            "area": area,
            "year": year,
        }
    return Line(row, str(sparkline(indicator, row.points)), beside, note)
