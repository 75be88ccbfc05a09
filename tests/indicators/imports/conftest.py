"""An analyst with a ledger, and the whole way of a file through an import."""

from dataclasses import dataclass
from typing import Any

import pytest

from indicators.imports import queue
from indicators.models import Import, ImportRow
from indicators.services import imports
from tests.conftest import user_with_role
from tests.indicators.factories import AT, make_area, make_asean, make_indicator


@pytest.fixture(autouse=True)
def _private(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }


@pytest.fixture
def analyst(db):
    return user_with_role("analyst")


@pytest.fixture
def ledger(db):
    """Two indicators in percent, one counted, and some areas."""
    make_asean("KH", "LA", "VN")
    kpi = make_indicator("kpi-22", code="22")
    make_indicator("kpi-5a", framework=kpi.framework, unit="initiatives")
    make_indicator("kpi-31c", framework=kpi.framework)
    make_area("VN").__class__.objects.filter(code="VN").update(name="Viet Nam", iso3="VNM")


@dataclass
class Way:
    """Sends files through imports as one person."""

    by: Any
    kind: str = "observations"

    def receive(self, file, name="values.csv") -> Import:
        return imports.receive(kind=self.kind, file=file, name=name, by=self.by, at=AT)

    def check(self, file, name="values.csv", **more) -> Import:
        """Receive a file, take the columns as proposed, and check it."""
        imported = self.receive(file, name)
        imports.choose_columns(
            imported=imported,
            mapping=more.get("mapping", imports.proposed(imported)),
            decimal_sign=more.get("sign", imported.decimal_sign),
            by=self.by,
            at=AT,
        )
        return self.go_on(imported)

    def apply(self, imported: Import, reason="corrected") -> Import:
        imports.ask_to_apply(imported=imported, by=self.by, reason=reason)
        return self.go_on(imported)

    def undo(self, imported: Import, reason="wrong file") -> Import:
        imports.ask_to_undo(imported=imported, by=self.by, reason=reason)
        return self.go_on(imported)

    def go_on(self, imported: Import) -> Import:
        imported.refresh_from_db()
        queue.begin(imported=imported, at=AT)
        imported.refresh_from_db()
        return imported

    def load(self, file, name="values.csv", **more) -> Import:
        """The whole way."""
        return self.apply(self.check(file, name, **more))


@pytest.fixture
def way(analyst, ledger):
    return Way(analyst)


def counts(imported: Import) -> tuple[int, int, int, int]:
    """New, changed, unchanged, bad."""
    return (
        imported.count_new,
        imported.count_changed,
        imported.count_unchanged,
        imported.count_bad,
    )


def problems(imported: Import) -> list[tuple[int, str, str, str]]:
    """(row, column, value, sentence) of every problem."""
    from indicators.imports.cells import told

    return [
        (row.number, column, value, told(text, details))
        for row in imported.rows.filter(outcome=ImportRow.Outcome.BAD)
        for column, value, text, details in row.problems
    ]
