"""Made-up reporting rounds, played through the services that people's clicks call.

One on the made-up framework is closed, and what was accepted is published. One on the Blueprint is
open and past its deadline: nothing of it reaches the ledger, so that the figures of the review stay
what the review printed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction

from indicators.demonstration.neighbours import INVENTED, SLUG
from indicators.models import (
    Area,
    Indicator,
    ReportingRound,
    SectoralBody,
    Submission,
    ValueStatus,
)
from indicators.periods import midpoint
from indicators.reporting.asking import Asked, by_route
from indicators.services import (
    Entry,
    advance,
    close_round,
    save_values,
    set_up_round,
    start_submission,
)
from indicators.services.aggregating import aggregate_due

State = Submission.State
DAY = timedelta(days=1)
_BODIES = ("ACDM", "ACWC", "SOMHD", "SOMSWD")
_INDICATORS = ("kpi-3", "kpi-5a", "kpi-6d", "kpi-16", "kpi-22")
# What the review counted from bodies' own records, each asked of the body that keeps them.
_RECORDED = {
    "health-sector-projects-on-mental-health-and-hiv": "SOMHD",
    "initiatives-on-drug-use-and-rehabilitation": "SOMSWD",
}


@dataclass(frozen=True, slots=True)
class Cast:
    """The users who act in the rounds; whoever knows users names them.

    `analyst` sets rounds up and accepts, `approver` approves and publishes. `reporters` are those
    who hand in, by the code of their area or the acronym of their body.
    """

    analyst: Any
    approver: Any
    reporters: Mapping[str, Any]


class Story(NamedTuple):
    """How far the values of one area or body have come.

    `values` are those of the indicators in the order of the round's list for it; None is "no data",
    "" not given yet. With `corrected` they were returned for `reason` once, and handed in anew.
    """

    code: str
    state: str
    values: tuple[str | None, ...]
    reason: str = ""
    corrected: tuple[str | None, ...] = ()


_YEARLY = (
    ("neighbours-health-volunteers", "neighbours-whom-to-call", "neighbours-older-persons-visited"),
    ("neighbours-trainers-exchanged",),
)
_OF_LAST_YEAR = (
    Story("BN", State.PUBLISHED, ("73", "69", None)),
    Story("ID", State.PUBLISHED, ("47.8", "42.1", "24.6")),
    Story(
        "KH",
        State.RETURNED,
        ("39.5", "44", None),
        "The first share is that of the capital. Please give the one of the whole country.",
    ),
    Story(
        "MY",
        State.PUBLISHED,
        ("93", "54.2", None),
        "Ninety-three counts towns without any volunteer, too. Please check the list.",
        ("63", "54.2", None),
    ),
    Story("PH", State.PUBLISHED, ("49.5", "55.7", None)),
    Story("SG", State.PUBLISHED, ("84.5", "75.3", "67.2")),
    Story("TH", State.PUBLISHED, ("66.3", "63.5", "49.3")),
    Story("VN", State.PUBLISHED, ("57.4", "53.8", "31.5")),
    Story("SOMHD", State.PUBLISHED, ("38",)),
)
_QUARTERLY = (("kpi-5a", "kpi-6d", "kpi-16"), ("kpi-3",))
_OF_THIS_QUARTER = (
    Story("BN", State.SUBMITTED, ("77.3", "3", "1")),
    Story("ID", State.DRAFTING, ("", "4")),
    Story("KH", State.NATIONALLY_APPROVED, ("41.6", "2", "1")),
    Story("TH", State.SUBMITTED, ("68.4", "6", "2")),
    Story("SG", State.ACCEPTED, ("91.2", "5", "3")),
    Story("PH", State.NATIONALLY_APPROVED, ("57.9", "5", None)),
    Story(
        "MY",
        State.RETURNED,
        ("84.1", "12", "2"),
        "Twelve counts the drafts, too. Please count policies in force only.",
    ),
    Story("ACDM", State.SUBMITTED, ("14",)),
)


@transaction.atomic
def load(*, at: datetime, cast: Cast) -> None:
    """Play the rounds that are not there, as if they had happened until `at`."""
    made = ReportingRound.objects.filter(is_demonstration=True)
    if not made.filter(indicators__framework__slug=SLUG).exists():
        _last_years(at, cast)
    if not made.exclude(indicators__framework__slug=SLUG).exists():
        _this_quarters(at, cast)


def correct(*, at: datetime, cast: Cast) -> None:
    """Unlock a published value, correct it and publish it again, with what rests on it."""
    rounds = ReportingRound.objects.filter(is_demonstration=True, indicators__framework__slug=SLUG)
    submission = Submission.objects.get(round__in=rounds, area__code="TH")
    reason = "Two provinces were counted twice. Please hand in the corrected share."
    advance(submission=submission, to_state=State.RETURNED, by=cast.approver, at=at, reason=reason)
    _write(submission, _YEARLY[0], ("61.8", "63.5", "49.3"), cast, at)
    for state in (State.SUBMITTED, State.NATIONALLY_APPROVED, State.ACCEPTED, State.PUBLISHED):
        _go(submission, state, cast, at)
    aggregate_due(at=at)


def _last_years(at: datetime, cast: Cast) -> None:
    opened = at - 150 * DAY
    year = opened.year - 1
    members = tuple(Area.objects.member_states(midpoint(str(year))))
    call = _set_up(
        f"Yearly reporting {year} on neighbours",
        str(year),
        {
            **dict.fromkeys(_YEARLY[0], Asked(areas=members)),
            **dict.fromkeys(_YEARLY[1], Asked(bodies=_bodies("SOMHD"))),
        },
        cast,
        opens_at=opened,
        deadline_at=opened + 40 * DAY,
    )
    told = [
        _tell(call, story, _YEARLY, cast, opened + (12 + 2 * number) * DAY)
        for number, story in enumerate(_OF_LAST_YEAR)
    ]
    closed = opened + 60 * DAY
    close_round(
        round=call,
        by=cast.analyst,
        at=closed,
        reason="What was handed in until today is published.",
    )
    for submission, story in zip(told, _OF_LAST_YEAR, strict=True):
        if story.state == State.PUBLISHED:
            _go(submission, State.PUBLISHED, cast, closed + DAY)
    aggregate_due(at=closed + DAY)


def _this_quarters(at: datetime, cast: Cast) -> None:
    asked_about = at - 90 * DAY
    year, quarter = asked_about.year, (asked_about.month - 1) // 3 + 1
    opened, deadline = at - 45 * DAY, at - 5 * DAY
    areas, bodies = tuple(Area.objects.member_states(at.date())), _bodies(*_BODIES)
    asked = {
        one.slug: by_route(one, areas, bodies)
        for one in Indicator.objects.filter(slug__in=_INDICATORS)
    }
    asked["kpi-5a"] = Asked(areas=areas)
    asked |= {slug: Asked(bodies=_bodies(acronym)) for slug, acronym in _RECORDED.items()}
    call = _set_up(
        f"Quarterly reporting {year}, quarter {quarter}",
        f"{year}-Q{quarter}",
        asked,
        cast,
        opens_at=opened,
        deadline_at=deadline,
    )
    for number, story in enumerate(_OF_THIS_QUARTER):
        _tell(call, story, _QUARTERLY, cast, deadline - (20 - number) * DAY)


def _set_up(
    title: str,
    period: str,
    asked: Mapping[str, Asked],
    cast: Cast,
    *,
    opens_at: datetime,
    deadline_at: datetime,
) -> ReportingRound:
    indicators = {one.slug: one for one in Indicator.objects.filter(slug__in=asked)}
    return set_up_round(
        title=title,
        period=period,
        opens_at=opens_at,
        deadline_at=deadline_at,
        indicators=indicators.values(),
        asked={one.pk: asked[slug] for slug, one in indicators.items()},
        instructions="Give the newest value you have for each indicator, and say where it is from.",
        by=cast.analyst,
        at=opens_at,
        is_demonstration=True,
    )


def _bodies(*acronyms: str) -> tuple[SectoralBody, ...]:
    return tuple(SectoralBody.objects.filter(acronym__in=acronyms))


def _tell(
    call: ReportingRound,
    story: Story,
    asked: tuple[tuple[str, ...], tuple[str, ...]],
    cast: Cast,
    at: datetime,
) -> Submission:
    """Let a submission go as far as the story says, but for its publication."""
    area = Area.objects.filter(code=story.code).first()
    body = None if area else SectoralBody.objects.get(acronym=story.code)
    slugs = asked[0] if area else asked[1]
    submission = start_submission(
        round=call, area=area, body=body, by=cast.reporters[story.code], at=at
    )
    _write(submission, slugs, story.values, cast, at)
    for hours, state in enumerate(_way(story, area is not None), start=1):
        if state == State.SUBMITTED and submission.state == State.RETURNED:
            _write(submission, slugs, story.corrected, cast, at + hours * DAY / 2)
        _go(submission, state, cast, at + hours * DAY / 2, story.reason)
    return submission


def _way(story: Story, is_area: bool) -> list[str]:
    """The states after the draft, until the story's own or the last before publication."""
    if story.state == State.DRAFTING:
        return []
    way = [State.SUBMITTED, *([State.RETURNED, State.SUBMITTED] if story.reason else [])]
    way += [State.NATIONALLY_APPROVED, State.ACCEPTED] if is_area else [State.ACCEPTED]
    return way[: way.index(story.state) + 1] if story.state in way else way


