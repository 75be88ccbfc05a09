"""Exports of a wave: CSV and DDI at once, Excel and SPSS at once or in the background, the
replication bundle in the background."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.files.storage import storages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys.backoffice.access import needs, wave_for
from surveys.backoffice.translationgrid import language_name
from surveys.errors import ExportRefused
from surveys.exports import csv, ddi, formats
from surveys.exports.formats import FORMATS, file_name
from surveys.exports.making import download_name
from surveys.exports.rows import Table
from surveys.exports.variables import Variables
from surveys.models import Export
from surveys.services.exporting import audit_export, request_export


@require_safe
@needs("export_response")
def exports(request: HttpRequest, token: str) -> HttpResponse:
    """What can be exported, what each file holds, and one's own exports with their progress."""
    wave = wave_for(request.user, token)
    table = Table.of(wave, request.user)
    own = list(Export.objects.visible_to(request.user).filter(wave=wave)[:10])
    return render(
        request,
        "surveys/backoffice/exports.html",
        {
            "page_title": wave.title,
            "page_subtitle": _("Export"),
            "header_icon": "download",
            "wave": wave,
            "rows": table.count(),
            "columns": len(table.header),
            "versions": sorted(table.alignment.versions),
            "at_once": formats.AT_ONCE,
            "languages": [(code, language_name(code)) for code in Variables(table).languages],
            "exports": own,
            "is_waiting": any(one.is_under_way for one in own),
        },
    )


@require_safe
@needs("export_response")
def export_csv(request: HttpRequest, token: str) -> HttpResponse:
    """Submitted responses of all versions as one CSV in UTF-8, streamed; the export is audited."""
    wave = wave_for(request.user, token)
    table = Table.of(wave, request.user)
    now = timezone.now()
    audit_export(table=table, rows=table.count(), file_format="csv", at=now, by=request.user)
    answer = StreamingHttpResponse(csv.lines(table), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{wave.slug}-{now:%Y-%m-%d}.csv"'
    return answer


@require_safe
@needs("export_response")
def export_ddi(request: HttpRequest, token: str) -> HttpResponse:
    """The wave's codebook as DDI, in all languages, without any answer; the export is audited."""
    wave = wave_for(request.user, token)
    table = Table.of(wave, request.user)
    now = timezone.now()
    found = ddi.codebook(table, at=now)
    audit_export(table=table, rows=0, file_format="ddi", at=now, by=request.user)
    answer = HttpResponse(found, content_type="application/xml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{wave.slug}-ddi-{now:%Y-%m-%d}.xml"'
    return answer


@require_POST
@needs("export_response")
def export_xlsx(request: HttpRequest, token: str) -> HttpResponse:
    """A workbook with its codebook."""
    return _made(request, token, Export.Format.XLSX)


@require_POST
@needs("export_response")
def export_sav(request: HttpRequest, token: str) -> HttpResponse:
    """A file for SPSS and its relatives, with labels in the language chosen."""
    return _made(request, token, Export.Format.SAV, request.POST.get("language", ""))


@require_POST
@needs("export_response")
def export_bundle(request: HttpRequest, token: str) -> HttpResponse:
    """The replication bundle of the published figures, always in the background: it computes them."""
    wave = wave_for(request.user, token)
    try:
        request_export(
            wave=wave, at=timezone.now(), by=request.user, file_format=Export.Format.BUNDLE
        )
        messages.success(request, _("The bundle is being made. It will stand below."))
    except ExportRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("surveys_office:exports", token=token)


def _made(
    request: HttpRequest, token: str, file_format: Export.Format, language: str = ""
) -> HttpResponse:
    """A file at once if it is small, else a row in the queue."""
    wave = wave_for(request.user, token)
    table = Table.of(wave, request.user)
    rows = table.count()
    try:
        if file_format == Export.Format.SAV:
            Variables(table).require_language(language)
        FORMATS[file_format].require_room(table, rows)
        if rows > formats.AT_ONCE:
            request_export(
                wave=wave,
                at=timezone.now(),
                by=request.user,
                file_format=file_format,
                language=language,
            )
            messages.success(request, _("The file is being made. It will stand below."))
            return redirect("surveys_office:exports", token=token)
        return _at_once(request, table, file_format, language)
    except ExportRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("surveys_office:exports", token=token)


def _at_once(
    request: HttpRequest, table: Table, file_format: Export.Format, language: str
) -> HttpResponse:
    now = timezone.now()
    wanted = FORMATS[file_format]
    folder = Path(settings.PRIVATE_ROOT) / "making"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as made:
        path = Path(made) / f"responses.{wanted.ending}"
        rows = wanted.write(table, path, language=language, at=now)
        audit_export(
            table=table,
            rows=rows,
            file_format=file_format,
            at=now,
            by=request.user,
            language=language,
        )
        # Open files outlive their names: the folder is gone before the last byte is sent.
        return FileResponse(
            path.open("rb"),
            as_attachment=True,
            filename=file_name(file_format, slug=table.wave.slug, language=language, day=now),
            content_type=wanted.content_type,
        )


def _own(request: HttpRequest, token: str) -> Export:
    """One's own export; 404 for everybody else's."""
    found = (
        Export.objects.visible_to(request.user)
        .select_related("wave")
        .filter(token=token.replace("\x00", ""))
        .first()
    )
    if found is None:
        raise Http404(_("There is no such export."))
    return found


@require_safe
@needs("export_response")
def progress(request: HttpRequest, token: str) -> HttpResponse:
    """How far an export is, for the page's script."""
    export = _own(request, token)
    return JsonResponse(
        {
            "is_running": export.is_under_way,
            "done": export.rows_done,
            "total": export.rows_total,
            "percent": export.percent,
        }
    )


@require_safe
@needs("export_response")
def download(request: HttpRequest, token: str) -> HttpResponse:
    """The finished file, to whoever asked for it and may still export."""
    export = _own(request, token)
    if export.state != Export.State.READY:
        raise Http404(_("This file is not ready, or has been deleted."))
    wave_for(request.user, export.wave.token)
    try:
        file = storages["private"].open(export.file_name)
    except FileNotFoundError as error:
        raise Http404(_("This file has been deleted.")) from error
    return FileResponse(
        file,
        as_attachment=True,
        filename=download_name(export),
        content_type=FORMATS[Export.Format(export.file_format)].content_type,
    )
