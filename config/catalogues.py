"""The interface's texts: found in templates and modules, kept in `locale/`, compiled.

Two sets of texts. The public set is all that a visitor of the site can meet; the languages of
`settings.SITE_LANGUAGES` have it whole. The respondent set is what somebody meets who is invited,
answers, hands in or withdraws; the other languages of `settings.LANGUAGES` have that and no more.
Both are read from the sources without running anything. Neither needs GNU gettext.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation import get_language_info, to_locale
from django.utils.translation.template import templatize

from config.textsources import (
    MONTHS,
    NOT_PUBLIC,
    OFFICE_ONLY,
    PARTLY,
    PUBLIC_CHOICES,
    PUBLIC_MODULES,
    RESPONDENT_MODULES,
    RESPONDENT_TEMPLATES,
)

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"

_FUNCTIONS = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
"""Name of a translating function to the places of context, text and plural among its arguments."""
_CALL = re.compile(r"\b(n?p?gettext|_)\(")
_LITERAL = re.compile(r"""\s*u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*(,|\))""", re.DOTALL)
_LINK = re.compile(r"""{%\s*(?:extends|include)\s+["']([^"']+)["']""")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")

PLURALS = {
    "id": "nplurals=1; plural=0;",
    "ms": "nplurals=1; plural=0;",
    "th": "nplurals=1; plural=0;",
    "vi": "nplurals=1; plural=0;",
    "km": "nplurals=1; plural=0;",
    "lo": "nplurals=1; plural=0;",
    "my": "nplurals=1; plural=0;",
    "zh-hans": "nplurals=1; plural=0;",
    "fil": "nplurals=2; plural=(n > 1);",
    "tet": "nplurals=2; plural=(n != 1);",
    "pt": "nplurals=2; plural=(n != 1);",
    "ta": "nplurals=2; plural=(n != 1);",
}
"""Plural forms per language, as GNU gettext's manual and the Translation Project give them."""


@dataclass
class Message:
    """A text to translate, and the files (relative to the project) that show it."""

    text: str
    plural: str = ""
    context: str = ""
    places: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        """What a catalogue knows it by: context and text."""
        return self.context, self.text


Messages = dict[tuple[str, str], Message]


def public_messages() -> Messages:
    """The texts that a visitor of the site can meet, those of respondents among them."""
    templates = [
        path
        for path in sorted(TEMPLATES.rglob("*.html"))
        if not NOT_PUBLIC & set(path.relative_to(ROOT).parts)
    ]
    found = _gathered(
        _in_templates(templates), in_modules(_files(PUBLIC_MODULES)), _in_choices(PUBLIC_CHOICES)
    )
    for key, message in respondent_messages().items():
        found.setdefault(key, message)
    return found


def respondent_messages() -> Messages:
    """The texts that somebody can meet who is invited, answers, hands in or withdraws."""
    templates = _with_linked(
        path for pattern in RESPONDENT_TEMPLATES for path in sorted(TEMPLATES.glob(pattern))
    )
    modules = _with_imported(_files(RESPONDENT_MODULES))
    return _gathered(
        _in_templates(templates),
        in_modules(modules),
        (Message(name, places=["django.utils.dates"]) for name in MONTHS),
        (Message(text, places=[place]) for place, texts in PARTLY.items() for text in texts),
    )


def _gathered(*sources: Iterable[Message]) -> Messages:
    found: Messages = {}
    for message in (message for source in sources for message in source):
        known = found.setdefault(message.key, message)
        known.plural = known.plural or message.plural
        known.places += [place for place in message.places if place not in known.places]
    return found


def _files(patterns: Iterable[str]) -> list[Path]:
    return sorted({path for pattern in patterns for path in ROOT.glob(pattern)})


def _with_linked(templates: Iterable[Path]) -> list[Path]:
    """The templates with all that they extend and include, directly or not."""
    waiting, found = list(templates), set()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        waiting += [TEMPLATES / name for name in _LINK.findall(path.read_text("utf-8"))]
    return sorted(found)


def _with_imported(modules: Iterable[Path]) -> list[Path]:
    """The modules with all of `surveys` that they import, directly or not."""
    waiting, found = list(modules), set()
    while waiting:
        path = waiting.pop()
        if path in found or _place(path).startswith(OFFICE_ONLY) or _place(path) in PARTLY:
            continue
        found.add(path)
        waiting += list(_imported(path))
    return sorted(found)


def _imported(path: Path) -> Iterator[Path]:
    """The modules of `surveys` that a module uses.

    A package stands for those of its modules whose names are used, not for all that its
    `__init__` gathers: the services of the back office and of respondents share one.
    """
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("surveys"):
            for alias in node.names:
                whole = _file_of(f"{node.module}.{alias.name}")
                if whole is None:
                    yield from _source_of(node.module, alias.name)
                elif whole.name == "__init__.py":
                    for name in _attributes(tree, alias.asname or alias.name):
                        yield from _source_of(f"{node.module}.{alias.name}", name)
                else:
                    yield whole


def _file_of(module: str) -> Path | None:
    base = ROOT.joinpath(*module.split("."))
    files = (base.with_suffix(".py"), base / "__init__.py")
    return next((file for file in files if file.exists()), None)


def _attributes(tree: ast.Module, name: str) -> set[str]:
    """The attributes that a module reads of what it knows as `name`."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
    }


def _source_of(module: str, name: str) -> Iterator[Path]:
    """The file where `name` of a module is written, through what packages hand on."""
    file = _file_of(module)
    if file is None:
        return
    if file.name == "__init__.py":
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("surveys"):
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        whole = _file_of(f"{node.module}.{alias.name}")
                        yield from [whole] if whole else _source_of(node.module, alias.name)
                        return
    yield file


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _in_templates(paths: Iterable[Path]) -> Iterator[Message]:
    for path in paths:
        source = templatize(path.read_text("utf-8"), origin=str(path))
        for call in _CALL.finditer(source):
            yield from _message(call.group(1), _literals(source, call.end()), _place(path))


def _literals(source: str, start: int) -> list[str | None]:
    """The string literals that stand first among a call's arguments."""
    found: list[str | None] = []
    while literal := _LITERAL.match(source, start):
        found.append(ast.literal_eval(literal.group(1)))
        start = literal.end()
        if literal.group(2) == ")":
            break
    return found


def in_modules(paths: Iterable[Path]) -> Iterator[Message]:
    """The texts that the modules hand to a translating function."""
    for path in paths:
        yield from _in_code(ast.parse(path.read_text("utf-8")), path)


def _in_choices(classes: Iterable[tuple[str, str]]) -> Iterator[Message]:
    for module, name in classes:
        path = ROOT / module
        code: ast.AST = ast.parse(path.read_text("utf-8"))
        for part in name.split("."):
            inside = ast.iter_child_nodes(code)
            code = next(n for n in inside if isinstance(n, ast.ClassDef) and n.name == part)
        yield from _in_code(code, path)


def _in_code(code: ast.AST, path: Path) -> Iterator[Message]:
    for node in ast.walk(code):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
        literals = [
            argument.value
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            else None
            for argument in node.args
        ]
        if name in _FUNCTIONS:
            yield from _message(name, literals, _place(path))


def _message(function: str, literals: list[str | None], place: str) -> Iterator[Message]:
    context, text, plural = _FUNCTIONS[function]

    def at(index: int | None) -> str:
        return (literals[index] or "") if index is not None and index < len(literals) else ""

    if at(text):
        yield Message(at(text), at(plural), at(context), [place])


def path_of(language: str, suffix: str = ".po") -> Path:
    """Where the catalogue of a language lies, written (.po) or compiled (.mo)."""
    folder = Path(settings.LOCALE_PATHS[0]) / to_locale(language) / "LC_MESSAGES"
    return folder / f"django{suffix}"


def read(language: str) -> polib.POFile:
    """The written catalogue of a language; an empty one with its header where there is none."""
    path = path_of(language)
    if path.exists():
        return polib.pofile(str(path), wrapwidth=0)
    name = get_language_info(language)["name"]
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.header = (
        f"{name} texts of Suara for respondents.\n"
        "Awaiting native review: written by the makers, not yet checked by a native speaker."
    )
    catalogue.metadata = {
        "Project-Id-Version": "suara",
        "Language": to_locale(language),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    return catalogue


def messages_for(language: str) -> Messages:
    """What the catalogue of a language has to hold."""
    is_complete = language in settings.SITE_LANGUAGES
    return public_messages() if is_complete else respondent_messages()


def translated(entry: polib.POEntry, forms: int) -> bool:
    """Whether an entry says something in each of its language's plural forms, and is not fuzzy."""
    if entry.obsolete or "fuzzy" in entry.flags:
        return False
    if not entry.msgid_plural:
        return bool(entry.msgstr)
    return sorted(entry.msgstr_plural) == list(range(forms)) and all(entry.msgstr_plural.values())


def plural_forms(catalogue: polib.POFile) -> int:
    """How many plural forms the catalogue's header states."""
    return int(re.search(r"nplurals\s*=\s*(\d+)", catalogue.metadata["Plural-Forms"]).group(1))


def placeholders(text: str) -> list[str]:
    """The gaps of a text, in alphabetical order: a translation has the same."""
    return sorted(_PLACEHOLDER.findall(text))
