"""The public addresses of `cms` beside Wagtail's pages."""

from django.urls import URLPattern, path

from cms.views.search import search
from cms.views.styleguide import styleguide

app_name = "cms"
urlpatterns: list[URLPattern] = [
    path("search/", search, name="search"),
    path("styleguide/", styleguide, name="styleguide"),
]
