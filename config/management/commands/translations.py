"""`manage.py translations`: bring the catalogues in `locale/` up to the sources, and compile them."""

from argparse import ArgumentParser

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import catalogues


class Command(BaseCommand):
    """Adds new texts, drops those a partial catalogue no longer needs, compiles, lists what lacks.

    Needs neither GNU gettext nor a database. See docs/translating.md.
    """

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("languages", nargs="*", help="Codes; all languages without any.")
        parser.add_argument("--check", action="store_true", help="Change nothing; fail if lacking.")

    def handle(self, *args, languages: list[str], check: bool, **options) -> None:
        codes = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        if unknown := sorted(set(languages) - set(codes)):
            raise CommandError(
                f"{', '.join(unknown)}: no such language. Use some of {', '.join(codes)}."
            )
        lacking = 0
        for code in languages or codes:
            catalogue = catalogues.read(code)
            wanted = catalogues.messages_for(code)
            added = _add(catalogue, wanted)
            dropped = [] if code in settings.SITE_LANGUAGES else _drop(catalogue, wanted)
            if not check:
                _write(catalogue, code)
            forms = catalogues.plural_forms(catalogue)
            open_ = [entry for entry in catalogue if not catalogues.translated(entry, forms)]
            lacking += len(open_)
            self.stdout.write(
                f"{code}: {len(catalogue)} texts, {added} new, {len(dropped)} dropped, "
                f"{len(open_)} not translated"
            )
            for entry in open_:
                places = (
                    wanted[(entry.msgctxt or "", entry.msgid)].places
                    if (entry.msgctxt or "", entry.msgid) in wanted
                    else []
                )
                self.stdout.write(f"  {entry.msgid!r} ({', '.join(places)})")
        if check and lacking:
            raise CommandError(f"{lacking} texts are not translated.")


def _add(catalogue: polib.POFile, wanted: catalogues.Messages) -> int:
    known = {(entry.msgctxt or "", entry.msgid) for entry in catalogue}
    forms = catalogues.plural_forms(catalogue)
    new = [message for key, message in wanted.items() if key not in known]
    for message in new:
        entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
        if catalogues.placeholders(message.text + message.plural):
            entry.flags.append("python-format")
        if message.plural:
            entry.msgid_plural = message.plural
            entry.msgstr_plural = dict.fromkeys(range(forms), "")
        catalogue.append(entry)
    return len(new)


def _drop(catalogue: polib.POFile, wanted: catalogues.Messages) -> list[polib.POEntry]:
    stale = [entry for entry in catalogue if (entry.msgctxt or "", entry.msgid) not in wanted]
    for entry in stale:
        catalogue.remove(entry)
    return stale


def _write(catalogue: polib.POFile, code: str) -> None:
    catalogue.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    path = catalogues.path_of(code)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))
    catalogue.save_as_mofile(str(catalogues.path_of(code, ".mo")))
