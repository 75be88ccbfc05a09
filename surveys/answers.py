"""From a posted page to answers under codes, and from answers to sentences about what is wrong.

Nothing here trusts the browser: codes that do not exist are refused, free text is cleaned of what
databases cannot store, and which questions count is decided from the path, never from what came.
Messages are in the active interface language; a question's own messages win.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from surveys.questionnaire import logic, moments
from surveys.questionnaire.definition import (
    NOT_ASKED,
    Definition,
    Page,
    Question,
)
from surveys.wording import Wording

LONGEST_TEXT = 4000
UNASKED = ("note", "calculate")
"""Kinds that no respondent answers."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_NUMBER = re.compile(r"-?\d{1,15}([.,](?P<after>\d+))?\Z")

Answers = dict[str, Any]


@dataclass
class ReadPage:
    """What one posted page holds.

    `kept` are readable answers of this page's questions, on the path or not; `cleared` the
    questions that were shown and left empty, `emptied` those of them that have a default; `unread`
    sentences about values that are no answers; `strangers` codes that were posted though this page
    does not ask for them.
    """

    kept: Answers = field(default_factory=dict)
    cleared: set[str] = field(default_factory=set)
    emptied: set[str] = field(default_factory=set)
    unread: dict[str, list[str]] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)

    def merged_into(self, answers: Mapping[str, Any]) -> Answers:
        """All answers with this page's changes."""
        merged = {code: value for code, value in answers.items() if code not in self.cleared}
        return merged | self.kept


def field_name(question: Question, part: str = "") -> str:
    """The name of a question's control in the form; `part` is a matrix row or a ranked choice."""
    return f"q/{question.code}/{part}" if part else f"q/{question.code}"


def clean_text(text: str) -> str:
    """The text without what no database stores or no reader sees: nulls, controls, half surrogates.

    Emoji, right-to-left marks and joiners stay: Khmer and Burmese need them.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        character
        for character in text
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs", "Co")
    )
    return unicodedata.normalize("NFC", kept).strip()


def read_page(definition: Definition, page: Page, posted: QueryDict) -> ReadPage:
    """Read every question of `page` from a posted form.

    A question none of whose controls came (a browser does not send hidden ones) is neither kept
    nor cleared, so that an earlier answer survives until the respondent returns to it. Calculated
    values and read-only questions are never taken from the form.
    """
    result = ReadPage()
    own = {
        question.code
        for question in page.questions
        if question.kind not in UNASKED and not question.read_only
    }
    result.strangers = sorted(
        {name.split("/")[1] for name in posted if name.startswith("q/")} - own
    )[:20]
    present = set(posted.getlist("shown"))
    for question in page.questions:
        if question.kind in UNASKED:
            continue
        if question.read_only:
            if question.default is not None:
                result.kept[question.code] = initial(question)
            continue
        value, unread = read_answer(question, posted)
        if unread:
            result.unread[field_name(question)] = unread
        if value not in (None, "", [], {}):
            result.kept[question.code] = value
        elif question.code in present:
            result.cleared.add(question.code)
            if question.default is not None and not unread:
                result.emptied.add(question.code)
    return result


def initial(question: Question) -> Any:
    """The question's default in the form answers are stored in; None without one."""
    default = question.default
    if isinstance(default, tuple):
        return list(default)
    return int(default) if isinstance(default, float) and default.is_integer() else default


def read_answer(question: Question, posted: QueryDict) -> tuple[Any, list[str]]:
    """The answer to one question as it is stored, and sentences about what is none."""
    name = field_name(question)
    match question.kind:
        case "single" | "consent":
            return _read_code(posted.get(name, ""), question.choice_codes)
        case "multiple":
            return _read_codes(question, posted.getlist(name))
        case "matrix":
            return _read_matrix(question, posted)
        case "rank":
            return _read_rank(question, posted)
        case "scale" | "number":
            return _read_number(question, posted.get(f"{name}/missing") or posted.get(name, ""))
        case "date":
            return _read_date(question, posted.get(f"{name}/missing") or posted.get(name, ""))
        case "time" | "datetime":
            return _read_time(question, posted.get(f"{name}/missing") or posted.get(name, ""))
        case _:
            return _read_text(question, posted.get(name, ""))


