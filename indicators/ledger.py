"""The only way into the ledger.

A source (a wave, a document, a reporting area) says everything it knows in one call of `record`.
The ledger compares with what it holds under that source, replaces what differs, leaves a Revision
for every published value that changed, and withdraws what the source no longer says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction

from indicators.errors import InvalidEstimate, UnknownCode
from indicators.estimates import SAID, Estimate, canonical_breakdown, name_of, said_by, settled
from indicators.models import Area, Indicator, Observation, Recording, Revision
from indicators.models.aggregates import AggregateDue

_CONTEXT = ("provenance", "members", "population_vintage", "is_demonstration")
_BATCH = 500

__all__ = ["Estimate", "Recorded", "canonical_breakdown", "mark_stale", "record", "withdraw"]

Key = tuple[int, int, str, str]


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many observations a recording created, changed, left alone and withdrew."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0


@transaction.atomic
def record(
    estimates: Iterable[Estimate],
    *,
    source: str,
    digest: str,
    at: datetime,
    by: Any = None,
    reason: str = "",
    withdraw_missing: bool = True,
) -> Recorded:
    """Write everything `source` says, and return what that changed.

    `digest` stands for the content the estimates were computed from: recording the same digest of
    the same source again does nothing but clear a stale mark. `withdraw_missing=False` is for a
    source that says one thing at a time (a value entered by hand).

    Raises UnknownCode naming every indicator or area that does not exist, and InvalidEstimate for
    a value that cannot stand; nothing is written then.
    """
    if not source or len(source) > 120:
        raise InvalidEstimate(
            f"The source {source!r} must be words of 1 to 120 characters, such as "
            "'surveys.wave:awareness-2026'."
        )
    recording, _ = Recording.objects.get_or_create(source=source)
    recording = Recording.objects.select_for_update().get(pk=recording.pk)
    held = Observation.objects.filter(source=source)
    if digest and recording.digest == digest:
        if held.filter(stale_since__lte=at).update(stale_since=None):
            Recording.objects.filter(pk=recording.pk).update(version=models.F("version") + 1)
        return Recorded(unchanged=held.published().count())

    said = _resolve(list(estimates))
    if not withdraw_missing:
        held = _about(held, said)
    existing: dict[Key, Observation] = {
        _key(row): row for row in held.select_for_update().order_by()
    }
    create: list[Observation] = []
    update: list[Observation] = []
    revisions: list[Revision] = []
    changed = unchanged = 0

    for key, estimate in said.items():
        row = existing.pop(key, None)
        if row is None:
            create.append(_new(key, estimate, source, digest, at, by))
            continue
        before, after = said_by(row), said_by(estimate)
        kind = None
        if row.state == Observation.State.WITHDRAWN:
            kind = Revision.Kind.REINSTATED
        elif before != after:
            kind = Revision.Kind.CHANGED
        if kind:
            changed += 1
            revisions.append(_revision(row, kind, before, after, digest, at, by, reason))
            row.recorded_at, row.recorded_by = at, by
        else:
            unchanged += 1
        for name in SAID:
            setattr(row, name, getattr(estimate, name))
        _set_context(row, estimate)
        row.state, row.digest = Observation.State.PUBLISHED, digest
        if row.stale_since and row.stale_since <= at:
            row.stale_since = None
        update.append(row)

    withdrawn = 0
    for row in existing.values() if withdraw_missing else ():
        if row.state == Observation.State.WITHDRAWN:
            continue
        withdrawn += 1
        before = said_by(row)
        revisions.append(
            _revision(row, Revision.Kind.WITHDRAWN, before, {}, digest, at, by, reason)
        )
        row.state, row.stale_since, row.digest = Observation.State.WITHDRAWN, None, digest
        row.recorded_at, row.recorded_by = at, by
        update.append(row)

    Observation.objects.bulk_create(create, batch_size=_BATCH)
    if update:
        # An upsert of whole rows: bulk_update writes one CASE per row and column, which takes ten
        # times as long and would keep a visitor's answer from the page for seconds.
        Observation.objects.bulk_create(
            update,
            update_conflicts=True,
            unique_fields=["pk"],
            update_fields=[
                *SAID,
                *_CONTEXT,
                "state",
                "digest",
                "stale_since",
                "recorded_at",
                "recorded_by",
            ],
            batch_size=_BATCH,
        )
    _keep(revisions, source=source, at=at)
    Recording.objects.filter(pk=recording.pk).update(
        digest=digest, recorded_at=at, version=models.F("version") + 1
    )
    AggregateDue.objects.follow([*create, *(row.observation for row in revisions)], at=at)
    return Recorded(len(create), changed, unchanged, withdrawn)


@transaction.atomic
@transaction.atomic
def withdraw(
    observations: Iterable[Observation],
    *,
    digest: str,
    at: datetime,
    by: Any = None,
    reason: str = "",
) -> int:
    """Withdraw some published values of sources that say one thing at a time; return how many.

    Each leaves a Revision. `digest` stands for what made them go.
    """
    wanted = [row.pk for row in observations]
    held = list(Observation.objects.published().select_for_update().filter(pk__in=wanted))
    Recording.objects.filter(source__in={row.source for row in held}).update(
        digest=digest, recorded_at=at, version=models.F("version") + 1
    )
    Revision.objects.bulk_create(
        [
            _revision(row, Revision.Kind.WITHDRAWN, said_by(row), {}, digest, at, by, reason)
            for row in held
        ],
        batch_size=_BATCH,
    )
    AggregateDue.objects.follow(held, at=at)
    return Observation.objects.filter(pk__in=[row.pk for row in held]).update(
        state=Observation.State.WITHDRAWN,
        stale_since=None,
        digest=digest,
        recorded_at=at,
        recorded_by=by,
    )


def mark_stale(*, source: str, at: datetime) -> int:
    """Say that the source has changed at `at`; return how many published values that touches.

    The values stay as they are and are shown with the mark until a `record` of the source whose
    own `at` is not before this one.
    """
    marked = (
        Observation.objects.filter(source=source, stale_since=None)
        .published()
        .update(stale_since=at)
    )
    if marked:
        Recording.objects.filter(source=source).update(version=models.F("version") + 1)
    return marked


def _resolve(estimates: Sequence[Estimate]) -> dict[Key, Estimate]:
    found = Indicator.objects.filter(slug__in={e.indicator for e in estimates})
    held = list(found.only("slug", "is_placeholder"))
    indicators = {one.slug: one.pk for one in held}
    if placeholders := sorted(one.slug for one in held if one.is_placeholder):
        raise InvalidEstimate(
            f"{placeholders[0]!r} is a placeholder for an indicator that its source does not "
            "describe. Describe it first; then it can have values."
        )
    areas = dict(
        Area.objects.filter(
            code__in={e.area for e in estimates} | {m for e in estimates for m in e.members}
        ).values_list("code", "pk")
    )
    if unknown := {e.indicator for e in estimates} - indicators.keys():
        raise UnknownCode(
            "indicator", unknown, "Use the slug of an existing indicator, such as 'kpi-22'."
        )
    named = {e.area for e in estimates} | {m for e in estimates for m in e.members}
    if unknown := named - areas.keys():
        raise UnknownCode("area", unknown, "Use the code of an existing area, such as 'KH'.")
    said: dict[Key, Estimate] = {}
    for estimate in estimates:
        estimate = settled(estimate)
        key = (
            indicators[estimate.indicator],
            areas[estimate.area],
            estimate.period,
            estimate.breakdown,
        )
        if key in said:
            raise InvalidEstimate(
                f"{name_of(estimate)} is given twice by one source. Give each combination of "
                "indicator, area, period and breakdown once."
            )
        said[key] = estimate
    return said


def _about(held: models.QuerySet[Observation], said: dict[Key, Estimate]) -> models.QuerySet:
    """The rows that could be meant: a source that says a part is not read as a whole."""
    indicators, areas, periods = ({key[place] for key in said} for place in range(3))
    return held.filter(indicator__in=indicators, area__in=areas, period__in=periods)


def _key(row: Observation) -> Key:
    return (row.indicator_id, row.area_id, row.period, row.breakdown)


def _set_context(row: Observation, estimate: Estimate) -> None:
    row.provenance = estimate.provenance
    row.members = list(estimate.members)
    row.population_vintage = estimate.population_vintage
    row.is_demonstration = estimate.is_demonstration


def _new(
    key: Key, estimate: Estimate, source: str, digest: str, at: datetime, by: Any
) -> Observation:
    indicator, area, period, breakdown = key
    row = Observation(
        indicator_id=indicator,
        area_id=area,
        period=period,
        breakdown=breakdown,
        source=source,
        digest=digest,
        recorded_at=at,
        recorded_by=by,
        **{name: getattr(estimate, name) for name in SAID},
    )
    _set_context(row, estimate)
    return row


def _keep(revisions: list[Revision], *, source: str, at: datetime) -> None:
    """Write the revisions, the recomputations of one day as one revision of each observation.

    An open wave is recomputed after every few answers. A row per answer and figure would bury
    what people changed and grow without bound, so a recomputation continues the last revision of
    the same day as long as no person and no other kind of change came between.
    """
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    latest: dict[int, Revision] = {}
    if any(revision.is_recomputation for revision in revisions):
        latest = {
            row.observation_id: row
            for row in Revision.objects.filter(
                observation__source=source, changed_at__gte=day
            ).order_by("changed_at", "pk")
        }
    new, continued = [], []
    for revision in revisions:
        last = latest.get(revision.observation_id)
        if last is not None and last.is_recomputation and revision.is_recomputation:
            last.after, last.digest_after = revision.after, revision.digest_after
            last.changed_at = revision.changed_at
            continued.append(last)
        else:
            new.append(revision)
    Revision.objects.bulk_create(new, batch_size=_BATCH)
    Revision.objects.bulk_create(
        continued,
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=["after", "digest_after", "changed_at"],
        batch_size=_BATCH,
    )


def _revision(
    row: Observation,
    kind: str,
    before: dict,
    after: dict,
    digest: str,
    at: datetime,
    by: Any,
    reason: str,
) -> Revision:
    return Revision(
        observation=row,
        kind=kind,
        before=before,
        after=after,
        digest_before=row.digest,
        digest_after=digest,
        changed_at=at,
        changed_by=by,
        reason=reason,
    )
