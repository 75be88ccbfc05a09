"""The reference facts load with their sources, and loading them again changes nothing."""

from datetime import date

import pytest

from indicators import demonstration
from indicators.models import (
    Activity,
    Area,
    Evidence,
    FrameworkNode,
    Indicator,
    Observation,
    Population,
    Revision,
    SectoralBody,
)
from tests.indicators.factories import AT

pytestmark = pytest.mark.django_db


def test_the_blueprint_has_five_characteristics_eighteen_areas_and_forty_five_rows(loaded):
    nodes = FrameworkNode.objects.filter(framework__slug="ascc-blueprint-2025")
    assert nodes.filter(kind="characteristic").count() == 5
    assert nodes.filter(kind="key_result_area").count() == 18
    assert nodes.get(code="D.6").title_status == "unconfirmed"
    assert Indicator.objects.filter(framework__slug="ascc-blueprint-2025").count() == 45
    assert not nodes.filter(source="").exists()


def test_placeholders_carry_neither_a_code_nor_a_verdict_nor_a_value(loaded):
    placeholders = Indicator.objects.filter(is_placeholder=True)
    assert placeholders.count() == 9
    assert set(
        placeholders.values_list(
            "code", "title_status", "printed_sufficiency", "printed_progress", "printed_words"
        )
    ) == {("", "not_stated", "", "", "")}
    assert not Observation.objects.filter(indicator__in=placeholders).exists()
    assert not Indicator.objects.filter(
        framework__slug="ascc-blueprint-2025", is_placeholder=False, printed_words=""
    ).exists()


def test_timor_leste_is_a_member_from_the_day_it_joined(loaded):
    before, after = date(2025, 10, 25), date(2025, 10, 26)
    assert Area.objects.member_states(before).count() == 10
    assert Area.objects.member_states(after).count() == 11


def test_every_member_state_has_an_adult_population_with_its_vintage(loaded):
    adults = Population.objects.filter(ages="15+", year=2020)
    assert adults.count() == 11
    assert set(adults.values_list("vintage", flat=True)) == {"WPP 2019"}
    assert sum(adults.values_list("value", flat=True)) == 500_373_600


def test_bodies_carry_whether_their_name_was_found_in_an_official_text(loaded):
    assert SectoralBody.objects.count() == 15
    assert SectoralBody.objects.get(acronym="SOMHD").name_status == "unconfirmed"
    assert SectoralBody.objects.get(acronym="ACW").name_status == "confirmed"


def test_a_published_survey_never_feeds_a_blueprint_indicator(loaded):
    published = Observation.objects.filter(source="document:published-surveys")
    assert published.count() == 101
    assert set(published.values_list("indicator__framework__slug", flat=True)) == {
        "published-surveys"
    }
    assert not Observation.objects.filter(indicator__slug="kpi-22").exists()


def test_approximate_and_bounded_figures_keep_their_qualifier(loaded):
    values = Observation.objects.filter(source="document:published-surveys")
    assert set(values.values_list("qualifier", flat=True)) == {"", "approx", "gt", "lt"}


def test_every_observation_names_its_document(loaded):
    assert all(row.provenance["document"] for row in Observation.objects.all())


def test_loading_again_adds_nothing_and_keeps_what_a_person_changed(loaded):
    Indicator.objects.filter(slug="kpi-22").update(title="Awareness of ASEAN")
    counts = [model.objects.count() for model in (Area, Indicator, Observation, Activity)]
    demonstration.load(at=AT)
    assert counts == [model.objects.count() for model in (Area, Indicator, Observation, Activity)]
    assert Indicator.objects.get(slug="kpi-22").title == "Awareness of ASEAN"
    assert not Revision.objects.exists()


def test_made_up_evidence_is_marked_and_public_only_with_consent(loaded):
    demonstration.load(at=AT)
    found = Evidence.objects.with_consent()
    assert found.count() == 3
    assert all(one.is_demonstration for one in found)
    assert set(Evidence.objects.public().values_list("kind", flat=True)) == {
        "focus_group",
        "case_study",
    }
