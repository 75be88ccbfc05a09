"""Outreach reaches the ledger as counts, replaced and never added up."""

from datetime import date

import pytest

from campaigns import publishing
from campaigns.models import OutreachActivity
from indicators.models import Framework, Indicator, Observation
from tests.campaigns.factories import AT, make_area, make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def indicators():
    framework = Framework.objects.create(slug="office-record", title="Record of this office")
    for slug in (publishing.ACTIVITIES, publishing.REACH):
        Indicator.objects.create(slug=slug, title=slug, framework=framework)
    make_area("ASEAN", "ASEAN")


def make_activity(**values):
    values = {
        "campaign": make_campaign(),
        "kind": "interview",
        "title": "Morning programme",
        "held_on": date(2026, 11, 3),
        "reach": 1000,
        "reach_source": "stated by the broadcaster",
    } | values
    return OutreachActivity.objects.create(**values)


def values(slug):
    rows = Observation.objects.filter(indicator__slug=slug).exclude(value=None)
    return {(row.area.code, row.period): int(row.value) for row in rows}


def test_activities_and_reach_are_counted_by_area_and_year(indicators):
    make_activity(area=make_area("ID", "Indonesia"))
    make_activity(reach=None, reach_source="")
    publishing.publish_all(at=AT)
    assert values(publishing.ACTIVITIES) == {("ASEAN", "2026"): 2, ("ID", "2026"): 1}
    assert values(publishing.REACH) == {("ASEAN", "2026"): 1000, ("ID", "2026"): 1000}


def test_publishing_again_replaces(indicators):
    first = make_activity()
    publishing.publish_all(at=AT)
    make_activity()
    publishing.publish_all(at=AT)
    assert values(publishing.ACTIVITIES)[("ASEAN", "2026")] == 2
    first.delete()
    publishing.publish_all(at=AT)
    assert values(publishing.ACTIVITIES)[("ASEAN", "2026")] == 1


def test_without_such_indicators_nothing_is_written():
    make_activity()
    assert publishing.publish_all(at=AT) == 0
    assert not Observation.objects.exists()
