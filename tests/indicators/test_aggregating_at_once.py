"""A member's value is recorded while the group's is being computed: nothing is lost."""

import threading

import pytest
from django.db import connection

from indicators.models import AggregateDue, Observation
from indicators.services import aggregating
from tests.indicators.factories import (
    AT,
    make_asean,
    make_estimate,
    make_indicator,
    record_values,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="On SQLite one transaction writes at a time: this race cannot happen there.",
    ),
]


def say(cambodia, viet_nam):
    record_values(
        make_estimate("kpi-31c", "KH", "2024", cambodia),
        make_estimate("kpi-31c", "VN", "2024", viet_nam),
        source="document:statistics",
    )


def test_a_value_that_comes_while_the_mean_is_computed_is_in_the_next_one(monkeypatch):
    make_asean("KH", "VN")
    make_indicator("kpi-31c", aggregation="mean")
    say("10", "20")
    computed, recorded = threading.Event(), threading.Event()
    compute = aggregating.aggregate_indicator

    def slowly(**arguments):
        found = compute(**arguments)
        computed.set()
        # The other one waits for this transaction, so this is no wait for it to end.
        recorded.wait(timeout=0.5)
        return found

    def corrected():
        try:
            computed.wait(timeout=10)
            say("10", "40")
        finally:
            recorded.set()
            connection.close()

    monkeypatch.setattr(aggregating, "aggregate_indicator", slowly)
    other = threading.Thread(target=corrected)
    other.start()
    aggregating.aggregate_due(at=AT)
    other.join(timeout=20)
    assert AggregateDue.objects.exists(), "the correction was never asked for again"
    monkeypatch.undo()
    aggregating.aggregate_due(at=AT)
    assert Observation.objects.get(area__code="ASEAN").value == 25


def test_two_that_compute_at_once_record_one_value():
    make_asean("KH", "VN")
    make_indicator("kpi-31c", aggregation="mean")
    say("10", "20")
    start = threading.Barrier(4)
    failed = []

    def compute():
        try:
            start.wait(timeout=10)
            aggregating.aggregate_due(at=AT)
        except Exception as error:
            failed.append(error)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=compute) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert failed == []
    assert Observation.objects.get(area__code="ASEAN").value == 15
    assert not AggregateDue.objects.exists()
