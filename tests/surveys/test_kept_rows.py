"""What the publisher remembers between two publishings never differs from what is in the database."""

import random
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from django.db import connection, transaction

from surveys import frames
from surveys.frames import keeping
from surveys.models import ExclusionSet, QualityFlag, Response, SurveyInvitation
from surveys.publishing import compute, publish_wave
from surveys.services.receipts import receipt_hash, withdraw
from surveys.services.responseimports import import_responses
from surveys.services.retention import remove_identities_of
from surveys.services.unlinking import unlink
from tests.surveys.factories import make_plan, make_response, make_scheme, make_wave
from tests.surveys.test_importing_responses import HEARD, NOT_HEARD, file_of
from tests.surveys.test_publishing import ledger as _ledger

ledger = _ledger
pytestmark = [pytest.mark.django_db(transaction=True)]
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
CODE = "K7QF-2M9X-4TRB"
COLUMNS = ["heard", "sex", "trust/asean", "where=tv", "age"]


@pytest.fixture
def only_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's rows have no versions, so nothing is kept there.")


@pytest.fixture(autouse=True)
def _kept(monkeypatch):
    """Parts of one page, so that a small table has many."""
    monkeypatch.setattr(keeping, "PAGES", 1)
    keeping.KEPT.forget()
    yield
    keeping.KEPT.forget()


@pytest.fixture
def wave(only_postgresql):
    """An anonymous wave with 150 answers on a dozen pages, some invited, one with a receipt."""
    found = make_wave()
    rows = [
        make_response(
            found,
            answers={"area": ("KH", "TH")[number % 2], "sex": "FM"[number % 3 == 0], "age": number},
            source=("open", "invited")[number % 5 == 0],
            receipt_hash=receipt_hash(found, CODE) if number == 60 else None,
        )
        for number in range(150)
    ]
    SurveyInvitation.objects.create(
        wave=found, state=SurveyInvitation.State.USED, used_on=rows[0].submitted_on
    )
    for row in rows[::40]:
        QualityFlag.objects.create(response=row, kind="honeypot", computed_on=AT.date())
    return found


def frame_of(wave, *, kept: bool) -> pd.DataFrame:
    return frames.responses(wave, columns=COLUMNS, kept=kept)


def require_same(wave) -> pd.DataFrame:
    kept, plain = frame_of(wave, kept=True), frame_of(wave, kept=False)
    pd.testing.assert_frame_equal(kept, plain)
    assert frames.digest(kept) == frames.digest(plain)
    return kept


def hand_in(wave, tmp_path):
    make_response(wave, answers={"area": "TH", "heard": "no"})


def withdraw_one(wave, tmp_path):
    withdraw(wave=wave, code=CODE, at=AT)


def exclude(wave, tmp_path):
    ExclusionSet.objects.create(
        wave=wave, name="Bots", filter={"flags": ["honeypot"]}, reason="Hidden field filled"
    )


def exclude_and_take_back(wave, tmp_path):
    exclude(wave, tmp_path)
    require_same(wave)
    ExclusionSet.objects.update(reverted_at=AT)


def flag_more(wave, tmp_path):
    exclude(wave, tmp_path)
    require_same(wave)
    some = wave.responses.exclude(flags__isnull=False).first()
    QualityFlag.objects.create(response=some, kind="honeypot", computed_on=AT.date())


def remove_identities(wave, tmp_path):
    remove_identities_of(wave=wave, at=AT)


def widen(wave, tmp_path):
    before = wave.responses.filter(source="invited").count()
    assert before
    assert unlink(wave=wave, through=AT.date())
    assert wave.responses.filter(source="invited").count() == before


def replace_the_import(wave, tmp_path):
    import_responses(wave=wave, path=file_of(tmp_path, HEARD, NOT_HEARD), at=AT)
    require_same(wave)
    import_responses(wave=wave, path=file_of(tmp_path, *[NOT_HEARD] * 3), at=AT, replace=True)


def change_an_answer(wave, tmp_path):
    wave.responses.filter(answers__age=77).update(answers={"heard": "-9", "area": "KH", "sex": "M"})


def move_to_another_area(wave, tmp_path):
    wave.responses.filter(answers__age=3).update(area="TH")


def delete_one(wave, tmp_path):
    wave.responses.filter(answers__age=149).delete()


def delete_all(wave, tmp_path):
    wave.responses.all().delete()


def put_over_quota(wave, tmp_path):
    wave.responses.filter(answers__age=5).update(state=Response.State.OVER_QUOTA)


def swap_the_answers_of_two(wave, tmp_path):
    """Count, keys and all that could be added up over answers stay the same."""
    one, two = wave.responses.filter(answers__age__in=[10, 11])
    one.answers, two.answers = two.answers, one.answers
    Response.objects.bulk_update([one, two], ["answers"])


