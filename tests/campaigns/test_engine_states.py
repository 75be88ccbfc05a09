"""Whatever happens in whatever order: at most one copy per address, and nobody lost."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from campaigns import events, services
from campaigns.engine import freezing, tick
from campaigns.errors import WrongState
from campaigns.models import Mailing
from campaigns.transports import Result
from tests.campaigns.factories import AT, make_mailing, make_officer, make_person, start

PEOPLE = 7
FAULTS = ["accept", "reject", "throttle", "unknown", "lost", "die_before", "die_after", "mixed"]


class Killed(BaseException):
    """The process is gone: nothing after this line runs."""


class Provider:
    """A provider in memory that remembers every copy it delivered."""

    name, lease_seconds, can_query = "memory", 180, True

    def __init__(self, *, can_deduplicate: bool, settles_after: int):
        self.can_deduplicate, self.settles_after = can_deduplicate, settles_after
        self.faults: list[str] = []
        self.is_visible = True
        self.accepted: dict[str, str] = {}
        self.delivered: Counter = Counter()

    def submit(self, messages, *, group):
        fault = self.faults.pop(0) if self.faults else "accept"
        if fault == "die_before":
            raise Killed
        if fault == "throttle":
            return [Result("not_sent", retry_after=5)] * len(messages)
        if fault == "lost":
            return [Result("unknown")] * len(messages)
        results = []
        for number, message in enumerate(messages):
            if fault == "reject" or (fault == "mixed" and number == 0):
                results.append(Result("rejected", code="x", sentence="No such mailbox."))
            elif fault == "mixed" and number == 1:
                results.append(Result("not_sent", retry_after=5))
            else:
                results.append(self._take(message))
        if fault == "die_after":
            raise Killed
        if fault == "unknown":
            return [Result("unknown")] * len(messages)
        return results

    def _take(self, message):
        known = message.to_address in self.accepted.values()
        if not (known and self.can_deduplicate):
            self.delivered[message.to_address] += 1
        self.accepted[message.delivery_id] = message.to_address
        return Result("accepted", provider_message_id=message.delivery_id)

    def query(self, ids):
        if not self.is_visible:
            return {}
        return {each: Result("accepted") for each in ids if each in self.accepted}


class Sending(RuleBasedStateMachine):
    provider_options = {"can_deduplicate": True, "settles_after": 60}
    may_hide = True

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = AT
        self.provider = Provider(**self.provider_options)
        self.refused: set[str] = set()

    @initialize()
    def begin(self):
        for number in range(PEOPLE):
            make_person(f"Person {number}")
        make_person("Twin", address="twin@people.example")
        make_person("Other twin", address="TWIN@people.example")
        make_person("Boris", consents=False)
        self.mailing = start(make_mailing(), at=self.now)

    @rule(fault=st.sampled_from(FAULTS))
    def something_goes_wrong_next(self, fault):
        self.provider.faults.append(fault)

    @rule(batches=st.integers(1, 3))
    def the_engine_runs(self, batches):
        try:
            tick(at=self.now, transport=self.provider, limit=batches)
        except Killed:
            # The process died; another one comes later.
            self.now += timedelta(seconds=1)

    @rule(seconds=st.sampled_from([1, 10, 61, 200, 700, 3600]))
    def time_passes(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule()
    def an_officer_pauses(self):
        self._try(services.pause)

    @rule()
    def an_officer_resumes(self):
        self._try(services.resume, reason="It may go on.")

    @precondition(lambda self: self.may_hide)
    @rule(shown=st.booleans())
    def the_provider_shows_or_hides_what_it_took(self, shown):
        self.provider.is_visible = shown

    @rule(data=st.data(), kind=st.sampled_from(["sent", "bounce", "spam", "click"]))
    def an_event_arrives_perhaps_again_and_out_of_order(self, data, kind):
        if not self.provider.accepted:
            return
        custom_id = data.draw(st.sampled_from(sorted(self.provider.accepted)))
        fact = {"event": kind, "CustomID": custom_id, "time": int(self.now.timestamp()) - 30}
        events.store([fact, fact], at=self.now)

    @rule(data=st.data())
    def somebody_unsubscribes(self, data):
        rows = list(self.mailing.deliveries.exclude(person=None))
        if rows:
            delivery = data.draw(st.sampled_from(rows))
            services.unsubscribe(delivery=delivery, evidence="test", at=self.now)

    @invariant()
    def nobody_gets_two_copies(self):
        assert all(count <= 1 for count in self.provider.delivered.values())

    @invariant()
    def everybody_of_the_list_has_one_state(self):
        mailing = Mailing.objects.get(pk=self.mailing.pk)
        if mailing.recipients is not None:
            assert mailing.deliveries.count() == mailing.recipients == PEOPLE + 3

    def teardown(self):
        try:
            if hasattr(self, "mailing"):
                self._finish()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def _finish(self):
        """Everything heals: the mailing must come to its end by itself."""
        self.provider.faults, self.provider.is_visible = [], True
        self._try(services.resume, reason="It may go on.")
        for _ in range(16):
            self.now += timedelta(minutes=11)
            tick(at=self.now, transport=self.provider)
        mailing = Mailing.objects.get(pk=self.mailing.pk)
        assert mailing.state == Mailing.State.COMPLETED, mailing.state_reason
        for delivery in mailing.deliveries.all():
            reached = self.provider.delivered[delivery.address] if delivery.address else 0
            if delivery.state in ("accepted", "delivered"):
                assert reached == 1, delivery.state
            else:
                assert delivery.state in ("skipped", "rejected"), delivery.state

    def _try(self, step, **values):
        mailing = Mailing.objects.get(pk=self.mailing.pk)
        try:
            step(mailing=mailing, by=make_officer(), at=self.now, **values)
        except WrongState:
            return


class SendingWithoutDeduplication(Sending):
    provider_options = {"can_deduplicate": False, "settles_after": 60}
    may_hide = False


class SendingToTheOutbox(Sending):
    provider_options = {"can_deduplicate": True, "settles_after": 0}
    may_hide = False


@pytest.mark.django_db
@pytest.mark.parametrize("machine", [Sending, SendingWithoutDeduplication, SendingToTheOutbox])
def test_any_sequence_keeps_one_copy_per_address_and_loses_nobody(outbox, monkeypatch, machine):
    monkeypatch.setattr(freezing, "BATCH_SIZE", 3)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
