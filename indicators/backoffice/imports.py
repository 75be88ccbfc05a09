"""Spreadsheets in: upload, say which column is which, see what would change, apply it."""

from itertools import islice
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator

from indicators.errors import IndicatorsError
from indicators.exports import csv_bytes, xlsx_bytes
from indicators.imports import queue, report
from indicators.imports.cells import shown, told
from indicators.imports.encodings import ENCODINGS
from indicators.imports.limits import MAX_BYTES, MAX_ROWS, megabytes
from indicators.imports.registry import KINDS
from indicators.imports.staging import opened, sheet_of
from indicators.models import Import, ImportRow
from indicators.services import imports

_SAMPLE = 5
_NAMED = 20
_LEFT = "left"
ACCEPTED = ".xlsx,.csv,.tsv,.txt"


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Choose what and which file; below it what was imported before."""
    kinds = [kind for kind in KINDS.values() if kind.may_be_imported_by(request.user)]
    if not kinds:
        raise Http404
    wanted = request.POST.get("kind") or request.GET.get("kind", "")
    error, status = "", 200
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise IndicatorsError(_("Choose a file first."))
            imported = imports.receive(
                kind=wanted,
                file=file,
                name=file.name or "",
                by=request.user,
                at=timezone.now(),
            )
        except IndicatorsError as refusal:
            error, status = str(refusal), 422
        else:
            return redirect("indicators_office:import", token=imported.token)
    page = WagtailPaginator(
        Import.objects.visible_to(request.user).select_related("by"), 20
    ).get_page(request.GET.get("p"))
    labels = {kind.name: kind.label for kind in KINDS.values()}
    return render(
        request,
        "indicators/backoffice/imports.html",
        {
            "page_title": _("Imports"),
            "page_subtitle": _("Spreadsheets into the ledger and the work plans"),
            "header_icon": "upload",
            "kinds": kinds,
            "wanted": wanted if wanted in labels else kinds[0].name,
            "error": error,
            "accepted": ACCEPTED,
            "most": megabytes(MAX_BYTES),
            "most_rows": f"{MAX_ROWS:,}",
            "page_obj": page,
            "elided_page_range": page.paginator.get_elided_page_range(page.number),
            "imports": [(one, labels.get(one.kind, one.kind)) for one in page],
        },
        status=status,
    )


@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    """An import in the state it is in: its columns, its progress, its preview or its outcome."""
    imported = _import(request, token)
    if imported.state == Import.State.UPLOADED or "columns" in request.GET:
        return _columns_page(request, imported)
    return _review_page(request, imported)


@require_POST
def columns(request: HttpRequest, token: str) -> HttpResponse:
    """Take the chosen columns and check the file; or look at another sheet or encoding of it."""
    imported = _import(request, token)
    try:
        if "look" in request.POST:
            imports.look_again(
                imported=imported,
                sheet=request.POST.get("sheet", ""),
                encoding=request.POST.get("encoding", ""),
                by=request.user,
            )
            return redirect("indicators_office:import", token=imported.token)
        imported = imports.choose_columns(
            imported=imported,
            mapping=_chosen(request, imported),
            decimal_sign=request.POST.get("decimal_sign", ""),
            by=request.user,
            at=timezone.now(),
        )
    except IndicatorsError as refusal:
        return _columns_page(request, imported, str(refusal), 422)
    queue.begin(imported=imported, at=timezone.now())
    return redirect("indicators_office:import", token=imported.token)


@require_POST
def step(request: HttpRequest, token: str) -> HttpResponse:
    """Apply, undo or check again (`to`)."""
    imported = _import(request, token)
    to, reason = request.POST.get("to", ""), request.POST.get("reason", "").replace("\x00", "")
    try:
        if to == "apply":
            imported = imports.ask_to_apply(imported=imported, by=request.user, reason=reason)
        elif to == "undo":
            imported = imports.ask_to_undo(imported=imported, by=request.user, reason=reason)
        elif to == "check":
            imported = imports.check_again(imported=imported, by=request.user)
        else:
            raise Http404
    except IndicatorsError as refusal:
        messages.error(request, str(refusal))
    else:
        queue.begin(imported=imported, at=timezone.now())
    return redirect("indicators_office:import", token=imported.token)


@require_safe
def progress(request: HttpRequest, token: str) -> HttpResponse:
    """How far an import is, for the page's script."""
    imported = _import(request, token)
    return JsonResponse(
        {
            "is_running": imported.is_under_way,
            "done": imported.rows_done,
            "total": imported.rows_total,
            "percent": imported.percent,
        }
    )


@require_safe
def problems(request: HttpRequest, token: str, form: str) -> HttpResponse:
    """The bad rows as a file, with column, value and reason in the reader's language."""
    imported = _import(request, token)
    rows = report.bad_rows(imported)
    if form == "csv":
        data, kind = csv_bytes(report.headers(imported), rows), "text/csv; charset=utf-8"
    else:
        data = xlsx_bytes(report.headers(imported), rows, sheet=str(_("Bad rows")))
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="bad-rows-{imported.token}.{form}"'
    return answer