def _unknown() -> list[str]:
    return [_("Please choose one of the answers shown.")]


def _read_code(raw: str, codes: Iterable[str]) -> tuple[str | None, list[str]]:
    if not raw:
        return None, []
    return (raw, []) if raw in codes else (None, _unknown())


def _read_codes(question: Question, raw: list[str]) -> tuple[list[str] | None, list[str]]:
    chosen = set(raw) - {""}
    if chosen - set(question.choice_codes):
        return None, _unknown()
    return [code for code in question.choice_codes if code in chosen] or None, []


def _read_matrix(question: Question, posted: QueryDict) -> tuple[dict[str, str] | None, list[str]]:
    rows: dict[str, str] = {}
    for row in question.rows:
        value, unread = _read_code(
            posted.get(field_name(question, row.code), ""), question.choice_codes
        )
        if unread:
            return None, unread
        if value:
            rows[row.code] = value
    return rows or None, []


def _read_rank(question: Question, posted: QueryDict) -> tuple[list[str] | None, list[str]]:
    places: dict[int, str] = {}
    for choice in question.choices:
        raw = posted.get(field_name(question, choice.code), "")
        if not raw:
            continue
        if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw[:6]) <= len(question.choices):
            return None, _unknown()
        if int(raw) in places:
            return None, [_("Please give each place only once.")]
        places[int(raw)] = choice.code
    return [places[place] for place in sorted(places)] or None, []


def _ascii_digits(text: str) -> str:
    """Digits of other scripts are digits too: a Khmer or Burmese keyboard writes them."""
    return "".join(
        str(unicodedata.digit(character)) if character.isdigit() else character
        for character in text
    )


def whole_number(text: str) -> int | None:
    """The number that a short text holds in the digits of any script, or None."""
    digits = _ascii_digits(text[:64].strip())
    return int(digits) if digits.isascii() and digits.isdigit() else None


def _read_number(question: Question, raw: str) -> tuple[int | float | str | None, list[str]]:
    raw = clean_text(raw[:64]).replace(" ", "")
    if not raw:
        return None, []
    if raw in question.choice_codes:
        return raw, []
    raw = _ascii_digits(raw)
    found = _NUMBER.match(raw)
    if not found:
        return None, [_("Please write a number, such as 34.")]
    # Counted as written: rounding would put another number into the person's mouth.
    if len((found["after"] or "").rstrip("0")) > question.decimals:
        if not question.decimals:
            return None, [_("Please write a whole number, such as 34.")]
        sentence = _("Please write fewer digits after the decimal point: at most %(most)d.")
        return None, [sentence % {"most": question.decimals}]
    number = float(raw.replace(",", "."))
    # However it is written, the number -9 would be read as "don't know".
    if number in (-9, -8, -7):
        return None, [_("Please write a number, such as 34.")]
    return int(number) if number.is_integer() else number, []


def _read_date(question: Question, raw: str) -> tuple[str | None, list[str]]:
    raw = raw.strip()[:64]
    if not raw:
        return None, []
    if raw in question.choice_codes:
        return raw, []
    try:
        if not _DATE.match(raw):
            raise ValueError
        date.fromisoformat(raw)
    except ValueError:
        return None, [_("Please give a date as year-month-day, such as 2026-03-31.")]
    return raw, []


def _read_time(question: Question, raw: str) -> tuple[str | None, list[str]]:
    raw = raw.strip()[:64]
    if not raw:
        return None, []
    if raw in question.choice_codes:
        return raw, []
    if question.kind == "time":
        sentence = _("Please give a time as hours:minutes, such as 08:30.")
        value = moments.time_of(raw)
    else:
        sentence = _("Please give a date and a time, such as 2026-03-31 08:30.")
        value = moments.date_time_of(raw)
    return (value, []) if value else (None, [sentence])


def _read_text(question: Question, raw: str) -> tuple[str | None, list[str]]:
    longest = question.max_length or LONGEST_TEXT
    if len(raw) > longest * 4:
        # Far too long to be shown again: say so without carrying it along.
        return None, [_too_long(len(raw), longest)]
    return clean_text(raw) or None, []


