from datetime import date

import pytest
from django.utils import timezone
from wagtail.models import Page, Site
from wagtail.test.utils import WagtailPageTestCase

from cms import models
from cms.models import HomePage, NewsIndexPage, NewsPage, PlanPage, SiteSettings, StandardPage
from indicators.models import Evidence
from indicators.services.evidence import record_consent, save_evidence, set_visibility
from tests.cms import factories, markup
from tests.conftest import user_with_role
from tests.indicators.factories import (
    make_area,
    make_framework,
    make_indicator,
    make_node,
)

pytestmark = pytest.mark.django_db


def test_every_page_type_renders_without_fault(client):
    pages = factories.make_every_page()
    assert {type(page).__name__ for page in pages} == {
        name for name in models.__all__ if name.endswith("Page")
    }
    for page in pages:
        answer = client.get(page.get_url() or "/")
        assert answer.status_code == 200, page
        assert markup.faults(answer.content.decode()) == [], page


def test_every_page_type_says_where_it_may_stand():
    for name in models.__all__:
        model = getattr(models, name)
        if issubclass(model, Page):
            assert "parent_page_types" in vars(model), name
            assert "subpage_types" in vars(model), name


def test_a_page_of_text_may_not_stand_below_news():
    WagtailPageTestCase().assertCanNotCreateAt(NewsIndexPage, StandardPage)
    WagtailPageTestCase().assertCanCreateAt(NewsIndexPage, NewsPage)


def test_the_home_page_lists_what_is_open_and_new(client):
    home = factories.make_home()
    wave, event = factories.make_wave(title="Awareness wave"), factories.make_event(title="Forum")
    index = factories.make_page(NewsIndexPage, home)
    factories.make_page(NewsPage, index, title="Something happened")
    text = client.get("/").content.decode()
    for expected in ("Awareness wave", wave.get_absolute_url(), "Forum", "Something happened"):
        assert expected in text
    assert event.get_absolute_url() in text


def test_the_home_page_hides_drafts_and_closed_waves(client):
    factories.make_home()
    factories.make_wave(title="Drafted wave", state="drafted")
    factories.make_wave(title="Closed wave", state="closed")
    factories.make_event(title="Event in preparation", state="draft")
    factories.make_event(title="Event of few", visibility="restricted")
    text = client.get("/").content.decode()
    for hidden in ("Drafted wave", "Closed wave", "Event in preparation", "Event of few"):
        assert hidden not in text


def test_the_home_page_needs_few_queries_however_many_figures(
    client, django_assert_max_num_queries
):
    make_area("ASEAN", kind="group")
    indicators = [make_indicator(f"kpi-{number}", code=f"KPI {number}") for number in range(4)]
    home = factories.make_home()
    home.headline_figures = [
        ("figure", {"indicator": one, "area": "ASEAN", "heading": ""}) for one in indicators
    ]
    home.body = [("figure", {"indicator": one, "area": "ASEAN"}) for one in indicators]
    home.save()
    for _ in range(3):
        factories.make_wave()
        factories.make_event()
    client.get("/")
    with django_assert_max_num_queries(20):
        assert client.get("/").status_code == 200


def test_the_plan_names_its_areas_and_leads_to_each(client):
    framework = make_framework()
    parent = make_node(
        framework=framework, key="a", code="A", title="Engages", kind="characteristic"
    )
    make_node(
        framework=framework,
        key="a-1",
        code="A.1",
        title="Engaged stakeholders",
        parent=parent,
        title_status="unconfirmed",
    )
    make_indicator("kpi-22", framework=framework, node=parent, title="Awareness")
    plan = factories.make_page(PlanPage, slug="plan")
    plan.frameworks.add(framework)
    plan.save()
    text = client.get("/plan/").content.decode()
    assert "Engaged stakeholders" in text and "unconfirmed" in text
    area = client.get(f"/plan/{framework.slug}/a/").content.decode()
    assert "Awareness" in area and "Engaged stakeholders" in area
    assert markup.faults(area) == []


def test_the_plan_quotes_the_source_and_leaves_out_what_was_retired(client):
    numbers = {"indicators": 45, "insufficient": 19, "sufficient": 26, "progress": 21}
    framework = make_framework(
        printed_facts={key: {"value": value} for key, value in numbers.items()}
    )
    parent = make_node(
        framework=framework, key="old", title="An old goal", valid_to=date(2020, 1, 1)
    )
    make_node(framework=framework, key="part", title="A part that stands", parent=parent)
    other = make_framework(slug="next", title="The next plan")
    plan = factories.make_page(PlanPage, slug="plan")
    plan.frameworks.add(framework, other)
    plan.save()
    text = client.get("/plan/").content.decode()
    assert "19 of 45" in text
    assert "21 of 26" in text
    assert f"/indicators/frameworks/{framework.slug}/beside/next/" in text
    assert "A part that stands" in text
    assert "An old goal" not in text
    assert "no longer part" in client.get(f"/plan/{framework.slug}/old/").content.decode()
    assert client.get(f"/plan/{framework.slug}/part/").status_code == 200


def test_an_area_of_the_plan_shows_what_people_told_us_about_its_measures(client):
    framework = make_framework()
    parent = make_node(framework=framework, key="a", title="Engages")
    measure = make_node(framework=framework, key="m", title="A measure", parent=parent)
    plan = factories.make_page(PlanPage, slug="plan")
    plan.frameworks.add(framework)
    plan.save()
    officer, now = user_with_role("engagement_officer"), timezone.now()
    visit = save_evidence(
        evidence=Evidence(
            kind="case_study",
            title="A village on the Mekong",
            summary="They talk about ASEAN on the ferry.",
            area=make_area("KH", name="Cambodia"),
            source="Visit, 3 May 2026",
        ),
        indicators=[],
        nodes=[measure],
        by=officer,
        at=now,
    )
    address = f"/plan/{framework.slug}/a/"
    assert "A village" not in client.get(address).content.decode()
    for scope in ("publication", "withdrawn"):
        record_consent(
            evidence=visit, scope=scope, how="signed form", wording="Yes.", by=officer, at=now
        )
        if scope == "publication":
            set_visibility(
                evidence=visit, visibility="public", by=user_with_role("approver"), at=now
            )
        shown = "A village" in client.get(address).content.decode()
        assert shown == (scope == "publication")


def test_an_unknown_area_of_the_plan_is_not_found(client):
    plan = factories.make_page(PlanPage, slug="plan")
    assert client.get(f"{plan.get_url()}nothing/here/").status_code == 404


def test_a_page_in_another_language_than_the_interface_says_so(client):
    factories.make_home()
    text = client.get("/", headers={"accept-language": "id"}).content.decode()
    assert '<html lang="id"' in text
    assert '<main id="content" class="" tabindex="-1" lang="en">' in text


def test_the_banner_shows_while_demonstration_data_are_loaded(client):
    factories.make_home()
    assert "Demonstration data" not in client.get("/").content.decode()
    SiteSettings.objects.create(site=Site.objects.get(), is_demonstration=True)
    assert "Demonstration data" in client.get("/").content.decode()


def test_the_pages_carry_no_cookie_for_a_visitor(client):
    factories.make_home()
    answer = client.get("/")
    assert not answer.cookies
    assert HomePage.objects.count() == 1
