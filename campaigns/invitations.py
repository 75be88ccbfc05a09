"""What a mailing has to do with a survey's invitations: who is asked, the links, the states.

`surveys` keeps the invitations and knows nothing of mail. Here the two meet: a frozen list makes
invitations, a batch that is rendered gets their links, and what becomes of the letters is told.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from campaigns.errors import CampaignsError
from campaigns.models import Batch, Delivery, Mailing
from surveys import services as survey_services
from surveys.errors import SurveyError
from surveys.models import SurveyInvitation
from surveys.protection import links

State = SurveyInvitation.State
Reason = Delivery.Reason
REASONS = frozenset(
    {Reason.ANSWERED, Reason.INVITED, Reason.NOT_INVITED, Reason.CAME_BACK, Reason.REVOKED}
)
ON_ITS_WAY = (
    Delivery.State.PLANNED,
    Delivery.State.SUBMITTING,
    Delivery.State.ACCEPTED,
    Delivery.State.DELIVERED,
)
REACHED = (State.SENT, State.OPENED, State.STARTED)


def refusals(mailing: Mailing, people: Collection[int]) -> dict[int, str]:
    """Return who must not get this mailing because of the survey, with the reason, by person."""
    states = dict(
        SurveyInvitation.objects.filter(wave=mailing.wave_id, person__in=people).values_list(
            "person", "state"
        )
    )
    if mailing.reminds_id:
        return {
            person: _why_not_reminded(states.get(person, ""))
            for person in people
            if states.get(person) not in REACHED
        }
    found = {
        person: str(_WHY_NOT_INVITED[state])
        for person, state in states.items()
        if state in _WHY_NOT_INVITED
    }
    elsewhere = Delivery.objects.filter(
        mailing__wave=mailing.wave_id,
        mailing__reminds=None,
        person__in=people,
        state__in=ON_ITS_WAY,
        bounced_hard_at=None,
        blocked_at=None,
    ).exclude(mailing=mailing.pk)
    for person in elsewhere.values_list("person", flat=True):
        found.setdefault(person, Reason.INVITED)
    return found


_WHY_NOT_INVITED = {
    State.USED: Reason.ANSWERED,
    State.REVOKED: Reason.REVOKED,
    State.SENT: Reason.INVITED,
    State.OPENED: Reason.INVITED,
    State.STARTED: Reason.INVITED,
}


def _why_not_reminded(state: str) -> str:
    words = {
        State.USED: Reason.ANSWERED,
        State.REVOKED: Reason.REVOKED,
        State.BOUNCED: Reason.CAME_BACK,
    }
    return str(words.get(state, Reason.NOT_INVITED))


def make(mailing: Mailing, people: Iterable[tuple[int, str]]) -> None:
    """Make the invitations of (person, language) that a frozen list needs; repeating is harmless."""
    if mailing.wave_id and not mailing.reminds_id:
        survey_services.invite(
            wave=mailing.wave, people=people, origin=str(mailing.segment or mailing.title)
        )


def links_for(mailing: Mailing, people: Collection[int]) -> dict[int, str]:
    """Return each person's own link. Nothing for a mailing that invites to no survey.

    Raises CampaignsError when the server's key is not the one the links were made with.
    """
    if not mailing.wave_id:
        return {}
    rows = SurveyInvitation.objects.filter(wave=mailing.wave_id, person__in=people)
    try:
        found = {row.person_id: links.address(links.secret_of(row)) for row in rows}
    except SurveyError as error:
        raise CampaignsError(str(error)) from error
    if missing := set(people) - set(found):
        raise CampaignsError(
            _(
                "%(count)d people of this batch have no invitation to “%(wave)s”. Cancel the mailing."
            )
            % {"count": len(missing), "wave": mailing.wave}
        )
    return found


def shown_link(delivery: Delivery) -> str:
    """Return the link for a copy shown in the browser.

    The address of that page stands in the database, so in an anonymous wave it must not lead to
    anybody's link: the page of the survey says that the letter has it.
    """
    mailing = delivery.mailing
    if not mailing.wave_id:
        return ""
    invitation = SurveyInvitation.objects.filter(
        wave=mailing.wave_id, person=delivery.person_id, person__isnull=False
    ).first()
    if mailing.wave.is_anonymous or invitation is None:
        from campaigns.rendering import absolute

        return absolute(mailing.wave.get_absolute_url())
    try:
        return links.address(links.secret_of(invitation))
    except SurveyError as error:
        raise CampaignsError(str(error)) from error


def follow(batch_id: int) -> None:
    """Tell the invitations of a batch what became of the letters, from the deliveries as they are.

    Of each person's letters to the wave the last one decides, so it does not matter in which
    order facts arrive or how often this is done.
    """
    batch = Batch.objects.select_related("mailing__wave").get(pk=batch_id)
    if not batch.mailing.wave_id:
        return
    wave = batch.mailing.wave
    people = Delivery.objects.filter(batch=batch_id, person__isnull=False).values("person")
    rows = (
        Delivery.objects.filter(mailing__wave=wave, person__in=people)
        .exclude(state__in=[Delivery.State.SKIPPED, Delivery.State.CANCELLED])
        .order_by("pk")
    )
    sent: dict[int, datetime] = {}
    came_back: set[int] = set()
    for row in rows:
        if row.bounced_hard_at or row.blocked_at or row.state == Delivery.State.REJECTED:
            came_back.add(row.person_id)
            sent.pop(row.person_id, None)
        elif row.accepted_at:
            came_back.discard(row.person_id)
            sent[row.person_id] = row.accepted_at
    survey_services.note_letters(wave=wave, sent=sent, bounced=came_back)
