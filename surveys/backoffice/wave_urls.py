"""Addresses of waves, their fieldwork, quotas, doubts, weighting and plan, and of the audit log."""

from django.urls import path

from surveys.backoffice import (
    audit,
    exclusions,
    fieldwork,
    plans,
    quotas,
    responseimports,
    schemes,
    waveforms,
    waves,
    workbench,
)

patterns = [
    path("audit/", audit.audit, name="audit"),
    path("waves/", waves.waves, name="waves"),
    path("waves/<str:token>/", fieldwork.fieldwork, name="wave"),
    path("waves/<str:token>/live/", fieldwork.live, name="live"),
    path("waves/<str:token>/move/", waves.move, name="move"),
    path("waves/<str:token>/publish/", waves.publish, name="publish"),
    path("waves/<str:token>/next/", waveforms.following, name="next"),
    path("waves/<str:token>/settings/", waveforms.edit, name="wave_edit"),
    path("waves/<str:token>/import/", responseimports.upload, name="responses_import"),
    path("waves/<str:token>/delete/", waveforms.delete, name="wave_delete"),
    path("waves/<str:token>/quotas/", quotas.quotas, name="quotas"),
    path("waves/<str:token>/quotas/make/", quotas.make, name="quotas_make"),
    path("waves/<str:token>/quotas/recount/", quotas.recount, name="quotas_recount"),
    path("waves/<str:token>/quotas/<int:pk>/", quotas.edit, name="quota"),
    path("waves/<str:token>/quotas/<int:pk>/<slug:step>/", quotas.act, name="quota_act"),
    path("waves/<str:token>/exclusions/", exclusions.exclusions, name="exclusions"),
    path("waves/<str:token>/exclusions/compare/", exclusions.compare, name="compare"),
    path("waves/<str:token>/exclusions/flag/", exclusions.flag, name="flag"),
    path("waves/<str:token>/exclusions/exclude/", exclusions.exclude, name="exclude"),
    path("waves/<str:token>/exclusions/<str:chosen>/revert/", exclusions.revert, name="revert"),
    path("surveys/<str:token>/new-wave/", waveforms.add, name="wave_add"),
    path("surveys/<str:token>/schemes/new/", schemes.add, name="scheme_add"),
    path("surveys/<str:token>/schemes/<int:pk>/", schemes.show, name="scheme"),
    path("surveys/<str:token>/workbench/", workbench.workbench, name="workbench"),
    path("surveys/<str:token>/workbench.csv", workbench.download, name="workbench_csv"),
    path("surveys/<str:token>/plan/new/", plans.edit, name="plan_add"),
    path("surveys/<str:token>/plan/<int:pk>/", plans.edit, name="plan_edit"),
]
