"""The example in docs/estimating.md does what the page says; the page and the schema agree."""

import csv
import json
import re
from io import StringIO

import jsonschema
import pytest
from django.conf import settings
from django.core.management import call_command

from surveys.files.plans import SCHEMA_FILE, read_plan, schema

PAGE = (settings.BASE_DIR / "docs" / "estimating.md").read_text(encoding="utf-8")


def after(mark: str) -> str:
    """What stands below a comment of the page, up to the next blank line outside of it."""
    return PAGE.split(f"<!-- {mark}", 1)[1].split("-->\n", 1)[1]


@pytest.fixture
def plan_file(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(after("file: plan.json").split("```json\n", 1)[1].split("```", 1)[0])
    return path


def test_the_example_gives_the_rows_on_the_page(plan_file, tmp_path, monkeypatch):
    monkeypatch.chdir(settings.BASE_DIR)
    command = after("command").split("\n\n", 1)[0].replace("\\\n", " ").split()
    assert command[:3] == ["manage.py", "estimate", "plan.json"]
    out = tmp_path / "estimates.csv"
    words = [
        str(plan_file),
        *(str(out) if word == "estimates.csv" else word for word in command[3:]),
    ]

    call_command("estimate", *words, stderr=StringIO())

    with out.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    table = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in after("result").split("\n\n", 1)[0].splitlines()
    ]
    head, _rule, *lines = table
    shown = [
        [
            f"{float(row[name]):.4f}" if name in ("value", "se", "low", "high") else row[name]
            for name in head
        ]
        for row in found
        if row["value"]
    ]
    assert len(lines) == 2
    assert [line for line in lines if line not in shown] == []


def test_the_plan_on_the_page_fits_the_schema(plan_file):
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(json.loads(plan_file.read_text()), schema())
    assert read_plan(plan_file).groups == ("wave", "country")


def test_the_page_explains_every_word_of_the_schema():
    document = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    properties = document["properties"]
    words = {
        *(set(properties) - {"$schema", "title", "notes"}),
        *properties["design"]["properties"],
        *properties["weights"]["properties"],
        *(set(document["$defs"]["figure"]["properties"]) - {"title"}),
    }
    missing = sorted(word for word in words if not re.search(rf"\b{word}\b", PAGE))
    assert missing == []


def test_every_option_of_the_command_is_on_the_page():
    from surveys.management.commands.estimate import Command

    own = {"--data", "--margins", "--out", "--weights", "--json", "--quiet"}
    parser = Command().create_parser("manage.py", "estimate")
    options = {option for action in parser._actions for option in action.option_strings}
    assert own <= options
    assert [option for option in own if f"`{option}`" not in PAGE] == []
