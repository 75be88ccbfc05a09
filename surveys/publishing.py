"""From responses to the ledger: the only module of `surveys` that writes figures.

A wave is claimed once for however many responses have come in; its figures are computed anew from
all of them and replaced under their keys. The same responses give the same digest, and the ledger
then has nothing to do.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
from django.conf import settings
from django.db.models import F, Q

from indicators.ledger import Estimate, record
from indicators.models import Area, Indicator, Population
from surveys import frames, provenance
from surveys.estimating import (
    ASEAN,
    Figure,
    Populations,
    column_of,
    figures,
    filter_column,
)
from surveys.exports.alignment import alignment_of
from surveys.models import AnalysisPlanEntry, Wave, WeightingScheme
from surveys.promises import promised
from surveys.trends import broken_items
from surveys.weighting import Weighted, variables, weigh

logger = logging.getLogger(__name__)

# A publisher that died holds its claim no longer than this.
CLAIM = timedelta(minutes=5)
PROVENANCE_FORM = "2"


def publish_stale(*, at: datetime) -> int:
    """Publish every wave whose responses are newer than its figures; return how many.

    One wave that cannot be published (a broken plan) is logged, keeps its reason in
    `publish_error`, and does not stop the others.
    """
    published = 0
    for wave in Wave.objects.stale():
        try:
            published += publish_wave(wave=wave, at=at)
        except Exception as error:
            logger.exception("The wave %s could not be published.", wave.slug)
            Wave.objects.filter(pk=wave.pk).update(
                publish_error=f"{type(error).__name__}: {error}"[:1000],
                publishing_since=None,
                stale_at=None,
            )
    return published


def publish_all(at: datetime) -> int:
    """Publish every wave that has ever been open: what "rebuild everything" calls."""
    return sum(
        publish_wave(wave=wave, at=at)
        for wave in Wave.objects.exclude(state__in=[Wave.State.DRAFTED, Wave.State.SCHEDULED])
    )


def publish_wave(*, wave: Wave, at: datetime) -> bool:
    """Compute the wave's figures and record them. False if somebody else is at it.

    The mark of staleness is taken away before the responses are read: one that arrives meanwhile
    sets it again and is counted by the next run.
    """
    claimed = Wave.objects.filter(
        Q(publishing_since__isnull=True) | Q(publishing_since__lt=at - CLAIM), pk=wave.pk
    ).update(publishing_since=at, stale_at=None)
    if not claimed:
        return False
    try:
        wave = Wave.objects.select_related(
            "questionnaire", "survey", "weighting", "previous__questionnaire"
        ).get(pk=wave.pk)
        previous = wave.published_at
        digest, estimates = compute(wave, at=at, kept=True)
        by, reason = _why(wave, since=previous)
        record(estimates, source=wave.source, digest=digest, at=at, by=by, reason=reason)
    except BaseException:
        Wave.objects.filter(pk=wave.pk).update(publishing_since=None, stale_at=at)
        raise
    Wave.objects.filter(pk=wave.pk).update(
        publishing_since=None, published_digest=digest, published_at=at, publish_error=""
    )
    return True


def _why(wave: Wave, *, since: datetime | None) -> tuple[Any, str]:
    """Who changed the figures otherwise than by answering, and why; (None, "") if nobody did.

    Exclusions made or taken back after `since`, when the figures were last computed.
    """
    if since is None:
        return None, ""
    made = wave.exclusion_sets.filter(created_at__gt=since).select_related("author")
    reverted = wave.exclusion_sets.filter(reverted_at__gt=since).select_related("reverted_by")
    deeds = [
        *((one.author, f"Responses excluded, {one.name}: {one.reason}") for one in made),
        *((one.reverted_by, f"Exclusion taken back, {one.name}") for one in reverted),
    ]
    people = {who for who, _words in deeds}
    return people.pop() if len(people) == 1 else None, " ".join(words for _who, words in deeds)


def compute(
    wave: Wave,
    *,
    at: datetime,
    also_excluded: Mapping[str, Any] | None = None,
    with_excluded: bool = False,
    sources: Iterable[str] | None = None,
    with_breakdowns: bool = True,
    kept: bool = False,
) -> tuple[str, list[Estimate]]:
    """The digest and the estimates of a wave as it stands, without writing anything.

    For comparisons it can be computed as if a filter were excluded (`also_excluded`), as if
    nothing were (`with_excluded`), from some sources only, and without breakdowns. `kept` may take
    rows from this process's memory: see `frames.keeping`.
    """
    plan = plan_of(wave)
    if not with_breakdowns:
        for entry in plan:
            entry.breakdowns = []
    found = basis(
        wave,
        plan,
        at=at,
        also_excluded=also_excluded,
        with_excluded=with_excluded,
        sources=sources,
        kept=kept,
    )
    told = {id(entry): provenance.of_entry(wave, entry, found) for entry in plan}
    return found.digest, [
        _estimate(wave, figure, found, told[id(figure.entry)])
        for figure in figures(found.frame, found.weighted.weights, plan, found.populations)
    ]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a wave's figures are computed from: everybody counted in an area of known population,
    their weights, the populations; why a question starts a new series; the digest of all of it; in
    words how they came to answer."""

    frame: pd.DataFrame
    weighted: Weighted
    populations: Populations
    broken: Mapping[str, tuple[str, ...]]
    digest: str
    sources: tuple[str, ...]


