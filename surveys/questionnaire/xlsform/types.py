"""What the cell `type` says: `select_one yn or_other`, `begin group`, `add integer prompt`, ..."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from pyxform import aliases
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.xls2json import RE_SELECT

_SELECT = re.compile(RE_SELECT.pattern, re.IGNORECASE)
_SELECT_LOOSE = re.compile(
    "^(?P<select_command>("
    + "|".join(sorted(map(re.escape, aliases.select), key=len, reverse=True))
    + r"))\s*[:\s]\s*(?P<list_name>.+?)(?P<specify_other>\s+or[ _](specify[ _])?other)?$",
    re.IGNORECASE,
)
_BEGIN = re.compile(
    r"^begin[\s_]*(?P<kind>group|lgroup|repeat|loop|looped group|kobomatrix|score|rank)\b\s*"
    r"(over\s+)?(?P<list_name>\S+)?$",
    re.IGNORECASE,
)
_END = re.compile(
    r"^end[\s_]*(group|lgroup|repeat|loop|looped group|kobomatrix|score|rank)\b.*$", re.IGNORECASE
)
_CONTAINERS = {
    "group": "group",
    "kobomatrix": "kobomatrix",
    "score": "score",
    "rank": "rank_group",
    "lgroup": "repeat",
    "repeat": "repeat",
    "looped group": "repeat",
    "loop": "loop",
}
_SELECTS = {"select one": "single", "select all that apply": "multiple", "rank": "rank"}
_MEDIA_WORDS = {
    "photo": "pictures",
    "image": "pictures",
    "audio": "sound recordings",
    "video": "videos",
    "file": "files",
    "osm": "OpenStreetMap features",
    "geopoint": "places on a map",
    "geotrace": "lines on a map",
    "geoshape": "areas on a map",
    "barcode": "barcodes",
}


_ELSEWHERE = re.compile(
    r"(?P<metadata>caseid|text audit|audio audit|speed violations (count|list|audit)|"
    r"sensor_(statistic|stream) .*)|(?P<comments>comments)|(?P<cascade>cascading_select\b.*)|"
    r"(?P<include>include)",
    re.IGNORECASE,
)
"""Types of SurveyCTO and of early XLSForm, which pyxform does not know."""
_UNSUPPORTED = {
    "comments": "remarks of interviewers",
    "cascade": "selects in cascades (write a select_one with a choice_filter)",
    "include": "other forms to be included",
}


@dataclass(frozen=True, slots=True)
class RowType:
    """The meaning of a type cell.

    `role` is one of: "ask" (a question of `kind`), "begin" (`kind` says of what), "end",
    "metadata", "unsupported" (`kind` says what in words), "no_list" (a select without its list),
    "setting" and "unknown" (`kind` is a suggestion, or empty).
    """

    role: str
    kind: str = ""
    list_name: str = ""
    or_other: bool = False


def read_type(text: str) -> RowType:
    """Read a cleaned type cell. Never fails; what is not known has the role "unknown"."""
    plain = text.lower()
    if match := _BEGIN.match(text):
        return RowType(
            "begin", _CONTAINERS[match.group("kind").lower()], match.group("list_name") or ""
        )
    if _END.match(text):
        return RowType("end")
    if setting := aliases.settings_header.get(plain.replace(" ", "_")):
        return RowType("setting", str(setting))
    if match := _SELECT.match(text) or _SELECT_LOOSE.match(text):
        return _select(match)
    if plain in ("score__row", "rank__level"):
        return RowType("ask", plain)
    if plain in aliases.select:
        return RowType("no_list")
    if plain in ("calculate_here", "calculate here"):
        return RowType("ask", "calculate")
    entry = QUESTION_TYPE_DICT.get(text) or _LOWER.get(plain)
    if entry is None and (match := _ELSEWHERE.fullmatch(plain)):
        if match.lastgroup == "metadata":
            return RowType("metadata", plain)
        return RowType("unsupported", _UNSUPPORTED[match.lastgroup or ""])
    if entry is None:
        return RowType("unknown", _suggestion(plain))
    return _plain(plain, entry)


_LOWER = {name.lower(): entry for name, entry in QUESTION_TYPE_DICT.items()}


def _select(match: re.Match[str]) -> RowType:
    command = match.group("select_command").lower()
    list_name = match.group("list_name").strip()
    if "from_file" in command or "from file" in command:
        return RowType("unsupported", "choices from a file")
    if "external" in command:
        return RowType("unsupported", "external choices")
    if list_name.startswith("${"):
        return RowType("unsupported", "choices taken from the answers of a repeat")
    kind = _SELECTS[aliases.select[command]]
    return RowType("ask", kind, list_name, bool(match.group("specify_other")))


def _plain(name: str, entry: dict) -> RowType:
    tag = entry.get("control", {}).get("tag", "")
    bind = entry.get("bind", {})
    kind = str(bind.get("type", ""))
    if "jr:preload" in bind or name in ("audit", "start-geopoint") or "background" in name:
        return RowType("metadata", name)
    if "external" in name:
        return RowType("unsupported", "data from a file")
    if tag == "upload":
        word = str(entry["control"].get("mediatype", "")).partition("/")[0]
        return RowType("unsupported", _MEDIA_WORDS.get(word, _MEDIA_WORDS["file"]))
    if tag == "trigger":
        return RowType("ask", "consent")
    if tag in ("select", "select1", "odk:rank"):
        return RowType("no_list")
    if tag == "range":
        return RowType("ask", "range")
    if name == "percentage":
        return RowType("ask", "percentage")
    if not tag:
        return RowType("ask", "hidden" if name == "hidden" else "calculate")
    if bind.get("readonly"):
        return RowType("ask", "note")
    kinds = {"string": "text", "int": "integer", "dateTime": "datetime"}
    kind = kinds.get(kind, kind)
    if kind in ("text", "integer", "decimal", "date", "time", "datetime"):
        return RowType("ask", kind)
    return RowType("unsupported", _MEDIA_WORDS.get(kind, kind or name))


def _suggestion(plain: str) -> str:
    """The nearest type there is, for a sentence."""
    known = ("integer", "decimal", "text", "note", "date", "time", "dateTime", "range", "calculate")
    known += ("acknowledge", "select_one", "select_multiple", "rank", "begin_group", "end_group")
    first = plain.split(" ")[0]
    return next(iter(difflib.get_close_matches(first, known, 1, 0.7)), "")
