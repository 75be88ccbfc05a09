"""Whether an item was measured in the same way in two waves.

Figures are comparable only when respondents read the same words, chose among the same codes, and
the same people were asked. Everything else is a break in the series that a reader has to see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ..definition import Definition, Question
from ..logic import references, to_text


@dataclass(frozen=True, slots=True)
class Comparability:
    """Whether the figures of one item may be compared with those of the wave before.

    An item is a question or, of a grid, "question/row". `reasons` are sentences saying what
    changed; empty for an item that matches. `languages` are those whose wording changed.
    """

    item: str
    question: str
    label: str
    status: str
    reasons: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    @property
    def is_comparable(self) -> bool:
        """Whether words, codes, kind and base agree."""
        return self.status == "same"


def comparabilities(before: Definition, after: Definition) -> tuple[Comparability, ...]:
    """Every item of both questionnaires, in the order of `after`, then what is asked no more.

    `status` is `same`, `changed`, `new` (asked now only) or `gone` (asked before only).
    """
    return tuple(_Items(before, after).all())


class _Items:
    def __init__(self, before: Definition, after: Definition) -> None:
        self.before, self.after = before, after
        self.languages = [code for code in after.languages if code in before.languages]

    def all(self) -> Iterator[Comparability]:
        for definition, other, status in (
            (self.after, self.before, "new"),
            (self.before, self.after, "gone"),
        ):
            for question in definition.questions:
                if question.kind == "note":
                    continue
                for item, row in _items(question):
                    known = other.by_code.get(question.code)
                    if known is None or row not in [one for _item, one in _items(known)]:
                        label = self._label(definition, question, row)
                        yield Comparability(item, question.code, label, status)
                    elif status == "new":
                        yield self._compared(item, known, question, row)

    @staticmethod
    def _label(definition: Definition, question: Question, row: str) -> str:
        label = definition.text(question.label, definition.default_language)
        found = next((one for one in question.rows if one.code == row), None)
        if found is None:
            return label
        return f"{label} – {definition.text(found.label, definition.default_language)}"

    def _compared(self, item: str, old: Question, new: Question, row: str) -> Comparability:
        reasons = [*self._wording(old, new, row)[0], *self._codes(old, new), *self._base(new.code)]
        return Comparability(
            item=item,
            question=new.code,
            label=self._label(self.after, new, row),
            status="changed" if reasons else "same",
            reasons=tuple(reasons),
            languages=self._wording(old, new, row)[1],
        )

    def _wording(self, old: Question, new: Question, row: str) -> tuple[list[str], tuple[str, ...]]:
        changed = tuple(
            language
            for language in self.languages
            if _read(old, row, language) != _read(new, row, language)
        )
        if not changed:
            return [], ()
        return [f"The wording changed in {', '.join(changed)}."], changed

    def _codes(self, old: Question, new: Question) -> Iterator[str]:
        if old.kind != new.kind:
            yield f"It was a {old.kind} question and is a {new.kind} question."
        added = [code for code in new.choice_codes if code not in old.choice_codes]
        removed = [code for code in old.choice_codes if code not in new.choice_codes]
        if added:
            yield f"Answers were added: {', '.join(added)}."
        if removed:
            yield f"Answers were taken out: {', '.join(removed)}."
        if not added and not removed and old.choice_codes != new.choice_codes:
            yield "The answers stand in another order."
        if (old.minimum, old.maximum) != (new.minimum, new.maximum):
            yield (f"The range was {_range(old)} and is {_range(new)}.")
        if old.calculation != new.calculation:
            yield "It is calculated in another way."
        if old.choice_order != new.choice_order:
            yield f"The order of the answers was {old.choice_order} and is {new.choice_order}."
        if old.max_choices != new.max_choices:
            yield "Another number of answers may be chosen."
        if old.kind == "matrix" and not {row.code for row in old.rows} == {
            row.code for row in new.rows
        }:
            yield "The grid has other rows, which changes what each row is compared with."

    def _base(self, code: str) -> list[str]:
        before, after = self._bases(self.before)[code], self._bases(self.after)[code]
        reasons = []
        if before != after:
            reasons.append(f"Other people are asked: before {_who(before)}, now {_who(after)}.")
        for named in sorted(self._needs(self.after, code)):
            old, new = self.before.by_code.get(named), self.after.by_code.get(named)
            if old is None or new is None:
                continue
            if self._wording(old, new, "")[0] or list(self._codes(old, new)):
                reasons.append(f"Who is asked depends on “{named}”, which was itself changed.")
        return reasons

    def _bases(self, definition: Definition) -> dict[str, str]:
        return self._old_bases if definition is self.before else self._new_bases

    @cached_property
    def _old_bases(self) -> dict[str, str]:
        return _conditions(self.before)

    @cached_property
    def _new_bases(self) -> dict[str, str]:
        return _conditions(self.after)

    def _needs(self, definition: Definition, code: str) -> set[str]:
        """All questions that decide who is asked `code`, through any number of steps."""
        direct = self._direct
        found: set[str] = set()
        waiting = list(direct.get(code, ()))
        while waiting:
            named = waiting.pop()
            if named not in found and named != code:
                found.add(named)
                waiting += direct.get(named, ())
        return found

    @cached_property
    def _direct(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for page in self.after.pages:
            for question in page.questions:
                nodes = [node for node in (page.relevant, question.relevant) if node is not None]
                found[question.code] = {
                    code.partition("/")[0] for node in nodes for code in references(node)
                }
        return found


def _items(question: Question) -> list[tuple[str, str]]:
    if question.kind == "matrix":
        return [(f"{question.code}/{row.code}", row.code) for row in question.rows]
    return [(question.code, "")]


def _read(question: Question, row: str, language: str) -> tuple[object, ...]:
    """What a respondent reads of one item: of a grid its own row, not the others."""
    rows = [one for one in question.rows if not row or one.code == row]
    return (
        question.label.get(language, ""),
        question.hint.get(language, ""),
        question.minimum_label.get(language, ""),
        question.maximum_label.get(language, ""),
        tuple(one.label.get(language, "") for one in rows),
        tuple(sorted((one.code, one.label.get(language, "")) for one in question.choices)),
    )


def _conditions(definition: Definition) -> dict[str, str]:
    found = {}
    for page in definition.pages:
        for question in page.questions:
            parts = [to_text(node) for node in (page.relevant, question.relevant) if node]
            found[question.code] = " and ".join(parts)
    return found


def _who(condition_text: str) -> str:
    return f"those where {condition_text}" if condition_text else "everybody"


def _range(question: Question) -> str:
    return " to ".join(
        "open" if end is None else f"{end:g}" for end in (question.minimum, question.maximum)
    )
