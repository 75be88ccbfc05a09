"""How the API speaks HTTP."""

import pytest
from django.urls import reverse

from indicators.models import Area, Indicator
from tests.indicators.factories import make_area, make_estimate, make_indicator, record_values

pytestmark = pytest.mark.django_db
ROOT = "/indicators/api/v1/"


@pytest.fixture(autouse=True)
def _recorded():
    make_area("ASEAN", kind="group", name="ASEAN")
    make_indicator("kpi-22")
    record_values(make_estimate("kpi-22", "ASEAN"), digest="a")


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("observations?limit=abc", 422, "limit is 'abc'"),
        ("observations?limit=0", 422, "greater than or equal to 1"),
        ("observations?limit=501", 422, "less than or equal to 500"),
        (f"observations?limit={'9' * 5000}", 422, "limit"),
        ("observations?indicators=kpi-22", 422, "no such parameter here. This address takes ind"),
        ("areas?limit=5", 422, "This address takes none"),
        ("observations?indicator=a/b", 422, "only Latin letters"),
        ("observations?indicator=", 422, "only Latin letters"),
        ("observations?period=26", 422, "write 2026, 2026-S1"),
        ("observations?breakdown=female", 422, "write dimension=value"),
        ("observations?from_year=99999", 422, "from_year is '99999'"),
        ("observations?from_year=1e400", 422, "from_year is '1e400'"),
        ("observations?status=Z", 422, "status is 'Z'"),
        ("observations?updated_since=yesterday", 422, "write a day or a moment"),
        ("observations?updated_since=2026-02-30", 422, "updated_since is '2026-02-30'"),
        ("observations?updated_since=0", 422, "write a day or a moment"),
        ("observations?updated_since=0001-01-01T00:00:00%2B14:00", 422, "outside the years"),
        ("observations?updated_since=9999-12-31T23:59:59-14:00", 422, "outside the years"),
        ("observations?after=nope", 404, "No observation has the id 'nope'"),
        ("observations?" + "&".join(["area=KH"] * 101), 422, "at most 100 items"),
        ("observations?" + "&".join(["area=KH"] * 2001), 413, "more parameters"),
        ("observations?area=" + "x" * 5000, 422, "at most 16 characters"),
        ("observations?source=%00", 400, "NUL"),
        ("observations/x%00", 400, "NUL"),
        ("areas/ASEAN/members", 422, "Field required"),
        ("areas/ASEAN/members?on=26/10/2025", 422, "write a day as in"),
        ("areas/ASEAN/members?on=0000-00-00", 422, "on is '0000-00-00'"),
        ("indicators?area=XX", 404, "No area has the code 'XX'"),
        ("indicators/nope", 404, "No indicator has the slug 'nope'"),
        ("indicators/kpi-22/", 404, "no slash at the end"),
        ("nope", 404, "no such address"),
        ("observations/nope/revisions", 404, "No observation has the id 'nope'"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_in_a_sentence(client, address, status, words):
    answer = client.get(ROOT + address)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json()
    assert told["status"] == status
    assert words in told["detail"]
    assert set(told) == {"status", "title", "detail", "errors"}


def test_each_wrong_parameter_is_named(client):
    told = client.get(f"{ROOT}observations?limit=0&period=2026&period=26").json()
    assert [(fault["parameter"], fault["value"]) for fault in told["errors"]] == [
        ("period", "26"),
        ("limit", "0"),
    ]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["observations", "observations/x", "", "openapi.json"])
def test_nothing_can_be_written(client, method, address):
    answer = getattr(client, method)(ROOT + address)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert "nothing can be written" in answer.json()["detail"]


def test_head_is_get_without_the_body(client):
    whole, head = client.get(f"{ROOT}observations"), client.head(f"{ROOT}observations")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Content-Length", "Content-Type", "Cache-Control", "Last-Modified"):
        assert head.headers[name] == whole.headers[name]


def test_options_tell_scripts_of_other_sites_that_they_may_read(client):
    answer = client.options(f"{ROOT}observations", headers={"Origin": "https://chart.example"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_who_has_the_answer_is_told_so_after_one_question_to_the_database(
    client, django_assert_num_queries
):
    etag = client.get(f"{ROOT}observations").headers["ETag"]
    with django_assert_num_queries(1):
        answer = client.get(f"{ROOT}observations", headers={"If-None-Match": f'"x", {etag}'})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == etag


def _record(_client):
    record_values(make_estimate("kpi-22", "ASEAN", "2027"), source="document:new")


def _retitle(_client):
    indicator = Indicator.objects.get()
    indicator.title = "Another"
    indicator.save()


def _rename(_client):
    area = Area.objects.get()
    area.name = "Association"
    area.save()


@pytest.mark.parametrize("change", [_record, _retitle, _rename])
def test_every_change_of_the_ledger_changes_the_etag(client, change):
    etag = client.get(f"{ROOT}observations").headers["ETag"]
    change(client)
    answer = client.get(f"{ROOT}observations", headers={"If-None-Match": etag})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != etag


def test_each_question_reader_and_language_has_an_etag_of_its_own(client, client_for):
    def etag(who, query="", **headers):
        return who.get(f"{ROOT}observations{query}", headers=headers).headers["ETag"]

    etags = {
        etag(client),
        etag(client, "?limit=5"),
        etag(client, "", Accept_Language="th"),
        etag(client_for("analyst")),
    }
    assert len(etags) == 4
    assert etag(client, "?limit=5&area=ASEAN") == etag(client, "?area=ASEAN&limit=5")


def test_visitors_answers_may_be_kept_by_anybody_and_the_others_by_nobody_else(client, client_for):
    visitor = client.get(f"{ROOT}observations").headers
    assert visitor["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in visitor["Vary"] and "Accept-Language" in visitor["Vary"]
    analyst = client_for("analyst").get(f"{ROOT}observations").headers
    assert analyst["Cache-Control"] == "private, no-cache"


def test_addresses_from_before_versions_lead_to_the_first(client):
    answer = client.get("/indicators/api/observations?indicator=kpi-22")
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"{ROOT}observations?indicator=kpi-22"
    assert client.get("/indicators/api/observations", follow=True).json()["count"] == 1


def test_the_description_is_openapi_and_names_every_address(client):
    described = client.get(reverse("indicators:api:openapi-json")).json()
    assert described["openapi"].startswith("3.1")
    assert {path.removeprefix(ROOT) for path in described["paths"]} == {
        "", "areas", "areas/{code}/members", "frameworks", "frameworks/{framework}/nodes",
        "mappings", "indicators", "indicators/{slug}", "observations", "observations/{id}",
        "observations/{id}/revisions",
    }  # fmt: skip
    for operations in described["paths"].values():
        assert set(operations) == {"get"}
        assert set(operations["get"]["responses"]) == {"200", "304", "400", "404", "422"}