@require_safe
def template(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """An empty table of a kind, to be filled in."""
    wanted = KINDS.get(kind)
    if wanted is None or not wanted.may_be_imported_by(request.user):
        raise Http404
    names = [column.name for column in wanted.columns]
    if form == "csv":
        data, content_type = csv_bytes(names, []), "text/csv; charset=utf-8"
    else:
        data = xlsx_bytes(names, [], sheet=kind)
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = HttpResponse(data, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{kind}.{form}"'
    return answer


def _import(request: HttpRequest, token: str) -> Import:
    """An import the user may see; 404 for every other."""
    found = (
        Import.objects.visible_to(request.user)
        .select_related("by", "applied_by")
        .filter(token=token.replace("\x00", ""))
        .first()
    )
    if found is None:
        raise Http404(_("There is no such import."))
    return found


def _chosen(request: HttpRequest, imported: Import) -> dict[str, int]:
    chosen = {}
    for column in KINDS[imported.kind].columns:
        place = request.POST.get(f"column_{column.name}", "")
        if place.isascii() and place.isdigit() and len(place) < 5:
            chosen[column.name] = int(place)
    return chosen


def _columns_page(
    request: HttpRequest, imported: Import, error: str = "", status: int = 200
) -> HttpResponse:
    kind = KINDS[imported.kind]
    mapping = _chosen(request, imported) if error else imports.proposed(imported)
    sheets, samples, kind_of_file = [], [], ""
    try:
        with opened(imported) as book:
            kind_of_file = book.kind
            sheets = [(one.name, one.is_hidden) for one in book.sheets]
            samples = list(islice(sheet_of(imported, book).below(imported.head_row), _SAMPLE))
    except IndicatorsError as refusal:
        error = error or str(refusal)
    width = range(len(imported.headings))
    examples = [
        next((shown(row.cell(place))[:30] for row in samples if shown(row.cell(place))), "")
        for place in width
    ]
    return render(
        request,
        "indicators/backoffice/import_columns.html",
        _common(request, imported)
        | {
            "page_subtitle": _("Which column is which?"),
            "error": error,
            "fields": [(column, mapping.get(column.name)) for column in kind.columns],
            "headings": list(zip(width, imported.headings, examples, strict=True)),
            "samples": [
                (row.number, [shown(row.cell(place)) for place in width]) for row in samples
            ],
            "sheets": sheets,
            "is_text": kind_of_file == "csv",
            "encodings": ENCODINGS.items(),
            "saved": imports.saved_mapping(imported),
        },
        status=status,
    )


def _review_page(request: HttpRequest, imported: Import) -> HttpResponse:
    kind = KINDS[imported.kind]
    left = ImportRow.objects.none()
    if imported.state == Import.State.UNDONE:
        written = ImportRow.objects.filter(source=imported).exclude(outcome=ImportRow.Outcome.BAD)
        left = written.exclude(problems=[])
    tabs = [
        (_LEFT, _("left as they are"), left.count()),
        (ImportRow.Outcome.CHANGED, ImportRow.Outcome.CHANGED.label, imported.count_changed),
        (ImportRow.Outcome.NEW, ImportRow.Outcome.NEW.label, imported.count_new),
        (ImportRow.Outcome.BAD, ImportRow.Outcome.BAD.label, imported.count_bad),
    ]
    wanted = request.GET.get("show", "")
    if wanted not in {name for name, _label, _many in tabs}:
        filled = (name for name, _label, many in tabs if many)
        wanted = next(filled, ImportRow.Outcome.NEW)
    rows: Any = ImportRow.objects.none()
    if wanted == _LEFT:
        rows = left.order_by("number")
    elif not imported.is_under_way:
        rows = ImportRow.objects.filter(source=imported, outcome=wanted).order_by("number")
    page = WagtailPaginator(rows, 50).get_page(request.GET.get("p"))
    is_mine = kind.may_be_imported_by(request.user)
    may_undo = is_mine and imported.state == Import.State.APPLIED
    staying = _staying(imported) if may_undo else []
    return render(
        request,
        "indicators/backoffice/import.html",
        _common(request, imported)
        | {
            "tabs": tabs,
            "show": wanted,
            "page_obj": page,
            "elided_page_range": page.paginator.get_elided_page_range(page.number),
            "rows": [_row(kind, row) for row in page],
            "may_apply": is_mine
            and imported.state == Import.State.CHECKED
            and not imported.error
            and imported.count_good > 0,
            "may_check": is_mine
            and bool(imported.mapping)
            and imported.state in (Import.State.CHECKED, Import.State.FAILED),
            "may_undo": may_undo,
            "undoing": kind.undoing,
            "staying": staying[:_NAMED],
            "staying_more": max(len(staying) - _NAMED, 0),
            "earlier": Import.objects.visible_to(request.user)
            .filter(kind=imported.kind, digest=imported.digest, state=Import.State.APPLIED)
            .exclude(pk=imported.pk)
            .first(),
        },
    )


def _staying(imported: Import) -> list[tuple[int, str, str]]:
    """(row, label, reason) of what undoing would leave; of a large import only the undoing tells."""
    if imported.count_good > queue.AT_ONCE_ROWS:
        return []
    rows = list(imported.rows.exclude(outcome=ImportRow.Outcome.BAD).order_by("number"))
    try:
        reasons = KINDS[imported.kind].left_by_undoing(rows)
    except IndicatorsError:
        return []
    return [(row.number, row.label, told(*reasons[row.pk])) for row in rows if row.pk in reasons]


def _row(kind: Any, row: ImportRow) -> dict[str, Any]:
    found: dict[str, Any] = {"number": row.number, "label": row.label}
    if row.problems:
        found["problems"] = [
            (column, value, told(text, details)) for column, value, text, details in row.problems
        ]
    if row.outcome == ImportRow.Outcome.CHANGED:
        found["differences"] = kind.differences(row)
    elif row.outcome == ImportRow.Outcome.NEW:
        found["says"] = kind.says(row)
    return found


def _common(request: HttpRequest, imported: Import) -> dict[str, Any]:
    return {
        "page_title": imported.file_name,
        "page_subtitle": KINDS[imported.kind].label,
        "header_icon": "upload",
        "imported": imported,
    }
