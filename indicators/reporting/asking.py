"""Whom a round asks for what: by the data route, and by the round before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from indicators.models import Area, AskedValue, Indicator, ReportingRound, SectoralBody

Route = Indicator.DataRoute
# Answered by a focal point for one member state: policies, and statistics its office publishes.
FROM_AREAS = frozenset({Route.NATIONAL_POLICY, Route.OFFICIAL_STATISTICS})
FROM_BODIES = frozenset({Route.SECTORAL_BODY})
# What surveys publish names its source so.
SURVEYS = "surveys.wave:"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked for one indicator; nobody, where both are empty."""

    areas: tuple[Area, ...] = ()
    bodies: tuple[SectoralBody, ...] = ()


def by_route(indicator: Indicator, areas: Sequence[Area], bodies: Sequence[SectoralBody]) -> Asked:
    """Member states for policies and statistics, bodies for what they record, else nobody.

    What surveys measure arrives by itself; where the source states no route, a person decides.
    """
    if indicator.data_route in FROM_AREAS:
        return Asked(areas=tuple(areas))
    if indicator.data_route in FROM_BODIES:
        return Asked(bodies=tuple(bodies))
    return Asked()


def asked_in(round: ReportingRound) -> dict[int, Asked]:
    """Who is asked in the round, by the indicator's key."""
    areas: dict[int, list[Area]] = {}
    bodies: dict[int, list[SectoralBody]] = {}
    for row in AskedValue.objects.filter(round=round).select_related("area", "body"):
        areas.setdefault(row.indicator_id, [])
        if row.area:
            areas[row.indicator_id].append(row.area)
        else:
            bodies.setdefault(row.indicator_id, []).append(row.body)
    return {
        key: Asked(
            tuple(sorted(found, key=lambda area: area.name)),
            tuple(sorted(bodies.get(key, []), key=lambda body: body.acronym)),
        )
        for key, found in areas.items()
    }


def like_before(round: ReportingRound, on: date) -> dict[int, Asked]:
    """Who to ask in a round that follows: the same, by the member states of the date.

    Where every member state of the round before was asked, every one of the date is, also those
    that have joined; a state that has left is asked no more.
    """
    before = set(Area.objects.member_states(round.opens_at.date()).values_list("pk", flat=True))
    members = list(Area.objects.member_states(on))
    standing = {area.pk for area in members}
    found = {}
    for key, asked in asked_in(round).items():
        asked_areas = {area.pk for area in asked.areas}
        areas = (
            members
            if before and before <= asked_areas
            else [
                area
                for area in asked.areas
                if area.pk in standing or area.kind != Area.Kind.MEMBER_STATE
            ]
        )
        found[key] = Asked(tuple(areas), asked.bodies)
    return found


def rows(round: ReportingRound, asked: Mapping[int, Asked]) -> Iterable[AskedValue]:
    """The rows that say so, not yet saved."""
    for indicator, whom in asked.items():
        for area in whom.areas:
            yield AskedValue(round=round, indicator_id=indicator, area=area)
        for body in whom.bodies:
            yield AskedValue(round=round, indicator_id=indicator, body=body)


def asked_of(
    round: ReportingRound, area: Area | None, body: SectoralBody | None
) -> list[Indicator]:
    """The indicators an area or a body is asked for, in the framework's order."""
    whom = {"asked__area": area} if area is not None else {"asked__body": body}
    return list(
        Indicator.objects.filter(asked__round=round, **whom)
        .select_related("node", "framework")
        .order_by("framework__position", "position", "slug")
    )
