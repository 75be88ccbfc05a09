"""What a reporter sees beside a value: baseline, what was said last, what others say.

Others' values are those this person may read: published ones in the ledger, and submissions that
are visible to them. Nothing here widens what somebody may see.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from indicators import formatting
from indicators.models import (
    Activity,
    Area,
    Baseline,
    Indicator,
    Observation,
    Submission,
    SubmittedValue,
)
from indicators.periods import moment, year_of

ASEAN = "ASEAN"
_MOST_OTHERS = 40
_MOST_ACTIVITIES = 8


@dataclass(frozen=True, slots=True)
class Known:
    """A value somebody has given, in words."""

    who: str
    period: str
    text: str
    source: str = ""


@dataclass(frozen=True)
class Beside:
    """What stands beside one indicator of a submission."""

    baseline: Known | None
    last: Known | None
    others: Sequence[Known]
    activities: Sequence[Activity]


def beside(
    submission: Submission, indicators: Sequence[Indicator], user: Any, *, on: date
) -> dict[int, Beside]:
    """For each indicator, by its key. As many queries for sixty indicators as for one."""
    own_area = submission.area.code if submission.area else ASEAN
    own_source = f"reporting:{submission.area.code if submission.area else submission.body.acronym}"
    totals: dict[int, list[Observation]] = defaultdict(list)
    rows = (
        Observation.objects.visible_to(user)
        .published()
        .totals()
        .filter(indicator__in=indicators)
        .exclude(value=None)
        .select_related("area")
        .defer("members", "digest")
    )
    for row in rows:
        totals[row.indicator_id].append(row)
    starts = dict(
        Baseline.objects.filter(indicator__in=indicators, area__code=own_area).values_list(
            "indicator_id", "year"
        )
    )
    reported = _reported(submission, indicators, user, on)
    activities = _activities(submission, indicators, user)
    found = {}
    for indicator in indicators:
        own = sorted(
            (
                row
                for row in totals[indicator.pk]
                if row.area.code == own_area and not _is_this(row, submission, own_source)
            ),
            key=lambda row: (row.source == own_source, moment(row.period), row.recorded_at),
        )
        newest: dict[tuple[str, str], Observation] = {}
        for row in sorted(totals[indicator.pk], key=lambda row: moment(row.period)):
            if row.area.code != own_area or (submission.body and row.source != own_source):
                newest[row.area.code, row.source] = row
        found[indicator.pk] = Beside(
            baseline=_baseline(indicator, own, starts.get(indicator.pk)),
            last=_known(indicator, own[-1]) if own else None,
            others=(
                reported[indicator.pk]
                + [
                    _known(indicator, row)
                    for row in _by_name(newest.values())
                    if row not in own[-1:]
                ]
            )[:_MOST_OTHERS],
            activities=activities.get(indicator.node_id, [])[:_MOST_ACTIVITIES],
        )
    return found


def _is_this(row: Observation, submission: Submission, own_source: str) -> bool:
    """Whether the row is the submission's own value, published: it was not there before it."""
    return (
        submission.state == Submission.State.PUBLISHED
        and row.source == own_source
        and row.provenance.get("submission_token") == submission.token
    )


def _by_name(rows: Any) -> list[Observation]:
    return sorted(rows, key=lambda row: (row.area.kind == Area.Kind.GROUP, row.area.name))


def _baseline(indicator: Indicator, own: Sequence[Observation], start: int | None) -> Known | None:
    year = start or indicator.baseline_year
    first = [row for row in own if year_of(row.period) == year]
    return _known(indicator, first[-1]) if first else None


def _known(indicator: Indicator, row: Observation) -> Known:
    told = row.provenance
    source = told.get("reported_by") or told.get("document") or told.get("survey") or row.source
    return Known(
        str(row.area), row.period, formatting.value_text(row, indicator), str(source)[:160]
    )


def _reported(
    submission: Submission, indicators: Sequence[Indicator], user: Any, on: date
) -> dict[int, list[Known]]:
    """What others have entered in the same round, where this person may read it."""
    visible = (
        Submission.objects.visible_to(user, on)
        .filter(round=submission.round_id)
        .exclude(pk=submission.pk)
        .exclude(state__in=[Submission.State.DRAFTING, Submission.State.PUBLISHED])
    )
    by_key = {one.pk: one for one in indicators}
    found: dict[int, list[Known]] = defaultdict(list)
    for value in SubmittedValue.objects.filter(
        submission__in=visible, indicator__in=indicators
    ).select_related("submission__area", "submission__body"):
        indicator = by_key[value.indicator_id]
        text = (
            formatting.with_unit(value.value, indicator)
            if value.value is not None
            else value.get_status_display()
        )
        who = value.submission.area or value.submission.body
        found[indicator.pk].append(
            Known(str(who), value.period, text, str(value.submission.get_state_display()))
        )
    return found


def _activities(
    submission: Submission, indicators: Sequence[Indicator], user: Any
) -> dict[int, list[Activity]]:
    """Other bodies' activities for the same part of the framework, by its key."""
    nodes = {one.node_id for one in indicators if one.node_id}
    if not nodes:
        return {}
    rows = (
        Activity.objects.visible_to(user)
        .filter(measures__in=nodes)
        .exclude(status=Activity.Status.WITHDRAWN)
        .select_related("lead_body")
        .prefetch_related("measures")
        .distinct()
    )
    if submission.body_id:
        rows = rows.exclude(lead_body=submission.body_id)
    found: dict[int, list[Activity]] = defaultdict(list)
    for row in rows:
        for node in row.measures.all():
            if node.pk in nodes:
                found[node.pk].append(row)
    return found
