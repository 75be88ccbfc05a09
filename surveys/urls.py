"""The public addresses of `surveys`."""

from django.urls import path

from surveys import views

app_name = "surveys"
urlpatterns = [
    path("", views.wave_list, name="list"),
    path("<slug:slug>/", views.wave, name="wave"),
    path("<slug:slug>/answer/", views.respond, name="respond"),
    path("<slug:slug>/challenge/", views.challenge, name="challenge"),
    path("<slug:slug>/check/", views.check, name="check"),
    path("<slug:slug>/offline/", views.offline, name="offline"),
    path("<slug:slug>/worker.js", views.worker, name="worker"),
    path("<slug:slug>/thanks/", views.thanks, name="thanks"),
    path("<slug:slug>/withdraw/", views.withdraw, name="withdraw"),
]
