"""Quotas one person at a time: what counts, what is said, what is refused."""

import logging

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from surveys import quotas, services
from surveys.errors import QuotaNotEvaluated, QuotaRefused, TransitionRefused
from surveys.models import AuditEntry, Quota, Response, Wave
from tests.surveys.factories import make_response, make_scheme, make_wave
from tests.surveys.test_quota_crowd import ANSWERS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]
NOW = timezone.now()


@pytest.fixture
def wave() -> Wave:
    return make_wave(state="paused", targets={"KH": 10, "TH": 20})


def make_quota(wave: Wave, name="Women", condition="${sex} = 'F'", limit=1) -> Quota:
    return services.save_quota(wave=wave, name=name, condition=condition, limit=limit, at=NOW)


def hand_in(wave: Wave, who: str = "somebody", **answers) -> Response:
    Wave.objects.filter(pk=wave.pk).update(state="collecting")
    started = services.start(wave=wave, secret=who, language="en", at=NOW)
    Response.objects.filter(pk=started.pk).update(answers=ANSWERS | answers)
    found = services.find_started(wave=wave, secret=who)
    found.wave = wave
    code = services.submit(response=found, secret=who, at=NOW)
    return Response.objects.get(receipt_hash=services.receipts.receipt_hash(wave, code))


def test_a_response_over_quota_keeps_its_answers_and_the_name_of_the_quota(wave):
    make_quota(wave)

    first, second, man = (
        hand_in(wave, "one"),
        hand_in(wave, "two"),
        hand_in(wave, "three", sex="M"),
    )

    assert (first.state, first.quota) == ("submitted", "")
    assert (second.state, second.quota) == ("over_quota", "Women")
    assert second.answers["age"] == 34
    assert man.state == "submitted"
    assert Quota.objects.get().taken == 1


def test_a_person_over_quota_reads_a_kind_sentence(wave, client):
    make_quota(wave, limit=0)
    client.post(f"/surveys/{wave.slug}/", {"consent": "yes"})  # paused: nothing begins
    Wave.objects.filter(pk=wave.pk).update(state="collecting")
    client.post(f"/surveys/{wave.slug}/", {"consent": "yes"})
    Response.objects.update(answers=ANSWERS)
    page = client.get(f"/surveys/{wave.slug}/answer/?page=third").context

    answer = client.post(
        f"/surveys/{wave.slug}/answer/",
        {"page": "third", "key": page["key"], "q/area": "KH", "q/sex": "F", "action": "next"},
        follow=True,
    )

    assert Response.objects.get().state == "over_quota"
    assert "do not count in the figures" in answer.content.decode()
    assert "count from now on" not in answer.content.decode()


def test_a_question_that_was_not_asked_reads_as_blank(wave):
    make_quota(wave, "Young", "${age} < 40", limit=5)

    hand_in(wave, heard="no")

    assert Quota.objects.get().taken == 0


def test_a_full_second_quota_gives_the_place_in_the_first_back(wave):
    make_quota(wave, limit=5)
    make_quota(wave, "Cambodia", "${area} = 'KH'", limit=0)

    response = hand_in(wave)

    assert (response.state, response.quota) == ("over_quota", "Cambodia")
    assert set(Quota.objects.values_list("taken", flat=True)) == {0}


def test_an_error_in_a_quota_stops_the_submission_with_a_sentence(wave, caplog):
    Quota.objects.create(
        wave=wave,
        name="Broken",
        condition={"op": "=", "args": [{"ref": "gone"}, {"value": "x", "type": "text"}]},
        limit=5,
    )

    with caplog.at_level(logging.ERROR), pytest.raises(QuotaNotEvaluated, match="Nothing is lost"):
        hand_in(wave)

    assert list(Response.objects.values_list("state", flat=True)) == ["started"]
    assert "Broken" in caplog.text
    assert Quota.objects.get().taken == 0


def test_a_respondent_meets_that_sentence_as_a_page(wave, client):
    Wave.objects.filter(pk=wave.pk).update(state="collecting")
    Quota.objects.create(wave=wave, name="Broken", condition={"ref": "gone"}, limit=5)
    client.post(f"/surveys/{wave.slug}/", {"consent": "yes"})
    Response.objects.update(answers=ANSWERS)
    key = client.get(f"/surveys/{wave.slug}/answer/?page=third").context["key"]

    answer = client.post(
        f"/surveys/{wave.slug}/answer/",
        {"page": "third", "key": key, "q/area": "KH", "q/sex": "F", "action": "next"},
    )

    assert answer.status_code == 503
    assert "Nothing is lost" in answer.content.decode()


