"""Language tags of headings, such as `label::Khmer (km)`, and the codes they stand for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from django.conf.locale import LANG_INFO
from pyxform.validators.pyxform.iana_subtags.validation import read_tags

from ..definition import LANGUAGE
from .report import Level, Report
from .tables import Table, straight

_CODE = re.compile(r"\(\s*([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\s*\)\s*$")
_BARE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\Z")
_MORE_NAMES = {
    "lao": "lo",
    "laotian": "lo",
    "filipino": "fil",
    "tagalog": "fil",
    "pilipino": "fil",
    "tetum": "tet",
    "tetun": "tet",
    "burmese": "my",
    "myanmar": "my",
    "myanmar language": "my",
    "khmer": "km",
    "cambodian": "km",
    "malay": "ms",
    "bahasa melayu": "ms",
    "bahasa malaysia": "ms",
    "bahasa indonesia": "id",
    "bahasa": "id",
    "chinese": "zh-hans",
    "mandarin": "zh-hans",
    "simplified chinese": "zh-hans",
    "traditional chinese": "zh-hant",
    "中文": "zh-hans",
    "cebuano": "ceb",
    "bisaya": "ceb",
    "ilocano": "ilo",
    "ilokano": "ilo",
    "javanese": "jv",
    "sundanese": "su",
    "shan": "shn",
    "karen": "kar",
    "kachin": "kac",
    "rohingya": "rhg",
    "amharic": "am",
    "dari": "prs",
    "pashto": "ps",
    "somali": "so",
    "hausa": "ha",
    "yoruba": "yo",
    "kinyarwanda": "rw",
    "chichewa": "ny",
    "lingala": "ln",
    "haitian creole": "ht",
    "creole": "ht",
    "kurdish": "ku",
    "sinhala": "si",
    "nepali": "ne",
    "urdu": "ur",
    "tok pisin": "tpi",
}
_NAMES = {
    name.lower(): code
    for code, info in LANG_INFO.items()
    for name in (info.get("name"), info.get("name_local"))
    if name
} | _MORE_NAMES
_SCRIPTS = (
    (0x0E00, 0x0E7F, "th"),
    (0x0E80, 0x0EFF, "lo"),
    (0x1000, 0x109F, "my"),
    (0x1780, 0x17FF, "km"),
    (0x0B80, 0x0BFF, "ta"),
    (0x4E00, 0x9FFF, "zh-hans"),
    (0x0600, 0x06FF, "ar"),
    (0x0900, 0x097F, "hi"),
    (0x0980, 0x09FF, "bn"),
    (0x0400, 0x04FF, "ru"),
)
_UNSTATED = ("", "default")


def code_of(tag: str) -> str | None:
    """The language code behind a tag, None where nobody can tell."""
    tag = straight(tag)
    if match := _CODE.search(tag):
        return _valid(match.group(1))
    if known := _NAMES.get(tag.lower()):
        return _valid(known)
    if _BARE.match(tag) and is_registered(_valid(tag) or ""):
        return _valid(tag)
    first = tag.lower().partition("(")[0].strip()
    return _valid(_NAMES[first]) if first in _NAMES else None


def is_registered(code: str) -> bool:
    """Whether the first part of the code stands in IANA's registry."""
    first = code.partition("-")[0]
    size = "2_characters" if len(first) == 2 else "3_or_more_characters"
    return first in read_tags(f"iana_subtags_{size}.txt")


def name_of(code: str) -> str:
    """The English name of a language; its code where Django has none."""
    return LANG_INFO.get(code, {}).get("name", code)


def _valid(code: str) -> str | None:
    code = code.lower().replace("_", "-")
    return code if LANGUAGE.match(code) else None


def guessed(texts: Iterable[str]) -> str:
    """The language of unlabelled texts by their script; English for Latin letters."""
    seen: Counter[str] = Counter()
    for text in texts:
        for sign in text[:200]:
            number = ord(sign)
            if number > 0x3FF:
                seen.update(code for low, high, code in _SCRIPTS if low <= number <= high)
            elif sign.isalpha():
                seen["en"] += 1
    return seen.most_common(1)[0][0] if seen else "en"


