"""Addresses below /office/indicators/frameworks/."""

from django.urls import path, re_path

from indicators.backoffice.frameworks import (
    changes,
    editing,
    exchange,
    indicators,
    mappings,
    printedfacts,
    trees,
    versions,
)

urlpatterns = [
    path("", trees.index, name="frameworks"),
    path("new/", editing.add, name="framework_new"),
    path("import/", exchange.upload, name="framework_upload"),
    path("import/<str:token>/", exchange.preview, name="framework_import"),
    path("at/<slug:slug>/", trees.tree, name="framework"),
    path("at/<slug:slug>/edit/", editing.edit, name="framework_edit"),
    re_path(
        r"^at/(?P<slug>[-a-zA-Z0-9_]+)/export\.(?P<form>xlsx|zip)$",
        exchange.export,
        name="framework_export",
    ),
    path("at/<slug:slug>/changes/", changes.of_framework, name="framework_changes"),
    path("at/<slug:slug>/nodes/new/", editing.add_node, name="node_new"),
    path("at/<slug:slug>/nodes/<str:token>/", editing.edit_node, name="node"),
    path("at/<slug:slug>/nodes/<str:token>/move/", editing.move_node, name="node_move"),
    path("at/<slug:slug>/nodes/<str:token>/shift/", editing.shift_node, name="node_shift"),
    path("at/<slug:slug>/nodes/<str:token>/retire/", editing.retire_node, name="node_retire"),
    path("at/<slug:slug>/nodes/<str:token>/changes/", changes.of_node, name="node_changes"),
    path("at/<slug:slug>/indicators/new/", indicators.add, name="indicator_new"),
    path("at/<slug:slug>/printed/", printedfacts.index, name="printed_facts"),
    path("at/<slug:slug>/printed/totals/", printedfacts.totals, name="printed_totals"),
    path("at/<slug:slug>/printed/sums/", printedfacts.sums, name="printed_sums"),
    path("at/<slug:slug>/printed/tables/new/", printedfacts.table, name="printed_table_new"),
    path("at/<slug:slug>/printed/tables/<int:place>/", printedfacts.table, name="printed_table"),
    path(
        "at/<slug:slug>/printed/tables/<int:place>/remove/",
        printedfacts.remove_table,
        name="printed_table_remove",
    ),
    path("at/<slug:slug>/mapping/<slug:other>/", mappings.beside, name="framework_mapping"),
    path(
        "at/<slug:slug>/mapping/<slug:other>/<int:pk>/remove/",
        mappings.remove,
        name="mapping_remove",
    ),
    path("at/<slug:slug>/versions/", versions.index, name="framework_versions"),
    path("at/<slug:slug>/versions/<int:number>/", versions.show, name="framework_version"),
    path(
        "at/<slug:slug>/versions/<int:number>/export.xlsx",
        versions.export,
        name="framework_version_export",
    ),
    path(
        "at/<slug:slug>/versions/<int:number>/restore/",
        versions.restore,
        name="framework_version_restore",
    ),
]
