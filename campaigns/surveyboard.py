"""How the invitations of a wave stand: counts, response rate, and who is where."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from campaigns.models import Mailing
from engagement.models import Consent, EmailAddress, Person, Segment
from engagement.registry import segments
from surveys.models import SurveyInvitation, Wave
from surveys.stats.response_rates import Dispositions, response_rates

State = SurveyInvitation.State


@dataclass(frozen=True)
class Tile:
    """One number of the board. `state` filters the list below it; empty where it is a sum."""

    label: str
    count: int
    state: str = ""
    help: str = ""


@dataclass(frozen=True)
class Board:
    """Counts of the invitations a user may see. `rate` and `rate_with_partials` are percents of
    the invitations whose letter left (AAPOR RR1 and RR2), None without any."""

    tiles: list[Tile]
    fielded: int
    rate: float | None
    rate_with_partials: float | None


def board(wave: Wave, invitations: QuerySet[SurveyInvitation]) -> Board:
    """Count `invitations` of `wave`.

    Dispositions: answered is complete; begun is partial (confidential waves only); sent, opened or
    taken back is non-contact; a letter that came back leaves open whether anybody was there. Who
    was never written to is not a case yet.
    """
    counts = invitations.counts()
    anonymous = wave.is_anonymous
    cases = Dispositions(
        complete=counts.get(State.USED, 0),
        partial=counts.get(State.STARTED, 0),
        non_contact=counts.get(State.SENT, 0)
        + counts.get(State.OPENED, 0)
        + counts.get(State.REVOKED, 0),
        unknown_other=counts.get(State.BOUNCED, 0),
    )
    rates = response_rates(cases)
    tiles = [
        Tile(_("Invited"), sum(counts.values())),
        Tile(_("Not sent yet"), counts.get(State.CREATED, 0), State.CREATED),
        Tile(
            _("Sent, no answer yet"),
            counts.get(State.SENT, 0),
            State.SENT,
            _("or begun: an anonymous survey does not know") if anonymous else "",
        ),
    ]
    if not anonymous:
        tiles += [
            Tile(
                _("Opened"),
                counts.get(State.OPENED, 0),
                State.OPENED,
                _("may include mail scanners"),
            ),
            Tile(_("Begun"), counts.get(State.STARTED, 0), State.STARTED),
        ]
    tiles += [
        Tile(_("Answered"), counts.get(State.USED, 0), State.USED),
        Tile(_("Came back"), counts.get(State.BOUNCED, 0), State.BOUNCED),
        Tile(_("Taken back"), counts.get(State.REVOKED, 0), State.REVOKED),
    ]
    return Board(
        tiles=tiles,
        fielded=sum(counts.values()) - counts.get(State.CREATED, 0),
        rate=_percent(rates.rr1),
        rate_with_partials=None if anonymous else _percent(rates.rr2),
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def rows(wave: Wave, user, *, state: str = "", query: str = "") -> QuerySet[SurveyInvitation]:
    """The invitations of `wave` that `user` may see, by name; filtered by state and name."""
    found = (
        SurveyInvitation.objects.visible_to(user)
        .filter(wave=wave)
        .select_related("person__area", "wave")
        .order_by("person__display_name", "pk")
    )
    if state in State.values:
        found = found.filter(state=state)
    if query:
        people = Person.objects.named(query).order_by().values("pk")
        found = found.filter(person__in=people)
    return found


def letters(wave: Wave) -> list[Mailing]:
    """The wave's invitations with their reminders, oldest first, each after what it reminds of."""
    mailings = list(
        wave.mailings.select_related("segment", "reminds", "approver").order_by("created_at", "pk")
    )
    found = []
    for mailing in mailings:
        if mailing.reminds_id is None:
            found.append(mailing)
            found += [each for each in mailings if each.reminds_id == mailing.pk]
    return found


def without_mail(wave: Wave, segment: Segment, *, at: datetime) -> QuerySet[Person]:
    """The people of a segment whom only an interviewer or a printed link can reach.

    They have no address that works and did not withdraw from surveys, and have no invitation yet.
    """
    reachable = EmailAddress.objects.filter(status=EmailAddress.Status.ACTIVE).values("person")
    left = (
        Consent.objects.filter(purpose="surveys")
        .latest_per_person()
        .filter(state=Consent.State.WITHDRAWN)
        .values("person")
    )
    invited = wave.invitations.filter(person__isnull=False).values("person")
    inside = segments.people_in(segment, at=at).values("pk")
    return Person.objects.filter(pk__in=inside).exclude(
        Q(pk__in=reachable) | Q(pk__in=left) | Q(pk__in=invited)
    )