def write_the_table_anew(wave, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL surveys_response")


DEEDS = [
    hand_in,
    withdraw_one,
    exclude,
    exclude_and_take_back,
    flag_more,
    replace_the_import,
    remove_identities,
    widen,
    change_an_answer,
    move_to_another_area,
    delete_one,
    put_over_quota,
    swap_the_answers_of_two,
    write_the_table_anew,
    delete_all,
]


def test_after_every_deed_the_kept_rows_are_the_stored_ones(wave, tmp_path):
    """One after the other, because emptying all tables after each would take minutes."""
    require_same(wave)
    for deed in DEEDS:
        deed(wave, tmp_path)
        require_same(wave)
    assert len(frame_of(wave, kept=True)) == 0


def test_only_the_pages_that_were_written_are_read_again(wave, tmp_path):
    require_same(wave)
    assert keeping.KEPT.read_again == 150
    require_same(wave)
    assert keeping.KEPT.read_again == 0

    hand_in(wave, tmp_path)

    require_same(wave)
    assert 1 <= keeping.KEPT.read_again < 60


def test_any_order_of_deeds_leaves_the_kept_rows_as_they_are_stored(wave, tmp_path):
    dice = random.Random(20261124)
    for _step in range(25):
        deed = dice.choice([hand_in, change_random, delete_random, widen_random, state_random])
        deed(wave, dice)
        if dice.random() < 0.7:
            require_same(wave)
    require_same(wave)


def some_of(wave, dice):
    keys = sorted(wave.responses.values_list("pk", flat=True))
    return wave.responses.filter(pk__in=dice.sample(keys, min(len(keys), dice.randrange(1, 4))))


def change_random(wave, dice):
    some_of(wave, dice).update(
        answers={"sex": dice.choice("FMX"), "heard": dice.choice(["yes", "no"])}
    )


def delete_random(wave, dice):
    some_of(wave, dice).delete()


def widen_random(wave, dice):
    some_of(wave, dice).update(submitted_within="week")


def state_random(wave, dice):
    some_of(wave, dice).update(state=dice.choice(["submitted", "withdrawn", "over_quota"]))


def test_what_another_transaction_writes_is_seen_once_it_is_committed(wave):
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute("UPDATE surveys_response SET area = 'XX' WHERE area = 'KH'")
        assert "XX" not in set(require_same(wave)["area"])
        other.commit()
        assert "XX" in set(require_same(wave)["area"])
    finally:
        other.close()


def test_other_columns_are_read_where_the_plan_asks_for_them(wave):
    frames.responses(wave, columns=["sex"], kept=True)

    require_same(wave)


def test_waves_are_kept_apart(wave):
    other = make_wave()
    make_response(other, answers={"heard": "no"})

    for each in (wave, other, wave, other):
        require_same(each)


def test_free_text_is_never_kept(wave):
    written = {"op": "!=", "args": [{"ref": "comment"}, {"value": "x", "type": "text"}]}

    frames.responses(wave, columns=["sex"], conditions={"wrote": written}, kept=True)

    assert not keeping.KEPT._held


def test_the_oldest_wave_is_forgotten_when_memory_is_short(wave, settings):
    require_same(wave)
    held = keeping.KEPT._held[wave.pk].sheet.size
    other = make_wave()
    make_response(other)
    settings.PUBLISHING_KEEPS_MB = 1.5 * held / 1_000_000
    require_same(other)
    assert set(keeping.KEPT._held) == {wave.pk, other.pk}

    settings.PUBLISHING_KEEPS_MB = 1.01 * held / 1_000_000
    require_same(other)

    assert set(keeping.KEPT._held) == {other.pk}


def test_nothing_is_kept_where_that_is_switched_off(wave, settings):
    settings.PUBLISHING_KEEPS_MB = 0

    require_same(wave)

    assert not keeping.KEPT._held


def test_nothing_is_kept_of_a_transaction_that_may_be_rolled_back(wave):
    with transaction.atomic():
        make_response(wave)
        require_same(wave)

    assert not keeping.KEPT._held


def test_figures_are_the_same_with_and_without_memory(ledger, wave, settings):
    wave.weighting = make_scheme(wave.survey)
    wave.save()
    make_plan(wave)
    publish_wave(wave=wave, at=AT)
    for _number in range(40):
        make_response(wave, answers={"area": "TH", "heard": "no", "sex": "M"})

    publish_wave(wave=wave, at=AT + timedelta(minutes=1))

    wave.refresh_from_db()
    assert keeping.KEPT.read_again < 190
    kept = compute(wave, at=AT, kept=True)
    settings.PUBLISHING_KEEPS_MB = 0
    assert kept == compute(wave, at=AT, kept=True)
    assert kept[0] == wave.published_digest
