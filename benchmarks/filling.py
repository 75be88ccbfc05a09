"""A wave full of invented responses, written in bulk: what the back office is measured with."""

import random
import uuid
from datetime import date, timedelta
from typing import Any

AREAS = ("BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN")
AGES = ("15-24", "25-34", "35-44", "45-54", "55+")
PAGES, FIRST_DAY = 6, date(2026, 9, 1)
BATCH, TEMPLATES = 2000, 400


def document(questions: int) -> dict[str, Any]:
    """A questionnaire of so many questions: area, sex, age and scales of five answers."""

    def choices(codes: Any) -> list[dict[str, Any]]:
        return [{"code": code, "label": {"en": code}} for code in codes]

    def single(code: str, codes: Any) -> dict[str, Any]:
        return {"code": code, "kind": "single", "label": {"en": code}, "choices": choices(codes)}

    asked = [single("area", AREAS), single("sex", "FM"), single("age_group", AGES)]
    asked += [single(f"q{number}", "12345") for number in range(questions - 3)]
    size = -(-len(asked) // PAGES)
    return {
        "schema": 1,
        "languages": ["en"],
        "default_language": "en",
        "title": {"en": "Invented"},
        "pages": [
            {"code": f"page{place}", "title": {"en": f"Page {place}"}, "relevant": None,
             "questions": asked[start : start + size]}
            for place, start in enumerate(range(0, len(asked), size))
        ],
    }  # fmt: skip


def fill(*, responses: int, questions: int, slug: str = "invented") -> str:
    """Make the wave and its responses, a tenth of them flagged; return the wave's token."""
    from surveys.models import QualityFlag, Questionnaire, Response, Survey, Wave, WeightingScheme

    dice = random.Random(20261124)
    survey = Survey.objects.create(slug=slug, code=slug, title="Invented", population="Nobody")
    questionnaire = Questionnaire.objects.create(
        survey=survey, number=1, document=document(questions), state="published"
    )
    shares = {f"{sex}|{age}": 0.1 for sex in "FM" for age in AGES}
    scheme = WeightingScheme.objects.create(
        survey=survey, name="Sex by age",
        margins=[{"variables": ["sex", "age_group"], "source": "invented", "vintage": "",
                  "shares": dict.fromkeys(AREAS, shares)}],
    )  # fmt: skip
    wave = Wave.objects.create(
        survey=survey, questionnaire=questionnaire, weighting=scheme, slug=slug, title="Invented",
        period="2026", state="collecting", areas=list(AREAS), cells=["sex", "age_group"],
        targets=dict.fromkeys(AREAS, responses // 10), consent_wording={"en": "Yes"},
    )  # fmt: skip
    templates = [
        {f"q{number}": dice.choice("12345") for number in range(questions - 3)}
        for _template in range(TEMPLATES)
    ]
    for start in range(0, responses, BATCH):
        batch = []
        for _number in range(min(BATCH, responses - start)):
            area, sex, age = dice.choice(AREAS), dice.choice("FM"), dice.choice(AGES)
            is_submitted = dice.random() < 0.9
            day = FIRST_DAY + timedelta(days=dice.randrange(60))
            response = Response(
                id=uuid.UUID(int=dice.getrandbits(128), version=4),
                wave=wave, questionnaire=questionnaire,
                state="submitted" if is_submitted else "started",
                source=dice.choice(("open", "open", "invited")), language="en", area=area,
                answers=dice.choice(templates) | {"area": area, "sex": sex, "age_group": age},
                paradata={"device": dice.choice(("phone", "phone", "computer")),
                          "seconds": {"page0": dice.randrange(20, 900)}},
                started_on=day, submitted_on=day if is_submitted else None,
                last_page=f"page{PAGES - 1 if is_submitted else dice.randrange(PAGES)}",
            )  # fmt: skip
            response.derive()
            batch.append(response)
        Response.objects.bulk_create(batch)
        QualityFlag.objects.bulk_create(
            QualityFlag(response=one, kind=dice.choice(("speeding", "duplicate")), score=0.5,
                        how="invented", computed_on=FIRST_DAY)
            for one in batch
            if one.state == "submitted" and dice.random() < 0.1
        )  # fmt: skip
    return wave.token


def fill_quickly(*, responses: int, questions: int, slug: str = "invented") -> str:
    """As `fill`, on PostgreSQL only and by COPY: everybody answers for themselves and has handed
    in, two in a hundred are flagged, half of those excluded."""
    from surveys.models import ExclusionSet, Wave

    token = fill(responses=0, questions=questions, slug=slug)
    wave = Wave.objects.get(token=token)
    copy_responses(wave, responses, seed=0)
    ExclusionSet.objects.create(
        wave=wave, name="Duplicates", filter={"flags": ["duplicate"]}, reason="Invented"
    )
    return token


def copy_responses(wave: Any, responses: int, *, seed: int) -> None:
    """Write so many submitted responses of a wave of `fill`, and their flags."""
    import numpy as np
    from django.db import connection, transaction

    dice = np.random.default_rng(seed)
    asked = [q.code for q in wave.questionnaire.definition.questions if q.code[0] == "q"]
    form = ", ".join([f'"{code}": "%s"' for code in ("area", "sex", "age_group", *asked)]).join(
        "{}"
    )
    columns = (
        "id, wave_id, questionnaire_id, state, source, language, area, answers, shown_order, "
        "paradata, consent_version, consent_language, started_on, submitted_on, submitted_within, "
        "last_page, cell, device, seconds, quota, stratum, sampling_unit, is_demonstration"
    )
    flagged: list[tuple[str, str]] = []
    with transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy(f"COPY surveys_response ({columns}) FROM STDIN") as copy:
            for start in range(0, responses, 50_000):
                size = min(50_000, responses - start)
                told = [dice.choice(AREAS, size), dice.choice(list("FM"), size)]
                told += [dice.choice(AGES, size)]
                told += [dice.choice(list("12345"), size) for _code in asked]
                keys = dice.bytes(16 * size)
                days, seconds = dice.integers(0, 60, size), dice.integers(60, 900, size)
                doubt, source = dice.integers(0, 100, size), dice.integers(0, 3, size)
                for row, answers in enumerate(zip(*told, strict=True)):
                    key = str(uuid.UUID(bytes=keys[16 * row : 16 * row + 16], version=4))
                    day = str(FIRST_DAY + timedelta(days=int(days[row])))
                    copy.write_row((
                        key, wave.pk, wave.questionnaire_id, "submitted",
                        "invited" if source[row] == 0 else "open", "en", answers[0],
                        form % answers, "{}", '{"device": "phone"}', "1", "en", day, day, "day",
                        f"page{PAGES - 1}", f"{answers[1]}|{answers[2]}", "phone",
                        int(seconds[row]), "", "", "", False,
                    ))  # fmt: skip
                    if doubt[row] < 2:
                        flagged.append((key, ("speeding", "duplicate")[doubt[row]]))
        flags = "response_id, kind, score, how, computed_on"
        with cursor.copy(f"COPY surveys_qualityflag ({flags}) FROM STDIN") as copy:
            for key, kind in flagged:
                copy.write_row((key, kind, 0.5, "invented", str(FIRST_DAY)))


def plan(*, questions: int) -> None:
    """An indicator for every scale of the questionnaire, by sex and by age, and the populations."""
    from indicators.models import Area, AreaMembership, Framework, Indicator, Population
    from surveys.models import AnalysisPlanEntry, Survey

    survey = Survey.objects.get()
    framework = Framework.objects.create(slug="bench", title="Bench", valid_from="2016-01-01")
    group, _ = Area.objects.get_or_create(
        code="ASEAN", defaults={"name": "ASEAN", "kind": Area.Kind.GROUP}
    )
    for place, code in enumerate(AREAS):
        area, _ = Area.objects.get_or_create(
            code=code, defaults={"name": code, "kind": Area.Kind.MEMBER_STATE}
        )
        AreaMembership.objects.get_or_create(group=group, area=area, valid_from="2000-01-01")
        Population.objects.get_or_create(
            area=area, year=2026, ages="15+", vintage="Invented",
            defaults={"value": 1_000_000 * (place + 1)},
        )  # fmt: skip
    for number in range(questions - 3):
        Indicator.objects.create(framework=framework, slug=f"q{number}", title=f"q{number}")
        AnalysisPlanEntry.objects.create(
            survey=survey, indicator=f"q{number}", question=f"q{number}", counts=["4", "5"],
            breakdowns=[[["sex", "sex"]], [["age", "age_group"]]],
        )  # fmt: skip
