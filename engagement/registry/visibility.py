"""Who sees which stakeholder: one `visible_to(user)` for each table, used by every door.

Three kinds of user: those who may see every stakeholder (a permission of staff roles), those who
see the areas, bodies and organisations granted to them, and everybody else, who sees nobody.
Organisations of the region (sectoral bodies, ASEAN-wide institutions) are shared with all who
have a grant; the people in them are not.
"""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.utils import timezone

from engagement.registry import matching

SEE_ALL = "engagement.view_every_stakeholder"


def today() -> date:
    """The office's day: terms begin and end at midnight there, not in Greenwich."""
    return timezone.now().astimezone(ZoneInfo(settings.OFFICE_TIME_ZONE)).date()


@dataclass(frozen=True)
class Scope:
    """What a user may see on a day: everything, or these areas, bodies and organisations."""

    everything: bool = False
    areas: frozenset[int] = frozenset()
    bodies: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()

    @property
    def nothing(self) -> bool:
        return not (self.everything or self.areas or self.bodies or self.organisations)


def scope(user, permission: str, on: date | None = None) -> Scope:
    """What `user` may see of a table guarded by `permission`. Deny by default."""
    if not (user and user.is_authenticated and user.is_active):
        return Scope()
    if not user.has_perm(permission):
        return Scope()
    if user.has_perm(SEE_ALL):
        return Scope(everything=True)
    on = on or today()
    grants = list(apps.get_model("engagement.Grant").objects.held_by(user, on))
    return Scope(
        areas=frozenset(user.granted_areas(on).values_list("pk", flat=True)),
        bodies=frozenset(g.body_id for g in grants if g.body_id),
        organisations=frozenset(g.organisation_id for g in grants if g.organisation_id),
    )


