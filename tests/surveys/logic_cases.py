"""Cases for both engines of conditions: fixed vectors and random ones.

`python -m tests.surveys.logic_cases` writes `logic_vectors.json`. The expected values are what
Python, the authority, gives; that Python is right is the matter of `test_semantics.py`, which is
written by hand from the table in docs/logic.md.
"""

import itertools
import json
import random
from datetime import date, datetime
from pathlib import Path

from surveys.questionnaire import logic
from surveys.questionnaire.definition import parse

FILE = Path(__file__).with_name("logic_vectors.json")
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 18, 5, 30)
POOL = {
    "number": [None, 0, 1, -1.5, 2.5, "34", -9, "-8", 9007199254740993, 1e21, 1e-7],
    "text": [None, "a", "ខ្មែរ", "😀x", " 3.5 ", "2026-01-31", "12abc", "-9", "-7", "08:30"],
    "single": [None, "yes", "1", "-9", "-7"],
    "multi": [None, ["a", "yes"], ["yes"], ["-9"], [], "a"],
    "date": [None, "2026-11-22", "2024-02-29", "-9", -8, "0001-01-01", "9999-12-31", "2023-02-29"],
    "time": [None, "08:30", "23:59:59", "-9", -8, "24:00", "00:00", "8:30", "08:30:15.25"],
    "datetime": [
        None,
        "2026-11-22T08:30",
        "2024-02-29 23:59:59",
        "-8",
        "2023-02-29T08:30",
        "2026-11-22",
        "0001-01-01T00:00",
    ],
    "bool": [None, True, False],
}
TYPES = {f"{kind}{side}": kind for kind in POOL for side in "12"} | {"grid/r1": "single"}
BINARY = (
    "= != < <= > >= + - * div mod and or selected selected-at contains starts-with coalesce "
    "min max sum concat regex"
).split()
UNARY = "neg not int number round string-length count-selected date once min max sum concat".split()
PATTERNS = [
    ("[0-9]{8,15}", ["12345678", "1234567", "123456789012345x", "១២៣៤៥៦៧៨"]),
    (r"\+?\d[\d ]*", ["+62 812", "+", "62", "٣"]),
    ("^(yes|no)?$", ["yes", "no", "maybe", "yes\n"]),
    (r"\w+@\w+\.[a-z]{2,}", ["ana@mail.vn", "ana@mail", "â@b.cc"]),
    ("(a+)+b", ["a" * 60, "a" * 60 + "b"]),
    (".", ["😀", "\n", "ក", "ab", "\u2028"]),
    (r"[^\s]+", ["a b", "ab", "a\u00a0b"]),
    ("a{2}|b{1,}?", ["aa", "a", "bbb", "aab"]),
    (r"[\-a-c\]]+", ["a-c]", "d"]),
    (r"(?:ab)*c?$", ["ababc", "abc", "cc"]),
    ("(?=x)y", ["y"]),
    ("[", ["["]),
    (r"\bword\b", ["word"]),
    ("x*+", ["x"]),
    (r"\u1780.", ["កខ", "ខក"]),
    (r"\D\W\S", ["a!b", "1!b"]),
]
NUMBERS = [0.1, 0.1 + 0.2, 1 / 3, 1e16, 123456789012345680000, 1e21, 1.5e300, 5e-324, 1e-6, 1e-7]
NUMBERS += [-0.0, -2.5, 2.5, 0.5, 0.49999999999999994, -0.5, 1.005, 2.675, 1234.5678, 2**53]


def value_json(value):
    """A value as both engines write it."""
    if isinstance(value, logic.Missing):
        return {"missing": value.code}
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def evaluated(tree, answers, own=None):
    found = logic.evaluate(tree, answers, types=TYPES, today=TODAY, now=NOW, own=own)
    return [tree, answers, value_json(found), *([own] if own else [])]


def ref(code):
    return {"ref": code}


def constant(value, kind):
    return {"value": value, "type": kind}


def op(name, *args):
    return {"op": name, "args": list(args)}


def answers_of(**answers):
    return {code: value for code, value in answers.items() if value is not None}


def pairs():
    """Every operation on every pair of types; full pools where the types fit, else a few."""
    for name, left, right in itertools.product(BINARY, POOL, POOL):
        fits = _fits(name, left, right)
        first = POOL[left] if fits else POOL[left][:2]
        second = POOL[right] if fits else POOL[right][:2]
        if fits and len(first) * len(second) > 40:
            first, second = first[:7], second[:6]
        for a, b in itertools.product(first, second):
            codes = f"{left}1", f"{right}2"
            yield evaluated(
                op(name, ref(codes[0]), ref(codes[1])), answers_of(**{codes[0]: a, codes[1]: b})
            )


