"""What the published versions of a survey used each code for."""

from __future__ import annotations

from collections.abc import Mapping

from surveys.errors import EditRefused
from surveys.models import Questionnaire
from surveys.questionnaire import codes
from surveys.questionnaire.definition import Question
from surveys.questionnaire.renaming import trees

from .places import Document, question_at

_kept: dict[tuple[str, ...], dict[str, codes.Meaning]] = {}


def earlier_meanings(questionnaire: Questionnaire) -> Mapping[str, codes.Meaning]:
    """Code in lower case to what it means in the newest published version that has it."""
    frozen = list(
        Questionnaire.objects.filter(survey_id=questionnaire.survey_id)
        .exclude(state=Questionnaire.State.DRAFTING)
        .exclude(pk=questionnaire.pk)
        .order_by("number")
        .values_list("pk", "content_hash")
    )
    key = tuple(digest for _pk, digest in frozen)
    if key not in _kept:
        if len(_kept) > 32:
            _kept.clear()
        versions = Questionnaire.objects.filter(pk__in=[pk for pk, _digest in frozen])
        _kept[key] = codes.meanings((one.number, one.definition) for one in versions)
    return _kept[key]


def refuse_other_meaning(questionnaire: Questionnaire, code: str, changed: Document) -> None:
    """Raises `EditRefused` when the change puts another kind of answer under a published code."""
    _page, _index, before = question_at(questionnaire.document, code)
    if (before["code"], before["kind"]) == (changed["code"], changed["kind"]):
        return
    question = Question(code=changed["code"], kind=changed["kind"], label={})
    if sentence := codes.clash(question, earlier_meanings(questionnaire)):
        field = "kind" if before["code"] == changed["code"] else "code"
        raise EditRefused(sentence, fields={field: [sentence]})


def is_free_to_follow(questionnaire: Questionnaire, code: str) -> bool:
    """Whether a generated code may still be replaced by one made of the label."""
    if not codes.GENERATED.match(code) or code in earlier_meanings(questionnaire):
        return False
    return not any(
        str(node.get("ref", "")).partition("/")[0] == code
        for node in trees(questionnaire.document["pages"])
    )
