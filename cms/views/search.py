"""One search over pages, indicators, consultations and surveys."""

import unicodedata
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from wagtail.models import Page

from engagement.models import Event
from indicators.models import Indicator
from surveys.models import Wave

LONGEST = 120
SHOWN = 12


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    title: str
    url: str
    text: str = ""


def search(request: HttpRequest) -> HttpResponse:
    """Show what matches `q`, by kind. An empty or overlong question is answered with the form."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    plain = only_words(words)
    groups = _groups(request, plain) if plain else []
    return render(
        request,
        "pages/search.html",
        {"words": words, "groups": groups, "found": sum(len(group["hits"]) for group in groups)},
    )


def only_words(text: str) -> str:
    """`text` without signs, in lower case: SQLite's full-text search reads signs and capital AND
    or NOT as its own grammar. Marks are kept, since Thai and Khmer words are made of them."""
    kept = (sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in text)
    return " ".join("".join(kept).lower().split())


def _groups(request: HttpRequest, words: str) -> list[dict]:
    every = words.split()

    def holding(*columns: str) -> Q:
        """Each word in at least one of the columns."""
        condition = Q()
        for word in every:
            one = Q()
            for column in columns:
                one |= Q(**{f"{column}__icontains": word})
            condition &= one
        return condition

    pages = Page.objects.live().public().filter(depth__gte=2).search(words)[:SHOWN]
    indicators = Indicator.objects.visible_to(request.user).filter(holding("title", "code"))
    events = Event.objects.listed().filter(holding("title", "summary")).order_by("-starts_at")
    waves = Wave.objects.public().filter(takes_open_link=True).filter(holding("title"))
    groups = [
        (
            _("Pages"),
            [
                Hit(page.title, page.get_url(request) or "/", page.search_description)
                for page in pages
            ],
        ),
        (
            _("Indicators"),
            [
                Hit(" ".join(filter(None, [row.code, row.title])), row.get_absolute_url())
                for row in indicators[:SHOWN]
            ],
        ),
        (
            _("Consultations"),
            [Hit(row.title, row.get_absolute_url(), row.summary) for row in events[:SHOWN]],
        ),
        (_("Surveys"), [Hit(row.title, row.get_absolute_url()) for row in waves[:SHOWN]]),
    ]
    return [{"title": title, "hits": hits} for title, hits in groups if hits]