def _fits(name, left, right):
    tree = logic.read(op(name, ref(f"{left}1"), ref(f"{right}2")))
    try:
        logic.check(tree, TYPES)
    except logic.LogicError:
        return False
    return name not in ("concat", "!=", "<=", ">=", "max", "or")


def singles():
    for name, kind in itertools.product(UNARY, POOL):
        for value in POOL[kind]:
            own = "number2" if name == "once" else None
            yield evaluated(op(name, ref(f"{kind}1")), answers_of(**{f"{kind}1": value}), own)
    for number in NUMBERS:
        yield evaluated(op("concat", constant(number, "number")), {})
        for digits in (-2, -1, 0, 1, 2, 16, 0.5):
            yield evaluated(op("round", constant(number, "number"), constant(digits, "number")), {})
        yield evaluated(op("int", constant(number, "number")), {})
        for other in (3, -3, 0, 0.1):
            for name in ("mod", "div"):
                yield evaluated(op(name, constant(number, "number"), constant(other, "number")), {})
    for pattern, texts in PATTERNS:
        for text in texts:
            yield evaluated(op("regex", ref("text1"), constant(pattern, "text")), {"text1": text})


def decisions():
    conditions = [ref("bool1"), op("=", ref("number1"), constant(-9, "number")), op("true")]
    for condition, answer, number in itertools.product(
        conditions, (None, True, False), (None, -9, 5)
    ):
        answers = answers_of(bool1=answer, number1=number)
        for other in (ref("number1"), constant("", "text")):
            yield evaluated(op("if", condition, other, constant(7, "number")), answers)
        yield evaluated(op("not", condition), answers)
        yield evaluated(op("and", condition, ref("bool1"), op("true")), answers)
        yield evaluated(op("or", condition, ref("bool1"), op("false")), answers)
    for kind in POOL:
        for value in POOL[kind]:
            answers = answers_of(**{f"{kind}1": value})
            yield evaluated(op("=", ref(f"{kind}1"), constant("", "text")), answers)
            yield evaluated(op("!=", ref("."), constant("", "text")), answers, f"{kind}1")
            yield evaluated(op("=", ref(f"{kind}1"), constant(-9, "number")), answers)
    for days in (0, 1, -1, 30.9, -30.9, 366, 3e6, 1e9):
        for start in ("2024-02-28", "0001-01-01", "9999-12-31", "1970-01-01"):
            for name in ("+", "-"):
                yield evaluated(op(name, constant(start, "date"), constant(days, "number")), {})
            yield evaluated(op("-", op("today"), constant(start, "date")), {})
    for index in (0, 0.5, 1, 1.9, 2, -1, 1e9):
        at = op("selected-at", ref("multi1"), constant(index, "number"))
        yield evaluated(at, {"multi1": ["a", "yes"]})
    yield evaluated(op("now"), {})
    yield evaluated(op("date", op("now")), {})
    yield evaluated(op("position"), {})
    for grid in ({"r1": "4"}, {"r1": 4}, {}, "4", None, ["r1"]):
        yield evaluated(op("=", ref("grid/r1"), constant("4", "text")), answers_of(grid=grid))
    for missing in ("toString", "__proto__", "constructor", "nothing"):
        yield evaluated(ref(missing), {})


def constraints():
    adult = op(
        "and", op(">=", ref("."), constant(18, "number")), op("<", ref("."), constant(99, "number"))
    )
    for value in (*POOL["number"], 18, 17, 99, "x"):
        found = logic.satisfies(
            adult, answers_of(number1=value), types=TYPES, today=TODAY, now=NOW, own="number1"
        )
        yield [adult, answers_of(number1=value), found, "number1"]
    chosen = op("selected", ref("."), constant("yes", "text"))
    for kind in ("single", "multi"):
        for value in POOL[kind]:
            code = f"{kind}1"
            found = logic.satisfies(
                chosen, answers_of(**{code: value}), types=TYPES, today=TODAY, now=NOW, own=code
            )
            yield [chosen, answers_of(**{code: value}), found, code]


