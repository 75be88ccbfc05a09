"""What changed since the last report: a page, and a feed of it."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from indicators import ledger
from indicators.models import Report
from tests.indicators.factories import (
    HOSTILE,
    make_asean,
    make_estimate,
    make_framework,
    make_indicator,
    record_values,
)

pytestmark = pytest.mark.django_db
PERCENT = "\N{NO-BREAK SPACE}%"
ATOM = "{http://www.w3.org/2005/Atom}"


def text_of(response) -> str:
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def weeks():
    """Values of a year ago; since then one changed twice, one withdrawn, two new, one of women."""
    make_asean("KH", "TH")
    make_indicator("kpi-22", title="Awareness")
    make_indicator("kpi-23", title="Untouched")
    now = timezone.now()
    old = {"at": now - timedelta(days=365)}
    record_values(make_estimate("kpi-23", "KH", "2025", "10"), source="document:old", **old)
    record_values(
        make_estimate("kpi-22", "KH", "2024", "60"),
        make_estimate("kpi-22", "TH", "2024", "61"),
        digest="a",
        **old,
    )
    for value, days, reason in (("62", 20, "late answers"), ("63", 10, f"a slip {HOSTILE}")):
        record_values(
            make_estimate("kpi-22", "KH", "2024", value),
            make_estimate("kpi-22", "TH", "2024", "61"),
            digest=value,
            at=now - timedelta(days=days),
            reason=reason,
        )
    record_values(
        make_estimate("kpi-22", "KH", "2024", "63"),
        make_estimate("kpi-22", "KH", "2026", "70"),
        make_estimate("kpi-22", "TH", "2026", "71"),
        make_estimate("kpi-22", "TH", "2026", "69", breakdown="sex=F"),
        digest="c",
        at=now - timedelta(days=5),
        reason="Thailand took it back",
    )
    return now


def test_new_changed_and_withdrawn_values_are_told_apart_with_their_reasons(client, weeks):
    page = client.get("/indicators/changes/")
    [news] = page.context["news"]
    assert news.indicator.slug == "kpi-22"
    assert {(new.period, new.value) for new in news.new} == {
        ("2026", "70\N{NO-BREAK SPACE}%"),
        ("2026", "71\N{NO-BREAK SPACE}%"),
    }
    by_area = {change.area: change for change in news.changed}
    cambodia, thailand = by_area["Area KH"], by_area["Area TH"]
    assert (cambodia.before, cambodia.after) == (f"60{PERCENT}", f"63{PERCENT}")
    assert cambodia.reason == f"late answers; a slip {HOSTILE}"
    assert thailand.is_withdrawn and thailand.reason == "Thailand took it back"
    assert news.groups == 1
    assert "Untouched" not in text_of(page)
    assert HOSTILE not in text_of(page)


def test_a_day_narrows_what_is_listed(client, weeks):
    day = (weeks - timedelta(days=7)).date().isoformat()
    [news] = client.get("/indicators/changes/", {"since": day}).context["news"]
    assert [change.kind for change in news.changed] == ["withdrawn"]
    day = weeks.date().isoformat()
    page = client.get("/indicators/changes/", {"since": day})
    assert "Nothing has changed since then" in text_of(page)


def test_without_a_day_the_last_published_report_is_the_beginning(client, weeks):
    framework = make_framework(title="The plan")
    common = {"framework": framework, "state": Report.State.READY}
    Report.objects.create(
        title="Report 2025", number=1, as_of=weeks - timedelta(days=15),
        published_at=weeks - timedelta(days=14), **common,
    )  # fmt: skip
    Report.objects.create(title="Not given out", number=2, as_of=weeks, **common)
    page = client.get("/indicators/changes/")
    assert page.context["since"] == weeks - timedelta(days=15)
    assert "Since the last published report, “Report 2025”" in text_of(page)
    [news] = page.context["news"]
    assert {change.before for change in news.changed} == {f"62{PERCENT}", f"61{PERCENT}"}


def test_a_change_is_written_with_the_decimals_that_tell_before_from_after(client):
    make_asean("KH")
    make_indicator("kpi-22", title="Awareness")
    for value, digest in (("63.071429", "a"), ("62.428571", "b")):
        record_values(make_estimate("kpi-22", "KH", "2026", value), digest=digest)
    for value, digest in (("50.04", "c"), ("50.0412", "d")):
        record_values(make_estimate("kpi-22", "KH", "2025", value), source="a", digest=digest)
    [news] = client.get("/indicators/changes/", {"since": "2026-11-01"}).context["news"]
    assert {(change.before, change.after) for change in news.changed} == {
        (f"63.1{PERCENT}", f"62.4{PERCENT}"),
        (f"50.04{PERCENT}", f"50.041{PERCENT}"),
    }


@pytest.mark.parametrize("day", ["yesterday", "2026-02-31", HOSTILE, "9" * 400, "0000-00-00"])
def test_what_is_no_day_is_said_and_the_default_shown(client, weeks, day):
    page = client.get("/indicators/changes/", {"since": day})
    assert page.status_code == 200
    assert "is not a date" in text_of(page)
    assert HOSTILE not in text_of(page)
    assert page.context["news"]


def test_nobody_learns_of_an_unpublished_indicator(client, client_for, weeks):
    make_indicator("kpi-99", title="A secret", is_published=False)
    record_values(
        make_estimate("kpi-99", "KH", "2026", "1"), source="document:secret", at=timezone.now()
    )
    for address in ("/indicators/changes/", "/indicators/changes/feed.atom"):
        assert "A secret" not in text_of(client.get(address))
    assert "A secret" in text_of(client_for("analyst").get("/indicators/changes/"))


def test_the_names_of_people_are_not_news(client, client_for, weeks):
    analyst = client_for("analyst").user
    ledger.record(
        [make_estimate("kpi-23", "KH", "2025", "11")],
        source="document:old",
        digest="b",
        at=timezone.now(),
        by=analyst,
        reason="a typing error",
    )
    page = text_of(client.get("/indicators/changes/"))
    assert "a typing error" in page
    assert analyst.email not in page


def test_the_feed_is_atom_with_an_entry_for_each_indicator_that_changed(client, weeks):
    answer = client.get("/indicators/changes/feed.atom")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    [entry] = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Awareness"
    assert entry.find(f"{ATOM}link").get("href").endswith("/indicators/kpi-22/")
    told = entry.findtext(f"{ATOM}summary")
    assert f"Area KH, 2024: 60{PERCENT} → 63{PERCENT} (late answers" in told
    updated = datetime.fromisoformat(entry.findtext(f"{ATOM}updated"))
    assert updated.astimezone(UTC) - (weeks - timedelta(days=5)) < timedelta(seconds=1)


def test_an_entry_of_the_feed_is_new_once_its_indicator_changes_again(client, weeks):
    def identity() -> str:
        feed = ElementTree.fromstring(client.get("/indicators/changes/feed.atom").content)
        return feed.find(f"{ATOM}entry").findtext(f"{ATOM}id")

    before = identity()
    record_values(
        make_estimate("kpi-22", "KH", "2027", "75"), source="document:next", at=timezone.now()
    )
    assert identity() != before


def test_many_new_values_are_counted_and_only_the_newest_listed(client):
    make_asean("KH")
    make_indicator("kpi-22")
    record_values(
        *(make_estimate("kpi-22", "KH", str(year), "50") for year in range(2000, 2026)),
        at=timezone.now(),
    )
    page = client.get("/indicators/changes/")
    [news] = page.context["news"]
    assert [new.period for new in news.new] == ["2025", "2024", "2023"]
    assert news.more == 23
    assert "and 23 more new values" in text_of(page)


def test_a_series_loaded_at_once_is_counted_and_not_listed(client):
    make_asean("KH")
    make_indicator("kpi-22")
    record_values(
        *(make_estimate("kpi-22", "KH", str(year), "50") for year in range(1980, 2021)),
        at=timezone.now(),
    )
    page = client.get("/indicators/changes/")
    [news] = page.context["news"]
    assert (news.new, news.more) == ([], 41)
    assert "41 new values" in text_of(page)


def test_what_changed_costs_a_fixed_number_of_queries(client, weeks, django_assert_max_num_queries):
    client.get("/indicators/changes/")
    with django_assert_max_num_queries(12):
        client.get("/indicators/changes/")
