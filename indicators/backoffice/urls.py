"""Addresses below /office/indicators/."""

from django.urls import path

from indicators.backoffice import activities, reporting, values

app_name = "indicators_office"
urlpatterns = [
    path("", values.index, name="index"),
    path("activities/", activities.index, name="activities"),
    path("activities/new/", activities.edit, name="activity_new"),
    path("activities/<str:token>/", activities.edit, name="activity"),
    path("rounds/", reporting.rounds, name="rounds"),
    path("rounds/new/", reporting.new_round, name="round_new"),
    path("rounds/<str:token>/", reporting.show_round, name="round"),
    path("rounds/<str:token>/start/", reporting.start, name="start"),
    path("submissions/<str:token>/", reporting.submission, name="submission"),
    path("submissions/<str:token>/step/", reporting.step, name="step"),
    path("<slug:slug>/", values.detail, name="indicator"),
    path("<slug:slug>/enter/", values.enter, name="enter"),
    path("<slug:slug>/target/", values.target, name="target"),
]