def basis(
    wave: Wave,
    plan: list[AnalysisPlanEntry],
    *,
    at: datetime,
    also_excluded: Mapping[str, Any] | None = None,
    with_excluded: bool = False,
    sources: Iterable[str] | None = None,
    kept: bool = False,
) -> Basis:
    """Read and weight the responses that a plan needs; see `compute` for the other words."""
    scheme = wave.weighting
    columns = [column_of(entry) for entry in plan]
    columns += [question for entry in plan for part in entry.breakdowns for _name, question in part]
    columns += variables(scheme)
    frame = frames.responses(
        wave,
        columns=columns,
        conditions={filter_column(entry): entry.filter for entry in plan if entry.filter},
        with_excluded=with_excluded,
        also_excluded=also_excluded,
        sources=sources,
        kept=kept,
    )
    populations = populations_of(wave, at=at)
    broken = broken_items(wave)
    digest = frames.digest(
        frame,
        PROVENANCE_FORM,
        settings.CODE_VERSION,
        wave.questionnaire.content_hash,
        json.dumps([wave.title, wave.period, wave.sampling_type, wave.mode, wave.is_demonstration]),
        json.dumps([_plan_words(entry) for entry in plan], sort_keys=True),
        json.dumps(_scheme_words(wave), sort_keys=True),
        json.dumps([populations.members, populations.people, populations.vintage]),
        json.dumps(broken, sort_keys=True),
    )
    counted = frame["area"].isin(list(populations.people)).to_numpy()
    if not counted.all():
        frame = frame[counted].reset_index(drop=True)
    present = set(frame["source"].unique())
    ways = tuple(words for source, words in provenance.SOURCES.items() if source in present)
    return Basis(frame, weigh(frame, scheme), populations, broken, digest, ways)


def plan_of(wave: Wave) -> list[AnalysisPlanEntry]:
    """The entries in use whose question this questionnaire has and whose indicator exists, the
    shares of each answer one by one."""
    entries = list(AnalysisPlanEntry.objects.filter(survey_id=wave.survey_id, is_active=True))
    known = set(
        Indicator.objects.filter(slug__in=[entry.indicator for entry in entries]).values_list(
            "slug", flat=True
        )
    )
    by_code = wave.questionnaire.definition.by_code
    for entry in entries:
        if entry.indicator not in known:
            logger.warning("The plan names the indicator %r, which is unknown.", entry.indicator)
    asked = [entry for entry in entries if entry.indicator in known and entry.question in by_code]
    return promised(asked, alignment_of(wave))


def populations_of(
    wave: Wave, *, at: datetime, scheme: WeightingScheme | None = None
) -> Populations:
    """The member states on the wave's last day (today while it is open) and their populations.

    Of each area the vintage of the scheme (default: the wave's) is taken, else the newest, in the
    year nearest to the day.
    """
    day = min(wave.closes_at or at, at).date()
    members = list(Area.objects.member_states(day).values_list("code", flat=True))
    scheme = scheme or wave.weighting
    ages = scheme.ages if scheme else "15+"
    rows = Population.objects.filter(area__code__in=members, ages=ages).annotate(
        code=F("area__code")
    )
    if scheme and scheme.vintage:
        rows = rows.filter(vintage=scheme.vintage)
    best: dict[str, Population] = {}
    for row in rows:
        if row.code not in best or _nearer(row, best[row.code], day):
            best[row.code] = row
    known = tuple(code for code in members if code in best)
    words = sorted({f"{best[code].vintage}, {ages}, {best[code].year}" for code in known})
    return Populations(
        members=known,
        people={code: float(best[code].value) for code in known},
        vintage="; ".join(words),
    )


def _nearer(one: Population, other: Population, day: date) -> bool:
    return (abs(one.year - day.year), one.vintage) < (abs(other.year - day.year), other.vintage)


def _plan_words(entry: AnalysisPlanEntry) -> list[Any]:
    return [
        entry.indicator,
        entry.question,
        entry.row,
        entry.estimator,
        entry.counts,
        entry.counts_against,
        entry.outside_base,
        entry.filter,
        entry.breakdowns,
        entry.answer,
    ]


def _scheme_words(wave: Wave) -> Any:
    scheme = wave.weighting
    if scheme is None:
        return None
    return [scheme.name, scheme.number, scheme.margins, scheme.cap, scheme.minimum_for_raking]


def _estimate(wave: Wave, figure: Figure, found: Basis, told: Mapping[str, Any]) -> Estimate:
    """One figure for the ledger; `told` is what provenance says of every figure of its entry. Where
    a series is broken, provenance says it of all its figures: SDMX has one status for a value, so B
    stands only where no other is due.
    """
    entry = figure.entry
    is_share = entry.estimator == AnalysisPlanEntry.Estimator.PROPORTION
    scale = 100 if is_share else 1
    is_group = figure.area == ASEAN
    return Estimate(
        indicator=entry.indicator,
        area=figure.area,
        period=wave.period,
        breakdown=figure.breakdown,
        value=_decimal(figure.value, scale),
        low=_decimal(figure.low, scale),
        high=_decimal(figure.high, scale),
        n=figure.n,
        n_effective=_decimal(figure.n_effective, 1, "0.1"),
        status="B" if "series_break" in told and figure.status == "A" else figure.status,
        method=provenance.method(figure),
        provenance={**told, **provenance.of_figure(figure, found)},
        members=figure.members if is_group else (),
        population_vintage=found.populations.vintage if is_group else "",
        is_demonstration=wave.is_demonstration,
    )


def _decimal(number: float | None, scale: float, places: str = "0.0001") -> Decimal | None:
    return None if number is None else Decimal(repr(number * scale)).quantize(Decimal(places))
