"""Tries to join people to their answers with everything the database holds.

It knows nothing of how anonymity is kept: it walks every table and every column, the hidden ones
too, follows foreign keys, and looks for equal values and for equal order. It is given the truth
(who gave which response) to judge what it finds, which a curious administrator does not have.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

# A value shared by as many people, and as many responses, tells nobody apart.
CROWD = 5
# Beyond four standard deviations of chance for forty pairs.
ORDERED = 0.7
PERSON, RESPONSE = "engagement_person", "surveys_response"
Row = dict[str, Any]


@dataclass(frozen=True)
class Finding:
    """One way from people to responses: where on both sides, and why it is one."""

    people: str
    responses: str
    why: str


def tables() -> dict[str, list[Row]]:
    """Every row of every table, with the columns that the database keeps for itself."""
    found = {}
    hidden = {"postgresql": "xmin::text AS xmin, ctid::text AS ctid", "sqlite": "rowid AS rowid_"}
    with connection.cursor() as cursor:
        without_rowid = _without_rowid(cursor)
        for name in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(name)
            more = "" if name in without_rowid else f", {hidden[connection.vendor]}"
            cursor.execute(f"SELECT *{more} FROM {quoted}")  # noqa: S608
            columns = [column[0] for column in cursor.description]
            found[name] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return found


def _without_rowid(cursor: Any) -> set[str]:
    """SQLite's tables that number no rows: those of its full-text search."""
    if connection.vendor != "sqlite":
        return set()
    cursor.execute("SELECT name FROM pragma_table_list WHERE wr = 1")
    return {name for (name,) in cursor.fetchall()}


def _relations() -> dict[str, dict[str, tuple[str, str]]]:
    """For each table: column -> (column, table) that it refers to."""
    with connection.cursor() as cursor:
        return {
            name: {
                column: (relation[0], relation[1])
                for column, relation in connection.introspection.get_relations(cursor, name).items()
            }
            for name in connection.introspection.table_names(cursor)
        }


def _reached(
    everything: dict[str, list[Row]], target: str, key: str, wanted: set[Any]
) -> dict[str, list[tuple[Any, Row]]]:
    """For each table, its rows that lead to one of `wanted` by foreign keys, with that one.

    Rows without a foreign key join by a value that belongs to one of them alone: a token, an
    address, a hash.
    """
    relations = _relations()
    reached: dict[str, list[tuple[Any, Row]]] = {
        target: [(row[key], row) for row in everything[target] if row[key] in wanted]
    }
    grew = True
    while grew:
        grew = False
        for name, rows in everything.items():
            if name in reached:
                continue
            pairs = []
            for column, (other_column, other) in relations[name].items():
                if other not in reached or not reached[other]:
                    continue
                owners = {row[other_column]: owner for owner, row in reached[other]}
                pairs += [(owners[row[column]], row) for row in rows if row[column] in owners]
            if pairs:
                reached[name], grew = pairs, True
    handles = {}
    for pairs in reached.values():
        for owner, row in pairs:
            for value in _texts(row):
                handles.setdefault(value, set()).add(owner)
    own = {value: owners.copy().pop() for value, owners in handles.items() if len(owners) == 1}
    for name, rows in everything.items():
        if name not in reached:
            pairs = [(own[value], row) for row in rows for value in _texts(row) if value in own]
            if pairs:
                reached[name] = pairs
    return reached


def _texts(row: Row) -> Iterator[str]:
    """The values of a row that could belong to one person alone, also those inside JSON."""
    for column, value in row.items():
        if column in ("xmin", "ctid", "rowid_"):
            continue
        yield from _inside(value)


