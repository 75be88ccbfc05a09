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
