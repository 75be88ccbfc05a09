"""Everything that changes a mailing or a person's wish about mail. Time is passed in as `at`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import rendering
from campaigns.counts import recount
from campaigns.engine.closing import cancel_rest
from campaigns.errors import NotReady, OwnApproval, WrongState
from campaigns.models import Delivery, Link, LinkClick, Mailing, MailingContent
from campaigns.preflight import blocking, preflight
from engagement.models import EmailAddress, Person
from engagement.services import give_consent, withdraw_consent
from indicators.wakeups import wake

State = Mailing.State
MACHINE_SECONDS = 10
MACHINE_AGENTS = (
    "bot",
    "crawler",
    "spider",
    "scan",
    "preview",
    "proofpoint",
    "mimecast",
    "barracuda",
)
WORDING_VERSION = "preferences-2026-11"


# --- the way of a mailing -------------------------------------------------------------------


def changed(*, mailing: Mailing, by, at: datetime) -> None:
    """Note that somebody changed the content or the audience; an approval no longer holds."""
    if mailing.state not in Mailing.EDITABLE:
        raise WrongState(
            _("“%(title)s” is %(state)s and can no longer be changed.")
            % {"title": mailing.title, "state": mailing.get_state_display()}
        )
    if mailing.state in (State.APPROVED, State.REVIEWING):
        with transaction.atomic():
            mailing.change_state(
                into=State.DRAFTING,
                at=at,
                by=by,
                reason=_("It was changed; an approval is needed again."),
                approver=None,
                approved_at=None,
                approved_digest="",
            )


def ask_for_approval(*, mailing: Mailing, by, at: datetime) -> None:
    """Hand a finished text to an approver. Raises NotReady while the preflight has red lines."""
    _require_ready(mailing, at=at)
    _move(mailing, State.REVIEWING, [State.DRAFTING], at=at, by=by)


def approve(*, mailing: Mailing, by, at: datetime) -> None:
    """Approve exactly the present text, audience and sender.

    Raises OwnApproval when the approver wrote or changed it and a second person is required.
    """
    if settings.MAILING_NEEDS_SECOND_PERSON and wrote(mailing, by):
        raise OwnApproval(_("You wrote or changed this mailing. Somebody else must approve it."))
    _require_ready(mailing, at=at)
    _move(
        mailing,
        State.APPROVED,
        [State.REVIEWING, State.DRAFTING],
        at=at,
        by=by,
        approver=by,
        approved_at=at,
        approved_digest=mailing.digest(),
    )


def send_back(*, mailing: Mailing, by, reason: str, at: datetime) -> None:
    """Return a mailing to its author with a reason."""
    _move(
        mailing,
        State.DRAFTING,
        [State.REVIEWING, State.APPROVED],
        at=at,
        by=by,
        reason=reason,
        approver=None,
        approved_at=None,
        approved_digest="",
    )


def start(*, mailing: Mailing, by, at: datetime) -> None:
    """Send now. Pressed twice, or by two officers at once, it starts one mailing.

    Where no second person is needed, a draft is approved by the sender in the same step.
    """
    if not settings.MAILING_NEEDS_SECOND_PERSON and mailing.state in (
        State.DRAFTING,
        State.REVIEWING,
    ):
        approve(mailing=mailing, by=by, at=at)
    _require_ready(mailing, at=at)
    _require_approved_text(mailing)
    _move(
        mailing,
        State.PREPARING,
        [State.APPROVED, State.SCHEDULED, State.MISSED],
        at=at,
        by=by,
        started_at=at,
        segment_definition=mailing.segment.definition if mailing.segment else {},
    )
    wake("campaigns.tick")


def schedule(*, mailing: Mailing, by, when: datetime, at: datetime) -> None:
    """Send at `when`, which must lie in the future."""
    if when <= at:
        raise WrongState(_("That time has passed. Choose a later one or send now."))
    if not settings.MAILING_NEEDS_SECOND_PERSON and mailing.state in (
        State.DRAFTING,
        State.REVIEWING,
    ):
        approve(mailing=mailing, by=by, at=at)
    _require_ready(mailing, at=at)
    _require_approved_text(mailing)
    _move(
        mailing,
        State.SCHEDULED,
        [State.APPROVED, State.MISSED, State.SCHEDULED],
        at=at,
        by=by,
        scheduled_at=when,
    )


def unschedule(*, mailing: Mailing, by, at: datetime) -> None:
    """Take a scheduled mailing off the clock; it stays approved."""
    _move(mailing, State.APPROVED, [State.SCHEDULED], at=at, by=by, scheduled_at=None)


def pause(*, mailing: Mailing, by, at: datetime) -> None:
    """No new batch leaves from now on; what is being handed over is settled."""
    _move(mailing, State.PAUSED, [State.SENDING], at=at, by=by)


def resume(*, mailing: Mailing, by, at: datetime, reason: str = "") -> None:
    """Go on with the rest. A held mailing goes on only with a written reason."""
    if mailing.state == State.HELD and not reason.strip():
        raise WrongState(
            _("This mailing was held: %(why)s Write down why it may go on.")
            % {"why": mailing.state_reason}
        )
    _move(mailing, State.SENDING, [State.PAUSED, State.HELD], at=at, by=by, reason=reason.strip())
    wake("campaigns.tick")


def cancel(*, mailing: Mailing, by, at: datetime, reason: str = "") -> None:
    """End it for good: nobody else receives it; copies that left cannot be called back."""
    _move(
        mailing,
        State.CANCELLED,
        [*Mailing.STARTED, State.SCHEDULED, State.MISSED, *Mailing.EDITABLE],
        at=at,
        by=by,
        reason=reason,
        finished_at=at,
    )
    cancel_rest(mailing, at=at)


def follow_up(*, mailing: Mailing, by, at: datetime) -> Mailing:
    """Make a new mailing for those whom a finished one missed, with the same text."""
    if mailing.state not in Mailing.OVER:
        raise WrongState(_("Wait until the mailing is completed or cancelled."))
    with transaction.atomic():
        new = Mailing.objects.create(
            campaign=mailing.campaign,
            title=_("%(title)s (for those missed)") % {"title": mailing.title},
            segment=mailing.segment,
            purpose=mailing.purpose,
            default_language=mailing.default_language,
            sender_name=mailing.sender_name,
            reply_to=mailing.reply_to,
            tracks_links=mailing.tracks_links,
            wave=mailing.wave,
            reminds=mailing.reminds,
            follows=mailing,
            author=by,
            is_demonstration=mailing.is_demonstration,
        )
        for content in mailing.contents.all():
            MailingContent.objects.create(
                mailing=new,
                language=content.language,
                subject=content.subject,
                preheader=content.preheader,
                body=content.body,
            )
    return new


def send_test(
    *, mailing: Mailing, person: Person | None, address: str, languages: Sequence[str]
) -> int:
    """Send `person`'s copies to a colleague's address. Their links are marked and do nothing."""
    sent = 0
    for content in mailing.contents.all():
        if content.language not in languages:
            continue
        copy = rendering.preview_for(mailing, content, person)
        email = EmailMultiAlternatives(
            subject=_("[Test] %(subject)s") % {"subject": copy.subject},
            body=copy.text,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[address],
        )
        email.attach_alternative(copy.html, "text/html")
        sent += email.send()
    return sent


# --- what a recipient asks for ---------------------------------------------------------------


@dataclass(frozen=True)
class Left:
    """Whose consent was withdrawn: everybody who has that address."""

    people: int


def unsubscribe(*, delivery: Delivery, evidence: str, at: datetime, reason: str = "") -> Left:
    """Withdraw consent for the mailing's purpose. Repeating it changes nothing.

    Whoever reads the mailbox may speak for the address, so it holds for every person in the
    registry who has it; otherwise the next mailing would reach the same mailbox by another name.
    """
    purpose = delivery.mailing.purpose
    sentence = f"{evidence}; mailing {delivery.mailing.token}"
    if reason:
        sentence += f"; reason given: {reason}"
    with transaction.atomic():
        people = _people_of(delivery)
        for person in people:
            withdraw_consent(person=person, purpose=purpose, evidence=sentence[:300], at=at)
        Delivery.objects.filter(pk=delivery.pk, unsubscribed_at=None).update(unsubscribed_at=at)
        if delivery.batch_id:
            recount(delivery.batch_id)
    return Left(people=len(people))


def set_preferences(
    *,
    delivery: Delivery,
    purposes: Sequence[str],
    language: str,
    wordings: dict[str, str],
    at: datetime,
) -> None:
    """Write down which purposes a person agrees to, as chosen on the preference page."""
    person = delivery.person
    if person is None:
        return
    evidence = f"preference page, opened from mailing {delivery.mailing.token}"
    with transaction.atomic():
        for purpose, wording in wordings.items():
            if purpose in purposes:
                give_consent(
                    person=person,
                    purpose=purpose,
                    channel="email",
                    wording_version=WORDING_VERSION,
                    wording=wording,
                    evidence=evidence,
                    at=at,
                )
            else:
                withdraw_consent(
                    person=person,
                    purpose=purpose,
                    wording_version=WORDING_VERSION,
                    wording=wording,
                    evidence=evidence,
                    at=at,
                )
        if language and language != person.language:
            person.language = language
            person.save(update_fields=["language"])
        if delivery.mailing.purpose not in purposes:
            Delivery.objects.filter(pk=delivery.pk, unsubscribed_at=None).update(unsubscribed_at=at)
            if delivery.batch_id:
                recount(delivery.batch_id)


def record_click(
    *, link: Link, delivery: Delivery, agent: str, is_head: bool, at: datetime
) -> None:
    """Keep that a link was followed: once per link and copy, people and machines apart."""
    machine = is_head or _looks_like_a_machine(delivery, agent, at=at)
    with transaction.atomic():
        _click, created = LinkClick.objects.get_or_create(
            link=link, delivery=delivery, is_machine=machine, defaults={"at": at}
        )
        if not created:
            return
        column = "machine_clicked_at" if machine else "clicked_at"
        Delivery.objects.filter(pk=delivery.pk, **{column: None}).update(**{column: at})
        if delivery.batch_id:
            recount(delivery.batch_id)


def _looks_like_a_machine(delivery: Delivery, agent: str, *, at: datetime) -> bool:
    arrived = delivery.delivered_at or delivery.accepted_at
    if arrived is None or (at - arrived).total_seconds() < MACHINE_SECONDS:
        return True
    agent = agent.lower()
    return not agent or any(word in agent for word in MACHINE_AGENTS)


def _people_of(delivery: Delivery) -> list[Person]:
    ids = set(
        EmailAddress.objects.filter(normalised=delivery.address).values_list("person", flat=True)
    )
    if delivery.person_id:
        ids.add(delivery.person_id)
    return list(Person.objects.filter(pk__in=ids))


def wrote(mailing: Mailing, by) -> bool:
    """Return whether `by` is the author or changed the mailing since."""
    if mailing.author_id == by.pk:
        return True
    return mailing.history.filter(history_user=by.pk).exists()


def _require_ready(mailing: Mailing, *, at: datetime) -> None:
    red = blocking(preflight(mailing, at=at))
    if red:
        raise NotReady(
            _("The mailing is not ready: %(why)s") % {"why": red[0].sentence}, tuple(red)
        )


def _require_approved_text(mailing: Mailing) -> None:
    if mailing.approved_digest != mailing.digest():
        raise WrongState(
            _("The text, the segment or the sender changed after the approval. Approve it again.")
        )


def _move(mailing: Mailing, into: str, sources, *, at: datetime, by, reason: str = "", **columns):
    with transaction.atomic():
        moved = mailing.change_state(
            into=into, only_from=sources, at=at, by=by, reason=reason, **columns
        )
    if not moved:
        mailing.refresh_from_db(fields=["state"])
        raise WrongState(
            _("“%(title)s” is %(state)s; that step is not possible now.")
            % {"title": mailing.title, "state": mailing.get_state_display()}
        )
