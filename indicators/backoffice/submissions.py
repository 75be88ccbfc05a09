"""One submission: entry on the web and by spreadsheet, its steps, and the history of a value."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from indicators import services
from indicators.backoffice.access import needs
from indicators.backoffice.entryform import EntryForm
from indicators.errors import EditedMeanwhile, IndicatorsError, NotAllowed
from indicators.models import Area, Indicator, Submission
from indicators.reporting import uploads, workbook
from indicators.reporting.asking import asked_of
from indicators.reporting.beside import beside
from indicators.reporting.history import history
from indicators.reporting.reporters import office_day, reporters_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LARGEST_FILE = 10_000_000


@require_http_methods(["GET", "HEAD", "POST"])
@needs("view_submission")
def submission(request: HttpRequest, token: str) -> HttpResponse:
    """One submission: its values, its history, and the steps the user may take."""
    now = timezone.now()
    found = _visible(request, token, now)
    if isinstance(found, HttpResponse):
        return found
    if request.method != "POST":
        return _page(request, found, now)
    form = _form(found, request.POST)
    status = 422
    if form.is_valid():
        try:
            changed = services.save_values(
                submission=found,
                entries=form.entries(),
                by=request.user,
                at=now,
                file=form.cleaned_data["file"],
            )
        except EditedMeanwhile as error:
            form.show_conflicts(error.conflicts)
            form.add_error(None, str(error))
            status = 409
        except NotAllowed:
            return _ended(request, found, now, form)
        except IndicatorsError as error:
            form.add_error(None, str(error))
            status = 409
        else:
            words = _("The draft is saved.") if changed else _("Nothing was changed.")
            messages.success(request, words)
            if request.POST.get("then") == Submission.State.SUBMITTED:
                _advance(request, found, Submission.State.SUBMITTED, now)
            return redirect("indicators_office:submission", token=found.token)
    return _page(request, found, now, form=form, status=status)


@require_POST
@needs("view_submission")
def step(request: HttpRequest, token: str) -> HttpResponse:
    """Take one step of a submission's way."""
    now = timezone.now()
    found = _visible(request, token, now)
    if isinstance(found, HttpResponse):
        return found
    reason = request.POST.get("reason", "")[:2000]
    _advance(request, found, request.POST.get("to", ""), now, reason)
    return redirect("indicators_office:submission", token=found.token)


@require_safe
@needs("view_submission")
def template(request: HttpRequest, token: str) -> HttpResponse:
    """The submission's own spreadsheet, with earlier values and what has been entered."""
    now = timezone.now()
    found = _visible(request, token, now)
    if isinstance(found, HttpResponse):
        return found
    indicators = asked_of(found.round, found.area, found.body)
    content = workbook.write(
        found,
        indicators,
        _held(found),
        services.versions_of(found),
        beside(found, indicators, request.user, on=office_day(now)),
    )
    answer = HttpResponse(content, content_type=XLSX)
    code = found.area.code if found.area else found.body.acronym
    name = slugify(f"{code} {found.round.title}") or "round"
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer


@require_POST
@needs("change_submission")
def upload(request: HttpRequest, token: str) -> HttpResponse:
    """Read a spreadsheet into the form. Nothing is saved before the form is."""
    now = timezone.now()
    found = _visible(request, token, now)
    if isinstance(found, HttpResponse):
        return found
    if not _may_edit(request, found, now):
        messages.error(request, _("The values of this submission cannot be changed now."))
        return redirect("indicators_office:submission", token=found.token)
    file = request.FILES.get("file")
    refused = _refused(file)
    if not refused:
        try:
            read = uploads.read_back(
                file,
                (file.name or "")[:200],
                found,
                asked_of(found.round, found.area, found.body),
                _held(found),
                services.versions_of(found),
            )
        except IndicatorsError as error:
            refused = str(error)
    if refused:
        messages.error(request, refused)
        return redirect("indicators_office:submission", token=found.token)
    form = _form(found, read=read)
    return _page(request, found, now, form=form, read=read)


@require_safe
@needs("view_indicator")
def value_history(request: HttpRequest, slug: str, area: str) -> HttpResponse:
    """Everything that happened to the values of an indicator in an area."""
    indicator = get_object_or_404(Indicator.objects.visible_to(request.user), slug=slug)
    place = get_object_or_404(Area, code=area)
    return render(
        request,
        "indicators/backoffice/history.html",
        {
            "page_title": _("History: %(area)s") % {"area": place},
            "page_subtitle": str(indicator),
            "header_icon": "history",
            "indicator": indicator,
            "area": place,
            "happenings": history(indicator, place, request.user, on=office_day(timezone.now())),
        },
    )


