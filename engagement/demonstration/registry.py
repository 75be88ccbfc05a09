"""Categories, institutions, invented people with posts and consents, and three segments.

The files beside this module carry each row's source. Names of people are invented and their
addresses end in `.example`, which no mail server in the world accepts.
"""

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction

from engagement.models import (
    Affiliation,
    Category,
    Consent,
    EmailAddress,
    Interaction,
    Organisation,
    Person,
    Post,
    PostHolding,
    Segment,
    StakeholderName,
    Tag,
)
from engagement.services import give_consent, record_interaction, withdraw_consent
from indicators.models import Area, SectoralBody

HERE = Path(__file__).parent
INVENTED = "Invented for the demonstration"
WORDING_VERSION = "2026-01"
WORDINGS = {
    Consent.Purpose.CAMPAIGNS: (
        "I would like to receive news and campaigns about the ASEAN Socio-Cultural Community by "
        "e-mail. I can withdraw at any time by the link in every message."
    ),
    Consent.Purpose.EVENTS: (
        "You may invite me by e-mail to consultations on the Strategic Plan. I can withdraw at "
        "any time."
    ),
    Consent.Purpose.SURVEYS: (
        "You may invite me by e-mail to surveys. Taking part is voluntary each time. I can "
        "withdraw at any time."
    ),
    Consent.Purpose.DRAFTS: (
        "You may tell me by e-mail when a draft is open for comments. I can withdraw at any time."
    ),
}
TAGS = {
    "coordination": "Coordination",
    "health": "Health",
    "youth": "Youth",
    "press": "Press",
    "inclusion": "Inclusion",
    "research": "Research",
    "survey-panel": "Survey panel",
}
SEGMENTS = [
    (
        "Civil society and think tanks",
        "Everybody in civil society, youth organisations and think tanks who has an address.",
        {"categories": ["civil-society", "think-tanks"], "with_address": True},
        "",
    ),
    (
        "Member states' focal points",
        "Whoever holds a focal point's post today.",
        {"posts": ["focal_point"]},
        "",
    ),
    (
        "All with consent for outreach",
        "Everybody who agreed to receive news and campaigns.",
        {"consent": "campaigns", "with_address": True},
        "",
    ),
    (
        "Press of the region",
        "Media, without the private sector's own magazines.",
        {"categories": ["media"], "exclude": {"categories": ["private-sector"]}},
        "",
    ),
    (
        "Viet Nam: everybody in the registry",
        "The stakeholders of Viet Nam, for its focal point.",
        {"areas": ["VN"]},
        "VN",
    ),
]


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of the files beside this module."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@transaction.atomic
def load(*, at: datetime) -> None:
    """Load the registry. What exists, by its natural key, is left as it is."""
    areas = {area.code: area for area in Area.objects.all()}
    bodies = {body.acronym: body for body in SectoralBody.objects.all()}
    categories = _categories()
    tags = {
        slug: Tag.objects.get_or_create(slug=slug, defaults={"name": name})[0]
        for slug, name in TAGS.items()
    }
    organisations = _organisations(categories, areas, bodies)
    people = _people(categories, areas, organisations, tags, at)
    posts = _posts(organisations, areas, bodies)
    for row in rows("holdings"):
        PostHolding.objects.get_or_create(
            post=posts[row["post"]],
            person=people[row["person"]],
            valid_from=day(row["valid_from"]),
            defaults={
                "valid_to": day(row["valid_to"]),
                "is_acting": row["is_acting"] == "1",
                "source": row["source"],
            },
        )
    for name, description, definition, area in SEGMENTS:
        Segment.objects.get_or_create(
            name=name,
            defaults={
                "description": description,
                "definition": definition,
                "area": areas[area] if area else None,
            },
        )
    _interactions(posts, at)


def _categories() -> dict[str, Category]:
    found: dict[str, Category] = {}
    for position, row in enumerate(rows("categories")):
        found[row["code"]], _created = Category.objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "parent": found.get(row["parent"]),
                "position": position,
                "source": row["source"],
            },
        )
    return found


