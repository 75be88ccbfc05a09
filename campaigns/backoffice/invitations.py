"""A wave's invitations: the board, a new invitation, its texts, reminders, single links, lists."""

import csv
from collections.abc import Callable, Iterator
from functools import wraps
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from campaigns import audiences, letters, surveyboard
from campaigns.backoffice.forms import InvitationForm, LetterForm, SegmentForm
from campaigns.backoffice.steps import harmless
from campaigns.errors import CampaignsError
from campaigns.models import Mailing
from engagement.models import Person
from surveys import services as survey_services
from surveys.errors import SurveyError
from surveys.models import AuditEntry, SurveyInvitation, Wave
from surveys.protection import links
from surveys.protection.anonymity import ANONYMOUS_AND_ONCE, LEAST

PER_PAGE = 50
VIEW, SEND = "surveys.view_surveyinvitation", "surveys.send_invitations"


def of_wave(permission: str) -> Callable:
    """Find the wave for those with `permission`; for everybody else there is no such page."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest, token: str, **words: str) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise Http404
            waves = Wave.objects.visible_to(request.user).select_related("survey", "questionnaire")
            wave = waves.filter(token=token).first()
            if wave is None:
                raise Http404
            return view(request, wave, **words)

        return guarded

    return decorate


def _page(request: HttpRequest, wave: Wave, name: str, context: dict, *, status: int = 200):
    here = {"label": context.get("step", _("Invitations")), "url": ""}
    trail = [
        {"url": reverse("surveys_office:waves"), "label": _("Waves")},
        {"url": reverse("surveys_office:wave", args=[wave.token]), "label": wave.title},
    ]
    if name != "board":
        board_url = reverse("survey_invitations:board", args=[wave.token])
        trail.append({"url": board_url, "label": _("Invitations")})
    context = {
        "wave": wave,
        "page_title": wave.title,
        "header_title": wave.title,
        "page_subtitle": here["label"],
        "header_icon": "mail",
        "breadcrumbs_items": [*trail, here],
        "may_send": request.user.has_perm(SEND),
        "promise": ANONYMOUS_AND_ONCE if wave.is_anonymous else "",
    } | context
    return render(request, f"campaigns/backoffice/invitations/{name}.html", context, status=status)


@require_safe
@of_wave(VIEW)
def board(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show how the invitations stand, the letters, and every person with the state."""
    found, state, query = _rows(request, wave)
    at = timezone.now()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.shown = SurveyInvitation.State(row.standing(at=at))
    shown_letters = surveyboard.letters(wave) if request.user.has_perm(SEND) else []
    for letter in shown_letters:
        letter.due_at = letters.due_at(letter)
    words = {key: value for key, value in (("q", query), ("state", state)) if value}
    everybody = surveyboard.rows(wave, request.user)
    return _page(
        request,
        wave,
        "board",
        {
            "board": surveyboard.board(wave, everybody),
            "letters": shown_letters,
            "page_obj": page,
            "rows": page.object_list,
            "state": state,
            "query": query,
            "states": list(SurveyInvitation.State.choices),
            "query_string": urlencode(words),
            "segment_form": SegmentForm(user=request.user),
            "usable": SurveyInvitation.USABLE,
            "most_reminders": letters.MOST_REMINDERS,
            "may_read_answers": request.user.has_perm("surveys.view_response"),
        },
    )


def _rows(request: HttpRequest, wave: Wave):
    state = request.GET.get("state", "")
    state = state if state in SurveyInvitation.State.values else ""
    query = request.GET.get("q", "").strip()[:100].replace("\x00", "")
    return surveyboard.rows(wave, request.user, state=state, query=query), state, query


