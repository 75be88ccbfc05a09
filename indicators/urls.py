"""The public addresses of `indicators`."""

from django.urls import path, re_path

from indicators import views
from indicators.api import api

app_name = "indicators"
urlpatterns = [
    path("", views.table, name="table"),
    path("api/", api.urls),
    path("frameworks/<slug:slug>/printed/", views.printed_tables, name="framework_printed"),
    re_path(r"^export\.(?P<form>csv|xlsx|sdmx)$", views.export, name="export"),
    re_path(r"^table\.(?P<form>csv|xlsx)$", views.table_export, name="table_export"),
    re_path(
        r"^(?P<slug>[-a-zA-Z0-9_]+)/export\.(?P<form>csv|xlsx|sdmx)$",
        views.export_one,
        name="export_one",
    ),
    path("<slug:slug>/", views.detail, name="detail"),
]