def _write(
    submission: Submission,
    slugs: tuple[str, ...],
    values: tuple[str | None, ...],
    cast: Cast,
    at: datetime,
) -> None:
    indicators = Indicator.objects.in_bulk(slugs, field_name="slug")
    entries = [
        Entry(
            indicators[slug],
            submission.round.period,
            value=None if value is None else Decimal(value),
            status=ValueStatus.NOT_COLLECTED if value is None else ValueStatus.NORMAL,
            note="The ministry does not count this yet." if value is None else INVENTED,
        )
        for slug, value in zip(slugs, values, strict=False)
        if value != ""
    ]
    save_values(submission=submission, entries=entries, by=_reporter(submission, cast), at=at)


def _go(submission: Submission, state: str, cast: Cast, at: datetime, reason: str = "") -> None:
    by = {State.SUBMITTED: _reporter(submission, cast), State.ACCEPTED: cast.analyst}.get(
        state, cast.approver
    )
    if state == State.RETURNED and submission.area is None:
        by = cast.analyst
    moved = advance(
        submission=submission,
        to_state=state,
        by=by,
        at=at,
        reason=reason if state == State.RETURNED else "",
    )
    submission.state = moved.state


def _reporter(submission: Submission, cast: Cast) -> Any:
    return cast.reporters[submission.area.code if submission.area else submission.body.acronym]