@require_safe
@of_wave(VIEW)
def export(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Stream the states as CSV, never an answer; the export is written down."""
    found, _state, _query = _rows(request, wave)
    survey_services.note(
        action=AuditEntry.Action.EXPORTED,
        at=timezone.now(),
        by=request.user,
        wave=wave,
        words=_("Exported the states of %(count)d invitations.") % {"count": found.count()},
    )
    answer = StreamingHttpResponse(_lines(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="invitations-{wave.slug}.csv"'
    return answer


class _Line:
    """A file that gives back each line as it is written."""

    def write(self, text: str) -> str:
        return text


def _lines(found) -> Iterator[str]:
    writer = csv.writer(_Line())
    at = timezone.now()
    yield "\ufeff" + writer.writerow(
        ("person", "area", "language", "state", "sent_on", "used_on", "origin")
    )
    for row in found.iterator(chunk_size=2_000):
        yield writer.writerow(
            (
                harmless(str(row.person or "")),
                row.person.area.code if row.person and row.person.area else "",
                row.language,
                row.standing(at=at),
                row.sent_at.date().isoformat() if row.sent_at else "",
                row.used_on.isoformat() if row.used_on else "",
                harmless(row.origin),
            )
        )


@require_http_methods(["GET", "HEAD", "POST"])
@of_wave(SEND)
def new(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Choose a segment, see who would be invited and who not and why, and draft the letters."""
    data = request.POST if request.method == "POST" else (request.GET or None)
    form = InvitationForm(data, user=request.user, wave=wave)
    context: dict = {"form": form, "step": _("Invite people")}
    is_valid = form.is_valid() if data else False
    if is_valid and request.method == "POST" and request.POST.get("action") == "prepare":
        try:
            mailing = letters.prepare(
                wave=wave,
                segment=form.cleaned_data["segment"],
                remind_after=form.cleaned_data["remind_after"],
                reply_to=form.cleaned_data["reply_to"],
                by=request.user,
                at=timezone.now(),
            )
        except CampaignsError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The letters are drafted. Read them in each language."))
            return redirect("survey_invitations:write", token=mailing.token)
    if is_valid:
        sketch = Mailing(
            wave=wave, segment=form.cleaned_data["segment"], purpose="surveys",
            default_language=wave.questionnaire.definition.default_language,
        )  # fmt: skip
        visible = Person.objects.visible_to(request.user)
        counted = audiences.count(sketch, at=timezone.now(), visible=visible)
        context |= {
            "audience": counted,
            "is_small": wave.is_anonymous and 0 < counted.recipients < LEAST,
            "least": LEAST,
            "names_shown": audiences.NAMES_SHOWN,
        }
    status = 422 if data and not is_valid else 200
    return _page(request, wave, "new", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def write(request: HttpRequest, token: str) -> HttpResponse:
    """Change what a letter says, in each language."""
    mailing = _letter_or_404(request, token)
    if not request.user.has_perm(SEND):
        raise Http404
    wave = mailing.wave
    contents = {content.language: content for content in mailing.contents.all()}
    forms = []
    for language, content in contents.items():
        letter = letters.read(content, wave)
        if letter is not None:
            initial = {"subject": letter.subject, "text": letter.text, "button": letter.button}
            forms.append(
                LetterForm(
                    request.POST or None,
                    prefix=language,
                    initial=initial,
                    language=content.get_language_display(),
                    code=language,
                )
            )
    # Every form is checked, so that each language shows its own mistakes at once.
    wrong = [form for form in forms if request.method == "POST" and not form.is_valid()]
    if request.method == "POST" and forms and not wrong:
        try:
            letters.write(
                mailing=mailing,
                letters={form.code: form.letter() for form in forms},
                by=request.user,
                at=timezone.now(),
            )
        except CampaignsError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The letter is saved."))
            return redirect("mailings:overview", mailing.token)
    context = {
        "mailing": mailing,
        "forms": forms,
        "elsewhere": len(contents) - len(forms),
        "step": str(mailing),
        "others": [each for each in surveyboard.letters(wave) if each.is_editable],
    }
    status = 422 if request.method == "POST" else 200
    return _page(request, wave, "write", context, status=status)


def _letter_or_404(request: HttpRequest, token: str) -> Mailing:
    mailing = (
        Mailing.objects.visible_to(request.user)
        .filter(token=token, wave__isnull=False)
        .select_related("wave__survey", "wave__questionnaire", "reminds")
        .first()
    )
    if mailing is None:
        raise Http404
    return mailing


@require_POST
def remind(request: HttpRequest, token: str) -> HttpResponse:
    """Draft a reminder of an invitation: at once by hand, or so many days after it."""
    mailing = _letter_or_404(request, token)
    if not request.user.has_perm(SEND):
        raise Http404
    days = request.POST.get("days", "").strip()
    try:
        if days and not (days.isascii() and days.isdigit() and len(days) < 4):
            raise CampaignsError(_("Enter a number of days, or nothing to send it by hand."))
        reminder = letters.add_reminder(
            invitation=mailing, by=request.user, after=int(days) if days else None
        )
    except CampaignsError as error:
        messages.error(request, str(error))
        return redirect("survey_invitations:board", token=mailing.wave.token)
    messages.success(request, _("The reminder is drafted. Read it in each language."))
    return redirect("survey_invitations:write", token=reminder.token)


@require_POST
@of_wave(SEND)
def act(request: HttpRequest, wave: Wave, invitation: str, action: str) -> HttpResponse:
    """Take one link back, once more asked, or make a new one in its place; both are noted."""
    steps = {
        "revoke": (survey_services.revoke, _("The link of %(person)s opens nothing any more.")),
        "renew": (survey_services.reissue, _("%(person)s has a new link; send it with a letter.")),
    }
    if action not in steps:
        raise Http404
    found = SurveyInvitation.objects.visible_to(request.user).filter(wave=wave, token=invitation)
    row = found.select_related("person", "wave").first()
    if row is None:
        raise Http404
    if action == "revoke" and row.state in SurveyInvitation.USABLE and "sure" not in request.POST:
        context = {"step": _("Take a link back"), "row": row}
        context["back"] = request.POST.get("back", "")[:200]
        return _page(request, wave, "take_back", context)
    step, done = steps[action]
    try:
        step(invitation=row)
    except SurveyError as error:
        messages.error(request, str(error))
    else:
        sentence = done % {"person": row.person or _("This person")}
        survey_services.note(
            action=AuditEntry.Action.INVITED,
            at=timezone.now(),
            by=request.user,
            wave=wave,
            words=sentence,
        )
        messages.success(request, sentence)
    target = reverse("survey_invitations:board", args=[wave.token])
    return redirect(f"{target}?{request.POST.get('back', '')[:200]}")


@require_POST
@of_wave(SEND)
@sensitive_variables("found", "rows")
def link_list(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Links for people whom no letter reaches, as a list to print or as CSV; written down.

    Whoever holds the list can answer in these people's names, so it must be asked for by name.
    """
    form = SegmentForm(request.POST, user=request.user)
    back = redirect("survey_invitations:board", token=wave.token)
    if not form.is_valid():
        messages.error(request, _("Choose a segment, and confirm what the list can do."))
        return back
    if not wave.takes_invited:
        messages.error(request, _("This wave does not take invited people. Allow it first."))
        return back
    segment, at = form.cleaned_data["segment"], timezone.now()
    people = surveyboard.without_mail(wave, segment, at=at)
    people = people & Person.objects.visible_to(request.user)
    survey_services.invite(
        wave=wave,
        people=list(people.values_list("pk", "language")),
        origin=str(segment),
    )
    inside = audiences.segments.people_in(segment, at=at).values("pk")
    found = list(surveyboard.rows(wave, request.user, state="created").filter(person__in=inside))
    reached = set(
        wave.mailings.filter(
            deliveries__person__in=[row.person_id for row in found],
            deliveries__state__in=("planned", "submitting", "accepted", "delivered"),
        ).values_list("deliveries__person", flat=True)
    )
    try:
        rows = [
            {"person": row.person, "address": links.address(links.secret_of(row))}
            for row in found
            if row.person_id not in reached
        ]
    except SurveyError as error:
        messages.error(request, str(error))
        return back
    if not rows:
        messages.warning(request, _("Everybody of this segment has an e-mail address."))
        return back
    survey_services.note(
        action=AuditEntry.Action.EXPORTED,
        at=at,
        by=request.user,
        wave=wave,
        words=_("Made a list of %(count)d links for the segment “%(segment)s”.")
        % {"count": len(rows), "segment": segment},
    )
    if request.POST.get("as") == "csv":
        answer = HttpResponse(_link_lines(rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="links-{wave.slug}.csv"'
        return answer
    return _page(request, wave, "links", {"rows": rows, "step": _("Links to print")})


def _link_lines(rows: list[dict]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(("person", "area", "link"))
    for row in rows:
        area = row["person"].area
        yield writer.writerow(
            (harmless(str(row["person"])), area.code if area else "", row["address"])
        )


def wave_links(request: HttpRequest, wave: Wave) -> list[dict[str, str]]:
    """What the wave's page shows of this: a link for those who may look."""
    if not request.user.has_perm(VIEW):
        return []
    url = reverse("survey_invitations:board", args=[wave.token])
    return [{"url": url, "label": _("Invitations")}]
