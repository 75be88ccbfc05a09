"""The steps of a mailing as buttons: each asks for its own permission and answers in a sentence."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from campaigns import services
from campaigns.backoffice.forms import ScheduleForm, TestForm
from campaigns.backoffice.steps import chosen_person, find_mailing
from campaigns.errors import CampaignsError


@require_POST
def do(request: HttpRequest, token: str, action: str) -> HttpResponse:
    """Take one step with the mailing; say in a sentence if it cannot be taken."""
    mailing = find_mailing(request, token)
    if action not in STEPS:
        raise Http404
    permission, step, done = STEPS[action]
    if not mailing.may(request.user, permission):
        raise PermissionDenied
    try:
        target = step(request, mailing)
    except CampaignsError as error:
        messages.error(request, str(error))
        target = None
    else:
        messages.success(request, str(done()))
    return target or redirect("mailings:overview", mailing.token)


def _ask(request, mailing):
    services.ask_for_approval(mailing=mailing, by=request.user, at=timezone.now())


def _approve(request, mailing):
    services.approve(mailing=mailing, by=request.user, at=timezone.now())


def _send_back(request, mailing):
    services.send_back(mailing=mailing, by=request.user, reason=_reason(request), at=timezone.now())


def _start(request, mailing):
    services.start(mailing=mailing, by=request.user, at=timezone.now())


def _schedule(request, mailing):
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        raise CampaignsError(_("Enter a date and a time, for example 2026-12-01 09:00."))
    services.schedule(
        mailing=mailing, by=request.user, when=form.cleaned_data["when"], at=timezone.now()
    )


def _unschedule(request, mailing):
    services.unschedule(mailing=mailing, by=request.user, at=timezone.now())


def _pause(request, mailing):
    services.pause(mailing=mailing, by=request.user, at=timezone.now())


def _resume(request, mailing):
    services.resume(mailing=mailing, by=request.user, reason=_reason(request), at=timezone.now())


def _cancel(request, mailing):
    services.cancel(mailing=mailing, by=request.user, reason=_reason(request), at=timezone.now())


def _follow_up(request, mailing) -> HttpResponseRedirect:
    new = services.follow_up(mailing=mailing, by=request.user, at=timezone.now())
    return redirect("mailings:overview", new.token)


def _test(request, mailing):
    form = TestForm(request.POST, mailing=mailing)
    if not form.is_valid():
        raise CampaignsError(_("Enter the address of a colleague who has an account."))
    services.send_test(
        mailing=mailing,
        person=chosen_person(request),
        address=form.cleaned_data["address"],
        languages=form.cleaned_data["languages"],
    )


# action -> (permission, step, what to say when it is done)
STEPS = {
    "ask": ("campaigns.change_mailing", _ask, lambda: _("It now waits for approval.")),
    "approve": ("campaigns.approve_mailing", _approve, lambda: _("Approved.")),
    "send-back": (
        "campaigns.approve_mailing",
        _send_back,
        lambda: _("Returned to its author with your reason."),
    ),
    "start": ("campaigns.send_mailing", _start, lambda: _("Sending has begun.")),
    "schedule": ("campaigns.send_mailing", _schedule, lambda: _("Scheduled.")),
    "unschedule": ("campaigns.send_mailing", _unschedule, lambda: _("Taken off the schedule.")),
    "pause": ("campaigns.send_mailing", _pause, lambda: _("Paused: no further batch leaves.")),
    "resume": ("campaigns.send_mailing", _resume, lambda: _("Sending goes on.")),
    "cancel": ("campaigns.send_mailing", _cancel, lambda: _("Cancelled.")),
    "follow-up": (
        "campaigns.add_mailing",
        _follow_up,
        lambda: _("A new draft for those missed is ready."),
    ),
    "test": ("campaigns.change_mailing", _test, lambda: _("The test message was sent.")),
}


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()[:1000]
