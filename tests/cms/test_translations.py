"""The interface speaks every language it is offered in, and speaks it completely."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation.template import templatize

from indicators.models.areas import TRANSLATABLE_NAMES

LANGUAGES = ["id", "vi", "th"]
# The style guide is for people who build and is English only; the back office is English for now.
NOT_PUBLIC = {"backoffice", "wagtailadmin"}
# Modules whose texts meet a visitor: pages, forms, letters, labels of what is shown.
PUBLIC_MODULES = [
    "campaigns/forms.py",
    "campaigns/views/*.py",
    "cms/live.py",
    "cms/templatetags/*.py",
    "cms/views/*.py",
    "engagement/accountwords.py",
    "engagement/events/*.py",
    "engagement/forms/*.py",
    "engagement/views/*.py",
    "indicators/charts.py",
    "indicators/formatting.py",
    "indicators/forms.py",
    "indicators/pages.py",
    "indicators/progress.py",
    "indicators/readings.py",
    "indicators/stated.py",
    "indicators/views.py",
    "surveys/answers.py",
    "surveys/screens.py",
    "surveys/views/*.py",
]
_CALL = re.compile(r"\b(?:_|n?gettext|n?pgettext)\(")
_FUNCTIONS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


def catalogue_path(language, suffix):
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / f"django{suffix}"


def entries(language):
    """The entries of a language's .po, each a dict of its keywords ("msgid", "msgstr[0]", ...)."""
    for block in catalogue_path(language, ".po").read_text("utf-8").split("\n\n"):
        entry, keyword = {"comment": ""}, ""
        for line in block.splitlines():
            if line.startswith("#"):
                entry["comment"] += line
                continue
            word, quote, rest = line.partition('"')
            keyword = word.strip() or keyword
            entry[keyword] = entry.get(keyword, "") + ast.literal_eval(quote + rest)
        if entry.get("msgid"):
            yield entry


def translations(language):
    """msgid -> translation."""
    return {
        entry["msgid"]: entry.get("msgstr", entry.get("msgstr[0]", ""))
        for entry in entries(language)
    }


def template_messages():
    root = Path(settings.BASE_DIR) / "templates"
    for path in sorted(root.rglob("*.html")):
        if NOT_PUBLIC & set(path.parts) or path.name == "styleguide.html":
            continue
        source = templatize(path.read_text("utf-8"), origin=str(path))
        for call in _CALL.finditer(source):
            literal = re.match(r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""", source[call.end() :])
            if literal:
                yield ast.literal_eval(literal.group(1)), path.relative_to(root)


def module_messages():
    root = Path(settings.BASE_DIR)
    for path in sorted(path for pattern in PUBLIC_MODULES for path in root.glob(pattern)):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in _FUNCTIONS
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                yield node.args[0].value, path.relative_to(root)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_a_public_page_is_translated(language):
    known = translations(language)
    messages = [*template_messages(), *module_messages()]
    assert len(messages) > 400, "The texts of the templates were not found."
    missing = sorted({f"{text!r} in {path}" for text, path in messages if not known.get(text)})
    assert not missing, f"Not translated into {language}:\n" + "\n".join(missing)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_member_state_has_its_name_in_the_language(language):
    known = translations(language)
    assert [name for name in TRANSLATABLE_NAMES if not known.get(name)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_placeholders(language):
    for entry in entries(language):
        text = entry.get("msgstr", entry.get("msgstr[0]", ""))
        # The plural form is the one that names the number for certain.
        original = entry.get("msgid_plural", entry["msgid"])
        expected = sorted(_PLACEHOLDER.findall(original))
        assert sorted(_PLACEHOLDER.findall(text)) == expected, f"{language}: {entry['msgid']}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_entry_is_empty_or_fuzzy(language):
    for entry in entries(language):
        assert entry.get("msgstr", entry.get("msgstr[0]", "")), f"{language}: {entry['msgid']}"
        assert "fuzzy" not in entry["comment"], f"{language}: {entry['msgid']}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_says_what_the_written_one_says(language):
    with catalogue_path(language, ".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    compiled = {
        key[0] if isinstance(key, tuple) else key: text for key, text in compiled.items() if key
    }
    assert compiled == translations(language), f"Compile the catalogue of {language} again."
