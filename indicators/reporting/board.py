"""How complete a round is: areas and bodies by indicators, with who is awaited for what.

A person sees the rows of the areas and bodies they report for; who accepts or publishes sees all.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.models import (
    NO_DATA,
    Area,
    AskedValue,
    Indicator,
    Observation,
    ReportingRound,
    SectoralBody,
    Submission,
    SubmittedValue,
)
from indicators.reporting.asking import SURVEYS
from indicators.reporting.reporters import Reporter, office_day, reporters_of

State = Submission.State
NOT_BEGUN = "not_begun"
STATES = ((NOT_BEGUN, gettext_lazy("not begun")), *State.choices)
_WITH_REPORTER = frozenset({NOT_BEGUN, State.DRAFTING, State.RETURNED})


@dataclass(frozen=True, slots=True)
class Cell:
    """One value asked for: `key` is awaited, given, no_data or not_asked.

    `text` is the number, or why there is none; `period` is empty where it is the round's own.
    """

    key: str
    words: str
    text: str = ""
    period: str = ""


@dataclass(frozen=True)
class Line:
    """One area or body of the board."""

    whom: Area | SectoralBody
    submission: Submission | None
    state: str
    state_words: str
    cells: Sequence[Cell]
    given: int
    asked: int
    is_late: bool
    handed_in_at: datetime | None
    awaited: Sequence[str]
    is_mine: bool = False

    @property
    def code(self) -> str:
        """The area's code or the body's acronym."""
        return self.whom.code if self.is_area else self.whom.acronym

    @property
    def is_area(self) -> bool:
        return isinstance(self.whom, Area)

    @property
    def is_with_reporter(self) -> bool:
        """Whether those who hand in have to act, and not those who decide."""
        return self.state in _WITH_REPORTER


@dataclass(frozen=True)
class Arriving:
    """An indicator that nobody is asked for: surveys publish it, and this is the last they did."""

    indicator: Indicator
    survey: str = ""
    period: str = ""
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class Board:
    """A round's lines for one person, its columns, and counts over all of these lines."""

    round: ReportingRound
    columns: Sequence[Indicator]
    lines: Sequence[Line]
    arriving: Sequence[Arriving]
    unasked: Sequence[Indicator]
    days_left: int
    is_past: bool
    counts: dict[str, int] = field(default_factory=dict)


def board(round: ReportingRound, user: Any, *, at: datetime) -> Board:
    """The round as this person may see it."""
    everything = user.has_perm("indicators.view_every_submission")
    on = office_day(at)
    mine = {("area", area.pk) for area in user.granted_areas(on)} | {
        ("body", body.pk) for body in user.granted_bodies(on)
    }
    asked: dict[tuple[str, int], set[int]] = defaultdict(set)
    whom: dict[tuple[str, int], Area | SectoralBody] = {}
    asked_at_all: set[int] = set()
    for row in AskedValue.objects.filter(round=round).select_related("area", "body"):
        key = ("area", row.area_id) if row.area else ("body", row.body_id)
        asked_at_all.add(row.indicator_id)
        if everything or key in mine:
            asked[key].add(row.indicator_id)
            whom[key] = row.area or row.body
    columns = list(
        round.indicators.select_related("framework").order_by(
            "framework__position", "position", "slug"
        )
    )
    shown = [one for one in columns if any(one.pk in wanted for wanted in asked.values())]
    submissions = {
        ("area", one.area_id) if one.area_id else ("body", one.body_id): one
        for one in Submission.objects.visible_to(user, on)
        .filter(round=round)
        .annotate(first_handed_in=Min("steps__at", filter=Q(steps__to_state=State.SUBMITTED)))
    }
    values: dict[int, dict[int, SubmittedValue]] = defaultdict(dict)
    for value in SubmittedValue.objects.filter(submission__in=submissions.values()):
        values[value.submission_id][value.indicator_id] = value
    reporters = _reporters(whom.values(), on)
    lines = []
    for key, wanted in asked.items():
        submission = submissions.get(key)
        given = values[submission.pk] if submission else {}
        lines.append(
            _line(
                round, whom[key], submission, shown, wanted, given, reporters[key], at, key in mine
            )
        )
    lines.sort(key=lambda line: (not line.is_area, str(line.whom)))
    unasked = [one for one in columns if one.pk not in asked_at_all]
    perception = Indicator.DataRoute.PUBLIC_PERCEPTION
    arriving = _arriving(unasked)
    awaits = [one for one in unasked if one.data_route != perception and one.pk not in arriving]
    return Board(
        round=round,
        columns=shown,
        lines=lines,
        arriving=[arriving.get(one.pk, Arriving(one)) for one in unasked if one not in awaits],
        unasked=awaits,
        days_left=abs((office_day(round.deadline_at) - on).days),
        is_past=at > round.deadline_at,
        counts=_counts(lines),
    )


