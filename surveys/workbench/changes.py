"""Whether figures differ: between waves, between groups of one wave, between areas; and whether an
item has to do with a breakdown at all.

Where every respondent is a sampling unit of the stratum of an area, scores of a group sum to nothing
in its stratum, so disjoint groups have no covariance, and the error of a difference is that of two
independent figures (`comparisons.between_estimates`). Where people were drawn in strata or units of
an imported file, groups of an area share them, and `comparisons.between_groups` counts that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from surveys.estimating import ASEAN, measure, sample
from surveys.frames import STRATUM, UNIT
from surveys.stats import comparisons, disclosure
from surveys.stats import figures as planned
from surveys.stats.comparisons import Difference
from surveys.stats.tables import CrossTable, cross_table
from surveys.workbench.choosing import CHOICES, DISTRIBUTION, SHARE
from surveys.workbench.computing import STANDING, Computed, Series

MOST_TESTS = 400
WAVES, GROUPS, AREAS = "waves", "groups", "areas"


@dataclass(frozen=True)
class Comparison:
    """One test. `first` and `second` are (series, area, cell); the difference is second - first.

    `p` is adjusted for all comparisons made together; None where the error is 0 and there is no
    test.
    """

    name: str
    first: tuple[Series, str, planned.Key]
    second: tuple[Series, str, planned.Key]
    difference: Difference
    p: float | None

    @property
    def is_significant(self) -> bool:
        """Whether the adjusted test rejects "no difference" at the 5 % level."""
        return self.p is not None and self.p < 0.05


@dataclass(frozen=True)
class Comparisons:
    """Tests of one kind, made together; `too_many` says how many there would have been instead, and
    `shares_units` that there are none because groups of several areas were drawn together.

    `association` is the Rao-Scott test of the two-way table of answers and `against` (the cells,
    or the areas) in `place`, the focus.
    """

    kind: str
    tests: tuple[Comparison, ...] = ()
    too_many: int = 0
    shares_units: bool = False
    association: CrossTable | None = None
    against: str = ""
    place: str = ""


def compared(found: Computed) -> Comparisons:
    """The comparisons that a view calls for: waves if there are several, else groups, else areas.

    Columns that rest on the same responses (with and without exclusions) are not tested.
    """
    standing = [one for one in found.series if one.variant == STANDING]
    if len(standing) > 1:
        made = _tested(found, WAVES, list(_between_waves(found, standing)))
        return replace(made, place=found.focus)
    if not standing or not len(standing[0].answers):
        return Comparisons(WAVES)
    one = standing[0]
    if found.asked.by:
        kind, against = GROUPS, "groups"
        if _is_drawn(one) and found.focus == ASEAN:
            return Comparisons(GROUPS, shares_units=True, place=found.focus)
        pairs = list(_between_groups(found, one))
    else:
        kind, against = AREAS, "areas"
        pairs = list(_between_areas(found, one))
    return replace(
        _tested(found, kind, pairs),
        association=_association(found, one, against),
        against=against,
        place=found.focus,
    )


_Pair = tuple[str, tuple[Series, str, planned.Key], tuple[Series, str, planned.Key]]


def _between_waves(found: Computed, standing: list[Series]) -> Iterator[_Pair]:
    for earlier, later in zip(standing, standing[1:], strict=False):
        for area in found.areas:
            for cell in found.cells:
                for name in found.asked.entries:
                    yield name, (earlier, area, cell), (later, area, cell)


def _between_groups(found: Computed, one: Series) -> Iterator[_Pair]:
    cells = [cell for cell in found.cells if cell]
    for name in found.asked.entries:
        for first, second in combinations(cells, 2):
            yield name, (one, found.focus, first), (one, found.focus, second)


def _between_areas(found: Computed, one: Series) -> Iterator[_Pair]:
    areas = [area for area in found.areas if area != ASEAN]
    for name in found.asked.entries:
        for first, second in combinations(areas, 2):
            yield name, (one, first, ()), (one, second, ())


def _tested(found: Computed, kind: str, pairs: list[_Pair]) -> Comparisons:
    made = []
    for name, first, second in pairs:
        difference = _difference(name, first, second)
        if difference is not None and kind == GROUPS and _is_drawn(first[0]):
            difference = _in_one_design(found, name, first, second)
        if difference is not None:
            made.append((name, first, second, difference))
    if len(made) > MOST_TESTS:
        return Comparisons(kind, too_many=len(made))
    adjust = {"holm": comparisons.holm, "bh": comparisons.benjamini_hochberg}[
        found.asked.choice.correction
    ]
    adjusted = iter(adjust([one[3].p for one in made if one[3].p is not None]))
    return Comparisons(
        kind,
        tuple(
            Comparison(
                name, first, second, difference,
                float(next(adjusted)) if difference.p is not None else None,
            )
            for name, first, second, difference in made
        ),
    )  # fmt: skip


def _difference(
    name: str, first: tuple[Series, str, planned.Key], second: tuple[Series, str, planned.Key]
) -> Difference | None:
    """None where one of the two is hidden or has no error to work with."""
    one, other = (series.figures.get((name, area, cell)) for series, area, cell in (first, second))
    if one is None or other is None:
        return None
    if one.value is None or other.value is None or one.se is None or other.se is None:
        return None
    if not one.df or not other.df:
        return None
    return comparisons.between_estimates(one.value, one.se, one.df, other.value, other.se, other.df)


def _is_drawn(one: Series) -> bool:
    """Whether people of several groups were drawn together."""
    return STRATUM in one.answers or UNIT in one.answers


def _in_one_design(
    found: Computed,
    name: str,
    first: tuple[Series, str, planned.Key],
    second: tuple[Series, str, planned.Key],
) -> Difference:
    """Second minus first of two groups of an area, with the covariance of those drawn together."""
    (one, area, _cell), _other = first, second
    frame = one.answers
    whole, _axis = sample(frame, one.weighted.weights, found.areas)
    _label, entry = found.asked.entries[name]

    def members(cell: planned.Key) -> np.ndarray:
        inside = (frame["area"] == area).to_numpy()
        for code, level in cell:
            inside = inside & (frame[code] == level).to_numpy()
        return inside

    return comparisons.between_groups(
        whole, measure(frame, entry), members(second[2]), members(first[2])
    )


def _association(found: Computed, one: Series, against: str) -> CrossTable | None:
    """The Rao-Scott test in the focus, for measures that are a table of answers."""
    asked = found.asked
    if asked.measure not in (DISTRIBUTION, SHARE) or asked.measure == CHOICES:
        return None
    frame, weights = one.answers, one.weighted.weights
    area = frame["area"].astype(str).to_numpy()
    if against == "groups" and found.focus != ASEAN:
        rows = np.flatnonzero(area == found.focus)
    else:
        members = one.populations.members or tuple(found.areas)
        rows = np.flatnonzero(np.isin(area, members))
    if not len(rows):
        return None
    frame, area, weights = frame.iloc[rows].reset_index(drop=True), area[rows], weights[rows]
    if against == "groups" and found.focus == ASEAN:
        weights = weights * _population_weights(area, weights, one)
    answers = _answers(frame, found)
    if against == "groups":
        parts = [frame[by.code].astype(object) for by in asked.by]
        levels = [set(by.levels) for by in asked.by]
        known = np.all(
            [part.isin(list(level)) for part, level in zip(parts, levels, strict=True)], axis=0
        )
        joined = parts[0].astype(str)
        for part in parts[1:]:
            joined = joined + "|" + part.astype(str)
        columns = np.where(known, joined, None)
    else:
        columns = area.astype(object)
    member = pd.notna(answers) & pd.notna(columns)
    if member.sum() < disclosure.DEFAULT.suppress_below:
        return None
    design, _axis = sample(frame, weights, tuple(dict.fromkeys(area)))
    return cross_table(design, answers, columns)


def _population_weights(area: np.ndarray, weights: np.ndarray, one: Series) -> np.ndarray:
    """Per respondent the factor that makes the areas count by their populations."""
    codes, names = pd.factorize(area)
    sums = np.bincount(codes, weights)
    people = np.array([one.populations.people.get(name, 0.0) for name in names])
    factors = people / sums
    return (factors / factors.mean())[codes]


def _answers(frame: pd.DataFrame, found: Computed) -> np.ndarray:
    """The rows of the table: the answer, or whether it counts; None outside the base."""
    asked = found.asked
    values = frame[asked.item.code].array
    outside = {"-7", *asked.choice.outside}
    counted = set(asked.choice.counts)

    def row(code: str) -> str | None:
        if code in outside:
            return None
        return code if asked.measure == DISTRIBUTION else str(code in counted)

    table = np.array([*(row(code) for code in values.categories), None], dtype=object)
    said = table[values.codes]
    if asked.condition is not None:
        said = np.where(frame["filter:"].to_numpy() == 1.0, said, None)
    return said
