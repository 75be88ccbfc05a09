"""Names of rows and the codes they become: ASCII, unique whatever the case, at most 64 signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..definition import CODE
from ..expressions import LogicError
from .outline import Item

_FOREIGN = re.compile(r"[^A-Za-z0-9_.-]+")
_SQUEEZED = re.compile(r"_{2,}")


def code_from(name: str, fallback: str) -> str:
    """The name itself if it can be a code, else the nearest that can, else `fallback`."""
    if CODE.match(name):
        return name
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = _SQUEEZED.sub("_", _FOREIGN.sub("_", plain)).strip("_.-")[:64]
    if plain and not (plain[0].isalpha() or plain[0] == "_"):
        plain = f"q_{plain}"[:64]
    return plain if CODE.match(plain) else fallback


class Codes:
    """Hands out codes that are unique ignoring case."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = {code.lower() for code in taken}

    def claim(self, wanted: str, *more: str) -> str:
        """`wanted`, else the first of `more` that is free, else `wanted_2`, `wanted_3`, ..."""
        for code in (wanted, *more):
            if CODE.match(code) and code.lower() not in self.taken:
                self.taken.add(code.lower())
                return code
        number = 2
        while f"{wanted[:58]}_{number}".lower() in self.taken:
            number += 1
        code = f"{wanted[:58]}_{number}"
        self.taken.add(code.lower())
        return code


@dataclass
class Names:
    """What `${name}` means at a place in the form."""

    by_name: dict[str, list[Item]] = field(default_factory=dict)
    generated: dict[str, str] = field(default_factory=dict)

    def add(self, item: Item) -> None:
        """Make an item known under the name its row has."""
        if item.name:
            self.by_name.setdefault(item.name.lower(), []).append(item)

    def resolve(self, name: str, at: Item) -> str:
        """The reference `name` stands for, seen from `at`. Raises `LogicError` with a sentence."""
        found = self.by_name.get(name.lower(), [])
        exact = [item for item in found if item.name == name] or found
        if not exact:
            if name in self.generated:
                return self.generated[name]
            raise LogicError(f"It refers to ${{{name[:80]}}}, but no row has that name")
        item = min(exact, key=lambda item: self._distance(item, at))
        if item.left_out:
            raise LogicError(f"It refers to ${{{name[:80]}}}, which was left out ({item.left_out})")
        if item.is_group and not item.code:
            raise LogicError(f"It refers to ${{{name[:80]}}}, which is a group and has no answer")
        if item.matrix is not None:
            return f"{item.matrix.code}/{item.code}"
        return item.code

    @staticmethod
    def _distance(item: Item, at: Item) -> tuple[bool, int, int]:
        """Asked before left out, then the closest common group, then the earliest row."""
        around = [at, *at.ancestors]
        steps = next(
            (place for place, group in enumerate(around) if group in item.ancestors), len(around)
        )
        return bool(item.left_out), steps, item.line.number
