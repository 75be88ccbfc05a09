"""What each notice says: one text, shown as plain text and as HTML by the same two templates.

A letter about something undecided never says that it succeeded.
"""

from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from engagement.models import Comment, Notice, Registration

Kind = Notice.Kind
State = Registration.State

# A notice that waited while its registration moved on would say something untrue.
STILL_TRUE = {
    Kind.CONFIRM_ADDRESS: {State.PENDING},
    Kind.RECEIVED: {State.PENDING},
    Kind.WAITLISTED: {State.WAITLISTED},
    Kind.OFFERED: {State.OFFERED},
    Kind.CONFIRMED: {State.CONFIRMED, State.ATTENDED},
    Kind.CHANGED: {State.CONFIRMED, State.OFFERED, State.WAITLISTED},
    Kind.REMINDER: {State.CONFIRMED},
}


@dataclass
class Letter:
    """A mail before it is drawn. `calendar` is the method of the file to attach, if any."""

    subject: str
    paragraphs: list[str]
    facts: list[tuple[str, str]] = field(default_factory=list)
    action: tuple[str, str] | None = None
    closing: list[str] = field(default_factory=list)
    calendar: str = ""


def address(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def about_registration(notice: Notice) -> Letter | None:
    """The letter for a notice about a registration, or None when it is no longer true."""
    registration = notice.registration
    states = STILL_TRUE.get(notice.kind)
    if states is not None and registration.state not in states:
        return None
    letter = _WRITERS[notice.kind](registration, notice)
    letter.facts = [*_event_facts(registration), *letter.facts]
    return letter


def _event_facts(registration: Registration) -> list[tuple[str, str]]:
    event = registration.event
    facts = [(_("Event"), event.title)]
    facts += [(_("When"), line) for line in event.when(registration.reader_zone)]
    if registration.mode == event.Mode.ONSITE:
        facts.append((_("Where"), event.venue or _("The place will be announced.")))
    else:
        facts.append((_("Where"), _("Online")))
    return facts


def _own_page(registration: Registration, label: str) -> tuple[str, str]:
    return label, address(registration.get_absolute_url())


def _confirm_address(registration: Registration, notice: Notice) -> Letter:
    path = reverse("engagement:registration-confirm", args=[registration.token])
    return Letter(
        _("Please confirm your e-mail address: %(event)s") % {"event": registration.event.title},
        [
            _(
                "Somebody asked for a place at this consultation with your e-mail address. No "
                "place is held yet: open the page below and press the button to go on."
            )
        ],
        action=(_("Confirm my e-mail address"), address(path)),
        closing=[_("If it was not you, ignore this message. Nothing happens then.")],
    )


def _already_registered(registration: Registration, notice: Notice) -> Letter:
    return Letter(
        _("You have a registration already: %(event)s") % {"event": registration.event.title},
        [
            _(
                "Somebody asked for a place at this consultation with your e-mail address. You "
                "have a registration already, so nothing was changed. Its page shows where it "
                "stands."
            )
        ],
        action=_own_page(registration, _("Open my registration")),
    )


def _received(registration: Registration, notice: Notice) -> Letter:
    return Letter(
        _("Your request is with the organisers: %(event)s") % {"event": registration.event.title},
        [
            _(
                "Your e-mail address is confirmed. The organisers approve each registration of "
                "this consultation; yours has not been decided yet and no place is held. You "
                "will have an answer by mail."
            )
        ],
        action=_own_page(registration, _("See where it stands")),
    )


def _waitlisted(registration: Registration, notice: Notice) -> Letter:
    return Letter(
        _("You are on the waiting list: %(event)s") % {"event": registration.event.title},
        [
            _(
                "All seats are taken at present. You are number %(place)s on the waiting list. "
                "When a seat becomes free and it is your turn, we write to you with a deadline "
                "to accept it."
            )
            % {"place": registration.queue_place()}
        ],
        action=_own_page(registration, _("Open my registration")),
    )


def _offered(registration: Registration, notice: Notice) -> Letter:
    return Letter(
        _("A seat is free for you until the deadline: %(event)s")
        % {"event": registration.event.title},
        [
            _(
                "A seat has become free and it is your turn. It is kept for you until the "
                "deadline below; then it goes to the next person on the list."
            )
        ],
        facts=[(_("Deadline"), registration.offer_deadline)],
        action=_own_page(registration, _("Accept or decline the seat")),
    )


def _confirmed(registration: Registration, notice: Notice) -> Letter:
    return Letter(
        _("Your place is confirmed: %(event)s") % {"event": registration.event.title},
        [
            _(
                "We look forward to hearing from you. The calendar file is attached. If you "
                "cannot come, please cancel on the page below, so that somebody else can."
            )
        ],
        facts=[(_("We promise"), str(registration.event.promise))],
        action=_own_page(registration, _("Open my registration")),
        calendar="REQUEST",
    )


def _cancelled(registration: Registration, notice: Notice) -> Letter:
    if registration.ended == Registration.Ended.STAFF:
        text = _("The organisers cancelled your registration for this consultation.")
    elif registration.ended == Registration.Ended.DECLINED:
        text = _("You declined the seat. It goes to the next person on the waiting list.")
    else:
        text = _("You cancelled your registration. If you held a seat, it goes to somebody else.")
    return Letter(
        _("Registration cancelled: %(event)s") % {"event": registration.event.title},
        [text],
        facts=_reason(notice),
        calendar="CANCEL",
    )


def _offer_expired(registration: Registration, notice: Notice) -> Letter:
    text = _("The deadline to accept the seat has passed, so it went to the next person.")
    if registration.state == State.WAITLISTED:
        text += " " + _("You are on the waiting list again, at its end.")
    return Letter(
        _("The offered seat has expired: %(event)s") % {"event": registration.event.title}, [text]
    )


def _rejected(registration: Registration, notice: Notice) -> Letter:
    return Letter(
        _("Your registration could not be accepted: %(event)s")
        % {"event": registration.event.title},
        [_("The organisers could not give you a place at this consultation.")],
        facts=_reason(notice),
    )


def _changed(registration: Registration, notice: Notice) -> Letter:
    holds_place = registration.state == State.CONFIRMED
    paragraphs = [_("Time, place or title of this consultation have changed. It is now as below.")]
    if holds_place:
        paragraphs.append(
            _("Your place stays yours. The attached file moves the entry in your calendar.")
        )
    return Letter(
        _("Changed: %(event)s") % {"event": registration.event.title},
        paragraphs,
        action=_own_page(registration, _("Open my registration")),
        calendar="REQUEST" if holds_place else "",
    )


def _called_off(registration: Registration, notice: Notice) -> Letter:
    return Letter(
        _("Called off: %(event)s") % {"event": registration.event.title},
        [_("This consultation will not take place. Your registration has ended.")],
        facts=_reason(notice),
        calendar="CANCEL",
    )


def _reminder(registration: Registration, notice: Notice) -> Letter:
    return Letter(
        _("Soon: %(event)s") % {"event": registration.event.title},
        [
            _(
                "You have a confirmed place at this consultation. If you cannot come, please "
                "cancel on the page below, so that somebody from the waiting list can."
            )
        ],
        action=_own_page(registration, _("Open my registration")),
    )


def _reason(notice: Notice) -> list[tuple[str, str]]:
    return [(_("Reason"), notice.reason)] if notice.reason else []


_WRITERS = {
    Kind.CONFIRM_ADDRESS: _confirm_address,
    Kind.ALREADY_REGISTERED: _already_registered,
    Kind.RECEIVED: _received,
    Kind.WAITLISTED: _waitlisted,
    Kind.OFFERED: _offered,
    Kind.CONFIRMED: _confirmed,
    Kind.CANCELLED: _cancelled,
    Kind.OFFER_EXPIRED: _offer_expired,
    Kind.REJECTED: _rejected,
    Kind.CHANGED: _changed,
    Kind.CALLED_OFF: _called_off,
    Kind.REMINDER: _reminder,
}


def about_comment(notice: Notice) -> Letter | None:
    """The letter for a notice about a comment, or None when it is no longer true."""
    comment: Comment = notice.comment
    draft = comment.text.version.draft
    facts = [
        (_("Draft"), draft.title),
        (_("Measure"), comment.text.provision.code),
        (_("Your comment"), comment.body),
    ]
    if notice.kind == Kind.COMMENT_CONFIRM:
        if comment.state != Comment.State.UNCONFIRMED:
            return None
        return Letter(
            _("Please confirm your comment: %(draft)s") % {"draft": draft.title},
            [
                _(
                    "Somebody made a comment with your e-mail address. It is not published yet: "
                    "open the page below and press the button to go on."
                )
            ],
            facts=facts,
            action=(_("Confirm my comment"), address(comment.get_absolute_url())),
            closing=[_("If it was not you, ignore this message. Nothing happens then.")],
        )
    if notice.kind == Kind.COMMENT_RECEIVED:
        return Letter(
            _("We have your comment: %(draft)s") % {"draft": draft.title},
            [_("Every comment gets a published answer. You will have it by mail too.")],
            facts=facts,
            action=(_("See my comment"), address(comment.get_absolute_url())),
        )
    disposition = getattr(comment, "disposition", None)
    if disposition is None:
        return None
    facts += [
        (_("Answer"), disposition.get_outcome_display()),
        (_("Reason"), disposition.reason),
    ]
    if disposition.resulting_text:
        facts.append((_("Resulting text"), disposition.resulting_text))
    return Letter(
        _("Your comment was answered: %(draft)s") % {"draft": draft.title},
        [_("This is the answer to what you said. It is published beside your comment.")],
        facts=facts,
        action=(_("See it on the site"), address(comment.text.provision.get_absolute_url())),
    )
