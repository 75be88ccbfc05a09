"""Hidden cells of tables that share totals: none may follow from all that is shown together.

A breakdown by sex, one by age and one by both, of many areas and of all areas together, are one
system of sums. A hidden cell is known to whoever solves it, although in each table alone two are
hidden: it follows if it is the same in all solutions, that is if the null space of the system is 0
there (Cox 1995; Willenborg & de Waal, *Elements of Statistical Disclosure Control*, ch. 6).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from .layouts import Figure, Key
from .variance import Floats

Cell = Hashable
Line = Sequence[Cell]
"""Cells of which the last is the sum of the others; one that is in no table is not shown at all."""

_ZERO = 1e-9


def hidden_in(
    shown: Sequence[Figure], breakdowns: Sequence[Sequence[tuple[str, Sequence[str]]]]
) -> set[tuple[tuple[str, ...], Key]]:
    """The cells (groups, key) of all tables of one item that are hidden or have to be.

    `breakdowns` are dimensions with their levels. Totals of an area stay shown.
    """
    hidden = {(one.groups, one.breakdown) for one in shown if one.status == "Q"}
    if not hidden:
        return set()
    n = {(one.groups, one.breakdown): one.n for one in shown}
    lines: list[Line] = []
    for groups in dict.fromkeys(one.groups for one in shown if not one.members):
        lines += lines_of_breakdowns(groups, breakdowns)
    for one in shown:
        if one.members:
            members = [((*one.groups[:-1], member), one.breakdown) for member in one.members]
            lines.append([*members, (one.groups, one.breakdown)])
    totals = {cell for cell in n if not cell[1]}
    return protected(n, hidden, lines, never=totals - hidden)


def protected(
    n: Mapping[Cell, int],
    hidden: Collection[Cell],
    lines: Sequence[Line],
    *,
    never: Collection[Cell] = (),
) -> set[Cell]:
    """The cells to hide, the given ones included, so that none of them follows from the others.

    `n` has the answers of every cell of the tables; cells of nobody are known to be empty. For each
    hidden cell that follows, a way is looked for in which its value and those of others could be
    different and all sums the same; the shown cells on that way, which together have the fewest
    answers, are hidden (the linear programme of Fischetti & Salazar 2001). Cells in `never` (totals)
    stay shown; a cell without any way is left as it is.
    """
    given = {cell for cell in hidden if n.get(cell)}
    lines = [[cell for cell in line if n.get(cell, 1)] for line in lines]
    found = set(given)
    ways: _Ways | None = None
    # Whatever is on a way may be different, so it is looked at no more.
    done: set[Cell] = set()
    while known := [cell for cell in following(n, found, lines) if cell not in done]:
        ways = ways or _Ways(n, lines, never)
        for cell in sorted(known, key=lambda one: (n[one], str(one))):
            if cell not in done:
                way = ways.of(cell, hidden=found)
                found |= {one for one in way if one in n}
                done |= {cell, *way}
    return {*hidden, *(found - _needless(n, found, found - given, lines))}


def following(n: Mapping[Cell, int], hidden: Collection[Cell], lines: Sequence[Line]) -> list[Cell]:
    """The hidden cells whose value follows from the shown ones, in the order of the lines."""
    place, free = _null_space(n, hidden, lines)
    return [cell for cell, at in place.items() if cell in hidden and free[at, at] <= _ZERO]


def _null_space(
    n: Mapping[Cell, int], hidden: Collection[Cell], lines: Sequence[Line]
) -> tuple[dict[Cell, int], Floats]:
    """The places of the unknown cells, and the projection on what the sums leave open of them: 0 on
    the diagonal where a value is the same in all solutions."""
    cells, system = _sums(lines, lambda cell: cell in hidden or cell not in n)
    system = system[np.abs(system).sum(axis=1) > 0]
    inverse = np.linalg.pinv(system @ system.T, rcond=_ZERO, hermitian=True)
    free = np.eye(len(cells)) - system.T @ inverse @ system
    return {cell: place for place, cell in enumerate(cells)}, free


def _sums(lines: Sequence[Line], has: Callable[[Cell], bool]) -> tuple[list[Cell], Floats]:
    """The cells for which `has` is true, and the lines as equations of them."""
    place: dict[Cell, int] = {}
    entries = [
        (row, place.setdefault(cell, len(place)), -1.0 if number == len(line) else 1.0)
        for row, line in enumerate(lines)
        for number, cell in enumerate(line, 1)
        if has(cell)
    ]
    system = np.zeros((len(lines), len(place)))
    for row, column, sign in entries:
        system[row, column] = sign
    return list(place), system


class _Ways:
    """Ways in which cells may be different and all sums the same, over cells that may be hidden."""

    def __init__(
        self, n: Mapping[Cell, int], lines: Sequence[Line], never: Collection[Cell]
    ) -> None:
        # Here, because only those few tables that need it should wait for their import.
        from scipy.sparse import csr_array

        self.cells, sums = _sums(lines, lambda cell: cell not in never)
        self.place = {cell: at for at, cell in enumerate(self.cells)}
        # A difference up or down is the difference of two numbers that are not negative.
        self.sums = csr_array(np.hstack([sums, -sums]))
        self.costs = np.array([float(n.get(cell, 0)) for cell in self.cells])

    def of(self, cell: Cell, *, hidden: Collection[Cell]) -> set[Cell]:
        """The cells on the way of one with the fewest answers that are not hidden yet; none where
        there is no way."""
        from scipy.optimize import linprog

        for one in hidden:
            if one in self.place:
                self.costs[self.place[one]] = 0.0
        bounds = np.tile([0.0, np.inf], (2 * len(self.cells), 1))
        up = self.place[cell]
        bounds[up], bounds[up + len(self.cells)] = (1.0, 1.0), (0.0, 0.0)
        solved = linprog(
            np.tile(self.costs, 2),
            A_eq=self.sums,
            b_eq=np.zeros(self.sums.shape[0]),
            bounds=bounds,
            method="highs-ds",
        )
        if solved.x is None:
            return set()
        moved = np.abs(solved.x[: len(self.cells)] - solved.x[len(self.cells) :]) > 1e-7
        return {one for one, moves in zip(self.cells, moved, strict=True) if moves}


def _needless(
    n: Mapping[Cell, int], hidden: Collection[Cell], more: Collection[Cell], lines: Sequence[Line]
) -> set[Cell]:
    """Those of `more` that later ways have made needless, the ones with most answers first.

    To show a cell again takes its direction out of the null space, of whose projection it is a row
    and a column.
    """
    if not more:
        return set()
    place, free = _null_space(n, hidden, lines)
    watched: NDArray[np.intp] = np.array([at for cell, at in place.items() if cell in hidden])
    watched = watched[free[watched, watched] > _ZERO]
    gone: set[Cell] = set()
    for cell in sorted(more, key=lambda one: (-n[one], str(one))):
        at = place[cell]
        if free[at, at] <= _ZERO:
            continue
        less = free - np.outer(free[at], free[at]) / free[at, at]
        others = watched[watched != at]
        if (less[others, others] > 1e-6).all():
            free, watched = less, others
            gone.add(cell)
    return gone


def lines_of_breakdowns(
    place: Hashable, breakdowns: Sequence[Sequence[tuple[str, Sequence[str]]]]
) -> Iterator[Line]:
    """The sums within one area: of every breakdown (dimensions with their levels), the cells that
    make a cell of fewer of its dimensions, down to everybody. Cells are (area, key)."""
    for breakdown in breakdowns:
        keys: list[Key] = [()]
        for dimension, levels in breakdown:
            keys = [(*key, (dimension, level)) for key in keys for level in levels]
        for size in range(len(breakdown)):
            for some in combinations([dimension for dimension, _levels in breakdown], size):
                sums: dict[Key, list[Cell]] = {}
                for key in keys:
                    whole = tuple(sorted(pair for pair in key if pair[0] in some))
                    sums.setdefault(whole, []).append((place, tuple(sorted(key))))
                for whole, cells in sums.items():
                    yield [*cells, (place, whole)]
