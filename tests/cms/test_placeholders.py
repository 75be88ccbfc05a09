"""Placeholders stand in the framework and nowhere else: nobody is offered one to fill or to show."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from campaigns import blocks
from campaigns.models import Campaign
from cms.choosers import choosable
from indicators import services
from indicators.errors import InvalidEntry, InvalidEstimate
from indicators.models import Evidence, Indicator, ReportingRound
from surveys import services as survey_services
from surveys.backoffice.plans import PlanForm
from surveys.errors import PlanDoesNotFit
from tests.conftest import user_with_role
from tests.indicators.factories import (
    AT,
    make_area,
    make_asean,
    make_estimate,
    make_framework,
    make_indicator,
    record_values,
)
from tests.surveys.factories import make_plan, make_questionnaire, make_wave

pytestmark = pytest.mark.django_db
DESCRIBED, PLACEHOLDER = "kpi-22", "placeholder-1"


@pytest.fixture
def framework():
    """One indicator that its source describes, and one that it only counts."""
    framework = make_framework(slug="blueprint")
    make_indicator(DESCRIBED, framework=framework, data_route="national_policy")
    make_indicator(
        PLACEHOLDER, framework=framework, data_route="national_policy", is_placeholder=True
    )
    make_asean("KH")
    return framework


@pytest.fixture
def admin(client_for):
    return client_for("administrator")


def form_of(admin: Client, name: str, *args: object):
    return admin.get(reverse(name, args=args)).context["form"]


def slugs(rows) -> set[str]:
    return {one.slug for one in rows}


def plan_form(admin: Client) -> set[str]:
    form = PlanForm(definition=make_questionnaire().definition)
    return {slug for slug, _label in form.fields["indicator"].choices}


def round_form(admin: Client) -> set[str]:
    return set(form_of(admin, "indicators_office:round_new").known)


def compared(admin: Client) -> set[str]:
    page = Client().get(reverse("indicators:compare"))
    return {one.slug for _name, rows in page.context["frameworks"] for one, _is_chosen in rows}


CHOOSERS = {
    "what a reporting round asks for": round_form,
    "what evidence speaks about": lambda admin: slugs(
        form_of(admin, "indicators_office:evidence_new").fields["indicators"].queryset
    ),
    "what a survey's plan feeds": plan_form,
    "what a campaign should move": lambda admin: slugs(
        form_of(admin, "campaigns_office:add").fields["indicators"].queryset
    ),
    "the figure in a mailing": lambda admin: {slug for slug, _label in blocks.indicators()},
    "the figure and the chart on a page": lambda admin: slugs(
        choosable("indicators.Indicator", admin.user)
    ),
    "the comparison of countries": compared,
}


@pytest.mark.parametrize("offered_by", CHOOSERS.values(), ids=CHOOSERS)
def test_no_chooser_offers_a_placeholder(admin, framework, offered_by):
    assert offered_by(admin) & {DESCRIBED, PLACEHOLDER} == {DESCRIBED}


SCREENS = {
    "the framework's tree": lambda: reverse("indicators_office:framework", args=["blueprint"]),
    "its table": lambda: reverse("indicators_office:index") + "?framework=blueprint",
    "the public table": lambda: reverse("indicators:table") + "?framework=blueprint",
    "its own page": lambda: reverse("indicators_office:indicator", args=[PLACEHOLDER]),
}


@pytest.mark.parametrize("address", SCREENS.values(), ids=SCREENS)
def test_the_framework_shows_its_placeholders_and_asks_for_nothing(admin, framework, address):
    page = admin.get(address()).content.decode()
    assert PLACEHOLDER in page
    for name in ("enter", "target", "baseline"):
        way_in = reverse(f"indicators_office:{name}", args=[PLACEHOLDER])
        assert way_in not in page
        assert admin.get(way_in).status_code == 404


def test_no_way_into_the_ledger_takes_a_value_for_a_placeholder(framework):
    maryam = user_with_role("administrator")
    with pytest.raises(InvalidEstimate, match="'placeholder-1' is a placeholder"):
        record_values(make_estimate(PLACEHOLDER))
    held = Indicator.objects.get(slug=PLACEHOLDER)
    with pytest.raises(InvalidEntry, match="nobody can be asked for it"):
        services.set_up_round(
            title="Quarter",
            period="2026-Q4",
            opens_at=AT,
            deadline_at=datetime(2027, 1, 1, tzinfo=UTC),
            indicators=[held],
            asked={},
            by=maryam,
            at=AT,
        )
    wave = make_wave()
    entry = make_plan(wave, DESCRIBED)
    with pytest.raises(PlanDoesNotFit) as refused:
        survey_services.save_plan_entry(
            survey=wave.survey,
            entry=entry,
            filter_text="",
            columns={"indicator": PLACEHOLDER},
            at=AT,
            by=maryam,
        )
    assert "“placeholder-1” is a placeholder" in refused.value.problems["indicator"]


def test_what_was_chosen_before_it_became_a_placeholder_is_not_lost(admin, framework):
    later = make_indicator("kpi-5", framework=framework)
    evidence = Evidence.objects.create(
        title="A village", kind="interview", summary="s", source="s", recorded_at=AT
    )
    campaign = Campaign.objects.create(title="Ask us", slug="ask-us", starts_on=AT.date())
    call = ReportingRound.objects.create(
        title="Q", period="2026-Q4", opens_at=AT, deadline_at=datetime(2027, 1, 1, tzinfo=UTC)
    )
    for one in (evidence, campaign, call):
        one.indicators.add(later)
    Indicator.objects.filter(pk=later.pk).update(is_placeholder=True)
    for name, key in (
        ("indicators_office:evidence_edit", evidence.token),
        ("campaigns_office:edit", campaign.pk),
    ):
        assert later in form_of(admin, name, key).fields["indicators"].queryset
    assert later.slug in form_of(admin, "indicators_office:round_edit", call.token).known


def test_an_indicator_with_values_does_not_become_a_placeholder(admin, framework):
    make_area("KH")
    record_values(make_estimate(DESCRIBED))
    address = reverse("indicators_office:indicator_edit", args=[DESCRIBED])
    seen = admin.get(address).context["form"]["seen"].value()
    answer = admin.post(address, {"title": "x", "is_placeholder": "on", "seen": seen})
    assert "It has values, so it is no placeholder." in answer.content.decode()
