"""Wagtail's users application, with our forms: accounts sign in by e-mail and have one name."""

from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(WagtailUsersAppConfig):
    user_viewset = "engagement.backoffice.users.UserViewSet"
