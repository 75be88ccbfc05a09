"""Addresses below /office/indicators/."""

from django.urls import include, path, re_path

from indicators.backoffice import (
    activities,
    activityediting,
    activitytables,
    evidence,
    imports,
    quarters,
    reports,
    rounds,
    submissions,
    values,
)
from indicators.backoffice.frameworks import changes, indicators
from indicators.backoffice.frameworks import urls as frameworks

app_name = "indicators_office"
urlpatterns = [
    path("", values.index, name="index"),
    path("activities/", activities.index, name="activities"),
    re_path(
        r"^activities/export\.(?P<form>csv|xlsx)$", activities.export, name="activities_export"
    ),
    path("activities/new/", activityediting.edit, name="activity_new"),
    path("activities/similar/", activityediting.similar, name="activities_similar"),
    path("activities/tables/", activitytables.show, name="activity_tables"),
    re_path(
        r"^activities/tables\.(?P<form>csv|xlsx)$",
        activitytables.export,
        name="activity_tables_export",
    ),
    path("activities/quarter/", quarters.update, name="activities_quarter"),
    path("activities/<str:token>/", activities.detail, name="activity"),
    path("activities/<str:token>/edit/", activityediting.edit, name="activity_edit"),
    path("frameworks/", include(frameworks.urlpatterns)),
    path("asked/", rounds.asked_of_me, name="asked"),
    path("imports/", imports.index, name="imports"),
    re_path(
        r"^imports/empty/(?P<kind>[a-z_]+)\.(?P<form>csv|xlsx)$",
        imports.template,
        name="import_template",
    ),
    path("imports/<str:token>/", imports.show, name="import"),
    path("imports/<str:token>/columns/", imports.columns, name="import_columns"),
    path("imports/<str:token>/step/", imports.step, name="import_step"),
    path("imports/<str:token>/progress/", imports.progress, name="import_progress"),
    re_path(
        r"^imports/(?P<token>[^/]+)/bad-rows\.(?P<form>csv|xlsx)$",
        imports.problems,
        name="import_problems",
    ),
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/new/", rounds.new_round, name="round_new"),
    path("rounds/<str:token>/", rounds.show_round, name="round"),
    path("rounds/<str:token>/edit/", rounds.edit_round, name="round_edit"),
    path("rounds/<str:token>/asked/", rounds.asked, name="round_asked"),
    path("rounds/<str:token>/board.csv", rounds.board_csv, name="round_csv"),
    path("rounds/<str:token>/move/", rounds.move, name="round_move"),
    path("rounds/<str:token>/start/", rounds.start, name="start"),
    path("submissions/<str:token>/", submissions.submission, name="submission"),
    path("submissions/<str:token>/step/", submissions.step, name="step"),
    path("submissions/<str:token>/template.xlsx", submissions.template, name="template"),
    path("submissions/<str:token>/upload/", submissions.upload, name="upload"),
    path("evidence/", evidence.index, name="evidence"),
    path("evidence/new/", evidence.edit, name="evidence_new"),
    path("evidence/<str:token>/", evidence.show, name="evidence_one"),
    path("evidence/<str:token>/edit/", evidence.edit, name="evidence_edit"),
    path("evidence/<str:token>/release/", evidence.release, name="evidence_release"),
    path("evidence/<str:token>/forget/", evidence.forget, name="evidence_forget"),
    path("reports/", reports.index, name="reports"),
    path("reports/new/", reports.new, name="report_new"),
    path("reports/<str:token>/publish/", reports.publish, name="report_publish"),
    path("<slug:slug>/", values.detail, name="indicator"),
    path("<slug:slug>/history/<str:area>/", submissions.value_history, name="value_history"),
    path("<slug:slug>/edit/", indicators.edit, name="indicator_edit"),
    path("<slug:slug>/changes/", changes.of_indicator, name="indicator_changes"),
    path("<slug:slug>/target/<int:pk>/remove/", indicators.remove_target, name="target_remove"),
    path("<slug:slug>/enter/", values.enter, name="enter"),
    path("<slug:slug>/target/", values.target, name="target"),
]
