"""One address for every act of the builder: read the form, ask the service, show what changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from surveys.backoffice.access import needs
from surveys.errors import EditRefused, StaleEdit
from surveys.models import Questionnaire
from surveys.questionnaire import logic, rules
from surveys.services import editing
from surveys.services.editing.places import page_at, question_at

from . import clicked, outline, screen
from .place import Place, draft_for, place_of
from .posted import read_question, text, with_text


@dataclass
class Act:
    """One posted act: who, where, on which revision, and what to show again if it is refused."""

    questionnaire: Questionnaire
    posted: QueryDict
    place: Place
    revision: int
    by: Any
    at: datetime
    do: str
    message: str = ""
    panel: dict[str, Any] = field(default_factory=dict)

    def __call__(self, service: Callable[..., Any], **what: Any) -> Any:
        """Ask a service, with what every service needs."""
        return service(
            questionnaire=self.questionnaire,
            revision=self.revision,
            by=self.by,
            at=self.at,
            **what,
        )


@require_POST
@needs("change_questionnaire")
def act(request: HttpRequest, token: str) -> HttpResponse:
    """Do one act. A plain form is led to the result; the script gets the parts that changed."""
    questionnaire = draft_for(request.user, token)
    if questionnaire.is_frozen:
        return _frozen(request, questionnaire)
    posted = request.POST
    name = posted.get("act", "")
    one = Act(
        questionnaire=questionnaire,
        posted=posted,
        place=place_of(questionnaire, posted),
        revision=_whole(posted.get("revision", "")),
        by=request.user,
        at=timezone.now(),
        do=posted.get("do", ""),
    )
    is_scripted = request.headers.get("X-Builder") == "1"
    before = one.place
    old = (
        outline.sections(questionnaire.definition, before, outline.problems_of(questionnaire))
        if is_scripted
        else None
    )
    try:
        if name not in ACTS:
            raise EditRefused(_("There is no act “%(name)s”.") % {"name": name[:40]})
        place = ACTS[name](one)
    except EditRefused as refusal:
        questionnaire.refresh_from_db()
        if questionnaire.is_frozen:
            return _frozen(request, questionnaire)
        if not isinstance(refusal, StaleEdit) and one.revision != questionnaire.revision:
            # What it refers to may be gone because of what others did: that is what to say.
            refusal = editing.stale(questionnaire, one.revision)
        return _refused(request, one, refusal, is_scripted=is_scripted)
    if is_scripted:
        is_quiet = posted.get("quiet") == "1" and place == before and not one.panel
        html = screen.parts(
            request,
            questionnaire,
            before,
            place,
            old_sections=old,
            with_editor=not is_quiet,
            **one.panel,
        )
        return JsonResponse(
            {
                "ok": True,
                "revision": questionnaire.revision,
                "url": place.url,
                "query": place.query,
                "message": one.message,
                "html": html,
            }
        )
    if one.panel:
        return screen.whole(request, questionnaire, place, **one.panel)
    if one.message:
        messages.success(request, one.message)
    return redirect(place.url)


def _frozen(request: HttpRequest, questionnaire: Questionnaire) -> HttpResponse:
    try:
        editing.require_draft(questionnaire)
    except EditRefused as refusal:
        if request.headers.get("X-Builder") == "1":
            return JsonResponse({"ok": False, "message": str(refusal), "html": {}}, status=409)
        messages.error(request, str(refusal))
    return redirect("surveys_office:questionnaire", token=questionnaire.token)


def _refused(
    request: HttpRequest, one: Act, refusal: EditRefused, *, is_scripted: bool
) -> HttpResponse:
    """The form again with what was typed, what is wrong, and what others have done meanwhile."""
    place = place_of(one.questionnaire, {**_single(one.posted), "language": one.place.language})
    panel = dict(one.panel) | {"refusal": refusal}
    is_gone = one.posted.get("question", "") != place.question or (
        not place.question and one.posted.get("page", place.page) != place.page
    )
    if is_gone:
        panel = {"refusal": refusal, "lost": _typed_texts(one.posted)}
    status = 409 if isinstance(refusal, StaleEdit) else 422
    if is_scripted:
        html = screen.parts(
            request,
            one.questionnaire,
            place,
            place,
            old_sections=None,
            with_editor=True,
            **panel,
        )
        return JsonResponse(
            {
                "ok": False,
                "revision": one.questionnaire.revision,
                "url": place.url,
                "query": place.query,
                "message": str(refusal),
                "html": html,
            },
            status=status,
        )
    return screen.whole(request, one.questionnaire, place, status=status, **panel)


def _single(posted: QueryDict) -> dict[str, str]:
    return {name: posted.get(name, "") for name in ("panel", "page", "question", "condition")}


def _typed_texts(posted: QueryDict) -> list[tuple[str, str]]:
    names = ("label", "hint", "title", "introduction", "thanks", "text")
    found = [(name, text(posted, name)) for name in names if posted.get(name)]
    return found + [("answer", label) for label in posted.getlist("choice_label") if label][:50]


def _whole(words: str) -> int:
    return int(words) if words.isascii() and words.isdigit() and len(words) < 10 else -1


# The acts ----------------------------------------------------------------------------------------


def _add_page(one: Act) -> Place:
    title = text(one.posted, "title", 500)
    after = one.posted.get("after", "")
    code = one(editing.add_page, title=title, language=one.place.language, after=after)
    return one.place.to_page(code)


def _change_page(one: Act) -> Place:
    stored = page_at(one.questionnaire.document, one.place.page)[1]
    changed = {
        "code": text(one.posted, "code", 80) or stored["code"],
        "title": with_text(stored["title"], one.place.language, text(one.posted, "title", 2000)),
        "question_order": "random" if "question_random" in one.posted else "fixed",
        "rotation": text(one.posted, "rotation", 80),
    }
    one.panel = {"typed": {**stored, **changed}}
    one(editing.change_page, page=one.place.page, changed=changed)
    one.panel = {}
    return one.place.to_page(changed["code"])


def _move_page(one: Act) -> Place:
    codes = [page["code"] for page in one.questionnaire.document["pages"]]
    page = one.place.page
    step = {"up": -1, "down": 1}.get(one.do)
    to = codes.index(page) + step if step else _whole(one.posted.get("to", ""))
    one(editing.move_page, page=page, to=max(0, to))
    return one.place


def _duplicate_page(one: Act) -> Place:
    return one.place.to_page(one(editing.duplicate_page, page=one.place.page))


def _delete_page(one: Act) -> Place:
    page = one.place.page
    following = one(editing.delete_page, page=page)
    one.message = _("The page “%(page)s” is deleted. Undo brings it back.") % {"page": page}
    return one.place.to_page(following)


def _add_question(one: Act) -> Place:
    code = one(
        editing.add_question,
        page=one.place.page,
        kind=one.posted.get("kind", ""),
        label=text(one.posted, "label"),
        language=one.place.language,
        after=one.posted.get("after", ""),
    )
    return one.place.to_question(one.place.page, code)


def _change_question(one: Act) -> Place:
    document = one.questionnaire.document
    stored = question_at(document, one.place.question)[2]
    wanted = read_question(one.posted, stored, one.place.language, one.do)
    changed = wanted.changed
    if one.do == "suggestion":
        changed["code"] = text(one.posted, "suggestion", 80) or changed["code"]
    one.panel = {"typed": changed}
    one(
        editing.change_question,
        question=stored["code"],
        changed=changed,
        renamed_choices=wanted.renamed_choices,
        renamed_rows=wanted.renamed_rows,
        summary=wanted.summary,
        joins=not wanted.summary,
    )
    one.panel = {}
    return one.place.at(question=changed["code"])


def _move_question(one: Act) -> Place:
    document = one.questionnaire.document
    page, index, _question = question_at(document, one.place.question)
    target, to = one.posted.get("to_page", "") or page["code"], _whole(one.posted.get("to", ""))
    pages = [other["code"] for other in document["pages"]]
    if one.do in ("up", "down"):
        target, to = _neighbour(document, pages.index(page["code"]), index, one.do)
    elif one.do == "page":
        to = len(page_at(document, target)[1]["questions"])
    one(editing.move_question, question=one.place.question, page=target, to=max(0, to))
    return one.place.at(page=target)


def _neighbour(document: Any, page: int, index: int, do: str) -> tuple[str, int]:
    """One place up or down; from the edge of a page to the page beside it."""
    pages = document["pages"]
    last = len(pages[page]["questions"]) - 1
    if do == "up" and index == 0 and page > 0:
        return pages[page - 1]["code"], len(pages[page - 1]["questions"])
    if do == "down" and index == last and page < len(pages) - 1:
        return pages[page + 1]["code"], 0
    return pages[page]["code"], index + (1 if do == "down" else -1)


def _duplicate_question(one: Act) -> Place:
    return one.place.at(question=one(editing.duplicate_question, question=one.place.question))


def _delete_question(one: Act) -> Place:
    code = one.place.question
    page, following, dangling = one(editing.delete_question, question=code)
    one.message = _("“%(code)s” is deleted. Undo brings it back.") % {"code": code}
    if dangling:
        one.message += " " + _("Still named by: %(codes)s.") % {"codes": ", ".join(dangling[:8])}
    return one.place.to_question(page, following)


def _change_texts(one: Act) -> Place:
    names = ("title", "introduction", "thanks")
    texts = {name: text(one.posted, name) for name in names if name in one.posted}
    one.panel = {"typed": texts}
    seed = text(one.posted, "seed", 12)
    one(
        editing.change_texts,
        language=one.place.language,
        texts=texts,
        seed=_whole(seed) if seed else None,
    )
    one.panel = {}
    return one.place


def _condition(one: Act) -> Place:
    """Store what was clicked or typed, or only show the lines again after a button of theirs."""
    place = one.place
    if not place.condition:
        raise EditRefused(_("Choose the condition to change."))
    target = {"page": place.page, "question": place.question, "choice": place.choice}
    if one.do == "save-text":
        words = text(one.posted, "text", 4000)
        one.panel = {"text": words}
        own = place.question if place.condition_name == "constraint" else ""
        tree = editing.read_condition(words, one.questionnaire, own=own)
    elif one.do == "remove":
        tree = None
    else:
        types = clicked.types_at(one.questionnaire.definition, place)
        group = clicked.settled(clicked.read_rules(one.posted), types)
        group = clicked.pressed(group, one.do)
        one.panel = {"group": group}
        if one.do != "save-rules":
            return _only_show(one, group, types)
        tree = _tree(group, types)
    one(editing.set_condition, tree=tree, name=place.condition_name, **target)
    one.panel = {}
    return place


def _only_show(one: Act, group: rules.Group, types: Any) -> Place:
    """Lines that are finished are stored as they are clicked; the others wait in the form."""
    if one.posted.get("eager") == "1":
        try:
            tree = rules.tree_of(group, types)
        except logic.LogicError:
            return one.place
        place = one.place
        one(
            editing.set_condition,
            tree=tree,
            name=place.condition_name,
            page=place.page,
            question=place.question,
            choice=place.choice,
        )
    return one.place


def _tree(group: rules.Group, types: Any) -> logic.Node | None:
    try:
        return rules.tree_of(group, types)
    except logic.LogicError as error:
        raise EditRefused(str(error), fields={"rules": [str(error)]}) from error


def _undo(one: Act) -> Place:
    step = one(editing.undo)
    one.message = _("Undone: %(step)s.") % {"step": step.summary}
    return place_of(one.questionnaire, {**_single(one.posted), "language": one.place.language})


def _redo(one: Act) -> Place:
    step = one(editing.redo)
    one.message = _("Done again: %(step)s.") % {"step": step.summary}
    return place_of(one.questionnaire, {**_single(one.posted), "language": one.place.language})


ACTS: dict[str, Callable[[Act], Place]] = {
    "add-page": _add_page,
    "change-page": _change_page,
    "move-page": _move_page,
    "duplicate-page": _duplicate_page,
    "delete-page": _delete_page,
    "add-question": _add_question,
    "change-question": _change_question,
    "move-question": _move_question,
    "duplicate-question": _duplicate_question,
    "delete-question": _delete_question,
    "change-texts": _change_texts,
    "condition": _condition,
    "undo": _undo,
    "redo": _redo,
}
