"""Identities go on the day that was promised; withdrawing works until then; estimates stay."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from surveys import services
from surveys.errors import UnknownReceipt
from surveys.frames import digest, responses
from surveys.models import (
    AuditEntry,
    InvitedResponse,
    QualityFlag,
    Response,
    SurveyInvitation,
    Wave,
)
from surveys.services.receipts import receipt_hash
from tests.surveys.factories import make_response, make_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]
NOW = timezone.now()
YESTERDAY = (NOW - timedelta(days=1)).date()


@pytest.fixture
def wave() -> Wave:
    wave = make_wave(
        state="closed",
        anonymity="confidential",
        closes_at=NOW - timedelta(days=30),
        retain_until=YESTERDAY,
    )
    response = make_response(
        wave,
        answers={"comment": "I am Sok, the baker in Kampot"},
        paradata={"device": "phone", "network": "abc", "seconds": {"first": 50}},
        consent_version="1",
        consent_language="km",
        consent_on=date(2026, 1, 2),
        receipt_hash=receipt_hash(wave, "K7QF-2M9X-4TRB"),
    )
    response.derive()
    response.save()
    make_response(wave, state="started", answers={"comment": "half a thought"})
    invitation = SurveyInvitation.objects.create(wave=wave, link_hash="x")
    InvitedResponse.objects.create(invitation=invitation, response=response)
    QualityFlag.objects.create(
        response=response, kind="tampered", how="posted: a name", computed_on=YESTERDAY
    )
    return wave


def test_check_25_identities_are_removed_by_themselves_and_figures_stay(wave):
    before = digest(responses(wave))

    assert services.remove_identities(at=NOW) == 1
    assert services.remove_identities(at=NOW) == 0

    kept = Response.objects.get()
    assert "comment" not in kept.answers
    assert (kept.answers["heard"], kept.answers["age"]) == ("yes", 34)
    assert (kept.paradata, kept.receipt_hash, kept.device, kept.seconds) == ({}, None, "phone", 50)
    assert (kept.consent_version, kept.consent_language, kept.consent_on) == (
        "1",
        "km",
        date(2026, 1, 2),
    )
    assert not InvitedResponse.objects.exists()
    assert not SurveyInvitation.objects.exists()
    assert QualityFlag.objects.get().how == ""
    assert digest(responses(wave)) == before
    entry = AuditEntry.objects.get(action="retained")
    assert entry.data == {"texts": 1, "unfinished": 1, "links": 1, "invitations": 1}
    assert entry.who == ""


def test_nothing_is_removed_before_the_day_or_while_people_answer(wave, caplog):
    Wave.objects.update(retain_until=(NOW + timedelta(days=2)).date())
    assert services.remove_identities(at=NOW) == 0
    Wave.objects.update(retain_until=YESTERDAY, state="collecting")
    assert services.remove_identities(at=NOW) == 0

    assert "collects on the day" in caplog.text
    assert Response.objects.filter(answers__comment__startswith="I am Sok").exists()


def test_check_25_withdrawing_by_receipt_works_after_closing_and_no_longer_after_the_day(wave):
    stays = Wave.objects.get()
    other = make_response(wave, receipt_hash=receipt_hash(wave, "AAAA-BBBB-CCCC"))
    services.withdraw(wave=stays, code="aaaa bbbb cccc", at=NOW)

    other.refresh_from_db()
    assert (other.state, other.answers, other.cell, other.seconds) == ("withdrawn", {}, "", None)
    assert len(responses(wave)) == 1
    assert Wave.objects.get().stale_at is not None

    services.remove_identities(at=NOW)
    with pytest.raises(UnknownReceipt):
        services.withdraw(wave=stays, code="K7QF-2M9X-4TRB", at=NOW)


def test_withdrawing_takes_the_response_off_its_invitation(wave):
    services.withdraw(wave=Wave.objects.get(), code="K7QF-2M9X-4TRB", at=NOW)

    assert not InvitedResponse.objects.exists()
    assert not QualityFlag.objects.exists()


def test_the_wave_says_beforehand_and_afterwards(wave, client_for):
    manager = client_for("survey_manager")
    address = f"/office/surveys/waves/{wave.token}/"

    assert "are removed by themselves" in manager.get(address).content.decode()
    services.remove_identities(at=NOW)
    assert "What could identify people was removed on" in manager.get(address).content.decode()


def test_flags_are_not_computed_from_what_is_gone(wave):
    services.remove_identities(at=NOW)

    services.flag_wave(wave=Wave.objects.get(), at=NOW)

    assert QualityFlag.objects.get().kind == "tampered"
