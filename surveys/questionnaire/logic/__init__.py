"""Conditions and paths: one semantics, stated in `docs/logic.md`, twice implemented.

Python is the authority; `surveys/static/surveys/logic.js` is the browser's comfort. Both are held
together by `tests/surveys/logic_vectors.json` and a fuzzer. Public names:

- `parse_text(text) -> Node`, `to_text(tree) -> str`: XLSForm's way of writing conditions;
- `check(tree, types) -> str`: the static type, or `LogicError` with a sentence;
- `settle(tree, types) -> Node`: the harmless repairs an imported condition may need;
- `evaluate(tree, answers, *, types, today, now)`, `evaluator(tree, ...)` for many sets of answers,
  and `path(definition, answers, *, today, now)`;
- `readiness(definition)`: everything that stands against publishing.
"""

from ..expressions import LogicError, Node, Op, Ref, Unparsed, Value, read, references, write
from .checking import check, check_condition, settle
from .evaluation import evaluate, evaluator, satisfies
from .paths import Path, PathPage, path
from .readiness import Readiness, readiness
from .text import FUNCTIONS, parse_text, to_text
from .values import Missing

__all__ = [
    "FUNCTIONS",
    "LogicError",
    "Missing",
    "Node",
    "Op",
    "Path",
    "PathPage",
    "Readiness",
    "Ref",
    "Unparsed",
    "Value",
    "check",
    "check_condition",
    "evaluate",
    "evaluator",
    "parse_text",
    "path",
    "read",
    "readiness",
    "references",
    "satisfies",
    "settle",
    "to_text",
    "write",
]