def filtered(lines: Iterable[Line], *, kind: str = "", state: str = "", late: bool = False):
    """The lines that pass; an unknown word filters nothing."""
    found = list(lines)
    if kind in {"areas", "bodies"}:
        found = [line for line in found if line.is_area == (kind == "areas")]
    if state in dict(STATES):
        found = [line for line in found if line.state == state]
    return [line for line in found if line.is_late] if late else found


def _line(
    round: ReportingRound,
    whom: Area | SectoralBody,
    submission: Submission | None,
    columns: Sequence[Indicator],
    wanted: set[int],
    given: dict[int, SubmittedValue],
    reporters: Sequence[Reporter],
    at: datetime,
    is_mine: bool,
) -> Line:
    state = submission.state if submission else NOT_BEGUN
    handed_in = submission.first_handed_in if submission else None
    return Line(
        whom=whom,
        submission=submission,
        state=state,
        state_words=str(dict(STATES)[state]),
        cells=[_cell(one, wanted, given.get(one.pk), round.period) for one in columns],
        given=sum(key in wanted for key in given),
        asked=len(wanted),
        is_late=(handed_in or at) > round.deadline_at,
        handed_in_at=handed_in,
        awaited=_awaited(whom, state, reporters),
        is_mine=is_mine,
    )


def _cell(indicator: Indicator, wanted: set[int], value: SubmittedValue | None, usual: str) -> Cell:
    if indicator.pk not in wanted:
        return Cell("not_asked", _("not asked"))
    if value is None:
        return Cell("awaited", _("awaited"))
    period = "" if value.period == usual else value.period
    if value.status in NO_DATA:
        return Cell("no_data", value.get_status_display(), value.note, period)
    number = f"{value.value.normalize():f}" if value.value is not None else ""
    return Cell("given", value.get_status_display(), number, period)


def _awaited(whom: Area | SectoralBody, state: str, reporters: Sequence[Reporter]) -> list[str]:
    if state == State.SUBMITTED:
        return [_("national approval") if isinstance(whom, Area) else _("acceptance")]
    if state == State.NATIONALLY_APPROVED:
        return [_("acceptance")]
    if state == State.ACCEPTED:
        return [_("publication")]
    if state == State.PUBLISHED:
        return []
    if not reporters:
        return [_("nobody has the right to report: give it to a post")]
    return [_who(one) for one in reporters]


def _who(reporter: Reporter) -> str:
    if reporter.user is not None:
        return reporter.words
    if reporter.name:
        return _("%(who)s, without an account") % {"who": reporter.words}
    return _("%(post)s (vacant)") % {"post": reporter.post}


def _reporters(
    whom: Iterable[Area | SectoralBody], on: Any
) -> dict[tuple[str, int], list[Reporter]]:
    whom = list(whom)
    areas = {one.code: one for one in whom if isinstance(one, Area)}
    bodies = {one.acronym: one for one in whom if isinstance(one, SectoralBody)}
    found: dict[tuple[str, int], list[Reporter]] = defaultdict(list)
    for one in reporters_of(areas=areas.values(), bodies=bodies.values(), on=on):
        if one.area in areas:
            found["area", areas[one.area].pk].append(one)
        elif one.body in bodies:
            found["body", bodies[one.body].pk].append(one)
    return found


def _arriving(indicators: Sequence[Indicator]) -> dict[int, Arriving]:
    """What a survey has published last of each."""
    known = {one.pk: one for one in indicators}
    rows = (
        Observation.objects.published()
        .totals()
        .filter(indicator__in=indicators, source__startswith=SURVEYS)
        .order_by("recorded_at", "pk")
        .values_list("indicator_id", "period", "recorded_at", "provenance")
    )
    return {
        key: Arriving(
            known[key], str(told.get("survey") or told.get("wave") or ""), period, recorded_at
        )
        for key, period, recorded_at, told in rows
    }


def _counts(lines: Sequence[Line]) -> dict[str, int]:
    counts = {str(state): 0 for state, _label in STATES}
    for line in lines:
        counts[line.state] += 1
    return counts | {
        "lines": len(lines),
        "handed_in": sum(not line.is_with_reporter for line in lines),
        "late": sum(line.is_late and line.is_with_reporter for line in lines),
        "given": sum(line.given for line in lines),
        "asked": sum(line.asked for line in lines),
    }
