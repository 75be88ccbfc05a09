"""The overview, the indicator's page, its values and its chart on other people's sites."""

from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest

from indicators import ledger
from indicators.models import Area, Observation, ReportingRound, Submission, Target
from tests.indicators.factories import (
    AT,
    HOSTILE,
    make_area,
    make_asean,
    make_estimate,
    make_framework,
    make_indicator,
    make_node,
    record_values,
)

pytestmark = pytest.mark.django_db


def text_of(response) -> str:
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def plan():
    """Two characteristics, the second one first by name, and an indicator of neither."""
    framework = make_framework(slug="plan", title="The plan")
    nodes = [
        make_node(framework=framework, key=key, code=code, title=title, position=place)
        for place, (key, code, title) in enumerate([("z", "A", "Zeal"), ("b", "B", "Accord")])
    ]
    make_asean("KH", "TH")
    common = {"framework": framework, "baseline_year": 2016}
    make_indicator("kpi-1", title="Loose", **common)
    make_indicator("kpi-2", title="Of accord", node=nodes[1], **common)
    make_indicator("kpi-3", title="Of zeal", node=nodes[0], **common)
    record_values(
        make_estimate("kpi-2", "ASEAN", "2016", "40"),
        make_estimate("kpi-2", "ASEAN", "2020", "44"),
        make_estimate("kpi-2", "ASEAN", "2024", "43"),
        make_estimate("kpi-3", "ASEAN", "2016", "40"),
        make_estimate("kpi-3", "ASEAN", "2024", "31"),
    )
    return framework


def test_the_overview_stands_by_characteristic_in_the_frameworks_order(client, plan):
    parts = client.get("/indicators/").context["parts"]
    assert [part.node and part.node.code for part in parts] == ["A", "B", None]
    assert [row.indicator.slug for part in parts for row, _course in part.rows] == [
        "kpi-3",
        "kpi-2",
        "kpi-1",
    ]


def test_the_overview_draws_the_course_and_says_it_in_words(client, plan):
    page = text_of(client.get("/indicators/"))
    assert page.count('class="sparkline"') == 2
    assert 'aria-label="From 40 % in 2016 to 43 % in 2024."' in page


@pytest.mark.parametrize(
    ("verdict", "slugs"),
    [("better", {"kpi-2"}), ("worse", {"kpi-3"}), ("none", {"kpi-1"}), ("unchanged", set())],
)
def test_the_overview_is_filtered_by_verdict(client, plan, verdict, slugs):
    rows = client.get("/indicators/", {"progress": verdict}).context["rows"]
    assert {row.indicator.slug for row in rows} == slugs


def test_a_verdict_is_a_word_and_not_a_colour_alone(client, plan):
    page = text_of(client.get("/indicators/"))
    assert '<span class="badge badge--good">better</span>' in page
    assert '<span class="badge badge--bad">worse</span>' in page


@pytest.fixture
def kpi_22():
    """Two waves in three areas, of everybody and of two groups, with a target for ASEAN."""
    make_asean("KH", "VN")
    Area.objects.filter(code="VN").update(name="Viet Nam")
    indicator = make_indicator(title="Awareness", baseline_year=2024)
    told = {"survey": "Awareness", "wave": "2026", "question": "heard", "filter": "all"}
    record_values(
        *(
            make_estimate(
                "kpi-22",
                area,
                period,
                value,
                low=Decimal(value) - 2,
                high=Decimal(value) + 2,
                n=900,
                breakdown=breakdown,
                provenance=told,
            )
            for area, shift in (("ASEAN", 0), ("KH", 1), ("VN", 5))
            for period, base in (("2024", 70), ("2026", 74))
            for breakdown, more in (("", 0), ("sex=F", 1), ("sex=M", -1))
            for value in (str(base + shift + more),)
        ),
        source="surveys.wave:a",
        digest="d1",
    )
    Target.objects.create(
        indicator=indicator, area=Area.objects.get(code="ASEAN"), period="2030", value=90
    )
    return indicator


def test_the_chart_over_time_shows_baseline_and_target_and_so_does_its_table(client, kpi_22):
    chart = client.get("/indicators/kpi-22/").context["charts"][0]
    assert [row[0] for row in chart.rows] == ["2024 (baseline)", "2026", "2030 (target)"]
    assert "90.0" in chart.svg
    assert chart.svg.count("stroke-dasharray") >= 4  # two lines in the wide and the narrow form