class Languages:
    """The languages of one form: which code each tag has, and what the default is."""

    def __init__(self, tables: dict[str, Table], report: Report) -> None:
        self.report = report
        self.codes: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        stated = tables["settings"].lines[0] if tables["settings"].lines else None
        wanted = stated.get("default_language") if stated else ""
        in_use: list[str] = []
        untagged: Table | None = None
        for table in tables.values():
            for tag in table.tags:
                if tag in _UNSTATED:
                    if any(column.field == "label" and not column.tag for column in table.columns):
                        untagged = untagged or table
                elif not self._is_placeholder(tag, table):
                    code = self._assign(tag, table)
                    in_use += [code] if code not in in_use else []
        self.default = self._default(wanted, in_use, untagged)
        self.codes[""] = self.codes["default"] = self.default
        if untagged and in_use:
            report.add(
                Level.CHANGED,
                "Some texts stand in a column without a language beside columns with one. They "
                f"were taken as {self.tags.get(self.default) or name_of(self.default)} "
                f"({self.default}), where that language has no text of its own.",
                sheet=untagged.name,
                column="label",
            )
        listed = [] if self.default in in_use else [self.default]
        self.listed = (*listed, *in_use)
        own = (stated.get("suara.languages") if stated else "").split()
        if own and all(LANGUAGE.match(code) for code in own) and set(own) >= set(self.listed):
            self.listed = tuple(dict.fromkeys(own))

    def _is_placeholder(self, tag: str, table: Table) -> bool:
        """`label::language (xx)`, as templates have it: no known language and no text."""
        columns = [column for column in table.columns if column.tag == tag]
        if is_registered(code_of(tag) or "") or any(
            column in line.filled for line in table.lines for column in columns
        ):
            return False
        self.report.add(
            Level.REMARK,
            f"“{tag[:60]}” is no language known here and its columns are empty. They were not "
            "read.",
            sheet=table.name,
            column=columns[0].heading,
        )
        return True

    def _assign(self, tag: str, table: Table) -> str:
        if tag in self.codes:
            return self.codes[tag]
        code = code_of(tag)
        place = {
            "sheet": table.name,
            "column": next(column.heading for column in table.columns if column.tag == tag),
        }
        if code is None:
            code = self._private()
            self.report.add(
                Level.CHANGED,
                f"“{tag}” is no language known here. It was imported under the code {code}. "
                f"Write the code behind the name, such as “{tag[:40]} (km)”.",
                **place,
            )
        elif not is_registered(code):
            self.report.add(
                Level.REMARK,
                f"The language code {code} does not stand in the registry of languages (IANA). "
                "It was kept.",
                **place,
            )
        elif code in self.tags:
            self.report.add(
                Level.CHANGED,
                f"“{tag}” and “{self.tags[code]}” are the same language ({code}). Their texts "
                "were put together; where both have one, the first counts.",
                **place,
            )
        self.codes[tag] = code
        self.tags.setdefault(code, tag)
        return code

    def _private(self) -> str:
        """A code of the range that ISO 639 leaves to private use."""
        number = sum(1 for code in self.tags if "qaa" <= code <= "qtz")
        return f"q{chr(ord('a') + number // 26 % 20)}{chr(ord('a') + number % 26)}"

    def _default(self, wanted: str, in_use: list[str], untagged: Table | None) -> str:
        place = {"sheet": "settings", "row": 2, "column": "default_language"}
        if wanted and wanted not in _UNSTATED:
            code = self.codes.get(wanted) or code_of(wanted)
            if code:
                if in_use and code not in in_use and not untagged:
                    self.report.add(
                        Level.REMARK,
                        f"The default language “{wanted}” has no column of its own.",
                        **place,
                    )
                return code
            self.report.add(
                Level.CHANGED,
                f"The default language “{wanted}” is no language known here.",
                **place,
            )
        if untagged:
            words = (
                text
                for line in untagged.lines[:200]
                for tag, text in line.tagged("label")
                if tag in _UNSTATED
            )
            code = guessed(words)
            if not wanted:
                self.report.add(
                    Level.REMARK,
                    f"No language is stated for the texts. They were taken as {name_of(code)} "
                    f"({code}). To change that, write "
                    "default_language in the sheet settings, such as “Lao (lo)”.",
                    sheet=untagged.name,
                    column="label",
                )
            return code
        return in_use[0] if in_use else "en"

    def gather(self, tagged: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Texts by language code; a column with a language goes before one without."""
        found: dict[str, str] = {}
        spare = ""
        for tag, text in tagged:
            if tag in _UNSTATED:
                spare = spare or text
            else:
                found.setdefault(self.codes.get(tag, self.default), text)
        if spare:
            found.setdefault(self.default, spare)
        return found