def _inside(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value[:1] in "[{":
        try:
            value = json.loads(value)
        except ValueError:
            pass
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _inside(name)
            yield from _inside(each)
    elif isinstance(value, list):
        for each in value:
            yield from _inside(each)
    elif value is not None and not isinstance(value, bool | float):
        text = str(value)
        if len(text) >= 8:
            yield text


def hunt(truth: Mapping[Any, Any]) -> list[Finding]:
    """Look for every way from a person to the response; `truth` maps person id to response id.

    Ids are as the database's cursor gives them.
    """
    everything = tables()
    people = _reached(everything, PERSON, "id", set(truth))
    responses = _reached(everything, RESPONSE, "id", set(truth.values()))
    return [*_common_rows(people, responses), *_equal_values(people, responses),
            *_equal_order(people, responses, truth)]  # fmt: skip


def _common_rows(people, responses) -> list[Finding]:
    found = []
    for name in people.keys() & responses.keys():
        on_both = {id(row) for _owner, row in people[name]} & {
            id(row) for _owner, row in responses[name]
        }
        if on_both:
            found.append(Finding(name, name, f"{len(on_both)} rows lead to both"))
    return found


def _equal_values(people, responses) -> list[Finding]:
    """Values on both sides, few enough on either to tell somebody apart."""

    def index(side):
        owners, places = defaultdict(set), defaultdict(set)
        for name, pairs in side.items():
            for owner, row in pairs:
                for value in _texts(row):
                    owners[value].add(owner)
                    places[value].add(name)
                if "xmin" in row:
                    owners[f"xmin {row['xmin']}"].add(owner)
                    places[f"xmin {row['xmin']}"].add(name)
        return owners, places

    (who, where), (what, there) = index(people), index(responses)
    return [
        Finding(", ".join(sorted(where[value])), ", ".join(sorted(there[value])),
                f"{value!r}: {len(who[value])} people, {len(what[value])} responses")
        for value in who.keys() & what.keys()
        if min(len(who[value]), len(what[value])) < CROWD
    ]  # fmt: skip


def _equal_order(people, responses, truth) -> list[Finding]:
    """Columns whose order among the people is the order of some column among the responses."""
    left, right = _orders(people), _orders(responses)
    found = []
    for (table, column), ranks in left.items():
        for (other, other_column), other_ranks in right.items():
            pairs = [
                (ranks[person], other_ranks[response])
                for person, response in truth.items()
                if person in ranks and response in other_ranks
            ]
            strength = abs(_correlation(pairs))
            if strength > ORDERED:
                found.append(Finding(f"{table}.{column}", f"{other}.{other_column}",
                                     f"order agrees at {strength:.2f}"))  # fmt: skip
    return found


def _orders(side) -> dict[tuple[str, str], dict[Any, int]]:
    """Each column that can be sorted and tells most owners apart, as owner -> rank."""
    found = {}
    for name, pairs in side.items():
        owners = {}
        for owner, row in pairs:
            owners.setdefault(owner, row)
        if len(owners) < 12 or not pairs:
            continue
        for column in pairs[0][1]:
            values = {owner: _sortable(column, row[column]) for owner, row in owners.items()}
            values = {owner: value for owner, value in values.items() if value is not None}
            if len(set(values.values())) < max(3, len(owners) // 4):
                continue
            try:
                ordered = sorted(values, key=values.__getitem__)
            except TypeError:
                continue
            found[name, column] = {owner: rank for rank, owner in enumerate(ordered)}
    return found


def _sortable(column: str, value: Any) -> Any:
    if column == "ctid":
        page, _comma, place = value.strip("()").partition(",")
        return int(page) * 10_000 + int(place)
    if column == "xmin":
        return int(value)
    return None if isinstance(value, dict | list) else value


def _correlation(pairs: list[tuple[int, int]]) -> float:
    """Pearson's r of ranks; 0 where there are too few pairs to mean anything."""
    if len(pairs) < 12:
        return 0.0
    count = len(pairs)
    mean_x = sum(x for x, _ in pairs) / count
    mean_y = sum(y for _, y in pairs) / count
    cov = sum((x - mean_x) * (y - mean_y) for x, y in pairs)
    var_x = sum((x - mean_x) ** 2 for x, _ in pairs)
    var_y = sum((y - mean_y) ** 2 for _, y in pairs)
    return cov / (var_x * var_y) ** 0.5 if var_x and var_y else 0.0
