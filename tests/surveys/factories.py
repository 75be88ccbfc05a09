"""Plain makers of surveys and waves; free texts are hostile on purpose."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from surveys.models import (
    AnalysisPlanEntry,
    Questionnaire,
    Response,
    Survey,
    Wave,
    WeightingScheme,
)

HOSTILE = "<script>alert('x')</script> & \"quoted\""
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
IF_HEARD = {"op": "=", "args": [{"ref": "heard"}, {"value": "yes", "type": "text"}]}


def texts(english: str, thai: str = "") -> dict[str, str]:
    return {"en": english, "th": thai or f"ไทย {english}"}


def choice(code: str, english: str, *, missing: str | None = None) -> dict[str, Any]:
    return {"code": code, "label": texts(english), "missing": missing}


def document() -> dict[str, Any]:
    """Three pages: a filter with a follow-up beside it, a page behind the filter, a last page."""
    return {
        "schema": 1,
        "languages": ["en", "th"],
        "default_language": "en",
        "title": texts("Small survey"),
        "pages": [
            {
                "code": "first",
                "title": texts("First"),
                "relevant": None,
                "questions": [
                    {
                        "code": "heard",
                        "kind": "single",
                        "label": texts("Heard of it?"),
                        "required": True,
                        "choices": [
                            choice("yes", "Yes"),
                            choice("no", "No"),
                            choice("-9", "Don't know", missing="-9"),
                        ],
                    },
                    {
                        "code": "where",
                        "kind": "multiple",
                        "label": texts(f"Where? {HOSTILE}"),
                        "required": True,
                        "relevant": IF_HEARD,
                        "choices": [choice("tv", "Television"), choice("web", "Web")],
                    },
                ],
            },
            {
                "code": "second",
                "title": texts("Second"),
                "relevant": IF_HEARD,
                "questions": [
                    {
                        "code": "age",
                        "kind": "number",
                        "label": texts("How old?"),
                        "required": True,
                        "minimum": 15,
                        "maximum": 120,
                    },
                    {
                        "code": "trust",
                        "kind": "matrix",
                        "label": texts("Trust"),
                        "required": True,
                        "rows": [
                            {"code": "asean", "label": texts("ASEAN")},
                            {"code": "media", "label": texts("Media")},
                        ],
                        "choices": [choice("1", "Little"), choice("4", "Much")],
                    },
                ],
            },
            {
                "code": "third",
                "title": texts("Third"),
                "relevant": None,
                "questions": [
                    {
                        "code": "area",
                        "kind": "single",
                        "label": texts("Where do you live?"),
                        "required": True,
                        "choices": [choice("KH", "Cambodia"), choice("TH", "Thailand")],
                    },
                    {
                        "code": "sex",
                        "kind": "single",
                        "label": texts("Sex"),
                        "choices": [choice("F", "Woman"), choice("M", "Man")],
                    },
                    {
                        "code": "comment",
                        "kind": "text",
                        "label": texts("Comment"),
                        "max_length": 200,
                    },
                ],
            },
        ],
    }


def make_survey(**columns: Any) -> Survey:
    count = Survey.objects.count() + 1
    return Survey.objects.create(
        **{
            "slug": f"survey-{count}",
            "code": f"S-{count}",
            "title": f"Survey {count} {HOSTILE}",
            "population": "Residents aged 15 and over",
        }
        | columns
    )


def make_questionnaire(survey: Survey | None = None, **columns: Any) -> Questionnaire:
    survey = survey or make_survey()
    return Questionnaire.objects.create(
        **{
            "survey": survey,
            "number": survey.questionnaires.count() + 1,
            "document": document(),
            "state": Questionnaire.State.PUBLISHED,
        }
        | columns
    )


def make_wave(**columns: Any) -> Wave:
    """An open, anonymous wave of the small survey."""
    questionnaire = columns.pop("questionnaire", None) or make_questionnaire(
        columns.pop("survey", None)
    )
    count = Wave.objects.count() + 1
    title = columns.get("title", f"Wave {count} {HOSTILE}")
    return Wave.objects.create(
        **{
            "survey": questionnaire.survey,
            "questionnaire": questionnaire,
            "slug": f"wave-{count}",
            "title": title,
            "titles": {"en": title, "th": title},
            "period": "2026",
            "state": Wave.State.COLLECTING,
            "opens_at": LONG_AGO,
            "closes_at": timezone.now() + timedelta(days=30),
            "purpose": texts(f"Purpose {HOSTILE}"),
            "consent_wording": texts("I agree."),
            "minimum_seconds": 0,
        }
        | columns
    )


def make_response(wave: Wave, **columns: Any) -> Response:
    """A submitted response of somebody who has heard of it."""
    answers = {
        "heard": "yes",
        "where": ["tv"],
        "age": 34,
        "trust": {"asean": "4", "media": "1"},
        "area": "KH",
        "sex": "F",
    } | columns.pop("answers", {})
    return Response.objects.create(
        **{
            "wave": wave,
            "questionnaire": wave.questionnaire,
            "state": Response.State.SUBMITTED,
            "language": "en",
            "area": answers["area"],
            "answers": answers,
            "started_on": LONG_AGO.date(),
            "submitted_on": LONG_AGO.date(),
        }
        | columns
    )


def make_plan(wave: Wave, indicator: str = "kpi-22", **columns: Any) -> AnalysisPlanEntry:
    return AnalysisPlanEntry.objects.create(
        **{
            "survey": wave.survey,
            "indicator": indicator,
            "question": "heard",
            "counts": ["yes"],
            "breakdowns": [[["sex", "sex"]]],
        }
        | columns
    )


def make_scheme(survey: Survey, **columns: Any) -> WeightingScheme:
    shares = {"F": 0.5, "M": 0.5}
    return WeightingScheme.objects.create(
        **{
            "survey": survey,
            "name": "Sex",
            "margins": [
                {
                    "variables": ["sex"],
                    "source": "invented",
                    "vintage": "test",
                    "shares": {"KH": shares, "TH": shares},
                }
            ],
        }
        | columns
    )


def awareness_document() -> dict[str, Any]:
    """The questionnaire that ships with the demonstration."""
    import surveys.demonstration

    path = Path(surveys.demonstration.__file__).with_name("awareness.json")
    return json.loads(path.read_text(encoding="utf-8"))["questionnaire"]
