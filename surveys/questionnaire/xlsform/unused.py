"""What of a file was not taken over: nothing an author wrote may vanish without a sentence.

Every row remembers which of its cells were asked for (`Line.read`). At the end of an import the
filled cells that nobody asked for are reported here, one sentence for each column.
"""

from __future__ import annotations

from collections.abc import Iterable

from .form import Form
from .outline import Item
from .questions import HONOURED
from .report import Level, counted
from .tables import MEDIA, Column, Line, Table
from .types import read_type

_TOLD = 20
_SENTENCES = {
    "trigger": "Calculations on a trigger are not supported. Left out: {cells}.",
    "repeat_count": "Repeats are not supported. Left out: {cells} with the number of times.",
    "save_to": "Entities are not supported. Left out: {cells}.",
} | dict.fromkeys(
    sorted(MEDIA), "Pictures, sounds and videos are not shown. Left out: {cells} of this column."
)
_SETTINGS = {
    "public_key": "Encryption of answers by a public key is not supported.",
    "submission_url": "The address for answers is not used: answers come to this site.",
    "instance_name": "A name computed for each response is not supported.",
}


def report_unused(form: Form, root: Item) -> None:
    """One sentence for each column, list, setting and appearance that was not taken over."""
    _report_columns(form)
    if not form.own_format:
        _report_cells(form, root)
        _report_appearances(form, root)
        _report_lists(form)
        _report_settings(form)
    for sheet, many in form.stripped.items():
        form.report.add(
            Level.CHANGED,
            f"{counted(many, 'text')} had HTML or Markdown (such as <b> or **). Texts are shown "
            "plain, so the marks were removed.",
            sheet=sheet,
        )


def _report_columns(form: Form) -> None:
    """Columns that mean nothing here, whatever stands in them."""
    for table in (form.tables["survey"], form.tables["choices"]):
        for column in table.columns:
            if sentence := _SENTENCES.get(column.field):
                filled = [line for line in table.lines if column in line.filled]
                if filled:
                    form.report.add(
                        Level.LEFT_OUT,
                        sentence.format(cells=counted(len(filled), "cell")),
                        sheet=table.name,
                        row=filled[0].number,
                        column=column.heading,
                    )
    survey, choices = form.tables["survey"], form.tables["choices"]
    unknown = [one for one in survey.unknown if not one.heading.lower().startswith("kobo--")]
    spare = [one for one in choices.unknown if one.heading not in form.filtering]
    for table, columns in ((survey, unknown), (choices, spare)):
        headings = [column.heading[:40] for column in columns if _is_filled(column, table)]
        if headings:
            form.report.add(
                Level.REMARK,
                f"These columns have no meaning here and were not read: {_listed(headings)}.",
                sheet=table.name,
            )


def _is_filled(column: Column, table: Table) -> bool:
    return any(column in line.filled for line in table.lines)


def _report_cells(form: Form, root: Item) -> None:
    """Cells of rows that were imported which nothing here has a use for."""
    survey = form.tables["survey"]
    items = {id(item.line): item for item in root.walk()}
    imported = [item.line for item in items.values() if not item.left_out]
    ends = [
        line
        for line in survey.lines
        if id(line) not in items and read_type(line.get("type")).role == "end"
    ]
    used = [entry.line for one in form.lists.values() if one.is_used for entry in one.entries]
    _report_unread([*imported, *ends], form, besides={"name"})
    _report_unread(used, form)


def _report_unread(lines: Iterable[Line], form: Form, besides: Iterable[str] = ()) -> None:
    found: dict[Column, list[Line]] = {}
    for line in lines:
        for column in line.unread:
            if column.field not in _SENTENCES and column.field not in besides:
                found.setdefault(column, []).append(line)
    for column, unread in found.items():
        rows = [str(line.number) for line in unread]
        form.report.add(
            Level.LEFT_OUT,
            f"The column “{column.heading[:60]}” changes nothing for rows of this type. Left out: "
            f"{counted(len(rows), 'cell')} ({'row' if len(rows) == 1 else 'rows'} "
            f"{_listed(rows)}).",
            sheet=unread[0].table.name,
            row=unread[0].number,
            column=column.heading,
        )


def _report_appearances(form: Form, root: Item) -> None:
    """Words of the column appearance that change nothing here, all in one sentence."""
    found: dict[str, Item] = {}
    for item in root.walk():
        if item.is_group or item.left_out or item.kind in ("", "row", "heading", "matrix"):
            continue
        words = item.line.get("appearance").partition("search(")[0].split()
        for word in words:
            if word.lower() not in HONOURED.get(item.kind, ()):
                found.setdefault(word[:40], item)
    if found:
        places = [f"{word} (row {item.line.number})" for word, item in found.items()]
        form.report.add(
            Level.REMARK,
            f"These appearances change nothing here: {_listed(places)}.",
            **next(iter(found.values())).line.place("appearance"),
        )


def _report_lists(form: Form) -> None:
    for one in form.lists.values():
        if not one.is_used:
            form.report.add(
                Level.LEFT_OUT,
                f"No imported question has the list “{one.name[:80]}”. Left out: "
                f"{counted(len(one.entries), 'choice')}.",
                **one.entries[0].line.place("list_name"),
            )


def _report_settings(form: Form) -> None:
    table = form.tables["settings"]
    if not table.lines:
        return
    first, *others = table.lines
    for name, sentence in _SETTINGS.items():
        if first.get(name):
            form.report.add(Level.REMARK, sentence, **first.place(name))
    spare = [
        column
        for column in first.unread
        if not (column.field == "style" and first.get("style") == "pages")
    ]
    if spare:
        form.report.add(
            Level.REMARK,
            "These settings have no meaning here and were not read: "
            f"{_listed(column.heading[:40] for column in spare)}.",
            **first.place(spare[0].field),
        )
    for line in others:
        if not line.is_empty:
            form.report.add(
                Level.LEFT_OUT,
                "Settings stand in the first row below the headings. This row was not read.",
                **line.place(),
            )


def _listed(words: Iterable[str]) -> str:
    """The first of many words, with the number of the others."""
    given = list(words)
    more = f" and {len(given) - _TOLD} more" if len(given) > _TOLD else ""
    return ", ".join(given[:_TOLD]) + more
