"""Sufficiency and progress. Pure functions over points: no database, exact decimal arithmetic.

Sufficient means: a baseline and at least one later observation of the same population and
definition. Progress is direction-aware and shows its inputs; where the evidence does not carry a
verdict the answer is "undetermined" with the reason, never a guess.
"""

from indicators.progress.evidence import (
    Sufficiency,
    group_is_sufficient,
    sufficiency,
    sufficiency_of_group,
)
from indicators.progress.groups import Aggregate, aggregate
from indicators.progress.parts import Mismatch, check_parts
from indicators.progress.points import Point, Promise, plain, years_between
from indicators.progress.printed import Contradiction, check_printed
from indicators.progress.verdicts import Progress, progress, share_of_way, yearly_rate

__all__ = [
    "Aggregate",
    "Contradiction",
    "Mismatch",
    "Point",
    "Progress",
    "Promise",
    "Sufficiency",
    "aggregate",
    "check_parts",
    "check_printed",
    "group_is_sufficient",
    "plain",
    "progress",
    "share_of_way",
    "sufficiency",
    "sufficiency_of_group",
    "yearly_rate",
    "years_between",
]
