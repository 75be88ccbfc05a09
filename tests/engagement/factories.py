"""Plain makers of people, organisations, posts and consents. Notes would do harm unescaped."""

from datetime import UTC, date, datetime
from itertools import count

from engagement.models import (
    Affiliation,
    Category,
    EmailAddress,
    Grant,
    Organisation,
    Person,
    Post,
    PostHolding,
    Segment,
    User,
)
from engagement.services import give_consent
from indicators.models import SectoralBody
from tests.indicators.factories import HOSTILE, make_area

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_number = count(1)


def make_user(email="", **overrides) -> User:
    return User.objects.create_user(email or f"user{next(_number)}@people.example", **overrides)


def make_body(acronym="SOMHD", **overrides) -> SectoralBody:
    defaults = {"name": f"Senior officials of {acronym}"}
    return SectoralBody.objects.get_or_create(acronym=acronym, defaults=defaults | overrides)[0]


def make_category(code="think-tanks", **overrides) -> Category:
    defaults = {"name": code.replace("-", " ").capitalize()}
    return Category.objects.get_or_create(code=code, defaults=defaults | overrides)[0]


def make_organisation(name="Mekong Futures Institute", **overrides) -> Organisation:
    values = {"note": HOSTILE} | overrides
    if "category" not in values:
        values["category"] = make_category()
    if isinstance(values.get("area"), str):
        values["area"] = make_area(values["area"])
    return Organisation.objects.create(name=name, **values)


def make_person(name="Amina Binti Yusof", *, address="", **overrides) -> Person:
    """A person with one main address; `area` may be a code, `address=None` leaves it out."""
    values = {"note": HOSTILE, "language": "en"} | overrides
    if isinstance(values.get("area"), str):
        values["area"] = make_area(values["area"])
    person = Person.objects.create(display_name=name, **values)
    if address is not None:
        EmailAddress.objects.create(
            person=person,
            address=address or f"person{next(_number)}@people.example",
            is_primary=True,
        )
    return person


def make_affiliation(person=None, organisation=None, **overrides) -> Affiliation:
    return Affiliation.objects.create(
        person=person or make_person(),
        organisation=organisation or make_organisation(),
        **{"title": "Researcher"} | overrides,
    )


def make_post(title="SOMHD focal point, Lao PDR", *, area="LA", **overrides) -> Post:
    return Post.objects.create(title=title, area=make_area(area) if area else None, **overrides)


def make_holding(post, person, start=date(2016, 1, 1), end=None, **overrides) -> PostHolding:
    return PostHolding.objects.create(
        post=post, person=person, valid_from=start, valid_to=end, **overrides
    )


def make_grant(*, role="national_focal_point", area="", body="", **overrides) -> Grant:
    if area:
        overrides["area"] = make_area(area)
    if body:
        overrides["body"] = make_body(body)
    return Grant.objects.create(role=role, **overrides)


def make_consent(person, purpose="campaigns", at=AT, **overrides):
    values = {
        "wording_version": "2026-01",
        "wording": "You may write to me.",
        "evidence": "paper form",
    } | overrides
    return give_consent(person=person, purpose=purpose, at=at, **values)


def make_segment(name="Think tanks", definition=None, **overrides) -> Segment:
    return Segment.objects.create(name=name, definition=definition or {}, **overrides)
