"""Consultations: the held ones of the plan's timeline with their sources, and invented coming ones;
a draft with a dozen measures, comments and some answers.

An event is made once. What was changed or registered since stays as it is.
"""

import csv
import json
from datetime import datetime, time, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction

from engagement import publishing, services
from engagement.demonstration import drafts
from engagement.events import times
from engagement.models import (
    EmailAddress,
    Event,
    Iap2,
    Level,
    Notice,
    Person,
    Registration,
    SeatPool,
    Session,
)
from indicators.models import SectoralBody

HERE = Path(__file__).parent

# Invented events: days from the day of loading, agenda, seats, and who of the invented people is
# registered, in the order in which they asked.
COMING = [
    {
        "slug": "results-framework-regional-consultation",
        "title": "Regional consultation: measures of the ASCC Results Framework",
        "summary": (
            "People and organisations of the region say which measures matter to them and how "
            "one would notice that they work."
        ),
        "description": (
            "In the morning the measures are presented; in the afternoon small groups go through "
            "them one by one. You can also comment on each measure in writing, before and after."
        ),
        "purpose": (
            "What is said goes to the Working Group with the written comments, before the "
            "indicators, baselines and targets of the Results Framework are set."
        ),
        "level": Level.REGIONAL_CONSULTATION,
        "iap2_level": Iap2.CONSULT,
        "zone": "Asia/Jakarta",
        "days": 16,
        "venue": "Jakarta, Indonesia (demonstration venue)",
        "interpretation": ["id", "vi", "th"],
        "seats": [("Seats", 3)],
        "people": ["p006", "p020"],
        "agenda": [
            ("09:00", "09:30", "Welcome, and what is promised"),
            ("09:30", "11:30", "The measures, one by one"),
            ("13:00", "15:30", "Working groups: what matters, and how would we notice?"),
            ("15:30", "16:00", "What happens with what you said"),
        ],
    },
    {
        "slug": "youth-consultation",
        "title": "Youth consultation: what the plan should do for people under 35",
        "summary": "Young people from the region discuss the measures meant for them.",
        "purpose": "The result goes into the comments on the measures for young people.",
        "level": Level.PUBLIC,
        "iap2_level": Iap2.INVOLVE,
        "zone": "Asia/Manila",
        "days": 30,
        "venue": "Manila, Philippines (demonstration venue)",
        "interpretation": ["fil"],
        "seats": [("Seats", 2)],
        "people": ["p010", "p030", "p040", "p050"],
        "agenda": [
            ("10:00", "12:00", "What would change something for you?"),
            ("13:00", "15:00", "Writing it down together"),
        ],
    },
    {
        "slug": "health-measures-technical-meeting",
        "title": "Technical meeting on the health measures",
        "summary": "Specialists look at data sources for the health measures.",
        "purpose": "To agree which statistics can show progress.",
        "level": Level.SECTORAL_BODY,
        "iap2_level": Iap2.COLLABORATE,
        "zone": "Asia/Bangkok",
        "days": 24,
        "mode": Event.Mode.ONLINE,
        "admission": Event.Admission.APPROVAL,
        "body": "SOMHD",
        "join_url": "https://meeting.example/health-measures",
        "seats": [("Places online", 40)],
        "people": ["p002", "p012"],
        "agenda": [("14:00", "16:00", "Sources of data, country by country")],
    },
    {
        "slug": "working-group-baselines",
        "title": "Working group session on baselines and targets",
        "summary": "Focal points of the Member States go through baselines and targets.",
        "purpose": "To prepare the proposal for the senior officials.",
        "level": Level.WORKING_GROUP,
        "iap2_level": Iap2.COLLABORATE,
        "zone": "Asia/Vientiane",
        "days": 45,
        "venue": "Vientiane, Lao PDR (demonstration venue)",
        "admission": Event.Admission.INVITATION,
        "seats": [("Delegates", 22)],
        "people": [],
        "agenda": [
            ("09:00", "12:00", "Baselines: which year, which source"),
            ("13:30", "16:30", "Targets, measure by measure"),
        ],
    },
    {
        "slug": "open-webinar",
        "title": "Open webinar: how to read the measures",
        "summary": "An introduction to the measures for everybody who wants to comment.",
        "purpose": "So that people can comment on measures they understand.",
        "outcome": (
            "People asked for shorter wording and for the languages of the region. The pages of "
            "the measures now say in one line what each is about."
        ),
        "level": Level.PUBLIC,
        "iap2_level": Iap2.INFORM,
        "zone": "Asia/Yangon",
        "days": -20,
        "mode": Event.Mode.ONLINE,
        "seats": [("Places online", 100)],
        "people": ["p004", "p008", "p015", "p022", "p033", "p044", "p055"],
        "attended": ["p004", "p008", "p015", "p022", "p033", "p044"],
        "agenda": [("10:30", "12:00", "The measures in ninety minutes")],
    },
]


