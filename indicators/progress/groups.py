"""A group's value from its members' values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

METHODS = ("mean", "weighted_mean", "sum", "count")


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A value of a group, with the method and who is in it."""

    value: Decimal | None
    method: str
    members: tuple[str, ...]
    missing: tuple[str, ...]
    status: str


def aggregate(
    values: Mapping[str, Decimal],
    *,
    members: Sequence[str],
    method: str,
    weights: Mapping[str, Decimal] | None = None,
    minimum_members: int | None = None,
) -> Aggregate:
    """A group's value from its members' values, naming who is in and who is missing.

    `method` is mean, weighted_mean, sum or count. With members missing the status is E; below
    `minimum_members` there is no value and the status is L (not collected).
    """
    if method not in METHODS:
        raise ValueError(f"The aggregation {method!r} is not one of {', '.join(METHODS)}.")
    inside = tuple(code for code in members if code in values)
    missing = tuple(code for code in members if code not in values)
    if not inside or len(inside) < (minimum_members or 1):
        return Aggregate(None, method, inside, missing, "L")
    status = "E" if missing else "A"
    total = sum((values[code] for code in inside), Decimal(0))
    if method == "sum":
        value = total
    elif method == "count":
        value = Decimal(sum(1 for code in inside if values[code]))
    elif method == "mean":
        value = total / len(inside)
    else:
        unweighted = [code for code in inside if not weights or not weights.get(code)]
        if unweighted:
            raise ValueError(
                f"The weighted mean has no positive weight for {', '.join(unweighted)}. "
                "Give a population for every member that has a value."
            )
        whole = sum((weights[code] for code in inside), Decimal(0))
        value = sum((values[code] * weights[code] for code in inside), Decimal(0)) / whole
    return Aggregate(value, method, inside, missing, status)
