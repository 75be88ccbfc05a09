"""Regular expressions that mean the same in every engine and can never run away.

Python's `re`, JavaScript's `RegExp` and Java (where ODK runs) differ in `$`, `.`, `\\d`, `\\w`,
`\\s`, in classes and in Unicode, and all three backtrack without bound on `(a+)+b`. Respondents'
answers meet these patterns on the server, so a pattern is compiled here to a small automaton that
reads the text once (Thompson's construction): time is states x characters, whatever the pattern.
`logic.js` holds the same automaton.

The language: literals, `.` (anything but a line feed), `[abc]`, `[^a-z]`, `\\d \\w \\s` and their
opposites (ASCII), `\\t \\n \\r \\f \\v`, `\\uXXXX`, an escaped sign, `^ $`, groups `( )` and `(?: )`,
`|`, and `* + ? {n} {n,} {n,m}` (a lazy `?` after them changes nothing). The whole text must match.
"""

from __future__ import annotations

from functools import lru_cache

from ..expressions import LogicError

MAX_STATES = 2000
MAX_TEXT = 5000
MAX_REPEAT = 1000
MAX_NESTING = 50

_CHAR, _SPLIT, _START, _END, _MATCH = range(5)
_DIGITS = ((48, 57),)
_WORDS = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACES = ((9, 13), (32, 32))
_LAST = 0x10FFFF
_SETS = {"d": _DIGITS, "w": _WORDS, "s": _SPACES}
_CONTROLS = {"t": 9, "n": 10, "r": 13, "f": 12, "v": 11}
_SPECIAL = set("\\^$.|?*+()[]{}")

Ranges = tuple[tuple[int, int], ...]


def _negated(ranges: Ranges) -> Ranges:
    out: list[tuple[int, int]] = []
    at = 0
    for low, high in sorted(ranges):
        if low > at:
            out.append((at, low - 1))
        at = max(at, high + 1)
    if at <= _LAST:
        out.append((at, _LAST))
    return tuple(out)