def _advance(
    request: HttpRequest, found: Submission, to_state: str, now: datetime, reason: str = ""
) -> None:
    """Take the step, or say why not."""
    try:
        services.advance(
            submission=found, to_state=to_state, by=request.user, at=now, reason=reason
        )
    except IndicatorsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done: the submission has moved on."))


def _page(
    request: HttpRequest,
    found: Submission,
    now: datetime,
    *,
    form: EntryForm | None = None,
    read: uploads.ReadBack | None = None,
    status: int = 200,
) -> HttpResponse:
    may_edit = _may_edit(request, found, now)
    form = form or _form(found)
    known = beside(found, form.indicators, request.user, on=office_day(now))
    items = form.items(known)
    possible = services.possible_steps(found, request.user, now)
    # Handing in what is being typed goes with saving it, so that nothing typed is lost.
    hand_in = [one for one in possible if one.to_state == Submission.State.SUBMITTED]
    return render(
        request,
        "indicators/backoffice/submission.html",
        {
            "page_title": str(found.area or found.body),
            "page_subtitle": str(found.round),
            "header_icon": "doc-full",
            "submission": found,
            "form": form,
            "items": items,
            "history_area": found.area.code if found.area else "ASEAN",
            "read": read,
            "may_edit": may_edit,
            "may_hand_in": bool(hand_in),
            "given": sum(item.held is not None for item in items),
            "is_late": found.is_open_for_entry and now > found.round.deadline_at,
            "steps": list(found.steps.select_related("by")),
            "possible": [
                (one, dict(Submission.State.choices)[one.to_state])
                for one in possible
                if not (may_edit and one in hand_in)
            ],
        },
        status=status,
    )


def _form(found: Submission, data: Any = None, read: uploads.ReadBack | None = None) -> EntryForm:
    return EntryForm(
        data,
        submission=found,
        indicators=asked_of(found.round, found.area, found.body),
        held=_held(found),
        versions=services.versions_of(found),
        read=read.entries if read else None,
        initial={"file": read.name} if read else None,
    )


def _held(found: Submission) -> Mapping[int, Any]:
    return {value.indicator_id: value for value in found.values.all()}


def _may_edit(request: HttpRequest, found: Submission, now: datetime) -> bool:
    closed = found.state == Submission.State.DRAFTING and found.round.closed_at is not None
    return (
        found.is_open_for_entry
        and not closed
        and services.may_write(request.user, found.area, found.body, now)
    )


def _refused(file: UploadedFile | None) -> str:
    if file is None or not file.size:
        return _("Choose a file first: the spreadsheet of this round, or a CSV of it.")
    if file.size > _LARGEST_FILE:
        return _("The file is larger than 10 MB. A round's spreadsheet is much smaller.")
    return ""


def _visible(request: HttpRequest, token: str, now: datetime) -> Submission | HttpResponse:
    """The submission, or what to answer: 403 to somebody whose term has ended, 404 to others."""
    rows = Submission.objects.select_related("round", "area", "body")
    found = rows.filter(token=token).first()
    if found is None:
        raise Http404
    visible = Submission.objects.visible_to(request.user, office_day(now))
    if visible.filter(pk=found.pk).exists():
        return found
    if services.once_might_write(request.user, found, now):
        return _ended(request, found, now)
    raise Http404


def _ended(
    request: HttpRequest, found: Submission, now: datetime, form: EntryForm | None = None
) -> HttpResponse:
    """Say that the right to report has ended, who has it now, and what was typed in vain."""
    now_reporting = reporters_of(
        areas=[found.area] if found.area else [],
        bodies=[found.body] if found.body else [],
        on=office_day(now),
    )
    return render(
        request,
        "indicators/backoffice/ended.html",
        {
            "page_title": _("Your right to report has ended"),
            "page_subtitle": str(found),
            "header_icon": "lock",
            "submission": found,
            "reporters": [one.words for one in now_reporting if one.user is not None],
            "typed": [entry for entry in form.entries() if not entry.is_empty] if form else [],
        },
        status=403,
    )
