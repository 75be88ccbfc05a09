"""The variables: names as in the data files, full wordings, categories, missing codes, filters."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from django.conf import settings

from surveys.exports.columns import Column
from surveys.exports.ddi.elements import Texts, add, add_texts
from surveys.exports.variables import (
    DAY,
    MISSING,
    MOMENT,
    NUMBER,
    TEXT,
    TIME,
    Variable,
    Variables,
    ends_of,
)
from surveys.exports.weights import ACROSS, WITHIN
from surveys.exports.words import DONT_KNOW, REFUSED
from surveys.questionnaire import logic
from surveys.questionnaire.definition import NOT_ASKED, Definition, Question

MISSING_TYPES = {DONT_KNOW: "don't know", REFUSED: "refused", NOT_ASKED: "not asked"}
_NATURES = {"nominal": "nominal", "ordinal": "ordinal", "scale": "ratio"}
_RESPONSES = {
    "single": "category", "consent": "category", "matrix": "category", "multiple": "multiple",
    "rank": "multiple", "scale": "numeric", "number": "numeric", "text": "text",
    "date": "datetime", "time": "datetime", "datetime": "datetime",
}  # fmt: skip
_GROUPS = {"multiple": "multipleResp", "matrix": "grid"}


def add_data(root: Element, variables: Variables, *, files: str) -> None:
    """Add `dataDscr`: groups of several choices and grids, then every variable."""
    data = add(root, "dataDscr")
    ids = {variable.name: f"V{number}" for number, variable in enumerate(variables.all, 1)}
    questions = {
        code: f"Q{number}"
        for number, (code, question) in enumerate(variables.alignment.questions.items(), 1)
        if question.kind != "calculate"
    }
    _add_groups(data, variables, ids)
    weights = {one.own: ids[one.name] for one in variables.all if one.is_weight}
    described: set[str] = set()
    for variable in variables.all:
        element = add(
            data,
            "var",
            ID=ids[variable.name],
            name=variable.name,
            wgt="wgt" if variable.is_weight else "",
            wgt__var=" ".join(weights[name] for name in (WITHIN, ACROSS) if name in weights)
            if variable.source is not None
            else "",
            qstn=questions.get(variable.source.question, "") if variable.source else "",
            files=files,
            dcml=str(variable.decimals) if variable.storage == NUMBER else "",
            intrvl="contin" if variable.measure == "scale" else "discrete",
            nature=_NATURES[variable.measure],
            representationType=_representation(variable),
        )
        _add_labels(element, variables, variable)
        if (column := variable.source) is not None:
            if (code := column.question) in questions:
                identity = "" if code in described else questions[code]
                _add_question(element, variables, column, identity)
                described.add(code)
        _add_values(element, variables, variable)
        _add_form(element, variables, variable)


def _representation(variable: Variable) -> str:
    if variable.storage in (DAY, TIME, MOMENT):
        return "datetime"
    if set(variable.codes) - set(MISSING):
        return "code"
    return "text" if variable.storage == TEXT else "numeric"


def _add_groups(data: Element, variables: Variables, ids: dict[str, str]) -> None:
    members: dict[tuple[str, str], list[str]] = {}
    for variable in variables.all:
        if (column := variable.source) is not None and column.kind in _GROUPS:
            members.setdefault((column.question, column.kind), []).append(ids[variable.name])
    for number, ((code, kind), found) in enumerate(members.items(), 1):
        question = variables.alignment.question(code)
        group = add(
            data, "varGrp", ID=f"G{number}", type=_GROUPS[kind], name=code,
            var=" ".join(found),
        )  # fmt: skip
        add_texts(group, "labl", question.short_label or question.label)
        if question.short_label:
            add_texts(group, "txt", question.label)


def _words(variables: Variables, variable: Variable, *, in_full: bool) -> Texts:
    """A variable's words in every language in which all their parts exist."""
    column = variable.source
    if column is None:
        return {"en": variables.label_parts(variable, "en")[0]}
    question = variables.alignment.question(column.question)
    parts = [question.label if in_full else question.short_label or question.label]
    parts += [row.label for row in question.rows if column.row and row.code == column.row]
    parts += [
        choice.label
        for choice in question.choices
        if column.choice and choice.code == column.choice
    ]
    return {
        language: " :: ".join(part[language] for part in parts)
        for language in variables.languages
        if all(part.get(language, "").strip() for part in parts)
    }


def _add_labels(element: Element, variables: Variables, variable: Variable) -> None:
    found = _words(variables, variable, in_full=False)
    if not found:
        found = {variables.languages[0]: variable.column}
    add_texts(element, "labl", found)


