"""What the public pages of the ledger show, as one short text that changes when any of it does.

Nobody has to announce a change: the stamp is read from the tables that changes are written to anyway,
in one query. See docs/decisions/0032.
"""

from functools import cache

from django.apps import apps
from django.db import connection

# Edited by people, with a row of history for every edit.
_WITH_HISTORY = (
    "Area",
    "AreaMembership",
    "Baseline",
    "Evidence",
    "Framework",
    "FrameworkNode",
    "Indicator",
    "NodeMapping",
    "SectoralBody",
    "Target",
)
# Also written in bulk, which leaves no history: rows that are new or gone count by themselves.
_PLAIN = ("Area", "AreaMembership", "EvidenceConsent", "NodeMapping")


def ledger_stamp() -> str:
    """The state of everything recorded and everything described, as text; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_question())
        return ".".join("" if value is None else str(value) for value in cursor.fetchone())


@cache
def _question() -> str:
    models = apps.get_app_config("indicators")
    parts = [_of("Recording", "COUNT(*)"), _of("Recording", "SUM(version)")]
    for name in _WITH_HISTORY:
        history = models.get_model(name).history.model._meta.object_name
        parts += [_of(history, "COUNT(*)"), _of(history, "MAX(history_id)")]
    for name in _PLAIN:
        parts += [_of(name, "COUNT(*)"), _of(name, "MAX(id)")]
    # What changed "since the last report" depends on which one was given to the public last.
    parts += [_of("Report", "COUNT(published_at)"), _of("Report", "MAX(published_at)")]
    return f"SELECT {', '.join(parts)}"


def _of(model: str, what: str) -> str:
    table = apps.get_app_config("indicators").get_model(model)._meta.db_table
    return f"(SELECT {what} FROM {connection.ops.quote_name(table)})"  # noqa: S608  our own names
