"""Staged values into the ledger, and back out of it, unless somebody has changed them meanwhile."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from indicators.errors import Outdated
from indicators.estimates import SAID, Estimate, said_by
from indicators.held import Held, held_values
from indicators.imports.kinds import Staged, Task
from indicators.ledger import record, withdraw
from indicators.models import Area, Indicator, Observation

_KEPT = ("members", "population_vintage", "is_demonstration")
Words = tuple[str, str, str, str]


def apply(rows: Sequence[Staged], task: Task) -> None:
    """Record some staged rows. Raises Outdated if the ledger is not as it was compared with."""
    held = _held_for(rows)
    said: dict[str, list[Estimate]] = defaultdict(list)
    for row in rows:
        source = _source(row, task)
        mine = _under(source, held[_words(row)])
        if _seen(mine) != row.before or (mine is None and _elsewhere(row, held[_words(row)])):
            raise Outdated(row.label)
        said[source].append(_estimate(row, row.data, mine, _told(row, mine, task)))
    _record(said, rows[0].number, task)


def undo(rows: Sequence[Staged], task: Task) -> None:
    """Give changed values back what they were, withdraw new ones. Raises Outdated likewise."""
    held = _held_for(rows)
    back: dict[str, list[Estimate]] = defaultdict(list)
    gone: list[Held] = []
    for row in rows:
        source = _source(row, task)
        mine = _under(source, held[_words(row)])
        written = {name: row.data[name] for name in SAID}
        if mine is None or _seen(mine) != written:
            raise Outdated(row.label)
        if row.before and "state" not in row.before:
            before = mine.provenance.get("corrects", mine.provenance)
            back[source].append(_estimate(row, row.before, mine, before))
        else:
            gone.append(mine)
    _record(back, rows[0].number, task)
    withdraw(gone, digest=_digest(rows[0].number, task), at=task.at, by=task.by, reason=task.reason)


def _source(row: Staged, task: Task) -> str:
    return row.data["source"] or f"imports:{task.imported.token}"


def _held_for(rows: Sequence[Staged]) -> dict[Words, list[Held]]:
    """What is held for staged rows, by the words they are staged with."""
    slugs = dict(
        Indicator.objects.filter(slug__in={row.data["indicator"] for row in rows}).values_list(
            "slug", "pk"
        )
    )
    areas = dict(Area.objects.values_list("code", "pk"))
    found = {}
    keys = {}
    for row in rows:
        data = row.data
        if data["indicator"] not in slugs or data["area"] not in areas:
            raise Outdated(row.label)
        keys[_words(row)] = (
            slugs[data["indicator"]],
            areas[data["area"]],
            data["period"],
            data["breakdown"],
        )
    held = held_values(keys.values(), with_context=True)
    for words, key in keys.items():
        found[words] = held.get(key, [])
    return found


def _words(row: Staged) -> Words:
    data = row.data
    return data["indicator"], data["area"], data["period"], data["breakdown"]


def _under(source: str, held: Sequence[Held]) -> Held | None:
    return next((one for one in held if one.source == source), None)


def _elsewhere(row: Staged, held: Sequence[Held]) -> bool:
    """Whether the value of a row without a source of its own has come from elsewhere meanwhile."""
    return not row.data["source"] and any(one.state == Observation.State.PUBLISHED for one in held)


def _seen(held: Held | None) -> dict[str, Any]:
    if held is None:
        return {}
    withdrawn = held.state == Observation.State.WITHDRAWN
    return said_by(held) | ({"state": held.state} if withdrawn else {})


def _told(row: Staged, held: Held | None, task: Task) -> dict[str, Any]:
    """Where the value is from: the document that the row names, and the file it came in."""
    imported = task.imported
    told = {"import": imported.token, "file": imported.file_name, "row": row.number}
    if row.data.get("note"):
        told["document"] = row.data["note"]
    if held is None:
        return {"kind": "import", "document": imported.file_name} | told
    before = {name: value for name, value in held.provenance.items() if name != "corrects"}
    return before | told | {"corrects": before}


def _estimate(
    row: Staged, said: Mapping[str, Any], held: Held | None, told: dict[str, Any]
) -> Estimate:
    indicator, area, period_, breakdown = _words(row)
    numbers = {
        name: None if said.get(name) is None else Decimal(said[name])
        for name in ("value", "low", "high", "n_effective")
    }
    kept = {name: getattr(held, name) for name in _KEPT} if held is not None else {}
    return Estimate(
        indicator=indicator,
        area=area,
        period=period_,
        breakdown=breakdown,
        n=said.get("n"),
        status=said.get("status") or "A",
        qualifier=said.get("qualifier") or "",
        method=said.get("method") or "",
        provenance=told,
        **numbers,
        **kept | {"members": tuple(kept.get("members", ()))},
    )


def _digest(place: int, task: Task) -> str:
    imported = task.imported
    return f"{imported.digest[:40]}:{imported.token}:{imported.state}:{place}"[:80]


def _record(said: Mapping[str, list[Estimate]], place: int, task: Task) -> None:
    for source, estimates in said.items():
        record(
            estimates,
            source=source,
            digest=_digest(place, task),
            at=task.at,
            by=task.by,
            reason=task.reason,
            withdraw_missing=False,
        )
