"""What we read is what pyxform reads: names, kinds, labels, conditions and choices agree."""

import io

import pytest
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import get_xlsform

from surveys.questionnaire.logic import parse_text
from surveys.questionnaire.xlsform import read_xlsform
from tests.surveys.xlsform.forms import large_xlsx, sheets_of, xlsx
from tests.surveys.xlsform.test_files import SMALL

KINDS = {
    "select one": "single",
    "select all that apply": "multiple",
    "rank": "rank",
    "integer": "number",
    "add integer prompt": "number",
    "decimal": "number",
    "text": "text",
    "date": "date",
    "time": "time",
    "dateTime": "datetime",
    "note": "note",
    "acknowledge": "consent",
    "calculate": "calculate",
    "range": "scale",
}
OLD = """
| survey |
| | type | name | label:English (en) | label:French (fr) | relevance | constraint_message:English (en) |
| | select one from yn | a | A | Un | | |
| | add integer prompt | b | B | Deux | ${a} = 'yes' | No |
| | begin group | g | G | Gé | ${b} > 3 | |
| | select_multiple yn | c | C | Trois | selected(${a}, 'no') | |
| | dateTime | d | D | Quatre | | |
| | end group | | | | | |
| | text | e | E | Six | | |
| | rank yn | r | R | Cinq | | |
| choices |
| | list name | name | label:English (en) | label:French (fr) |
| | yn | yes | Yes | Oui |
| | yn | no | No | Non |
"""
PLAIN = """
| survey |
| | type | name | label | hint | required | appearance | parameters |
| | note | n | Hello | | | | |
| | acknowledge | k | Agree | | yes | | |
| | range | s | Scale | | | | start=0 end=10 step=1 |
| | decimal | d | Weight | in kg | | | |
| | time | t | When | | | | |
| | text | x | Why | | | multiline | |
"""


def leaves(node: dict):
    for child in node["children"]:
        if child.get("children") is not None:
            if child["name"] != "meta":
                yield from leaves(child)
        else:
            yield child


def meant(condition: str | None):
    return parse_text(condition) if condition else None


def by_language(label, default: str) -> dict[str, str]:
    label = label if isinstance(label, dict) else {default: label} if label else {}
    return {tag.rpartition("(")[2].rstrip(")"): text for tag, text in label.items()}


@pytest.mark.parametrize(
    "data",
    [
        xlsx(sheets_of(SMALL)),
        xlsx(sheets_of(OLD)),
        xlsx(sheets_of(PLAIN)),
        large_xlsx(200, ("English (en)", "Khmer (km)")),
    ],
    ids=["small", "old", "plain", "large"],
)
def test_the_questions_are_those_of_pyxforms_dict(data):
    theirs = workbook_to_json(get_xlsform(io.BytesIO(data)), form_name="form")
    ours = read_xlsform(data, "form.xlsx").definition

    expected = {
        leaf["name"]: (
            KINDS[leaf["type"]],
            by_language(leaf.get("label"), ours.default_language),
            tuple(choice["name"] for choice in leaf.get("choices", ())),
            leaf.get("bind", {}).get("required", "no").lower() == "yes",
            meant(leaf.get("bind", {}).get("relevant")),
        )
        for leaf in leaves(theirs)
    }
    read = {
        one.code: (
            one.kind,
            dict(one.label),
            () if one.kind == "consent" else one.choice_codes,
            one.required,
            one.relevant,
        )
        for one in ours.questions
    }
    assert read == expected


def test_choices_have_the_labels_of_pyxforms_dict():
    data = xlsx(sheets_of(SMALL))
    theirs = workbook_to_json(get_xlsform(io.BytesIO(data)), form_name="form")["choices"]["yn"]
    ours = read_xlsform(data, "form.xlsx").definition.by_code["a"].choices

    assert [(one.code, dict(one.label)) for one in ours] == [
        (one["name"], by_language(one["label"], "en")) for one in theirs
    ]
