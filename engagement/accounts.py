"""Signing in: where people go afterwards, and who may open an account."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.urls import reverse

from engagement.roles import may_enter_office


class AccountAdapter(DefaultAccountAdapter):
    """Anybody may open an account; it has no rights until somebody gives it a role."""

    def is_open_for_signup(self, request) -> bool:
        return settings.OPEN_SIGNUP

    def get_login_redirect_url(self, request) -> str:
        """Staff start in the back office, everybody else on the home page."""
        if may_enter_office(request.user):
            return reverse("wagtailadmin_home")
        return super().get_login_redirect_url(request)
