"""What must be right before a mailing leaves: red stops it, amber is worth a look."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.utils.translation import gettext as _

from campaigns import audiences, rendering
from campaigns.errors import CampaignsError
from campaigns.mailhtml import gap
from campaigns.models import Mailing
from campaigns.transports import configured_transport
from campaigns.transports.messages import MAX_SUBJECT, split_sender
from surveys.models import Wave

Level = Literal["red", "amber", "green"]
LONG_SUBJECT = 70
GAP = re.compile("\ue000[^\ue001]*\ue001")


@dataclass(frozen=True)
class Finding:
    """One line of the list: what was looked at, what was found, what to do about it."""

    level: Level
    subject: str
    sentence: str
    remedy: str = ""

    @property
    def tone(self) -> str:
        """The badge's tone."""
        return {"red": "bad", "amber": "warn", "green": "good"}[self.level]

    @property
    def label(self) -> str:
        """The badge's word."""
        return {"red": _("stops sending"), "amber": _("look at this"), "green": _("good")}[
            self.level
        ]


def blocking(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings that stop sending."""
    return [finding for finding in findings if finding.level == "red"]


def preflight(
    mailing: Mailing, *, at: datetime, audience: audiences.Audience | None = None
) -> list[Finding]:
    """Look at everything; return the findings, red ones first."""
    findings = [
        *_contents(mailing),
        *_recipients(mailing, audience or audiences.count(mailing, at=at), at=at),
        *(_survey(mailing, at=at) if mailing.wave_id else ()),
        *_way_out(),
        *_addresses(mailing),
    ]
    return sorted(findings, key=lambda each: ("red", "amber", "green").index(each.level))


def _contents(mailing: Mailing) -> list[Finding]:
    contents = list(mailing.contents.all())
    if mailing.default_language not in {content.language for content in contents}:
        return [
            Finding(
                "red",
                _("Content"),
                _("There is no text in the language for everybody else (%(language)s).")
                % {"language": mailing.get_default_language_display()},
                _("Write it, or choose another language for everybody else."),
            )
        ]
    findings = []
    for content in contents:
        findings += _content(mailing, content)
    return findings


def _content(mailing: Mailing, content) -> list[Finding]:
    name = content.get_language_display()
    subject = _("Content: %(language)s") % {"language": name}
    try:
        compiled = rendering.compile_content(mailing, content, preview=True)
    except CampaignsError as error:
        return [Finding("red", subject, str(error), _("Correct the merge field."))]
    found = []
    if "survey_link" in compiled.fields and not mailing.wave_id:
        found.append(
            Finding(
                "red",
                subject,
                _("{survey_link} works only in an invitation that was made on a survey's page."),
                _("Remove it, or use the block “Survey”."),
            )
        )
    if not content.subject.strip():
        found.append(Finding("red", subject, _("The subject is empty."), _("Write a subject.")))
    elif len(content.subject) > MAX_SUBJECT:
        found.append(
            Finding("red", subject, _("The subject is too long."), _("Use 255 letters or fewer."))
        )
    elif len(content.subject) > LONG_SUBJECT:
        found.append(
            Finding(
                "amber",
                subject,
                _("The subject has %(count)d letters; telephones cut it off.")
                % {"count": len(content.subject)},
                _("Use %(limit)d letters or fewer.") % {"limit": LONG_SUBJECT},
            )
        )
    if not len(content.body):
        found.append(Finding("red", subject, _("There is no text."), _("Add a paragraph.")))
    insecure = [url for url in compiled.urls if url.startswith("http://")]
    insecure = [url for url in insecure if not url.startswith(settings.PUBLIC_URL)]
    if insecure:
        found.append(
            Finding(
                "amber",
                subject,
                _("A link is not encrypted: %(url)s") % {"url": insecure[0]},
                _("Use its https:// address if it has one."),
            )
        )
    if not found:
        found.append(
            Finding("green", subject, _("HTML and text, merge fields and links are in order."))
        )
    return found


def _recipients(mailing: Mailing, audience: audiences.Audience, *, at: datetime) -> list[Finding]:
    subject = _("Recipients")
    if mailing.segment is None:
        return [Finding("red", subject, _("No segment is chosen."), _("Choose a segment."))]
    if mailing.reminds_id and mailing.reminds.started_at is None:
        return [
            Finding(
                "amber",
                subject,
                _("Whom it reminds is known only when the invitation has been sent."),
                _("It goes to those who have not answered by then."),
            )
        ]
    if not audience.recipients:
        return [
            Finding(
                "red",
                subject,
                _("Nobody would receive it: all %(total)d people are left out.")
                % {"total": audience.total},
                _("Look at the audience page for the reasons, or choose another segment."),
            )
        ]
    findings = [
        Finding(
            "green",
            subject,
            _("%(recipients)d of %(total)d people would receive it.")
            % {"recipients": audience.recipients, "total": audience.total},
        )
    ]
    findings += _missing_values(mailing, at=at)
    return findings


def _survey(mailing: Mailing, *, at: datetime) -> list[Finding]:
    subject = _("Survey")
    wave = mailing.wave
    found = []
    for content in mailing.contents.all():
        try:
            compiled = rendering.compile_content(mailing, content, preview=True)
        except CampaignsError:
            continue  # said with the contents
        if not {gap("survey_link"), gap("survey_url")} & set(GAP.findall(compiled.text)):
            found.append(
                Finding(
                    "red",
                    subject,
                    _("The text in %(language)s has no link to the survey.")
                    % {"language": content.get_language_display()},
                    _("Write {survey_link} where it should stand."),
                )
            )
    over = (Wave.State.CLOSED, Wave.State.PUBLISHED, Wave.State.ARCHIVED)
    if not wave.takes_invited or wave.state in over or (wave.closes_at and wave.closes_at <= at):
        found.append(
            Finding(
                "red",
                subject,
                _("“%(wave)s” takes no answers from invited people.") % {"wave": wave},
                _("Open the wave, or allow invited people on its page."),
            )
        )
    elif not wave.is_open(at=at):
        found.append(
            Finding(
                "amber",
                subject,
                _("“%(wave)s” is not open yet; until then the links say so.") % {"wave": wave},
                _("Open the wave before sending."),
            )
        )
    if not found:
        found.append(
            Finding("green", subject, _("Every text has the link, and the survey is open."))
        )
    return found


def _missing_values(mailing: Mailing, *, at: datetime) -> list[Finding]:
    try:
        used = {
            field for content in mailing.contents.all() for field in rendering.fields_in(content)
        }
    except CampaignsError:
        return []
    if "area" not in used or mailing.segment is None:
        return []
    missing = audiences.people(mailing, at=at).filter(area=None).count()
    if not missing:
        return []
    return [
        Finding(
            "amber",
            _("Merge fields"),
            _("%(count)d people have no member state; they read “your country”.")
            % {"count": missing},
            _("Complete the registry or write {area|your own words}."),
        )
    ]


def _way_out() -> list[Finding]:
    subject = _("Way out")
    try:
        transport = configured_transport()
    except CampaignsError as error:
        return [Finding("red", subject, str(error), _("Correct the settings."))]
    _name, address = split_sender(settings.DEFAULT_FROM_EMAIL)
    if "@" not in address:
        return [
            Finding(
                "red",
                subject,
                _("The sender's address %(address)s is not valid.") % {"address": address},
                _("Set DEFAULT_FROM_EMAIL."),
            )
        ]
    if transport.name == "outbox":
        return [
            Finding(
                "green",
                subject,
                _("No mail server is configured: copies go to the outbox on this machine."),
            )
        ]
    findings = [Finding("green", subject, _("Sent by %(name)s.") % {"name": transport.name})]
    if address.endswith(("@example.org", "@example.com", ".example")):
        findings.append(
            Finding(
                "red",
                _("Sender"),
                _("The sender's address %(address)s is only an example.") % {"address": address},
                _("Set DEFAULT_FROM_EMAIL to an address of your own domain."),
            )
        )
    return findings


def _addresses(mailing: Mailing) -> list[Finding]:
    findings = []
    if not settings.PUBLIC_URL.startswith("https://"):
        local = configured_is_outbox()
        findings.append(
            Finding(
                "amber" if local else "red",
                _("Links"),
                _("This site's address is %(url)s. One-click unsubscribing needs https.")
                % {"url": settings.PUBLIC_URL},
                _("Set PUBLIC_URL to the site's https address before sending to real people."),
            )
        )
    else:
        findings.append(
            Finding(
                "green",
                _("Links"),
                _("Every copy has an unsubscribe link and the one-click headers."),
            )
        )
    if not mailing.reply_to:
        findings.append(
            Finding(
                "amber",
                _("Answers"),
                _("Answers go to the sender's address."),
                _("Enter where answers should go if somebody else reads them."),
            )
        )
    return findings


def configured_is_outbox() -> bool:
    """Return whether copies stay on this machine."""
    return not (settings.MAILJET_API_KEY or settings.EMAIL_HOST)
