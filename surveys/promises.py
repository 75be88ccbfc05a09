"""What an entry of the analysis plan promises in shares, means and scores: the entry itself, or one
share per answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from surveys.exports.columns import Alignment
from surveys.models import AnalysisPlanEntry
from surveys.questionnaire.definition import Question

ANSWER = "answer"
"""The dimension by which the shares of each answer are told apart."""


def answer_codes(question: Question) -> list[str]:
    """The codes of a question's answers: the points of a scale, then its choices."""
    codes = [choice.code for choice in question.choices]
    if question.kind == "scale":
        low, high = int(question.minimum or 0), int(question.maximum or 10)
        codes = [*(str(point) for point in range(low, high + 1)), *codes]
    return codes


def promised(plan: Iterable[AnalysisPlanEntry], table: Alignment) -> list[AnalysisPlanEntry]:
    """Every share, mean and score of a plan, as entries that are computed each by itself.

    A question with several answers has a column per choice, "where=tv", which holds 1 for those who
    chose it and 0 for the others who were asked.
    """
    return [
        part for entry in plan for part in _parts(entry, table.question(entry.question))
    ]  # fmt: skip


def _parts(entry: AnalysisPlanEntry, question: Question) -> Iterator[AnalysisPlanEntry]:
    is_each = entry.estimator == AnalysisPlanEntry.Estimator.EACH
    if not is_each and question.kind != "multiple":
        yield entry
        return
    codes = answer_codes(question) if is_each else entry.counts[:1]
    for code in codes:
        if code in entry.outside_base:
            continue
        part = AnalysisPlanEntry(
            survey_id=entry.survey_id,
            indicator=entry.indicator,
            question=entry.question,
            row=entry.row,
            counts=[code],
            outside_base=entry.outside_base,
            filter=entry.filter,
            breakdowns=entry.breakdowns,
        )
        if question.kind == "multiple":
            part.question, part.counts, part.outside_base = f"{entry.question}={code}", ["1"], []
        part.answer = code if is_each else ""
        yield part
