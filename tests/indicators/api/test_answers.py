"""The API answers with what the pages show and with nothing else."""

from datetime import date, timedelta

import pytest

from indicators import ledger
from indicators.models import Area, AreaMembership, Indicator, NodeMapping, Observation, Target
from tests.indicators.factories import (
    AT,
    make_area,
    make_asean,
    make_estimate,
    make_framework,
    make_indicator,
    make_node,
    record_values,
)

pytestmark = pytest.mark.django_db
ROOT = "/indicators/api/v1/"


@pytest.fixture
def framework():
    return make_framework(slug="blueprint", title="Blueprint")


@pytest.fixture(autouse=True)
def _recorded(framework):
    make_asean("KH", "TH")
    make_indicator("kpi-22", framework=framework, baseline_year=2016, direction="up")
    make_indicator("kpi-31c", framework=framework, data_route="official_statistics")
    make_indicator("kpi-99", framework=framework, is_published=False)
    record_values(
        make_estimate("kpi-22", "ASEAN", "2016", "60.5", n=1200),
        make_estimate("kpi-22", "ASEAN", "2026", "72.4", low="70.1", high="74.7", n=1100),
        make_estimate("kpi-22", "KH", "2026-Q1", "-3.25", breakdown="age=15-24;sex=F"),
        make_estimate("kpi-22", "TH", "2026", None, status="Q"),
        make_estimate("kpi-31c", "KH", "2020", "0.000001", is_demonstration=True),
        make_estimate("kpi-99", "ASEAN", "2026", "1"),
        source="document:first",
    )


def ask(client, address: str, status: int = 200):
    answer = client.get(ROOT + address)
    assert answer.status_code == status, answer.content
    return answer.json()


def periods(client, query: str) -> list[tuple]:
    found = ask(client, f"observations?{query}")["items"]
    return [(row["indicator"], row["area"], row["period"]) for row in found]


def test_an_observation_carries_its_digits_and_what_it_takes_to_trust_it(client):
    (found,) = ask(client, "observations?indicator=kpi-22&area=ASEAN&period=2026")["items"]
    assert (found["value"], found["low"], found["high"], found["n"]) == (
        "72.4",
        "70.1",
        "74.7",
        1100,
    )
    assert found["source"] == "document:first"
    assert found["status"] == "A"
    assert ask(client, f"observations/{found['id']}") == found


def test_a_value_that_is_not_shown_is_null_and_says_why(client):
    (found,) = ask(client, "observations?area=TH")["items"]
    assert (found["value"], found["status"]) == (None, "Q")


def test_unpublished_indicators_stay_inside(client, client_for):
    hidden = Observation.objects.get(indicator__slug="kpi-99")
    analyst = client_for("analyst")
    assert ask(client, "observations")["count"] == 5
    assert ask(analyst, "observations")["count"] == 6
    assert [row["slug"] for row in ask(client, "indicators")["items"]] == ["kpi-22", "kpi-31c"]
    for address in ("indicators/kpi-99", "observations?indicator=kpi-99",
                    f"observations/{hidden.token}", f"observations/{hidden.token}/revisions"):  # fmt: skip
        ask(client, address, 404)
        ask(analyst, address)


def test_a_mistyped_code_is_said_and_looks_like_no_empty_answer(client):
    told = ask(client, "observations?indicator=kpi-22&indicator=kpi-2x", 404)
    assert told["detail"] == "No indicator has the code 'kpi-2x'. GET /indicators lists them."
    hidden = ask(client, "observations?indicator=kpi-99", 404)
    assert hidden["detail"].startswith("No indicator has the code 'kpi-99'.")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("area=KH", 2),
        ("area=KH&area=TH", 3),
        ("indicator=kpi-22&indicator=kpi-31c", 5),
        ("framework=blueprint", 5),
        ("from_year=2020", 4),
        ("to_year=2016", 1),
        ("from_year=2020&to_year=2020", 1),
        ("period=2026&period=2026-Q1", 3),
        ("breakdown=_T", 4),
        ("breakdown=", 4),
        ("breakdown=sex%3DF;age%3D15-24", 1),
        ("breakdown=_T&breakdown=age%3D15-24;sex%3DF", 5),
        ("breakdown=sex%3DF;sex%3DM", 0),
        ("source=document:first", 5),
        ("source=document:second", 0),
        ("status=Q", 1),
        ("status=Q&status=A", 5),
        ("updated_since=2026-11-22", 5),
        ("updated_since=2026-11-22T09:00:00Z", 5),
        ("updated_since=2026-11-22T16:00:00%2B07:00", 5),
        ("updated_since=2026-11-22T16:00:00+07:00", 5),
        ("updated_since=2026-11-22T09:00:01Z", 0),
    ],
)
def test_filters_let_through_what_all_of_them_let_through(client, query, count):
    assert ask(client, f"observations?{query}")["count"] == count


def test_pages_are_walked_by_their_next_and_show_each_row_once_in_one_order(client):
    record_values(
        *(make_estimate("kpi-22", "KH", str(2000 + year), "1") for year in range(12)),
        source="document:long",
    )
    whole = periods(client, "limit=500")
    walked, url = [], f"{ROOT}observations?limit=4"
    while url:
        page = client.get(url).json()
        assert page["count"] == len(whole) == 17
        walked += page["items"]
        url = page["next"]
    assert [(row["indicator"], row["area"], row["period"]) for row in walked] == whole
    assert len({row["id"] for row in walked}) == 17


def test_a_page_goes_on_after_its_last_row_even_when_that_is_withdrawn_meanwhile(client):
    first = ask(client, "observations?limit=2")
    record_values(
        make_estimate("kpi-31c", "KH", "2020", "5"), source="document:first", digest="other"
    )
    rest = client.get(first["next"]).json()
    assert [row["indicator"] for row in rest["items"]] == ["kpi-31c"]


