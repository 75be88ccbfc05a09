"""What `surveys` adds to the back office: the group Surveys (220)."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem


class PermittedItem(MenuItem):
    """Shown to those who may open it."""

    def __init__(self, label, url: str, *, permission: str, **kwargs) -> None:
        self.permission = permission
        super().__init__(label, url, **kwargs)

    def is_shown(self, request) -> bool:
        return request.user.has_perm(self.permission)


@hooks.register("register_admin_urls")
def office_urls():
    from surveys.backoffice import urls

    return [path("surveys/", include(urls))]


@hooks.register("register_admin_menu_item")
def office_menu():
    items = [
        PermittedItem(
            _("Waves"),
            reverse("surveys_office:waves"),
            permission="surveys.view_wave",
            name="surveys-waves",
            icon_name="form",
            order=10,
        ),
        PermittedItem(
            _("Surveys"),
            reverse("surveys_office:surveys"),
            permission="surveys.view_survey",
            name="surveys-surveys",
            icon_name="folder-open-1",
            order=20,
        ),
        PermittedItem(
            _("Who did what"),
            reverse("surveys_office:audit"),
            permission="surveys.view_auditentry",
            name="surveys-audit",
            icon_name="history",
            order=90,
        ),
    ]
    return SubmenuMenuItem(
        _("Surveys"), Menu(items=items), name="surveys", icon_name="form", order=220
    )
