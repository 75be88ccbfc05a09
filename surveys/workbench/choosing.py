"""What an address of the workbench says, and what there is to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from surveys.exports.columns import Alignment
from surveys.models import AnalysisPlanEntry, Survey, Wave, WeightingScheme
from surveys.questionnaire import logic
from surveys.questionnaire.definition import MISSING_CODES, Question

DISTRIBUTION, SHARE, MEAN, NET, CHOICES = "distribution", "share", "mean", "net", "choices"
SIDES = ("exclusions", "sources", "weights")
CORRECTIONS = ("holm", "bh")
WAVES_OWN, UNWEIGHTED = "wave", "none"
# Columns that every frame has; a question called so stands beside them under another name.
_TAKEN = ("area", "source")
_LONGEST, _MOST = 500, 60


@dataclass(frozen=True)
class Choice:
    """One view of the workbench, as its address says it; nothing here is checked yet.

    `waves` are tokens, `item` a question or "question/row", `by` questions, `area` a code or ""
    for all, `weights` a scheme's key or one of the two words, `sides` what is put side by side.
    """

    waves: tuple[str, ...] = ()
    item: str = ""
    measure: str = ""
    counts: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    top: str = ""
    by: tuple[str, ...] = ()
    area: str = ""
    weights: str = WAVES_OWN
    sides: str = ""
    where: str = ""
    correction: str = CORRECTIONS[0]

    @property
    def query(self) -> str:
        """The address's query that says this choice; what has its default is left out."""
        pairs: list[tuple[str, str]] = []
        for column in fields(self):
            value = getattr(self, column.name)
            if value == column.default:
                continue
            values = value if isinstance(value, tuple) else (value,)
            pairs += [(_NAMES.get(column.name, column.name), one) for one in values]
        return urlencode(pairs)


_NAMES = {"waves": "wave"}


def choice_of(data: QueryDict) -> Choice:
    """What an address says. Overlong and repeated values are cut, unknown names ignored."""
    found: dict[str, Any] = {}
    for column in fields(Choice):
        given = [
            text.replace("\x00", "").strip()[:_LONGEST]
            for text in data.getlist(_NAMES.get(column.name, column.name))[:_MOST]
        ]
        given = [text for text in dict.fromkeys(given) if text]
        if isinstance(column.default, tuple):
            found[column.name] = tuple(given)
        elif given:
            found[column.name] = given[-1]
    return Choice(**found)


@dataclass(frozen=True)
class Answer:
    """One answer of an item; `missing` says don't know or refused."""

    code: str
    label: str
    missing: bool


@dataclass(frozen=True)
class Item:
    """What can be looked at: a question, or one row of a grid. `measures` are those that fit it."""

    code: str
    question: str
    row: str
    kind: str
    label: str
    answers: tuple[Answer, ...]
    measures: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The frame's columns that hold its answers."""
        if self.kind == "multiple":
            return tuple(f"{self.question}={one.code}" for one in self.answers)
        return (self.code,)

    def highest(self, count: int) -> tuple[str, ...]:
        """The codes of the `count` highest answers: by number where all are, else the last ones."""
        codes = [one.code for one in self.answers if not one.missing]
        if all(_is_number(code) for code in codes):
            codes.sort(key=float)
        return tuple(codes[-count:]) if count > 0 else ()


@dataclass(frozen=True)
class Menu:
    """Everything a survey offers: waves newest first, items and questions to break down by."""

    survey: Survey
    waves: tuple[Wave, ...]
    plan: tuple[AnalysisPlanEntry, ...]
    schemes: tuple[WeightingScheme, ...]

    def waves_of(self, choice: Choice) -> tuple[Wave, ...]:
        """The chosen waves, oldest first; the newest that has begun where none is chosen."""
        chosen = [wave for wave in self.waves if wave.token in choice.waves]
        if not chosen and not choice.waves:
            begun = [
                wave
                for wave in self.waves
                if wave.state not in (Wave.State.DRAFTED, Wave.State.SCHEDULED)
            ]
            chosen = (begun or list(self.waves))[:1]
        return tuple(reversed(chosen))

    def filled(self, choice: Choice, items: Iterable[Item], entry: str = "") -> Choice:
        """The choice with an entry of the plan written out: the one asked for, else the first."""
        if choice.item:
            return choice
        codes = {item.code for item in items}
        for one in self.plan:
            code = f"{one.question}/{one.row}" if one.row else one.question
            if code in codes and entry in ("", str(one.pk)):
                return replace(
                    choice,
                    item=code,
                    measure=_MEASURE_OF[one.estimator],
                    counts=tuple(one.counts),
                    against=tuple(one.counts_against),
                    outside=tuple(one.outside_base),
                    where=logic.to_text(logic.read(one.filter)) if one.filter else "",
                )
        return choice


