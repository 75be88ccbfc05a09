"""A questionnaire with a question of every kind in English, Thai and Khmer, and its answers."""

from typing import Any

LANGUAGES = ("en", "th", "km")
KHMER = {
    "Yes": "បាទ/ចាស",
    "No": "ទេ",
    "Don't know": "ខ្ញុំមិនដឹងទេ",
    "Television": "ទូរទស្សន៍",
    "Radio": "វិទ្យុ",
    "Little": "តិចតួច",
    "Much": "ច្រើន",
}
THAI = {
    "Yes": "ใช่",
    "No": "ไม่ใช่",
    "Don't know": "ฉันไม่ทราบ",
    "Television": "โทรทัศน์",
    "Radio": "วิทยุ",
    "Little": "น้อย",
    "Much": "มาก",
}


def said(english: str) -> dict[str, str]:
    """A text in the three languages; what has no translation above gets one that differs."""
    return {
        "en": english,
        "th": THAI.get(english, f"ไทย {english}"),
        "km": KHMER.get(english, f"ខ្មែរ {english}"),
    }


def option(code: str, english: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "label": said(english), **more}


DONT_KNOW = option("-9", "Don't know", missing="-9")
IF_HEARD = {"op": "=", "args": [{"ref": "heard"}, {"value": "yes", "type": "text"}]}


def every_kind() -> dict[str, Any]:
    """One page before a filter, one behind it."""
    return {
        "schema": 1,
        "languages": list(LANGUAGES),
        "default_language": "en",
        "title": said("Every kind"),
        "pages": [
            {
                "code": "open",
                "title": said("Open"),
                "questions": [
                    {"code": "agree", "kind": "consent", "label": said("Do you agree?")},
                    {
                        "code": "heard",
                        "kind": "single",
                        "label": said("Have you heard of ASEAN?"),
                        "choices": [option("yes", "Yes"), option("no", "No"), DONT_KNOW],
                    },
                    {
                        "code": "area",
                        "kind": "single",
                        "label": said("Where do you live?"),
                        "choices": [option("KH", "Cambodia"), option("TH", "Thailand")],
                    },
                ],
            },
            {
                "code": "behind",
                "title": said("Behind"),
                "relevant": IF_HEARD,
                "questions": [
                    {
                        "code": "rating",
                        "kind": "single",
                        "label": said("How good is it?"),
                        "short_label": said("Rating"),
                        "measure": "ordinal",
                        "choices": [option("1", "Little"), option("2", "Much"), DONT_KNOW],
                    },
                    {
                        "code": "where",
                        "kind": "multiple",
                        "label": said("Where from?"),
                        "hint": said("Several are possible."),
                        "choices": [option("tv", "Television"), option("radio", "Radio")],
                    },
                    {
                        "code": "trust",
                        "kind": "matrix",
                        "label": said("How much do you trust them?"),
                        "rows": [
                            {"code": "asean", "label": said("ASEAN")},
                            {"code": "media", "label": said("The media")},
                        ],
                        "choices": [option("1", "Little"), option("4", "Much"), DONT_KNOW],
                    },
                    {
                        "code": "order",
                        "kind": "rank",
                        "label": said("Which first?"),
                        "choices": [option("tv", "Television"), option("radio", "Radio")],
                    },
                    {
                        "code": "likely",
                        "kind": "scale",
                        "label": said("How likely?"),
                        "minimum": 0,
                        "maximum": 10,
                        "minimum_label": said("Little"),
                        "maximum_label": said("Much"),
                        "choices": [DONT_KNOW],
                    },
                    {
                        "code": "age",
                        "kind": "number",
                        "label": said("How old?"),
                        "minimum": 15,
                        "maximum": 120,
                        "choices": [DONT_KNOW],
                    },
                    {
                        "code": "height",
                        "kind": "number",
                        "label": said("How tall?"),
                        "decimals": 2,
                        "choices": [DONT_KNOW],
                    },
                    {"code": "born", "kind": "date", "label": said("When born?")},
                    {"code": "woke", "kind": "time", "label": said("When up?")},
                    {"code": "met", "kind": "datetime", "label": said("When met?")},
                    {"code": "older", "kind": "calculate", "label": {}, "calculation": {
                        "op": ">", "args": [{"ref": "age"}, {"value": 50, "type": "number"}]}},
                    {"code": "comment", "kind": "text", "label": said("Comment")},
                ],
            },
        ],
    }  # fmt: skip


FULL: dict[str, Any] = {
    "agree": "yes",
    "heard": "yes",
    "area": "KH",
    "rating": "2",
    "where": ["tv"],
    "trust": {"asean": "4", "media": "-9"},
    "order": ["radio", "tv"],
    "likely": 10,
    "age": 34,
    "height": 1.68,
    "born": "1992-02-29",
    "woke": "05:45",
    "met": "2026-03-31T08:30",
    "older": False,
    "comment": 'ខ្ញុំស្រឡាញ់ភាសាខ្មែរ, "=1+1"',
}
NOT_ASKED: dict[str, Any] = {"agree": "yes", "heard": "-9", "area": "TH"} | dict.fromkeys(
    (
        "rating", "where", "trust", "order", "likely", "age", "height", "born", "woke", "met",
        "older", "comment",
    ),
    "-7",
)  # fmt: skip
DOUBTFUL: dict[str, Any] = {
    "heard": "yes",
    "area": "KH",
    "rating": "-9",
    "where": ["tv", "radio"],
    "trust": {"asean": "1"},
    "likely": "-9",
    "age": "-9",
    "height": "-9",
    "older": True,
}