def test_a_wave_whose_quotas_do_not_fit_is_not_opened(wave):
    Quota.objects.create(wave=wave, name="Broken", condition={"ref": "gone"}, limit=5)

    with pytest.raises(TransitionRefused, match="Broken"):
        services.move_wave(wave=wave, to="collecting", at=NOW, reason="go on")


def test_a_withdrawn_response_keeps_its_place_until_somebody_gives_it_back(wave, client_for):
    quota = make_quota(wave)
    hand_in(wave, "one")
    services.withdraw(wave=wave, code=services.receipt_code(wave, "one"), at=NOW)

    assert hand_in(wave, "two").state == "over_quota"
    assert services.recount_wave(wave=wave, at=NOW) == []

    services.give_back_places(quota=quota, at=NOW)

    assert hand_in(wave, "three").state == "submitted"
    assert AuditEntry.objects.filter(words__contains="given back").count() == 1
    with pytest.raises(QuotaRefused):
        services.give_back_places(quota=quota, at=NOW)


def test_the_recount_finds_a_drift_says_so_and_can_set_it_right(wave, caplog):
    quota = make_quota(wave, limit=9)
    hand_in(wave)
    Quota.objects.update(taken=4)

    with caplog.at_level(logging.ERROR):
        assert services.recount_quotas(at=NOW) == 1
        assert services.recount_quotas(at=NOW) == 0

    quota.refresh_from_db()
    assert (quota.has_drifted, quota.counted) == (True, 1)
    assert "says 4 places taken, but 1" in caplog.text
    services.correct_quota(quota=quota, at=NOW)
    quota.refresh_from_db()
    assert (quota.taken, quota.has_drifted) == (1, False)


def test_a_quota_made_later_counts_those_who_are_in_already(wave):
    make_response(wave)
    make_response(wave, answers={"sex": "M"})
    make_response(wave, state="started")

    assert make_quota(wave, limit=3).taken == 1
    with pytest.raises(QuotaRefused, match="1 places"):
        make_quota(wave, "Cambodia and women", "${sex} = 'F' and ${area} = 'KH'", limit=0)


def test_the_rule_of_a_quota_does_not_change_while_people_answer(wave):
    quota = make_quota(wave, limit=1)
    Wave.objects.update(state="collecting")
    same = {"wave": wave, "quota": quota, "name": "Women", "at": NOW}

    services.save_quota(condition="${sex} = 'F'", limit=7, **same)
    with pytest.raises(QuotaRefused, match="Pause the wave"):
        services.save_quota(condition="${sex} = 'M'", limit=7, **same)
    with pytest.raises(QuotaRefused, match="Pause the wave"):
        services.delete_quota(quota=quota, at=NOW)

    assert Quota.objects.get().limit == 7


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ("", "empty"),
        ("${nobody} = 'F'", "no question"),
        ("${age}", "not yes or no"),
        ("${age} < 'x", "cannot be read"),
        ("${sex} = 'F' and today() > date('2026-01-01')", "counted differently tomorrow"),
        ("true()", "names no question"),
    ],
)
def test_a_condition_that_cannot_be_counted_is_refused_in_words(wave, condition, sentence):
    with pytest.raises(QuotaRefused, match=sentence):
        make_quota(wave, condition=condition)


def test_quotas_are_made_from_targets_by_the_shares_of_the_scheme(wave):
    wave.weighting = make_scheme(wave.survey)
    wave.weighting.margins[0]["shares"]["KH"] = {"F": 0.3, "M": 0.7}
    wave.weighting.save()
    wave.save()

    made = services.make_quotas(wave=wave, by_questions=["sex"], at=NOW)
    again = services.make_quotas(wave=wave, by_questions=["sex"], at=NOW)

    assert (made, again) == (4, 0)
    assert dict(Quota.objects.values_list("name", "limit")) == {
        "KH · F": 3,
        "KH · M": 7,
        "TH · F": 10,
        "TH · M": 10,
    }
    quota = Quota.objects.get(name="KH · M")
    assert quotas.problems([quota], wave.questionnaire.definition) == []
    assert hand_in(wave).state == "submitted"
    assert Quota.objects.get(name="KH · F").taken == 1


def test_the_database_refuses_more_places_than_the_limit(wave):
    quota = make_quota(wave)

    with pytest.raises(IntegrityError), transaction.atomic():
        Quota.objects.filter(pk=quota.pk).update(taken=2)
