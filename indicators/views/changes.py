"""What changed since the last report, as a page and as a feed."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indicators.kept import keep_not, kept_page
from indicators.models import Report
from indicators.pages import news

DAYS = 90


@kept_page("since")
def changes(request: HttpRequest) -> HttpResponse:
    """New, changed and withdrawn values since a day, or since the last published report."""
    asked = request.GET.get("since", "").strip()
    since, report = _beginning(asked)
    if asked:
        keep_not(request)
    found, is_whole = news.since(since, request.user)
    return render(
        request,
        "indicators/changes.html",
        {
            "since": since,
            "report": report,
            "asked": asked,
            "is_understood": not asked or _day(asked) is not None,
            "news": found,
            "is_whole": is_whole,
            "today": timezone.now().date(),
        },
    )


@kept_page()
def changes_feed(request: HttpRequest) -> HttpResponse:
    """The same as an Atom feed: an entry for each indicator, new whenever it changes again."""
    since, _report = _beginning("")
    found, _is_whole = news.since(since, request.user)
    address = f"{settings.PUBLIC_URL}{reverse('indicators:changes')}"
    feed = Atom1Feed(
        title=_("What changed in the indicators"),
        link=address,
        description=_("New, changed and withdrawn values of the ledger."),
        language=get_language(),
        feed_url=f"{settings.PUBLIC_URL}{reverse('indicators:changes_feed')}",
    )
    for one in found:
        link = f"{settings.PUBLIC_URL}{one.indicator.get_absolute_url()}"
        feed.add_item(
            title=str(one.indicator),
            link=link,
            description=_described(one),
            unique_id=f"{link}#{one.latest:%Y-%m-%dT%H:%M:%S}",
            updateddate=one.latest,
        )
    return HttpResponse(
        feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )


def _described(one: news.News) -> str:
    lines = [one.sentence]
    lines += [f"{new.area}, {new.period}: {new.value}" for new in one.new]
    lines += [
        f"{change.area}, {change.period}: {change.before} → {change.after or change.kind}"
        + (f" ({change.reason})" if change.reason else "")
        for change in one.changed[:20]
    ]
    return "\n".join(lines)


def _beginning(asked: str) -> tuple[datetime, Report | None]:
    """The start of the day asked for; without one the last report's moment, else 90 days ago."""
    day = _day(asked)
    if day is not None:
        return day, None
    report = news.since_last_report()
    if report is not None:
        return report.as_of, report
    day = timezone.now().astimezone(UTC) - timedelta(days=DAYS)
    return day.replace(hour=0, minute=0, second=0, microsecond=0), None


def _day(text: str) -> datetime | None:
    try:
        found = parse_date(text[:10]) if text else None
    except ValueError:
        return None
    return datetime(found.year, found.month, found.day, tzinfo=UTC) if found else None
