"""Subject, HTML and text of a copy, for one person in one language.

A content is compiled once per language: blocks become HTML and text with marked gaps. Filling the
gaps for a person is one pass that never looks at what it has just filled in, so a name such as
`{organisation}` or `<script>` stays a name. What editors write is never run as a template.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from campaigns.errors import UnknownMergeField
from campaigns.mailhtml import MailHtml, gap
from campaigns.models import Delivery, Link, Mailing, MailingContent
from campaigns.transports.messages import Message, split_sender

FIELDS = {
    "salutation": gettext_lazy("how a letter addresses the person"),
    "name": gettext_lazy("the person's name"),
    "organisation": gettext_lazy("the organisation the person belongs to"),
    "area": gettext_lazy("the person's member state"),
    "survey_link": gettext_lazy("the person's own link, in an invitation to a survey"),
}
MERGE = re.compile(r"\{([A-Za-z_]+)(?:\|([^{}|]{0,80}))?\}")
GAP = re.compile("\ue000([^\ue001]*)\ue001")
PRIVATE = re.compile("[\ue000\ue001]")
PREVIEW = "preview"


@dataclass(frozen=True)
class Compiled:
    """One language's content with gaps for what is personal."""

    language: str
    subject: str
    html: str
    text: str
    fields: frozenset[str]
    urls: tuple[str, ...]


@dataclass(frozen=True)
class Copy:
    """What one person receives."""

    subject: str
    html: str
    text: str
    headers: Mapping[str, str]


def compile_content(
    mailing: Mailing, content: MailingContent, *, preview: bool = False
) -> Compiled:
    """Turn the blocks into HTML and text with gaps.

    Raises UnknownMergeField naming the first merge field that does not exist.
    """
    # A moment of a click, kept beside a person, must not tell when somebody anonymous answered.
    tracks = mailing.tracks_links and not (mailing.wave_id and mailing.wave.is_anonymous)
    links = _links(mailing, content) if tracks and not preview else {}
    with translation.override(content.language):
        blocks, urls = _blocks(content, links)
        context = {
            "mailing": mailing,
            "language": content.language,
            "direction": "rtl" if get_language_info(content.language)["bidi"] else "ltr",
            "subject": _marked(content.subject),
            "preheader": _marked(content.preheader),
            "blocks": blocks,
            "body": mark_safe("".join(block["html"] for block in blocks)),  # noqa: S308
            "view_url": gap("view_url"),
            "unsubscribe_url": gap("unsubscribe_url"),
            "preferences_url": gap("preferences_url"),
            "reason": _("You receive this because you agreed to hear from us about this subject."),
            "public_url": settings.PUBLIC_URL,
            "preview": preview,
        }
        page = render_to_string("emails/mailing.html", context)
        text = render_to_string("emails/mailing.txt", context)
    text = re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
    subject = _marked(content.subject)
    return Compiled(
        language=content.language,
        subject=subject,
        html=page,
        text=text,
        fields=frozenset(fields_in(content)),
        urls=tuple(urls),
    )


