"""From a choice to something that can be computed; what does not fit is refused with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from surveys.errors import WorkbenchRefused
from surveys.exports.columns import Alignment
from surveys.models import AnalysisPlanEntry, Wave, WeightingScheme
from surveys.questionnaire import logic
from surveys.questionnaire.definition import Question
from surveys.trends import comparability_between
from surveys.workbench.choosing import (
    CHOICES,
    CORRECTIONS,
    DISTRIBUTION,
    ESTIMATOR_OF,
    MEAN,
    NET,
    SHARE,
    SIDES,
    UNWEIGHTED,
    WAVES_OWN,
    Choice,
    Item,
    Menu,
)

MOST_BREAKDOWNS = 2


@dataclass(frozen=True)
class Breakdown:
    """A question with one answer that divides people; `levels` maps codes to labels, in order."""

    code: str
    label: str
    levels: Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """A choice that fits. `entries` maps the name of every figure to its label and its promise.

    `left_out` are chosen waves that cannot stand beside the newest, with the reasons; `remarks`
    are sentences about what was taken otherwise than the address says.
    """

    choice: Choice
    item: Item
    waves: tuple[Wave, ...]
    entries: Mapping[str, tuple[str, AnalysisPlanEntry]]
    by: tuple[Breakdown, ...]
    condition: Any
    scheme: WeightingScheme | None
    left_out: tuple[tuple[Wave, tuple[str, ...]], ...]
    remarks: tuple[str, ...]

    @property
    def measure(self) -> str:
        """The measure in use."""
        return self.choice.measure

    @property
    def is_share(self) -> bool:
        """Whether figures are shares, shown in percent; others are points of their scale."""
        return self.measure in (DISTRIBUTION, SHARE, CHOICES)

    def scheme_of(self, wave: Wave) -> WeightingScheme | None:
        """The scheme that a wave's answers are weighted by."""
        if self.choice.weights == UNWEIGHTED:
            return None
        return self.scheme or wave.weighting


def breakdowns_of(table: Alignment, *, area_question: str = "area") -> tuple[Breakdown, ...]:
    """The questions that figures can be broken down by: those with one answer among several."""
    found = []
    for code, question in table.questions.items():
        if question.kind != "single" or code in (area_question, "area", "source"):
            continue
        if len(levels := _levels(table, question)) > 1:
            definition = table.definition_of(code)
            label = definition.text(question.label, definition.default_language) or code
            found.append(Breakdown(code, label, levels))
    return tuple(found)


def _levels(table: Alignment, question: Question) -> dict[str, str]:
    definition = table.definition_of(question.code)
    return {
        one.code: definition.text(one.label, definition.default_language) or one.code
        for one in question.choices
        if one.missing is None and not one.code.startswith("-")
    }


def asked(
    menu: Menu,
    choice: Choice,
    *,
    items: tuple[Item, ...],
    breakdowns: tuple[Breakdown, ...],
    table: Alignment,
) -> Asked:
    """The choice made computable. Raises `WorkbenchRefused` with a sentence and its remedy.

    `items`, `breakdowns` and `table` are those of the newest chosen wave.
    """
    waves = menu.waves_of(choice)
    if not waves:
        raise WorkbenchRefused(
            _("The address names no wave of this survey that you may see. Tick a wave.")
        )
    item = next((one for one in items if one.code == choice.item), None)
    if item is None:
        raise WorkbenchRefused(
            _("“%(wave)s” has no question “%(code)s” that figures can be made of. Choose another.")
            % {"wave": waves[-1], "code": choice.item}
        )
    choice, remarks = _fitting(choice, item)
    by = tuple(_breakdown(code, item, breakdowns) for code in choice.by[:MOST_BREAKDOWNS])
    condition = _condition(choice.where, table.types)
    scheme = _scheme(choice.weights, menu)
    compared, left_out = _side_by_side(waves, item, by, condition)
    return Asked(
        choice=choice,
        item=item,
        waves=compared,
        entries=_entries(choice, item, condition),
        by=by,
        condition=condition,
        scheme=scheme,
        left_out=left_out,
        remarks=remarks,
    )


def _fitting(choice: Choice, item: Item) -> tuple[Choice, tuple[str, ...]]:
    """The choice with answers and a measure that the item has, and what was changed for that."""
    remarks = []
    codes = {one.code for one in item.answers}
    measure = choice.measure if choice.measure in item.measures else item.measures[0]
    counts = tuple(code for code in choice.counts if code in codes)
    against = tuple(code for code in choice.against if code in codes) if measure == NET else ()
    outside = tuple(code for code in choice.outside if code in codes and code not in counts)
    if choice.top.isdecimal() and measure in (SHARE, NET) and len(choice.top) < 3:
        counts = item.highest(int(choice.top)) or counts
    if set(counts) & set(against):
        raise WorkbenchRefused(
            _("“%(code)s” cannot count and count against. Tick it once.")
            % {"code": sorted(set(counts) & set(against))[0]}
        )
    if measure == NET and not (counts and against):
        remarks.append(
            _(
                "A net score needs answers that count and answers that count against; until both are "
                "ticked, the share of every answer is shown."
            )
        )
        measure = DISTRIBUTION
    if measure == SHARE and not counts:
        remarks.append(_("No answer is ticked, so the share of every answer is shown."))
        measure = DISTRIBUTION
    if not codes - set(outside) and item.answers:
        raise WorkbenchRefused(_("Every answer is outside the base; nobody is left to count."))
    choice = replace(
        choice,
        measure=measure,
        counts=counts if measure in (SHARE, NET) else (),
        against=against if measure == NET else (),
        outside=outside,
        top="",
        sides=choice.sides if choice.sides in SIDES else "",
        correction=choice.correction if choice.correction in CORRECTIONS else CORRECTIONS[0],
    )
    return choice, tuple(remarks)


