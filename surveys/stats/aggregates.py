"""One figure for a group of areas (ASEAN) from the figures of its members.

- `popshare`: sum N_a m_a / sum N_a with the members' 15+ populations (of the domain, where the
  figure is for a domain): what people in the region think;
- `equal`: the mean of the members' figures: what the average country thinks;
- `pooled` needs the respondents: `estimates.means` over all members in one design.

Members are independent samples: se = sqrt(sum share^2 se^2); degrees of freedom by Satterthwaite
(1946). A member without a figure is never 0: shares are taken over those present and `coverage`
says what part of the population they are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .estimates import Estimated

METHODS = ("popshare", "equal")


@dataclass(frozen=True)
class Part:
    """A member's figure: `estimate`, `se`, `df`; None where the member has none."""

    estimate: float | None
    se: float | None
    df: float
    n: int = 0
    n_effective: float = 0.0


@dataclass(frozen=True)
class Aggregate:
    """An aggregate with the members it rests on.

    `members` are the areas with a figure, `absent` those of the member set without one;
    `coverage` is the members' share of the whole set's population (always by population).
    `df` is Satterthwaite's, `df_sum` the members' sum. `se` is None if a member has none.
    """

    method: str
    estimate: float
    se: float | None
    df: float
    df_sum: float
    n: int
    n_effective: float
    members: tuple[str, ...]
    absent: tuple[str, ...]
    coverage: float


def part(row: Estimated) -> Part:
    """A member's figure from an estimated row."""
    return Part(row.estimate, row.se, row.df, row.n, row.n_effective or 0.0)


def aggregate(
    parts: Mapping[str, Part],
    populations: Mapping[str, float],
    *,
    method: str = "popshare",
    member_set: Sequence[str] | None = None,
) -> Aggregate | None:
    """The aggregate over `member_set` (default: all of `populations`); None if nobody has a figure.

    Raises `ValueError` naming a member without population and a figure from outside the set.
    """
    if method not in METHODS:
        raise ValueError(f"The method {method!r} is not known. Use one of: {', '.join(METHODS)}.")
    wanted = tuple(member_set if member_set is not None else populations)
    if not wanted:
        raise ValueError("The member set is empty.")
    outside = [name for name in parts if name not in wanted]
    if outside:
        raise ValueError(f"{', '.join(outside)} has a figure but is not in the member set.")
    for name in wanted:
        population = populations.get(name)
        if population is None or not (math.isfinite(population) and population >= 0):
            raise ValueError(f"{name} has no population ({population!r}). State one to aggregate.")
    present = [
        name
        for name in wanted
        if name in parts and parts[name].estimate is not None and populations[name] > 0
    ]
    whole = math.fsum(populations[name] for name in wanted)
    if not present or whole <= 0:
        return None
    covered = math.fsum(populations[name] for name in present)
    shares = {
        name: populations[name] / covered if method == "popshare" else 1 / len(present)
        for name in present
    }
    values = {name: float(parts[name].estimate or 0) for name in present}
    # Shares rounded one by one can sum to a hair over 1; a mean never leaves its members' range.
    mean = math.fsum(shares[name] * values[name] for name in present)
    estimate = min(max(mean, min(values.values())), max(values.values()))
    errors = [parts[name].se for name in present]
    se: float | None = None
    df = 0.0
    if all(error is not None for error in errors):
        terms = [(shares[name] * float(parts[name].se or 0)) ** 2 for name in present]
        variance = math.fsum(terms)
        se = math.sqrt(variance)
        below = math.fsum(
            term**2 / parts[name].df
            for term, name in zip(terms, present, strict=True)
            if parts[name].df > 0
        )
        df = variance**2 / below if below > 0 else math.fsum(parts[name].df for name in present)
    effective = math.fsum(
        shares[name] ** 2 / parts[name].n_effective
        for name in present
        if parts[name].n_effective > 0
    )
    return Aggregate(
        method=method,
        estimate=estimate,
        se=se,
        df=df,
        df_sum=math.fsum(parts[name].df for name in present),
        n=sum(parts[name].n for name in present),
        n_effective=1 / effective if effective > 0 else 0.0,
        members=tuple(present),
        absent=tuple(name for name in wanted if name not in present),
        coverage=covered / whole,
    )
