"""record() is the only way in: it upserts, revises, withdraws, and refuses what it cannot name."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.errors import InvalidEstimate, UnknownCode
from indicators.ledger import Recorded, canonical_breakdown, mark_stale, withdraw
from indicators.models import Observation, Revision
from tests.indicators.factories import (
    AT,
    make_area,
    make_estimate,
    make_indicator,
    record_values,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rows():
    make_area("KH")
    make_area("VN")
    make_indicator("kpi-22")


def test_a_new_value_is_published_without_a_revision():
    assert record_values(make_estimate(), digest="a") == Recorded(created=1)
    row = Observation.objects.get()
    assert (row.value, row.state, row.digest) == (Decimal("72.4"), "published", "a")
    assert not Revision.objects.exists()


def test_the_same_digest_again_does_nothing():
    record_values(make_estimate(), digest="a")
    again = record_values(make_estimate(value="1"), digest="a", at=AT + timedelta(days=1))
    assert again == Recorded(unchanged=1)
    row = Observation.objects.get()
    assert (row.value, row.recorded_at) == (Decimal("72.4"), AT)


def test_a_changed_value_leaves_a_revision_with_before_after_and_reason():
    record_values(make_estimate(), digest="a")
    result = record_values(
        make_estimate(value="73"), digest="b", at=AT + timedelta(days=1), reason="late answers"
    )
    assert result == Recorded(changed=1)
    revision = Revision.objects.get()
    assert (revision.before["value"], revision.after["value"]) == ("72.4", "73")
    assert (revision.kind, revision.reason) == ("changed", "late answers")
    assert (revision.digest_before, revision.digest_after) == ("a", "b")


def test_what_a_source_no_longer_says_is_withdrawn_and_may_come_back():
    record_values(make_estimate(), make_estimate(area="VN"), digest="a")
    assert record_values(make_estimate(), digest="b").withdrawn == 1
    assert Observation.objects.published().get().area.code == "KH"
    assert record_values(make_estimate(), make_estimate(area="VN"), digest="c").changed == 1
    assert set(Revision.objects.values_list("kind", flat=True)) == {"withdrawn", "reinstated"}


def test_another_source_is_left_alone():
    record_values(make_estimate(), source="document:one", digest="a")
    record_values(make_estimate(area="VN"), source="document:two", digest="a")
    assert Observation.objects.published().count() == 2


def test_a_source_that_says_one_thing_at_a_time_withdraws_nothing():
    record_values(make_estimate(), digest="a")
    record_values(make_estimate(area="VN"), digest="b", withdraw_missing=False)
    assert Observation.objects.published().count() == 2


@pytest.mark.parametrize(
    ("overrides", "named"),
    [({"indicator": "kpi-99"}, "'kpi-99'"), ({"area": "XX"}, "'XX'"), ({"members": ("QQ",)}, "QQ")],
)
def test_an_unknown_code_is_named_and_nothing_is_written(overrides, named):
    with pytest.raises(UnknownCode, match=named):
        record_values(make_estimate(), make_estimate(**({"area": "VN"} | overrides)), digest="a")
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    "overrides",
    [
        {"period": "last year"},
        {"status": "Z"},
        {"breakdown": "sex"},
        {"low": Decimal(3), "high": Decimal(2)},
        {"value": "NaN"},
        {"n": -1},
        {"qualifier": "about"},
    ],
)
def test_a_value_that_cannot_stand_is_refused_with_a_sentence(overrides):
    with pytest.raises(InvalidEstimate, match="kpi-22"):
        record_values(make_estimate(**overrides), digest="a")


def test_one_source_may_not_say_a_thing_twice():
    with pytest.raises(InvalidEstimate, match="twice"):
        record_values(
            make_estimate(breakdown="sex=F;age=15-24"),
            make_estimate(breakdown="age=15-24;sex=F"),
            digest="a",
        )


def test_a_breakdown_has_one_spelling():
    assert canonical_breakdown("sex=F; age=15-24") == "age=15-24;sex=F"


def test_a_stale_mark_goes_with_the_next_recording_even_when_nothing_changed():
    record_values(make_estimate(), digest="a")
    assert mark_stale(source="document:test", at=AT + timedelta(seconds=1)) == 1
    assert Observation.objects.get().is_stale
    record_values(make_estimate(), digest="a", at=AT + timedelta(seconds=2))
    assert not Observation.objects.get().is_stale


def test_a_recording_from_before_the_mark_leaves_it():
    record_values(make_estimate(), digest="a")
    mark_stale(source="document:test", at=AT + timedelta(seconds=1))
    record_values(make_estimate(value="73"), digest="b", at=AT)
    assert Observation.objects.get().is_stale


def test_numbers_beyond_what_the_database_keeps_do_not_look_like_changes():
    value = "12345678901.123456789"
    record_values(make_estimate(value=value), digest="a")
    assert record_values(make_estimate(value=value), digest="b") == Recorded(unchanged=1)


values = st.one_of(
    st.none(), st.decimals(-1000, 1000, places=4, allow_nan=False, allow_infinity=False)
)
said = st.dictionaries(
    st.tuples(st.sampled_from(["KH", "VN"]), st.sampled_from(["2024", "2026"])), values
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=said, second=said)
def test_the_ledger_always_says_what_its_source_said_last(first, second):
    with transaction.atomic():
        for number, what in enumerate((first, second, second)):
            estimates = [
                make_estimate(area=area, period=period, value=value)
                for (area, period), value in what.items()
            ]
            result = record_values(*estimates, digest=f"digest {number}")
        assert (result.created, result.changed, result.withdrawn) == (0, 0, 0)
        standing = {
            (row.area.code, row.period): row.value
            for row in Observation.objects.published().select_related("area")
        }
        assert standing == second
        changed = {key for key in first.keys() & second.keys() if first[key] != second[key]}
        gone = first.keys() - second.keys()
        revised = Revision.objects.values_list("kind", flat=True)
        assert sorted(revised) == ["changed"] * len(changed) + ["withdrawn"] * len(gone)
        transaction.set_rollback(True)


def test_recomputations_of_one_day_are_one_revision_from_morning_to_evening():
    for hour, value in enumerate(("70", "71", "72", "73")):
        at = AT + timedelta(minutes=hour)
        record_values(make_estimate(value=value), digest=value, at=at)
    record_values(make_estimate(value="74"), digest="74", at=AT + timedelta(days=1))

    next_day, whole_day = Revision.objects.all()
    assert (whole_day.before["value"], whole_day.after["value"]) == ("70", "73")
    assert whole_day.changed_at == AT + timedelta(minutes=3)
    assert (next_day.before["value"], next_day.after["value"]) == ("73", "74")


def test_what_a_person_corrected_is_never_folded_into_a_recomputation():
    record_values(make_estimate(value="70"), digest="1")
    record_values(make_estimate(value="71"), digest="2")
    record_values(make_estimate(value="7"), digest="3", reason="A typing error in the source.")
    record_values(make_estimate(value="72"), digest="4")

    reasons = [revision.reason for revision in Revision.objects.order_by("pk")]
    assert reasons == ["", "A typing error in the source.", ""]


def test_values_of_a_source_that_says_a_part_are_withdrawn_one_by_one():
    record_values(make_estimate(period="2025"), make_estimate(period="2026"), digest="a")
    gone = Observation.objects.get(period="2026")
    assert withdraw([gone], digest="b", at=AT, reason="typed twice") == 1
    assert withdraw([gone], digest="c", at=AT) == 0
    assert list(Observation.objects.published().values_list("period", flat=True)) == ["2025"]
    revision = gone.revisions.get()
    assert (revision.kind, revision.reason, revision.before["value"]) == (
        "withdrawn",
        "typed twice",
        "72.4",
    )