def test_withdrawn_values_are_gone_and_their_history_with_them(client):
    token = ask(client, "observations?area=TH")["items"][0]["id"]
    record_values(make_estimate("kpi-31c", "KH", "2020", "5"), source="document:first", digest="b")
    ask(client, f"observations/{token}", 404)
    ask(client, f"observations/{token}/revisions", 404)


def test_revisions_say_what_a_value_was_and_why_it_changed_but_not_who_changed_it(
    client, client_for
):
    analyst = client_for("analyst").user
    record_values(
        make_estimate("kpi-31c", "KH", "2020", "7"),
        source="document:first",
        digest="b",
        by=analyst,
        reason="A digit was mistyped.",
        withdraw_missing=False,
    )
    token = ask(client, "observations?indicator=kpi-31c")["items"][0]["id"]
    (found,) = ask(client, f"observations/{token}/revisions")["items"]
    assert (found["before"]["value"], found["after"]["value"]) == ("0.000001", "7")
    assert (found["kind"], found["reason"]) == ("changed", "A digit was mistyped.")
    assert analyst.email not in str(found)


def test_an_indicator_says_what_its_evidence_says_in_every_area(client):
    Target.objects.create(
        indicator=Indicator.objects.get(slug="kpi-22"), area=Area.objects.get(code="ASEAN"),
        period="2030", value="80", source="Plan",
    )  # fmt: skip
    found = ask(client, "indicators/kpi-22")
    assert found["targets"] == [
        {"area": "ASEAN", "period": "2030", "value": "80", "source": "Plan"}
    ]
    asean = next(one for one in found["areas"] if one["area"] == "ASEAN")
    assert asean["newest"]["value"] == "72.4"
    assert asean["sufficiency"]["is_sufficient"] is True
    assert asean["sufficiency"]["baseline"] == {"period": "2016", "value": "60.5"}
    assert asean["progress"]["change"] == "11.9"
    listed = ask(client, "indicators?framework=blueprint&data_route=public_perception")["items"]
    assert [row["slug"] for row in listed] == ["kpi-22"]
    assert listed[0]["newest"] == asean["newest"]


def test_indicators_are_walked_by_slug(client):
    first = ask(client, "indicators?limit=1")
    second = client.get(first["next"]).json()
    assert [row["slug"] for row in first["items"] + second["items"]] == ["kpi-22", "kpi-31c"]
    assert second["next"] is None


def test_areas_say_who_belonged_when_and_a_day_says_who_belonged_then(client):
    asean = Area.objects.get(code="ASEAN")
    AreaMembership.objects.create(group=asean, area=make_area("TL"), valid_from=date(2025, 10, 26))
    found = {row["code"]: row for row in ask(client, "areas")["items"]}
    assert found["TL"]["memberships"][0]["valid_from"] == "2025-10-26"
    assert {row["area"] for row in found["ASEAN"]["members"]} == {"KH", "TH", "TL"}

    def members(day):
        return [row["code"] for row in ask(client, f"areas/ASEAN/members?on={day}")["items"]]

    assert members("2025-10-25") == ["KH", "TH"]
    assert members("2025-10-26") == ["KH", "TH", "TL"]
    ask(client, "areas/XX/members?on=2020-01-01", 404)


def test_frameworks_have_trees_and_mappings_between_them(client, framework):
    other = make_framework(slug="plan")
    top = make_node(framework=framework, key="a", code="A", title="Engages")
    below = make_node(framework=framework, key="a-1", code="A.1", parent=top)
    goal = make_node(framework=other, key="g-1", code="1", kind="goal")
    NodeMapping.objects.create(from_node=below, to_node=goal, kind="part", note="In part")
    slugs = {row["slug"] for row in ask(client, "frameworks")["items"]}
    assert slugs == {"blueprint", "plan"}
    tree = ask(client, "frameworks/blueprint/nodes")["items"]
    assert [(row["key"], row["parent"]) for row in tree] == [("a", None), ("a-1", "a")]
    for query in ("", "?framework=plan", "?framework=blueprint"):
        (found,) = ask(client, f"mappings{query}")["items"]
        assert (found["from_node"]["key"], found["to_node"]["key"], found["kind"]) == (
            "a-1", "g-1", "part",
        )  # fmt: skip
    ask(client, "mappings?framework=nope", 404)
    ask(client, "frameworks/nope/nodes", 404)


def test_the_index_leads_to_everything(client):
    found = ask(client, "")
    for link in found["resources"] + found["files"]:
        assert client.get(link["url"]).status_code == 200, link


def test_a_stale_value_is_marked(client):
    ledger.mark_stale(source="document:first", at=AT + timedelta(days=1))
    assert all(row["is_stale"] for row in ask(client, "observations")["items"])


@pytest.mark.parametrize(
    ("address", "most"),
    [("observations?limit=500", 6), ("observations?limit=500&indicator=kpi-22&area=KH", 8),
     ("indicators?limit=500", 10), ("indicators/kpi-22", 12), ("areas", 7), ("frameworks", 5),
     ("frameworks/blueprint/nodes", 6), ("mappings", 5), ("", 4)],
)  # fmt: skip
def test_questions_to_the_database_do_not_grow_with_the_rows(
    client, django_assert_max_num_queries, framework, address, most
):
    for number in range(20):
        make_indicator(f"more-{number}", framework=framework)
    record_values(
        *(make_estimate(f"more-{number}", area, "2026", "1")
          for number in range(20) for area in ("KH", "TH", "ASEAN")),
        source="document:more",
    )  # fmt: skip
    with django_assert_max_num_queries(most):
        ask(client, address)
