"""The browser's engine says what the server says, on fixed vectors and on random cases."""

import json
import os
import random
import subprocess
from pathlib import Path

import pytest

from surveys.questionnaire import logic
from surveys.questionnaire.definition import parse
from tests import servers
from tests.surveys import logic_cases

HERE = Path(__file__).parent
ENGINE = HERE.parents[1] / "surveys" / "static" / "surveys" / "logic.js"
RANDOM_CASES = 10_000


def run_in_node(vectors: Path) -> subprocess.CompletedProcess:
    command = [servers.node(), HERE / "run_vectors.mjs", ENGINE, vectors]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def stored():
    return json.loads(logic_cases.FILE.read_text())


def test_the_stored_vectors_are_at_least_fifteen_hundred_and_up_to_date():
    found = stored()
    count = sum(len(found[name]) for name in ("cases", "constraints", "paths"))
    assert count >= 1500
    assert found == json.loads(json.dumps(logic_cases.vectors())), (
        "Run python -m tests.surveys.logic_cases to write the vectors anew, and look at the diff."
    )


def test_every_pair_of_types_with_a_blank_is_among_the_vectors():
    seen = set()
    for tree, answers, *_ in stored()["cases"]:
        args = tree.get("args", [])
        if len(args) == 2 and all("ref" in arg for arg in args):
            if any(arg["ref"] not in answers for arg in args):
                seen.add(tuple(logic_cases.TYPES[arg["ref"]] for arg in args))
    kinds = logic_cases.POOL
    assert seen >= {(left, right) for left in kinds for right in kinds}


def test_python_gives_the_stored_values():
    found = stored()
    for tree, answers, expected, *own in found["cases"]:
        again = logic_cases.evaluated(tree, answers, *own)
        assert json.loads(json.dumps(again))[2] == expected, (tree, answers)
    for document, answers, expected, _on_path, calculated in found["paths"]:
        path = logic.path(parse(document), answers, today=logic_cases.TODAY, now=logic_cases.NOW)
        assert [page.code for page in path.pages] == [page[0] for page in expected]
        assert path.calculated == calculated


@pytest.mark.needs_node
def test_the_browser_gives_the_stored_values():
    result = run_in_node(logic_cases.FILE)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.needs_node
def test_the_comparison_notices_a_difference(tmp_path):
    found = stored()
    found["cases"] = found["cases"][:3]
    found["cases"][1][2] = "something else"
    spoiled = tmp_path / "spoiled.json"
    spoiled.write_text(json.dumps(found))
    result = run_in_node(spoiled)
    assert result.returncode == 1 and "1 differ" in result.stdout


@pytest.mark.needs_node
def test_ten_thousand_random_trees_agree(tmp_path):
    seed = int(os.environ.get("LOGIC_SEED", random.randrange(10**9)))
    print(f"LOGIC_SEED={seed}")
    cases, paths = logic_cases.random_cases(seed, RANDOM_CASES)
    file = tmp_path / "random.json"
    file.write_text(json.dumps(logic_cases.bundle(cases, paths=paths)))
    result = run_in_node(file)
    assert result.returncode == 0, f"LOGIC_SEED={seed}\n{result.stdout}{result.stderr}"


def test_random_trees_survive_being_written_and_read():
    seed = int(os.environ.get("LOGIC_SEED", random.randrange(10**9)))
    trees = logic_cases.Trees(random.Random(seed))
    for _ in range(1500):
        tree = logic.read(trees.tree("bool", 4))
        text = logic.to_text(tree)
        if len(text) <= 2000:
            assert logic.to_text(logic.parse_text(text)) == text, f"LOGIC_SEED={seed}: {text}"
        assert logic.read(logic.write(tree)) == tree