class Trees:
    """Random trees: mostly well typed, some not, over all operations."""

    def __init__(self, rng):
        self.rng = rng

    def answers(self):
        found = {}
        for code, kind in TYPES.items():
            value = self.rng.choice(POOL[kind])
            if kind == "number" and self.rng.random() < 0.4:
                value = self.rng.choice([self.rng.randint(-20, 120), self.rng.uniform(-1e3, 1e3)])
            if value is not None and code != "grid/r1":
                found[code] = value
        if self.rng.random() < 0.7:
            found["grid"] = {"r1": self.rng.choice(["1", "4", "-9", "", 3])}
        return found

    def tree(self, kind, depth):
        if self.rng.random() < 0.03:
            kind = self.rng.choice(list(POOL))
        if depth <= 0 or self.rng.random() < 0.15:
            return self.leaf(kind)
        return getattr(self, f"{kind}_tree")(depth - 1)

    def leaf(self, kind):
        roll = self.rng.random()
        if roll < 0.65:
            codes = [code for code, type_ in TYPES.items() if type_ == kind]
            return ref(self.rng.choice(codes))
        if kind == "number":
            return constant(
                self.rng.choice([0, 1, 2, -9, 2.5, 18, self.rng.uniform(-9, 9)]), "number"
            )
        if kind == "date":
            return self.rng.choice([op("today"), constant("2025-03-01", "date")])
        if kind == "time":
            return constant(self.rng.choice(["08:30", "12:00", "25:00"]), "text")
        if kind == "datetime":
            return self.rng.choice([op("now"), constant("2026-11-22T18:05", "text")])
        if kind == "bool":
            return self.rng.choice([op("true"), op("false"), constant(True, "bool")])
        if kind == "multi":
            return ref("multi1")
        return constant(self.rng.choice(["", "yes", "a", "1", "ខ", "😀", "3.5"]), "text")

    def textual(self):
        return self.rng.choice(["text", "text", "single", "single", "time", "datetime"])

    def coded(self):
        return self.rng.choice(["multi", "single"])

    def number_tree(self, depth):
        name = self.rng.choice(
            "+ - * div mod neg int number round count-selected string-length min max sum "
            "coalesce if days".split()
        )
        number = lambda: self.tree("number", depth)  # noqa: E731
        if name in ("+", "-", "*", "div", "mod", "coalesce"):
            return op(name, number(), number())
        if name == "neg":
            return op(name, number())
        if name in ("int", "number"):
            return op(name, self.tree(self.rng.choice(["number", "text", "single"]), depth))
        if name == "round":
            return op(name, number(), constant(self.rng.randint(-3, 4), "number"))
        if name == "count-selected":
            return op(name, self.tree(self.coded(), depth))
        if name == "string-length":
            return op(name, self.tree(self.textual(), depth))
        if name == "if":
            return op(name, self.tree("bool", depth), number(), number())
        if name == "days":
            return op("-", self.tree("date", depth), self.tree("date", depth))
        return op(name, *(number() for _ in range(self.rng.randint(1, 4))))

    def text_tree(self, depth):
        name = self.rng.choice(["concat", "coalesce", "if", "now"])
        if name == "concat":
            kinds = [self.rng.choice(list(POOL)) for _ in range(self.rng.randint(1, 3))]
            return op(name, *(self.tree(kind, depth) for kind in kinds))
        if name == "now":
            return op("now")
        parts = [self.tree(self.textual(), depth) for _ in range(2)]
        return op(name, *([self.tree("bool", depth)] if name == "if" else []), *parts)

    def single_tree(self, depth):
        if self.rng.random() < 0.5:
            return op("selected-at", self.tree("multi", depth), self.tree("number", 0))
        return op("if", self.tree("bool", depth), self.tree("single", depth), self.leaf("single"))

    def multi_tree(self, depth):
        return op("if", self.tree("bool", depth), self.leaf("multi"), self.leaf("multi"))

    def date_tree(self, depth):
        name = self.rng.choice(["+", "-", "date", "min", "max", "coalesce", "if"])
        if name in ("+", "-"):
            return op(name, self.tree("date", depth), self.tree("number", depth))
        if name == "date":
            return op(name, self.tree(self.textual(), depth))
        if name == "if":
            return op(name, self.tree("bool", depth), self.leaf("date"), self.tree("date", depth))
        return op(name, self.tree("date", depth), self.tree("date", depth))

    def time_tree(self, depth):
        if self.rng.random() < 0.5:
            return op("coalesce", self.tree("time", depth), self.leaf("time"))
        return op("if", self.tree("bool", depth), self.leaf("time"), self.tree("time", depth))

    def datetime_tree(self, depth):
        if self.rng.random() < 0.5:
            return op("coalesce", self.tree("datetime", depth), self.leaf("datetime"))
        return op(
            "if", self.tree("bool", depth), self.leaf("datetime"), self.tree("datetime", depth)
        )

    def bool_tree(self, depth):
        name = self.rng.choice(
            "= != < <= > >= and or not selected regex contains starts-with blank".split()
        )
        if name in ("and", "or"):
            count = self.rng.randint(2, 4)
            return op(name, *(self.tree("bool", depth) for _ in range(count)))
        if name == "not":
            return op(name, self.tree("bool", depth))
        if name == "selected":
            return op(name, self.tree(self.coded(), depth), self.tree(self.textual(), depth))
        if name == "regex":
            pattern = self.rng.choice(PATTERNS)[0]
            return op(name, self.tree(self.textual(), depth), constant(pattern, "text"))
        if name in ("contains", "starts-with"):
            return op(name, self.tree(self.textual(), depth), self.tree(self.textual(), depth))
        if name == "blank":
            kind = self.rng.choice(list(POOL))
            return op(self.rng.choice("= !=".split()), self.tree(kind, depth), constant("", "text"))
        kinds = ["number", "number", "date", "time", "datetime"]
        kind = self.rng.choice(kinds + (["text", "bool"] if name in "!=" else []))
        return op(name, self.tree(kind, depth), self.tree(kind, depth))

    def document(self):
        """A questionnaire of a few pages with random conditions, forward references included."""
        kinds = {
            "number": "number",
            "text": "text",
            "single": "single",
            "multi": "multiple",
            "date": "date",
            "time": "time",
            "datetime": "datetime",
        }
        codes = [code for code in TYPES if TYPES[code] in kinds and "/" not in code]
        self.rng.shuffle(codes)
        pages = []
        for page in range(4):
            questions = []
            for code in codes[page * 4 : page * 4 + 4]:
                kind = kinds[TYPES[code]]
                if self.rng.random() < 0.3:
                    # What was "answered" under this code must never be read.
                    questions.append(self.calculate(code))
                    continue
                question = {
                    "code": code,
                    "kind": kind,
                    "label": {"en": code},
                    "relevant": self.maybe(),
                }
                if kind in ("single", "multiple"):
                    question["choices"] = [
                        {"code": choice, "label": {}, "relevant": self.maybe(0.2)}
                        for choice in ("yes", "1", "a")
                    ]
                questions.append(question)
            pages.append(
                {"code": f"p{page}", "title": {}, "relevant": self.maybe(), "questions": questions}
            )
        return {
            "schema": 1,
            "languages": ["en"],
            "default_language": "en",
            "title": {"en": "Random"},
            "pages": pages,
        }

    def calculate(self, code):
        return {
            "code": code,
            "kind": "calculate",
            "label": {},
            "relevant": self.maybe(0.3),
            "calculation": self.tree(self.rng.choice([TYPES[code], *POOL]), 3),
        }

    def maybe(self, chance=0.6):
        return self.tree("bool", 3) if self.rng.random() < chance else None


