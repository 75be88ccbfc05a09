"""The public addresses of `engagement`."""

from django.urls import URLPattern

app_name = "engagement"

registry_urls: list[URLPattern] = []

event_urls: list[URLPattern] = []

urlpatterns = [*registry_urls, *event_urls]
