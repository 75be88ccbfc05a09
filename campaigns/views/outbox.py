"""The local outbox in the browser: what would have been sent, while nothing real is configured."""

import re

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns.transports.outbox import Outbox, attachments, header_text

PER_PAGE = 25
SEARCHED = 2_000
SHOWN_HEADERS = (
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "X-Suara-Mailing",
)
# A message is a stranger's document: it may show itself and open links elsewhere, nothing more.
MESSAGE_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'self'; "
    "form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


def outbox_is_open() -> bool:
    """Return whether the outbox may be browsed: never beside a real way out for mail."""
    real = settings.EMAIL_HOST or settings.MAILJET_API_KEY
    return not real and (settings.DEBUG or settings.OUTBOX_PUBLIC)


def _outbox() -> Outbox:
    if not outbox_is_open():
        raise Http404
    return Outbox()


def _message(name: str):
    message = _outbox().read(name)
    if message is None:
        raise Http404
    return message


@require_safe
@never_cache
def message_list(request: HttpRequest) -> HttpResponse:
    """List the messages, the newest first; `q` looks in recipient and subject."""
    outbox = _outbox()
    names = outbox.names()
    query = request.GET.get("q", "").strip()[:200]
    if query:
        needle = query.casefold()
        names = [
            entry.name
            for entry in outbox.entries(names[:SEARCHED])
            if needle in entry.to.casefold() or needle in entry.subject.casefold()
        ]
    page = Paginator(names, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "entries": outbox.entries(list(page.object_list)),
        "page_obj": page,
        "query": query,
        "total": page.paginator.count,
        "searched": SEARCHED,
    }
    return render(request, "campaigns/outbox_list.html", context)


@require_safe
@never_cache
def message(request: HttpRequest, name: str) -> HttpResponse:
    """Show one message: HTML in a sandboxed frame, text, headers, attachments."""
    found = _message(name)
    context = {
        "name": name,
        "subject": header_text(found, "Subject"),
        "to": header_text(found, "To"),
        "headers": [(key, header_text(found, key)) for key in SHOWN_HEADERS if key in found],
        "text": _body(found, "plain"),
        "has_html": found.get_body(preferencelist=("html",)) is not None,
        "attachments": [
            {"number": number, "name": file_name, "type": kind, "size": len(content)}
            for number, (file_name, kind, content) in enumerate(attachments(found))
        ],
    }
    return render(request, "campaigns/outbox_message.html", context)


@require_safe
@never_cache
def message_html(request: HttpRequest, name: str) -> HttpResponse:
    """Serve the HTML part alone, for the frame. Links open outside the frame."""
    html = _body(_message(name), "html")
    response = HttpResponse(opening_elsewhere(html))
    response["Content-Security-Policy"] = MESSAGE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    return response


def opening_elsewhere(html: str) -> str:
    """Return a message whose links open outside its frame.

    The element goes inside the head: before the doctype it would change how everything is drawn.
    """
    base = '<base target="_blank">'
    changed, found = re.subn(r"(<head[^>]*>)", rf"\1{base}", html, count=1, flags=re.IGNORECASE)
    return changed if found else base + html


@require_safe
@never_cache
def message_source(request: HttpRequest, name: str) -> HttpResponse:
    """Offer the message as a file that mail programs open."""
    raw = _outbox().raw(name)
    if raw is None:
        raise Http404
    return _download(raw, f"{name}.eml", "message/rfc822")


@require_safe
@never_cache
def message_attachment(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Offer one attachment as a file; it is never shown inside the site."""
    for index, (file_name, kind, content) in enumerate(attachments(_message(name))):
        if index == number:
            return _download(content, file_name, kind)
    raise Http404


def _download(content: bytes, file_name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, file_name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _body(found, kind: str) -> str:
    part = found.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return part.get_content()
    except (LookupError, ValueError):
        # An unknown charset: show what can be shown.
        return (part.get_payload(decode=True) or b"").decode("utf-8", "replace")
