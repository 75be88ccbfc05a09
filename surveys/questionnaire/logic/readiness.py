"""What stands against publishing a questionnaire: each problem with its place and a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from ..definition import Definition, Page, Problem, Question, Untranslated
from ..expressions import LogicError, Node, Op, Ref, Unparsed, Value, references, walk
from .checking import check, check_condition
from .evaluation import evaluate
from .textrefs import Neighbours, asked_elsewhere, text_problems

_CLOCKS = ("today", "now")


@dataclass(frozen=True)
class Readiness:
    """`problems` must be mended; `untranslated` cells are counted, shown and asked about."""

    problems: tuple[Problem, ...]
    untranslated: tuple[Untranslated, ...]

    @property
    def can_publish(self) -> bool:
        """Whether nothing but translations is open."""
        return not self.problems

    @property
    def untranslated_counts(self) -> Mapping[str, int]:
        """Language to number of cells without a text."""
        return Counter(cell.language for cell in self.untranslated)


def readiness(definition: Definition) -> Readiness:
    """All publishing checks: names, types, forward references, cycles, dead ends, translations."""
    return Readiness(tuple(_Review(definition).problems()), definition.untranslated())


@dataclass(frozen=True)
class _Condition:
    """A tree at a place. A calculation may be worth anything; a condition decides yes or no."""

    path: str
    node: Node
    own: str | None
    may_name: frozenset[str]
    is_calculation: bool = False
    elsewhere: frozenset[str] = frozenset()


class _Review:
    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.types = definition.types
        self.never: set[str] = set()

    def problems(self) -> Iterator[Problem]:
        if not any(page.questions for page in self.definition.pages):
            yield Problem("pages", "There is no question to ask. Add one.")
        cyclic: set[str] = set()
        for cycle in self.cycles():
            cyclic.update(cycle)
            chain = " needs ".join((*cycle, cycle[0]))
            yield Problem(
                self.place(cycle[0]), f"The conditions go in a circle: {chain}. Remove one of them."
            )
        neighbours = Neighbours.of(self.definition)
        earlier: set[str] = set()
        for index, page in enumerate(self.definition.pages):
            for condition in self.conditions(page, f"pages[{index}]", earlier):
                condition = replace(condition, elsewhere=neighbours.of_page(page))
                yield from self.review(condition, cyclic)
        yield from self.dead_ends()
        yield from text_problems(self.definition)

    def place(self, code: str) -> str:
        for page_index, page in enumerate(self.definition.pages):
            for index, question in enumerate(page.questions):
                if question.code == code:
                    return f"pages[{page_index}].questions[{index}]"
        return "pages"

    def conditions(self, page: Page, place: str, earlier: set[str]) -> Iterator[_Condition]:
        """The trees of a page; `earlier` grows by its questions as they are passed."""
        if page.relevant:
            yield _Condition(f"{place}.relevant", page.relevant, None, frozenset(earlier))
        on_page = {question.code for question in page.questions}
        for index, question in enumerate(page.questions):
            here = f"{place}.questions[{index}]"
            before = frozenset(earlier)
            if question.relevant:
                yield _Condition(f"{here}.relevant", question.relevant, None, before)
            for choice_index, choice in enumerate(question.choices):
                if choice.relevant:
                    yield _Condition(
                        f"{here}.choices[{choice_index}].relevant", choice.relevant, None, before
                    )
            if question.kind == "calculate":
                tree = question.calculation or Unparsed("")
                yield _Condition(f"{here}.calculation", tree, None, before, True)
            if question.constraint:
                yield _Condition(
                    f"{here}.constraint", question.constraint, question.code, before | on_page
                )
            earlier.add(question.code)

    def review(self, condition: _Condition, cyclic: set[str]) -> Iterator[Problem]:
        if condition.node == Unparsed(""):
            yield Problem(
                condition.path, "The value has no calculation. Write one or remove the question."
            )
            return
        try:
            if condition.is_calculation:
                check(condition.node, self.types, own=None)
            else:
                check_condition(condition.node, self.types, own=condition.own)
        except LogicError as error:
            yield Problem(condition.path, str(error))
            return
        for code in references(condition.node):
            question = code.partition("/")[0]
            if question in condition.elsewhere:
                yield Problem(condition.path, asked_elsewhere(question))
            elif question not in condition.may_name and question not in cyclic:
                yield Problem(
                    condition.path,
                    f"It refers to {question!r}, which is asked later or here. "
                    "Move that question before this one.",
                )
        for code, choice in _choices_named(condition.node, condition.own):
            known = self.choice_codes(code)
            if known and choice not in known:
                yield Problem(
                    condition.path,
                    f"The question {code!r} has no choice {choice!r}. "
                    f"Its codes are {', '.join(known[:12])}.",
                )

    def choice_codes(self, code: str) -> tuple[str, ...]:
        question = self.definition.by_code.get(code.partition("/")[0])
        return question.choice_codes if question else ()

    def cycles(self) -> list[tuple[str, ...]]:
        """Circles among relevance conditions (a page's condition counts for all its questions)."""
        needs: dict[str, set[str]] = {}
        for page in self.definition.pages:
            for question in page.questions:
                codes: set[str] = set()
                for node in (page.relevant, question.relevant, question.calculation):
                    if node is not None:
                        codes.update(code.partition("/")[0] for code in references(node))
                needs[question.code] = codes
        found: list[tuple[str, ...]] = []
        state: dict[str, int] = {}
        for start in needs:
            if state.get(start):
                continue
            trail = [start]
            waiting = [iter(sorted(needs[start]))]
            state[start] = 1
            while waiting:
                following = next(waiting[-1], None)
                if following is None:
                    state[trail.pop()] = 2
                    waiting.pop()
                elif following in needs and state.get(following) == 1:
                    found.append(tuple(trail[trail.index(following) :]))
                elif following in needs and not state.get(following):
                    state[following] = 1
                    trail.append(following)
                    waiting.append(iter(sorted(needs[following])))
        return found

    def dead_ends(self) -> Iterator[Problem]:
        """Pages, questions and choices whose condition can never hold."""
        for page_index, page in enumerate(self.definition.pages):
            place = f"pages[{page_index}]"
            page_dead = page.relevant is not None and self.never_true(page.relevant)
            if page_dead:
                yield Problem(
                    f"{place}.relevant", f"The page {page.code!r} can never be shown: {_WHY}"
                )
            yield from self.dead_questions(page, place, page_dead)

    def dead_questions(self, page: Page, place: str, page_dead: bool) -> Iterator[Problem]:
        for index, question in enumerate(page.questions):
            here = f"{place}.questions[{index}]"
            dead = question.relevant is not None and self.never_true(question.relevant)
            if dead and not page_dead:
                yield Problem(
                    f"{here}.relevant", f"The question {question.code!r} can never be shown: {_WHY}"
                )
            if dead or page_dead:
                self.never.add(question.code)
                continue
            yield from self.dead_choices(question, here)

    def dead_choices(self, question: Question, here: str) -> Iterator[Problem]:
        for index, choice in enumerate(question.choices):
            if choice.relevant is not None and self.never_true(choice.relevant):
                yield Problem(
                    f"{here}.choices[{index}].relevant",
                    f"The choice {choice.code!r} can never be offered: {_WHY}",
                )

    def never_true(self, node: Node) -> bool:
        """Whether a condition is provably never true (sound, not complete)."""
        parts = list(walk(node))
        if not any(
            isinstance(part, Ref) or (isinstance(part, Op) and part.op in _CLOCKS) for part in parts
        ):
            value = evaluate(node, {}, types={}, today=date(2000, 1, 1), now=datetime(2000, 1, 1))
            return value is not True
        if not isinstance(node, Op):
            return False
        if node.op == "and":
            return any(self.never_true(arg) for arg in node.args) or self.contradicts(node)
        if node.op == "or":
            return all(self.never_true(arg) for arg in node.args)
        if node.op in ("<", "<=", ">", ">=", "selected"):
            return any(self.is_never_asked(arg) for arg in node.args)
        if node.op == "=":
            return any(
                self.is_never_asked(one) and isinstance(other, Value) and other.value != ""
                for one, other in (node.args, node.args[::-1])
            )
        return False

    def is_never_asked(self, node: Node) -> bool:
        return isinstance(node, Ref) and node.code.partition("/")[0] in self.never

    def contradicts(self, node: Op) -> bool:
        """One answer that would have to be two different constants."""
        wanted: dict[str, object] = {}
        for arg in node.args:
            if not (isinstance(arg, Op) and arg.op == "="):
                continue
            for one, other in (arg.args, arg.args[::-1]):
                if isinstance(one, Ref) and isinstance(other, Value):
                    if wanted.setdefault(one.code, other.value) != other.value:
                        return True
        return False


_WHY = "its condition is never true. Change the condition or remove it."


def _choices_named(node: Node, own: str | None) -> Iterator[tuple[str, str]]:
    """(question, code) wherever a condition compares an answer with a written code."""
    for part in walk(node):
        if not isinstance(part, Op) or part.op not in ("=", "!=", "selected"):
            continue
        pairs = [part.args] if part.op == "selected" else [part.args, part.args[::-1]]
        for one, other in pairs:
            if isinstance(one, Ref) and isinstance(other, Value) and other.type == "text":
                code = own if one.code == "." else one.code
                if code and other.value != "":
                    yield code, str(other.value)
