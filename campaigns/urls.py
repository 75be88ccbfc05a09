"""The public addresses of `campaigns`."""

from django.urls import path

from campaigns.views import outbox

app_name = "campaigns"
urlpatterns = [
    path("outbox/", outbox.message_list, name="outbox"),
    path("outbox/<slug:name>/", outbox.message, name="outbox_message"),
    path("outbox/<slug:name>/html/", outbox.message_html, name="outbox_html"),
    path("outbox/<slug:name>/source/", outbox.message_source, name="outbox_source"),
    path(
        "outbox/<slug:name>/attachments/<int:number>/",
        outbox.message_attachment,
        name="outbox_attachment",
    ),
]
