"""One made-up reporting round in which submissions stand at every step before publication.

Nothing of it reaches the ledger: the figures of the review stay what the review printed.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from indicators.models import (
    Area,
    AskedValue,
    Indicator,
    ReportingRound,
    RoundStep,
    SectoralBody,
    Submission,
    SubmissionStep,
    SubmittedValue,
    ValueChange,
)
from indicators.reporting.asking import Asked, by_route, rows

State = Submission.State
_BODIES = ("ACDM", "ACWC", "SOMHD", "SOMSWD")
_INDICATORS = ("kpi-3", "kpi-5a", "kpi-6d", "kpi-16", "kpi-22")
# What the review counted from bodies' own records, each asked of the body that keeps them.
_RECORDED = {
    "health-sector-projects-on-mental-health-and-hiv": "SOMHD",
    "initiatives-on-drug-use-and-rehabilitation": "SOMSWD",
}
_WAY = (State.DRAFTING, State.SUBMITTED, State.NATIONALLY_APPROVED, State.ACCEPTED)
_ROLES = {
    State.SUBMITTED: "National ASCC focal point, {whom}",
    State.NATIONALLY_APPROVED: "SOCA leader, {whom}",
    State.ACCEPTED: "Analyst",
    State.RETURNED: "SOCA leader, {whom}",
}
_NO_DATA = "O", "The ministry publishes the list in January."


class Story(NamedTuple):
    """What one area or body has done so far: (indicator, value or None for no data)."""

    code: str
    state: str
    values: tuple[tuple[str, str | None], ...]
    reason: str = ""


_STORIES = (
    Story("ID", State.DRAFTING, (("kpi-6d", "4"),)),
    Story("TH", State.SUBMITTED, (("kpi-5a", "68.4"), ("kpi-6d", "6"), ("kpi-16", "2"))),
    Story("SG", State.ACCEPTED, (("kpi-5a", "91.2"), ("kpi-6d", "5"), ("kpi-16", "3"))),
    Story("PH", State.NATIONALLY_APPROVED, (("kpi-5a", "57.9"), ("kpi-6d", "5"), ("kpi-16", None))),
    Story(
        "MY",
        State.RETURNED,
        (("kpi-5a", "84.1"), ("kpi-6d", "12"), ("kpi-16", "2")),
        "Twelve counts the drafts, too. Please count policies in force only.",
    ),
    Story("ACDM", State.SUBMITTED, (("kpi-3", "14"),)),
)


def load(*, at: datetime) -> None:
    """Load the round, unless there is one."""
    if ReportingRound.objects.filter(is_demonstration=True).exists():
        return
    quarter = (at.month - 1) // 3 + 1
    opened = at.replace(month=3 * quarter - 2, day=1, hour=0, minute=0, second=0, microsecond=0)
    call = ReportingRound.objects.create(
        title=f"Quarterly reporting {at.year}, quarter {quarter}",
        period=f"{at.year}-Q{quarter}",
        opens_at=opened,
        deadline_at=at + timedelta(days=30),
        instructions="Give the newest value you have for each indicator, and say where it is from.",
        is_demonstration=True,
    )
    RoundStep.objects.create(round=call, kind=RoundStep.Kind.OPENED, at=opened)
    indicators = {
        one.slug: one for one in Indicator.objects.filter(slug__in=[*_INDICATORS, *_RECORDED])
    }
    call.indicators.set(indicators.values())
    areas = list(Area.objects.member_states(at.date()))
    bodies = {one.acronym: one for one in SectoralBody.objects.all()}
    asked = {
        one.pk: by_route(one, areas, [bodies[acronym] for acronym in _BODIES])
        for one in indicators.values()
    }
    asked[indicators["kpi-5a"].pk] = Asked(areas=tuple(areas))
    for slug, acronym in _RECORDED.items():
        if slug in indicators:
            asked[indicators[slug].pk] = Asked(bodies=(bodies[acronym],))
    AskedValue.objects.bulk_create(rows(call, asked))
    places = {area.code: area for area in areas}
    for number, story in enumerate(_STORIES):
        moment = max(opened, at - timedelta(days=9 - number))
        _tell(call, story, indicators, places.get(story.code), bodies.get(story.code), moment)


def _tell(
    call: ReportingRound,
    story: Story,
    indicators: dict[str, Indicator],
    area: Area | None,
    body: SectoralBody | None,
    at: datetime,
) -> None:
    submission = Submission.objects.create(round=call, area=area, body=body, state=story.state)
    whom = str(area.name if area else body.acronym)
    acts_as = _ROLES[State.SUBMITTED].format(whom=whom) if area else f"{whom} secretariat"
    for slug, value in story.values:
        status, note = _NO_DATA if value is None else ("A", "Made up for the demonstration")
        said = {
            "submission": submission,
            "indicator": indicators[slug],
            "period": call.period,
            "value": None if value is None else Decimal(value),
            "status": status,
            "note": note,
            "version": 1,
        }
        SubmittedValue.objects.create(**said)
        ValueChange.objects.create(at=at, acting_as=acts_as, **said)
    way = list(_WAY)
    if story.state == State.RETURNED:
        way = [State.DRAFTING, State.SUBMITTED, State.RETURNED]
    elif body is not None:
        way.remove(State.NATIONALLY_APPROVED)
    for hours, (before, after) in enumerate(zip(way, way[1:], strict=False), 1):
        if before == story.state:
            break
        SubmissionStep.objects.create(
            submission=submission,
            from_state=before,
            to_state=after,
            reason=story.reason if after == State.RETURNED else "",
            at=at + timedelta(hours=hours),
            acting_as=acts_as if after == State.SUBMITTED else _ROLES[after].format(whom=whom),
        )
