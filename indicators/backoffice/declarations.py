"""Tool 2 as a matrix: every commitment, how far it is, its latest action and what shows it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from indicators import exports
from indicators.backoffice.access import needs
from indicators.backoffice.declarationforms import CommitmentFilter
from indicators.exports.files import Cell
from indicators.histories import Entry, history_of
from indicators.models import Commitment, Declaration, FollowUp, SectoralBody
from indicators.models.declarations import CommitmentQuerySet

ON_A_PAGE = 50
HEADERS = (
    "declaration",
    "adopted_on",
    "adopted_by",
    "number",
    "commitment",
    "responsible_bodies",
    "due_year",
    "commitment_status",
    "is_overdue",
    "action",
    "body",
    "status",
    "status_since",
    "starts_on",
    "ends_on",
    "withdrawn_reason",
    "evidence",
    "evidence_url",
    "activity",
    "changed_at",
    "is_demonstration",
)
_FILES = {
    "csv": ("text/csv; charset=utf-8", exports.csv_bytes),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda headers, rows: exports.xlsx_bytes(headers, rows, sheet="Follow-up"),
    ),
}


@dataclass(frozen=True)
class Row:
    """A commitment in the matrix. `by_status` are numbers of actions in the order of the columns."""

    commitment: Commitment
    state: str
    is_overdue: bool
    by_status: tuple[tuple[str, int], ...]
    latest: FollowUp | None
    shown_by: FollowUp | None


@require_safe
@needs("view_declaration")
def index(request: HttpRequest) -> HttpResponse:
    """The matrix of all declarations, or of those that pass the filters."""
    declarations = list(Declaration.objects.visible_to(request.user))
    filters = _filters(request, declarations)
    today = timezone.now().date()
    commitments = filters.apply(Commitment.objects.visible_to(request.user), on=today)
    page = Paginator(_with_actions(commitments), ON_A_PAGE).get_page(request.GET.get("p"))
    states = Counter(commitments.order_by().values_list("state", flat=True))
    query = request.GET.copy()
    query.pop("p", None)
    chosen = filters.chosen()
    return render(
        request,
        "indicators/backoffice/declarations.html",
        {
            "page_title": _("Declarations"),
            "page_subtitle": _("Follow-up of what was declared (Tool 2)"),
            "header_icon": "doc-full",
            "filters": filters,
            "is_filtered": bool(chosen),
            "page_obj": page,
            "rows": [_row(one, today.year) for one in page],
            "totals": [(label, states.get(state, 0)) for state, label in Commitment.State.choices],
            "overdue": commitments.overdue(today.year).count(),
            "statuses": [label for _value, label in FollowUp.Status.choices],
            "empty": []
            if chosen
            else list(Declaration.objects.visible_to(request.user).without_commitment()),
            "query": query.urlencode(),
        },
    )


@require_safe
@needs("view_declaration")
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The matrix as it is filtered, as a file: one row for each action, or one without any."""
    filters = _filters(request, list(Declaration.objects.visible_to(request.user)))
    today = timezone.now().date()
    found = filters.apply(Commitment.objects.visible_to(request.user), on=today)
    kind, write = _FILES[form]
    content = write(HEADERS, follow_up_rows(_with_actions(found), today.year))
    response = HttpResponse(content, content_type=kind)
    name = f"suara-declarations-{today.isoformat()}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@needs("view_declaration")
def commitment(request: HttpRequest, token: str) -> HttpResponse:
    """One commitment: every action with its evidence and its history."""
    found = get_object_or_404(
        _with_actions(Commitment.objects.visible_to(request.user).with_state()), token=token
    )
    today = timezone.now().date()
    mine = set(
        FollowUp.objects.editable_by(request.user, today)
        .filter(commitment=found)
        .values_list("pk", flat=True)
    )
    actions: list[tuple[FollowUp, bool, list[Entry]]] = [
        (one, one.pk in mine, history_of(one, limit=20)) for one in found.follow_ups.all()
    ]
    return render(
        request,
        "indicators/backoffice/commitment.html",
        {
            "page_title": _("Commitment"),
            "page_subtitle": str(found.declaration),
            "header_icon": "doc-full",
            "commitment": found,
            "row": _row(found, today.year),
            "actions": actions,
            "history": history_of(found),
            "may_edit": request.user.has_perm("indicators.change_commitment"),
            "may_report": bodies_reporting(request, found).exists(),
        },
    )


def bodies_reporting(request: HttpRequest, found: Commitment) -> Any:
    """The responsible bodies the person reports for today, as a QuerySet."""
    answering = found.responsible_bodies.all()
    if not request.user.has_perm("indicators.add_followup"):
        return answering.none()
    if request.user.has_perm("indicators.change_any_followup"):
        return answering
    return answering.filter(pk__in=request.user.granted_bodies(timezone.now().date()))


def follow_up_rows(commitments: Iterable[Commitment], year: int) -> Iterator[tuple[Cell, ...]]:
    """One row for each action in `HEADERS`' order; a commitment without any has one row, too."""
    for one in commitments:
        row = _row(one, year)
        start = (
            one.declaration.title,
            one.declaration.adopted_on,
            one.declaration.adopted_by,
            one.number,
            one.text,
            "; ".join(body.acronym for body in one.responsible_bodies.all()),
            one.due_year,
            one.state,
            row.is_overdue,
        )
        actions = list(one.follow_ups.all())
        if not actions:
            yield (*start, *[None] * 11, one.is_demonstration)
        for action in actions:
            yield (
                *start,
                action.what,
                action.body.acronym,
                action.status,
                action.status_since,
                action.starts_on,
                action.ends_on,
                action.withdrawn_reason,
                action.evidence,
                action.evidence_url,
                action.activity.title if action.activity else None,
                action.changed_at,
                action.is_demonstration,
            )


def _filters(request: HttpRequest, declarations: list[Declaration]) -> CommitmentFilter:
    return CommitmentFilter(
        request.GET, declarations=declarations, bodies=list(SectoralBody.objects.all())
    )


def _with_actions(commitments: CommitmentQuerySet) -> CommitmentQuerySet:
    actions = FollowUp.objects.select_related("body", "activity")
    return commitments.select_related("declaration").prefetch_related(
        "responsible_bodies", Prefetch("follow_ups", actions)
    )


def _row(found: Commitment, year: int) -> Row:
    actions = list(found.follow_ups.all())
    numbers = Counter(action.status for action in actions)
    standing = [one for one in actions if one.status != FollowUp.Status.WITHDRAWN]
    return Row(
        commitment=found,
        state=str(Commitment.State(found.state).label),
        is_overdue=bool(
            found.due_year and found.due_year < year and found.state != Commitment.State.COMPLETED
        ),
        by_status=tuple((status, numbers.get(status, 0)) for status in FollowUp.Status.values),
        latest=next(iter(standing or actions), None),
        shown_by=next((one for one in standing if one.evidence or one.evidence_url), None),
    )