def _breakdown(code: str, item: Item, breakdowns: tuple[Breakdown, ...]) -> Breakdown:
    if code == item.question:
        raise WorkbenchRefused(
            _("“%(code)s” cannot be broken down by itself. Choose another question.")
            % {"code": code}
        )
    found = next((one for one in breakdowns if one.code == code), None)
    if found is None:
        raise WorkbenchRefused(
            _("“%(code)s” is not a question with one answer; figures cannot be broken down by it.")
            % {"code": code}
        )
    return found


def _condition(text: str, types: Mapping[str, str]) -> Any:
    if not text:
        return None
    try:
        tree = logic.settle(logic.parse_text(text), types)
        logic.check_condition(tree, types)
    except logic.LogicError as error:
        raise WorkbenchRefused(
            _("The condition “%(text)s” cannot be used: %(why)s") % {"text": text, "why": error}
        ) from None
    return tree


def _scheme(weights: str, menu: Menu) -> WeightingScheme | None:
    if weights in (WAVES_OWN, UNWEIGHTED):
        return None
    found = next((one for one in menu.schemes if str(one.pk) == weights), None)
    if found is None:
        raise WorkbenchRefused(
            _("This survey has no weighting scheme “%(key)s”. Choose one of the list.")
            % {"key": weights}
        )
    return found


def _entries(
    choice: Choice, item: Item, condition: Any
) -> dict[str, tuple[str, AnalysisPlanEntry]]:
    """The promises behind the figures, as the plan would hold them; none is saved."""

    def entry(question: str, row: str, estimator: str, counts: tuple[str, ...]) -> Any:
        return AnalysisPlanEntry(
            question=question,
            row=row,
            estimator=estimator,
            counts=list(counts),
            counts_against=list(choice.against),
            outside_base=list(choice.outside),
            filter=logic.write(condition) if condition is not None else None,
        )

    if choice.measure == CHOICES:
        return {
            one.code: (one.label, entry(column, "", "proportion", ("1",)))
            for one, column in zip(item.answers, item.columns, strict=True)
            if one.code not in choice.outside
        }
    if choice.measure == DISTRIBUTION:
        return {
            one.code: (one.label, entry(item.question, item.row, "proportion", (one.code,)))
            for one in item.answers
            if one.code not in choice.outside
        }
    labels = {one.code: one.label for one in item.answers}
    if choice.measure == MEAN:
        name = _("mean")
    elif choice.measure == NET:
        name = _("net score")
    else:
        name = ", ".join(labels[code] for code in choice.counts)
    return {
        choice.measure: (
            name,
            entry(item.question, item.row, ESTIMATOR_OF[choice.measure], choice.counts),
        )
    }


def _side_by_side(
    waves: tuple[Wave, ...], item: Item, by: tuple[Breakdown, ...], condition: Any
) -> tuple[tuple[Wave, ...], tuple[tuple[Wave, tuple[str, ...]], ...]]:
    """The waves whose figures may stand beside the newest's, and the others with the reasons."""
    newest = waves[-1]
    needed = [item.code, *(one.code for one in by)]
    if condition is not None:
        needed += [code.partition("/")[0] for code in logic.references(condition)]
    compared, left_out = [], []
    for wave in waves[:-1]:
        verdicts = {one.item: one for one in comparability_between(wave, newest)}
        reasons: list[str] = []
        for code in dict.fromkeys(needed):
            verdict = verdicts.get(code)
            if verdict is None:
                # A grid that a condition names as a whole: its rows answer for it.
                rows = [one for key, one in verdicts.items() if key.startswith(f"{code}/")]
                verdict = next((one for one in rows if not one.is_comparable), None)
                if verdict is None:
                    continue
            if verdict.status == "new":
                reasons.append(_("“%(code)s” was not asked.") % {"code": code})
            elif not verdict.is_comparable:
                why = " ".join(verdict.reasons)
                reasons.append(_("“%(code)s” has changed. %(why)s") % {"code": code, "why": why})
        if reasons:
            left_out.append((wave, tuple(reasons)))
        else:
            compared.append(wave)
    return (*compared, newest), tuple(left_out)
