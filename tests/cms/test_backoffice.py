"""The editor's way, through Wagtail's own screens and with the rights of the role."""

import json

import pytest
from django.urls import reverse
from wagtail.models import Collection
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from cms.middleware import POLICY
from cms.models import HomePage, StandardPage
from cms.roles import ensure_page_permissions
from tests.cms import factories
from tests.indicators.factories import make_area, make_estimate, make_indicator, record_values

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")
    return factories.make_home()


def test_a_communications_officer_publishes_a_page_with_a_figure_and_a_survey(
    home, client_for, client
):
    make_area("ASEAN", kind="group")
    indicator = make_indicator("kpi-22", title="ASEAN awareness")
    record_values(make_estimate("kpi-22", area="ASEAN", value="72.4"))
    wave = factories.make_wave(title="Awareness 2026")
    officer = client_for("communications_officer")
    address = reverse("wagtailadmin_pages:add", args=["cms", "standardpage", home.pk])
    assert officer.get(address).status_code == 200

    answer = officer.post(
        address,
        nested_form_data(
            {
                "title": "What people know",
                "slug": "what-people-know",
                "lead": "A figure and a question.",
                "body": streamfield(
                    [
                        (
                            "figure",
                            {"indicator": indicator.pk, "area": "ASEAN", "heading": "Heard of it"},
                        ),
                        ("survey", {"wave": wave.pk, "text": "Why", "label": "Answer it"}),
                    ]
                ),
                "comments": inline_formset([]),
                "action-publish": "action-publish",
            }
        ),
    )

    assert answer.status_code == 302, answer.context and answer.context["form"].errors
    page = StandardPage.objects.get(slug="what-people-know")
    assert page.live
    text = client.get("/what-people-know/").content.decode()
    assert "72.4" in text and "Heard of it" in text
    assert "Answer it" in text and wave.get_absolute_url() in text


def test_the_page_shows_a_new_value_at_once(home, client):
    make_area("ASEAN", kind="group")
    indicator = make_indicator("kpi-22")
    record_values(make_estimate("kpi-22", area="ASEAN", value="72.4"), source="wave", digest="a")
    home.headline_figures = [("figure", {"indicator": indicator, "area": "ASEAN"})]
    home.save()
    assert "72.4" in client.get("/").content.decode()
    record_values(make_estimate("kpi-22", area="ASEAN", value="73.1"), source="wave", digest="b")
    assert "73.1" in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("role", "may"),
    [("communications_officer", True), ("administrator", True), ("analyst", False)],
)
def test_only_some_roles_may_add_pages(home, client_for, role, may):
    address = reverse("wagtailadmin_pages:add", args=["cms", "standardpage", home.pk])
    answer = client_for(role).get(address)
    assert (answer.status_code == 200) is may


def test_page_rights_are_given_once(home, client_for):
    client_for("communications_officer")
    assert ensure_page_permissions() == []


def _officer_who_sees_no_waves(client_for):
    officer = client_for("communications_officer")
    group = officer.user.groups.get()
    group.permissions.remove(*group.permissions.filter(codename="view_wave"))
    return officer


def test_the_chooser_offers_only_what_the_editor_may_see(home, client_for):
    factories.make_wave(title="Open wave")
    factories.make_wave(title="Drafted wave", state="drafted")
    answer = _officer_who_sees_no_waves(client_for).get(reverse("cms_wave_chooser:choose"))
    html = json.loads(answer.content)["html"]
    assert "Open wave" in html and "Drafted wave" not in html


def test_a_wave_that_may_not_be_seen_cannot_be_chosen(home, client_for):
    wave = factories.make_wave(title="Drafted wave", state="drafted")
    address = reverse("cms_wave_chooser:chosen", args=[wave.pk])
    assert _officer_who_sees_no_waves(client_for).get(address).status_code == 404


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
def test_every_role_has_a_home_with_its_panels(home, client_for, role):
    factories.make_wave(title="Awareness 2026")
    answer = client_for(role).get(reverse("wagtailadmin_home"))
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == POLICY
    html = answer.content.decode()
    assert "suara-work" in html
    may_see_waves = client_for(role).user.has_perm("surveys.view_wave")
    assert ("Awareness 2026" in html) is may_see_waves


def test_the_site_keeps_its_strict_policy(home, client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert HomePage.objects.count() == 1


def test_the_demonstration_is_built_once_and_leaves_edited_pages_alone():
    from django.utils import timezone

    from cms.demonstration import load

    load(at=timezone.now())
    about = StandardPage.objects.get(slug="about")
    about.title = "About us, edited"
    about.save_revision().publish()
    before = list(StandardPage.objects.values_list("pk", flat=True))
    load(at=timezone.now())
    assert list(StandardPage.objects.values_list("pk", flat=True)) == before
    assert StandardPage.objects.get(slug="about").title == "About us, edited"
