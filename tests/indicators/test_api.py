"""The JSON API answers with what the pages show and with nothing else."""

import pytest

from tests.indicators.factories import make_area, make_estimate, make_indicator, record_values

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _recorded():
    make_area("ASEAN", kind="group")
    make_indicator("kpi-22")
    make_indicator("kpi-99", is_published=False)
    record_values(make_estimate("kpi-22", "ASEAN"), make_estimate("kpi-99", "ASEAN"), digest="a")


def test_observations_carry_their_digits_and_provenance(client):
    found = client.get("/indicators/api/observations").json()
    assert found["count"] == 1
    assert found["items"][0]["value"] == "72.400000"
    assert found["items"][0]["indicator"] == "kpi-22"


def test_unpublished_indicators_stay_inside(client, client_for):
    assert len(client.get("/indicators/api/indicators").json()) == 1
    assert len(client_for("analyst").get("/indicators/api/indicators").json()) == 2


def test_indicators_carry_their_judgement(client):
    found = client.get("/indicators/api/indicators").json()[0]
    assert found["is_sufficient"] is False
    assert found["sufficiency"]["code"] == "none_since_baseline"


def test_the_description_is_openapi(client):
    described = client.get("/indicators/api/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) == {
        "/indicators/api/areas",
        "/indicators/api/frameworks",
        "/indicators/api/indicators",
        "/indicators/api/observations",
    }
    assert all(set(path) == {"get"} for path in described["paths"].values())


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("observations?limit=abc", 422),
        ("observations?indicator=nope", 200),
        ("indicators?framework=nope", 404),
        ("frameworks", 200),
        ("areas?limit=100000", 200),
    ],
)
def test_odd_requests_get_an_answer(client, address, status):
    assert client.get(f"/indicators/api/{address}").status_code == status


def test_nothing_can_be_written(client):
    assert client.post("/indicators/api/observations", {}).status_code == 405
