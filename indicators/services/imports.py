"""An import's way: received, its columns chosen, checked, applied as a whole, perhaps undone."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any, BinaryIO

from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from indicators.errors import ImportRefused, NotAllowed, ReasonRequired
from indicators.imports.columns import Head, head_of, key_of, match, sign_of
from indicators.imports.encodings import ENCODINGS
from indicators.imports.kinds import Kind
from indicators.imports.reading import Book, Sheet, read
from indicators.imports.registry import KINDS
from indicators.imports.staging import opened
from indicators.models import ColumnMapping, Import, ImportRow

KEPT = timedelta(days=60)
"""How long a file and its staged rows are kept; after that an import cannot be undone."""
State = Import.State


@transaction.atomic
def receive(*, kind: str, file: BinaryIO, name: str, by: Any, at: datetime) -> Import:
    """Keep an uploaded file and guess what its columns are. Nothing is checked yet.

    Raises NotAllowed, and FileRefused for what cannot be read.
    """
    wanted = KINDS.get(kind)
    if wanted is None or not wanted.may_be_imported_by(by):
        raise NotAllowed(_("You may not import this kind of table."))
    # A name with which neither a path nor a sheet can be meant.
    name = PurePath(name.replace("\x00", "").replace("\\", "/")).name[-200:] or "table"
    imported = Import(kind=kind, file_name=name, by=by, created_at=at)
    with read(file, name) as book:
        sheet = _best(book, wanted)
        _understand(imported, wanted, book, sheet)
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(1024 * 1024):
        digest.update(piece)
    imported.digest = digest.hexdigest()
    imported.size = file.tell()
    file.seek(0)
    imported.stored_name = storages["private"].save(f"imports/{imported.token}", File(file))
    imported.save()
    return imported


@transaction.atomic
def look_again(*, imported: Import, sheet: str, encoding: str, by: Any) -> Import:
    """Read the headings of another sheet, or in another encoding.

    Raises NotAllowed, ImportRefused once it has been applied, FileRefused.
    """
    imported = _held(imported, by)
    _require(imported, State.UPLOADED, State.CHECKED, State.FAILED)
    if encoding in ENCODINGS or not encoding:
        imported.encoding = encoding
    with opened(imported) as book:
        _understand(imported, KINDS[imported.kind], book, book.named(sheet) or book.sheet)
    imported.state, imported.error = State.UPLOADED, {}
    imported.save()
    return imported


@transaction.atomic
def choose_columns(
    *, imported: Import, mapping: Mapping[str, int], decimal_sign: str, by: Any, at: datetime
) -> Import:
    """Say which column is which and ask for the check; the choice is offered again next time.

    Raises NotAllowed, and ImportRefused where a needed column is missing or one is meant twice.
    """
    imported = _held(imported, by)
    _require(imported, State.UPLOADED, State.CHECKED, State.FAILED)
    kind = KINDS[imported.kind]
    chosen = {
        column.name: mapping[column.name]
        for column in kind.columns
        if 0 <= mapping.get(column.name, -1) < len(imported.headings)
    }
    missing = [str(c.label) for c in kind.columns if c.is_required and c.name not in chosen]
    if missing:
        raise ImportRefused(
            _("Choose a column for: %(columns)s.") % {"columns": ", ".join(missing)}
        )
    twice = [place for place in chosen.values() if list(chosen.values()).count(place) > 1]
    if twice:
        raise ImportRefused(
            _("The column “%(column)s” is chosen twice. Each column can mean one thing.")
            % {"column": imported.headings[twice[0]]}
        )
    imported.mapping = chosen
    imported.decimal_sign = decimal_sign if decimal_sign in (",", ".") else ""
    _queue(imported, State.CHECKING)
    ColumnMapping.objects.update_or_create(
        kind=imported.kind,
        headings_key=_headings_key(imported.headings),
        defaults={
            "headings": imported.headings,
            "columns": {name: imported.headings[place] for name, place in chosen.items()},
            "decimal_sign": imported.decimal_sign,
            "used_at": at,
            "by": by,
        },
    )
    return imported


@transaction.atomic
def check_again(*, imported: Import, by: Any) -> Import:
    """Compare the file once more with what is held now. Raises NotAllowed, ImportRefused."""
    imported = _held(imported, by)
    _require(imported, State.CHECKED, State.FAILED)
    if not imported.mapping:
        raise ImportRefused(_("Choose the columns first."))
    _queue(imported, State.CHECKING)
    return imported


@transaction.atomic
def ask_to_apply(*, imported: Import, by: Any, reason: str = "") -> Import:
    """Have the good rows written, all of them or none.

    Raises NotAllowed, ReasonRequired where values that are held change and no reason is given, and
    ImportRefused where there is nothing to write or the check is not up to date.
    """
    imported = _held(imported, by)
    _require(imported, State.CHECKED)
    if imported.error:
        raise ImportRefused(_("Check the file again first."))
    if not imported.count_good:
        raise ImportRefused(_("The file has no row that would change anything."))
    if imported.count_changed and not reason.strip():
        raise ReasonRequired(_("Say why the values change. The reason is kept with each of them."))
    imported.reason = reason.strip()[:2000]
    imported.applied_by = by
    _queue(imported, State.APPLYING)
    return imported


@transaction.atomic
def ask_to_undo(*, imported: Import, by: Any, reason: str) -> Import:
    """Have an applied import taken back, all of it or nothing.

    Raises NotAllowed, ReasonRequired, and ImportRefused once its rows are not kept any more.
    """
    imported = _held(imported, by)
    _require(imported, State.APPLIED)
    if not reason.strip():
        raise ReasonRequired(_("Say why the import is undone."))
    if imported.rows.exclude(outcome=ImportRow.Outcome.BAD).count() != imported.count_good:
        raise ImportRefused(
            _("The import's rows are kept for %(days)s days and are gone. Import corrected values.")
            % {"days": KEPT.days}
        )
    imported.reason = reason.strip()[:2000]
    imported.applied_by = by
    _queue(imported, State.UNDOING)
    return imported


def forget_imports(*, at: datetime) -> int:
    """Delete files and staged rows whose time is over; what was applied stays on record."""
    old = Import.objects.filter(created_at__lt=at - KEPT).exclude(state__in=Import.WORKING)
    forgotten = 0
    for imported in old.filter(~Q(stored_name="") | Q(rows__isnull=False)).distinct()[:100]:
        if imported.stored_name:
            storages["private"].delete(imported.stored_name)
        imported.rows.all().delete()
        forgotten += old.filter(pk=imported.pk).update(stored_name="")
    old.filter(applied_at=None).delete()
    return forgotten


def proposed(imported: Import) -> dict[str, int]:
    """The mapping to begin with: as chosen, as chosen for such a file before, or by its headings."""
    if imported.mapping:
        return dict(imported.mapping)
    saved = saved_mapping(imported)
    guessed = match(imported.headings, KINDS[imported.kind].columns)
    if saved is None:
        return guessed
    places = {heading: place for place, heading in reversed([*enumerate(imported.headings)])}
    known = {name: places[heading] for name, heading in saved.columns.items() if heading in places}
    if len(saved.headings) != len(imported.headings):
        # Columns that the earlier file did not have.
        taken = set(known.values())
        known = {name: place for name, place in guessed.items() if place not in taken} | known
    return known


def saved_mapping(imported: Import) -> ColumnMapping | None:
    """What was chosen for a file with these headings, or with these and further ones."""
    found = ColumnMapping.objects.filter(kind=imported.kind)
    same = found.filter(headings_key=_headings_key(imported.headings)).first()
    if same is not None:
        return same
    here = set(imported.headings)
    return next((one for one in found[:50] if set(one.columns.values()) <= here), None)


def _best(book: Book, kind: Kind) -> Sheet:
    """The sheet that has most of the kind's columns, of those that are not hidden."""
    shown = [one for one in book.sheets if not one.is_hidden] or book.sheets
    if len(shown) == 1:
        return shown[0]
    return max(shown, key=lambda one: len(match(head_of(one, kind.columns).headings, kind.columns)))