_MEASURE_OF = {"proportion": SHARE, "mean": MEAN, "net": NET, "each": DISTRIBUTION}
ESTIMATOR_OF = {measure: estimator for estimator, measure in _MEASURE_OF.items()} | {
    CHOICES: "each"
}


def menu_of(survey: Survey, user: Any) -> Menu:
    """What this user may choose from; only waves that the user may see."""
    waves = (
        Wave.objects.visible_to(user)
        .filter(survey=survey)
        .select_related("questionnaire", "weighting", "survey")
    )
    return Menu(
        survey=survey,
        waves=tuple(sorted(waves, key=_begins, reverse=True)),
        plan=tuple(survey.plan.filter(is_active=True)),
        schemes=tuple(survey.schemes.order_by("name", "number")),
    )


def _begins(wave: Wave) -> tuple[str, str, int]:
    moment = wave.opens_at or wave.created_at
    return wave.period, moment.isoformat(), wave.pk


def items_of(table: Alignment, *, area_question: str = "area") -> tuple[Item, ...]:
    """What can be looked at in the waves of one table, in document order."""
    found: list[Item] = []
    for code, question in table.questions.items():
        if code in (area_question, *_TAKEN):
            continue
        measures = _measures(table, question)
        if not measures:
            continue
        definition = table.definition_of(code)
        language = definition.default_language
        label = definition.text(question.label, language) or code
        answers = _answers(table, question)
        if question.kind == "matrix":
            found += [
                Item(
                    f"{code}/{row.code}", code, row.code, question.kind,
                    f"{label} – {definition.text(row.label, language)}", answers, measures,
                )
                for row in question.rows
            ]  # fmt: skip
        else:
            found.append(Item(code, code, "", question.kind, label, answers, measures))
    return tuple(found)


def _answers(table: Alignment, question: Question) -> tuple[Answer, ...]:
    definition = table.definition_of(question.code)
    named = [
        Answer(
            choice.code,
            definition.text(choice.label, definition.default_language) or choice.code,
            choice.code in MISSING_CODES or choice.missing is not None,
        )
        for choice in question.choices
    ]
    if question.kind == "consent" and not named:
        named = [Answer(code, _("Yes"), False) for code in question.choice_codes]
    if question.kind == "scale":
        points = range(int(question.minimum or 0), int(question.maximum or 10) + 1)
        ends = {points[0]: question.minimum_label, points[-1]: question.maximum_label}
        scale = []
        for point in points:
            words = definition.text(ends.get(point, {}), definition.default_language)
            scale.append(Answer(str(point), f"{point} ({words})" if words else str(point), False))
        named = [*scale, *named]
    return tuple(named)


def _measures(table: Alignment, question: Question) -> tuple[str, ...]:
    if question.kind == "multiple":
        return (CHOICES,) if question.choices else ()
    if question.kind == "number":
        return (MEAN,)
    if question.kind == "calculate":
        return (MEAN,) if table.types.get(question.code) in ("number", "bool") else ()
    if question.kind not in ("single", "consent", "scale", "matrix"):
        return ()
    codes = [one.code for one in _answers(table, question) if not one.missing]
    is_scale = bool(codes) and all(_is_number(code) for code in codes)
    return (DISTRIBUTION, SHARE, *((MEAN,) if is_scale else ()), NET)


def _is_number(code: str) -> bool:
    try:
        float(code)
    except ValueError:
        return False
    return True