def path_case(trees):
    document, answers = trees.document(), trees.answers()
    definition = parse(document)
    found = logic.path(definition, answers, today=TODAY, now=NOW)
    pages = [
        [page.code, list(page.questions), {k: list(v) for k, v in page.choices.items()}]
        for page in found.pages
    ]
    on_path = [
        question.code for question in definition.questions if question.code in found.questions
    ]
    return [document, answers, pages, on_path, dict(found.calculated)]


def random_cases(seed, count):
    """`count` random trees with answers and what Python says, and a tenth as many paths."""
    trees = Trees(random.Random(seed))
    cases = []
    while len(cases) < count:
        kind = trees.rng.choice(list(POOL))
        own = trees.rng.choice([None, "number2", "text2"])
        cases.append(evaluated(trees.tree(kind, trees.rng.randint(1, 5)), trees.answers(), own))
    return cases, [path_case(trees) for _ in range(count // 10)]


def bundle(cases, constraint_cases=(), paths=()):
    return {
        "types": TYPES,
        "today": TODAY.isoformat(),
        "now": NOW.isoformat(),
        "cases": cases,
        "constraints": list(constraint_cases),
        "paths": list(paths),
    }


def vectors():
    trees = Trees(random.Random(20261122))
    cases = [*pairs(), *singles(), *decisions()]
    return bundle(cases, constraints(), [path_case(trees) for _ in range(120)])


def write():
    found = vectors()
    lines = []
    for name, value in found.items():
        if isinstance(value, list):
            rows = ",\n".join(
                json.dumps(row, ensure_ascii=True, separators=(",", ":")) for row in value
            )
            lines.append(f'"{name}":[\n{rows}\n]')
        else:
            lines.append(f'"{name}":{json.dumps(value)}')
    FILE.write_text("{" + ",\n".join(lines) + "}\n", encoding="ascii")
    return sum(len(found[name]) for name in ("cases", "constraints", "paths"))


if __name__ == "__main__":
    print(f"{write()} vectors written to {FILE.name}")
