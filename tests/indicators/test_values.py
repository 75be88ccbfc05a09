"""Values entered by hand go through the ledger and need a reason once they are published."""

from datetime import timedelta
from decimal import Decimal

import pytest

from indicators import services
from indicators.errors import NotAllowed, ReasonRequired
from indicators.models import Observation, Revision
from tests.conftest import user_with_role
from tests.indicators.factories import AT, make_area, make_indicator

pytestmark = pytest.mark.django_db


def enter(by, value="12.3", **more):
    values = {"period": "2016", "document": "Labour force survey, table 4", "at": AT} | more
    return services.enter_value(value=Decimal(value), by=by, **values)


@pytest.fixture
def place():
    return {"indicator": make_indicator("kpi-31c"), "area": make_area("KH")}


def test_an_analyst_enters_a_value_with_its_document(place):
    analyst = user_with_role("analyst")
    assert enter(analyst, **place).created == 1
    row = Observation.objects.get()
    assert row.provenance["document"] == "Labour force survey, table 4"
    assert (row.source, row.recorded_by) == ("manual:KH", analyst)


def test_a_published_value_changes_only_with_a_reason(place):
    analyst = user_with_role("analyst")
    enter(analyst, **place)
    with pytest.raises(ReasonRequired):
        enter(analyst, value="13", **place)
    enter(analyst, value="13", reason="misprint", at=AT + timedelta(days=1), **place)
    assert Revision.objects.get().reason == "misprint"


def test_entering_one_value_leaves_the_others_of_the_area_alone(place):
    analyst = user_with_role("analyst")
    enter(analyst, **place)
    enter(analyst, period="2019", value="15.3", **place)
    assert Observation.objects.published().count() == 2


def test_a_focal_point_does_not_write_into_the_ledger_directly(place):
    with pytest.raises(NotAllowed):
        enter(user_with_role("national_focal_point", area="KH"), **place)
