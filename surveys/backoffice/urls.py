"""Addresses below /office/surveys/."""

from django.urls import path

from surveys.backoffice import (
    exports,
    importing,
    questionnaires,
    responses,
    translationfiles,
    translations,
    trends,
    versions,
    wave_urls,
)
from surveys.backoffice.builder import acts, preview, screen, starting

app_name = "surveys_office"
urlpatterns = [
    path("", questionnaires.surveys, name="surveys"),
    path("new/", starting.new_survey, name="new_survey"),
    path("drafts/<str:token>/", starting.new_draft, name="new_draft"),
    path("import/", importing.upload, name="import"),
    path("import/<str:token>/", importing.review, name="import_review"),
    path("questionnaires/<str:token>/xlsform/", importing.export, name="xlsform"),
    path("questionnaires/<str:token>/", questionnaires.show, name="questionnaire"),
    path("questionnaires/<str:token>/edit/", screen.builder, name="builder"),
    path("questionnaires/<str:token>/edit/act/", acts.act, name="builder_act"),
    path("questionnaires/<str:token>/edit/preview/", preview.page, name="builder_preview"),
    path("questionnaires/<str:token>/edit/try/", preview.try_out, name="builder_try"),
    path("questionnaires/<str:token>/edit/history/", screen.history, name="builder_history"),
    path("questionnaires/<str:token>/publish/", versions.publish, name="publish_version"),
    path("questionnaires/<str:token>/new-version/", versions.new_version, name="new_version"),
    path("questionnaires/<str:token>/translations/", translations.languages, name="translations"),
    path(
        "questionnaires/<str:token>/translations/languages/",
        translations.change_languages,
        name="change_languages",
    ),
    path(
        "questionnaires/<str:token>/translations/export/",
        translationfiles.export,
        name="translation_export",
    ),
    path(
        "questionnaires/<str:token>/translations/upload/",
        translationfiles.upload,
        name="translation_upload",
    ),
    path(
        "questionnaires/<str:token>/translations/files/<str:file>/",
        translationfiles.show,
        name="translation_file",
    ),
    path(
        "questionnaires/<str:token>/translations/files/<str:file>/apply/",
        translationfiles.apply,
        name="translation_file_apply",
    ),
    path(
        "questionnaires/<str:token>/translations/in/<str:language>/",
        translations.grid,
        name="translation",
    ),
    path(
        "questionnaires/<str:token>/translations/in/<str:language>/save/",
        translations.save,
        name="translation_save",
    ),
    path(
        "questionnaires/<str:token>/translations/in/<str:language>/confirm/",
        translations.confirm,
        name="translation_confirm",
    ),
    path(
        "questionnaires/<str:token>/translations/in/<str:language>/fill/",
        translations.fill,
        name="translation_fill",
    ),
    *wave_urls.patterns,
    path("waves/<str:token>/responses/", responses.responses, name="responses"),
    path("waves/<str:token>/responses.csv", exports.export_csv, name="export"),
    path("waves/<str:token>/changes/", trends.changes, name="wave_changes"),
    path("waves/<str:token>/exports/", exports.exports, name="exports"),
    path("waves/<str:token>/exports/xlsx/", exports.export_xlsx, name="export_xlsx"),
    path("waves/<str:token>/exports/sav/", exports.export_sav, name="export_sav"),
    path("waves/<str:token>/exports/bundle/", exports.export_bundle, name="export_bundle"),
    path("waves/<str:token>/codebook.xml", exports.export_ddi, name="export_ddi"),
    path("exports/<str:token>/progress/", exports.progress, name="export_progress"),
    path("exports/<str:token>/file/", exports.download, name="export_file"),
]
