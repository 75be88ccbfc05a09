"""What a segment's definition may say, and who belongs to it today.

A definition is JSON with these keys, all optional; several values of one key are alternatives,
different keys must all hold:

    {"categories": ["think-tanks"], "areas": ["VN"], "organisations": ["<token>"],
     "bodies": ["SOMHD"], "languages": ["vi"], "tags": ["youth"],
     "posts": ["focal_point"], "consent": "campaigns", "with_address": true,
     "exclude": {"categories": [...], "areas": [...], ..., "tags": [...]}}

`categories` includes everything below them in the tree. A person has the category of their own
entry or that of an organisation they belong to today; likewise the area.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from engagement.errors import SegmentInvalid
from engagement.models import (
    Affiliation,
    Category,
    Consent,
    EmailAddress,
    Organisation,
    Person,
    Post,
    PostHolding,
    Segment,
    Tag,
)
from engagement.models.periods import in_force
from indicators.models import Area, SectoralBody

LISTS = ("categories", "areas", "organisations", "bodies", "languages", "tags", "posts")
KEYS = (*LISTS, "consent", "with_address", "exclude")


def problems(definition: object) -> list[tuple[str, str]]:
    """Return (key, sentence) for everything in the definition that does not make sense."""
    if not isinstance(definition, dict):
        return [("", _("A segment's definition is a set of filters, not a list or a text."))]
    found: list[tuple[str, str]] = []
    for key in definition:
        if key not in KEYS:
            found.append(
                (
                    key,
                    _("“%(key)s” is not a filter. Use one of: %(keys)s.")
                    % {"key": key, "keys": ", ".join(KEYS)},
                )
            )
    found += _unknown_values(definition, "")
    purpose = definition.get("consent")
    if purpose and purpose not in Consent.Purpose.values:
        found.append(
            (
                "consent",
                _("“%(value)s” is not a purpose of consent. Use one of: %(values)s.")
                % {"value": purpose, "values": ", ".join(Consent.Purpose.values)},
            )
        )
    if not isinstance(definition.get("with_address", False), bool):
        found.append(("with_address", _("“with_address” is yes or no: true or false.")))
    exclude = definition.get("exclude", {})
    if not isinstance(exclude, dict):
        found.append(("exclude", _("“exclude” holds filters, like the segment itself.")))
    else:
        for key in exclude:
            if key not in LISTS:
                found.append(
                    (
                        f"exclude.{key}",
                        _("“%(key)s” cannot be excluded. Use one of: %(keys)s.")
                        % {"key": key, "keys": ", ".join(LISTS)},
                    )
                )
        found += _unknown_values(exclude, "exclude.")
    return found


def _unknown_values(filters: dict, prefix: str) -> list[tuple[str, str]]:
    found = []
    for key in LISTS:
        values = filters.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            found.append(
                (
                    prefix + key,
                    _("“%(key)s” is a list of codes in quotation marks.") % {"key": key},
                )
            )
            continue
        known = _known(key, values)
        for value in values:
            if value not in known:
                found.append(
                    (
                        prefix + key,
                        _("“%(value)s” is not known in “%(key)s”. Choose one from the list.")
                        % {"value": value, "key": key},
                    )
                )
    return found


def _known(key: str, values: list[str]) -> set[str]:
    """Those of the values that exist. Languages are any tag: people speak what they speak."""
    if not values:
        return set()
    if key == "languages":
        return set(values)
    if key == "posts":
        return set(Post.Kind.values)
    model, column = {
        "categories": (Category, "code"),
        "areas": (Area, "code"),
        "organisations": (Organisation, "token"),
        "bodies": (SectoralBody, "acronym"),
        "tags": (Tag, "slug"),
    }[key]
    return set(model.objects.filter(**{f"{column}__in": values}).values_list(column, flat=True))


def check(definition: object) -> None:
    """Raise SegmentInvalid with every problem of the definition."""
    found = problems(definition)
    if found:
        raise SegmentInvalid(found)


def people_in(segment: Segment, *, at: datetime) -> QuerySet[Person]:
    """The people who belong to the segment at that moment, computed anew.

    Affiliations and posts count if they hold on the office's day of `at`; consent counts as of
    now, so that nobody who withdrew is found by an older moment. Merged records are left out.
    Raises SegmentInvalid if the stored definition does not make sense (any more).
    """
    return people_matching(segment.definition, at=at)


def people_matching(definition: dict, *, at: datetime) -> QuerySet[Person]:
    """The same for a definition that is not saved yet, for a live count."""
    check(definition)
    on = at.astimezone(ZoneInfo(settings.OFFICE_TIME_ZONE)).date()
    people = Person.objects.current()
    for key in LISTS:
        if definition.get(key):
            people = people.filter(_condition(key, definition[key], on))
    for key, values in definition.get("exclude", {}).items():
        if values:
            people = people.exclude(_condition(key, values, on))
    if definition.get("consent"):
        consenting = Consent.objects.current(purpose=definition["consent"]).values("person")
        people = people.filter(pk__in=consenting)
    if definition.get("with_address"):
        people = people.filter(
            Exists(
                EmailAddress.objects.filter(
                    person=OuterRef("pk"), status=EmailAddress.Status.ACTIVE
                )
            )
        )
    return people


def _condition(key: str, values: list[str], on: date) -> Q:
    places = Affiliation.objects.filter(in_force(on), person=OuterRef("pk"))
    holdings = PostHolding.objects.filter(in_force(on), person=OuterRef("pk"))
    match key:
        case "categories":
            wanted = Category.with_descendants(values)
            return Q(category__in=wanted) | (
                Q(category=None) & Q(Exists(places.filter(organisation__category__in=wanted)))
            )
        case "areas":
            return Q(area__code__in=values) | (
                Q(area=None) & Q(Exists(places.filter(organisation__area__code__in=values)))
            )
        case "organisations":
            return Q(Exists(places.filter(organisation__token__in=values)))
        case "bodies":
            return Q(Exists(holdings.filter(post__body__acronym__in=values))) | Q(
                Exists(places.filter(organisation__body__acronym__in=values))
            )
        case "languages":
            return Q(language__in=values)
        case "tags":
            tagged = Person.tags.through.objects.filter(person=OuterRef("pk"), tag__slug__in=values)
            return Q(Exists(tagged))
        case "posts":
            return Q(Exists(holdings.filter(post__kind__in=values)))
    raise KeyError(f"There is no filter {key!r}.")
