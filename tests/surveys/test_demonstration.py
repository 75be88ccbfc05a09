"""The demonstration survey: exact, repeatable, and never in the way of what people did."""

import json

import pytest
from django.conf import settings
from django.utils import timezone

from surveys import demonstration
from surveys.demonstration.loading import FILE
from surveys.demonstration.people import AREAS, Fieldwork, invent
from surveys.models import Questionnaire, Response, Wave
from surveys.questionnaire.definition import parse
from tests.surveys.factories import awareness_document

LANGUAGES = {code for code, _name in settings.LANGUAGES}


def test_check_6_the_awareness_questionnaire_is_complete_in_all_thirteen_languages():
    definition = parse(awareness_document())

    assert len(LANGUAGES) == 13
    assert set(definition.languages) == LANGUAGES
    assert definition.untranslated() == ()
    assert {"heard", "benefit_country", "benefit_me", "satisfaction", "identity", "trust"} <= set(
        definition.by_code
    )


def test_check_6_its_waves_have_title_purpose_and_consent_in_all_thirteen_languages():
    texts = json.loads(FILE.read_text("utf-8"))["texts"]

    assert set(texts) == {"titles_2025", "titles_2026", "purpose", "consent"}
    for name, by_language in texts.items():
        assert set(by_language) == LANGUAGES, name
        assert len(set(by_language.values())) == len(LANGUAGES), f"{name} is the same in two."


def test_the_same_seed_invents_the_same_people():
    day = timezone.now().date()
    fieldwork = Fieldwork(1, dict.fromkeys(AREAS, 3), 5, day, day, 0.0)

    first, second = ([(r.id, r.answers) for r in invent(fieldwork)] for _turn in (1, 2))

    assert first == second


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_keeps_what_people_did():
    indicators = pytest.importorskip("indicators.demonstration")
    at = timezone.now()
    indicators.load(at=at)
    demonstration.load(at=at)

    closed = Wave.objects.get(slug="asean-awareness-2025")
    opened = Wave.objects.get(slug="asean-awareness-2026")
    submitted = Response.objects.submitted()
    assert submitted.filter(wave=closed).count() == 2200
    assert submitted.filter(wave=opened).count() == 600
    assert submitted.filter(wave=closed).values("area").distinct().count() == 11
    assert not Response.objects.filter(is_demonstration=False).exists()
    assert opened.is_open(at=at)
    assert not closed.is_open(at=at)

    Wave.objects.filter(pk=opened.pk).update(title="Renamed by a manager")
    count = Response.objects.count()
    demonstration.load(at=timezone.now())

    assert Response.objects.count() == count
    assert Questionnaire.objects.count() == 1
    assert Wave.objects.get(pk=opened.pk).title == "Renamed by a manager"

    from indicators.models import Observation

    figures = Observation.objects.filter(
        indicator__slug="kpi-22", area__code="ASEAN", breakdown="", source__startswith="surveys."
    )
    assert set(figures.values_list("period", "n")) == {("2025", 2200), ("2026", 600)}
    assert all(figures.values_list("is_demonstration", flat=True))