def load(*, at: datetime) -> None:
    """Load the events and the draft as if at `at`. Repeatable; needs the registry's people."""
    people = _people()
    for row in json.loads((HERE / "consultations.json").read_text(encoding="utf-8")):
        _held(row)
    for row in COMING:
        _coming(row, people, at)
    drafts.load(people=people, at=at)
    publishing.ensure_indicators()
    publishing.publish_all(at=at)


def _people() -> dict[str, Person]:
    """The invented people by the keys of `people.csv`, with their addresses."""
    with (HERE / "people.csv").open(encoding="utf-8", newline="") as file:
        addresses = {row["key"]: row["email"] for row in csv.DictReader(file)}
    found = {
        row.address: row.person
        for row in EmailAddress.objects.select_related("person__area").filter(
            address__in=addresses.values()
        )
    }
    return {key: found[address] for key, address in addresses.items() if address in found}


def _held(row: dict) -> None:
    """An event of the past as its source states it: days, not hours."""
    words = {k: v for k, v in row.items() if k not in ("slug", "first_day", "last_day")}
    Event.objects.get_or_create(
        slug=row["slug"],
        defaults=words
        | {
            "state": Event.State.PUBLISHED,
            "admission": Event.Admission.NONE,
            "starts_wall": datetime.fromisoformat(row["first_day"]),
            "ends_wall": datetime.combine(
                datetime.fromisoformat(row["last_day"]).date(), time(23, 59)
            ),
            "time_is_known": False,
        },
    )


@transaction.atomic
def _coming(row: dict, people: dict[str, Person], at: datetime) -> None:
    if Event.objects.filter(slug=row["slug"]).exists():
        return
    zone = ZoneInfo(row["zone"])
    day = (at.astimezone(zone) + timedelta(days=row["days"])).date()

    def wall(clock: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(clock))

    plain = ("agenda", "seats", "people", "attended", "days", "body")
    body = SectoralBody.objects.filter(acronym=row.get("body", "")).first()
    event = Event.objects.create(
        **{k: v for k, v in row.items() if k not in plain},
        body=body,
        state=Event.State.PUBLISHED,
        starts_wall=wall(row["agenda"][0][0]),
        ends_wall=wall(row["agenda"][-1][1]),
        is_demonstration=True,
    )
    for begins, ends, title in row["agenda"]:
        Session.objects.create(
            event=event, title=title, starts_wall=wall(begins), ends_wall=wall(ends)
        )
    for name, capacity in row["seats"]:
        SeatPool.objects.create(event=event, name=name, capacity=capacity)
    asked = min(at, event.starts_at) - timedelta(days=10)
    for number, key in enumerate(row["people"]):
        if key in people:
            registration = _register(event, people[key], asked + timedelta(hours=number))
            if key in row.get("attended", ()):
                services.check_in(
                    registration=registration,
                    uuid=uuid5(NAMESPACE_URL, registration.token),
                    at=event.starts_at,
                )
    if row["days"] < 0:
        # Nobody is written to about a meeting that is over.
        Notice.objects.filter(registration__event=event).update(state=Notice.State.SKIPPED)


def _register(event: Event, person: Person, at: datetime) -> Registration:
    zone = person.area.time_zone if person.area else ""
    return services.register(
        event=event,
        name=person.display_name,
        address=person.primary_address(),
        mode=event.mode,
        area=person.area,
        language=person.language,
        reader_zone=zone if zone in times.CITIES else "",
        consent_version="demonstration",
        at=at,
        is_proven=True,
        is_demonstration=True,
    ).registration
