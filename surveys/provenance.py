"""Where a figure comes from, in the words that are stored with it.

They are kept in English so that a record never changes with its reader; `indicators.stated` shows
them in the reader's language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import translation

from surveys.estimating import ASEAN, Figure, column_of
from surveys.frames import STRATUM, UNIT
from surveys.models import AnalysisPlanEntry, Response, Wave
from surveys.questionnaire import logic
from surveys.questionnaire.definition import Question
from surveys.stats import disclosure

if TYPE_CHECKING:
    from surveys.publishing import Basis

SOURCES = {
    Response.Source.OPEN: "open link",
    Response.Source.INVITED: "invited",
    Response.Source.PANEL: "panel",
    Response.Source.IMPORTED: "collected elsewhere, imported",
}
"""How people came to answer."""


def method(figure: Figure) -> str:
    """How a figure was computed, in one sentence."""
    kind = {"proportion": "share", "net": "net score"}.get(figure.entry.estimator, "mean")
    text = f"Weighted {kind} of answers, Taylor-linearised error, 95 % interval"
    if figure.area == ASEAN:
        text += "; member states weighted by their population"
    return text


def of_entry(wave: Wave, entry: AnalysisPlanEntry, found: Basis) -> dict[str, Any]:
    """What provenance says of every figure of an entry; texts are looked up once, not per figure."""
    definition = wave.questionnaire.definition
    code, _equals, choice = entry.question.partition("=")
    question = definition.by_code[code]
    english = definition.default_language
    labels = {choice.code: definition.text(choice.label, english) for choice in question.choices}
    scheme = wave.weighting
    broken = found.broken.get(column_of(entry), ()) or found.broken.get(code, ())
    with translation.override(None):
        estimator = str(entry.get_estimator_display())
    return {
        "survey": wave.survey.title,
        "population": wave.survey.population,
        "wave": wave.title,
        "wave_token": wave.token,
        "fieldwork": " – ".join(
            moment.date().isoformat() for moment in (wave.opens_at, wave.closes_at) if moment
        ),
        "questionnaire_version": wave.questionnaire.number,
        "question": definition.text(question.label, english),
        "question_code": column_of(entry),
        "question_hash": definition.wording_hash(code, english),
        "counts": [
            *(labels.get(code, code) for code in ([choice] if choice else entry.counts)),
            *(f"− {labels.get(code, code)}" for code in entry.counts_against),
        ],
        "filter": _filter_words(entry, question),
        "base": _base_words(entry),
        "estimator": estimator,
        "sampling_type": wave.sampling_type,
        "mode": wave.mode,
        "sources": list(found.sources),
        "weighting_scheme": f"{scheme.name}, version {scheme.number}" if scheme else "",
        "margins": [
            f"{' × '.join(margin['variables'])}: {margin['source']} ({margin['vintage']})"
            for margin in (scheme.margins if scheme else [])
        ],
        "confidence": 0.95,
        "thresholds": disclosure.DEFAULT.version,
        "code_version": settings.CODE_VERSION,
        "digest": found.digest,
    } | ({"series_break": list(broken)} if broken else {})


def of_figure(figure: Figure, found: Basis) -> dict[str, Any]:
    """What provenance says of one figure."""
    is_group = figure.area == ASEAN
    told: dict[str, Any] = {
        "weighting": found.weighted.summary(None if is_group else figure.area),
        "interval": f"{figure.interval_method}, {_freedom(found)}",
        "design_effect": round(figure.deff, 3) if figure.deff is not None else None,
        "reasons": list(figure.reasons),
    }
    if is_group:
        told |= {
            "aggregate": "sum of population × figure over sum of population",
            "coverage": round(figure.coverage, 4) if figure.coverage is not None else None,
            "absent": list(figure.absent),
        }
    return told


def _freedom(found: Basis) -> str:
    """What the t distribution of the intervals counts."""
    units = "sampling units as drawn" if UNIT in found.frame else "respondents as sampling units"
    return f"t on {units} in each stratum" if STRATUM in found.frame else f"t on {units}"


def _filter_words(entry: AnalysisPlanEntry, question: Question) -> str:
    parts = []
    if question.relevant:
        parts.append(f"asked where {logic.to_text(question.relevant)}")
    if entry.filter:
        parts.append(f"counted where {logic.to_text(logic.read(entry.filter))}")
    return "; ".join(parts) or "asked of everybody"


def _base_words(entry: AnalysisPlanEntry) -> str:
    if entry.outside_base:
        return f"those asked who answered, without the answers {', '.join(entry.outside_base)}"
    return "everybody who was asked and answered, don't know included"
