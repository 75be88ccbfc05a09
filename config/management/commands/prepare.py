"""Bring a real installation up to date before its servers start: `manage.py prepare`."""

from django.core.management.base import BaseCommand

from config import demonstration


class Command(BaseCommand):
    help = "Migrates the database and makes the roles; safe to run at every start."

    def handle(self, **options) -> None:
        from engagement.roles import ensure_roles

        changed = demonstration.migrate(tell=self.stdout.write)
        ensure_roles()
        self.stdout.write(
            "The database was migrated." if changed else "The database is up to date."
        )