def _add_question(element: Element, variables: Variables, column: Column, identity: str) -> None:
    question = variables.alignment.question(column.question)
    found = add(element, "qstn", ID=identity, responseDomainType=_RESPONSES.get(question.kind, ""))
    if column.row:
        add_texts(found, "preQTxt", question.label)
        rows = (row.label for row in question.rows if row.code == column.row)
        add_texts(found, "qstnLit", next(rows, {}))
    else:
        add_texts(found, "qstnLit", question.label)
    add_texts(found, "postQTxt", question.hint)


def _add_values(element: Element, variables: Variables, variable: Variable) -> None:
    column = variable.source
    question = variables.alignment.question(column.question) if column else None
    if question is not None and variable.storage == NUMBER:
        if question.minimum is not None or question.maximum is not None:
            add(
                add(element, "valrng"),
                "range",
                UNITS="REAL" if variable.decimals else "INT",
                min="" if question.minimum is None else f"{question.minimum:g}",
                max="" if question.maximum is None else f"{question.maximum:g}",
            )
    if variable.missing:
        invalid = add(element, "invalrng")
        for code in variable.missing:
            add(invalid, "item", UNITS="INT", VALUE=code)
    for condition in conditions(variables, variable):
        add(element, "universe", condition, clusion="I")
    for code, texts in _categories(variables, variable):
        category = add(
            element,
            "catgry",
            missing="Y" if code in variable.missing else "",
            missType=MISSING_TYPES[code] if code in variable.missing else "",
        )
        add(category, "catValu", code)
        add_texts(category, "labl", texts)


def _categories(variables: Variables, variable: Variable) -> Iterable[tuple[str, Texts]]:
    """Every code with its meaning, in the languages in which the questionnaire or we say it."""
    column = variable.source
    about = column.question if column else variables.table.wave.area_question
    question = variables.alignment.questions.get(about)
    said: dict[str, Texts] = {}
    if question is not None and not (column and column.choice) and variable.own != "source":
        said = ends_of(question) | {choice.code: choice.label for choice in question.choices}
    ours = {code for code, _name in settings.LANGUAGES} if column else {"en"}
    spoken = [language for language in variables.languages if language in ours] or ["en"]
    words = {language: variables.value_labels(variable, language) for language in spoken}
    for code in variable.codes:
        if any(said.get(code, {}).values()):
            yield code, said[code]
        else:
            yield code, {language: labels[code] for language, labels in words.items()}


def conditions(variables: Variables, variable: Variable) -> list[str]:
    """Who was asked, as a condition in words of the questionnaire's logic; one per way it was.

    A page's condition counts for its questions. Where versions asked different people, each
    condition says of which versions it is.
    """
    if variable.source is None:
        return []
    code = variable.source.question
    found: dict[str, list[int]] = {}
    for number, definition in reversed(variables.alignment.versions.items()):
        if code in definition.by_code:
            found.setdefault(_condition(definition, code), []).append(number)
    if len(found) == 1:
        return [text for text in found if text]
    return [
        f"versions {', '.join(map(str, numbers))}: {text or 'everybody'}"
        for text, numbers in found.items()
    ]


def _condition(definition: Definition, code: str) -> str:
    page = next(page for page in definition.pages if any(q.code == code for q in page.questions))
    trees = [tree for tree in (page.relevant, definition.by_code[code].relevant) if tree]
    texts = [logic.to_text(tree) for tree in trees]
    return " and ".join(f"({text})" for text in texts) if len(texts) > 1 else "".join(texts)


def _add_form(element: Element, variables: Variables, variable: Variable) -> None:
    """How the value came about, which versions have it, its type, and older wordings."""
    column = variable.source
    if column is not None:
        question = variables.alignment.question(column.question)
        if question.kind == "calculate" and question.calculation is not None:
            add(element, "codInstr", f"Calculated: {logic.to_text(question.calculation)}", "en")
        versions = ", ".join(map(str, variables.alignment.having(column)))
        add(add(element, "verStmt"), "version", f"questionnaire versions: {versions}", "en")
    add(
        element,
        "varFormat",
        type="character" if variable.storage == TEXT else "numeric",
        schema="SPSS",
        category={DAY: "date", TIME: "time", MOMENT: "date"}.get(variable.storage, "other"),
    )
    add(element, "notes", variable.column, type="column", subject="name in CSV and XLSX")
    if column is not None:
        for number, language, text in _older_wordings(variables, column.question):
            add(
                element, "notes", text, language, type="wording", subject=f"questionnaire v{number}"
            )


def _older_wordings(variables: Variables, code: str) -> Iterable[tuple[int, str, str]]:
    """Wordings of a question that differ from the newest one: version, language, text."""
    newest = variables.alignment.question(code)
    for number, definition in reversed(variables.alignment.versions.items()):
        older: Question | None = definition.by_code.get(code)
        if older is None:
            continue
        for language, text in older.label.items():
            if text.strip() and text != newest.label.get(language, ""):
                yield number, language, text
