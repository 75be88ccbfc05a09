"""Puts the demonstration survey into the database; running it again changes nothing."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from surveys.demonstration.people import Fieldwork, invent, margins
from surveys.models import (
    AnalysisPlanEntry,
    ConsentWording,
    QualityFlag,
    Questionnaire,
    Response,
    Survey,
    Wave,
    WaveTransition,
    WeightingScheme,
)
from surveys.publishing import publish_wave
from surveys.quality.doubts import doubts

FILE = Path(__file__).with_name("awareness.json")
CLOSED = "asean-awareness-2025"
OPEN = "asean-awareness-2026"
_CLOSED_COUNTS = dict.fromkeys(
    ("BN", "KH", "ID", "LA", "MY", "MM", "PH", "SG", "TH", "TL", "VN"), 200
)
_OPEN_COUNTS = {
    "BN": 34, "KH": 52, "ID": 88, "LA": 41, "MY": 58, "MM": 52,
    "PH": 66, "SG": 51, "TH": 60, "TL": 38, "VN": 60,
}  # fmt: skip
_BATCH = 500


def load(*, at: datetime) -> None:
    """Load the awareness survey with a closed wave of 2,200 and an open wave of 600 responses.

    What exists is left as it is, so that nothing a person changed or answered is lost.
    """
    data = json.loads(FILE.read_text(encoding="utf-8"))
    with transaction.atomic():
        survey, questionnaire, scheme = _instrument(data, at)
        closed = _wave(
            data,
            survey,
            questionnaire,
            scheme,
            slug=CLOSED,
            title="ASEAN awareness 2025",
            titles=data["texts"]["titles_2025"],
            period="2025",
            state=Wave.State.CLOSED,
            opens_at=datetime(2025, 11, 3, tzinfo=UTC),
            closes_at=datetime(2025, 11, 29, tzinfo=UTC),
        )
        open_ = _wave(
            data,
            survey,
            questionnaire,
            scheme,
            slug=OPEN,
            title="ASEAN awareness 2026",
            titles=data["texts"]["titles_2026"],
            period="2026",
            state=Wave.State.COLLECTING,
            opens_at=at - timedelta(days=20),
            closes_at=at + timedelta(days=60),
            previous=closed,
            targets=dict.fromkeys(_CLOSED_COUNTS, 200),
        )
        for wave, counts, unfinished, seed, shift in (
            (closed, _CLOSED_COUNTS, 310, 20251103, 0.0),
            (open_, _OPEN_COUNTS, 95, 20261102, 0.18),
        ):
            if not wave.responses.exists():
                last = min(wave.closes_at, at)
                _fill(
                    wave,
                    Fieldwork(
                        seed=seed,
                        counts=counts,
                        unfinished=unfinished,
                        first_day=wave.opens_at.date(),
                        last_day=max(wave.opens_at, last - timedelta(days=1)).date(),
                        shift=shift,
                    ),
                    at,
                )
    for wave in Wave.objects.filter(pk__in=[closed.pk, open_.pk]):
        if wave.stale_at or not wave.published_digest:
            publish_wave(wave=wave, at=at)


def _instrument(
    data: dict[str, Any], at: datetime
) -> tuple[Survey, Questionnaire, WeightingScheme]:
    survey, _created = Survey.objects.get_or_create(
        slug=data["survey"]["slug"], defaults=data["survey"] | {"is_demonstration": True}
    )
    questionnaire = survey.questionnaires.order_by("number").first()
    if questionnaire is None:
        questionnaire = Questionnaire.objects.create(
            survey=survey,
            number=1,
            document=data["questionnaire"],
            state=Questionnaire.State.PUBLISHED,
            published_at=at,
        )
    scheme, _created = WeightingScheme.objects.get_or_create(
        survey=survey,
        name="Sex by age, and locality",
        number=1,
        defaults={"margins": margins()},
    )
    for order, entry in enumerate(data["plan"]):
        AnalysisPlanEntry.objects.get_or_create(
            survey=survey, indicator=entry["indicator"], defaults=entry | {"order": order}
        )
    return survey, questionnaire, scheme


def _wave(
    data: dict[str, Any],
    survey: Survey,
    questionnaire: Questionnaire,
    scheme: WeightingScheme,
    *,
    slug: str,
    **columns: Any,
) -> Wave:
    wave, created = Wave.objects.get_or_create(
        slug=slug,
        defaults={
            "survey": survey,
            "questionnaire": questionnaire,
            "weighting": scheme,
            "purpose": data["texts"]["purpose"],
            "consent_wording": data["texts"]["consent"],
            "consent_version": "2025-11",
            "cells": ["sex", "age_group"],
            "areas": list(_CLOSED_COUNTS),
            "contact": "surveys@suara.example",
            "is_demonstration": True,
        }
        | columns,
    )
    if created:
        ConsentWording.objects.create(
            wave=wave,
            version=wave.consent_version,
            wording=wave.consent_wording,
            since=wave.opens_at,
        )
        WaveTransition.objects.create(
            wave=wave,
            from_state=Wave.State.DRAFTED,
            to_state=wave.state,
            reason="Loaded with the demonstration",
            at=at_of(wave),
        )
    return wave


def at_of(wave: Wave) -> datetime:
    """When the wave reached its present state: its closing for a closed one."""
    return wave.closes_at if wave.state == Wave.State.CLOSED else wave.opens_at


def _fill(wave: Wave, fieldwork: Fieldwork, at: datetime) -> None:
    responses = list(
        invent(
            fieldwork,
            wave=wave,
            questionnaire=wave.questionnaire,
            consent_version=wave.consent_version,
        )
    )
    for response in responses:
        response.derive()
    Response.objects.bulk_create(responses, batch_size=_BATCH)
    definition = wave.questionnaire.definition
    QualityFlag.objects.bulk_create(
        [
            QualityFlag(
                response=response,
                kind=doubt.kind,
                score=doubt.score,
                how=doubt.how[:200],
                computed_on=response.submitted_on,
            )
            for response in responses
            if response.state == Response.State.SUBMITTED
            for doubt in doubts(
                definition,
                response.answers,
                response.paradata,
                minimum_seconds=wave.minimum_seconds,
            )
        ],
        batch_size=_BATCH,
    )
    Wave.objects.filter(pk=wave.pk).update(stale_at=at)
