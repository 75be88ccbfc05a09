"""What the respondent's templates show: prepared here, so that they ask nothing themselves."""

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from surveys.answers import field_name
from surveys.questionnaire import logic
from surveys.questionnaire.definition import CONSENT_CODE, Definition, Page, Question

PLAIN = ("text", "number", "date", "time", "datetime")
"""Kinds answered in one plain field, whose text is shown again as it was typed."""
LANGUAGE_NAMES = dict(settings.LANGUAGES)


@dataclass(frozen=True)
class ScreenChoice:
    """One answer as shown. `place` is the rank it was given, if the question ranks."""

    code: str
    id: str
    label: str
    is_chosen: bool = False
    is_apart: bool = False
    name: str = ""
    place: int | None = None


@dataclass(frozen=True)
class ScreenRow:
    """One line of a grid: a group of radio buttons with its own label and errors."""

    code: str
    name: str
    id: str
    label: str
    errors: list[str]
    choices: list[ScreenChoice]


@dataclass(frozen=True)
class ScreenQuestion:
    """A question ready to be drawn."""

    code: str
    kind: str
    name: str
    id: str
    label: str
    hint: str
    is_required: bool
    errors: list[str]
    choices: list[ScreenChoice] = field(default_factory=list)
    apart: list[ScreenChoice] = field(default_factory=list)
    rows: list[ScreenRow] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    value: Any = ""
    is_follow_up: bool = False
    is_on_path: bool = True
    appearance: str = ""
    minimum: Any = None
    maximum: Any = None
    minimum_label: str = ""
    maximum_label: str = ""
    step: str = "1"
    max_length: int | None = None

    @property
    def describedby(self) -> str:
        """The ids that explain the control: hint first, then errors."""
        parts = [f"{self.id}-hint"] if self.hint else []
        if self.errors:
            parts.append(f"{self.id}-errors")
        return " ".join(parts)

    @property
    def is_group(self) -> bool:
        """Whether it is several controls under one legend."""
        return self.kind in ("single", "multiple", "scale", "consent", "rank", "matrix") and not (
            self.is_menu
        )

    @property
    def is_menu(self) -> bool:
        """Whether one choice among many is offered as a drop-down list."""
        return self.kind == "single" and self.appearance == "minimal"

    @property
    def all_errors(self) -> list[tuple[str, str]]:
        """Every error with the id to jump to and what it is about, rows included."""
        own = [(self.id, f"{self.label} {text}") for text in self.errors]
        return own + [(row.id, text) for row in self.rows for text in row.errors]


def shown_codes(question: Question, seed: str) -> list[str]:
    """The order in which choices are shown; random orders follow from `seed` and can be redone.

    Don't know, refused and "none of these" stay at the end in any order.
    """
    last = [choice.code for choice in question.choices if choice.missing or choice.exclusive]
    codes = [choice.code for choice in question.choices if choice.code not in last]
    if question.choice_order == "random":
        digest = hashlib.sha256(f"{seed}:{question.code}".encode()).digest()
        random.Random(digest).shuffle(codes)  # noqa: S311 (an order of answers, not a secret)
    return codes + last


def is_same_page_follow_up(page: Page, question: Question) -> bool:
    """Whether its condition asks about the page it stands on, so that it may appear while typing."""
    if question.relevant is None or question.kind == "calculate":
        return False
    own = {other.code for other in page.questions}
    return any(code.partition("/")[0] in own for code in logic.references(question.relevant))


def screen_questions(
    definition: Definition,
    page: Page,
    path: logic.Path,
    answers: Mapping[str, Any],
    *,
    language: str,
    seed: str,
    errors: Mapping[str, list[str]] | None = None,
    raw: Mapping[str, str] | None = None,
) -> list[ScreenQuestion]:
    """The questions of `page` that this respondent meets, follow-ups of the page included.

    `raw` are texts as typed where they could not be read as answers: they are shown again.
    """
    errors, raw = errors or {}, raw or {}
    shown = path.page(page.code)
    on_path = set(shown.questions) if shown else set()
    offered = shown.choices if shown else {}
    screens = []
    for index, question in enumerate(page.questions, start=1):
        follow_up = is_same_page_follow_up(page, question)
        if question.code not in on_path and not follow_up:
            continue
        screens.append(
            _screen(
                definition,
                question,
                f"q{index}",
                answers.get(question.code),
                language=language,
                seed=seed,
                errors=errors,
                raw=raw,
                offered=offered.get(question.code),
                is_follow_up=follow_up,
                is_on_path=question.code in on_path,
            )
        )
    return screens


