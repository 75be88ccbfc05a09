"""At the door of the back office: a second factor, and a plain word for whose term has ended."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from engagement.registry.visibility import today
from engagement.reporters import ended_term
from engagement.roles import may_enter_office


class StaffSecondFactorMiddleware:
    """Lead staff without a second factor to the page where they set one up.

    Whoever has a factor was asked for it when signing in; so only its existence is checked here.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.REQUIRE_STAFF_MFA and request.path.startswith(reverse("wagtailadmin_home")):
            user = request.user
            if may_enter_office(user) and not self._has_factor(user):
                messages.warning(
                    request,
                    _(
                        "The back office needs a second factor. Set up an authenticator app "
                        "here, keep the recovery codes, then open the back office again."
                    ),
                )
                return redirect("mfa_index")
        return self.get_response(request)

    @staticmethod
    def _has_factor(user) -> bool:
        return get_adapter().is_mfa_enabled(user, types=[Authenticator.Type.TOTP])


class EndedTermMiddleware:
    """Tell a former holder of a post that the term has ended, instead of asking to sign in again.

    Only for who has no right to the back office any more and had one by a grant or a post.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if (
            request.path.startswith(reverse("wagtailadmin_home"))
            and request.user.is_authenticated
            and not may_enter_office(request.user)
        ):
            ended = ended_term(request.user, on=today())
            if ended is not None:
                return render(request, "engagement/term_ended.html", {"ended": ended}, status=403)
        return self.get_response(request)
