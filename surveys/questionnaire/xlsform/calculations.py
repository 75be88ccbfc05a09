"""Calculated values: their expressions are read before all conditions, which need their types."""

from __future__ import annotations

from ..definition import STATIC_TYPES
from ..expressions import LogicError, Unparsed, Value
from ..logic import check
from .conditions import REFERENCE, Conditions
from .outline import Item
from .report import Level

_TYPES = {"integer": "number", "decimal": "number", "percentage": "number", "range": "number"}
_CANNOT = ("required", "constraint", "default")
_UNIQUE = ("uuid(", "random(")


def static_types(root: Item) -> dict[str, str]:
    """The static type of every answer conditions may refer to, calculated values left open."""
    types: dict[str, str] = {}
    for item in root.walk():
        if item.matrix is not None and item.code:
            types[f"{item.matrix.code}/{item.code}"] = "single"
        elif item.code and (kind := _TYPES.get(item.kind) or STATIC_TYPES.get(item.kind)):
            types[item.code] = kind
    return types


def read_calculations(root: Item, conditions: Conditions) -> None:
    """Read every calculation and enter its type, those first that others build on."""
    waiting = [item for item in root.walk() if item.kind == "calculate" and item.code]
    open_codes = {item.code for item in waiting}
    while waiting:
        ready = [item for item in waiting if not _needs(item, conditions) & open_codes]
        # Calculations that need each other are read all the same; publishing names the cycle.
        for item in ready or waiting:
            _read(item, conditions)
            open_codes.discard(item.code)
        waiting = [item for item in waiting if item.code in open_codes]


def _needs(item: Item, conditions: Conditions) -> set[str]:
    found = set()
    for name in REFERENCE.findall(item.line.get("calculation")):
        try:
            found.add(conditions.names.resolve(name, item))
        except LogicError:
            continue
    return found - {item.code}


def _read(item: Item, conditions: Conditions) -> None:
    line, report = item.line, conditions.report
    if item.type.kind == "hidden":
        item.calculation = Value(line.get("default"), "text")
        conditions.types[item.code] = "text"
        return
    text = line.get("calculation")
    if any(name in text for name in _UNIQUE) and not conditions.own_format:
        why = "It makes a random value, which is not supported: responses have codes of their own"
        item.calculation = conditions.unparsed(text, why, item, "calculation")
    else:
        item.calculation = conditions.calculation(item, "calculation")
    if conditions.own_format and "calculation" in line.get("suara.blank").split():
        item.calculation = None
    conditions.types[item.code] = "text"
    if item.calculation is not None and not isinstance(item.calculation, Unparsed):
        try:
            conditions.types[item.code] = check(item.calculation, conditions.types)
        except LogicError:
            # Said by `calculation` already; publishing refuses until it is mended.
            conditions.types[item.code] = "text"
    for name in _CANNOT:
        if line.get(name) and not conditions.own_format:
            report.add(
                Level.LEFT_OUT,
                f"A calculated value has no {name}. It was left out.",
                **line.place(name),
            )
