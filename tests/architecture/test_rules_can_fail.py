"""The rules themselves: each finds what it forbids."""

import ast
from pathlib import Path

import pytest

from tests.architecture import sources
from tests.architecture.test_modules import _swallows
from tests.architecture.test_templates import RULES


@pytest.fixture
def module(tmp_path, monkeypatch):
    def write(text: str) -> Path:
        path = tmp_path / "indicators" / "models" / "observations.py"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        return path

    monkeypatch.setattr(sources, "ROOT", tmp_path)
    return write


def test_an_import_inside_a_function_is_found(module):
    path = module("def later():\n    from surveys.models import Wave\n    return Wave\n")
    assert "surveys.models" in dict(sources.imports(path))


def test_a_relative_import_is_resolved(module):
    path = module("from ..areas import Area\nfrom . import indicators\n")
    found = dict(sources.imports(path))
    assert {"indicators.areas", "indicators.models"} <= set(found)


def test_an_import_by_name_is_found(module):
    path = module("publish = import_string('surveys.publishing.publish_all')\n")
    assert "surveys.publishing.publish_all" in dict(sources.imports(path))


def test_a_foreign_key_by_string_is_found(module):
    path = module("wave = models.ForeignKey('surveys.Wave', models.CASCADE)\n")
    assert "surveys.Wave" in dict(sources.named_models(path))


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("an inline script", "<script>alert(1)</script>"),
        ("a style element", "<style>p {}</style>"),
        ("a style attribute", '<p class="x" style="color: red">'),
        ("an event handler", '<button type="button" onclick="go()">'),
        ("a script address", '<a href="javascript:go()">'),
        ("an address of another site's file", '<img src="https://elsewhere.example/pixel.gif">'),
    ],
)
def test_a_template_rule_finds_what_it_forbids(what, text):
    assert RULES[what].search(text)


def test_a_module_script_from_a_file_is_allowed():
    assert not RULES["an inline script"].search(
        '<script type="module" src="{% static \'a.js\' %}">'
    )


def test_a_swallowed_exception_is_found():
    tree = ast.parse("try:\n    go()\nexcept Exception:\n    pass\n")
    assert _swallows(tree.body[0].handlers[0])
