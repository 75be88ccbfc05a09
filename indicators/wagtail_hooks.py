"""What `indicators` adds to the back office: the group Indicators (240)."""

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


class ImportsItem(MenuItem):
    """Shown to those who may import something."""

    def is_shown(self, request) -> bool:
        from indicators.imports.registry import KINDS

        return any(kind.may_be_imported_by(request.user) for kind in KINDS.values())


@hooks.register("register_admin_urls")
def office_urls():
    from indicators.backoffice import urls

    return [path("indicators/", include(urls))]


@hooks.register("register_admin_menu_item")
def office_menu():
    items = [
        PermittedItem(
            _("Indicators"),
            reverse("indicators_office:index"),
            permission="indicators.view_indicator",
            name="indicators-table",
            icon_name="list-ul",
            order=10,
        ),
        PermittedItem(
            _("Frameworks"),
            reverse("indicators_office:frameworks"),
            permission="indicators.view_framework",
            name="indicators-frameworks",
            icon_name="folder-open-inverse",
            order=15,
        ),
        PermittedItem(
            _("Activities"),
            reverse("indicators_office:activities"),
            permission="indicators.view_activity",
            name="indicators-activities",
            icon_name="tasks",
            order=20,
        ),
        PermittedItem(
            _("Declarations"),
            reverse("indicators_office:declarations"),
            permission="indicators.view_declaration",
            name="indicators-declarations",
            icon_name="doc-full",
            order=25,
        ),
        PermittedItem(
            _("Reporting rounds"),
            reverse("indicators_office:rounds"),
            permission="indicators.view_reportinground",
            name="indicators-rounds",
            icon_name="calendar",
            order=30,
        ),
        PermittedItem(
            _("What is asked of me"),
            reverse("indicators_office:asked"),
            permission="indicators.change_submission",
            name="indicators-asked",
            icon_name="tick",
            order=35,
        ),
        ImportsItem(
            _("Imports"),
            reverse("indicators_office:imports"),
            name="indicators-imports",
            icon_name="upload",
            order=60,
        ),
        PermittedItem(
            _("Qualitative evidence"),
            reverse("indicators_office:evidence"),
            permission="indicators.view_evidence",
            name="indicators-evidence",
            icon_name="openquote",
            order=65,
        ),
        PermittedItem(
            _("Reports"),
            reverse("indicators_office:reports"),
            permission="indicators.view_report",
            name="indicators-reports",
            icon_name="doc-full",
            order=70,
        ),
    ]
    return SubmenuMenuItem(
        _("Indicators"), Menu(items=items), name="indicators", icon_name="list-ul", order=240
    )
