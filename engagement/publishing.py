"""From consultations to the ledger: events held, people reached, comments answered, by year.

Counted anew from the rows each time and replaced under their keys; never incremented.
"""

import hashlib
import json
from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_noop

from engagement.models import Comment, Event, Registration
from indicators.ledger import Estimate, record
from indicators.models import Framework, Indicator

HELD = "consultations-held"
REACHED = "consultations-people-reached"
ANSWERED = "consultations-comments-answered"
SOURCE = "engagement.consultations"
ASEAN = "ASEAN"

_INDICATORS = {
    HELD: (gettext_noop("Consultation events held"), "events", 0),
    REACHED: (gettext_noop("People reached by consultation events"), "people", 0),
    ANSWERED: (gettext_noop("Comments on drafts that have a published answer"), "percent", 1),
}


def ensure_indicators() -> None:
    """Make the framework "Engagement" with its three indicators where they do not exist."""
    framework, _ = Framework.objects.get_or_create(
        slug="engagement",
        defaults={
            "title": "Engagement",
            "description": "What this system counts about its own consultations.",
            "position": 90,
            "source": "Counted by this system",
        },
    )
    for position, (slug, (title, unit, decimals)) in enumerate(_INDICATORS.items()):
        Indicator.objects.get_or_create(
            slug=slug,
            defaults={
                "framework": framework,
                "title": title,
                "title_status": "quoted",
                "unit": unit,
                "decimals": decimals,
                "direction": Indicator.Direction.UP,
                "data_route": Indicator.DataRoute.SECTORAL_BODY,
                "source": "Counted by this system",
                "position": position,
            },
        )


def publish_all(*, at: datetime) -> int:
    """Count everything anew and replace the ledger's rows; return how many values there are.

    Does nothing where nobody defined the indicators (`ensure_indicators`).
    """
    known = set(Indicator.objects.filter(slug__in=_INDICATORS).values_list("slug", flat=True))
    if not known:
        return 0
    estimates = [e for e in [*_events(at), *_comments()] if e.indicator in known]
    said = [[e.indicator, e.period, str(e.value), e.n, e.is_demonstration] for e in estimates]
    digest = hashlib.sha256(json.dumps(said).encode()).hexdigest()
    record(estimates, source=SOURCE, digest=digest, at=at)
    return len(estimates)


def _events(at: datetime) -> list[Estimate]:
    """Events held by the year of their beginning there, and who came to them.

    People are those checked in here or, where nobody counted here, what the event's source
    states. Somebody who came to two events counts twice, and the method says so.
    """
    held: dict[str, int] = defaultdict(int)
    reached: dict[str, int] = defaultdict(int)
    invented: dict[str, bool] = defaultdict(bool)
    attended = defaultdict(int)
    came = Registration.objects.filter(state=Registration.State.ATTENDED)
    for event in came.values_list("event", flat=True):
        attended[event] += 1
    for event in Event.objects.filter(state=Event.State.PUBLISHED).past(at=at):
        year = str(event.starts_wall.year)
        held[year] += 1
        reached[year] += attended[event.pk] or event.reached or 0
        invented[year] |= event.is_demonstration
    counts = [
        _count(HELD, year, number, "count of consultation events", invented[year])
        for year, number in held.items()
    ]
    counts += [
        _count(
            REACHED,
            year,
            number,
            "sum over events of people checked in, or of what the source states; somebody who "
            "came twice counts twice",
            invented[year],
        )
        for year, number in reached.items()
        if number
    ]
    return counts


def _comments() -> list[Estimate]:
    made: dict[str, int] = defaultdict(int)
    answered: dict[str, int] = defaultdict(int)
    invented: dict[str, bool] = defaultdict(bool)
    rows = Comment.objects.filter(
        state__in=[Comment.State.SUBMITTED, Comment.State.ANSWERED]
    ).values_list("submitted_at", "state", "is_demonstration")
    for submitted_at, state, is_demonstration in rows:
        year = str(submitted_at.year)
        made[year] += 1
        answered[year] += state == Comment.State.ANSWERED
        invented[year] |= is_demonstration
    return [
        Estimate(
            indicator=ANSWERED,
            area=ASEAN,
            period=year,
            value=Decimal(100 * answered[year]) / number,
            n=number,
            method="share of confirmed comments with a published disposition",
            provenance={"source": "comments on drafts", "answered": answered[year], "base": number},
            is_demonstration=invented[year],
        )
        for year, number in made.items()
    ]


def _count(slug: str, year: str, number: int, method: str, invented: bool) -> Estimate:
    return Estimate(
        indicator=slug,
        area=ASEAN,
        period=year,
        value=Decimal(number),
        method=method,
        provenance={"source": "consultation events"},
        is_demonstration=invented,
    )