def _screen(
    definition: Definition,
    question: Question,
    id_: str,
    value: Any,
    *,
    language: str,
    seed: str,
    errors: Mapping[str, list[str]],
    raw: Mapping[str, str],
    offered: tuple[str, ...] | None,
    is_follow_up: bool,
    is_on_path: bool,
) -> ScreenQuestion:
    def text(texts: Mapping[str, str]) -> str:
        return definition.text(texts, language)

    name = field_name(question)
    chosen = set(value) if isinstance(value, list) else {str(value)} if value is not None else set()
    places = (
        {code: place for place, code in enumerate(value, 1)}
        if question.kind == "rank" and (isinstance(value, list))
        else {}
    )
    choices = []
    for number, code in enumerate(shown_codes(question, seed), start=1):
        if offered is not None and code not in offered:
            continue
        choice = question.choice(code)
        choices.append(
            ScreenChoice(
                code=code,
                id=f"{id_}-{number}",
                label=text(choice.label),
                is_chosen=code in chosen,
                is_apart=bool(choice.missing or choice.exclusive),
                name=field_name(question, code),
                place=places.get(code),
            )
        )
    apart: list[ScreenChoice] = []
    if question.kind == "consent" and not choices:
        choices = [ScreenChoice(CONSENT_CODE, f"{id_}-1", text(question.label), "yes" in chosen)]
    if question.kind in ("scale", *PLAIN) and question.kind != "text":
        apart, choices = choices, []
    if question.kind == "scale":
        low, high = int(question.minimum or 0), int(question.maximum or 10)
        choices = [
            ScreenChoice(str(point), f"{id_}-p{point}", str(point), str(point) in chosen)
            for point in range(low, high + 1)
        ]
    rows = []
    if question.kind == "matrix":
        given = value if isinstance(value, Mapping) else {}
        for number, row in enumerate(question.rows, start=1):
            row_name, row_id = field_name(question, row.code), f"{id_}-r{number}"
            rows.append(
                ScreenRow(
                    code=row.code,
                    name=row_name,
                    id=row_id,
                    label=text(row.label),
                    errors=errors.get(row_name, []),
                    choices=[
                        ScreenChoice(
                            choice.code,
                            f"{row_id}-{place}",
                            choice.label,
                            given.get(row.code) == choice.code,
                            choice.is_apart,
                        )
                        for place, choice in enumerate(choices, start=1)
                    ],
                )
            )
    is_plain = question.kind in PLAIN
    shown_value = raw.get(name) if name in raw else value
    if is_plain and any(choice.is_chosen for choice in apart):
        shown_value = ""
    return ScreenQuestion(
        code=question.code,
        kind=question.kind,
        name=name,
        id=id_,
        label=text(question.label),
        hint=text(question.hint),
        is_required=question.required,
        errors=errors.get(name, []),
        choices=choices,
        apart=apart,
        rows=rows,
        places=list(range(1, len(choices) + 1)) if question.kind == "rank" else [],
        value="" if shown_value is None else shown_value,
        is_follow_up=is_follow_up,
        is_on_path=is_on_path,
        appearance=question.appearance,
        minimum=_plain(question.minimum),
        maximum=_plain(question.maximum),
        minimum_label=text(question.minimum_label),
        maximum_label=text(question.maximum_label),
        step="1" if not question.decimals else f"{10**-question.decimals:.6f}".rstrip("0"),
        max_length=question.max_length,
    )


def _plain(number: float | None) -> int | float | None:
    return int(number) if number is not None and float(number).is_integer() else number


def script_data(
    definition: Definition, page: Page, answers: Mapping[str, Any], *, today: Any, now: Any
) -> dict[str, Any] | None:
    """What the browser's twin needs to show and hide this page's follow-ups; None without any.

    Earlier answers are sent only for the questions that a condition of this page names.
    """
    conditions = {
        question.code: question.relevant
        for question in page.questions
        if is_same_page_follow_up(page, question)
    }
    if not conditions:
        return None
    named = {code for tree in conditions.values() for code in logic.references(tree)}
    own = {question.code for question in page.questions}
    questions = {code.partition("/")[0] for code in named}
    return {
        "conditions": {code: logic.write(tree) for code, tree in conditions.items()},
        "types": {code: definition.types.get(code, "") for code in named},
        "kinds": {code: definition.by_code[code].kind for code in questions & own},
        "answers": {code: answers[code] for code in questions - own if code in answers},
        "today": today.isoformat(),
        "now": now.replace(tzinfo=None, microsecond=0).isoformat(),
    }


def language_choices(definition: Definition, current: str) -> list[dict[str, Any]]:
    """The questionnaire's languages with their own names."""
    return [
        {"code": code, "name": LANGUAGE_NAMES.get(code, code), "is_current": code == current}
        for code in definition.languages
    ]
