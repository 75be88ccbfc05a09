"""What each operation gives for the values of its operands: the table of `docs/logic.md` in code.

Every function is total: operands of a wrong type, which `check` refuses, read as blank. The few
operations that do not look at all their operands (and, or, if, once) are in `evaluation`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from . import patterns
from .values import (
    Missing,
    Reading,
    as_date,
    as_moment,
    as_number,
    as_text,
    as_time,
    date_from_days,
    finite,
    is_blank,
    number_from_text,
    text_of,
)

_ROUNDING_DIGITS = 15


def equal(left: Reading, right: Reading) -> bool:
    """Blank equals blank only; a missing code equals its own number only; types never mix."""
    if is_blank(left) or is_blank(right):
        return is_blank(left) and is_blank(right)
    if isinstance(left, Missing):
        left = float(left.code)
    if isinstance(right, Missing):
        right = float(right.code)
    if isinstance(left, tuple) or isinstance(right, tuple):
        return False
    return type(left) is type(right) and left == right


def _ordered(test: Callable[[float, float], bool]) -> Callable[[Reading, Reading], Reading]:
    def compare(left: Reading, right: Reading) -> Reading:
        if isinstance(left, float) and isinstance(right, float):
            return test(left, right)
        for measure in (as_date, as_time, as_moment):
            first, second = measure(left), measure(right)
            if first is not None and second is not None:
                return test(first, second)
        return False

    return compare


def _add(left: Reading, right: Reading) -> Reading:
    first, second = as_number(left), as_number(right)
    if first is not None and second is not None:
        return finite(first + second)
    if as_date(left) is not None:
        return _moved(left, second)
    return _moved(right, first)


def _subtract(left: Reading, right: Reading) -> Reading:
    first, second = as_number(left), as_number(right)
    if first is not None and second is not None:
        return finite(first - second)
    start, end = as_date(left), as_date(right)
    if start is not None and end is not None:
        return float(start - end)
    return _moved(left, None if second is None else -second)


def _moved(day: Reading, number: float | None) -> Reading:
    """A date some days later; part of a day is dropped toward zero."""
    start = as_date(day)
    if start is None or number is None or abs(number) > 1e8:
        return None
    return date_from_days(start + math.trunc(number))


def _multiply(left: Reading, right: Reading) -> Reading:
    first, second = as_number(left), as_number(right)
    return None if first is None or second is None else finite(first * second)


def _divide(left: Reading, right: Reading) -> Reading:
    first, second = as_number(left), as_number(right)
    if first is None or second is None or second == 0:
        return None
    return finite(first / second)


def _modulo(left: Reading, right: Reading) -> Reading:
    """The remainder with the sign of the dividend; by zero it is blank."""
    first, second = as_number(left), as_number(right)
    if first is None or second is None or second == 0:
        return None
    return finite(math.fmod(first, second))


def _negate(value: Reading) -> Reading:
    number = as_number(value)
    return None if number is None else finite(-number)


def _codes(value: Reading) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) and value else ()


def _selected(value: Reading, code: Reading) -> Reading:
    return as_text(code) is not None and code in _codes(value)


def _count_selected(value: Reading) -> Reading:
    return float(len(_codes(value)))


def _selected_at(value: Reading, index: Reading) -> Reading:
    codes, position = _codes(value), as_number(index)
    if position is None or position != math.floor(position) or not 0 <= position < len(codes):
        return None
    return codes[int(position)]


def _string_length(value: Reading) -> Reading:
    """Unicode code points, so that one Khmer sign counts alike in every engine."""
    return float(len(as_text(value) or ""))


def _regex(value: Reading, pattern: Reading) -> Reading:
    text, expression = as_text(value), as_text(pattern)
    return text is not None and expression is not None and patterns.matches(expression, text)


def _contains(value: Reading, part: Reading) -> Reading:
    text, sought = as_text(value), as_text(part)
    return text is not None and sought is not None and sought in text


def _starts_with(value: Reading, part: Reading) -> Reading:
    text, sought = as_text(value), as_text(part)
    return text is not None and sought is not None and text.startswith(sought)


def _concat(*values: Reading) -> Reading:
    return "".join(text_of(value) for value in values) or None


def _number(value: Reading) -> Reading:
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, str):
        return number_from_text(value)
    return as_number(value)


def _int(value: Reading) -> Reading:
    number = as_number(_number(value))
    return None if number is None else finite(float(math.trunc(number)))


def _round(value: Reading, digits: Reading = 0.0) -> Reading:
    """Half rounds up, toward plus infinity (2.5 is 3, -2.5 is -2), as XPath and browsers do."""
    number, places = as_number(_number(value)), as_number(digits)
    if number is None or places is None or places != math.floor(places):
        return None
    if abs(places) > _ROUNDING_DIGITS:
        return None
    scale = 1.0
    for _ in range(abs(int(places))):
        scale *= 10.0
    scaled = finite(number * scale if places >= 0 else number / scale)
    if scaled is None:
        return None
    whole = float(math.floor(scaled))
    if scaled - whole >= 0.5:
        whole += 1.0
    return finite(whole / scale if places >= 0 else whole * scale)


def _coalesce(first: Reading, second: Reading) -> Reading:
    if is_blank(first) or isinstance(first, Missing):
        return None if isinstance(second, Missing) else second
    return first


def _extreme(choose: Callable[[Any], float]) -> Callable[..., Reading]:
    def pick(*values: Reading) -> Reading:
        numbers = [number for value in values if (number := as_number(value)) is not None]
        if numbers:
            return choose(numbers)
        days = [day for value in values if (day := as_date(value)) is not None]
        return date_from_days(choose(days)) if days else None

    return pick


def _sum(*values: Reading) -> Reading:
    total: float | None = None
    for value in values:
        number = as_number(value)
        if number is not None:
            total = number if total is None else total + number
    return None if total is None else finite(total)


def _date(value: Reading) -> Reading:
    """A date from a date, or from a text that begins with one (`now()` does)."""
    text = as_text(value)
    if text is None:
        return None
    if len(text) > 10 and text[10] not in "T ":
        return None
    return text[:10] if as_date(text[:10]) is not None else None


OPERATIONS: Mapping[str, Callable[..., Reading]] = {
    "=": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "div": _divide,
    "mod": _modulo,
    "neg": _negate,
    "selected": _selected,
    "count-selected": _count_selected,
    "selected-at": _selected_at,
    "string-length": _string_length,
    "regex": _regex,
    "contains": _contains,
    "starts-with": _starts_with,
    "concat": _concat,
    "number": _number,
    "int": _int,
    "round": _round,
    "coalesce": _coalesce,
    "min": _extreme(min),
    "max": _extreme(max),
    "sum": _sum,
    "date": _date,
    "true": lambda: True,
    "false": lambda: False,
    "position": lambda: 1.0,
}
