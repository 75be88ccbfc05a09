"""Two hundred people hand in at the same moment; a quota of a hundred ends at a hundred."""

from collections import Counter

import pytest
from django.db import DatabaseError, connection
from django.http import QueryDict
from django.utils import timezone

from surveys import services
from surveys.errors import AlreadySubmitted, NothingStarted
from surveys.models import Quota, Response, Wave
from surveys.services import quotas
from tests.surveys.crowds import Crowd
from tests.surveys.factories import make_wave

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, PLACES = 200, 100
ANSWERS = {
    "heard": "yes",
    "where": ["tv"],
    "age": 34,
    "trust": {"asean": "4", "media": "1"},
    "area": "KH",
    "sex": "F",
}


@pytest.fixture
def wave() -> Wave:
    """People with complete answers who have only to press the button."""
    wave = make_wave()
    for name, condition in (("Women", "${sex} = 'F'"), ("Cambodia", "${area} = 'KH'")):
        Quota.objects.create(
            wave=wave,
            name=name,
            condition=quotas.quotas.condition_of(condition, wave.questionnaire.definition),
            limit=PLACES if name == "Cambodia" else 10 * PEOPLE,
        )
    for number in range(PEOPLE):
        response = services.start(
            wave=wave, secret=f"secret-{number}", language="en", at=timezone.now()
        )
        Response.objects.filter(pk=response.pk).update(answers=ANSWERS, area="KH")
    return wave


def press_the_button(wave: Wave):
    def one(number: int) -> str:
        secret = f"secret-{number}"
        response = services.find_started(wave=wave, secret=secret)
        if response is None:
            return "gone"
        response.wave = Wave.objects.select_related("questionnaire").get(pk=wave.pk)
        try:
            services.submit(response=response, secret=secret, at=timezone.now())
        except (AlreadySubmitted, DatabaseError) as error:
            return type(error).__name__
        return "thanked"

    return one


def send_the_last_page(wave: Wave):
    def one(number: int) -> str:
        try:
            services.save_page(
                wave=Wave.objects.select_related("questionnaire").get(pk=wave.pk),
                secret=f"secret-{number}",
                page_code="third",
                posted=QueryDict("q/area=KH&q/sex=F"),
                language="en",
                at=timezone.now(),
                may_finish=True,
            )
        except (AlreadySubmitted, NothingStarted, DatabaseError) as error:
            return type(error).__name__
        return "thanked"

    return one


def outcome(wave: Wave) -> dict:
    rows = Response.objects.filter(wave=wave).values_list("state", "quota")
    return {
        "responses": dict(Counter(rows)),
        "taken": dict(Quota.objects.filter(wave=wave).values_list("name", "taken")),
    }


def test_check_17_a_quota_of_100_with_200_people_ends_at_exactly_100(tmp_path, wave):
    crowd = Crowd(tmp_path)

    thanked = crowd.run(press_the_button(wave), range(PEOPLE))

    assert Counter(thanked) == {"thanked": PEOPLE}
    found = crowd.inside(lambda: outcome(wave))
    assert found["responses"] == {
        ("submitted", ""): PLACES,
        ("over_quota", "Cambodia"): PEOPLE - PLACES,
    }
    # The places that people over quota had taken in the other quota are free again.
    assert found["taken"] == {"Women": PLACES, "Cambodia": PLACES}
    kept = crowd.inside(
        lambda: set(
            Response.objects.filter(state="over_quota").values_list("answers__sex", flat=True)
        )
    )
    assert kept == {"F"}
    assert crowd.inside(lambda: services.recount_wave(wave=wave, at=timezone.now())) == []


def test_a_page_and_a_button_pressed_at_once_never_wait_for_each_other(tmp_path, wave):
    Quota.objects.all().delete()
    button, page = press_the_button(wave), send_the_last_page(wave)

    def one(number: int) -> str:
        return page(number // 2) if number % 2 else button(number // 2)

    crowd = Crowd(tmp_path)
    said = Counter(crowd.run(one, range(2 * PEOPLE)))

    assert said["thanked"] == PEOPLE, said
    assert set(said) <= {"thanked", "AlreadySubmitted", "NothingStarted", "gone"}
    assert crowd.inside(lambda: Response.objects.submitted().count()) == PEOPLE


def test_check_17_fails_without_the_condition_of_the_update(tmp_path, wave, monkeypatch):
    """The control: the database refuses the 101st, so nobody but the condition thanks people."""

    def take_without_looking(quota: Quota) -> bool:
        return Quota.objects.filter(pk=quota.pk).update(taken=quotas.F("taken") + 1) == 1

    monkeypatch.setattr(quotas, "_take_place", take_without_looking)
    crowd = Crowd(tmp_path)

    thanked = crowd.run(press_the_button(wave), range(PEOPLE))

    assert Counter(thanked) == {"thanked": PLACES, "IntegrityError": PEOPLE - PLACES}


def test_check_17_fails_when_places_are_read_first_and_written_then(tmp_path, wave, monkeypatch):
    """The control that the race is real: elsewhere places are counted, then written."""
    if connection.vendor != "postgresql":
        pytest.skip("On SQLite one transaction writes at a time: this race cannot happen there.")

    def read_then_write(quota: Quota) -> bool:
        seen = Quota.objects.get(pk=quota.pk)
        if seen.taken >= seen.limit:
            return False
        seen.taken += 1
        seen.save(update_fields=["taken"])
        return True

    monkeypatch.setattr(quotas, "_take_place", read_then_write)
    # The lock on a quota that everybody is in would make them queue before the next one.
    Quota.objects.filter(name="Women").delete()
    crowd = Crowd(tmp_path)

    crowd.run(press_the_button(wave), range(PEOPLE))

    submitted = crowd.inside(lambda: Response.objects.filter(state="submitted").count())
    assert submitted > PLACES