class NamedQuerySet(models.QuerySet):
    """Stakeholders found by any of their names."""

    owner: str  # the column of StakeholderName that points here

    def current(self):
        """Those that were not merged into another record."""
        return self.filter(merged_into=None)

    def named(self, query: str):
        """Those one of whose names contains every word of `query`, in either script.

        Names that begin with the query come first. An empty query finds everybody.
        """
        words = matching.needles(query)
        if not words:
            return self
        names = apps.get_model("engagement.StakeholderName").objects.filter(
            **{self.owner: OuterRef("pk")}
        )
        every_word = Q()
        for word in words:
            condition = Q(key_folded__contains=word.folded)
            if word.latin:
                condition |= Q(key_latin__contains=word.latin)
            if word.skeleton:
                alike = Q(key_skeleton__contains=word.skeleton)
                if word.crosses_scripts_only:
                    alike &= ~Q(script=word.script)
                condition |= alike
            every_word &= Q(Exists(names.filter(condition)))
        # Short words of another script have too few consonants alone, but not all together.
        consonants = matching.skeleton(query)
        if len(words) > 1 and len(consonants) >= matching.SHORTEST_SKELETON:
            every_word |= Q(
                Exists(names.filter(~Q(script=words[0].script), key_skeleton__contains=consonants))
            )
        found = self.filter(every_word)
        plain = matching.folded(query)
        return found.annotate(
            rank=Case(
                When(Exists(names.filter(key_folded__startswith=plain)), then=Value(0)),
                When(Exists(names.filter(key_folded__contains=plain)), then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            )
        ).order_by("rank", *self.model._meta.ordering)


class OrganisationQuerySet(NamedQuerySet):
    owner = "organisation"

    def visible_to(self, user, *, on: date | None = None):
        """Organisations this user may see: all, or the granted ones and the shared regional ones."""
        allowed = scope(user, "engagement.view_organisation", on)
        if allowed.everything:
            return self
        if allowed.nothing:
            return self.none()
        return self.filter(
            Q(area__in=allowed.areas)
            | Q(pk__in=allowed.organisations)
            | Q(body__isnull=False)
            | Q(area__kind="group")
        )


class PersonQuerySet(NamedQuerySet):
    owner = "person"

    def visible_to(self, user, *, on: date | None = None):
        """People this user may see: all, or those of the granted areas, bodies, organisations.

        Somebody belongs to an area by their own entry, by their present place in an
        organisation, or by a post they hold today.
        """
        from engagement.models.periods import in_force

        allowed = scope(user, "engagement.view_person", on)
        if allowed.everything:
            return self
        if allowed.nothing:
            return self.none()
        on = on or today()
        places = (
            apps.get_model("engagement.Affiliation")
            .objects.filter(in_force(on), person=OuterRef("pk"))
            .filter(
                Q(organisation__area__in=allowed.areas)
                | Q(organisation__body__in=allowed.bodies)
                | Q(organisation__in=allowed.organisations)
            )
        )
        holdings = (
            apps.get_model("engagement.PostHolding")
            .objects.filter(in_force(on), person=OuterRef("pk"))
            .filter(
                Q(post__area__in=allowed.areas)
                | Q(post__body__in=allowed.bodies)
                | Q(post__organisation__in=allowed.organisations)
            )
        )
        return self.filter(Q(area__in=allowed.areas) | Exists(places) | Exists(holdings))


class PostQuerySet(models.QuerySet):
    def visible_to(self, user, *, on: date | None = None):
        """Posts this user may see: all, or those of the granted areas, bodies, organisations."""
        allowed = scope(user, "engagement.view_post", on)
        if allowed.everything:
            return self
        if allowed.nothing:
            return self.none()
        return self.filter(
            Q(area__in=allowed.areas)
            | Q(body__in=allowed.bodies)
            | Q(organisation__in=allowed.organisations)
            | Q(organisation__area__in=allowed.areas)
        )

    def vacant(self, on: date):
        """Posts that nobody holds that day, not even acting, and that still exist."""
        from engagement.models.periods import in_force

        held = apps.get_model("engagement.PostHolding").objects.filter(
            in_force(on), post=OuterRef("pk")
        )
        return self.filter(Q(abolished_on=None) | Q(abolished_on__gt=on)).exclude(Exists(held))


class ThroughPersonMixin:
    """Rows about one person are visible to those who see the person."""

    def visible_to(self, user, *, on: date | None = None):
        people = apps.get_model("engagement.Person").objects.visible_to(user, on=on)
        return self.filter(person__in=people)


class InteractionQuerySet(models.QuerySet):
    def visible_to(self, user, *, on: date | None = None):
        """Interactions with somebody, or with a post or organisation, of this user's own."""
        allowed = scope(user, "engagement.view_interaction", on)
        if allowed.everything:
            return self
        if allowed.nothing:
            return self.none()
        people = apps.get_model("engagement.Person").objects.visible_to(user, on=on)
        posts = apps.get_model("engagement.Post").objects.visible_to(user, on=on)
        through = self.model
        return self.filter(
            Q(pk__in=through.people.through.objects.filter(person__in=people).values("interaction"))
            | Q(pk__in=through.posts.through.objects.filter(post__in=posts).values("interaction"))
            | Q(
                pk__in=through.organisations.through.objects.filter(
                    Q(organisation__area__in=allowed.areas)
                    | Q(organisation__in=allowed.organisations)
                ).values("interaction")
            )
        )

    def update(self, **kwargs):
        from engagement.errors import AppendOnly

        raise AppendOnly("Interactions record facts and cannot be changed. Add a new one instead.")

    def delete(self):
        from engagement.errors import AppendOnly

        raise AppendOnly("Interactions record facts and cannot be deleted.")


class SegmentQuerySet(models.QuerySet):
    def visible_to(self, user, *, on: date | None = None):
        """Segments this user may use: all, or those of the granted areas and the user's own."""
        allowed = scope(user, "engagement.view_segment", on)
        if allowed.everything:
            return self
        if allowed.nothing:
            return self.none()
        return self.filter(Q(area__in=allowed.areas) | Q(created_by=user))
