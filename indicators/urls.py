"""The public addresses of `indicators`."""

from django.urls import path, re_path

from indicators import views

app_name = "indicators"
urlpatterns = [
    path("", views.table, name="table"),
    re_path(r"^export\.(?P<form>csv|xlsx|sdmx)$", views.export_all, name="export_all"),
    re_path(
        r"^(?P<slug>[-a-z0-9_]+)/export\.(?P<form>csv|xlsx|sdmx)$", views.export, name="export"
    ),
    path("<slug:slug>/", views.detail, name="detail"),
]
