"""Publishing a draft and making the next version."""

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from surveys.backoffice.access import needs, questionnaire_for
from surveys.backoffice.builder.place import Place, place_of_path
from surveys.backoffice.translationgrid import language_name, language_rows
from surveys.errors import EditRefused, PublishingRefused
from surveys.models import Questionnaire
from surveys.questionnaire.comparing import Change, Changes
from surveys.questionnaire.definition import Definition
from surveys.services import versions
from surveys.services.editing.drafts import draft_questionnaire
from surveys.services.versions import Review

_PAGE = re.compile(r"pages\[(\d+)\](?:\.questions\[(\d+)\])?")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_questionnaire")
def publish(request: HttpRequest, token: str) -> HttpResponse:
    """What stands against publishing, what it changes, and the step itself."""
    questionnaire = questionnaire_for(request.user, token)
    if questionnaire.is_frozen:
        messages.info(
            request,
            _("Version %(number)s has been published already.") % {"number": questionnaire.number},
        )
        return redirect("surveys_office:questionnaire", token=token)
    if request.method == "POST":
        try:
            return _publish(request, questionnaire)
        except PublishingRefused as refusal:
            messages.error(request, str(refusal))
    return _page(request, questionnaire)


def _publish(request: HttpRequest, questionnaire: Questionnaire) -> HttpResponse:
    done = versions.publish_questionnaire(
        questionnaire=questionnaire,
        at=timezone.now(),
        by=request.user,
        adopt=request.POST.getlist("adopt"),
        accepts_untranslated=bool(request.POST.get("accepts_untranslated")),
        same_meaning=request.POST.getlist("same_meaning"),
        seen=request.POST.get("seen", ""),
        note=request.POST.get("note", "").replace("\x00", ""),
    )
    messages.success(
        request,
        _("Version %(number)s is published.") % {"number": done.questionnaire.number}
        + (
            " " + _("It is used now by: %(waves)s.") % {"waves": ", ".join(map(str, done.adopted))}
            if done.adopted
            else ""
        ),
    )
    return redirect("surveys_office:questionnaire", token=done.questionnaire.token)


def _page(request: HttpRequest, questionnaire: Questionnaire) -> HttpResponse:
    found = versions.review(questionnaire)
    posted = request.POST if request.method == "POST" else None
    definition = questionnaire.definition
    ticked = (
        {one.wave.token for one in found.adopters if not one.problems}
        if posted is None
        else set(posted.getlist("adopt"))
    )
    return render(
        request,
        "surveys/backoffice/publish.html",
        {
            "page_title": _("Publish"),
            "header_icon": "upload",
            "questionnaire": questionnaire,
            "review": found,
            "problems": [
                place_row(questionnaire, definition, problem.path, problem.sentence)
                for problem in found.problems
            ],
            "reused": [
                place_row(questionnaire, definition, one.place, one.sentence)
                for one in found.changes.reused
            ],
            "languages": _languages(found),
            "untranslated": found.untranslated_counts(ticked).total(),
            "wave_texts": [
                (one.wave, [(language_name(code), many) for code, many in one.untranslated.items()])
                for one in found.adopters
                if one.untranslated and not one.problems
            ],
            "summary": summary(found.changes),
            "doubtful": [
                {
                    "change": one,
                    "is_ticked": bool(posted and one.place in posted.getlist("same_meaning")),
                }
                for one in found.changes.doubtful
            ],
            "adopters": [
                {
                    "adopter": one,
                    "is_ticked": one.wave.token in ticked,
                }
                for one in found.adopters
            ],
            "note": posted.get("note", "") if posted is not None else questionnaire.note,
            "accepts": bool(posted and posted.get("accepts_untranslated")),
        },
        status=422 if posted is not None else 200,
    )


def place_row(
    questionnaire: Questionnaire, definition: Definition, path: str, sentence: str
) -> dict[str, Any]:
    """A problem with its place in words and the address where it is mended."""
    code, words = place_words(definition, path)
    return {"sentence": sentence, "words": words, "address": address_of(questionnaire, path, code)}


def place_words(definition: Definition, path: str) -> tuple[str, str]:
    """The question a path or place is about ("" for none), and the place in words."""
    if path.startswith("q:"):
        code, _slash, rest = path[2:].partition("/")
        return code, _("question %(code)s (%(part)s)") % {"code": code, "part": rest}
    found = _PAGE.match(path)
    if not found or int(found[1]) >= len(definition.pages):
        return "", path
    page = definition.pages[int(found[1])]
    if found[2] is None or int(found[2]) >= len(page.questions):
        return "", _("page %(code)s") % {"code": page.code}
    question = page.questions[int(found[2])]
    return question.code, _("page %(page)s, question %(code)s") % {
        "page": page.code,
        "code": question.code,
    }


def address_of(questionnaire: Questionnaire, path: str, code: str) -> str:
    """Where the thing is mended: the grid for a translation, else the editor at the question."""
    language = re.search(r" \(([a-z0-9-]+)\)$", path)
    if language and code:
        grid = reverse("surveys_office:translation", args=[questionnaire.token, language[1]])
        return f"{grid}?q=q:{code}/"
    definition = questionnaire.definition
    place = Place(questionnaire.token, definition.default_language)
    for page in definition.pages if path.startswith("q:") else ():
        if code in {question.code for question in page.questions}:
            return place.to_question(page.code, code).url
    return place_of_path(definition, place, path).url


def _languages(found: Review) -> list[dict[str, Any]]:
    rows = language_rows(found.questionnaire)
    counts = found.readiness.untranslated_counts
    for row in rows:
        row["missing"] = counts.get(row["progress"].language, 0)
    return rows


def summary(found: Changes) -> list[dict[str, Any]]:
    """The changes by sort, each with a heading, for people."""
    headings = (
        ("added", "question", _("Questions added")),
        ("removed", "question", _("Questions taken out")),
        ("reworded", "question", _("Questions reworded")),
        ("added", "choice", _("Answers added")),
        ("removed", "choice", _("Answers taken out")),
        ("reworded", "choice", _("Answers reworded")),
        ("added", "row", _("Rows added")),
        ("removed", "row", _("Rows taken out")),
        ("reworded", "row", _("Rows reworded")),
        ("logic", "question", _("Asked of other people")),
        ("limits", "question", _("Other limits")),
    )
    groups = [
        {"heading": heading, "changes": found.of(what, part)}
        for what, part, heading in headings
        if found.of(what, part)
    ]
    if translated := _translated(found.changes):
        groups.append({"heading": _("Translations changed"), "languages": translated})
    return groups


def _translated(found: tuple[Change, ...]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for change in found:
        if change.what == "translated":
            for language in change.languages:
                counts[language] = counts.get(language, 0) + 1
    return [(language_name(language), many) for language, many in sorted(counts.items())]


@require_POST
@needs("change_questionnaire")
def new_version(request: HttpRequest, token: str) -> HttpResponse:
    """A draft with the content of this version and the next number."""
    questionnaire = questionnaire_for(request.user, token)
    try:
        draft = draft_questionnaire(
            survey=questionnaire.survey, source=questionnaire, by=request.user, at=timezone.now()
        )
    except EditRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("surveys_office:questionnaire", token=token)
    messages.success(
        request,
        _("Version %(number)s is a draft with the content of version %(from)s.")
        % {"number": draft.number, "from": questionnaire.number},
    )
    return redirect("surveys_office:questionnaire", token=draft.token)
