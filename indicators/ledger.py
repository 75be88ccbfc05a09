"""The only way into the ledger.

A source (a wave, a document, a reporting area) says everything it knows in one call of `record`.
The ledger compares with what it holds under that source, replaces what differs, leaves a Revision
for every published value that changed, and withdraws what the source no longer says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Context, Decimal
from typing import Any

from django.db import models, transaction

from indicators.errors import InvalidEstimate, UnknownCode
from indicators.models import Area, Indicator, Observation, ObservationStatus, Recording, Revision
from indicators.models.aggregates import AggregateDue
from indicators.periods import is_period

# What SQLite keeps of a number exactly; beyond it both databases would round differently and
# every recording would look like a change.
_FIFTEEN_DIGITS = Context(prec=15)
_PLACES = Decimal("0.000001")
_NUMBERS = ("value", "low", "high", "n_effective")
_SAID = ("value", "low", "high", "n", "n_effective", "status", "qualifier", "method")
_CONTEXT = ("provenance", "members", "population_vintage", "is_demonstration")
_BATCH = 500

Key = tuple[int, int, str, str]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One value on its way into the ledger.

    `value`, `low` and `high` are in the indicator's unit (percent as 72.4, not 0.724); `None` means
    that there is no value to show, and `status` (SDMX OBS_STATUS) says why. `breakdown` is canonical
    text such as "age=15-24;sex=F"; "" is the total.
    """

    indicator: str
    area: str
    period: str
    breakdown: str = ""
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    n: int | None = None
    n_effective: Decimal | None = None
    status: str = "A"
    method: str = ""
    provenance: dict[str, Any] = field(default_factory=dict)
    members: tuple[str, ...] = ()
    population_vintage: str = ""
    is_demonstration: bool = False
    qualifier: str = ""


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
        before, after = _said_by(row), _said_by(estimate)
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
        for name in _SAID:
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
        before = _said_by(row)
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
                *_SAID,
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


def canonical_breakdown(text: str) -> str:
    """ "sex=F;age=15-24" as "age=15-24;sex=F": one spelling for one breakdown.

    Raises InvalidEstimate where a part is not `dimension=value` or a dimension comes twice.
    """
    if not text:
        return ""
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not name or not value or "=" in value or name in parts:
            raise InvalidEstimate(
                f"The breakdown {text!r} is not understood. Write dimension=value, several "
                "separated by ';', each dimension once: 'age=15-24;sex=F'."
            )
        parts[name] = value
    return ";".join(f"{name}={parts[name]}" for name in sorted(parts))


def _resolve(estimates: Sequence[Estimate]) -> dict[Key, Estimate]:
    indicators = dict(
        Indicator.objects.filter(slug__in={e.indicator for e in estimates}).values_list(
            "slug", "pk"
        )
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
        estimate = _normalised(estimate)
        key = (
            indicators[estimate.indicator],
            areas[estimate.area],
            estimate.period,
            estimate.breakdown,
        )
        if key in said:
            raise InvalidEstimate(
                f"{_name(estimate)} is given twice by one source. Give each combination of "
                "indicator, area, period and breakdown once."
            )
        said[key] = estimate
    return said


def _normalised(estimate: Estimate) -> Estimate:
    if not is_period(estimate.period):
        raise InvalidEstimate(
            f"{_name(estimate)}: the period {estimate.period!r} is not understood. Write 2026, "
            "2026-S1, 2026-Q4, 2026-11 or 2026-W47."
        )
    if estimate.status not in ObservationStatus.values:
        raise InvalidEstimate(
            f"{_name(estimate)}: the status {estimate.status!r} is not one of "
            f"{', '.join(ObservationStatus.values)}."
        )
    if estimate.qualifier not in Observation.Qualifier.values:
        raise InvalidEstimate(
            f"{_name(estimate)}: the qualifier {estimate.qualifier!r} is not one of "
            f"{', '.join(repr(v) for v in Observation.Qualifier.values)}."
        )
    if estimate.n is not None and estimate.n < 0:
        raise InvalidEstimate(f"{_name(estimate)}: n is {estimate.n}; it cannot be negative.")
    try:
        breakdown = canonical_breakdown(estimate.breakdown)
    except InvalidEstimate as error:
        raise InvalidEstimate(f"{_name(estimate)}: {error}") from error
    numbers = {name: _rounded(estimate, name) for name in _NUMBERS}
    low, high = numbers["low"], numbers["high"]
    if low is not None and high is not None and low > high:
        raise InvalidEstimate(
            f"{_name(estimate)}: the interval runs from {low} to {high}. Give the lower end first."
        )
    return replace(
        estimate,
        breakdown=breakdown,
        members=tuple(sorted(estimate.members)),
        **numbers,
    )


def _rounded(estimate: Estimate, name: str) -> Decimal | None:
    number = getattr(estimate, name)
    if number is None:
        return None
    try:
        number = Decimal(str(number)) if not isinstance(number, Decimal) else number
    except ArithmeticError as error:
        raise InvalidEstimate(f"{_name(estimate)}: {name} is {number!r}, not a number.") from error
    if not number.is_finite() or abs(number) >= Decimal(10) ** 14:
        raise InvalidEstimate(
            f"{_name(estimate)}: {name} is {number}. Give a finite number below 10^14, or None "
            "with a status that says why there is no value."
        )
    return _FIFTEEN_DIGITS.plus(number.quantize(_PLACES)).quantize(_PLACES)


def _name(said: Estimate) -> str:
    return " ".join(filter(None, (said.indicator, said.area, said.period, said.breakdown)))


def _key(row: Observation) -> Key:
    return (row.indicator_id, row.area_id, row.period, row.breakdown)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        text = f"{value.normalize():f}"
        return "0" if text == "-0" else text
    return value


def _said_by(thing: Observation | Estimate) -> dict[str, Any]:
    return {name: _plain(getattr(thing, name)) for name in _SAID}


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
        **{name: getattr(estimate, name) for name in _SAID},
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
