"""Consent is append-only; the last statement counts."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from engagement.errors import AppendOnly
from engagement.models import Consent
from engagement.services import withdraw_consent
from tests.engagement.factories import AT, make_consent, make_person

pytestmark = pytest.mark.django_db


def withdraw(person, at=AT, purpose="campaigns"):
    return withdraw_consent(person=person, purpose=purpose, evidence="letter", at=at)


def consenting(purpose="campaigns"):
    return [consent.person for consent in Consent.objects.current(purpose=purpose)]


def test_whoever_said_yes_is_written_to_for_that_purpose_only():
    amina = make_person()
    make_consent(amina, "campaigns")
    assert consenting() == [amina]
    assert consenting("surveys") == []


def test_a_withdrawal_ends_it_and_keeps_the_history():
    amina = make_person()
    make_consent(amina)
    withdrawn = withdraw(amina, AT + timedelta(days=1))
    assert consenting() == []
    assert amina.consents.count() == 2
    assert withdrawn.wording == "You may write to me."


def test_consent_may_be_given_again():
    amina = make_person()
    make_consent(amina)
    withdraw(amina, AT + timedelta(days=1))
    make_consent(amina, at=AT + timedelta(days=2))
    assert consenting() == [amina]


def test_saying_yes_or_no_twice_records_it_once():
    amina = make_person()
    make_consent(amina)
    make_consent(amina, at=AT + timedelta(hours=1))
    withdraw(amina, AT + timedelta(hours=2))
    withdraw(amina, AT + timedelta(hours=3))
    assert amina.consents.count() == 2


def test_a_new_wording_is_recorded():
    amina = make_person()
    make_consent(amina)
    make_consent(amina, at=AT + timedelta(hours=1), wording_version="2026-02")
    assert amina.consents.count() == 2


def test_an_older_statement_entered_late_does_not_win():
    amina = make_person()
    withdraw(amina, AT)
    make_consent(amina, at=AT - timedelta(days=300))
    assert consenting() == []


def test_a_refusal_without_earlier_consent_is_kept():
    boris = make_person("Boris Novak")
    assert withdraw(boris).state == "withdrawn"


def test_an_unknown_purpose_is_refused():
    with pytest.raises(ValidationError):
        make_consent(make_person(), "anything")


def test_statements_are_neither_changed_nor_deleted():
    consent = make_consent(make_person())
    consent.state = "withdrawn"
    with pytest.raises(AppendOnly):
        consent.save()
    with pytest.raises(AppendOnly):
        consent.delete()
    with pytest.raises(AppendOnly):
        Consent.objects.update(state="withdrawn")
    with pytest.raises(AppendOnly):
        Consent.objects.all().delete()
