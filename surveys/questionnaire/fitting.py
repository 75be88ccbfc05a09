"""What does not belong to a kind of question, or contradicts itself."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from .definition import MAX_TEXT, Default, Problem, Question
from .expressions import UNSTORABLE
from .moments import date_time_of, is_day, time_of

_WITH_CHOICES = ("single", "multiple", "matrix", "rank")
_DAYS_AND_TIMES = ("date", "time", "datetime")
_MAY_HAVE_CHOICES = (*_WITH_CHOICES, "consent", "scale", "number", *_DAYS_AND_TIMES)

_DEFAULTS = {
    "single": "Use the code of one of its choices.",
    "consent": "Use the code of one of its choices.",
    "multiple": "Use a list of codes of its choices.",
    "rank": "Use a list of codes of its choices.",
    "scale": "Use a whole number on the scale.",
    "number": "Use a number.",
    "text": "Use a text.",
    "date": "Use a day such as '2026-03-31'.",
    "time": "Use a time such as '08:30'.",
    "datetime": "Use a day and time such as '2026-03-31T08:30'.",
}


def default_of(question: Question, value: Any) -> Default:
    """`value` as an answer to `question`, or None when it is none."""
    kind, codes = question.kind, question.choice_codes
    if kind in ("multiple", "rank"):
        listed = value if isinstance(value, list | tuple) else ()
        fits = all(isinstance(code, str) and code in codes for code in listed)
        return tuple(dict.fromkeys(listed)) or None if fits else None
    if kind in ("scale", "number") and isinstance(value, int | float):
        # The comparison comes first: a huge whole number is not even a float.
        if isinstance(value, bool) or abs(value) > 1e15 or not math.isfinite(value):
            return None
        return None if value in (-9, -8, -7) or not _is_on(question, value) else float(value)
    if not isinstance(value, str) or len(value) > MAX_TEXT or UNSTORABLE.search(value):
        return None
    if kind == "text" or (kind not in ("matrix", "note") and value in codes):
        return value
    if kind == "date":
        return value if is_day(value) else None
    if kind == "time":
        return time_of(value)
    return date_time_of(value) if kind == "datetime" else None


def what_a_default_is(kind: str) -> str:
    """A sentence that says what the default of such a question must be."""
    return _DEFAULTS.get(kind, "Remove it.")


def _is_on(question: Question, value: float) -> bool:
    """Whether a number is a point of a scale; other numbers are not limited here."""
    if question.kind != "scale" or question.minimum is None or question.maximum is None:
        return True
    return float(value).is_integer() and question.minimum <= value <= question.maximum


def misfits(question: Question, path: str) -> Iterator[Problem]:
    """What does not belong to this kind of question, or contradicts itself."""
    kind = question.kind
    if kind in _WITH_CHOICES and not question.choices:
        yield Problem(f"{path}.choices", f"A {kind} question needs at least one choice.")
    if question.choices and kind not in _MAY_HAVE_CHOICES:
        yield Problem(f"{path}.choices", f"A {kind} question has no choices. Remove them.")
    if kind == "calculate":
        yield from _misfits_of_calculate(question, path)
    elif question.calculation:
        yield Problem(
            f"{path}.calculation",
            f"A {kind} question is answered, not calculated. Use kind calculate, and show its "
            "value with ${code} in the text of a note.",
        )
    if question.row_order != "fixed" and kind != "matrix":
        yield Problem(f"{path}.row_order", f"A {kind} question has no rows to put in order.")
    if kind in ("scale", "number", *_DAYS_AND_TIMES):
        for index, choice in enumerate(question.choices):
            if choice.missing is None:
                yield Problem(
                    f"{path}.choices[{index}]",
                    f"A {kind} question takes only choices for don't know ('-9') and "
                    "refused ('-8').",
                )
    if kind == "matrix" and not question.rows:
        yield Problem(f"{path}.rows", "A matrix needs at least one row.")
    if question.rows and kind != "matrix":
        yield Problem(f"{path}.rows", f"A {kind} question has no rows. Use kind matrix.")
    yield from _misfits_of_limits(question, path)


def _misfits_of_limits(question: Question, path: str) -> Iterator[Problem]:
    kind = question.kind
    low, high = question.minimum, question.maximum
    if (low is not None or high is not None) and kind not in ("scale", "number"):
        yield Problem(f"{path}.minimum", f"A {kind} question has no minimum or maximum.")
    if low is not None and high is not None and low > high:
        yield Problem(f"{path}.minimum", f"The minimum {low:g} is above the maximum {high:g}.")
    if kind in ("scale", "number") and low is not None and low <= -7:
        yield Problem(
            f"{path}.minimum",
            f"The minimum {low:g} would take in the missing codes -9, -8 and -7. "
            "Use a minimum above -7.",
        )
    if kind == "scale":
        if low is None or high is None:
            yield Problem(f"{path}.minimum", "A scale needs a minimum and a maximum.")
        elif not (low.is_integer() and high.is_integer() and high - low <= 100):
            yield Problem(
                f"{path}.maximum", "A scale runs over at most 101 whole numbers, such as 0-10."
            )


def _misfits_of_calculate(question: Question, path: str) -> Iterator[Problem]:
    for name, what in (
        ("required", "cannot be required"),
        ("read_only", "is never shown, so read_only says nothing"),
        ("constraint", "has no constraint, as nobody can mend it"),
        ("default", "has no default. Write coalesce(...) in its calculation"),
    ):
        if getattr(question, name) not in (None, False):
            yield Problem(f"{path}.{name}", f"A calculate {what}. Remove it.")