def _organisations(categories, areas, bodies) -> dict[str, Organisation]:
    found: dict[str, Organisation] = {}
    for row in rows("organisations"):
        body = bodies[row["body"]] if row["body"] else None
        # A sectoral body's name is written once, in the ledger's list of bodies.
        name = body.name if row["name"].startswith("@") else row["name"]
        organisation, created = Organisation.objects.get_or_create(
            name=name,
            category=categories[row["category"]],
            defaults={
                "acronym": row["acronym"],
                "area": areas[row["area"]] if row["area"] else None,
                "body": body,
                "source": row["source"],
                "is_fictional": row["is_fictional"] == "1",
            },
        )
        if created and row["native_name"]:
            StakeholderName.objects.create(
                organisation=organisation,
                full=row["native_name"],
                kind=StakeholderName.Kind.NATIVE,
            )
        found[row["key"]] = organisation
    return found


def _people(categories, areas, organisations, tags, at) -> dict[str, Person]:
    known = {person.source: person for person in Person.objects.filter(is_fictional=True)}
    found: dict[str, Person] = {}
    for number, row in enumerate(rows("people")):
        source = f"{INVENTED} ({row['key']})"
        person = known.get(source)
        if person is None:
            person = _person(row, source, categories, areas, organisations, tags)
            _consents(person, row, at - timedelta(days=30 + number))
        found[row["key"]] = person
    return found


def _person(row, source, categories, areas, organisations, tags) -> Person:
    person = Person.objects.create(
        display_name=row["name"],
        honorific=row["honorific"],
        salutation=row["salutation"],
        language=row["language"],
        area=areas[row["area"]] if row["area"] else None,
        category=categories[row["category"]] if row["category"] else None,
        source=source,
        is_fictional=True,
    )
    if row["native_name"]:
        StakeholderName.objects.create(
            person=person,
            full=row["native_name"],
            kind=StakeholderName.Kind.NATIVE,
            language=row["native_language"],
        )
    EmailAddress.objects.create(person=person, address=row["email"], is_primary=True)
    if row["organisation"]:
        Affiliation.objects.create(
            person=person,
            organisation=organisations[row["organisation"]],
            title=row["title"],
            valid_from=day(row["valid_from"]),
            source=INVENTED,
        )
    if row["tags"]:
        person.tags.set([tags[slug] for slug in row["tags"].split()])
    return person


def _consents(person, row, given_at) -> None:
    for purpose, wording in WORDINGS.items():
        state = row[str(purpose)]
        if not state:
            continue
        give_consent(
            person=person,
            purpose=purpose,
            wording_version=WORDING_VERSION,
            wording=wording,
            evidence="Registration form of the demonstration",
            at=given_at,
        )
        if state == "withdrawn":
            withdraw_consent(
                person=person,
                purpose=purpose,
                evidence="Letter to the demonstration's office",
                at=given_at + timedelta(days=14),
            )


def _posts(organisations, areas, bodies) -> dict[str, Post]:
    found: dict[str, Post] = {}
    for row in rows("posts"):
        found[row["key"]], _created = Post.objects.get_or_create(
            title=row["title"],
            defaults={
                "kind": row["kind"],
                "organisation": organisations[row["organisation"]],
                "area": areas[row["area"]],
                "body": bodies[row["body"]] if row["body"] else None,
                "source": row["source"],
            },
        )
    return found


def _interactions(posts: dict[str, Post], at: datetime) -> None:
    """Two letters and a call for each national post, to whoever held it on that day."""
    entries = [
        ("letter", 2200, "Letter on the reporting calendar"),
        ("call", 400, "Call about open quarterly values"),
        ("letter", 60, "Letter announcing the consultation on the Strategic Plan"),
    ]
    known = set(
        Interaction.objects.filter(source__startswith="demonstration:").values_list(
            "source", flat=True
        )
    )
    for key, post in posts.items():
        for kind, days, subject in entries:
            source = f"demonstration:{key}:{days}"
            moment = at - timedelta(days=days)
            if source in known:
                continue
            holding = post.holder(moment.date())
            record_interaction(
                kind=kind,
                subject=subject,
                people=[holding.person] if holding else [],
                posts=[post],
                source=source,
                at=moment,
            )
