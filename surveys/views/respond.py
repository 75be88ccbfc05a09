"""The pages of questions. Every page is a plain form; a script only adds comfort."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from surveys import services
from surveys.answers import field_name
from surveys.errors import AlreadySubmitted, AnswersRefused, NothingAsked, NothingStarted
from surveys.models import Response, Wave
from surveys.pagescript import script_data
from surveys.protection import cookies, links, pagekeys
from surveys.questionnaire.definition import Page
from surveys.screens import PLAIN, screen_questions
from surveys.views.check import circumstances
from surveys.views.frame import respondent_view, show
from surveys.views.landing import done, known_receipt, to_page
from surveys.wording import Wording


@require_http_methods(["GET", "HEAD", "POST"])
@respondent_view
def respond(request: HttpRequest, *, wave: Wave, language: str) -> HttpResponse:
    """One page of the questionnaire: shown by GET, kept by POST."""
    secret = cookies.secret(request, wave)
    if not secret and cookies.has_answered(request, wave):
        # A page that was sent twice, the second time after everything had arrived.
        return redirect("surveys:thanks", slug=wave.slug)
    if request.method == "POST":
        return _keep(request, wave, language, secret)
    response = services.find_started(wave=wave, secret=secret)
    if response is None:
        return redirect("surveys:wave", slug=wave.slug)
    now = timezone.now()
    if not wave.is_open(at=now):
        services.start(wave=wave, secret=secret, language=language, at=now)  # says why not
    response.wave = wave
    path = services.path_of(response, at=now)
    shown = path.page(request.GET.get("page", ""))
    if shown is None:
        # An address that names its page, so that the browser's own Back finds it again.
        if resumed := services.resumed_page(response=response, at=now):
            return to_page(wave, resumed)
        raise NothingAsked(
            _(
                "None of the questions of this survey applies to you. There is nothing more for "
                "you to do. Thank you."
            )
        )
    # Nobody jumps ahead of a page that is still to be answered.
    if gap := services.first_incomplete(response=response, at=now, before=shown.code):
        return to_page(wave, gap[0])
    return _draw(request, wave, language, secret, response, shown.code)


def _keep(request: HttpRequest, wave: Wave, language: str, secret: str) -> HttpResponse:
    page = request.POST.get("page", "")
    action = "switch" if "switch" in request.POST else request.POST.get("action", "next")
    try:
        saved = _save(request, wave, language, secret, page, action)
        if action == "save":
            return JsonResponse({"kept": True})
        if action == "switch":
            typed = _typed(request, saved.response, page)
            return _draw(request, wave, language, secret, saved.response, page, raw=typed)
        if action == "back":
            if saved.preceding is None:
                return redirect("surveys:wave", slug=wave.slug)
            return to_page(wave, saved.preceding)
        if saved.following is not None:
            return to_page(wave, saved.following)
        if saved.receipt:
            return done(wave, saved.receipt)
        if services.lacks_proof(wave, saved.response):
            return redirect("surveys:check", slug=wave.slug)
        receipt = services.submit(
            response=saved.response,
            secret=secret,
            at=timezone.now(),
            receipt_secret=cookies.receipt_secret(request, wave),
        )
    except (AlreadySubmitted, NothingStarted) as error:
        # Nothing is started, once it was: another tab has handed it in meanwhile.
        if action == "save":
            return JsonResponse({"kept": False}, status=409)
        receipt = error.receipt if isinstance(error, AlreadySubmitted) else ""
        return done(wave, receipt or known_receipt(request, wave))
    except AnswersRefused as refusal:
        response = services.find_started(wave=wave, secret=secret)
        if response is None:
            return done(wave, known_receipt(request, wave))
        raw = _typed(request, response, page) if refusal.page == page else {}
        return _draw(
            request,
            wave,
            language,
            secret,
            response,
            refusal.page or page,
            errors=refusal.messages,
            raw=raw,
            status=422,
        )
    return done(wave, receipt)


def _save(
    request: HttpRequest, wave: Wave, language: str, secret: str, page: str, action: str
) -> services.Saved:
    now = timezone.now()
    seconds = pagekeys.seconds_since(
        request.POST.get("key", ""), wave=wave, secret=secret, page=page, at=now
    )

    def save() -> services.Saved:
        return services.save_page(
            wave=wave,
            secret=secret,
            page_code=page,
            posted=request.POST,
            language=language,
            at=now,
            # What is saved while somebody types belongs to the seconds of the page's own sending.
            seconds=0.0 if action == "save" else seconds,
            must_be_complete=action not in ("switch", "back", "save"),
            noting=lambda response: circumstances(request, wave, secret, response, at=now),
            may_finish=action == "next" and not links.is_invited(secret),
        )

    try:
        return save()
    except NothingStarted:
        # A second click whose first has handed everything in, or a page of a forgotten start.
        services.start(wave=wave, secret=secret, language=language, at=now)
        return save()


def _typed(request: HttpRequest, response: Response, page_code: str) -> dict[str, str]:
    """Texts as typed in plain fields, so that an unreadable number can be mended, not retyped."""
    typed: dict[str, str] = {}
    for page in response.questionnaire.definition.pages:
        for question in page.questions if page.code == page_code else ():
            name = field_name(question)
            if question.kind in PLAIN and name in request.POST:
                longest = (question.max_length or 4000) * 4
                typed[name] = request.POST[name][:longest].replace("\x00", "")
    return typed


def _draw(
    request: HttpRequest,
    wave: Wave,
    language: str,
    secret: str,
    response: Response,
    page_code: str,
    *,
    errors: dict[str, list[str]] | None = None,
    raw: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    here = now.astimezone(ZoneInfo(wave.time_zone))
    definition = response.questionnaire.definition
    path = services.path_of(response, at=now)
    page: Page = next(page for page in definition.pages if page.code == page_code)
    questions = screen_questions(
        definition,
        page,
        path,
        response.answers,
        language=language,
        seed=str(response.pk),
        errors=errors,
        raw=raw,
        emptied=response.paradata.get("emptied", ()),
    )
    codes = [shown.code for shown in path.pages]
    number = codes.index(page_code) + 1 if page_code in codes else 1
    context = {
        "page": page,
        "page_title": Wording.of(definition, language, response.answers, path).text(page.title),
        "questions": questions,
        "errors": [error for question in questions for error in question.all_errors],
        "number": number,
        "total": len(codes),
        "is_last": path.after(page_code) is None,
        "needs_proof": services.is_guarded(wave, response)
        and response.paradata.get("proof") != "work",
        "key": pagekeys.sign(wave=wave, secret=secret, page=page_code, at=now),
        "script_data": script_data(
            definition,
            page,
            path,
            response.answers,
            language=language,
            today=here.date(),
            now=here,
        ),
    }
    return show(request, "surveys/page.html", wave, language, context, status=status)
