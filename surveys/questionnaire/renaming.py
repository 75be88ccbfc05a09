"""Following a renamed code through a questionnaire document: conditions and piped texts.

Works on the JSON document, because a draft is edited there, and visits every condition wherever
it stands, so that kinds of question added later are followed as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

Tree = dict[str, Any]


def trees(document: Any) -> Iterator[Tree]:
    """Every node of every condition in the document, the outer ones first."""
    waiting = [document]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if "op" in part or "ref" in part:
                yield part
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def rename_question(document: dict[str, Any], old: str, new: str) -> int:
    """Let every condition and piped text that names `old` name `new`; returns how many."""
    changed = 0
    for node in trees(document["pages"]):
        code = node.get("ref")
        if isinstance(code, str) and code.partition("/")[0] == old:
            node["ref"] = new + code[len(old) :]
            changed += 1
    pattern = re.compile(r"\$\{\s*" + re.escape(old) + r"(?=\s*[}/])")
    return changed + _rewrite(document, lambda text: pattern.sub(lambda _: "${" + new, text))


def rename_row(document: dict[str, Any], question: str, old: str, new: str) -> None:
    """The same for one row of a matrix."""
    for node in trees(document["pages"]):
        if node.get("ref") == f"{question}/{old}":
            node["ref"] = f"{question}/{new}"
    pattern = re.compile(r"\$\{\s*" + re.escape(f"{question}/{old}") + r"\s*\}")
    _rewrite(document, lambda text: pattern.sub(lambda _: f"${{{question}/{new}}}", text))


def rename_choice(document: dict[str, Any], question: str, old: str, new: str) -> None:
    """Let conditions that compare this question's answer with the code `old` use `new`."""
    for part in document["pages"]:
        for item in part["questions"]:
            own = item["code"] == question
            for node in trees(item):
                _rename_in(node, question, old, new, own=own)
        for node in trees(part.get("relevant") or {}):
            _rename_in(node, question, old, new, own=False)


def _rename_in(node: Tree, question: str, old: str, new: str, *, own: bool) -> None:
    if node.get("op") not in ("=", "!=", "selected"):
        return
    args = node.get("args", [])
    named = {arg["ref"].partition("/")[0] for arg in args if isinstance(arg.get("ref"), str)}
    if question in named or (own and "." in named):
        for arg in args:
            if arg.get("type") == "text" and arg.get("value") == old:
                arg["value"] = new


def mentions(document: dict[str, Any], code: str) -> list[str]:
    """Codes of the questions and pages whose conditions or texts name the question `code`."""
    found: list[str] = []
    pattern = re.compile(r"\$\{\s*" + re.escape(code) + r"\s*[}/]")

    def names(part: Any) -> bool:
        return any(
            isinstance(node.get("ref"), str) and node["ref"].partition("/")[0] == code
            for node in trees(part)
        )

    def pipes(part: Any) -> bool:
        if isinstance(part, str):
            return bool(pattern.search(part))
        children = part.values() if isinstance(part, dict) else part
        return isinstance(part, dict | list) and any(pipes(child) for child in children)

    for page in document["pages"]:
        rest = {key: value for key, value in page.items() if key != "questions"}
        if names(rest) or pipes(rest):
            found.append(page["code"])
        found += [
            question["code"]
            for question in page["questions"]
            if question["code"] != code and (names(question) or pipes(question))
        ]
    return found


def _rewrite(part: Any, replace: Callable[[str], str]) -> int:
    """Replace in every text of the document in place; returns how many texts changed."""
    changed = 0
    items = part.items() if isinstance(part, dict) else enumerate(part)
    for key, value in list(items):
        if isinstance(value, dict | list):
            changed += _rewrite(value, replace)
        elif isinstance(value, str) and "${" in value:
            replaced = replace(value)
            if replaced != value:
                part[key] = replaced
                changed += 1
    return changed
