"""What `cms` adds to the back office: choosers for blocks, the brand, the home dashboard."""

from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.ui.components import Component

from cms.backoffice.dashboard import work_for
from cms.choosers import CHOOSERS


@hooks.register("register_admin_viewset")
def register_choosers():
    return list(CHOOSERS)


@hooks.register("insert_global_admin_css")
def brand():
    return format_html('<link rel="stylesheet" href="{}">', static("site/office.css"))


@hooks.register("insert_editor_js")
def publishing_waits_for_autosave():
    return format_html('<script src="{}" defer></script>', static("site/editor.js"))


class WorkPanel(Component):
    """The live panels of the home, before Wagtail's own."""

    name = "work"
    order = 50
    template_name = "cms/backoffice/work.html"

    def get_context_data(self, parent_context):
        return {"panels": work_for(parent_context["request"].user, at=timezone.now())}


@hooks.register("construct_homepage_panels")
def add_work(request, panels):
    panels.append(WorkPanel())
