"""Questionnaire documents that use what the small one of `factories` does not."""

from typing import Any

from surveys.questionnaire import logic


def condition(text: str) -> dict[str, Any]:
    """A condition in XLSForm's notation, as it is stored."""
    return logic.write(logic.parse_text(text))


def both(english: str, thai: str = "") -> dict[str, str]:
    return {"en": english, "th": thai or f"ไทย {english}"}


def choice(code: str, english: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "label": both(english)} | more


def question(code: str, kind: str, label: str = "", **more: Any) -> dict[str, Any]:
    return {"code": code, "kind": kind, "label": both(label or f"{code}?")} | more


def page(code: str, *questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"code": code, "title": both(code), "questions": list(questions)} | more


def document(*pages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "languages": ["en", "th"],
        "default_language": "en",
        "title": both("Household"),
        "pages": list(pages),
    } | more


def household() -> dict[str, Any]:
    """Where, who and why: a cascade, a calculated age, an other, a grid, texts that name answers."""
    return document(
        page(
            "place",
            question(
                "country",
                "single",
                required=True,
                choices=[choice("KH", "Cambodia"), choice("TH", "Thailand")],
            ),
            question(
                "province",
                "single",
                required=True,
                choices=[
                    choice("PP", "Phnom Penh", relevant=condition("${country} = 'KH'")),
                    choice("SR", "Siem Reap", relevant=condition("${country} = 'KH'")),
                    choice("BK", "Bangkok", relevant=condition("${country} = 'TH'")),
                ],
            ),
        ),
        page(
            "person",
            question("name", "text", max_length=60),
            question("born", "number", minimum=1900, maximum=2020, choices=[choice("-9", "?")]),
            question(
                "age", "calculate", calculation=condition("if(${born} = -9, -9, 2026 - ${born})")
            ),
            question("adult", "calculate", calculation=condition("${age} >= 18")),
            question("work", "text", relevant=condition("${adult}"), required=True),
        ),
        page(
            "reasons",
            question("hello", "note", "Dear ${name}, you are ${age} and live in ${province}."),
            question(
                "why",
                "multiple",
                choices=[choice("a", "Air"), choice("b", "Water"), choice("other", "Other")],
            ),
            question(
                "why_other",
                "text",
                relevant=condition("selected(${why}, 'other')"),
                required=True,
            ),
        ),
        page(
            "end",
            question("sum", "note", "You said: ${why}. ${why_other}"),
            question("more", "text"),
        ),
        thanks=both("Thank you, ${name}.", "ขอบคุณ ${name}"),
    )
