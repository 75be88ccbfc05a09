"""Member states: their profiles, and comparisons that do not pretend."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from indicators.models import Area, AreaMembership
from tests.indicators.factories import (
    HOSTILE,
    make_area,
    make_asean,
    make_estimate,
    make_framework,
    make_indicator,
    record_values,
)

pytestmark = pytest.mark.django_db


def text_of(response) -> str:
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def plan():
    """A framework that began in 2016, with two indicators; Timor-Leste joined in 2025."""
    asean = make_asean("KH", "TH")
    for code, name in (("KH", "Cambodia"), ("TH", "Thailand")):
        Area.objects.filter(code=code).update(name=name)
    east = make_area("TL", name="Timor-Leste")
    AreaMembership.objects.create(group=asean, area=east, valid_from=date(2025, 10, 26))
    framework = make_framework(slug="plan", title="The plan", valid_from=date(2016, 1, 1))
    common = {"framework": framework, "baseline_year": 2016, "data_route": "national_policy"}
    make_indicator("kpi-1", title="Schools", code="KPI 1", **common)
    make_indicator("kpi-2", title="Clinics", code="KPI 2", **common)
    record_values(
        make_estimate("kpi-1", "KH", "2016", "40"),
        make_estimate("kpi-1", "KH", "2024", "55"),
        make_estimate("kpi-1", "TH", "2024", "61"),
        make_estimate("kpi-1", "ASEAN", "2016", "45", members=("KH", "TH")),
        make_estimate("kpi-1", "ASEAN", "2024", "58", members=("KH", "TH")),
    )
    return framework


def test_the_index_names_every_member_state_of_the_demonstration(client, loaded):
    page = text_of(client.get("/indicators/areas/"))
    members = Area.objects.member_states(on=timezone.now().date())
    assert len(members) == 11
    for area in members:
        assert f'href="/indicators/areas/{area.code}/"' in page


def test_a_profile_shows_the_states_value_with_aseans_beside(client, plan):
    page = text_of(client.get("/indicators/areas/KH/"))
    assert "55 %" in page and "58 %" in page
    assert "Better: 40 in 2016, 55 in 2024." in page
    assert "<strong>1</strong> of 2 indicators have a value for Cambodia" in page


def test_a_profile_names_who_is_awaited(client, plan):
    page = text_of(client.get("/indicators/areas/TH/"))
    assert "no observation of the baseline year 2016" in page
    assert "awaiting the focal point of Thailand" in page


def test_a_profile_sums_up_what_is_missing_and_from_whom(client, plan):
    make_indicator("kpi-3", title="Heard of it", framework=plan, baseline_year=2016)
    awaited = client.get("/indicators/areas/TH/").context["profile"].awaited
    assert awaited == [
        ("national policy; awaiting the focal point of Thailand", 2),
        ("awaiting a survey", 1),
    ]
    assert "What is missing, and from whom" in text_of(client.get("/indicators/areas/TH/"))


def test_a_profile_never_shows_the_value_of_another_area_as_the_states_own(client, plan):
    [part] = client.get("/indicators/areas/TL/").context["profile"].parts
    assert [line.row.figure.observation for line in part.lines] == [None, None]
    assert part.lines[0].beside.value == "58\N{NO-BREAK SPACE}%"


def test_a_state_that_joined_later_is_not_blamed_for_the_years_before(client, plan):
    page = text_of(client.get("/indicators/areas/TL/"))
    assert "Member of ASEAN since" in page
    assert "Joined after this framework began" in page
    assert "was not a member of ASEAN in the baseline year 2016" in page
    assert "without Timor-Leste" in page
    assert "Joined after" not in text_of(client.get("/indicators/areas/KH/"))


@pytest.mark.parametrize("code", ["ASEAN", "XX", "kh", "%00", "K" * 300])
def test_only_member_states_have_a_profile(client, plan, code):
    assert client.get(f"/indicators/areas/{code}/").status_code in {400, 404}


def test_an_unpublished_indicator_is_on_no_profile_and_in_no_comparison(client, plan):
    make_indicator("kpi-3", title="A secret", framework=plan, is_published=False)
    record_values(make_estimate("kpi-3", "KH", "2024", "99"), source="document:other")
    assert "A secret" not in text_of(client.get("/indicators/areas/KH/"))
    page = client.get("/indicators/compare/?indicator=kpi-3")
    assert "A secret" not in text_of(page)
    assert page.context["found"] == []


def test_a_profile_costs_a_fixed_number_of_queries(client, plan, django_assert_max_num_queries):
    client.get("/indicators/areas/KH/")
    with django_assert_max_num_queries(12):
        client.get("/indicators/areas/KH/")


@pytest.fixture
def surveyed():
    """One question asked alike in Cambodia and Thailand, otherwise in Viet Nam."""
    make_asean("KH", "TH", "VN")
    make_indicator("kpi-22", title="Awareness")
    interval = {"low": Decimal(60), "high": Decimal(70), "n": 900}
    asked = {"question": "heard", "question_hash": "aaaa", "sampling_type": "probability"}
    record_values(
        make_estimate("kpi-22", "KH", "2026", "65", provenance=asked, **interval),
        make_estimate("kpi-22", "TH", "2026", "66", provenance=asked, **interval),
    )


def found(client, query: str):
    return client.get(f"/indicators/compare/?{query}").context["found"]


def test_intervals_stand_side_by_side_and_overlap_is_called_no_test(client, surveyed):
    page = text_of(client.get("/indicators/compare/?indicator=kpi-22&area=KH&area=TH"))
    assert page.count('class="point"') >= 2
    assert "95 % interval 60.0 to 70.0" in page
    assert "no test of their difference" in page


def test_different_definitions_are_never_drawn_together(client, surveyed):
    other = {"question": "heard", "question_hash": "bbbb", "sampling_type": "probability"}
    record_values(
        make_estimate("kpi-22", "VN", "2026", "80", provenance=other, low=Decimal(75),
                      high=Decimal(85), n=800),
        source="document:vn",
    )  # fmt: skip
    [compared] = found(client, "indicator=kpi-22&area=KH&area=TH&area=VN")
    assert [[side.area.code for side in group.sides] for group in compared.groups] == [
        ["KH", "TH"],
        ["VN"],
    ]
    assert compared.groups[1].chart is None
    page = text_of(client.get("/indicators/compare/?indicator=kpi-22"))
    assert "Not drawn together" in page


def test_a_value_that_says_it_is_of_another_definition_stands_apart(client, surveyed):
    record_values(make_estimate("kpi-22", "VN", "2026", "80", status="D"), source="document:vn")
    [compared] = found(client, "indicator=kpi-22")
    assert not compared.is_of_one_definition


def test_differences_of_method_period_and_sampling_are_said(client, surveyed):
    told = {"question": "heard", "question_hash": "aaaa", "sampling_type": "non_probability"}
    record_values(
        make_estimate("kpi-22", "VN", "2024", "80", provenance=told, method="counted by hand"),
        source="document:vn",
    )
    [compared] = found(client, "indicator=kpi-22")
    told = " ".join(compared.warnings)
    assert "different periods" in told
    assert "how people came to answer" in told
    assert "Some values have an interval and some have none." in told


def test_areas_without_a_value_are_named(client, surveyed):
    [compared] = found(client, "indicator=kpi-22&area=KH&area=VN")
    assert [area.code for area in compared.without] == ["VN"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "indicator=",
        "indicator=unknown",
        f"indicator={HOSTILE}&area={HOSTILE}&period={HOSTILE}",
        "indicator=kpi-22&period=99999999999999999999",
        "indicator=kpi-22&area=ZZ",
        "indicator=kpi-22&period=1850",
        "&".join(f"indicator=kpi-{number}" for number in range(300)),
    ],
)
def test_odd_questions_get_a_page(client, surveyed, query):
    page = client.get(f"/indicators/compare/?{query}")
    assert page.status_code == 200
    assert HOSTILE not in text_of(page)


def test_a_comparison_costs_a_fixed_number_of_queries(
    client, surveyed, django_assert_max_num_queries
):
    client.get("/indicators/compare/?indicator=kpi-22")
    with django_assert_max_num_queries(12):
        client.get("/indicators/compare/?indicator=kpi-22&area=KH&area=TH")
