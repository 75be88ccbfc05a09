"""Letters that invite to a survey and remind of it: made with texts ready, changed, sent on time."""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from campaigns import services
from campaigns.errors import CampaignsError, WrongState
from campaigns.models import Campaign, Mailing, MailingContent
from engagement.models import Segment
from surveys import services as survey_services
from surveys.models import AuditEntry, Wave

MOST_REMINDERS = 3
LONGEST_WAIT = 90
# Alone in a paragraph it becomes the button.
LINK = "{survey_link}"
State = Mailing.State


@dataclass(frozen=True)
class Letter:
    """What a letter says in one language, as its author sees it: paragraphs between blank lines."""

    subject: str
    text: str
    button: str


@transaction.atomic
def prepare(
    *,
    wave: Wave,
    segment: Segment,
    by,
    at: datetime,
    remind_after: Iterable[int] = (),
    reply_to: str = "",
) -> Mailing:
    """Make the draft of an invitation to `wave` with a ready text in each of its languages.

    Reminders after so many days are drafted with it. Raises WrongState when the wave takes no
    invited people or is over.
    """
    if not wave.takes_invited:
        raise WrongState(
            _("“%(wave)s” does not take invited people. Allow it on the wave's page first.")
            % {"wave": wave}
        )
    if wave.state in (Wave.State.CLOSED, Wave.State.PUBLISHED, Wave.State.ARCHIVED):
        raise WrongState(
            _("“%(wave)s” is %(state)s: nobody could answer.")
            % {"wave": wave, "state": wave.get_state_display()}
        )
    mailing = Mailing.objects.create(
        campaign=_campaign_of(wave, by, at),
        title=_("Invitation: %(wave)s (%(segment)s)")[:190]
        % {"wave": str(wave)[:110], "segment": str(segment)[:60]},
        segment=segment,
        purpose="surveys",
        default_language=_default_language(wave),
        reply_to=reply_to or wave.contact,
        tracks_links=False,
        wave=wave,
        author=by,
        is_demonstration=wave.is_demonstration,
    )
    _write_defaults(mailing)
    for days in sorted(set(remind_after))[:MOST_REMINDERS]:
        add_reminder(invitation=mailing, by=by, after=days)
    survey_services.note(
        action=AuditEntry.Action.INVITED,
        at=at,
        by=by,
        wave=wave,
        words=_("Prepared an invitation for the segment “%(segment)s”.") % {"segment": segment},
        data={"mailing": mailing.token},
    )
    return mailing


@transaction.atomic
def add_reminder(*, invitation: Mailing, by, after: int | None = None) -> Mailing:
    """Make the draft of a reminder; with `after` it leaves by itself so many days later.

    Raises WrongState beyond the highest number of reminders, and for a reminder of a reminder.
    """
    if not invitation.wave_id or invitation.reminds_id:
        raise WrongState(_("Only an invitation to a survey can be followed by a reminder."))
    if after is not None and not 1 <= after <= LONGEST_WAIT:
        raise WrongState(
            _("A reminder leaves 1 to %(most)d days after the invitation.") % {"most": LONGEST_WAIT}
        )
    # Held, so that two presses at once are counted one after the other.
    Mailing.objects.select_for_update().get(pk=invitation.pk)
    present = invitation.reminders.exclude(state=State.CANCELLED).count()
    if present >= MOST_REMINDERS:
        raise WrongState(
            _("This invitation has %(count)d reminders; nobody is reminded more often.")
            % {"count": present}
        )
    number = present + 1
    reminder = Mailing.objects.create(
        campaign=invitation.campaign,
        title=_("Reminder %(number)d: %(wave)s")[:190]
        % {"number": number, "wave": str(invitation.wave)[:150]},
        segment=invitation.segment,
        purpose=invitation.purpose,
        default_language=invitation.default_language,
        sender_name=invitation.sender_name,
        reply_to=invitation.reply_to,
        tracks_links=False,
        wave=invitation.wave,
        reminds=invitation,
        remind_after=after,
        author=by,
        is_demonstration=invitation.is_demonstration,
    )
    _write_defaults(reminder)
    return reminder


@transaction.atomic
def write(*, mailing: Mailing, letters: Mapping[str, Letter], by, at: datetime) -> None:
    """Replace the texts of a letter. An approval no longer holds afterwards.

    Raises WrongState when it can no longer be changed.
    """
    services.changed(mailing=mailing, by=by, at=at)
    for language, letter in letters.items():
        content = mailing.contents.filter(language=language).first() or MailingContent(
            mailing=mailing, language=language
        )
        content.subject = letter.subject
        content.body = _blocks(letter, mailing.wave)
        content.save()


def schedule_reminders(*, at: datetime) -> int:
    """Put approved reminders on the clock once their invitation has begun to leave.

    Where no second person is asked for, whoever sent the invitation has approved its reminders.
    Returns how many were scheduled.
    """
    states = [State.APPROVED]
    if not settings.MAILING_NEEDS_SECOND_PERSON:
        states += [State.DRAFTING, State.REVIEWING]
    waiting = Mailing.objects.filter(
        state__in=states,
        remind_after__isnull=False,
        reminds__started_at__isnull=False,
        reminds__state__in=[State.SENDING, State.PAUSED, State.COMPLETED],
    ).select_related("reminds__approver", "wave")
    done = 0
    for reminder in waiting:
        try:
            if reminder.state != State.APPROVED:
                services.approve(mailing=reminder, by=reminder.reminds.approver, at=at)
        except CampaignsError:
            continue  # its page says what is missing
        with transaction.atomic():
            done += reminder.change_state(
                into=State.SCHEDULED,
                only_from=[State.APPROVED],
                at=at,
                reason=_("%(days)d days after the invitation.") % {"days": reminder.remind_after},
                scheduled_at=due_at(reminder),
            )
    return done


