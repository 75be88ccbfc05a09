"""The only way into the ledger.

A source (a wave, a document, a reporting area) says everything it knows in one call of `record`.
The ledger compares with what it holds under that source, replaces what differs, leaves a Revision
for every published value that changed, and withdraws what the source no longer says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models, transaction

from indicators import bulk
from indicators.errors import InvalidEstimate, UnknownCode
from indicators.estimates import SAID, Estimate, canonical_breakdown, name_of, said_by, settled
from indicators.held import Held, Key, locked_values
from indicators.models import Area, Indicator, Observation, Recording, Revision
from indicators.models.aggregates import AggregateDue
from indicators.tokens import new_token

_CONTEXT = ("provenance", "members", "population_vintage", "is_demonstration")
_WRITTEN = (*SAID, *_CONTEXT)

__all__ = ["Estimate", "Recorded", "canonical_breakdown", "mark_stale", "record", "withdraw"]


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
    if digest and recording.digest == digest:
        held = Observation.objects.filter(source=source)
        if held.filter(stale_since__lte=at).update(stale_since=None):
            Recording.objects.filter(pk=recording.pk).update(version=models.F("version") + 1)
        return Recorded(unchanged=held.published().count())

    said = _resolve(list(estimates))
    existing = locked_values(source, None if withdraw_missing else said)
    created: list[Sequence[Any]] = []
    changed: list[Sequence[Any]] = []
    unchanged: list[Sequence[Any]] = []
    withdrawn: list[Sequence[Any]] = []
    revised: list[_Revised] = []
    touched: list[Key] = []

    for key, estimate in said.items():
        row = existing.pop(key, None)
        if row is None:
            created.append((new_token(), *key, *_written(estimate)))
            touched.append(key)
            continue
        stale = row.stale_since if row.stale_since and row.stale_since > at else None
        written = (*_written(estimate), stale, row.pk)
        before, after = said_by(row), said_by(estimate)
        if row.state == Observation.State.WITHDRAWN:
            kind = Revision.Kind.REINSTATED
        elif before != after:
            kind = Revision.Kind.CHANGED
        else:
            unchanged.append(written)
            continue
        changed.append(written)
        revised.append(_Revised(row.pk, kind, before, after, row.digest))
        touched.append(key)

    for key, row in existing.items() if withdraw_missing else ():
        if row.state != Observation.State.WITHDRAWN:
            withdrawn.append((row.pk,))
            revised.append(_withdrawn(row))
            touched.append(key)

    now = {"digest": digest, "recorded_at": at, "recorded_by_id": None if by is None else by.pk}
    standing = {"state": Observation.State.PUBLISHED}
    bulk.insert(
        Observation,
        ("token", "indicator_id", "area_id", "period", "breakdown", *_WRITTEN),
        created,
        same=now | standing | {"source": source},
    )
    columns = (*_WRITTEN, "stale_since", "id")
    bulk.update(Observation, columns, changed, same=now | standing)
    bulk.update(Observation, columns, unchanged, same=standing | {"digest": digest})
    _withdraw(withdrawn, now)
    _keep(revised, source=source, digest=digest, at=at, by=by, reason=reason)
    Recording.objects.filter(pk=recording.pk).update(
        digest=digest, recorded_at=at, version=models.F("version") + 1
    )
    AggregateDue.objects.follow(((key[0], key[3], source) for key in touched), at=at)
    return Recorded(len(created), len(changed), len(unchanged), len(withdrawn))


@transaction.atomic
def withdraw(
    observations: Iterable[Observation | Held],
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
    _write([_withdrawn(row) for row in held], digest=digest, at=at, by=by, reason=reason)
    AggregateDue.objects.follow(
        ((row.indicator_id, row.breakdown, row.source) for row in held), at=at
    )
    now = {"digest": digest, "recorded_at": at, "recorded_by_id": None if by is None else by.pk}
    _withdraw([(row.pk,) for row in held], now)
    return len(held)


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


def _written(estimate: Estimate) -> tuple[Any, ...]:
    """Its columns, in the order of `_WRITTEN`."""
    return (
        estimate.value,
        estimate.low,
        estimate.high,
        estimate.n,
        estimate.n_effective,
        estimate.status,
        estimate.qualifier,
        estimate.method,
        estimate.provenance,
        list(estimate.members),
        estimate.population_vintage,
        estimate.is_demonstration,
    )


def _withdraw(rows: Sequence[Sequence[int]], now: dict[str, Any]) -> None:
    gone = {"state": Observation.State.WITHDRAWN, "stale_since": None}
    bulk.update(Observation, ("id",), rows, same=now | gone)


class _Revised(NamedTuple):
    """What becomes a Revision."""

    observation_id: int
    kind: str
    before: dict[str, Any]
    after: dict[str, Any]
    digest_before: str


def _withdrawn(row: Held | Observation) -> _Revised:
    return _Revised(row.pk, Revision.Kind.WITHDRAWN, said_by(row), {}, row.digest)


def _keep(
    revised: Sequence[_Revised], *, source: str, digest: str, at: datetime, by: Any, reason: str
) -> None:
    """Write the revisions, the recomputations of one day as one revision of each observation.

    An open wave is recomputed after every few answers. A row per answer and figure would bury
    what people changed and grow without bound, so a recomputation continues the last revision of
    the same day as long as no person and no other kind of change came between.
    """
    latest: dict[int, Revision] = {}
    if by is None and not reason and any(one.kind == Revision.Kind.CHANGED for one in revised):
        day = at.replace(hour=0, minute=0, second=0, microsecond=0)
        latest = {
            row.observation_id: row
            for row in Revision.objects.filter(
                observation__source=source, changed_at__gte=day
            ).order_by("changed_at", "pk")
        }
    new, continued = [], []
    for one in revised:
        last = latest.get(one.observation_id)
        if last is not None and last.is_recomputation and one.kind == Revision.Kind.CHANGED:
            continued.append((one.after, last.pk))
        else:
            new.append(one)
    _write(new, digest=digest, at=at, by=by, reason=reason)
    bulk.update(
        Revision, ("after", "id"), continued, same={"digest_after": digest, "changed_at": at}
    )


def _write(revised: Sequence[_Revised], *, digest: str, at: datetime, by: Any, reason: str) -> None:
    bulk.insert(
        Revision,
        _Revised._fields,
        revised,
        same={
            "digest_after": digest,
            "changed_at": at,
            "changed_by_id": None if by is None else by.pk,
            "reason": reason,
        },
    )
