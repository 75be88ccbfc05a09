"""Addresses below /office/surveys/."""

from django.urls import path

from surveys.backoffice import questionnaires, responses, waves

app_name = "surveys_office"
urlpatterns = [
    path("", questionnaires.surveys, name="surveys"),
    path("questionnaires/<str:token>/", questionnaires.show, name="questionnaire"),
    path("waves/", waves.waves, name="waves"),
    path("waves/<str:token>/", waves.fieldwork, name="wave"),
    path("waves/<str:token>/move/", waves.move, name="move"),
    path("waves/<str:token>/publish/", waves.publish, name="publish"),
    path("waves/<str:token>/responses/", responses.responses, name="responses"),
    path("waves/<str:token>/responses.csv", responses.export, name="export"),
]
