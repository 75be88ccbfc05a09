"""Inviting people, letting their links in, and what is known of each invitation.

Everything the post says about an invitation comes from `campaigns`, which carries the letters;
this module only keeps the states.
"""

import random
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from indicators.tokens import new_token
from surveys.errors import AlreadySubmitted, InvitationRefused, TransitionRefused
from surveys.models import PageKey, Response, SurveyInvitation, Wave
from surveys.protection import links
from surveys.services.receipts import hash_of

State = SurveyInvitation.State
STEP = 1_000


def invite(
    *,
    wave: Wave,
    people: Iterable[tuple[int, str]],
    origin: str = "",
    valid_until: datetime | None = None,
) -> int:
    """Make an invitation for each (person's id, language) who has none in this wave.

    Returns how many were made. Repeating it, or a process that died in between, changes nothing.
    The rows are written in random order, so that their numbers tell nothing about a list.
    """
    wanted = list(people)
    random.SystemRandom().shuffle(wanted)
    before = wave.invitations.count()
    for start in range(0, len(wanted), STEP):
        rows = []
        for person, language in wanted[start : start + STEP]:
            token = new_token()
            rows.append(
                SurveyInvitation(
                    wave=wave,
                    person_id=person,
                    token=token,
                    link_hash=links.hash_for(token),
                    language=language,
                    origin=origin[:200],
                    valid_until=valid_until,
                )
            )
        SurveyInvitation.objects.bulk_create(rows, ignore_conflicts=True)
    return wave.invitations.count() - before


def find_invitation(*, secret: str) -> SurveyInvitation | None:
    """The invitation that this secret opens, or None."""
    if not links.is_invited(secret):
        return None
    return (
        SurveyInvitation.objects.select_related("wave__questionnaire", "wave__survey")
        .filter(link_hash=links.link_hash(secret))
        .first()
    )


def admit(*, wave: Wave, secret: str, at: datetime) -> SurveyInvitation | None:
    """The invitation with which this respondent answers; None for open participation.

    Raises `AlreadySubmitted` for a used link and `InvitationRefused` for one that is expired,
    revoked or unknown, and for somebody without an invitation where one is needed.
    """
    if not links.is_invited(secret):
        if wave.takes_open_link:
            return None
        raise InvitationRefused(
            _("This survey is by invitation. Please open the link in your letter."), kind="needed"
        )
    found = wave.invitations.filter(link_hash=links.link_hash(secret)).first()
    if found is None:
        raise InvitationRefused(
            _("This link is not valid. Please check it, or use the one in your latest letter."),
            kind="unknown",
        )
    match found.standing(at=at):
        case State.USED:
            raise AlreadySubmitted(_("You have already answered."))
        case State.EXPIRED:
            raise InvitationRefused(
                _("The time in which this link could be used is over."), kind="expired"
            )
        case State.REVOKED:
            raise InvitationRefused(
                _("This link was taken back by the survey's office. Please use the latest one."),
                kind="revoked",
            )
    return found


def note_opened(*, wave: Wave, secret: str) -> None:
    """Keep that the link was opened; in an anonymous wave nothing is kept."""
    if wave.is_anonymous or not links.is_invited(secret):
        return
    wave.invitations.filter(
        link_hash=links.link_hash(secret), state__in=[State.CREATED, State.SENT, State.BOUNCED]
    ).update(state=State.OPENED)


def note_started(*, wave: Wave, invitation: SurveyInvitation) -> None:
    """Keep that answering began; in an anonymous wave nothing is kept."""
    if not wave.is_anonymous:
        SurveyInvitation.objects.filter(pk=invitation.pk, state__in=SurveyInvitation.USABLE).update(
            state=State.STARTED
        )


def use_invitation(*, invitation: SurveyInvitation, on: date) -> None:
    """Take an invited respondent's one chance, inside the transaction that hands in.

    Raises `AlreadySubmitted` when it was taken in the meantime: of two at once one succeeds. The
    transaction must then be given up.
    """
    taken = SurveyInvitation.objects.filter(
        pk=invitation.pk, state__in=SurveyInvitation.USABLE
    ).update(state=State.USED, used_on=on)
    if not taken:
        raise AlreadySubmitted(_("You have already answered."))


def use_page_key(*, wave: Wave, secret: str, on: date) -> None:
    """As `use_invitation` for everybody else: a key that the database keeps once."""
    try:
        PageKey.objects.create(key_hash=hash_of("page", wave, secret), used_on=on)
    except IntegrityError as error:
        raise AlreadySubmitted(_("You have already answered.")) from error


def note_letters(*, wave: Wave, sent: Mapping[int, datetime], bounced: Collection[int]) -> None:
    """Keep what became of the letters: by person, when it was accepted, and whose came back.

    Only an invitation that nobody has opened moves, so a late fact changes nothing else.
    """
    for moment in set(sent.values()):
        people = [person for person, when in sent.items() if when == moment]
        wave.invitations.filter(person__in=people, state__in=[State.CREATED, State.BOUNCED]).update(
            state=State.SENT, sent_at=moment
        )
    wave.invitations.filter(person__in=bounced, state__in=[State.CREATED, State.SENT]).update(
        state=State.BOUNCED
    )


def revoke(*, invitation: SurveyInvitation) -> None:
    """Make the link useless. Raises `TransitionRefused` for one that was used."""
    changed = SurveyInvitation.objects.filter(
        pk=invitation.pk, state__in=SurveyInvitation.USABLE
    ).update(state=State.REVOKED)
    if not changed:
        raise TransitionRefused(_("This link was used or taken back already."))


@transaction.atomic
def reissue(*, invitation: SurveyInvitation) -> None:
    """Give the invitation a new link; the old one opens nothing any more.

    In a confidential wave unfinished answers move to the new link. In an anonymous wave that one
    write would pair the person with them, so they stay behind and are not counted.

    Raises `TransitionRefused` for one that was used.
    """
    held = (
        SurveyInvitation.objects.select_for_update(of=("self",))
        .select_related("wave")
        .get(pk=invitation.pk)
    )
    if held.state == State.USED:
        raise TransitionRefused(_("This person has answered; there is nothing left to open."))
    before = links.secret_of(held) if _is_ours(held) else ""
    held.token = new_token()
    held.link_hash = links.hash_for(held.token)
    held.state, held.sent_at = State.CREATED, None
    held.save(update_fields=["token", "link_hash", "state", "sent_at"])
    if before and not held.wave.is_anonymous:
        Response.objects.started().filter(
            wave=held.wave, resume_hash=hash_of("resume", held.wave, before)
        ).update(resume_hash=hash_of("resume", held.wave, links.secret_of(held)))
    invitation.refresh_from_db()


def _is_ours(invitation: SurveyInvitation) -> bool:
    """Whether its link was made with the present key."""
    return links.hash_for(invitation.token) == invitation.link_hash