def test_an_area_and_a_group_are_chosen_by_the_address(client, kpi_22):
    page = client.get("/indicators/kpi-22/", {"area": "VN", "breakdown": "sex=F"})
    over_time, by_area = page.context["charts"]
    assert over_time.title == "Awareness (women) over time, Viet Nam"
    assert [row[1] for row in over_time.rows] == [
        "76.0\N{NO-BREAK SPACE}%",
        "80.0\N{NO-BREAK SPACE}%",
    ]
    assert by_area.title == "Awareness (women) by area, 2026"
    assert '<option value="sex=F" selected>' in text_of(page)
    assert [row.period for row in page.context["values"]] == ["2026", "2024"]


def test_what_is_judged_are_the_totals_whichever_group_is_shown(client, kpi_22):
    whole = client.get("/indicators/kpi-22/").context
    group = client.get("/indicators/kpi-22/", {"breakdown": "sex=F"}).context
    assert group["progress"] == whole["progress"]
    assert group["figure"].value_text == whole["figure"].value_text


def test_the_source_told_is_that_of_the_group_shown(client, kpi_22):
    page = client.get("/indicators/kpi-22/", {"area": "VN", "breakdown": "sex=F"})
    row = page.context["observation"]
    assert (row.area.code, row.period, row.breakdown) == ("VN", "2026", "sex=F")
    assert "Where this value comes from: Viet Nam, 2026, women" in text_of(page)


def test_a_hidden_value_says_why_once(client, kpi_22):
    record_values(
        make_estimate("kpi-22", "VN", "2026", None, status="Q", breakdown="sex=F", n=12),
        source="surveys.wave:a",
        digest="d3",
        withdraw_missing=False,
    )
    page = client.get("/indicators/kpi-22/", {"area": "VN", "breakdown": "sex=F"})
    [hidden, shown] = page.context["values"]
    assert (hidden.value, hidden.status) == ("not shown, to protect respondents", "")
    assert shown.value.startswith("76.0")


@pytest.mark.parametrize(
    "query",
    [
        {"area": "XX"},
        {"area": HOSTILE, "breakdown": HOSTILE},
        {"breakdown": "sex=Z"},
        {"breakdown": "=;=" * 200},
        {"area": "9" * 900},
    ],
)
def test_an_area_or_a_group_without_values_shows_what_there_is(client, kpi_22, query):
    page = client.get("/indicators/kpi-22/", query)
    assert page.status_code == 200
    assert page.context["reading"].here == "ASEAN"
    assert page.context["reading"].breakdown == ""
    assert HOSTILE not in text_of(page)


def test_the_page_reads_what_it_shows_and_no_more(client, kpi_22, monkeypatch):
    read = []
    whole = Observation.from_db.__func__
    monkeypatch.setattr(
        Observation,
        "from_db",
        classmethod(lambda cls, *given: read.append(given) or whole(cls, *given)),
    )
    client.get("/indicators/kpi-22/")
    assert len(read) == 6 + 2  # totals of three areas and two years; ASEAN's newest groups


def test_a_sub_kpi_leads_to_its_kpi_and_back_as_far_as_they_are_public(client, kpi_22):
    framework = kpi_22.framework
    make_indicator("kpi-22a", title="Of the young", parent=kpi_22, framework=framework)
    make_indicator("kpi-22b", title="A secret", parent=kpi_22, framework=framework,
                   is_published=False)  # fmt: skip
    page = text_of(client.get("/indicators/kpi-22/"))
    assert '<a href="/indicators/kpi-22a/">Of the young</a>' in page
    assert "A secret" not in page
    below = text_of(client.get("/indicators/kpi-22a/"))
    assert '<a href="/indicators/kpi-22/">Awareness</a>' in below
    kpi_22.is_published = False
    kpi_22.save()
    assert "kpi-22/" not in text_of(client.get("/indicators/kpi-22a/"))


