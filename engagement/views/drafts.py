"""Drafts open for comments, their measures, and a person's own comment."""

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from engagement import services
from engagement.drafts.comparison import compare
from engagement.errors import EngagementError, NotOpenForComments
from engagement.forms.drafts import CONSENT_VERSION, CommentForm
from engagement.models import Comment, Draft, DraftVersion, ProvisionText
from engagement.views.readers import proven_address
from indicators.http import problem

SHOWN = [
    DraftVersion.State.CONSULTING,
    DraftVersion.State.CLOSED,
    DraftVersion.State.SUPERSEDED,
]


def _versions():
    return Prefetch(
        "versions",
        DraftVersion.objects.filter(state__in=SHOWN).order_by("-number"),
        to_attr="shown_versions",
    )


@require_GET
def drafts(request: HttpRequest) -> HttpResponse:
    """Drafts that are or were open for comments."""
    now = timezone.now()
    received = Q(provisions__texts__comments__state__in=["submitted", "answered", "hidden"])
    found = (
        Draft.objects.published()
        .annotate(
            comment_count=Count("provisions__texts__comments", filter=received, distinct=True),
            measure_count=Count("provisions", distinct=True),
        )
        .prefetch_related(_versions())
    )
    rows = [
        {
            "draft": draft,
            "version": draft.shown_versions[0],
            "is_open": draft.shown_versions[0].takes_comments(now),
        }
        for draft in found
        if draft.shown_versions
    ]
    rows.sort(key=lambda row: not row["is_open"])
    return render(request, "engagement/drafts.html", {"rows": rows})


def _draft(slug: str) -> Draft:
    draft = (
        Draft.objects.published()
        .select_related("event")
        .prefetch_related(_versions())
        .filter(slug=slug)
        .first()
    )
    if draft is None or not draft.shown_versions:
        raise Http404
    return draft


@require_GET
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest wording of every measure, with what was said about it."""
    found = _draft(slug)
    version = found.shown_versions[0]
    counted = ["submitted", "answered", "hidden"]
    texts = (
        version.texts.filter(language="en")
        .select_related("provision__draft")
        .annotate(
            comment_count=Count(
                "provision__texts__comments",
                filter=Q(provision__texts__comments__state__in=counted),
                distinct=True,
            ),
            answered_count=Count(
                "provision__texts__comments",
                filter=Q(provision__texts__comments__state="answered"),
                distinct=True,
            ),
        )
        .order_by("provision__position", "pk")
    )
    context = {
        "draft": found,
        "version": version,
        "texts": texts,
        "is_open": version.takes_comments(timezone.now()),
    }
    return render(request, "engagement/draft.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def provision(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """One measure: its wording, its comments with their answers, and the form for a new one."""
    found = _draft(slug)
    version = found.shown_versions[0]
    now = timezone.now()
    texts = list(
        ProvisionText.objects.filter(
            provision__token=token,
            provision__draft=found,
            language="en",
            version__in=found.shown_versions,
        )
        .select_related("provision__draft", "version")
        .prefetch_related(
            Prefetch(
                "comments",
                Comment.objects.filter(state__in=["submitted", "answered", "hidden"])
                .select_related("disposition", "area", "organisation")
                .order_by("submitted_at", "pk"),
                to_attr="shown_comments",
            )
        )
        .order_by("-version__number")
    )
    if not texts:
        raise Http404
    current = texts[0]
    is_open = version.takes_comments(now) and current.version_id == version.pk
    status = 200
    form = CommentForm(initial=_initial(request)) if is_open else None
    if request.method == "POST":
        if not is_open:
            return _closed(request, found)
        form = CommentForm(request.POST)
        if form.looks_automatic:
            return redirect("engagement:comment-received", slug=found.slug)
        if form.is_valid():
            return _comment(request, found, current, form, now)
        status = 422
    context = {
        "draft": found,
        "version": version,
        "current": current,
        "wordings": [
            {
                "text": text,
                "comments": text.shown_comments,
                "is_current": text is current,
                "changes": [] if text is current else compare(text.text, current.text),
            }
            for text in texts
            if text is current or text.shown_comments
        ],
        "is_open": is_open,
        "form": form,
    }
    return render(request, "engagement/provision.html", context, status=status)


def _initial(request) -> dict:
    proven = proven_address(request.user)
    return {"address": proven, "name": request.user.name} if proven else {}


def _comment(request, draft, text, form, now) -> HttpResponse:
    data = form.cleaned_data
    proven = proven_address(request.user)
    is_proven = bool(proven) and data["address"].casefold() == proven.casefold()
    try:
        comment, _is_new = services.comment_on(
            text=text,
            name=data["name"],
            address=data["address"],
            body=data["body"],
            proposed_wording=data["proposed_wording"],
            reason=data["reason"],
            on_behalf_of=data["on_behalf_of"],
            area=data["area"],
            show_name=data["show_name"],
            language=translation.get_language() or "",
            consent_version=CONSENT_VERSION,
            idempotency_key=data["key"],
            is_proven=is_proven,
            at=now,
        )
    except NotOpenForComments:
        return _closed(request, draft)
    if is_proven and comment.address.casefold() == proven.casefold():
        messages.success(request, _("Thank you. Your comment is published."))
        return redirect(text.provision)
    return redirect("engagement:comment-received", slug=draft.slug)


def _closed(request, draft: Draft) -> HttpResponse:
    return problem(
        request,
        409,
        _("Comments are closed"),
        _("“%(draft)s” is not open for comments any more.") % {"draft": draft.title},
        draft.get_absolute_url(),
        _("Back to the draft"),
    )


@never_cache
@require_GET
def comment_received(request: HttpRequest, slug: str) -> HttpResponse:
    """What everybody sees after sending a comment: look into your mail."""
    return render(request, "engagement/comment_received.html", {"draft": _draft(slug)})


@never_cache
@require_http_methods(["GET", "POST"])
def comment(request: HttpRequest, token: str) -> HttpResponse:
    """A person's own comment, behind the mailed link: confirm it, follow it, take it back."""
    found = (
        Comment.objects.select_related("text__version__draft", "text__provision__draft")
        .select_related("disposition")
        .filter(token=token)
        .first()
    )
    if found is None:
        raise Http404
    if request.method == "POST":
        now = timezone.now()
        try:
            if request.POST.get("action") == "withdraw":
                services.withdraw_comment(comment=found, at=now)
                messages.success(request, _("Your comment is withdrawn."))
            else:
                services.confirm_comment(comment=found, at=now)
                messages.success(request, _("Thank you. Your comment is published."))
        except EngagementError as error:
            return problem(
                request,
                409,
                _("This has changed in the meantime"),
                str(error),
                found.get_absolute_url(),
                _("Open my comment"),
            )
        return redirect(found)
    context = {
        "comment": found,
        "draft": found.text.version.draft,
        "may_withdraw": found.state == Comment.State.SUBMITTED,
        "must_confirm": found.state == Comment.State.UNCONFIRMED,
    }
    response = render(request, "engagement/comment.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
