"""The public addresses of `engagement`."""

from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from engagement.views import drafts, events, registrations


class TokenConverter(StringConverter):
    """A random token; anything else, control characters included, is a 404 before any query."""

    regex = "[A-Za-z0-9_-]{8,40}"


register_converter(TokenConverter, "engagement_token")

app_name = "engagement"

registry_urls: list[URLPattern] = []

event_urls: list[URLPattern] = [
    path("consultations/", events.consultations, name="consultations"),
    path("consultations/<slug:slug>/", events.event, name="event"),
    path("consultations/<slug:slug>/register/", events.register, name="event-register"),
    path("consultations/<slug:slug>/registered/", events.registered, name="event-registered"),
    path(
        "registrations/<engagement_token:token>/", registrations.registration, name="registration"
    ),
    path(
        "registrations/<engagement_token:token>/confirm/",
        registrations.confirm,
        name="registration-confirm",
    ),
    path(
        "registrations/<engagement_token:token>/cancel/",
        registrations.cancel,
        name="registration-cancel",
    ),
    path(
        "registrations/<engagement_token:token>/offer/",
        registrations.answer_offer,
        name="registration-offer",
    ),
    path(
        "registrations/<engagement_token:token>/calendar.ics",
        registrations.calendar,
        name="registration-calendar",
    ),
    path("drafts/", drafts.drafts, name="drafts"),
    path("drafts/<slug:slug>/", drafts.draft, name="draft"),
    path("drafts/<slug:slug>/received/", drafts.comment_received, name="comment-received"),
    path("drafts/<slug:slug>/<engagement_token:token>/", drafts.provision, name="provision"),
    path("comments/<engagement_token:token>/", drafts.comment, name="comment"),
]

urlpatterns = [*registry_urls, *event_urls]
