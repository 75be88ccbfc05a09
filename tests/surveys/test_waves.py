"""Making, changing, repeating and deleting waves."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from surveys import services
from surveys.errors import WaveRefused
from surveys.models import AuditEntry, Quota, Response, Wave
from tests.surveys.factories import (
    make_plan,
    make_questionnaire,
    make_response,
    make_scheme,
    make_survey,
    make_wave,
    texts,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def edit(wave: Wave, **settings):
    return services.edit_wave(wave=wave, settings=settings, at=NOW)


def test_check_9_the_next_wave_is_made_in_one_action():
    wave = make_wave(
        slug="trust-2026",
        title="Trust 2026",
        titles=texts("Trust 2026", "ความไว้วางใจ 2026"),
        areas=["KH", "TH"],
        targets={"KH": 100, "TH": 200},
        cells=["sex"],
        anonymity="confidential",
        protection="always",
        retain_until=date(2030, 1, 1),
    )
    wave.weighting = make_scheme(wave.survey)
    wave.save()
    make_plan(wave)
    Quota.objects.create(wave=wave, name="Women", condition={"x": 1}, limit=40, taken=40)
    make_response(wave)

    made = services.next_wave(wave=wave, at=NOW)

    made.refresh_from_db()
    assert (made.slug, made.title, made.period) == ("trust-2027", "Trust 2027", "2027")
    assert made.titles["th"] == "ความไว้วางใจ 2027"
    for name in ("questionnaire", "weighting", "areas", "targets", "cells", "anonymity", "purpose", "protection",
                 "consent_wording", "consent_version"):  # fmt: skip
        assert getattr(made, name) == getattr(wave, name), name
    assert list(made.quotas.values_list("name", "limit", "taken")) == [("Women", 40, 0)]
    assert (made.state, made.previous, made.opens_at, made.retain_until) == (
        "drafted",
        wave,
        None,
        None,
    )
    assert made.survey.plan.count() == 1
    assert made.responses.count() == 0


def test_a_second_click_gets_the_same_next_wave():
    wave = make_wave()

    assert services.next_wave(wave=wave, at=NOW) == services.next_wave(wave=wave, at=NOW)
    assert Wave.objects.count() == 2


@pytest.mark.parametrize(
    ("period", "following"),
    [
        ("2026", "2027"),
        ("2026-Q4", "2027-Q1"),
        ("2026-Q1", "2026-Q2"),
        ("2026-12", "2027-01"),
        ("2026-09", "2026-10"),
        ("spring", "spring"),
    ],
)
def test_the_next_wave_is_of_the_period_after(period, following):
    assert services.next_wave(wave=make_wave(period=period), at=NOW).period == following


def test_check_19_anonymity_changes_before_the_first_response_and_never_after():
    wave = make_wave()
    edit(wave, anonymity="confidential")
    make_response(wave, state="started")

    with pytest.raises(WaveRefused, match="People have answered under the promise") as refusal:
        edit(wave, anonymity="anonymous")

    assert refusal.value.field == "anonymity"
    wave.refresh_from_db()
    assert wave.anonymity == "confidential"


def test_check_19_the_database_itself_refuses_another_anonymity():
    wave = make_wave()
    Wave.objects.update(anonymity="confidential")
    Wave.objects.update(anonymity="anonymous")
    make_response(wave)

    with pytest.raises(DatabaseError, match="cannot change"), transaction.atomic():
        Wave.objects.update(anonymity="confidential")
    Wave.objects.update(title="Anything else may change")


def test_check_25_changed_consent_is_a_new_version_and_both_wordings_are_kept():
    wave = make_wave(consent_version="2025-11", consent_wording=texts("I agree."))
    first = services.start(wave=wave, secret="a", language="th", at=NOW)
    edit(wave, consent_wording=texts("I agree to more."))
    second = services.start(
        wave=Wave.objects.select_related("questionnaire").get(), secret="b", language="en", at=NOW
    )
    edit(wave, consent_wording=texts("I agree to less."))

    assert (first.consent_version, first.consent_language) == ("2025-11", "th")
    assert first.consent_on == second.consent_on
    assert second.consent_version == "2025-11.2"
    kept = dict(wave.consent_wordings.values_list("version", "wording__en"))
    assert kept["2025-11.2"] == "I agree to more."
    assert kept["2025-11.3"] == "I agree to less."


def test_consent_of_a_draft_is_still_the_first_version():
    survey = make_survey()
    wave = services.create_wave(
        survey=survey,
        settings={
            "questionnaire": make_questionnaire(survey),
            "slug": "new",
            "title": "New",
            "period": "2026",
            "consent_wording": texts("One"),
        },
        at=NOW,
    )
    edit(wave, consent_wording=texts("Two"))

    assert list(wave.consent_wordings.values_list("version", "wording__en")) == [("1", "Two")]


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"closes_at": NOW - timedelta(days=4000)}, "closes_at"),
        ({"retain_until": date(2020, 1, 1)}, "retain_until"),
        ({"takes_open_link": False, "takes_invited": False}, "takes_open_link"),
        ({"area_question": "nowhere"}, "area_question"),
        ({"cells": ["where"]}, "cells"),
        ({"slug": "elsewhere"}, "slug"),
    ],
)
def test_settings_that_cannot_stand_are_refused_at_their_field(settings, field):
    wave = make_wave()

    with pytest.raises(WaveRefused) as refusal:
        edit(wave, **settings)

    assert refusal.value.field == field


def test_a_questionnaire_that_the_quotas_do_not_fit_is_not_adopted():
    wave = make_wave()
    services.save_quota(
        wave=Wave.objects.get(pk=wave.pk) if not Wave.objects.update(state="paused") else wave,
        name="Women",
        condition="${sex} = 'F'",
        limit=1,
        at=NOW,
    )
    document = make_questionnaire().document
    document["pages"][2]["questions"] = [
        question for question in document["pages"][2]["questions"] if question["code"] != "sex"
    ]
    newer = make_questionnaire(wave.survey, document=document)

    with pytest.raises(WaveRefused, match="Women"):
        services.adopt_questionnaire(wave=wave, questionnaire=newer, at=NOW)


def test_other_cell_questions_count_the_responses_anew():
    wave = make_wave(cells=["sex"])
    woman, man, silent = (
        make_response(wave),
        make_response(wave, answers={"sex": "M"}),
        make_response(wave),
    )
    del silent.answers["sex"]
    silent.save()

    edit(wave, cells=["sex", "heard"])

    found = {row.pk: row.cell for row in Response.objects.all()}
    assert found == {woman.pk: "F|yes", man.pk: "M|yes", silent.pk: "|yes"}
    for row in Response.objects.select_related("wave"):
        row.derive()
        assert row.cell == found[row.pk]
    edit(wave, cells=[])
    assert set(Response.objects.values_list("cell", flat=True)) == {""}


def test_only_an_empty_draft_is_deleted():
    wave = make_wave()
    with pytest.raises(WaveRefused, match="Only a draft"):
        services.delete_wave(wave=wave, at=NOW)
    Wave.objects.update(state="drafted")
    response = make_response(wave)
    with pytest.raises(WaveRefused, match="has responses"):
        services.delete_wave(wave=wave, at=NOW)
    response.delete()

    services.delete_wave(wave=wave, at=NOW)

    assert not Wave.objects.exists()
    assert AuditEntry.objects.get().action == "deleted"


def test_check_25_what_the_audit_log_says_is_neither_changed_nor_deleted():
    services.delete_wave(wave=make_wave(state="drafted"), at=NOW)
    entry = AuditEntry.objects.get()
    entry.words = "nothing happened"

    for attempt in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(words="nothing"),
        lambda: AuditEntry.objects.bulk_update([entry], ["words"]),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE surveys_auditentry SET words = 'nothing'")
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM surveys_auditentry")
    assert AuditEntry.objects.get().words == ""


def test_check_25_no_role_may_change_or_delete_the_audit_log():
    from django.contrib.auth.models import Permission

    codenames = Permission.objects.filter(content_type__model="auditentry").values_list(
        "codename", flat=True
    )
    assert set(codenames) == {"view_auditentry"}
