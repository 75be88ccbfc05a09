"""What a version changes, and whether every code still stands for what it stood for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ..definition import Choice, Definition, Question, Row
from ..logic import to_text

ALIKE = 0.6
"""Similarity (0 to 1) from which a changed wording is taken for a correction without asking."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `what` is `added`, `removed`, `reworded`, `translated`, `logic` or `limits`;
    `place` a place of `translation`; `before` and `after` are wordings in the default language."""

    what: str
    place: str
    question: str
    before: str = ""
    after: str = ""
    code: str = ""
    part: str = "question"
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reuse:
    """A code that would stand for another thing: `place` and a sentence with the remedy."""

    place: str
    question: str
    sentence: str


@dataclass(frozen=True)
class Changes:
    """Everything that differs from the versions before.

    `reused` forbids publishing. `doubtful` are rewordings so far from the old wording that somebody
    has to say that the meaning is the same.
    """

    changes: tuple[Change, ...] = ()
    reused: tuple[Reuse, ...] = ()
    doubtful: tuple[Change, ...] = ()

    def of(self, what: str, part: str = "question") -> tuple[Change, ...]:
        """The changes of one sort."""
        return tuple(one for one in self.changes if one.what == what and one.part == part)


def changes(after: Definition, earlier: Sequence[Definition]) -> Changes:
    """How `after` differs from the newest of `earlier` (newest first), looking further back for
    codes that return after they were taken out."""
    if not earlier:
        return Changes()
    return _Comparison(after, earlier).result()


class _Comparison:
    def __init__(self, after: Definition, earlier: Sequence[Definition]) -> None:
        self.after, self.before, self.earlier = after, earlier[0], earlier
        self.found: list[Change] = []
        self.reused: list[Reuse] = []
        self.doubtful: list[Change] = []

    def result(self) -> Changes:
        for question in self.before.questions:
            if question.code not in self.after.by_code:
                wording = self.before.text(question.label, self.before.default_language)
                place = f"q:{question.code}/label"
                self.found.append(Change("removed", place, question.code, before=wording))
        for question in self.after.questions:
            self.question(question)
        self.swapped_questions()
        return Changes(tuple(self.found), tuple(self.reused), tuple(self.doubtful))

    def question(self, question: Question) -> None:
        wording = self.after.text(question.label, self.after.default_language)
        place = f"q:{question.code}/label"
        if question.code not in self.before.by_code:
            self.found.append(Change("added", place, question.code, after=wording))
        known = next((one for one in self.earlier if question.code in one.by_code), None)
        if known is None:
            return
        old = known.by_code[question.code]
        if _sort(old) != _sort(question):
            self.reused.append(
                Reuse(
                    place,
                    question.code,
                    f"The code “{question.code}” was a {old.kind} question and is a "
                    f"{question.kind} question now: its old answers would not fit. Give the new "
                    "question a code of its own.",
                )
            )
            return
        self.wording(place, question.code, "question", "", known, old.label, question.label)
        self.parts(question, known, old)
        self.logic(question, old)

    def wording(
        self,
        place: str,
        question: str,
        part: str,
        code: str,
        known: Definition,
        old: Mapping[str, str],
        new: Mapping[str, str],
    ) -> None:
        default = known.default_language
        before, after = known.text(old, default), self.after.text(new, default)
        if before != after:
            change = Change("reworded", place, question, before, after, code, part)
            self.found.append(change)
            if likeness(before, after) < ALIKE:
                self.doubtful.append(change)
        languages = tuple(
            language
            for language in known.languages
            if language != default
            and language in self.after.languages
            and old.get(language, "") != new.get(language, "")
        )
        if languages:
            self.found.append(
                Change("translated", place, question, code=code, part=part, languages=languages)
            )

    def parts(self, question: Question, known: Definition, old: Question) -> None:
        pairs: tuple[tuple[str, Sequence[Choice | Row], Sequence[Choice | Row]], ...] = (
            ("choices", old.choices, question.choices),
            ("rows", old.rows, question.rows),
        )
        for kind, before, after in pairs:
            part = "choice" if kind == "choices" else "row"
            kept = {one.code: one for one in after}
            for one in before:
                if one.code not in kept:
                    self.found.append(
                        Change(
                            "removed",
                            f"q:{question.code}/{kind}:{one.code}/label",
                            question.code,
                            before=known.text(one.label, known.default_language),
                            code=one.code,
                            part=part,
                        )
                    )
            for one in after:
                self.part(question, kind, part, one, known, before)
            self.swapped_parts(question, kind, known, before, after)

    def part(
        self,
        question: Question,
        kind: str,
        part: str,
        one: Choice | Row,
        known: Definition,
        before: Sequence[Choice | Row],
    ) -> None:
        place = f"q:{question.code}/{kind}:{one.code}/label"
        if one.code not in {other.code for other in before}:
            wording = self.after.text(one.label, self.after.default_language)
            self.found.append(
                Change("added", place, question.code, after=wording, code=one.code, part=part)
            )
        for version in self.earlier:
            asked = version.by_code.get(question.code)
            same = next(
                (other for other in getattr(asked, kind, ()) if other.code == one.code), None
            )
            if same is not None:
                self.wording(place, question.code, part, one.code, version, same.label, one.label)
                return

    def swapped_parts(
        self,
        question: Question,
        kind: str,
        known: Definition,
        before: Sequence[Choice | Row],
        after: Sequence[Choice | Row],
    ) -> None:
        """Codes that now say what another code of the same list said."""
        default = known.default_language
        said = {one.code: plain(known.text(one.label, default)) for one in before}
        for one in after:
            now = plain(self.after.text(one.label, default))
            if one.code not in said or not now or said[one.code] == now:
                continue
            other = next((code for code, words in said.items() if words == now), None)
            if other is not None:
                self.reused.append(
                    Reuse(
                        f"q:{question.code}/{kind}:{one.code}/label",
                        question.code,
                        f"In “{question.code}” the code “{one.code}” now says what “{other}” said "
                        f"(“{self.after.text(one.label, default)}”). Old answers would change "
                        "their meaning: leave the codes with their wordings and move the entries "
                        "instead.",
                    )
                )

    def swapped_questions(self) -> None:
        """Codes that now ask what another question asked."""
        default = self.before.default_language
        asked = {
            question.code: plain(self.before.text(question.label, default))
            for question in self.before.questions
            if question.kind != "note"
        }
        for question in self.after.questions:
            now = plain(self.after.text(question.label, default))
            if question.code not in asked or not now or asked[question.code] == now:
                continue
            other = next((code for code, words in asked.items() if words == now), None)
            if other is not None:
                self.reused.append(
                    Reuse(
                        f"q:{question.code}/label",
                        question.code,
                        f"The code “{question.code}” now asks what “{other}” asked. Old answers "
                        "would change their meaning: leave the codes with their questions and "
                        "move the questions instead.",
                    )
                )

    def logic(self, question: Question, old: Question) -> None:
        place = f"q:{question.code}/label"
        before, after = condition(old), condition(question)
        if before != after:
            self.found.append(Change("logic", place, question.code, before, after))
        if _limits(old) != _limits(question):
            self.found.append(
                Change("limits", place, question.code, str(_limits(old)), str(_limits(question)))
            )


def _sort(question: Question) -> str:
    """What an answer is; two questions of one sort can keep each other's answers."""
    return question.static_type or question.kind


def _limits(question: Question) -> tuple[object, ...]:
    return (question.minimum, question.maximum, question.max_choices, question.max_length)


def plain(text: str) -> str:
    """The words alone: without case, punctuation and spacing."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(
        r"\s+",
        " ",
        "".join(" " if unicodedata.category(one)[0] in "PZS" else one for one in text),
    ).strip()


def likeness(before: str, after: str) -> float:
    """How alike two wordings are, 0 to 1; 1 if they differ in punctuation and case only."""
    one, other = plain(before)[:2000], plain(after)[:2000]
    return 1.0 if one == other else SequenceMatcher(None, one, other, autojunk=False).ratio()


def condition(question: Question) -> str:
    """Who is asked, as text; "" for everybody who reaches the page."""
    return to_text(question.relevant) if question.relevant is not None else ""
