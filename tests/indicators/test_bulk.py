"""Rows written past the ORM are read by it as they were meant, on both databases."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError

from indicators import bulk
from indicators.held import held_values, locked_values
from indicators.models import Observation
from tests.indicators.factories import (
    AT,
    HOSTILE,
    make_area,
    make_estimate,
    make_indicator,
    record_values,
)

pytestmark = pytest.mark.django_db
ODD = [
    "",
    "NULL",
    'a "quoted" word',
    "back\\slash\\",
    "{1,2}",
    "line\nbreak",
    "ร้อยละ",
    HOSTILE,
    "%s",
]


@pytest.fixture
def place():
    return {"indicator_id": make_indicator("kpi-22").pk, "area_id": make_area("KH").pk}


def test_odd_texts_and_numbers_are_kept_as_they_are(place, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 2)
    numbers = [None, Decimal("0.000001"), Decimal("-99999999999999.5"), Decimal("1E+2")]
    rows = [
        (f"t{number}", text, numbers[number % 4], {text: [text, None, number]}, number % 2 == 0)
        for number, text in enumerate(ODD)
    ]
    bulk.insert(
        Observation,
        ("token", "breakdown", "value", "provenance", "is_demonstration"),
        rows,
        same=place
        | {"period": "2026", "source": 'it\'s "one"', "recorded_at": AT, "members": ["KH"]}
        | {"status": "A", "state": "published", "qualifier": "", "method": "", "digest": "d"}
        | {"population_vintage": ""},
    )
    names = ("token", "breakdown", "value", "provenance", "is_demonstration")
    found = Observation.objects.order_by("pk")
    assert list(found.values_list(*names)) == rows
    assert {(row.source, row.recorded_at, *row.members) for row in found} == {
        ('it\'s "one"', AT, "KH")
    }
    later = AT + timedelta(days=1)
    changed = [(row.breakdown, row.value, row.pk) for row in found if row.value is not None]
    bulk.update(
        Observation,
        ("method", "low", "id"),
        changed,
        same={"recorded_at": later, "stale_since": None, "provenance": {"a": '"'}},
    )
    for row in Observation.objects.all():
        was = (row.breakdown, row.value, later, {"a": '"'})
        kept = ("", None, AT, {row.breakdown: [row.breakdown, None, ODD.index(row.breakdown)]})
        said = (row.method, row.low, row.recorded_at, row.provenance)
        assert said == (kept if row.value is None else was)


def test_no_rows_are_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        bulk.insert(Observation, ("token",), [])
        bulk.update(Observation, ("digest", "id"), [])
        assert locked_values("document:a", []) == {}


def test_the_tables_own_rules_still_hold(place):
    record_values(make_estimate(low=Decimal(1), high=Decimal(2)))
    key = Observation.objects.get().pk
    with pytest.raises(IntegrityError):
        bulk.update(Observation, ("low", "id"), [(Decimal(3), key)])


def test_what_is_held_is_found_by_its_key_from_every_source(place):
    for source in ("document:a", "manual:b"):
        record_values(
            make_estimate(provenance={"document": HOSTILE}, n=9),
            make_estimate(breakdown="sex=F", value="0.1"),
            source=source,
        )
    key = (place["indicator_id"], place["area_id"], "2026", "")
    found = held_values([key, key, (*key[:3], "sex=M")], with_context=True)
    assert list(found) == [key]
    for row in found[key]:
        kept = Observation.objects.get(pk=row.pk)
        assert row.key == key
        assert all(getattr(kept, name) == value for name, value in row._asdict().items())
    assert {row.source for row in found[key]} == {"document:a", "manual:b"}
    assert {row.breakdown for row in locked_values("manual:b").values()} == {"", "sex=F"}
    (one,) = locked_values("manual:b", [key]).values()
    assert (one.source, one.value, one.provenance) == ("manual:b", Decimal("72.4"), None)