def test_metadata_are_in_the_concepts_of_statistical_offices(client, kpi_22):
    told = {one.code: one.text for one in client.get("/indicators/kpi-22/").context["metadata"]}
    assert told["TIME_COVERAGE"] == "2024 – 2026"
    assert told["FREQ"] == "every 2 years"
    assert told["DATA_PROVIDER"] == "Awareness"
    assert "ASEAN" in told["REF_AREA"] and "Viet Nam" in told["REF_AREA"]
    assert told["STAT_POP"] == "not stated"
    assert told["CONTACT"]


def test_the_page_says_how_to_cite_it(client, kpi_22, settings):
    settings.PUBLIC_URL = "https://results.example"
    page = text_of(client.get("/indicators/kpi-22/"))
    assert "74.0 % (ASEAN, 2026)" in page
    assert "from https://results.example/indicators/kpi-22/" in page


@pytest.mark.parametrize("query", [{}, {"area": "VN", "breakdown": "sex=F"}])
def test_the_page_costs_a_fixed_number_of_queries(
    client, kpi_22, query, django_assert_max_num_queries
):
    client.get("/indicators/kpi-22/")
    with django_assert_max_num_queries(12):
        client.get("/indicators/kpi-22/", query)


def value_of(area: str, period: str, breakdown: str = "") -> str:
    row = Observation.objects.get(area__code=area, period=period, breakdown=breakdown)
    return f"/indicators/{row.indicator.slug}/values/{row.token}/"


def test_check_26_every_value_leads_in_one_more_click_to_where_it_comes_from(client, kpi_22):
    overview = text_of(client.get("/indicators/"))
    assert 'href="/indicators/kpi-22/"' in overview
    page = text_of(client.get("/indicators/kpi-22/"))
    for area in ("ASEAN", "KH", "VN"):
        assert f'href="{value_of(area, "2026")}"' in page
    for group in ("sex=F", "sex=M"):
        assert f'href="{value_of("ASEAN", "2026", group)}"' in page
    told = text_of(client.get(value_of("VN", "2026")))
    for words in ("Awareness", "2026", "heard", "all", "n)", "900", "95 % interval 77.0 to 81.0"):
        assert words in told


def test_check_26_a_value_says_what_it_was_before_and_why_it_changed(client, kpi_22):
    ledger.record(
        [make_estimate("kpi-22", "KH", "2026", "76", provenance={"wave": "2026"})],
        source="surveys.wave:a",
        digest="d2",
        at=AT + timedelta(days=1),
        reason=f"late answers {HOSTILE}",
        withdraw_missing=False,
    )
    page = text_of(client.get(value_of("KH", "2026")))
    assert "75.0 % (n = 900)" in page
    assert "late answers" in page
    assert HOSTILE not in page


@pytest.fixture
def reported():
    """Lao PDR handed a value in, it was returned with a reason, and published."""
    from engagement.models import User

    lao = make_area("LA", name="Lao PDR")
    make_indicator("kpi-16", title="Policies", data_route="national_policy", unit="")
    people = [
        User.objects.create_user(f"{name}@people.example", "pass")
        for name in ("somsy-of-laos", "rina-the-analyst")
    ]
    call = ReportingRound.objects.create(
        title="2026, quarter 4", period="2026-Q4", opens_at=AT, deadline_at=AT + timedelta(days=30)
    )
    handed_in = Submission.objects.create(round=call, area=lao, state="published")
    from indicators.models import Indicator

    handed_in.values.create(indicator=Indicator.objects.get(), period="2026-Q4", value=3)
    for place, (before, after, by, why) in enumerate(
        [
            ("drafting", "submitted", people[0], ""),
            ("submitted", "returned", people[1], "The year is missing"),
            ("returned", "submitted", people[0], ""),
            ("submitted", "published", people[1], ""),
        ]
    ):
        handed_in.steps.create(
            from_state=before, to_state=after, by=by, reason=why, at=AT + timedelta(hours=place)
        )
    record_values(
        make_estimate("kpi-16", "LA", "2026-Q4", "3",
                      provenance={"submission": "2026, quarter 4", "reported_by": "LA"}),
        source="reporting:LA",
        by=people[1],
    )  # fmt: skip