def fill(compiled: Compiled, values: Mapping[str, str]) -> Copy:
    """Fill the gaps; HTML is escaped in the HTML part only."""
    return Copy(
        subject=" ".join(GAP.sub(partial(_value, values, plain=True), compiled.subject).split()),
        html=GAP.sub(partial(_value, values, plain=False), compiled.html),
        text=GAP.sub(partial(_value, values, plain=True), compiled.text),
        headers={
            "List-Unsubscribe": f"<{values['unsubscribe_url']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def personal_values(person, language: str, *, token: str) -> dict[str, str]:
    """Return what fills the gaps for `person`. `token` is the delivery's, or PREVIEW.

    `person` needs `area` and current affiliations loaded for lists; a missing value is an empty
    text, and the merge field's own fallback or a general word takes its place.
    """
    with translation.override(language):
        fallbacks = {
            "salutation": _("colleague"),
            "name": _("colleague"),
            "organisation": _("your organisation"),
            "area": _("your country"),
        }
        area = person.area.name if person and person.area_id else ""
        found = {
            "salutation": person.first_word if person else "",
            "name": str(person) if person else "",
            "organisation": _organisation(person) if person else "",
            "area": area,
        }
    values = {f"{name}!": text for name, text in fallbacks.items()}
    values |= {name: PRIVATE.sub("", text) for name, text in found.items()}
    values["token"] = token
    values["unsubscribe_url"] = absolute(reverse("campaigns:unsubscribe", args=[token]))
    values["preferences_url"] = absolute(reverse("campaigns:preferences", args=[token]))
    values["view_url"] = absolute(reverse("campaigns:view", args=[token]))
    values["survey_link"] = values["view_url"] if token == PREVIEW else ""
    return values


def copy_for(delivery: Delivery, compiled: Compiled, *, survey_link: str = "") -> Copy:
    """Return the delivery's own copy."""
    values = personal_values(delivery.person, compiled.language, token=delivery.token)
    return fill(compiled, values | {"survey_link": survey_link})


def message_for(delivery: Delivery, compiled: Compiled, *, survey_link: str = "") -> Message:
    """Return what is handed to the transport for this delivery."""
    copy = copy_for(delivery, compiled, survey_link=survey_link)
    mailing = delivery.mailing
    _name, sender = split_sender(settings.DEFAULT_FROM_EMAIL)
    return Message(
        delivery_id=delivery.token,
        to_address=delivery.address,
        to_name=delivery.name,
        from_address=sender,
        from_name=mailing.sender_name,
        reply_to=mailing.reply_to,
        subject=copy.subject,
        text=copy.text,
        html=copy.html,
        headers={**copy.headers, "X-Suara-Mailing": mailing.token},
        campaign=mailing.custom_campaign,
    )


def preview_for(mailing: Mailing, content: MailingContent, person) -> Copy:
    """Return the copy `person` would get. Its links are marked and change nothing."""
    compiled = compile_content(mailing, content, preview=True)
    return fill(compiled, personal_values(person, content.language, token=PREVIEW))


def fields_in(content: MailingContent) -> list[str]:
    """Return the merge fields a content uses. Raises UnknownMergeField for one that is unknown."""
    found: list[str] = []
    for text in _texts(content):
        for match in MERGE.finditer(text):
            name = match.group(1)
            if name not in FIELDS:
                raise UnknownMergeField(
                    _("“{%(field)s}” is not a merge field. Use one of: %(known)s.")
                    % {"field": name, "known": ", ".join(f"{{{each}}}" for each in FIELDS)}
                )
            if name not in found:
                found.append(name)
    return found


def absolute(url: str) -> str:
    """Return an address that works outside the site."""
    return urljoin(settings.PUBLIC_URL + "/", url)


def _texts(content: MailingContent) -> list[str]:
    texts = [content.subject, content.preheader]
    for block in content.body:
        if block.block_type == "paragraph":
            texts.append(html.unescape(re.sub(r"<[^>]*>", " ", block.value.source)))
        elif block.block_type == "heading":
            texts.append(block.value)
        else:
            texts.append(block.value.get("label", ""))
    return [text or "" for text in texts]


def _marked(text: str) -> str:
    """Turn merge fields into gaps."""

    def mark(match: re.Match) -> str:
        name, fallback = match.group(1), match.group(2)
        if name not in FIELDS:
            raise UnknownMergeField(
                _("“{%(field)s}” is not a merge field. Use one of: %(known)s.")
                % {"field": name, "known": ", ".join(f"{{{each}}}" for each in FIELDS)}
            )
        return gap(name if fallback is None else f"{name}|{fallback}")

    return MERGE.sub(mark, PRIVATE.sub("", text or ""))


def _value(values: Mapping[str, str], match: re.Match, *, plain: bool) -> str:
    key, bar, fallback = match.group(1).partition("|")
    if key.startswith("link:"):
        address = reverse("campaigns:link", args=[key[5:], values["token"]])
        return absolute(address)
    if key in ("survey_link", "survey_url"):
        address = values["survey_link"]
        if plain or key == "survey_url":
            return address if plain else html.escape(address)
        return f'<a href="{html.escape(address)}">{html.escape(address)}</a>'
    # A gap inside escaped HTML carries an escaped fallback.
    text = values.get(key, "") or (html.unescape(fallback) if bar else values.get(f"{key}!", ""))
    return text if plain else html.escape(text)


def _organisation(person) -> str:
    for affiliation in person.affiliations.all():
        if affiliation.valid_to is None or affiliation.valid_to >= timezone.localdate():
            return affiliation.organisation.name
    return ""


def _blocks(content: MailingContent, links: dict[str, str]) -> tuple[list[dict], list[str]]:
    urls: list[str] = []

    def follow(url: str) -> str:
        target = absolute(url)
        urls.append(target)
        return gap(f"link:{links[target]}") if target in links else target

    blocks = []
    for block in content.body:
        part = _block(block, follow, content.mailing)
        if part:
            blocks.append(part)
    return blocks, urls


def _block(block, follow, mailing: Mailing) -> dict | None:
    """Return {html, text} of one block, or None if it has nothing to show."""
    if block.block_type == "heading":
        words = _marked(block.value)
        return _drawn("heading", {"words": words}, text=words)
    if block.block_type == "paragraph":
        writer = MailHtml(follow=follow, mark=_marked)
        writer.feed(PRIVATE.sub("", str(block.value)))
        writer.close()
        return {"html": writer.html, "text": writer.text}
    if block.block_type == "figure":
        return _figure(block.value.get("indicator"), follow)
    label = _marked(block.value.get("label", ""))
    details: list[str] = []
    if block.block_type == "button":
        url = block.value.get("url")
    elif block.block_type == "survey":
        slug = block.value.get("survey")
        if slug and mailing.wave_id and slug == mailing.wave.slug:
            target = gap("survey_url")
            return _drawn("button", {"label": label, "url": target}, text=f"{label}:\n{target}")
        url = reverse("surveys:wave", args=[slug]) if slug else ""
    else:
        url, details = _event(block.value.get("event"))
    if not url:
        return None
    target = follow(url)
    return _drawn(
        "button",
        {"label": label, "url": target, "details": details},
        text="\n".join([*details, f"{label}:", target]),
    )


def _drawn(name: str, context: dict, *, text: str) -> dict:
    return {"html": render_to_string(f"emails/blocks/{name}.html", context), "text": text + "\n"}


def _event(slug: str | None) -> tuple[str, list[str]]:
    from engagement.models import Event

    event = Event.objects.filter(slug=slug).first() if slug else None
    if event is None:
        return "", []
    details = [event.title]
    if event.starts_at:
        when = event.starts_at.astimezone(ZoneInfo(event.zone))
        details.append(f"{date_format(when, 'j F Y, H:i')} ({event.zone})")
    return reverse("engagement:event", args=[event.slug]), details


def _figure(slug: str | None, follow) -> dict | None:
    from indicators.readings import figures

    found = figures([slug]) if slug else []
    if not found or found[0].observation is None:
        return None
    figure = found[0]
    target = follow(figure.url)
    notes = [note for note in (figure.interval_text, figure.period) if note]
    if figure.is_demonstration:
        notes.append(_("demonstration data"))
    context = {
        "title": figure.title,
        "value": figure.value_text,
        "notes": notes,
        "url": target,
    }
    text = "\n".join([f"{figure.title}: {figure.value_text}", ", ".join(notes), target])
    return _drawn("figure", context, text=text)


def _links(mailing: Mailing, content: MailingContent) -> dict[str, str]:
    """Return {address: token} of the mailing's known links, adding those of this content."""
    _found, urls = _blocks(content, {})
    known = dict(mailing.links.values_list("url", "token"))
    missing = [url for url in dict.fromkeys(urls) if url not in known and _trackable(url)]
    if missing:
        Link.objects.bulk_create(
            [Link(mailing=mailing, url=url) for url in missing], ignore_conflicts=True
        )
        known = dict(mailing.links.values_list("url", "token"))
    return known


def _trackable(url: str) -> bool:
    """Whether clicks on it may be counted; those that lead to a survey never are."""
    if url.startswith((absolute("/surveys/"), absolute("/s/"))):
        return False
    return url.startswith(("http://", "https://")) and len(url) <= 2000


def compiled_contents(mailing: Mailing) -> dict[str, Compiled]:
    """Return every language of a mailing, compiled; used once per batch."""
    return {
        content.language: compile_content(mailing, content) for content in mailing.contents.all()
    }