def _too_long(length: int, longest: int) -> str:
    return _("This text has %(length)s characters. Please shorten it to %(longest)s.") % {
        "length": length,
        "longest": longest,
    }


def complaints(
    question: Question,
    wording: Wording,
    *,
    today: date,
    now: datetime,
    offered: Iterable[str] | None = None,
) -> dict[str, list[str]]:
    """What stands against the answer to a question on the path: field name to sentences."""
    name = field_name(question)
    value = wording.answers.get(question.code)
    if question.kind in UNASKED or question.read_only:
        return {}
    if value in (None, "", [], {}):
        if not question.required:
            return {}
        if question.kind == "matrix":
            return _unanswered_rows(question, {}, wording)
        return {name: [wording.text(question.required_message) or _required(question)]}
    if question.kind == "matrix" and question.required:
        if unanswered := _unanswered_rows(question, value, wording):
            return unanswered
    sentences = _limits(question, value, wording)
    misfit = wording.text(question.constraint_message) or _(
        "This answer does not fit. Please check it."
    )
    if offered is not None and not _codes(value) <= set(offered):
        sentences.append(misfit)
    if not sentences and not logic.satisfies(
        question.constraint,
        wording.answers,
        types=wording.definition.types,
        today=today,
        now=now,
        own=question.code,
        on_path=lambda code: code.partition("/")[0] in wording.on_path,
    ):
        sentences.append(misfit)
    return {name: sentences} if sentences else {}


def _required(question: Question) -> str:
    if question.kind in ("single", "scale"):
        return _("Please choose an answer.")
    if question.kind == "multiple":
        return _("Please choose at least one answer.")
    if question.kind == "consent":
        return _("Please tick the box if you agree.")
    return _("Please answer this question.")


def _unanswered_rows(
    question: Question, value: Mapping[str, str], wording: Wording
) -> dict[str, list[str]]:
    return {
        field_name(question, row.code): [
            _("Please choose an answer for “%(row)s”.") % {"row": wording.text(row.label)}
        ]
        for row in question.rows
        if row.code not in value
    }


def _codes(value: Any) -> set[str]:
    if isinstance(value, list):
        return set(value)
    return {value} if isinstance(value, str) else set()


def _limits(question: Question, value: Any, wording: Wording) -> list[str]:
    sentences: list[str] = []
    if question.kind == "multiple":
        for choice in question.choices:
            if (choice.exclusive or choice.missing) and choice.code in value and len(value) > 1:
                sentences.append(
                    _("“%(answer)s” cannot be combined with other answers.")
                    % {"answer": wording.text(choice.label)}
                )
    if question.kind in ("multiple", "rank") and question.max_choices:
        if len(value) > question.max_choices:
            sentences.append(
                _("Please choose at most %(number)s answers.") % {"number": question.max_choices}
            )
    if question.kind in ("number", "scale") and isinstance(value, int | float):
        low, high = question.minimum, question.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            sentences.append(_between(low, high))
    if question.kind == "text" and len(value) > (question.max_length or LONGEST_TEXT):
        sentences.append(_too_long(len(value), question.max_length or LONGEST_TEXT))
    return sentences


def _between(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return _("Please give a number from %(low)s to %(high)s.") % {
            "low": f"{low:g}",
            "high": f"{high:g}",
        }
    if low is not None:
        return _("Please give a number of %(low)s or more.") % {"low": f"{low:g}"}
    return _("Please give a number of %(high)s or less.") % {"high": f"{high:g}"}


def settled(definition: Definition, answers: Mapping[str, Any], path: logic.Path) -> Answers:
    """The answers as they are stored at submission: off the path becomes "-7" (not asked)."""
    final: Answers = {}
    for question in definition.questions:
        if question.kind == "note":
            continue
        if question.code not in path.questions:
            final[question.code] = NOT_ASKED
        elif question.kind == "calculate":
            if question.code in path.calculated:
                final[question.code] = path.calculated[question.code]
        elif question.code in answers:
            final[question.code] = answers[question.code]
    return final