def test_check_26_who_entered_returned_and_approved_is_told_to_those_who_may_know(
    client, client_for, reported
):
    address = value_of("LA", "2026-Q4")
    public = text_of(client.get(address))
    assert "2026, quarter 4" in public
    assert "somsy-of-laos" not in public and "rina-the-analyst" not in public
    assert "The year is missing" not in public

    inside = text_of(client_for("analyst").get(address))
    assert "somsy-of-laos" in inside and "rina-the-analyst" in inside
    assert "The year is missing" in inside


def test_check_26_another_states_focal_point_does_not_see_the_steps(client_for, reported):
    make_area("VN")
    inside = text_of(client_for("national_focal_point", area="VN").get(value_of("LA", "2026-Q4")))
    assert "The year is missing" not in inside


def test_a_value_of_another_indicator_or_withdrawn_is_at_no_address(client, client_for, kpi_22):
    address = value_of("KH", "2026")
    make_indicator("kpi-23")
    assert client.get(address.replace("kpi-22", "kpi-23")).status_code == 404
    assert client.get("/indicators/kpi-22/values/unknown/").status_code == 404
    ledger.record([], source="surveys.wave:a", digest="gone", at=AT + timedelta(days=2))
    assert client.get(address).status_code == 404
    assert "withdrawn" in text_of(client_for("analyst").get(address))


def test_a_value_of_an_unpublished_indicator_is_nobodys_business(client, client_for, kpi_22):
    address = value_of("KH", "2026")
    kpi_22.is_published = False
    kpi_22.save()
    assert client.get(address).status_code == 404
    assert client.get("/indicators/kpi-22/embed/").status_code == 404
    assert client_for("analyst").get(address).status_code == 200


def test_any_site_may_frame_the_chart_and_only_the_chart(client, kpi_22):
    chart = client.get("/indicators/kpi-22/embed/")
    assert "frame-ancestors *" in chart.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in chart.headers
    page = client.get("/indicators/kpi-22/")
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_kept_chart_may_still_be_framed(client, kpi_22, settings):
    from django.core.cache import cache

    settings.PAGES_KEPT = 60
    cache.clear()
    client.get("/indicators/kpi-22/embed/")
    again = client.get("/indicators/kpi-22/embed/")
    cache.clear()
    assert again.context is None
    assert "frame-ancestors *" in again.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in again.headers


def test_the_chart_alone_has_title_table_source_and_a_link_and_nothing_of_the_site(
    client, kpi_22, settings
):
    settings.PUBLIC_URL = "https://results.example"
    answer = client.get("/indicators/kpi-22/embed/", {"area": "VN", "breakdown": "sex=F"})
    page = text_of(answer)
    assert "<h1>Awareness</h1>" in page
    assert "<table" in page and "women" in page and "Viet Nam" in page
    link = "https://results.example/indicators/kpi-22/?area=VN&breakdown=sex%3DF"
    assert f'href="{link}"' in unescape(page)
    assert "<script" not in page and "<form" not in page
    assert not answer.cookies
    assert len(answer.content) < 20_000


def test_the_chart_alone_shows_areas_where_it_is_asked_to(client, kpi_22):
    assert client.get("/indicators/kpi-22/embed/").context["chart"].title.endswith("ASEAN")
    by_area = client.get("/indicators/kpi-22/embed/", {"by": "area"}).context["chart"]
    assert by_area.title == "Awareness by area, 2026"


def test_the_chart_of_an_indicator_without_values_says_so(client):
    make_indicator("kpi-9", title="Empty")
    assert "no value is recorded yet" in text_of(client.get("/indicators/kpi-9/embed/"))


def test_the_snippet_is_shown_as_text_to_copy(client, kpi_22, settings):
    settings.PUBLIC_URL = "https://results.example"
    page = text_of(client.get("/indicators/kpi-22/", {"area": "VN"}))
    assert "<iframe" not in page
    told = unescape(page)
    assert '<iframe src="https://results.example/indicators/kpi-22/embed/?area=VN"' in told


def test_the_pages_speak_the_readers_language(client, kpi_22):
    for address in ("/indicators/kpi-22/", "/indicators/kpi-22/embed/", "/indicators/areas/KH/"):
        for code in ("id", "th", "vi"):
            page = text_of(client.get(address, HTTP_ACCEPT_LANGUAGE=code))
            assert f'<html lang="{code}"' in page
