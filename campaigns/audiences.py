"""Who may receive a mailing today, and who may not and why.

Every person of the segment is counted exactly once: as a recipient or under the first reason that
applies, in this order: no consent, unsubscribed, suppressed, no valid address, same address as
somebody else, weekly limit; of a mailing that invites to a survey also who has answered or is
invited already. The page that shows the audience and the freeze that fixes it read
the same generator.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Count, QuerySet

from campaigns import invitations
from campaigns.models import Delivery, Mailing, Suppression
from engagement.models import Consent, EmailAddress, Person
from engagement.registry import segments

CHUNK = 1_000
WEEK = timedelta(days=7)
NAMES_SHOWN = 200
Reason = Delivery.Reason

ORDER = (
    Reason.NO_CONSENT,
    Reason.UNSUBSCRIBED,
    Reason.SUPPRESSED,
    Reason.INVALID,
    Reason.SAME_ADDRESS,
    Reason.FREQUENCY,
    Reason.ALREADY,
    Reason.ANSWERED,
    Reason.INVITED,
    Reason.NOT_INVITED,
    Reason.CAME_BACK,
    Reason.REVOKED,
)


@dataclass(frozen=True)
class Verdict:
    """One person of the segment: a recipient if `reason` is empty."""

    person: int
    name: str
    address: str
    language: str
    reason: str = ""
    note: str = ""


@dataclass
class Exclusion:
    """How many are left out for one reason, with the names of the first of them."""

    reason: str
    label: str
    count: int = 0
    people: list[Verdict] = field(default_factory=list)


@dataclass
class Audience:
    """The whole segment, counted. `total` is `recipients` plus every exclusion."""

    total: int = 0
    recipients: int = 0
    languages: Counter = field(default_factory=Counter)
    exclusions: list[Exclusion] = field(default_factory=list)

    @property
    def excluded(self) -> int:
        """How many people of the segment receive nothing."""
        return self.total - self.recipients


def people(mailing: Mailing, *, at: datetime) -> QuerySet[Person]:
    """Return the people of the mailing's segment.

    Of a follow-up, those of the earlier one; of a reminder, those whom the invitation reached.
    """
    if mailing.reminds_id:
        return Person.objects.filter(
            deliveries__mailing=mailing.reminds_id,
            deliveries__state__in=[Delivery.State.ACCEPTED, Delivery.State.DELIVERED],
            merged_into=None,
        )
    if mailing.follows_id:
        return Person.objects.filter(deliveries__mailing=mailing.follows_id, merged_into=None)
    if mailing.segment is None:
        return Person.objects.none()
    return segments.people_in(mailing.segment, at=at)


def classify(mailing: Mailing, *, at: datetime) -> Iterator[Verdict]:
    """Yield every person of the segment once, in a stable order, with the verdict."""
    languages = set(mailing.languages()) or {mailing.default_language}
    rows = (
        people(mailing, at=at)
        .order_by("pk")
        .values_list("pk", "display_name", "language")
        .distinct()
        .iterator(chunk_size=CHUNK)
    )
    holders: dict[str, str] = {}
    while chunk := list(islice(rows, CHUNK)):
        ids = [pk for pk, _, _ in chunk]
        addresses = _addresses(ids)
        refusals = _refusals(mailing, ids, at=at)
        suppressed = Suppression.objects.covering(
            [address for address, _ in addresses.values() if address]
        )
        for pk, name, own_language in chunk:
            address, problem = addresses.get(pk, ("", "no_address"))
            verdict = _verdict(
                pk, name, address, problem, refusals.get(pk, ""), suppressed, holders
            )
            yield Verdict(
                person=pk,
                name=name,
                address=address,
                language=language_for(own_language, languages, mailing.default_language),
                reason=verdict[0],
                note=verdict[1],
            )


def count(mailing: Mailing, *, at: datetime, visible: QuerySet[Person] | None = None) -> Audience:
    """Count the audience. Names are kept of people in `visible` only (None: of everybody)."""
    audience = Audience()
    by_reason = {
        reason: Exclusion(reason=reason.value, label=str(reason.label)) for reason in ORDER
    }
    for verdict in classify(mailing, at=at):
        audience.total += 1
        if not verdict.reason:
            audience.recipients += 1
            audience.languages[verdict.language] += 1
            continue
        exclusion = by_reason[Reason(verdict.reason)]
        exclusion.count += 1
        if len(exclusion.people) < NAMES_SHOWN:
            exclusion.people.append(verdict)
    audience.exclusions = [each for each in by_reason.values() if each.count]
    if visible is not None:
        _hide_names(audience, visible)
    return audience


def leavers(mailing: Mailing, deliveries: Iterable[Delivery], *, at: datetime) -> dict[int, str]:
    """Return those of `deliveries` that must not be sent after all, by id, with a sentence.

    Asked again just before a batch is handed over: people leave while a mailing runs.
    """
    deliveries = list(deliveries)
    refusals = _refusals(mailing, [each.person_id for each in deliveries if each.person_id], at=at)
    suppressed = Suppression.objects.covering([each.address for each in deliveries])
    found: dict[int, str] = {}
    for each in deliveries:
        if each.person_id is None:
            found[each.pk] = "no longer in the registry"
        elif refusals.get(each.person_id) in (Reason.NO_CONSENT, Reason.UNSUBSCRIBED):
            found[each.pk] = "unsubscribed before this batch"
        elif each.address in suppressed:
            found[each.pk] = "address suppressed before this batch"
        elif refusals.get(each.person_id) == Reason.FREQUENCY:
            found[each.pk] = "reached the weekly limit before this batch"
        elif refusals.get(each.person_id) in invitations.REASONS:
            found[each.pk] = f"{Reason(refusals[each.person_id]).label} before this batch"
    return found


def language_for(own: str, offered: set[str], default: str) -> str:
    """Return the language of a person's copy: the own one, its base language, or the default."""
    own = (own or "").lower()
    if own in offered:
        return own
    base = own.partition("-")[0]
    return base if base in offered else default