class _Pattern:
    """Recursive descent over the pattern; produces nested tuples."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def fail(self, what: str) -> LogicError:
        return LogicError(
            f"The pattern {self.text!r:.120} cannot be used: {what} (position {self.at + 1})."
        )

    def peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self) -> str:
        sign = self.peek()
        self.at += 1
        return sign

    def whole(self) -> tuple:
        tree = self.alternatives()
        if self.peek():
            raise self.fail("a ')' has no '('")
        return tree

    def alternatives(self) -> tuple:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self.fail(f"groups are nested deeper than {MAX_NESTING}")
        branches = [self.sequence()]
        while self.peek() == "|":
            self.take()
            branches.append(self.sequence())
        self.depth -= 1
        return branches[0] if len(branches) == 1 else ("any", branches)

    def sequence(self) -> tuple:
        parts: list[tuple] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated(self.atom()))
        return ("all", parts)

    def repeated(self, part: tuple) -> tuple:
        sign = self.peek()
        if sign == "*":
            low, high = 0, None
        elif sign == "+":
            low, high = 1, None
        elif sign == "?":
            low, high = 0, 1
        elif sign == "{":
            return self.counted(part)
        else:
            return part
        self.take()
        return self.finished(part, low, high)

    def counted(self, part: tuple) -> tuple:
        end = self.text.find("}", self.at)
        body = self.text[self.at + 1 : end] if end > 0 else ""
        first, comma, second = body.partition(",")
        if not _is_count(first) or (second and not _is_count(second)):
            raise self.fail("'{' must be a count such as {2} or {2,5}; write \\{ for the sign")
        low = int(first)
        high = int(second) if second else (None if comma else low)
        if low > MAX_REPEAT or (high or 0) > MAX_REPEAT or (high is not None and high < low):
            raise self.fail(f"the count {{{body}}} is not possible; the largest is {MAX_REPEAT}")
        self.at = end + 1
        return self.finished(part, low, high)

    def finished(self, part: tuple, low: int, high: int | None) -> tuple:
        if self.peek() == "?":
            self.take()
        if self.peek() in ("*", "+", "?", "{") and self.peek():
            raise self.fail("one repetition follows another")
        return ("repeat", part, low, high)

    def atom(self) -> tuple:
        sign = self.take()
        if sign == "(":
            if self.peek() == "?":
                if self.text[self.at : self.at + 2] != "?:":
                    raise self.fail("lookaround, named groups and flags are not supported")
                self.at += 2
            tree = self.alternatives()
            if self.take() != ")":
                raise self.fail("a '(' has no ')'")
            return tree
        if sign == "[":
            return ("char", self.set_of_signs())
        if sign == ".":
            return ("char", _negated(((10, 10),)))
        if sign == "^":
            return ("start",)
        if sign == "$":
            return ("end",)
        if sign == "\\":
            return ("char", self.escape())
        if sign in "*+?{":
            raise self.fail(f"nothing stands before {sign!r}")
        return ("char", ((ord(sign), ord(sign)),))

    def escape(self) -> Ranges:
        sign = self.take()
        if sign.lower() in _SETS and sign:
            ranges = _SETS[sign.lower()]
            return ranges if sign.islower() else _negated(ranges)
        if sign in _CONTROLS:
            return ((_CONTROLS[sign], _CONTROLS[sign]),)
        if sign == "u":
            digits = self.text[self.at : self.at + 4]
            if len(digits) != 4 or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
                raise self.fail("\\u needs four hexadecimal digits")
            self.at += 4
            return ((int(digits, 16), int(digits, 16)),)
        if not sign or sign.isascii() and sign.isalnum():
            raise self.fail(f"\\{sign} is not supported")
        return ((ord(sign), ord(sign)),)

    def set_of_signs(self) -> Ranges:
        negate = self.peek() == "^"
        if negate:
            self.take()
        ranges: list[tuple[int, int]] = []
        while self.peek() != "]":
            if not self.peek():
                raise self.fail("a '[' has no ']'")
            first = self.member()
            after = self.text[self.at + 1 : self.at + 2]
            if self.peek() == "-" and after not in ("]", "") and len(first) == 1:
                self.take()
                last = self.member()
                if first[0][0] != first[0][1] or len(last) != 1 or last[0][0] != last[0][1]:
                    raise self.fail("a range needs one sign on both sides")
                if last[0][0] < first[0][0]:
                    raise self.fail("a range runs backwards")
                ranges.append((first[0][0], last[0][0]))
            else:
                ranges.extend(first)
        self.take()
        if not ranges:
            raise self.fail("[] is empty")
        return _negated(tuple(ranges)) if negate else tuple(ranges)

    def member(self) -> Ranges:
        sign = self.take()
        if sign == "\\":
            return self.escape()
        if sign == "[":
            raise self.fail("write \\[ inside [ ]")
        return ((ord(sign), ord(sign)),)


def _is_count(text: str) -> bool:
    return 0 < len(text) <= 4 and all(sign in "0123456789" for sign in text)


class _Program:
    """The automaton: a list of [kind, argument, next]."""

    def __init__(self, tree: tuple) -> None:
        self.steps: list[list] = []
        self.emit(tree)
        self.add(_MATCH)

    def add(self, kind: int, first: object = None, second: int = 0) -> int:
        if len(self.steps) >= MAX_STATES:
            raise LogicError(
                f"A pattern is too large (more than {MAX_STATES} steps). Use smaller counts."
            )
        self.steps.append([kind, first, second])
        return len(self.steps) - 1

    def emit(self, tree: tuple) -> None:
        kind = tree[0]
        if kind == "char":
            self.add(_CHAR, tree[1])
        elif kind == "start":
            self.add(_START)
        elif kind == "end":
            self.add(_END)
        elif kind == "all":
            for part in tree[1]:
                self.emit(part)
        elif kind == "any":
            self.emit_any(tree[1])
        else:
            self.emit_repeat(tree[1], tree[2], tree[3])

    def emit_any(self, branches: list[tuple]) -> None:
        ends: list[int] = []
        for branch in branches[:-1]:
            split = self.add(_SPLIT)
            self.steps[split][1] = split + 1
            self.emit(branch)
            ends.append(self.add(_SPLIT))
            self.steps[split][2] = len(self.steps)
        self.emit(branches[-1])
        for end in ends:
            self.steps[end][1] = self.steps[end][2] = len(self.steps)

    def emit_repeat(self, part: tuple, low: int, high: int | None) -> None:
        for _ in range(low):
            self.emit(part)
        if high is None:
            split = self.add(_SPLIT)
            self.steps[split][1] = split + 1
            self.emit(part)
            back = self.add(_SPLIT)
            self.steps[back][1] = self.steps[back][2] = split
            self.steps[split][2] = len(self.steps)
            return
        splits: list[int] = []
        for _ in range(high - low):
            splits.append(self.add(_SPLIT))
            self.steps[splits[-1]][1] = splits[-1] + 1
            self.emit(part)
        for split in splits:
            self.steps[split][2] = len(self.steps)


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> tuple[tuple, ...]:
    """The automaton of a pattern. Raises `LogicError` with what is not supported and where."""
    return tuple(tuple(step) for step in _Program(_Pattern(pattern).whole()).steps)


def matches(pattern: str, text: str) -> bool:
    """Whether the *whole* text matches. A pattern that cannot be used, and a text longer than
    `MAX_TEXT` characters, do not match."""
    if len(text) > MAX_TEXT:
        return False
    try:
        program = compile_pattern(pattern)
    except LogicError:
        return False
    current = _closure(program, [0], 0, len(text))
    for index, sign in enumerate(text):
        code = ord(sign)
        following = [
            state + 1
            for state in current
            if program[state][0] == _CHAR
            and any(low <= code <= high for low, high in program[state][1])
        ]
        if not following:
            return False
        current = _closure(program, following, index + 1, len(text))
    return any(program[state][0] == _MATCH for state in current)


def _closure(program: tuple[tuple, ...], states: list[int], at: int, length: int) -> list[int]:
    """The states reached without reading, `^` and `$` decided by the position."""
    seen: set[int] = set()
    waiting = list(states)
    while waiting:
        state = waiting.pop()
        if state in seen:
            continue
        seen.add(state)
        kind, first, second = program[state]
        if kind == _SPLIT:
            waiting += (first, second)
        elif (kind == _START and at == 0) or (kind == _END and at == length):
            waiting.append(state + 1)
    return list(seen)
