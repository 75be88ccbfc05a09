"""An anonymous wave: nothing in the database leads from an answer to a person."""

from datetime import date

import pytest
from django.conf import settings
from django.db import models
from django.utils import timezone

from surveys import services
from surveys.models import InvitedResponse, PageKey, Response
from tests.surveys.factories import make_wave


def test_a_response_has_no_column_that_leads_to_a_person():
    related = {
        field.related_model._meta.label
        for field in Response._meta.get_fields()
        if field.is_relation and field.concrete
    }

    assert related == {"surveys.Wave", "surveys.Questionnaire"}


def test_a_response_holds_days_and_no_moments():
    moments = [f.name for f in Response._meta.fields if isinstance(f, models.DateTimeField)]

    assert moments == []
    assert not any(isinstance(f, models.DateTimeField) for f in PageKey._meta.fields)


def test_no_history_of_responses_is_kept():
    assert not hasattr(Response, "history")


@pytest.mark.django_db
def test_handing_in_replaces_the_unfinished_row_by_one_with_another_key():
    wave = make_wave()
    secret = "the-secret-of-sok"
    started = services.start(wave=wave, secret=secret, language="en", at=timezone.now())
    Response.objects.filter(pk=started.pk).update(
        answers={"heard": "no", "area": "KH"}, last_page="third"
    )
    started.refresh_from_db()

    code = services.submit(response=started, secret=secret, at=timezone.now())

    finished = Response.objects.get()
    assert finished.pk != started.pk
    assert finished.resume_hash is None
    assert isinstance(finished.submitted_on, date)
    assert not InvitedResponse.objects.exists()
    stored = str(Response.objects.values().get()) + str(PageKey.objects.values().get())
    assert secret not in stored
    assert code not in stored
    assert code.replace("-", "") not in stored


@pytest.mark.django_db
def test_the_key_that_proves_handing_in_is_not_the_one_that_finds_the_answers():
    wave = make_wave()
    hashes = {
        services.hash_of(purpose, wave, "secret") for purpose in ("resume", "page", "receipt")
    }

    assert len(hashes) == 3
    assert settings.SECRET_KEY not in "".join(hashes)
