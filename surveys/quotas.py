"""Which quotas a response belongs to, whether conditions fit a questionnaire, and ready-made cells."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import product
from typing import Any

from surveys.models import Quota, Wave
from surveys.questionnaire import logic
from surveys.questionnaire.definition import Definition


@lru_cache(maxsize=2048)
def _tree(condition: str) -> logic.Node:
    return logic.read(json.loads(condition))


# Conditions that were found to fit a questionnaire, by content hash: checked once per process.
_fits: set[tuple[str, str]] = set()


def belonging(
    quotas: Iterable[Quota],
    *,
    definition: Definition,
    content_hash: str,
    answers: Mapping[str, Any],
    today: date,
    now: datetime,
) -> list[Quota]:
    """The quotas whose condition these answers fulfil, in the order given.

    `answers` are settled: what was not asked is "-7" and reads as blank. Raises `LogicError` with
    the quota's name when a condition does not fit the questionnaire: evaluated all the same, it
    would silently be false.
    """
    found = []
    for quota in quotas:
        text = json.dumps(quota.condition, sort_keys=True)
        try:
            tree = _tree(text)
            if (content_hash, text) not in _fits:
                logic.check_condition(tree, definition.types)
                if len(_fits) > 10_000:
                    _fits.clear()
                _fits.add((content_hash, text))
        except logic.LogicError as error:
            raise logic.LogicError(f"{quota.name}: {error}") from error
        if logic.evaluate(tree, answers, types=definition.types, today=today, now=now) is True:
            found.append(quota)
    return found


def problems(quotas: Iterable[Quota], definition: Definition) -> list[str]:
    """A sentence for every quota whose condition does not fit the questionnaire."""
    sentences = []
    for quota in quotas:
        try:
            logic.check_condition(logic.read(quota.condition), definition.types)
        except logic.LogicError as error:
            sentences.append(f"{quota.name}: {error}")
    return sentences


def condition_of(text: str, definition: Definition) -> dict[str, Any]:
    """The tree of a condition in XLSForm notation. Raises `LogicError` with a sentence.

    Clocks are refused: the recount, on a later day, must come to the same answer.
    """
    tree = logic.settle(logic.parse_text(text), definition.types)
    logic.check_condition(tree, definition.types)
    if clocks := _operations(tree) & {"today", "now"}:
        raise logic.LogicError(
            f"A quota cannot depend on {clocks.pop()}(): it would be counted differently tomorrow."
        )
    if not logic.references(tree):
        raise logic.LogicError("The condition names no question. Write one, such as ${sex} = 'F'.")
    return logic.write(tree)


def _operations(tree: logic.Node) -> set[str]:
    if not isinstance(tree, logic.Op):
        return set()
    return {tree.op}.union(*(_operations(part) for part in tree.args))


@dataclass(frozen=True, slots=True)
class Cell:
    """A quota that could be made: its name, its condition in XLSForm notation and its limit."""

    name: str
    condition: str
    limit: int


def cells(wave: Wave, *, by: Iterable[str] = ()) -> list[Cell]:
    """One cell per area with a target, or per area and combination of answers to `by`.

    The limit is the area's target times the cell's share of the population in the wave's weighting
    scheme (equal shares where the scheme has none), rounded up: a rounded-down cell could keep
    the area from ever reaching its target.
    """
    questions = list(by)
    definition = wave.questionnaire.definition
    levels = [
        [choice.code for choice in definition.by_code[name].choices if choice.missing is None]
        for name in questions
    ]
    found = []
    for area, target in wave.targets.items():
        shares = cell_shares(wave, area, questions)
        combinations = list(product(*levels))
        for codes in combinations:
            share = shares.get("|".join(codes), 0.0) if shares else 1 / len(combinations)
            limit = math.ceil(round(target * share, 6))
            if limit < 1:
                continue
            pairs = [(wave.area_question, area), *zip(questions, codes, strict=True)]
            found.append(
                Cell(
                    name=" · ".join([area, *codes]),
                    condition=" and ".join(f"${{{name}}} = '{code}'" for name, code in pairs),
                    limit=limit,
                )
            )
    return found


def cell_shares(wave: Wave, area: str, questions: list[str]) -> dict[str, float]:
    """Population shares of an area by cell, from the scheme's margin with these questions.

    Keys are codes joined by "|" in the order of `questions`; empty where the scheme has no such
    margin. A margin with more questions is summed over the others.
    """
    for margin in wave.weighting.margins if wave.weighting else ():
        names = margin["variables"]
        shares = margin["shares"].get(area)
        if shares is None or not set(questions) <= set(names):
            continue
        places = [names.index(question) for question in questions]
        whole = sum(shares.values())
        found: dict[str, float] = {}
        for key, share in shares.items():
            codes = key.split("|")
            cell = "|".join(codes[place] for place in places)
            found[cell] = found.get(cell, 0.0) + share / whole
        return found
    return {}
