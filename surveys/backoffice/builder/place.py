"""Where in a draft somebody is: which panel is open, on which page, question and language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from surveys.models import Questionnaire
from surveys.questionnaire.definition import Definition, Page, Question

PANELS = ("question", "page", "texts")
_PATH = re.compile(r"pages\[(\d+)\](?:\.questions\[(\d+)\])?(?:\.choices\[(\d+)\])?(?:\.(.+))?\Z")


@dataclass(frozen=True)
class Place:
    """`condition` names the one that is open: relevant, constraint, calculation or choice:CODE."""

    token: str
    language: str
    panel: str = "page"
    page: str = ""
    question: str = ""
    condition: str = ""

    @property
    def query(self) -> str:
        """The place as the query of an address."""
        words = {
            "panel": self.panel if self.panel == "texts" else "",
            "page": self.page,
            "question": self.question,
            "condition": self.condition,
            "language": self.language,
        }
        return urlencode({name: word for name, word in words.items() if word})

    @property
    def url(self) -> str:
        """The builder, opened here."""
        return f"{reverse('surveys_office:builder', args=[self.token])}?{self.query}"

    def at(self, **changes: str) -> Place:
        """The same place with something else open."""
        return replace(self, **changes)

    def to_page(self, page: str) -> Place:
        """The settings of a page."""
        return self.at(panel="page", page=page, question="", condition="")

    def to_question(self, page: str, question: str) -> Place:
        """A question's settings; without a question, its page's."""
        if not question:
            return self.to_page(page)
        return self.at(panel="question", page=page, question=question, condition="")

    @property
    def choice(self) -> str:
        """The choice whose condition is open."""
        return self.condition.partition(":")[2] if self.condition.startswith("choice:") else ""

    @property
    def condition_name(self) -> str:
        """The name under which the open condition is stored."""
        return "relevant" if self.choice or not self.condition else self.condition


def draft_for(user, token: str) -> Questionnaire:
    """The questionnaire, if this user may look at it; 404 otherwise."""
    found = (
        Questionnaire.objects.visible_to(user).select_related("survey").filter(token=token).first()
    )
    if found is None:
        raise Http404(_("There is no such questionnaire."))
    return found


def place_of(questionnaire: Questionnaire, asked: Mapping[str, str]) -> Place:
    """The place that was asked for, or the nearest one that exists."""
    definition = questionnaire.definition
    language = asked.get("language", "")
    if language not in definition.languages:
        language = definition.default_language
    place = Place(questionnaire.token, language)
    if asked.get("panel") == "texts":
        return place.at(panel="texts")
    page, question = _found(definition, asked.get("page", ""), asked.get("question", ""))
    if question:
        place = place.to_question(page.code, question.code)
    else:
        place = place.to_page(page.code)
    condition = asked.get("condition", "")[:200]
    known = ("relevant", "constraint", "calculation") if question else ("relevant",)
    if condition in known:
        return place.at(condition=condition)
    if question and condition.startswith("choice:"):
        code = condition.partition(":")[2]
        return place.at(condition=condition) if question.choice(code) else place
    return place


def _found(definition: Definition, page: str, question: str) -> tuple[Page, Question | None]:
    if question in definition.by_code:
        for one in definition.pages:
            for other in one.questions:
                if other.code == question:
                    return one, other
    return next((one for one in definition.pages if one.code == page), definition.pages[0]), None


def place_of_path(definition: Definition, start: Place, path: str) -> Place:
    """Where a problem with this path is mended: `pages[0].questions[2].relevant`."""
    match = _PATH.match(path)
    if not match or int(match[1]) >= len(definition.pages):
        return start.at(panel="texts", page="", question="", condition="")
    page = definition.pages[int(match[1])]
    name = (match[4] or "").partition(".")[0]
    conditions = ("relevant", "constraint", "calculation")
    if match[2] is None or int(match[2]) >= len(page.questions):
        place = start.to_page(page.code)
        return place.at(condition="relevant") if name == "relevant" else place
    question = page.questions[int(match[2])]
    place = start.to_question(page.code, question.code)
    if name not in conditions:
        return place
    if match[3] is not None and int(match[3]) < len(question.choices):
        return place.at(condition=f"choice:{question.choices[int(match[3])].code}")
    return place.at(condition=name)


def field_of_path(path: str) -> str:
    """The form's field a problem of a stored question is about: `minimum`, `choices`."""
    match = _PATH.match(path)
    name = (match[4] or "") if match else path
    if match and match[3] is not None:
        return "choices"
    return re.split(r"[.\[]", name)[0] or "code"
