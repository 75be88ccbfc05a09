"""The ledger's screens: each role sees its own, a stranger meets a page that does not exist."""

import pytest
from django.urls import reverse

from indicators.models import Activity, SectoralBody
from tests.indicators.factories import (
    HOSTILE,
    make_area,
    make_estimate,
    make_indicator,
    record_values,
)

pytestmark = pytest.mark.django_db


def make_activity(lead, **overrides):
    body, _ = SectoralBody.objects.get_or_create(acronym=lead, defaults={"name": lead})
    values = {"title": f"Training {HOSTILE}", "type": "outreach"} | overrides
    return Activity.objects.create(lead_body=body, **values)


@pytest.mark.parametrize(
    "role",
    [
        "communications_officer",
        "engagement_officer",
        "survey_manager",
        "analyst",
        "national_focal_point",
        "sectoral_body_reporter",
        "approver",
        "administrator",
    ],
)
def test_every_role_reads_indicators_and_work_plans(client_for, role):
    make_indicator()
    make_activity("ACDM")
    client = client_for(role)
    for name in ("index", "activities"):
        answer = client.get(reverse(f"indicators_office:{name}"))
        assert answer.status_code == 200
        assert HOSTILE not in answer.content.decode()


def test_a_visitor_is_sent_to_sign_in(client):
    assert client.get(reverse("indicators_office:index")).status_code == 302


def test_only_those_with_the_right_enter_values(client_for):
    make_indicator()
    make_area("VN")
    address = reverse("indicators_office:enter", args=["kpi-22"])
    assert client_for("analyst").get(address).status_code == 200
    assert client_for("national_focal_point", area="VN").get(address).status_code == 404


def test_an_analyst_enters_a_value_on_the_form(client_for):
    make_indicator()
    make_area("KH")
    client = client_for("analyst")
    address = reverse("indicators_office:enter", args=["kpi-22"])
    data = {"area": "KH", "period": "2026", "value": "72.4", "document": "Report, table 1"}
    assert client.post(address, data | {"period": "soon"}).status_code == 422
    assert client.post(address, data).status_code == 302
    changed = client.post(address, data | {"value": "73"})
    assert changed.status_code == 422
    assert "Say why it changes" in changed.content.decode()
    page = client.get(reverse("indicators_office:indicator", args=["kpi-22"]))
    assert "72.4" in page.content.decode()


def test_a_target_is_set_and_progress_is_measured_against_it(client, client_for):
    make_indicator("kpi-31c", direction="down", progress_method="share_of_way")
    make_area("ASEAN", kind="group")
    record_values(
        make_estimate("kpi-31c", "ASEAN", "2016", "12"),
        make_estimate("kpi-31c", "ASEAN", "2019", "9"),
        digest="a",
    )
    address = reverse("indicators_office:target", args=["kpi-31c"])
    assert client_for("approver").get(address).status_code == 404
    data = {"area": "ASEAN", "period": "2025", "value": "0", "source": "Declaration"}
    assert client_for("analyst").post(address, data | {"value": ""}).status_code == 422
    assert client_for("analyst").post(address, data).status_code == 302
    page = client.get(reverse("indicators:detail", args=["kpi-31c"])).content.decode()
    assert "25 % of the way from 12 (2016) to 0 (2025)" in page


def test_lists_do_not_query_for_each_row(client_for, django_assert_max_num_queries):
    make_area("ASEAN", kind="group")
    framework = make_indicator("kpi-0").framework
    for number in range(1, 30):
        make_indicator(f"kpi-{number}", framework=framework)
        make_activity("SOMHD", title=f"Activity {number}")
    record_values(*(make_estimate(f"kpi-{n}", "ASEAN") for n in range(30)), digest="a")
    client = client_for("analyst")
    client.get(reverse("indicators_office:index"))
    with django_assert_max_num_queries(25):
        client.get(reverse("indicators_office:index"))
    with django_assert_max_num_queries(25):
        client.get(reverse("indicators_office:activities"))
