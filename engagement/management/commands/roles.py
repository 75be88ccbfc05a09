"""`manage.py roles`: make the groups of all roles hold exactly the permissions written in code."""

from django.core.management.base import BaseCommand, CommandError

from engagement.errors import UnknownPermission
from engagement.roles import ensure_roles


class Command(BaseCommand):
    help = "Create the groups of all roles and give them exactly their permissions. Repeatable."

    def handle(self, *args, **options) -> None:
        try:
            changes = ensure_roles()
        except UnknownPermission as error:
            raise CommandError(str(error)) from error
        for sentence in changes:
            self.stdout.write(sentence)
