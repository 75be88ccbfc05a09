"""What the respondent's templates show: prepared here, so that they ask nothing themselves."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from surveys.answers import field_name, initial
from surveys.pagescript import Changing
from surveys.questionnaire import logic
from surveys.questionnaire.definition import CONSENT_CODE, Choice, Definition, Page, Question
from surveys.questionnaire.ordering import Orders
from surveys.wording import Wording

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
    errors: tuple[str, ...]
    choices: tuple[ScreenChoice, ...]


@dataclass(frozen=True)
class ScreenQuestion:
    """A question ready to be drawn. `is_common` says that nothing of one respondent is in it."""

    code: str
    kind: str
    name: str
    id: str
    label: str
    hint: str
    is_required: bool
    errors: tuple[str, ...]
    choices: tuple[ScreenChoice, ...] = ()
    apart: tuple[ScreenChoice, ...] = ()
    rows: tuple[ScreenRow, ...] = ()
    places: tuple[int, ...] = ()
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
    is_fixed: bool = False
    fixed_text: str = ""
    is_common: bool = False

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
    emptied: Collection[str] = (),
) -> list[ScreenQuestion]:
    """The questions of `page` that this respondent meets, follow-ups of the page included.

    `seed` is the respondent's own key, from which random orders follow. `raw` are texts as typed
    where they could not be read as answers: they are shown again. `emptied` are codes whose
    default the respondent has removed.
    """
    drawer = _Drawer(
        definition=definition,
        page=page,
        path=path,
        answers=answers,
        orders=Orders(definition, seed),
        wording=Wording.of(definition, language, answers, path),
        changing=Changing.of(page),
        errors=errors or {},
        raw=raw or {},
        emptied=emptied,
    )
    numbers = {question.code: index for index, question in enumerate(page.questions, start=1)}
    return [
        drawer.screen(definition.by_code[code], f"q{numbers[code]}")
        for code in drawer.orders.questions(page)
        if drawer.is_drawn(definition.by_code[code])
    ]


@dataclass(frozen=True, kw_only=True)
class _Drawer:
    """What one page's questions need to be drawn."""

    definition: Definition
    page: Page
    path: logic.Path
    answers: Mapping[str, Any]
    orders: Orders
    wording: Wording
    changing: Changing
    errors: Mapping[str, list[str]]
    raw: Mapping[str, str]
    emptied: Collection[str]

    def is_drawn(self, question: Question) -> bool:
        """Without a script a follow-up of the same page is there from the start."""
        if question.kind == "calculate":
            return False
        return question.code in self.path.questions or self.changing.decides(question.relevant)

    def screen(self, question: Question, id_: str) -> ScreenQuestion:
        text = self.wording.text
        name = field_name(question)
        value = self.value(question)
        choices = self.choices(question, value, id_)
        apart: list[ScreenChoice] = []
        if question.kind == "consent" and not choices:
            choices = [
                ScreenChoice(CONSENT_CODE, f"{id_}-1", text(question.label), value == CONSENT_CODE)
            ]
        if question.kind in ("scale", *PLAIN) and question.kind != "text":
            apart, choices = choices, []
        if question.kind == "scale":
            low, high = int(question.minimum or 0), int(question.maximum or 10)
            choices = [
                ScreenChoice(str(point), f"{id_}-p{point}", str(point), str(point) == str(value))
                for point in range(low, high + 1)
            ]
        shown_value = self.raw.get(name, value)
        if question.kind in PLAIN and any(choice.is_chosen for choice in apart):
            shown_value = ""
        return ScreenQuestion(
            code=question.code,
            kind=question.kind,
            name=name,
            id=id_,
            label=text(question.label),
            hint=text(question.hint),
            is_required=question.required,
            errors=tuple(self.errors.get(name, ())),
            choices=tuple(choices),
            apart=tuple(apart),
            rows=self.rows(question, value, choices, id_),
            places=tuple(range(1, len(choices) + 1)) if question.kind == "rank" else (),
            value="" if shown_value is None else shown_value,
            is_follow_up=self.changing.decides(question.relevant),
            is_on_path=question.code in self.path.questions,
            appearance=question.appearance,
            minimum=_plain(question.minimum),
            maximum=_plain(question.maximum),
            minimum_label=text(question.minimum_label),
            maximum_label=text(question.maximum_label),
            step="1" if not question.decimals else f"{10**-question.decimals:.6f}".rstrip("0"),
            max_length=question.max_length,
            is_fixed=question.read_only,
            fixed_text=self.fixed_text(question) if question.read_only else "",
            is_common=self.is_common(question, shown_value),
        )

    def is_common(self, question: Question, value: Any) -> bool:
        """Whether everybody who has not answered yet sees the same, but for the order."""
        texts = [question.label, question.hint, question.minimum_label, question.maximum_label]
        texts += [each.label for each in (*question.choices, *question.rows)]
        return (
            value is None
            and not self.errors
            and not question.read_only
            and not any(self.wording.refers(text) for text in texts)
        )

    def value(self, question: Question) -> Any:
        """The answer so far; before there is one the default, unless it was removed."""
        value = self.answers.get(question.code)
        if value is None and question.code not in self.emptied:
            return initial(question)
        return value

    def fixed_text(self, question: Question) -> str:
        """A read-only question's answer as words."""
        code = question.code
        wording = replace(
            self.wording, answers={code: initial(question)}, on_path=frozenset({code})
        )
        return wording.answer(code)

    def offers(self, question: Question, choice: Choice) -> bool:
        """Whether a choice is drawn: those that depend on this page always are."""
        if choice.relevant is None or self.changing.decides(choice.relevant):
            return True
        return choice.code in self.path.offered.get(question.code, ())

    def choices(self, question: Question, value: Any, id_: str) -> list[ScreenChoice]:
        chosen = value if isinstance(value, list) else [str(value)] if value is not None else []
        places = {code: place for place, code in enumerate(chosen, start=1)}
        found = []
        for number, code in enumerate(self.orders.choices(question), start=1):
            choice = question.choice(code)
            if choice is None or not self.offers(question, choice):
                continue
            found.append(
                ScreenChoice(
                    code=code,
                    id=f"{id_}-{number}",
                    label=self.wording.text(choice.label),
                    is_chosen=code in places,
                    is_apart=bool(choice.missing or choice.exclusive),
                    name=field_name(question, code),
                    place=places.get(code) if question.kind == "rank" else None,
                )
            )
        return found

    def rows(
        self, question: Question, value: Any, choices: list[ScreenChoice], id_: str
    ) -> tuple[ScreenRow, ...]:
        given = value if isinstance(value, Mapping) else {}
        labels = {row.code: row.label for row in question.rows}
        found = []
        for number, code in enumerate(self.orders.rows(question), start=1):
            name, row_id = field_name(question, code), f"{id_}-r{number}"
            found.append(
                ScreenRow(
                    code=code,
                    name=name,
                    id=row_id,
                    label=self.wording.text(labels[code]),
                    errors=tuple(self.errors.get(name, ())),
                    choices=tuple(
                        ScreenChoice(
                            choice.code,
                            f"{row_id}-{place}",
                            choice.label,
                            given.get(code) == choice.code,
                            choice.is_apart,
                        )
                        for place, choice in enumerate(choices, start=1)
                    ),
                )
            )
        return tuple(found)


def _plain(number: float | None) -> int | float | None:
    return int(number) if number is not None and float(number).is_integer() else number


def language_choices(definition: Definition, current: str) -> list[dict[str, Any]]:
    """The questionnaire's languages with their own names."""
    return [
        {"code": code, "name": LANGUAGE_NAMES.get(code, code), "is_current": code == current}
        for code in definition.languages
    ]
