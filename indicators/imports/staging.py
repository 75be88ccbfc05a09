"""Checking a file: every row read, compared and staged, in pieces; nothing of it is written yet."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.files.storage import storages
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from indicators import bulk
from indicators.errors import FileRefused, TakenOver
from indicators.imports.cells import plain
from indicators.imports.columns import Head, Record, records, rows_below
from indicators.imports.kinds import UNCHANGED, Checked, Kind, with_problem
from indicators.imports.reading import Book, Sheet, read
from indicators.imports.registry import KINDS
from indicators.models import Import, ImportRow

PIECE = 2000
_BATCH = 500
_CELL = 2000
_COLUMNS = ("number", "outcome", "label", "data", "before", "problems", "cells")


@contextmanager
def opened(imported: Import) -> Iterator[Book]:
    """The stored file. Raises FileRefused if it is not there any more."""
    try:
        file = storages["private"].open(imported.stored_name)
    except (FileNotFoundError, OSError, ValueError) as error:
        raise FileRefused(_("The file has been deleted. Upload it again.")) from error
    with file, read(file.file, imported.file_name, encoding=imported.encoding) as book:
        yield book


def sheet_of(imported: Import, book: Book) -> Sheet:
    """The sheet that was chosen."""
    return book.named(imported.sheet) or book.sheet


def head_of_import(imported: Import) -> Head:
    """The headings as they were found."""
    return Head(imported.head_row, tuple(imported.headings))


def check(*, imported: Import, held: QuerySet[Import], at: datetime) -> None:
    """Stage every row of the file that would change something or cannot be used.

    `held` is the import as long as its claim is one's own; it is touched with every piece. Begun
    again it begins from nothing. Raises TakenOver, FileRefused.
    """
    ImportRow.objects.filter(source=imported).delete()
    kind = KINDS[imported.kind]
    head, mapping = head_of_import(imported), imported.mapping
    checker = kind.checker(head=head, mapping=mapping, by=imported.by, at=at)
    twice = _Twice(head, mapping)
    counts = dict.fromkeys(("new", "changed", "unchanged", "bad"), 0)
    done = 0
    with opened(imported) as book:
        sheet = sheet_of(imported, book)
        touch(held, rows_done=0, rows_total=max(sheet.about - head.row, 0))
        rows = records(sheet, head, mapping, kind.columns, sign=imported.decimal_sign)
        for piece in pieces(rows, PIECE):
            staged = []
            for checked in checker.check(piece):
                twice.look(checked)
                counts[checked.outcome] += 1
                if checked.outcome != UNCHANGED:
                    staged.append(_staged(checked))
            bulk.insert(ImportRow, _COLUMNS, staged, same={"source_id": imported.pk})
            done += len(piece)
            touch(held, rows_done=done)
        moved = _contradicted(imported, sheet, head, twice.contradicted)
    for outcome, many in moved.items():
        counts[outcome] -= many
        counts["bad"] += many
    changed = held.update(
        state=Import.State.CHECKED,
        claim="",
        rows_done=done,
        rows_total=done,
        checked_at=timezone.now(),
        error={},
        **{f"count_{name}": many for name, many in counts.items()},
    )
    if not changed:
        raise TakenOver


def touch(held: QuerySet[Import], **columns: Any) -> None:
    """Say that it is alive; raise TakenOver when it is somebody else's by now."""
    if not held.update(seen_at=timezone.now(), **columns):
        raise TakenOver


def pieces(things: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of at most `size`, in order."""
    piece: list[Any] = []
    for thing in things:
        piece.append(thing)
        if len(piece) == size:
            yield piece
            piece = []
    if piece:
        yield piece


class _Twice:
    """Finds rows about the same thing. Two that agree are one row too many; of two that do not,
    nobody can know which is meant, so neither is used."""

    def __init__(self, head: Head, mapping: dict[str, int]) -> None:
        self.head, self.mapping = head, mapping
        # Hashes, not the keys: a file may have 200,000 rows.
        self.seen: dict[int, tuple[int, int]] = {}
        self.contradicted: dict[int, int] = {}

    def look(self, checked: Checked) -> None:
        """Make the row a bad one if an earlier row was about the same."""
        if checked.key is None or checked.outcome == ImportRow.Outcome.BAD:
            return
        number = checked.record.row.number
        said = hash(tuple(checked.record.values.items()))
        first, first_said = self.seen.setdefault(hash(checked.key), (number, said))
        if first == number:
            return
        if said == first_said:
            text = gettext_noop("The row says the same as row %(row)s. It is needed only once.")
        else:
            text = gettext_noop(
                "Row %(row)s is about the same, but says something else. Keep the one that is right."
            )
            self.contradicted.setdefault(first, number)
        with_problem(checked, self.head, self.mapping, "", text, row=first)


def _staged(checked: Checked) -> tuple[Any, ...]:
    """The row in the order of `_COLUMNS`."""
    record = checked.record
    is_bad = checked.outcome == ImportRow.Outcome.BAD
    return (
        record.row.number,
        checked.outcome,
        checked.label[:300],
        {} if is_bad else checked.data,
        {} if is_bad else checked.before,
        _told(record) if is_bad else [],
        _cells(record) if is_bad else [],
    )


def _told(record: Record) -> list[list[Any]]:
    return [
        [
            problem.column,
            problem.value,
            problem.text,
            {name: str(value) for name, value in problem.details.items()},
        ]
        for problem in record.problems
    ]


def _cells(record: Record) -> list[str]:
    return [plain(cell)[:_CELL] for cell in record.row.cells]


def _contradicted(
    imported: Import, sheet: Sheet, head: Head, contradicted: dict[int, int]
) -> dict[str, int]:
    """Make the first of two contradicting rows a bad one too; return how many of which outcome."""
    moved: dict[str, int] = {}
    if not contradicted:
        return moved
    text = gettext_noop(
        "Row %(row)s is about the same, but says something else. Keep the one that is right."
    )
    found = (row for row in rows_below(sheet, head) if row.number in contradicted)
    for piece in pieces(found, PIECE):
        cells = {row.number: _cells(Record(row, {})) for row in piece}
        staged = list(
            ImportRow.objects.filter(source=imported, number__in=cells).exclude(
                outcome=ImportRow.Outcome.BAD
            )
        )
        for row in staged:
            moved[row.outcome] = moved.get(row.outcome, 0) + 1
            row.outcome = ImportRow.Outcome.BAD
            row.data, row.before, row.cells = {}, {}, cells[row.number]
            row.problems = [["", "", text, {"row": str(contradicted[row.number])}]]
        ImportRow.objects.bulk_update(
            staged, ["outcome", "data", "before", "cells", "problems"], batch_size=_BATCH
        )
    return moved


def kind_of(imported: Import) -> Kind:
    """The kind an import is of."""
    return KINDS[imported.kind]