def _verdict(pk, name, address, problem, refusal, suppressed, holders) -> tuple[str, str]:
    if refusal in (Reason.NO_CONSENT, Reason.UNSUBSCRIBED):
        return refusal, ""
    if address in suppressed:
        return Reason.SUPPRESSED, ""
    if problem:
        return Reason.INVALID, problem
    if address in holders:
        return Reason.SAME_ADDRESS, holders[address]
    holders[address] = name
    return (refusal, "") if refusal else ("", "")


def _addresses(ids: list[int]) -> dict[int, tuple[str, str]]:
    """Return (address, what is wrong with it) of each person that has any address."""
    found: dict[int, tuple[str, str]] = {}
    rows = (
        EmailAddress.objects.filter(person__in=ids)
        .order_by("person", "-is_primary", "pk")
        .values_list("person", "normalised", "status")
    )
    for person, address, status in rows:
        held = found.get(person)
        if status == EmailAddress.Status.ACTIVE:
            if held is None or held[1]:
                found[person] = (address, _problem(address))
        elif held is None:
            found[person] = (address, str(EmailAddress.Status(status).label))
    return found


def _problem(address: str) -> str:
    try:
        validate_email(address)
    except ValidationError:
        return "not an e-mail address"
    return ""


def _refusals(mailing: Mailing, ids: list[int], *, at: datetime) -> dict[int, str]:
    """Return the people who may not be written to, with the reason, whatever their address."""
    rows = (
        Consent.objects.filter(person__in=ids, purpose=mailing.purpose, channel="email")
        .order_by("at", "pk")
        .values_list("person", "state")
    )
    last = dict(rows)  # the last statement of each person stays
    refusals: dict[int, str] = {}
    for pk in ids:
        state = last.get(pk)
        if state is None:
            refusals[pk] = Reason.NO_CONSENT
        elif state != Consent.State.GIVEN:
            refusals[pk] = Reason.UNSUBSCRIBED
    if mailing.wave_id:
        for pk, reason in invitations.refusals(mailing, ids).items():
            refusals.setdefault(pk, reason)
    for pk in _reached_limit(mailing, ids, at=at):
        refusals.setdefault(pk, Reason.FREQUENCY)
    if mailing.follows_id:
        earlier = Delivery.objects.filter(mailing=mailing.follows_id, person__in=ids)
        reached = earlier.exclude(
            state__in=[Delivery.State.FAILED, Delivery.State.REJECTED, Delivery.State.CANCELLED]
        )
        for pk in reached.values_list("person", flat=True):
            refusals.setdefault(pk, Reason.ALREADY)
    return refusals


def _reached_limit(mailing: Mailing, ids: list[int], *, at: datetime) -> list[int]:
    limit = settings.MAILINGS_PER_WEEK
    if not limit:
        return []
    recent = (
        Delivery.objects.filter(person__in=ids, accepted_at__gt=at - WEEK, accepted_at__lte=at)
        .exclude(mailing=mailing.pk)
        .values("person")
        .annotate(received=Count("pk"))
        .filter(received__gte=limit)
    )
    return [row["person"] for row in recent]


def _hide_names(audience: Audience, visible: QuerySet[Person]) -> None:
    ids = {each.person for exclusion in audience.exclusions for each in exclusion.people}
    allowed = set(visible.filter(pk__in=ids).values_list("pk", flat=True))
    for exclusion in audience.exclusions:
        exclusion.people = [each for each in exclusion.people if each.person in allowed]
