"""The public addresses of `surveys`."""

from django.urls import path

from surveys import views

app_name = "surveys"
urlpatterns = [
    path("", views.wave_list, name="list"),
    path("<slug:slug>/", views.wave, name="wave"),
    path("<slug:slug>/answer/", views.respond, name="respond"),
    path("<slug:slug>/thanks/", views.thanks, name="thanks"),
    path("<slug:slug>/withdraw/", views.withdraw, name="withdraw"),
]
