"""What an import has to say: findings with sheet, row, column and a plain sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

MAX_FINDINGS = 2000
"""More sentences than this help nobody; the last one then says how many were dropped."""


def counted(many: int, one: str, several: str = "") -> str:
    """A number with its noun: "1 cell", "3,000 cells"."""
    return f"{many:,} {one if many == 1 else several or one + 's'}"


class Level(StrEnum):
    """How much a finding matters, the gravest first."""

    UNRESOLVED = "unresolved"
    """Kept, but an editor must settle it before the questionnaire can be published."""
    LEFT_OUT = "left_out"
    """Not imported."""
    CHANGED = "changed"
    """Imported, but not literally as written."""
    REMARK = "remark"
    """Worth knowing; nothing is lost."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one place. `row` counts as the spreadsheet does, from 1; 0 is none."""

    level: Level
    sentence: str
    sheet: str = ""
    row: int = 0
    column: str = ""

    @property
    def place(self) -> str:
        """The place in words: "sheet survey, row 7, column relevant"."""
        parts = []
        if self.sheet:
            parts.append(f"sheet {self.sheet}")
        if self.row:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}")
        return ", ".join(parts)

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.place else self.sentence

    def to_json(self) -> dict[str, Any]:
        """The finding as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Finding:
        """The inverse of `to_json`."""
        return cls(**{**stored, "level": Level(stored["level"])})


class XLSFormRefused(ValueError):
    """The file gives no questionnaire at all; `findings` says why, one sentence each."""

    def __init__(self, findings: str | Iterable[Finding]) -> None:
        if isinstance(findings, str):
            findings = [Finding(Level.LEFT_OUT, findings)]
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class Report:
    """The findings of one import, in the order they were made, none of them twice."""

    def __init__(self) -> None:
        self._findings: dict[Finding, None] = {}
        self.dropped = 0

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._findings)

    def __len__(self) -> int:
        return len(self._findings)

    def add(
        self, level: Level, sentence: str, *, sheet: str = "", row: int = 0, column: str = ""
    ) -> None:
        """Note one thing about one place."""
        if len(self._findings) >= MAX_FINDINGS:
            self.dropped += 1
            return
        self._findings.setdefault(Finding(level, sentence[:1000], sheet, row, column))

    def finished(self) -> tuple[Finding, ...]:
        """All findings by sheet position: first those about the file, then row by row."""
        order = {"": 0, "settings": 1, "survey": 2, "choices": 3}
        found = sorted(self._findings, key=lambda one: (order.get(one.sheet.lower(), 4), one.row))
        if self.dropped:
            found.append(
                Finding(
                    Level.REMARK,
                    f"{self.dropped} more remarks are not shown. Settle these first and "
                    "import the file again.",
                )
            )
        return tuple(found)
