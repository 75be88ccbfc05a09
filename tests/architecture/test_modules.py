"""Modules stay short, are named after what they hold, and swallow nothing."""

import ast

from tests.architecture.sources import LINE, ROOT, place, python_files, tracked, tree

LONGEST = 400
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "core"}


def test_no_module_is_longer_than_one_can_read_in_one_go():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in python_files(*LINE)
        if (lines := path.read_text(encoding="utf-8").count("\n")) > LONGEST
    }
    assert long == {}, f"Split these along nouns; {LONGEST} lines are the limit."


def test_no_module_has_a_name_that_says_nothing():
    odd = [
        str(path.relative_to(ROOT))
        for path in python_files(*LINE, "tests", "benchmarks")
        if path.stem in EMPTY_NAMES or path.parent.name in EMPTY_NAMES
    ]
    assert odd == []


def _swallows(handler: ast.ExceptHandler) -> bool:
    names = {"Exception", "BaseException"}
    caught = handler.type is None or (
        isinstance(handler.type, ast.Name) and handler.type.id in names
    )
    return caught and all(isinstance(line, ast.Pass | ast.Continue) for line in handler.body)


def test_no_exception_is_caught_by_no_name_or_swallowed():
    wrong = [
        place(path, node)
        for path in python_files(*LINE, "tests", "benchmarks")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and (node.type is None or _swallows(node))
    ]
    assert wrong == []


def test_nothing_is_left_unfinished():
    words = ("TO" + "DO", "FIX" + "ME", "XX" + "X:")
    wrong = [
        f"{path.relative_to(ROOT)}:{number} {word}"
        for path in python_files(*LINE, "tests")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for word in words
        if word in line
    ]
    assert wrong == []


def test_tests_wait_for_conditions_and_never_sleep():
    allowed = {ROOT / "tests" / "servers.py"}  # wait_until itself
    wrong = [
        place(path, node)
        for path in python_files("tests")
        if path not in allowed
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"sleep", "wait_for_timeout"}
    ]
    assert wrong == []


def test_the_repository_holds_no_big_file():
    big = {
        str(path.relative_to(ROOT)): path.stat().st_size
        for path in tracked()
        if path.stat().st_size > 3_000_000
    }
    assert big == {}
