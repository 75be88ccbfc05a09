"""The form being imported: its tables, languages, lists and report in one place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..definition import MAX_TEXT
from ..expressions import LogicError
from .choices import ChoiceList, Entry
from .conditions import REFERENCE, Conditions
from .languages import Languages
from .names import Codes, Names
from .outline import Item
from .report import Level, Report
from .tables import OWN, Line, Table
from .wording import plain

_INSERTION = re.compile("\\$(\u200b*){")
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f]")
_BROKEN_UP = re.compile("\\$(\u200b*)\u200b{")
FORMAT = "1"
"""What `suara::format` says in the files this version writes."""


def broken_up(text: str) -> str:
    """The text with an invisible sign in every `${`, which pyxform would take for a reference."""
    return _INSERTION.sub("$\\1\u200b{", text)


def put_together(text: str) -> str:
    """The inverse of `broken_up`."""
    return _BROKEN_UP.sub("$\\1{", text)


@dataclass
class Form:
    """Everything the readers of questions, choices and pages share."""

    tables: dict[str, Table]
    languages: Languages
    lists: dict[str, ChoiceList]
    names: Names
    codes: Codes
    conditions: Conditions
    report: Report
    own_format: bool
    stripped: dict[str, int] = field(default_factory=dict)
    seed: int | None = None
    filtering: set[str] = field(default_factory=set)
    """Headings of the sheet choices that a choice filter looks at."""
    _choice_labels: dict[int, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.own_format:
            self.keep_seed(self.setting(f"{OWN}.seed"))

    def keep_seed(self, text: str) -> bool:
        """Take a seed of random orders; there is one per questionnaire. False for another one."""
        if not (text.isascii() and text.isdigit() and int(text[:12]) < 2**31):
            return False
        self.seed = int(text) if self.seed is None else self.seed
        return self.seed == int(text)

    def setting(self, name: str) -> str:
        """A cell of the sheet settings, cleaned."""
        lines = self.tables["settings"].lines
        return lines[0].get(name) if lines else ""

    def texts(self, line: Line, name: str, at: Item | None = None) -> dict[str, str]:
        """A translatable field by language code, freed of markup, references made codes."""
        found = self.languages.gather(line.tagged(name))
        return {
            code: clean
            for code, text in found.items()
            if (clean := self._clean(text, line, name, at))
        }

    def _clean(self, text: str, line: Line, name: str, at: Item | None) -> str:
        if self.own_format:
            return put_together(self.referring(text, line, name, at))
        clean = plain(_UNSHOWN.sub("", text)).encode("utf-8", "ignore").decode()
        if clean != text.strip():
            self.stripped[line.table.name] = self.stripped.get(line.table.name, 0) + 1
        if len(clean) > MAX_TEXT:
            self.report.add(
                Level.CHANGED,
                f"The text has {len(clean):,} characters; the first {MAX_TEXT:,} were taken.",
                **line.place(name),
            )
            clean = clean[:MAX_TEXT]
        return self.referring(clean, line, name, at)

    def referring(self, text: str, line: Line, name: str, at: Item | None) -> str:
        """`${name}` in a text, with the code the question has here."""
        if "${" not in text or at is None:
            return text

        def code(match) -> str:
            try:
                return f"${{{self.names.resolve(match.group(1), at)}}}"
            except LogicError as error:
                self.report.add(
                    Level.UNRESOLVED,
                    f"The text inserts an answer that is not there. {str(error).rstrip('.')}. "
                    "Correct the text before publishing.",
                    **line.place(name),
                )
                return match.group(0)

        return REFERENCE.sub(code, text)

    def choice_label(self, entry: Entry) -> dict[str, str]:
        """The label of a choice; its name where the file gives none.

        Read once however many questions have the list: lists of thousands of places in a dozen
        languages are usual.
        """
        known = self._choice_labels.get(id(entry))
        if known is None:
            known = self._choice_labels[id(entry)] = self._choice_label(entry)
        return known

    def _choice_label(self, entry: Entry) -> dict[str, str]:
        label = self.texts(entry.line, "label")
        if not label and not self.own_format:
            self.report.add(
                Level.CHANGED,
                f"The choice “{entry.written}” has no label. Its name is shown instead.",
                **entry.line.place("label"),
            )
            label = {self.languages.default: entry.written[:MAX_TEXT]}
        return label

    def flag(self, line: Line, name: str, fallback: bool = False) -> bool:
        """A cell of ours that says yes or no."""
        written = line.get(f"{OWN}.{name}").lower()
        return written == "yes" if written else fallback
