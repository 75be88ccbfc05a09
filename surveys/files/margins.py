"""Population margins from a CSV, in sentences where they do not add up.

Lines are `variable,category,population` (or `share`, or `percent`), with the columns in front that
say whose margin it is: `country,variable,category,population`. A crossed margin names its variables
and its categories joined by "|": `sex|age_group,F|15-24,0.11`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from surveys.errors import InputRefused

from .codes import code, listed, number_of
from .tables import opened, rows_of, sentences_for, size_of

NUMBERS = ("population", "share", "percent")
IGNORED = ("source", "vintage", "note")
LARGEST_BYTES = 50_000_000
ROUNDING = 0.005
"""How far shares may be from adding up to 1, by rounding."""

Group = tuple[str, ...]
OfGroup = Mapping[tuple[str, ...], Mapping[str, float]]
"""Variables to category to number, in the order of the file."""


@dataclass(frozen=True)
class MarginTable:
    """Margins by group. `keys` are the columns that name the group; `number` says whether the
    numbers are populations or shares (percents are shares by now)."""

    name: str
    keys: tuple[str, ...]
    number: str
    groups: Mapping[Group, OfGroup]

    @property
    def variables(self) -> tuple[tuple[str, ...], ...]:
        """All margins, crossed ones as several names, in the order of the file."""
        return tuple(dict.fromkeys(names for found in self.groups.values() for names in found))


def read_margins(path: Path, known_keys: Iterable[str]) -> MarginTable:
    """The margins in a file; `known_keys` are the columns that may name a group."""
    size = size_of(path)
    if size > LARGEST_BYTES:
        raise InputRefused(
            f"The file {path.name} has {size:,} bytes; margins have some hundred lines."
        )
    with sentences_for(path), opened(path) as file:
        rows = rows_of(file, path.name)
        head = [cell.strip() for cell in next(rows, [])]
        keys, number = _head(path.name, head, list(known_keys))
        groups: dict[Group, dict[tuple[str, ...], dict[str, float]]] = {}
        for row_number, row in enumerate(rows, 2):
            if not any(row):
                continue
            if len(row) != len(head):
                raise InputRefused(
                    f"The file {path.name} has {len(row)} cells in row {row_number:,} and "
                    f"{len(head)} in its head."
                )
            _line(path.name, row_number, dict(zip(head, row, strict=True)), keys, number, groups)
    if not groups:
        raise InputRefused(f"The file {path.name} has a head and no margin below it.")
    table = MarginTable(path.name, tuple(keys), "population", groups)
    if number == "population":
        return table
    return _as_shares(table, 100.0 if number == "percent" else 1.0)


def _head(name: str, head: list[str], known_keys: list[str]) -> tuple[list[str], str]:
    for wanted in ("variable", "category"):
        if wanted not in head:
            raise InputRefused(
                f"The file {name} has no column {wanted}. Its head reads: "
                f"{','.join([*known_keys, 'variable', 'category', 'population'])}."
            )
    if twice := [one for one in dict.fromkeys(head) if head.count(one) > 1]:
        raise InputRefused(f"The file {name} has the column {twice[0] or '(no name)'} twice.")
    numbers = [one for one in head if one in NUMBERS]
    if len(numbers) != 1:
        raise InputRefused(
            f"The file {name} has {listed(numbers) or 'none'} of the columns {listed(NUMBERS)}; "
            "it needs exactly one."
        )
    keys = [one for one in head if one in known_keys]
    known = {"variable", "category", *NUMBERS, *IGNORED, *keys}
    if strange := [one for one in head if one not in known]:
        raise InputRefused(
            f"The file {name} has the column {strange[0] or '(no name)'}, which is neither a column "
            f"of the plan's weights.by ({listed(known_keys) or 'none'}) nor known otherwise."
        )
    return keys, numbers[0]


def _line(
    name: str,
    row_number: int,
    cells: Mapping[str, str],
    keys: list[str],
    number: str,
    groups: dict[Group, dict[tuple[str, ...], dict[str, float]]],
) -> None:
    where = f"row {row_number:,} of {name}"
    for column in (*keys, "variable", "category"):
        if not cells[column].strip():
            raise InputRefused(f"There is nothing under {column} in {where}.")
    value = number_of(cells[number].strip())
    if value is None or value < 0:
        raise InputRefused(
            f"There is {cells[number][:40]!r} under {number} in {where}, where a number from 0 "
            "upwards belongs."
        )
    group = tuple(code(cells[key]) for key in keys)
    variables = tuple(part.strip() for part in cells["variable"].split("|"))
    category = cells["category"].strip()
    if len(variables) > 1:
        parts = category.split("|")
        if len(parts) != len(variables) or not all(part.strip() for part in parts):
            raise InputRefused(
                f"The category {category!r} in {where} has {len(parts)} parts for "
                f"{len(variables)} variables."
            )
        category = "|".join(code(part) for part in parts)
    else:
        category = code(category)
    margin = groups.setdefault(group, {}).setdefault(variables, {})
    if category in margin:
        raise InputRefused(
            f"The category {category} of {'|'.join(variables)} stands in {where} a second time"
            + (f" for {' '.join(group)}." if group else ".")
        )
    margin[category] = value


def _as_shares(table: MarginTable, whole: float) -> MarginTable:
    """Shares that add up to exactly 1, or a sentence about those that do not nearly."""
    groups: dict[Group, dict[tuple[str, ...], dict[str, float]]] = {}
    for group, margins in table.groups.items():
        for variables, shares in margins.items():
            total = math.fsum(shares.values())
            if abs(total / whole - 1) > ROUNDING:
                raise InputRefused(
                    f"The shares of {'|'.join(variables)} in {table.name}"
                    + (f" for {' '.join(group)}" if group else "")
                    + f" add up to {total:g} instead of {whole:g}."
                )
            groups.setdefault(group, {})[variables] = {
                category: share / total for category, share in shares.items()
            }
    return MarginTable(table.name, table.keys, "share", groups)
