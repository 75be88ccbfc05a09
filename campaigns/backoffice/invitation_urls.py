"""Addresses of a wave's invitations, below /office/surveys/."""

from django.urls import path

from campaigns.backoffice import invitations

app_name = "survey_invitations"
urlpatterns = [
    path("waves/<str:token>/invitations/", invitations.board, name="board"),
    path("waves/<str:token>/invitations/new/", invitations.new, name="new"),
    path("waves/<str:token>/invitations/states.csv", invitations.export, name="export"),
    path("waves/<str:token>/invitations/links/", invitations.link_list, name="links"),
    path(
        "waves/<str:token>/invitations/<str:invitation>/<slug:action>/",
        invitations.act,
        name="act",
    ),
    path("letters/<str:token>/", invitations.write, name="write"),
    path("letters/<str:token>/remind/", invitations.remind, name="remind"),
]