def due_at(reminder: Mailing) -> datetime | None:
    """When a planned reminder leaves; None before its invitation has left."""
    started = reminder.reminds.started_at if reminder.reminds else None
    if started is None or reminder.remind_after is None:
        return None
    return started + timedelta(days=reminder.remind_after)


def read(content: MailingContent, wave: Wave) -> Letter | None:
    """What a letter says, or None when it holds more than paragraphs and the survey's button."""
    paragraphs, button = [], ""
    for block in content.body:
        if block.block_type == "survey" and block.value.get("survey") == wave.slug and not button:
            button = block.value.get("label", "")
            paragraphs.append(LINK)
        elif block.block_type == "paragraph" and _is_plain(block.value.source):
            paragraphs.append(_plain(block.value.source))
        else:
            return None
    return Letter(subject=content.subject, text="\n\n".join(paragraphs), button=button)


def default_letter(wave: Wave, language: str, *, is_reminder: bool) -> Letter:
    """The ready text of an invitation or a reminder in one language."""
    title = wave.title_in(language).replace("{", "(").replace("}", ")")
    with translation.override(language):
        words = {"title": title}
        if is_reminder:
            subject = _("Reminder: %(title)s") % words
            opening = _(
                "Some days ago we invited you to the survey “%(title)s”. Your answer has not arrived "
                "yet. If you have just answered: thank you, and please forgive this letter."
            )
        else:
            subject = _("Your opinion is asked for: %(title)s") % words
            opening = _("We invite you to take part in the survey “%(title)s”.")
        paragraphs = [_("Dear {salutation},"), opening % words]
        if purpose := wave.purpose_in(language):
            paragraphs.append(purpose.replace("{", "(").replace("}", ")"))
        paragraphs.append(LINK)
        if wave.is_anonymous:
            paragraphs.append(
                _(
                    "Your answers are anonymous. Your link tells us only that it was used, and on "
                    "which day; nothing connects it with what you answer."
                )
            )
        else:
            paragraphs.append(
                _(
                    "Your answers are confidential: only the survey's own office can see who "
                    "answered what."
                )
            )
        paragraphs.append(
            _(
                "The link is for you alone and can be used once. You may stop and go on later with it."
            )
        )
        if wave.closes_at:
            day = date_format(wave.closes_at, "DATE_FORMAT")
            paragraphs.append(_("The survey is open until %(day)s.") % {"day": day})
        return Letter(
            subject=subject[:200], text="\n\n".join(paragraphs), button=_("Answer the survey")
        )


def languages_of(wave: Wave) -> list[str]:
    """The languages a letter to this wave is written in: those of the questionnaire we can write."""
    known = dict(settings.LANGUAGES)
    return [code for code in wave.questionnaire.definition.languages if code in known] or ["en"]


def _default_language(wave: Wave) -> str:
    own = wave.questionnaire.definition.default_language
    languages = languages_of(wave)
    return own if own in languages else languages[0]


def _write_defaults(mailing: Mailing) -> None:
    for language in languages_of(mailing.wave):
        letter = default_letter(mailing.wave, language, is_reminder=mailing.reminds_id is not None)
        MailingContent.objects.create(
            mailing=mailing,
            language=language,
            subject=letter.subject,
            body=_blocks(letter, mailing.wave),
        )


def _campaign_of(wave: Wave, by, at: datetime) -> Campaign:
    """The campaign this survey belongs to; one of its own where it belongs to none."""
    found = Campaign.objects.filter(surveys=wave.survey_id).order_by("-starts_on", "pk").first()
    if found is None:
        found, _made = Campaign.objects.get_or_create(
            slug=f"survey-{slugify(wave.survey.slug)}"[:80],
            defaults={
                "title": str(wave.survey.title)[:200],
                "starts_on": at.date(),
                "owner": by,
                "is_demonstration": wave.is_demonstration,
            },
        )
        found.surveys.add(wave.survey_id)
    return found


def _blocks(letter: Letter, wave: Wave) -> list[tuple]:
    blocks: list[tuple] = []
    for paragraph in re.split(r"\n\s*\n", letter.text.replace("\r\n", "\n").strip()):
        words = paragraph.strip()
        if words == LINK:
            blocks.append(("survey", {"survey": wave.slug, "label": letter.button}))
        elif words:
            lines = "<br/>".join(html.escape(line.strip()) for line in words.split("\n"))
            blocks.append(("paragraph", f"<p>{lines}</p>"))
    return blocks


def _is_plain(source: str) -> bool:
    return not re.search(r"<(?!/?(?:p|br)\b)", source)


def _plain(source: str) -> str:
    text = re.sub(r"<br\s*/?>", "\n", source)
    text = re.sub(r"</p>\s*<p[^>]*>", "\n\n", text)
    return html.unescape(re.sub(r"<[^>]+>", "", text)).strip()
