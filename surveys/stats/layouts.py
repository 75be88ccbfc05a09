"""What figures are wanted and what one is: the words in which `figures` is asked and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from numpy.typing import ArrayLike

from . import disclosure
from .measures import Measure

SHARE, MEAN, TOTAL = "share", "mean", "total"
KINDS = (SHARE, MEAN, TOTAL)
Key = tuple[tuple[str, str], ...]
"""A cell of a breakdown: (dimension, level) pairs in the order of the dimensions' names."""

ALL_THE_SAME = "Everybody answered the same; the interval rests on the effective sample size."
NO_ERROR = "The design leaves no degrees of freedom, so there is no error and no interval."
HIDDEN = "Hidden so that no other cell follows from the total."


@dataclass(frozen=True)
class Item:
    """One thing to estimate. `interval` names the method for a share; others take t."""

    name: str
    measure: Measure = field(repr=False)
    kind: str = SHARE
    interval: str = "logit"

    @property
    def interval_method(self) -> str:
        """The interval in a word: that of a share, or t."""
        return self.interval if self.kind == SHARE else "t"


@dataclass(frozen=True)
class Axis:
    """A column that divides people: its dimension, one value per respondent, levels in order."""

    dimension: str
    column: ArrayLike = field(repr=False)
    levels: tuple[str, ...]


@dataclass(frozen=True)
class Whole:
    """The figure for all levels of the last group axis, such as ASEAN from its member states.

    `people` are populations by level; its keys are the member set. `cells` are populations of a
    breakdown's cell by level; where a cell is not there, its population is the level's population
    times the weighted share of the cell among the answers.
    """

    label: str
    people: Mapping[str, float]
    method: str = "popshare"
    cells: Mapping[tuple[str, Key], float] = field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    """What figures there are: of every group (a level of each axis in `groups`), alone and by each
    breakdown, and for the whole."""

    groups: tuple[Axis, ...]
    breakdowns: tuple[tuple[Axis, ...], ...] = ()
    whole: Whole | None = None
    confidence: float = 0.95
    thresholds: disclosure.Thresholds = disclosure.DEFAULT


@dataclass(frozen=True)
class Figure:
    """One estimate; `None` where no number exists or may be shown.

    `population` is the sum of the weights of its valid answers, `deff` the design effect,
    `n_effective` Kish's. `members`, `absent` and `coverage` are those of an aggregate.
    """

    item: str
    kind: str
    groups: tuple[str, ...]
    breakdown: Key
    n: int
    status: str
    reasons: tuple[str, ...]
    interval_method: str
    value: float | None = None
    se: float | None = None
    df: float | None = None
    low: float | None = None
    high: float | None = None
    population: float | None = None
    n_effective: float | None = None
    deff: float | None = None
    members: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    coverage: float | None = None

    def hidden(self, reason: str) -> Figure:
        """The same row without its numbers."""
        nothing = dict.fromkeys(
            ("value", "se", "df", "low", "high", "population", "n_effective", "deff")
        )
        return replace(self, status="Q", reasons=(*self.reasons, reason), **nothing)