def _understand(imported: Import, kind: Kind, book: Book, sheet: Sheet) -> None:
    head: Head = head_of(sheet, kind.columns)
    imported.sheet = sheet.name[:100]
    imported.encoding = book.encoding
    imported.head_row, imported.headings = head.row, list(head.headings)
    imported.mapping = {}
    imported.rows_total = max(sheet.about - head.row, 0)
    mapping = proposed(imported)
    saved = saved_mapping(imported)
    imported.decimal_sign = sign_of(sheet, head, mapping, kind.columns) or (
        saved.decimal_sign if saved is not None and book.kind == "csv" else ""
    )


def _held(imported: Import, by: Any) -> Import:
    """The import, locked. Raises NotAllowed unless the user may work on it."""
    found = (
        Import.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=imported.pk).first()
    )
    if found is None or not KINDS[found.kind].may_be_imported_by(by):
        raise NotAllowed(_("You may not work on this import."))
    return found


def _require(imported: Import, *states: str) -> None:
    if imported.state not in states:
        raise ImportRefused(
            _("The import is %(state)s; this step is not possible now.")
            % {"state": imported.get_state_display()}
        )


def _queue(imported: Import, state: str) -> None:
    imported.state, imported.claim, imported.attempts = state, "", 0
    imported.rows_done, imported.error = 0, {}
    imported.save()


def _headings_key(headings: list[str]) -> str:
    keys = sorted(key_of(heading) for heading in headings)
    return hashlib.sha256(json.dumps(keys).encode()).hexdigest()
