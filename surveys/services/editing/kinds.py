"""What a question of each kind begins with, and what it leaves behind when its kind changes."""

from __future__ import annotations

from typing import Any

WITH_CHOICES = ("single", "multiple", "matrix", "rank")
MISSING_ONLY = ("scale", "number", "date", "time", "datetime")
"""Kinds whose choices can only be don't know and refused."""
LIMITED = ("scale", "number")
DON_T_KNOW = {
    "en": "Don't know",
    "id": "Tidak tahu",
    "ms": "Tidak tahu",
    "vi": "Không biết",
    "th": "ไม่ทราบ",
    "km": "មិនដឹង",
    "lo": "ບໍ່ຮູ້",
    "my": "မသိပါ",
    "fil": "Hindi alam",
    "tet": "La hatene",
    "pt": "Não sei",
    "zh-hans": "不知道",
    "zh": "不知道",
    "ta": "தெரியாது",
}
REFUSED = {
    "en": "Prefer not to say",
    "id": "Tidak mau menjawab",
    "ms": "Tidak mahu menjawab",
    "vi": "Không muốn trả lời",
    "th": "ไม่ประสงค์จะตอบ",
    "km": "មិនចង់ឆ្លើយ",
    "lo": "ບໍ່ຢາກຕອບ",
    "my": "မဖြေလိုပါ",
    "fil": "Ayaw sumagot",
    "tet": "Lakohi hatán",
    "pt": "Prefiro não responder",
    "zh-hans": "不愿回答",
    "zh": "不愿回答",
    "ta": "பதிலளிக்க விரும்பவில்லை",
}


def new_question(code: str, kind: str, label: dict[str, str]) -> dict[str, Any]:
    """A question of this kind that can be stored at once, with the least it needs."""
    question: dict[str, Any] = {
        "code": code,
        "kind": kind,
        "label": label,
        "required": kind not in ("note", "text", "calculate"),
        "relevant": None,
        "constraint": None,
    }
    return fitted(question)


def fitted(question: dict[str, Any]) -> dict[str, Any]:
    """The question with what its kind needs and without what its kind cannot have, in place."""
    kind = question["kind"]
    choices = question.get("choices") or []
    if kind in WITH_CHOICES:
        if not [choice for choice in choices if not choice.get("missing")]:
            start = [{"code": "1", "label": {}}, {"code": "2", "label": {}}]
            choices = start + [choice for choice in choices if choice.get("missing")]
    elif kind in MISSING_ONLY:
        choices = [choice for choice in choices if choice.get("missing")]
    else:
        choices = []
    _put(question, "choices", choices)
    rows = question.get("rows") or []
    _put(question, "rows", (rows or [{"code": "r1", "label": {}}]) if kind == "matrix" else [])
    if kind not in LIMITED:
        for name in ("minimum", "maximum"):
            question.pop(name, None)
    if kind == "scale":
        question["minimum"] = question.get("minimum", 0)
        question["maximum"] = question.get("maximum", 10)
    else:
        question.pop("minimum_label", None)
        question.pop("maximum_label", None)
    if kind != "number":
        question.pop("decimals", None)
    if kind != "text":
        question.pop("max_length", None)
    if kind not in ("multiple", "rank"):
        question.pop("max_choices", None)
    if kind not in WITH_CHOICES:
        question.pop("choice_order", None)
    if kind != "matrix":
        question.pop("row_order", None)
    if kind != "calculate":
        question.pop("calculation", None)
    if kind in ("note", "calculate"):
        question["required"] = False
        for name in ("default", "read_only", "constraint", "constraint_message"):
            question.pop(name, None)
    if not _keeps_appearance(kind, question.get("appearance", "")):
        question.pop("appearance", None)
    return question


def _keeps_appearance(kind: str, appearance: str) -> bool:
    menus, lines = {"minimal"}, {"multiline"}
    return not (
        (appearance in menus and kind != "single") or (appearance in lines and kind != "text")
    )


def missing_choices(languages: list[str]) -> list[dict[str, Any]]:
    """Don't know and refused, worded in each of these languages that we know the words of."""
    return [
        {
            "code": code,
            "label": {one: words[one] for one in languages if one in words},
            "missing": code,
            "exclusive": True,
        }
        for code, words in (("-9", DON_T_KNOW), ("-8", REFUSED))
    ]


def _put(question: dict[str, Any], name: str, value: list[Any]) -> None:
    if value:
        question[name] = value
    else:
        question.pop(name, None)
