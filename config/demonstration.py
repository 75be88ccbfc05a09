"""Loading the demonstration: every app's own data, once, in the order of what builds on what."""

import hashlib
import importlib
import json
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

APPS = ("indicators", "engagement", "surveys", "campaigns", "cms")
PASSWORD = "suara-demo-2026"  # noqa: S105  (printed on purpose; the demonstration is nobody's secret)

logger = logging.getLogger(__name__)


def login_of(role: str) -> str:
    """Return the address with which the demonstration's holder of `role` signs in."""
    return f"{role.replace('_', '-')}@suara.example"


def migrate(*, tell: Callable[[str], None]) -> bool:
    """Bring the database up to date; return whether anything was to be done."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    tell("Preparing the database …")
    call_command("migrate", verbosity=0, interactive=False)
    return True


def load(*, at: datetime, tell: Callable[[str], None]) -> bool:
    """Load what has not been loaded yet; return whether anything was.

    Each app loads in one transaction and loads the same rows when run again; reports come last,
    because they show the rest. When neither its files nor its code have changed since the last
    complete run, nothing is read at all.
    """
    from engagement.demonstration import reporting
    from engagement.models import User
    from engagement.roles import ensure_roles

    digest = _digest()
    there = User.objects.filter(email=login_of("administrator")).exists()
    if there and _marker() == digest:
        return False
    ensure_roles()
    for app in APPS:
        tell(f"Loading the demonstration of {app} …")
        with transaction.atomic():
            importlib.import_module(f"{app}.demonstration").load(at=at)
    tell("Making the reports of the demonstration …")
    reporting.load_reports()
    _marker_path().write_text(json.dumps({"digest": digest}), encoding="utf-8")
    return True


def _marker_path() -> Path:
    # One marker per database, so that changing DATABASE_URL loads the demonstration there too.
    database = settings.DATABASES["default"]
    name = f"{database.get('HOST', '')}:{database.get('PORT', '')}/{database['NAME']}"
    # A file in our own folder is the same database wherever the folder is taken.
    if isinstance(database["NAME"], Path) and database["NAME"].is_relative_to(settings.VAR_DIR):
        name = str(database["NAME"].relative_to(settings.VAR_DIR))
    short = hashlib.sha256(name.encode()).hexdigest()[:12]
    return settings.VAR_DIR / f"demonstration-{short}.json"


def _marker() -> str:
    try:
        return json.loads(_marker_path().read_text(encoding="utf-8"))["digest"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _digest() -> str:
    """Return what the demonstration's files and code amount to, as a hash."""
    total = hashlib.sha256()
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app / "demonstration").rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                total.update(str(path.relative_to(settings.BASE_DIR)).encode())
                total.update(path.read_bytes())
    return total.hexdigest()
