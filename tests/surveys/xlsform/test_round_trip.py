"""Check 2: export and import again give the identical draft, and pyxform accepts the export."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from pyxform.xls2xform import convert

from surveys.questionnaire.definition import Definition, parse, to_document
from surveys.questionnaire.xlsform import read_xlsform, write_xlsform
from tests.surveys import factories
from tests.surveys.xlsform.definitions import definitions

NAMES = {"en": "English", "km": "Khmer", "th": "Thai", "my": "Burmese"}
AWARENESS = Path(factories.__file__).parents[2] / "surveys" / "demonstration" / "awareness.json"


def exported(definition: Definition) -> bytes:
    return write_xlsform(definition, form_id="ASCC-PS", version="3", language_names=NAMES)


def awareness() -> Definition:
    return parse(json.loads(AWARENESS.read_text())["questionnaire"])


@pytest.mark.parametrize("make", [awareness, lambda: parse(factories.document())])
def test_check_2_export_and_import_give_the_identical_draft(make):
    definition = make()

    imported = read_xlsform(exported(definition), "form.xlsx")

    assert imported.document == to_document(definition)
    assert imported.definition.content_hash == definition.content_hash
    assert (imported.form_id, imported.version) == ("ASCC-PS", "3")


@pytest.mark.parametrize("make", [awareness, lambda: parse(factories.document())])
def test_check_2_pyxform_converts_our_export_without_error(make):
    result = convert(io.BytesIO(exported(make())), validate=False)

    assert result.xform.startswith("<?xml")
    # pyxform knows no language with a script, such as zh-hans; it says so and goes on.
    assert all("zh-hans" in warning for warning in result.warnings)


def test_our_export_of_a_complete_questionnaire_gives_no_findings():
    assert read_xlsform(exported(awareness()), "form.xlsx").findings == ()


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(definition=definitions())
def test_check_2_every_questionnaire_comes_back_as_it_was(definition):
    data = exported(definition)

    assert read_xlsform(data, "form.xlsx").document == to_document(definition)
    convert(io.BytesIO(data), validate=False)
