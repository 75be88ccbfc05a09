"""From a posted form of the builder to what a service is asked to do."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from surveys.answers import clean_text
from surveys.errors import EditRefused
from surveys.questionnaire import codes
from surveys.questionnaire.definition import MAX_CHOICES, MAX_TEXT
from surveys.services.editing import missing_choices

Document = dict[str, Any]

TEXTS = (
    "label",
    "hint",
    "short_label",
    "required_message",
    "constraint_message",
    "minimum_label",
    "maximum_label",
)
NUMBERS = ("minimum", "maximum", "decimals", "max_choices", "max_length")


@dataclass
class PostedQuestion:
    """A question as the form wants it, and which codes were renamed (old to new)."""

    changed: Document
    renamed_choices: dict[str, str] = field(default_factory=dict)
    renamed_rows: dict[str, str] = field(default_factory=dict)
    summary: str = ""


def text(posted: QueryDict, name: str, most: int = MAX_TEXT) -> str:
    """A posted text, cleaned of what cannot be stored and cut where nothing could follow."""
    return clean_text(posted.get(name, "")[: most + 1])[:most]


def with_text(texts: dict[str, str] | None, language: str, words: str) -> dict[str, str]:
    """The texts with these words in one language; no words remove it."""
    kept = {code: words for code, words in (texts or {}).items() if code != language}
    return kept | ({language: words} if words else {})


def read_question(posted: QueryDict, stored: Document, language: str, do: str) -> PostedQuestion:
    """The question after the whole form was posted with the button `do`.

    Raises `EditRefused` with the field for a number that is none.
    """
    result = PostedQuestion(copy.deepcopy(stored))
    question = result.changed
    question["code"] = text(posted, "code", 80) or stored["code"]
    question["kind"] = text(posted, "kind", 40) or stored["kind"]
    for name in TEXTS:
        if name in posted:
            _set(question, name, with_text(question.get(name), language, text(posted, name)))
    question["label"] = question.get("label", {})
    _numbers(posted, question)
    question["required"] = "required" in posted
    _set(question, "read_only", "read_only" in posted or None)
    _set(question, "choice_order", "random" if "choice_random" in posted else None)
    _set(question, "row_order", "random" if "row_random" in posted else None)
    for name in ("appearance", "measure"):
        if name in posted:
            _set(question, name, text(posted, name, 200))
    if "default" in posted:
        _set(question, "default", _default(question["kind"], text(posted, "default", 2000)))
    _lines(posted, result, "choice", language)
    _lines(posted, result, "row", language)
    _press(do, posted, result, language)
    return result


def _set(part: Document, name: str, value: Any) -> None:
    if value in (None, "", {}, []):
        part.pop(name, None)
    else:
        part[name] = value


def _numbers(posted: QueryDict, question: Document) -> None:
    for name in NUMBERS:
        if name not in posted:
            continue
        raw = text(posted, name, 40).replace(",", ".")
        try:
            number = float(raw) if raw else None
        except ValueError as error:
            sentence = _("“%(text)s” is not a number. Write it as 10 or 0.5.") % {"text": raw}
            raise EditRefused(sentence, fields={name: [sentence]}) from error
        whole = number is not None and abs(number) < 1e15 and number.is_integer()
        _set(question, name, int(number) if number is not None and whole else number)


def _default(kind: str, words: str) -> Any:
    if kind in ("multiple", "rank"):
        return words.replace(",", " ").split()
    if kind in ("number", "scale"):
        try:
            return float(words) if words else None
        except ValueError:
            return words
    return words


def _lines(posted: QueryDict, result: PostedQuestion, what: str, language: str) -> None:
    """Choices or rows in the order they were posted in; lines without any words are left out."""
    if f"{what}_key" not in posted:
        return
    name = "choices" if what == "choice" else "rows"
    renamed = result.renamed_choices if what == "choice" else result.renamed_rows
    stored = {line["code"]: line for line in result.changed.get(name, [])}
    alone = set(posted.getlist(f"{what}_alone"))
    lines: list[Document] = []
    keys, labels = posted.getlist(f"{what}_key"), posted.getlist(f"{what}_label")
    for key, code, label in zip(keys, posted.getlist(f"{what}_code"), labels, strict=False):
        line = stored.get(key)
        code, label = clean_text(code[:200]), clean_text(label[:MAX_TEXT])
        if line is None and not code and not label:
            continue
        line = copy.deepcopy(line) if line else {"label": {}}
        if not code:
            code = _new_code(what, [one["code"] for one in lines] + list(stored), label)
        if key in stored and code != key:
            renamed[key] = code
        line["code"], line["label"] = code, with_text(line.get("label"), language, label)
        if what == "choice":
            line["missing"] = code if code in ("-9", "-8") else None
            line["exclusive"] = key in alone or bool(line["missing"])
        lines.append(line)
    _set(result.changed, name, lines)


def _new_code(what: str, taken: list[str], label: str) -> str:
    if what == "choice":
        return codes.next_choice_code(taken, label)
    return codes.suggest(label, taken, prefix="r", most=20)


def _press(do: str, posted: QueryDict, result: PostedQuestion, language: str) -> None:
    """What the pressed button of a list does to the lines."""
    act, _colon, place = do.partition(":")
    what, _dash, verb = act.partition("-")
    if act == "missing":
        _add_missing(result, language)
    elif what in ("choice", "row") and verb:
        name = "choices" if what == "choice" else "rows"
        lines = result.changed.setdefault(name, [])
        _VERBS.get(verb, _nothing)(lines, _index(place), posted, what, language)
        result.summary = _summary(verb, what, result.changed, language)
        _set(result.changed, name, lines)


def _index(place: str) -> int:
    return int(place) if place.isascii() and place.isdigit() and len(place) < 6 else -1


def _nothing(lines: list[Document], index: int, *_rest: Any) -> None:
    """A button nobody made."""


def _up(lines: list[Document], index: int, *_rest: Any) -> None:
    if 0 < index < len(lines):
        lines.insert(index - 1, lines.pop(index))


def _down(lines: list[Document], index: int, *_rest: Any) -> None:
    if 0 <= index < len(lines) - 1:
        lines.insert(index + 1, lines.pop(index))


def _delete(lines: list[Document], index: int, *_rest: Any) -> None:
    if 0 <= index < len(lines):
        del lines[index]


def _add(lines: list[Document], index: int, posted: QueryDict, what: str, language: str) -> None:
    code = _new_code(what, [line["code"] for line in lines], "")
    lines.insert(_before_missing(lines), {"code": code, "label": {}})


def _paste(lines: list[Document], index: int, posted: QueryDict, what: str, language: str) -> None:
    """Many lines at once: "code | label", "code<tab>label" or a label alone."""
    for raw in posted.get(f"{what}_paste", "")[: MAX_TEXT * 4].splitlines()[:MAX_CHOICES]:
        code, label = _code_and_label(clean_text(raw.replace("\t", " | ")))
        if not label:
            continue
        taken = [line["code"] for line in lines]
        if not code or code in taken:
            code = _new_code(what, taken, label)
        line: Document = {"code": code, "label": {language: label}}
        if what == "choice" and code in ("-9", "-8"):
            lines.append(line | {"missing": code, "exclusive": True})
        else:
            lines.insert(_before_missing(lines), line)


def _code_and_label(line: str) -> tuple[str, str]:
    code, bar, label = line.partition("|")
    return (code.strip(), label.strip()) if bar and label.strip() else ("", line.strip(" |"))


def _before_missing(lines: list[Document]) -> int:
    """Where a new line belongs: before don't know and refused."""
    place = len(lines)
    while place and lines[place - 1].get("missing"):
        place -= 1
    return place


_VERBS = {"up": _up, "down": _down, "delete": _delete, "add": _add, "paste": _paste}


def _add_missing(result: PostedQuestion, language: str) -> None:
    lines = result.changed.setdefault("choices", [])
    have = {line["code"] for line in lines}
    spoken = [*result.changed.get("label", {}), language]
    lines += [one for one in missing_choices(spoken) if one["code"] not in have]
    result.summary = _("Added “don't know” and “refused” to %(question)s") % {
        "question": result.changed["code"]
    }


def _summary(verb: str, what: str, question: Document, language: str) -> str:
    words = {
        ("delete", "choice"): _("Deleted an answer of %(question)s"),
        ("delete", "row"): _("Deleted a row of %(question)s"),
        ("paste", "choice"): _("Pasted answers into %(question)s"),
        ("paste", "row"): _("Pasted rows into %(question)s"),
        ("up", "choice"): _("Moved an answer of %(question)s"),
        ("down", "choice"): _("Moved an answer of %(question)s"),
        ("up", "row"): _("Moved a row of %(question)s"),
        ("down", "row"): _("Moved a row of %(question)s"),
    }
    pattern = words.get((verb, what), "")
    return pattern % {"question": question["code"]} if pattern else ""
