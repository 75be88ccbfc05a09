"""Rules that the database itself keeps, whoever writes: lifted before a migration, set again after.

PostgreSQL and SQLite refuse to change a wave's anonymity once it has a response, and to change
what the audit log says. PostgreSQL refuses to delete from the audit log, too; on SQLite, where
there is no TRUNCATE with which a test database could be emptied, only the model refuses that.
"""

from typing import Any

from django.db import connections

_POSTGRESQL = """
CREATE OR REPLACE FUNCTION surveys_keep_anonymity() RETURNS trigger AS $$
BEGIN
  IF NEW.anonymity <> OLD.anonymity
     AND EXISTS (SELECT 1 FROM surveys_response WHERE wave_id = OLD.id) THEN
    RAISE EXCEPTION 'The anonymity of a wave with responses cannot change.'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql;
DROP TRIGGER IF EXISTS surveys_wave_anonymity ON surveys_wave;
CREATE TRIGGER surveys_wave_anonymity BEFORE UPDATE OF anonymity ON surveys_wave
  FOR EACH ROW EXECUTE FUNCTION surveys_keep_anonymity();
CREATE OR REPLACE FUNCTION surveys_keep_audit() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION 'The audit log cannot be changed.'
    USING ERRCODE = 'integrity_constraint_violation';
END $$ LANGUAGE plpgsql;
DROP TRIGGER IF EXISTS surveys_audit_is_kept ON surveys_auditentry;
CREATE TRIGGER surveys_audit_is_kept BEFORE UPDATE OR DELETE ON surveys_auditentry
  FOR EACH ROW EXECUTE FUNCTION surveys_keep_audit();
"""
_SQLITE = (
    """
CREATE TRIGGER IF NOT EXISTS surveys_wave_anonymity
BEFORE UPDATE OF anonymity ON surveys_wave
WHEN NEW.anonymity <> OLD.anonymity
  AND EXISTS (SELECT 1 FROM surveys_response WHERE wave_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'The anonymity of a wave with responses cannot change.'); END
""",
    """
CREATE TRIGGER IF NOT EXISTS surveys_audit_is_kept BEFORE UPDATE ON surveys_auditentry
BEGIN SELECT RAISE(ABORT, 'The audit log cannot be changed.'); END
""",
)


def install(*, using: str, **_signal: Any) -> None:
    """Create the triggers, or create them anew: a table that SQLite rebuilds loses its own."""
    connection = connections[using]
    tables = connection.introspection.table_names()
    if not {"surveys_wave", "surveys_response", "surveys_auditentry"} <= set(tables):
        return  # an early state of the migrations
    with connection.cursor() as cursor:
        for statement in [_POSTGRESQL] if connection.vendor == "postgresql" else _SQLITE:
            cursor.execute(statement)


def lift(*, using: str, **_signal: Any) -> None:
    """Take the triggers away from SQLite while tables change: it rebuilds a table to alter it, and
    refuses as long as a trigger of another table names the one that is being rebuilt."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for name in ("surveys_wave_anonymity", "surveys_audit_is_kept"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
