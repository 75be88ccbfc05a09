"""Who reports to the ledger's rounds: holders of posts with a grant, and users with their own.

Named by `settings.INDICATOR_REPORTERS`, because the ledger does not know posts.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q

from engagement.models import Grant, PostHolding
from engagement.roles import ROLES
from indicators.models import Area, AreaMembership, SectoralBody
from indicators.reporting.reporters import Reporter

REPORTS = "indicators.change_submission"


def reporters_of(
    *, areas: Sequence[Area], bodies: Sequence[SectoralBody], on: date
) -> list[Reporter]:
    """One entry for each person and area or body on that day; a vacant post without a person.

    A grant for a group of states counts for its members, as in `User.granted_areas`.
    """
    groups = defaultdict(list)
    memberships = (
        AreaMembership.objects.filter(area__in=areas, valid_from__lte=on)
        .filter(Q(valid_to=None) | Q(valid_to__gt=on))
        .select_related("area")
    )
    for one in memberships:
        groups[one.group_id].append(one.area)
    roles = [name for name, role in ROLES.items() if REPORTS in role.permissions]
    grants = (
        Grant.objects.in_force(on)
        .filter(role__in=roles)
        .filter(Q(area__in=[*areas, *groups]) | Q(body__in=bodies))
        .select_related("user", "post", "area", "body")
        .prefetch_related(
            Prefetch(
                "post__holdings",
                PostHolding.objects.in_force(on)
                .order_by("is_acting", "pk")
                .select_related("person__user"),
                to_attr="held_now",
            )
        )
        .order_by("post__title", "pk")
    )
    asked, asked_bodies = {area.pk for area in areas}, {body.pk for body in bodies}
    found: dict[tuple, Reporter] = {}
    for grant in grants:
        for area, body in _about(grant, asked, asked_bodies, groups):
            for reporter in _holders(grant, area, body):
                found.setdefault((area, body, reporter.user, reporter.post), reporter)
    return list(found.values())


def _about(
    grant: Grant, asked: set[int], asked_bodies: set[int], groups: dict[int, list[Area]]
) -> list[tuple[str, str]]:
    whom = []
    if grant.area_id in asked:
        whom.append((grant.area.code, ""))
    whom += [(area.code, "") for area in groups.get(grant.area_id, [])]
    if grant.body_id in asked_bodies:
        whom.append(("", grant.body.acronym))
    return whom


def _holders(grant: Grant, area: str, body: str) -> list[Reporter]:
    if grant.user_id:
        user = grant.user
        if not user.is_active:
            return []
        return [Reporter("", area, body, user, user.get_full_name(), user.email, user.language)]
    users = [
        holding.person.user
        for holding in grant.post.held_now
        if holding.person.user and holding.person.user.is_active
    ]
    if not users:
        holders = ", ".join(str(holding.person) for holding in grant.post.held_now)
        return [Reporter(grant.post.title, area, body, name=holders)]
    return [
        Reporter(
            grant.post.title, area, body, user, user.get_full_name(), user.email, user.language
        )
        for user in users
    ]


@dataclass(frozen=True, slots=True)
class EndedTerm:
    """The last term or grant a user had: its words, the day it ended, and who holds it now."""

    words: str
    on: date
    holders: tuple[str, ...] = ()


def ended_term(user: Any, *, on: date) -> EndedTerm | None:
    """What ended last of a user's posts with grants and own grants; None where nothing has."""
    holding = (
        PostHolding.objects.filter(person__user=user, valid_to__lte=on, post__grants__isnull=False)
        .select_related("post")
        .order_by("-valid_to", "-pk")
        .first()
    )
    grant = (
        Grant.objects.filter(user=user, valid_to__lte=on)
        .select_related("area", "body", "organisation")
        .order_by("-valid_to", "-pk")
        .first()
    )
    if holding is not None and (grant is None or holding.valid_to >= grant.valid_to):
        now = PostHolding.objects.filter(post=holding.post).in_force(on).select_related("person")
        return EndedTerm(
            holding.post.title, holding.valid_to, tuple(str(one.person) for one in now)
        )
    return EndedTerm(str(grant), grant.valid_to) if grant is not None else None
