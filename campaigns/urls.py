"""The public addresses of `campaigns`."""

from django.urls import path

from campaigns.views import outbox, recipients, webhooks

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
    # Mail programs post here without following redirects: the final slash is part of the address.
    path("u/<str:token>/", recipients.unsubscribe, name="unsubscribe"),
    path("preferences/<str:token>/", recipients.preferences, name="preferences"),
    path("l/<str:token>/<str:delivery_token>/", recipients.link, name="link"),
    path("mailings/<str:token>/", recipients.view, name="view"),
    path("webhooks/mailjet/<str:secret>/", webhooks.mailjet, name="mailjet_webhook"),
]
