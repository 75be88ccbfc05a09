"""Responses collected elsewhere: choose a file, see what does not fit, or take it into the wave."""

import tempfile
from pathlib import Path, PurePath

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from surveys.backoffice.access import needs, wave_for
from surveys.errors import ResponsesRefused
from surveys.importedrows import Drawing
from surveys.models import ResponseImport, Wave
from surveys.services.responseimports import import_responses, read_responses

LARGEST = 20_000_000
"""Bytes of a file that a page waits for; larger ones are taken in by `manage.py import_wave`."""
ACCEPTED = ".csv,.tsv,.txt,.gz,.parquet,.sav,.zsav"


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_wave")
def upload(request: HttpRequest, token: str) -> HttpResponse:
    """Check a file (`check`) or import it; what does not fit is listed on the same page."""
    wave = wave_for(request.user, token)
    if request.method != "POST":
        return _page(request, wave)
    file = request.FILES.get("file")
    try:
        if file is None:
            raise ResponsesRefused([_("Choose a file with the responses first.")])
        if (file.size or 0) > LARGEST:
            raise ResponsesRefused(
                [
                    _(
                        "The file has more than %(most)s megabytes. Ask an administrator to take it "
                        "in on the server (manage.py import_wave)."
                    )
                    % {"most": LARGEST // 1_000_000}
                ]
            )
        _take(request, wave, file)
    except ResponsesRefused as refusal:
        return _page(request, wave, refusal.sentences, status=422)
    return redirect("surveys_office:responses_import", token=token)


def _take(request: HttpRequest, wave: Wave, file: UploadedFile) -> None:
    """Read the file from a private place under its own ending, and say what came of it."""
    strata = [name.strip() for name in request.POST.get("strata", "").split(",")]
    drawing = Drawing(
        tuple(dict.fromkeys(name for name in strata if name)),
        request.POST.get("unit", "").strip()[:80],
    )
    folder = Path(settings.PRIVATE_ROOT) / "making"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as made:
        path = Path(made) / (PurePath(file.name or "").name[-150:] or "responses.csv")
        with path.open("wb") as kept:
            for chunk in file.chunks():
                kept.write(chunk)
        at = timezone.now()
        if "check" in request.POST:
            count = len(read_responses(wave=wave, path=path, at=at, drawing=drawing))
            messages.success(
                request,
                ngettext(
                    "%(count)s response fits. Nothing was written yet.",
                    "%(count)s responses fit. Nothing was written yet.",
                    count,
                )
                % {"count": count},
            )
            return
        done = import_responses(
            wave=wave,
            path=path,
            at=at,
            by=request.user,
            replace="replace" in request.POST,
            drawing=drawing,
        )
    if done.is_known:
        messages.info(request, _("The wave holds these responses already; nothing was changed."))
        return
    messages.success(
        request,
        ngettext(
            "%(count)s response was imported. The figures follow within seconds.",
            "%(count)s responses were imported. The figures follow within seconds.",
            done.rows,
        )
        % {"count": done.rows},
    )


def _page(
    request: HttpRequest, wave: Wave, sentences: list[str] | None = None, status: int = 200
) -> HttpResponse:
    return render(
        request,
        "surveys/backoffice/responses_import.html",
        {
            "page_title": wave.title,
            "page_subtitle": _("Import responses"),
            "header_icon": "upload",
            "wave": wave,
            "sentences": sentences or [],
            "accepted": ACCEPTED,
            "most": LARGEST // 1_000_000,
            "strata": request.POST.get("strata", ""),
            "unit": request.POST.get("unit", ""),
            "held": ResponseImport.objects.filter(wave=wave).first(),
        },
        status=status,
    )
