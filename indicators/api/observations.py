"""Observations, and what each was before."""

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Path, Query, Router

from indicators.api.documents import CountedPage, ObservationOut, Page, RevisionOut
from indicators.api.fields import Token
from indicators.api.filters import ObservationQuery
from indicators.api.paging import next_page
from indicators.models import Observation, Revision
from indicators.models.observations import ObservationQuerySet

router = Router()
MOST_REVISIONS = 500
_KEY = ("indicator_id", "area_id", "period", "breakdown", "source")


@router.get(
    "/observations",
    response=CountedPage[ObservationOut],
    summary="Observations that pass every filter, in an order that stays",
)
def observations(request: HttpRequest, wanted: Query[ObservationQuery]) -> Any:
    chosen = wanted.selection().observations(request.user)
    rows = chosen if wanted.after is None else _after(chosen, wanted.after)
    page = list(rows.select_related("indicator", "area").order_by(*_KEY)[: wanted.limit + 1])
    shown = page[: wanted.limit]
    return {
        "items": [_observation(request, row) for row in shown],
        "next": next_page(request, after=shown[-1].token) if len(page) > len(shown) else None,
        "count": chosen.count(),
    }


@router.get("/observations/{id}", response=ObservationOut, summary="One observation")
def observation(request: HttpRequest, id: Path[Token]) -> Any:
    return _observation(request, _found(request, id))


@router.get(
    "/observations/{id}/revisions",
    response=Page[RevisionOut],
    summary="What a published value was before, newest change first",
)
def revisions(request: HttpRequest, id: Path[Token]) -> Any:
    rows = Revision.objects.filter(observation=_found(request, id)).order_by("-changed_at", "-pk")
    return {"items": list(rows[:MOST_REVISIONS]), "next": None}


def _after(chosen: ObservationQuerySet, token: str) -> ObservationQuerySet:
    """The rows behind that observation, whether or not it passes the filters itself."""
    key = Observation.objects.filter(token=token).values_list(*_KEY).first()
    if key is None:
        raise Http404(
            f"No observation has the id {token!r}. Take `after` from `next` of the page before."
        )
    behind = Q()
    for place, name in enumerate(_KEY):
        same = dict(zip(_KEY[:place], key[:place], strict=True))
        behind |= Q(**same, **{f"{name}__gt": key[place]})
    # The first condition lets the database begin in its index where the page begins.
    return chosen.filter(indicator_id__gte=key[0]).filter(behind)


def _found(request: HttpRequest, token: str) -> Observation:
    found = (
        Observation.objects.visible_to(request.user)
        .published()
        .select_related("indicator", "area")
        .filter(token=token)
        .first()
    )
    if found is None:
        raise Http404(f"No observation has the id {token!r}. GET /observations lists them.")
    return found


def _observation(request: HttpRequest, row: Observation) -> dict[str, Any]:
    history = reverse("indicators:api:revisions", args=[row.token])
    return {
        "id": row.token,
        "indicator": row.indicator.slug,
        "area": row.area.code,
        "period": row.period,
        "breakdown": row.breakdown,
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "n": row.n,
        "n_effective": row.n_effective,
        "unit": row.indicator.unit,
        "status": row.status,
        "qualifier": row.qualifier,
        "method": row.method,
        "source": row.source,
        "provenance": row.provenance,
        "members": row.members,
        "population_vintage": row.population_vintage,
        "digest": row.digest,
        "is_demonstration": row.is_demonstration,
        "is_stale": row.is_stale,
        "recorded_at": row.recorded_at,
        "revisions_url": request.build_absolute_uri(history),
    }
