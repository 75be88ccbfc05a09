"""Doubts after the fact, and leaving responses out: what counts, what is said, what comes back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from indicators.models import Area, Observation, Population, Revision
from surveys import services
from surveys.errors import ExclusionRefused
from surveys.models import AuditEntry, ExclusionSet, QualityFlag, Response, Wave
from surveys.publishing import publish_stale, publish_wave
from surveys.services.exclusions import filter_of
from tests.indicators.factories import make_asean, make_indicator
from tests.surveys.factories import make_plan, make_response, make_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]
NOW = timezone.now()
LATER, LATEST = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)


def slow(seconds: float = 300, **more) -> dict:
    return {"seconds": {"first": seconds}} | more


def flags(response: Response) -> set[str]:
    return set(response.flags.values_list("kind", flat=True))


def test_faster_than_half_the_median_is_speeding():
    wave = make_wave()
    people = [make_response(wave, paradata=slow(200 + number)) for number in range(11)]
    hasty = make_response(wave, paradata=slow(99))

    services.flag_wave(wave=wave, at=NOW)

    assert flags(hasty) == {"speeding"}
    assert "half of all took longer than" in hasty.flags.get().how
    assert all(flags(one) == set() for one in people)


def test_less_than_two_seconds_a_question_is_speeding_whatever_the_others_did():
    wave = make_wave()
    hasty = make_response(wave, paradata=slow(5))

    services.flag_wave(wave=wave, at=NOW)

    assert flags(hasty) == {"speeding"}


def test_identical_answers_need_many_questions_to_mean_something():
    from surveys.quality.crosschecks import compare, facts_of

    wave = make_wave()
    definition = wave.questionnaire.definition
    answers = make_response(wave).answers
    long = answers | {"trust": {"asean": "4", "media": "1"}}

    def facts(key, **more):
        return facts_of(
            key, definition, long | more, {}, area="KH", language="en", day=None, source="open"
        )

    # Six coded answers say nothing; the small questionnaire has no more.
    assert compare([facts(1), facts(2)], languages={}) == []


def test_repeated_open_texts_are_found_whatever_their_case():
    wave = make_wave()
    texts = ["Buy  cheap WATCHES at example", "buy cheap watches at EXAMPLE"] * 2
    bots = [make_response(wave, paradata=slow(), answers={"comment": text}) for text in texts]
    person = make_response(wave, paradata=slow(), answers={"comment": "My own long enough words."})

    services.flag_wave(wave=wave, at=NOW)

    assert [flags(one) for one in bots] == [{"repeated_text"}] * 4
    assert flags(person) == set()


def test_many_from_one_network_on_one_day_are_a_burst_and_stay_one():
    wave = make_wave()
    for number in range(25):
        make_response(wave, paradata=slow(network="abc", crowd=0))
        make_response(wave, paradata=slow(network=f"n{number}"))

    services.flag_wave(wave=wave, at=NOW)
    assert QualityFlag.objects.filter(kind="burst").count() == 25

    Response.objects.update(paradata=slow())  # the marks are taken off when their day is over
    services.flag_wave(wave=wave, at=LATER)
    assert QualityFlag.objects.filter(kind="burst").count() == 25


def test_a_language_of_another_country_is_noted():
    for code, languages in (("KH", ["km"]), ("TH", ["th"])):
        Area.objects.update_or_create(
            code=code, defaults={"name": code, "kind": "member_state", "languages": languages}
        )
    wave = make_wave()
    odd = make_response(wave, paradata=slow(), language="th")
    english = make_response(wave, paradata=slow())
    khmer = make_response(wave, paradata=slow(), language="km")

    services.flag_wave(wave=wave, at=NOW)

    assert flags(odd) == {"mismatch"}
    assert flags(english) == flags(khmer) == set()


def test_flags_are_replaced_under_their_keys_and_leave_answers_alone():
    wave = make_wave()
    response = make_response(wave, paradata=slow(5))
    before = response.answers
    services.flag_wave(wave=wave, at=NOW)
    services.flag_wave(wave=wave, at=LATER)
    assert QualityFlag.objects.count() == 1

    Response.objects.update(paradata=slow())
    services.flag_wave(wave=wave, at=LATER)

    assert QualityFlag.objects.count() == 0
    assert Response.objects.get().answers == before


def test_waves_are_flagged_by_the_clock_when_responses_have_come_in(django_assert_max_num_queries):
    wave = make_wave()
    make_response(wave, paradata=slow(5))

    assert services.flag_waves(at=NOW) == 1
    assert services.flag_waves(at=NOW + timedelta(hours=1)) == 0
    make_response(wave, paradata=slow(5))
    assert services.flag_waves(at=NOW + timedelta(minutes=1)) == 0
    assert services.flag_waves(at=NOW + timedelta(hours=1)) == 1
    assert QualityFlag.objects.count() == 2


@pytest.fixture
def published() -> Wave:
    """Forty careful people of whom half have heard of it, and forty hasty ones who all have."""
    make_asean("KH")
    Population.objects.create(
        area=Area.objects.get(code="KH"), year=2026, ages="15+", vintage="test", value=1000
    )
    wave = make_wave()
    make_indicator(slug="kpi-22")
    make_plan(wave, breakdowns=[])
    for number in range(40):
        heard = "yes" if number % 2 else "no"
        make_response(wave, paradata=slow(), answers={"heard": heard})
        make_response(wave, paradata=slow(5), answers={"heard": "yes"}, source="invited")
    services.flag_wave(wave=wave, at=NOW)
    publish_wave(wave=wave, at=NOW)
    return Wave.objects.get()


def figure() -> tuple:
    row = Observation.objects.get(area__code="KH")
    return float(row.value), row.n


def test_check_21_an_exclusion_changes_the_figure_with_its_reason_and_can_be_taken_back(
    published, client_for
):
    assert figure() == (75.0, 80)
    manager = client_for("survey_manager")

    made = services.exclude_responses(
        wave=published,
        name="Hasty",
        reason="Answered in five seconds",
        chosen=filter_of(flags=["speeding"], sources=[]),
        at=LATER,
        by=manager.user,
    )
    publish_stale(at=LATER)

    assert figure() == (50.0, 40)
    revision = Revision.objects.latest("pk")
    assert "Hasty: Answered in five seconds" in revision.reason
    assert revision.changed_by == manager.user
    assert Response.objects.submitted().count() == 80

    services.revert_exclusion(chosen=made, at=LATEST, by=manager.user)
    publish_stale(at=LATEST)

    assert figure() == (75.0, 80)
    assert "taken back" in Revision.objects.latest("pk").reason
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["reverted", "excluded"]
    with pytest.raises(ExclusionRefused, match="already"):
        services.revert_exclusion(chosen=made, at=LATEST)


def test_check_21_the_comparison_shows_with_and_without_and_by_source(published, client_for):
    from surveys.quality.effects import effects

    found = effects(published, chosen=filter_of(flags=["speeding"], sources=[]), at=NOW)

    row = next(row for row in found.rows if row.area == "KH")
    assert (float(row.now.value), float(row.then.value), float(row.change)) == (75.0, 50.0, -25.0)
    assert row.exceeds_interval
    by_source = dict(zip(found.sources, row.by_source, strict=True))
    assert float(by_source["open link"].value) == 50.0
    assert by_source["invitation"] is None
    assert figure() == (75.0, 80)

    page = client_for("analyst").get(
        f"/office/surveys/waves/{published.token}/exclusions/compare/?flags=speeding"
    )
    html = page.content.decode()
    assert "40 of the 80 responses that count now would be left out" in html
    assert "-25.0" in html


def test_check_21_excluding_is_done_and_taken_back_on_the_page(published, client_for):
    manager = client_for("survey_manager")
    address = f"/office/surveys/waves/{published.token}/exclusions/"
    choice = {"flags": ["speeding"], "sources": ["invited"], "least_score": "0,1"}

    refused = manager.post(f"{address}exclude/", choice | {"name": "Hasty", "reason": " "})
    assert refused.status_code == 422
    assert "a name and a reason" in refused.content.decode()
    assert not ExclusionSet.objects.exists()

    manager.post(f"{address}exclude/", choice | {"name": "Hasty", "reason": "Too fast"})
    made = ExclusionSet.objects.get()
    assert made.filter == {"flags": ["speeding"], "sources": ["invited"], "least_score": 0.1}
    assert "40 of them are left out" in manager.get(address).content.decode()

    manager.post(f"{address}{made.token}/revert/")
    made.refresh_from_db()
    assert made.reverted_by == manager.user


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"flags": [], "sources": ["open"]}, "at least one kind of doubt"),
        ({"flags": ["nonsense"], "sources": []}, "no flag or source"),
        ({"flags": ["speeding"], "sources": [], "least_score": 7}, "between 0 and 1"),
    ],
)
def test_a_filter_that_cannot_stand_is_refused(words, sentence):
    with pytest.raises(ExclusionRefused, match=sentence):
        filter_of(**words)


def test_the_score_and_the_kind_must_be_of_the_same_flag():
    from surveys.quality.exclusions import condition

    wave = make_wave()
    response = make_response(wave)
    for kind, score in (("speeding", 0.2), ("honeypot", 1.0)):
        QualityFlag.objects.create(
            response=response, kind=kind, score=score, computed_on=NOW.date()
        )

    def matched(least: float) -> int:
        return Response.objects.filter(
            condition({"flags": ["speeding"], "least_score": least})
        ).count()

    assert (matched(0.1), matched(0.5)) == (1, 0)


def test_a_reader_may_look_and_may_not_exclude(client_for, published):
    reader = client_for("approver")
    address = f"/office/surveys/waves/{published.token}/exclusions/"

    assert reader.get(address).status_code == 200
    assert reader.post(f"{address}exclude/", {}).status_code == 404
    assert reader.get(f"{address}compare/").status_code == 404
