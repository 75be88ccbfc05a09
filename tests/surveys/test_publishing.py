"""From responses to the ledger: what is published, how it is weighted, and when it is hidden."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from indicators.models import Area, AreaMembership, Framework, Indicator, Observation, Population
from surveys import estimating, frames, services
from surveys.errors import TransitionRefused
from surveys.models import ExclusionSet, QualityFlag, Wave
from surveys.publishing import compute, publish_all, publish_stale, publish_wave
from surveys.stats import disclosure
from surveys.stats.measures import Coded
from tests.surveys.factories import IF_HEARD, make_plan, make_response, make_scheme, make_wave

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def ledger():
    """KPI 22, and an ASEAN of two member states: Cambodia with 1 million and Thailand with 3."""
    framework, _created = Framework.objects.get_or_create(
        slug="test", defaults={"title": "Test", "valid_from": "2016-01-01"}
    )
    Indicator.objects.get_or_create(
        slug="kpi-22", defaults={"framework": framework, "title": "ASEAN awareness"}
    )
    asean, _created = Area.objects.get_or_create(
        code="ASEAN", defaults={"name": "ASEAN", "kind": Area.Kind.GROUP}
    )
    for code, name, people in (("KH", "Cambodia", 1_000_000), ("TH", "Thailand", 3_000_000)):
        area, _created = Area.objects.get_or_create(
            code=code, defaults={"name": name, "kind": Area.Kind.MEMBER_STATE}
        )
        AreaMembership.objects.get_or_create(group=asean, area=area, valid_from="2000-01-01")
        Population.objects.get_or_create(
            area=area, year=2025, ages="15+", vintage="Test 2025", defaults={"value": people}
        )


def answered(wave: Wave, area: str, *, yes: int, no: int, **columns) -> None:
    for number in range(yes + no):
        make_response(
            wave,
            answers={
                "area": area,
                "heard": "yes" if number < yes else "no",
                "sex": "F" if number % 2 else "M",
            },
            **columns,
        )


def figure(area: str, breakdown: str = "") -> Observation:
    return Observation.objects.get(indicator__slug="kpi-22", area__code=area, breakdown=breakdown)


def test_areas_stand_for_themselves_and_asean_is_weighted_by_population(ledger):
    wave = make_wave()
    make_plan(wave)
    answered(wave, "KH", yes=60, no=40)
    answered(wave, "TH", yes=20, no=80)

    publish_wave(wave=wave, at=AT)

    assert figure("KH").value == Decimal("60")
    assert figure("TH").value == Decimal("20")
    asean = figure("ASEAN")
    assert asean.value == Decimal("30")  # (1 × 60 + 3 × 20) / 4, not the mean of 40
    assert asean.n == 200
    assert asean.members == ["KH", "TH"]
    assert asean.population_vintage == "Test 2025, 15+, 2025"
    assert asean.low < asean.value < asean.high
    assert asean.provenance["question"] == "Heard of it?"
    assert asean.provenance["sampling_type"] == "non_probability"
    assert asean.provenance["sources"] == ["open link"]
    assert asean.provenance["thresholds"] == disclosure.DEFAULT.version


def test_provenance_is_in_english_whoever_asks_for_the_figures(ledger):
    wave = make_wave()
    make_plan(wave)
    answered(wave, "KH", yes=60, no=40)

    with translation.override("th"):
        publish_wave(wave=wave, at=AT)

    assert figure("KH").provenance["estimator"] == "share who gave one of the answers"


def test_a_net_score_is_published_in_points_with_dont_know_in_its_base(ledger):
    wave = make_wave()
    make_plan(wave, estimator="net", counts=["yes"], counts_against=["no"])
    answered(wave, "KH", yes=60, no=20)
    for _number in range(20):
        make_response(wave, answers={"area": "KH", "heard": "-9"})

    publish_wave(wave=wave, at=AT)

    found = figure("KH")
    assert (found.value, found.n) == (Decimal("40"), 100)  # 100 × (60 - 20) / 100
    assert found.method.startswith("Weighted net score")
    assert found.provenance["counts"] == ["Yes", "− No"]


def test_an_entry_with_a_filter_counts_those_who_pass_it(ledger):
    wave = make_wave()
    women = {"op": "=", "args": [{"ref": "sex"}, {"value": "F", "type": "text"}]}
    make_plan(wave, filter=women, breakdowns=[])
    answered(wave, "KH", yes=60, no=40)
    for _number in range(50):
        make_response(wave, answers={"area": "KH", "heard": "no", "sex": "F"})

    publish_wave(wave=wave, at=AT)

    assert (figure("KH").value, figure("KH").n) == (Decimal("30"), 100)


def test_a_small_area_is_hidden_and_a_middling_one_flagged(ledger):
    wave = make_wave()
    make_plan(wave)
    answered(wave, "KH", yes=20, no=9)
    answered(wave, "TH", yes=20, no=20)

    publish_wave(wave=wave, at=AT)

    assert (figure("KH").status, figure("KH").value, figure("KH").n) == ("Q", None, 29)
    assert figure("TH").status == "U"
    asean = figure("ASEAN")
    assert asean.value == figure("TH").value
    assert asean.provenance["absent"] == ["KH"]


def test_several_hidden_areas_still_count_in_the_total(ledger):
    wave = make_wave()
    make_plan(wave)
    answered(wave, "KH", yes=20, no=5)
    answered(wave, "TH", yes=5, no=20)

    publish_wave(wave=wave, at=AT)

    assert figure("KH").value is None and figure("TH").value is None
    asean = figure("ASEAN")
    assert asean.value == Decimal("35")  # (1 × 80 + 3 × 20) / 4
    assert asean.provenance["absent"] == []
    assert "With KH, TH, where fewer than 30 answered." in asean.provenance["reasons"]


def test_a_hidden_cell_does_not_follow_from_the_total(ledger):
    wave = make_wave()
    make_plan(wave)
    answered(wave, "KH", yes=60, no=40)
    for _number in range(10):
        make_response(wave, answers={"area": "TH", "sex": "F"})
    for _number in range(90):
        make_response(wave, answers={"area": "TH", "sex": "M"})

    publish_wave(wave=wave, at=AT)

    assert figure("TH").value is not None
    assert figure("TH", "sex=F").value is None
    assert figure("TH", "sex=M").value is None


def test_weights_repair_a_lopsided_sample_and_the_account_says_so(ledger):
    wave = make_wave()
    wave.weighting = make_scheme(wave.survey)
    wave.save()
    make_plan(wave)
    for sex, yes, no in (("F", 80, 0), ("M", 0, 20)):
        for number in range(yes + no):
            heard = "yes" if number < yes else "no"
            make_response(wave, answers={"area": "KH", "heard": heard, "sex": sex})

    publish_wave(wave=wave, at=AT)

    assert figure("KH").value == Decimal("50")
    assert figure("KH").n_effective < 100
    assert figure("KH").provenance["weighting"].startswith("raked to all margins")


def test_an_empty_cell_of_a_margin_means_no_weights_and_a_sentence(ledger):
    wave = make_wave()
    wave.weighting = make_scheme(wave.survey)
    wave.save()
    make_plan(wave)
    for _number in range(60):
        make_response(wave, answers={"area": "KH", "sex": "F"})

    publish_wave(wave=wave, at=AT)

    assert "not weighted" in figure("KH").provenance["weighting"]
    assert "No respondent is in 'M'" in figure("KH").provenance["weighting"]


def test_a_filter_of_the_plan_says_who_is_in_the_base(ledger):
    """The plan stores its filter as plain JSON; it is read before anybody is asked for an answer."""
    wave = make_wave()
    make_plan(wave, question="trust", row="asean", counts=["4"], filter=IF_HEARD, breakdowns=[])
    answered(wave, "KH", yes=60, no=40)

    publish_wave(wave=wave, at=AT)

    assert (figure("KH").value, figure("KH").n) == (Decimal("100"), 60)


def test_only_submitted_responses_count(ledger):
    wave = make_wave()
    make_plan(wave)
    answered(wave, "KH", yes=50, no=0)
    answered(wave, "KH", yes=0, no=50, state="started")
    answered(wave, "KH", yes=0, no=50, state="over_quota")

    publish_wave(wave=wave, at=AT)

    assert (figure("KH").value, figure("KH").n) == (Decimal("100"), 50)


def test_an_exclusion_is_respected_and_can_be_taken_back(ledger):
    wave = make_wave()
    make_plan(wave)
    answered(wave, "KH", yes=50, no=0)
    bad = make_response(wave, answers={"heard": "no"})
    QualityFlag.objects.create(response=bad, kind="honeypot", computed_on=AT.date())
    chosen = ExclusionSet.objects.create(
        wave=wave, name="Bots", filter={"flags": ["honeypot"]}, reason="Hidden field filled"
    )
    publish_wave(wave=wave, at=AT)
    without = figure("KH").n

    chosen.reverted_at = AT
    chosen.save()
    publish_wave(wave=wave, at=AT + timedelta(minutes=1))

    assert (without, figure("KH").n) == (50, 51)


def test_a_new_response_marks_the_wave_and_the_next_look_publishes_it(ledger):
    wave = make_wave()
    make_plan(wave)
    answered(wave, "KH", yes=50, no=50)
    assert publish_stale(at=AT) == 0

    services.mark_stale(wave=wave, at=AT)

    assert publish_stale(at=AT) == 1
    assert publish_stale(at=AT) == 0
    assert figure("KH").n == 100


def test_the_same_responses_change_nothing_in_the_ledger(ledger):
    wave = make_wave()
    make_plan(wave)
    answered(wave, "KH", yes=50, no=50)
    publish_wave(wave=wave, at=AT)
    before = list(Observation.objects.values())

    publish_all(at=AT + timedelta(hours=1))

    assert list(Observation.objects.values()) == before


def test_a_wave_claimed_by_another_publisher_is_left_to_it(ledger):
    wave = make_wave(publishing_since=AT)
    make_plan(wave)

    assert publish_wave(wave=wave, at=AT + timedelta(seconds=1)) is False
    assert publish_wave(wave=wave, at=AT + timedelta(minutes=6)) is True


def test_a_broken_plan_is_written_down_and_does_not_stop_other_waves(ledger):
    broken = make_wave(stale_at=AT)
    make_plan(broken, breakdowns=[[["sex", "no-such-question"]]])
    answered(broken, "KH", yes=1, no=0)
    good = make_wave(stale_at=AT)
    make_plan(good)
    answered(good, "KH", yes=50, no=50)

    assert publish_stale(at=AT) == 1

    broken.refresh_from_db()
    assert "no-such-question" in broken.publish_error
    assert figure("KH").n == 100


def test_a_frame_has_typed_columns_with_missing_codes_kept_apart():
    wave = make_wave()
    make_response(wave)
    make_response(wave, answers={"heard": "no", "where": "-7", "age": "-7", "trust": "-7"})

    frame = frames.responses(wave)

    assert set(frame["heard"]) == {"yes", "no"}
    assert set(frame["where=tv"]) == {"1", "-7"}
    assert set(frame["trust/asean"]) == {"4", "-7"}
    assert sorted(frame["age"]) == [-7.0, 34.0]


def test_reading_a_frame_takes_few_queries(ledger, django_assert_max_num_queries):
    wave = make_wave()
    answered(wave, "KH", yes=30, no=30)

    with django_assert_max_num_queries(4):
        frames.responses(wave)


@pytest.mark.parametrize("reason", ["", "   "])
def test_closing_a_wave_needs_a_reason(reason):
    wave = make_wave()

    with pytest.raises(TransitionRefused, match="say why"):
        services.move_wave(wave=wave, to="closed", at=timezone.now(), reason=reason)


def test_waves_open_and_close_by_the_clock():
    due = make_wave(state="scheduled", opens_at=AT - timedelta(minutes=1))
    over = make_wave(closes_at=AT - timedelta(minutes=1))
    later = make_wave(state="scheduled", opens_at=AT + timedelta(days=1))

    assert services.open_and_close_waves(at=AT) == 2
    assert services.open_and_close_waves(at=AT) == 0

    states = {wave.pk: wave.state for wave in Wave.objects.all()}
    assert (states[due.pk], states[over.pk], states[later.pk]) == (
        "collecting",
        "closed",
        "scheduled",
    )
    assert over.transitions.get().reason


def test_every_estimator_publishes_the_figures_of_its_plain_numbers(ledger, monkeypatch):
    """Answers are counted by code; the figures are those of summing number after number."""
    framework = Framework.objects.get(slug="test")
    wave = make_wave()
    wave.weighting = make_scheme(wave.survey, cap=3)
    wave.save()
    for place, words in enumerate(
        (
            {},
            {"outside_base": ["-9", "-8"]},
            {"filter": IF_HEARD},
            {"estimator": "net", "counts_against": ["no"]},
            {"estimator": "mean", "question": "trust", "row": "asean", "counts": []},
            {"estimator": "mean", "question": "age", "counts": [], "filter": IF_HEARD},
        )
    ):
        slug = f"figure-{place}"
        Indicator.objects.create(framework=framework, slug=slug, title=slug)
        make_plan(wave, indicator=slug, **words)
    for area, people in (("KH", 101), ("TH", 97)):
        for number in range(people):
            told = {
                "heard": ("yes", "no", "-9")[number % 7 % 3],
                "area": area,
                "sex": "F" if number % 3 else "M",
                "age": 15 + number,
                "trust": {"asean": "14"[number % 5 % 2], "media": "1"},
            }
            make_response(wave, answers=told)
    plainly = estimating.measure

    counted = compute(wave, at=AT)[1]
    monkeypatch.setattr(estimating, "measure", lambda *of: as_numbers(plainly(*of)))
    summed = compute(wave, at=AT)[1]

    assert len(counted) == 6 * 3 * 3
    assert counted == summed


def as_numbers(measure):
    return measure.numbers() if isinstance(measure, Coded) else measure
