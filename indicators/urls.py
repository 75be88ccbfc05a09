"""The public addresses of `indicators`."""

from django.urls import path, re_path

from indicators import activityviews, views
from indicators.api import urls as api_urls
from indicators.exports import FORMATS

_FORMS = "|".join(FORMATS)

app_name = "indicators"
urlpatterns = [
    path("", views.table, name="table"),
    path("api/v1/", api_urls),
    re_path(
        r"^api/(?P<rest>areas|frameworks|indicators|observations|openapi\.json)$",
        views.before_versions,
        name="before_versions",
    ),
    path("api/", views.guide, name="guide"),
    path("catalog.jsonld", views.catalogue, name="catalogue"),
    path("structure.xml", views.structure, name="structure"),
    path("frameworks/<slug:slug>/beside/<slug:other>/", views.beside, name="framework_beside"),
    path("frameworks/<slug:slug>/printed/", views.printed_tables, name="framework_printed"),
    path(
        "frameworks/<slug:slug>/activities/",
        activityviews.activity_tables,
        name="activity_tables",
    ),
    re_path(
        r"^frameworks/(?P<slug>[-a-zA-Z0-9_]+)/activities\.(?P<form>csv|xlsx)$",
        activityviews.activity_tables_export,
        name="activity_tables_export",
    ),
    re_path(rf"^export\.(?P<form>{_FORMS})$", views.export, name="export"),
    re_path(r"^table\.(?P<form>csv|xlsx)$", views.table_export, name="table_export"),
    re_path(
        rf"^(?P<slug>[-a-zA-Z0-9_]+)/export\.(?P<form>{_FORMS})$",
        views.export_one,
        name="export_one",
    ),
    # Before the indicators: none of them can have one of these words for its address.
    path("areas/", views.areas, name="areas"),
    path("areas/<str:code>/", views.country, name="country"),
    path("compare/", views.compare, name="compare"),
    path("changes/", views.changes, name="changes"),
    path("changes/feed.atom", views.changes_feed, name="changes_feed"),
    path("reports/", views.reports, name="reports"),
    path("reports/<str:token>.pdf", views.report_pdf, name="report_pdf"),
    path("reports/<str:token>/", views.report, name="report"),
    path("<slug:slug>/", views.detail, name="detail"),
    path("<slug:slug>/embed/", views.embed, name="embed"),
    path("<slug:slug>/values/<str:token>/", views.value, name="value"),
]
