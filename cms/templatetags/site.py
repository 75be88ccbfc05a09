"""What every page of the site asks for: its menu, its languages, its banner.

Each tag works without a request, so that an error page renders when nothing else does.
"""

from dataclasses import dataclass

from django import template
from django.db import DatabaseError
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

from indicators import languages

register = template.Library()

MAIN = (
    ("engagement:consultations", _("Consultations")),
    ("surveys:list", _("Surveys")),
    ("indicators:table", _("Indicators")),
)


@dataclass(frozen=True)
class MenuItem:
    """A link of the menu; `is_current` when the page shown lies at or below it."""

    label: str
    url: str
    is_current: bool = False


def _item(label: str, url: str, path: str) -> MenuItem:
    return MenuItem(label, url, is_current=bool(path) and path.startswith(url) and url != "/")


@register.simple_tag(takes_context=True)
def main_menu(context) -> list[MenuItem]:
    """The pages marked "show in menus" around the applications' own lists."""
    path = getattr(context.get("request"), "path", "")
    applications = []
    for name, label in MAIN:
        try:
            applications.append(_item(label, reverse(name), path))
        except NoReverseMatch:
            continue
    pages = _top_pages(context, in_menus=True)[:5]
    return pages[:1] + applications + pages[1:]


@register.simple_tag(takes_context=True)
def footer_menu(context) -> list[MenuItem]:
    """Pages below the home page that are not in the main menu: about, privacy, resources."""
    return _top_pages(context, in_menus=False)[:6]


def _top_pages(context, *, in_menus: bool) -> list[MenuItem]:
    """The public pages below the home page, read once for both menus of a page."""
    request = context.get("request")
    if not request:
        return []
    if not hasattr(request, "top_pages"):
        try:
            site = Site.find_for_request(request)
            children = site.root_page.get_children().live().public() if site else ()
            request.top_pages = [
                (page.show_in_menus, page.title, page.get_url(request, site)) for page in children
            ]
        except DatabaseError:
            request.top_pages = []
    return [
        _item(title, url, request.path)
        for shown, title, url in request.top_pages
        if shown is in_menus
    ]


@register.simple_tag(takes_context=True)
def offered_languages(context) -> list[tuple[str, str]]:
    """(code, own name) of the languages that the page can be read in, its present one included."""
    offered = getattr(context.get("request"), "offered_languages", languages.SITE)
    current = get_language()
    return [
        (code, name) for code, name in languages.NAMES.items() if code in offered or code == current
    ]


@register.simple_tag
def optional_url(name: str, *args) -> str:
    """The address of a named view, or nothing where the view is not installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def site_is_demonstration(context) -> bool:
    """Whether invented data are loaded, which every page must then say."""
    from cms.models import SiteSettings

    try:
        site = Site.find_for_request(context["request"])
        return SiteSettings.objects.filter(site=site, is_demonstration=True).exists()
    except DatabaseError:
        return False


@register.simple_tag(takes_context=True)
def page_address(context, number: int) -> str:
    """The address of another page of the same list, keeping what was filtered."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    query["page"] = number
    return f"?{query.urlencode()}"


@register.simple_tag
def page_numbers(page) -> list[int | None]:
    """Page numbers worth a link; None stands for a gap."""
    return [
        number if isinstance(number, int) else None
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
