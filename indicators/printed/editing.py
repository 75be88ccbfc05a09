"""Printed facts edited piece by piece: totals, one table, the sums. Everything else stays as it is.

What was not touched keeps the very form it was loaded in, so that an unchanged form is no change
and a workbook exported before comes back with none.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indicators.printed.tables import decimal_of, dicts_of, figure_called, tables_of, text_of

TOTALS = ("indicators", "kpis", "insufficient", "sufficient", "progress", "goals", "objectives",
          "measures")  # fmt: skip
"""The totals that pages show, by the keys they are kept under."""
NUMBERS = ("value", "percent")

Facts = Mapping[str, Any]
Row = tuple[int | None, Mapping[str, Any]]
"""The place a row had among those there were (None for a new one), and what it says now."""


def totals(facts: Facts) -> list[str]:
    """The keys of all totals: those that pages show, then further ones that were loaded."""
    further = [
        key
        for key, fact in facts.items()
        if key not in TOTALS and isinstance(fact, dict) and "value" in fact
    ]
    return [*TOTALS, *further]


def with_total(facts: Facts, key: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with this total; one without a value is not stated any more."""
    if said.get("value") in (None, ""):
        return {name: fact for name, fact in facts.items() if name != key}
    held = facts.get(key)
    return {**facts, key: _told(held if isinstance(held, dict) else {}, said)}


def with_table(
    facts: Facts, place: int | None, said: Mapping[str, Any], figures: Sequence[Row]
) -> dict[str, Any]:
    """The facts with this table at its place, or behind the others (None), and these figures in it."""
    held = dicts_of(facts, "tables")
    before = {} if place is None else held[place]
    table = _told(before, said)
    rows = _rows(dicts_of(before, "figures"), figures)
    if rows != dicts_of(before, "figures"):
        table = {**table, "figures": rows}
    if place is None:
        return {**facts, "tables": [*held, table]}
    if table == before:
        return dict(facts)
    return {**facts, "tables": [*held[:place], table, *held[place + 1 :]]}


def without_table(facts: Facts, place: int) -> dict[str, Any]:
    """The facts without this table."""
    held = dicts_of(facts, "tables")
    return {**facts, "tables": [*held[:place], *held[place + 1 :]]}


def with_sums(facts: Facts, sums: Sequence[Row]) -> dict[str, Any]:
    """The facts with these sums."""
    held = dicts_of(facts, "sums")
    rows = _rows(held, sums)
    return dict(facts) if rows == held else {**facts, "sums": rows}


def broken_sums(before: Facts, after: Facts) -> list[tuple[str, str]]:
    """(sum, figure) of every sum that is checked before and names a figure that is gone after."""
    were, are = tables_of(dict(before)), tables_of(dict(after))
    found = []
    for one in dicts_of(after, "sums"):
        for name in [*terms_of(one), text_of(one, "total")]:
            name = name.removeprefix("-")
            was, now = figure_called(name, were), figure_called(name, are)
            if was is not None and was.number is not None and (now is None or now.number is None):
                found.append((text_of(one, "text"), name))
    return found


def told_apart(before: Facts, after: Facts) -> list[tuple[str, str, str]]:
    """(what, before, after) of every single thing that differs, by the names of figures and keys."""
    were, are = dict(_lines(before)), dict(_lines(after))
    return [
        (name, were.get(name, ""), are.get(name, ""))
        for name in dict.fromkeys([*were, *are])
        if were.get(name, "") != are.get(name, "")
    ]


def terms_of(said: Mapping[str, Any]) -> list[str]:
    """The figures a sum is made of, as they are kept: "1:planned", "-1:withdrawn"."""
    found = said.get("terms")
    return [word for word in found if isinstance(word, str)] if isinstance(found, list) else []


def shown(said: Mapping[str, Any], name: str) -> Any:
    """What a form shows of a value; "" for what is not of the shape it should have."""
    if name == "overlaps":
        return said.get(name) is True
    if name in NUMBERS:
        return "" if decimal_of(said.get(name)) is None else str(said[name])
    if name == "terms":
        return ", ".join(terms_of(said))
    if name == "total" and isinstance(said.get(name), int):
        return str(said[name])
    return text_of(dict(said), name).strip().replace("\r\n", "\n")


def _lines(facts: Facts) -> Iterator[tuple[str, str]]:
    """Everything that is said, each under a name of its own."""
    named = [(key, fact) for key, fact in facts.items() if key not in ("tables", "sums")]
    for table in dicts_of(facts, "tables"):
        number = text_of(table, "number")
        named.append((number, {key: said for key, said in table.items() if key != "figures"}))
        named += [
            (f"{number}:{text_of(figure, 'key')}", figure) for figure in dicts_of(table, "figures")
        ]
    named += [(text_of(one, "text"), one) for one in dicts_of(facts, "sums")]
    for name, said in named:
        for key, value in said.items() if isinstance(said, dict) else [("", said)]:
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            yield " · ".join(filter(None, (name, key))), text


def _rows(held: Sequence[dict[str, Any]], rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [_told({} if place is None else held[place], said) for place, said in rows]


def _told(held: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """The row with what is said of it now: what is the same as it was shown keeps its form."""
    found = dict(held)
    for name, value in said.items():
        typed = ", ".join(value) if isinstance(value, list) else value
        if typed == shown(held, name) or str(typed) == shown(held, name):
            continue
        if value in ("", False):
            found.pop(name, None)
        else:
            found[name] = value
    return found
