"""What it takes to import very many values from a spreadsheet into a full ledger.

    python benchmarks/bench_indicators_import.py [ROWS] [sqlite|postgresql ...]   (50000, both)

The ledger holds 86,400 values beforehand. Each file is received, checked (the dry run) and applied
as its own process would. Each line is `name value unit ratio`:

- `..._new`, `..._changed`: rows a second from the upload to the last value, check included; ratio
  to the aim of 2,000;
- `..._new_cpu`, `..._changed_cpu`, `..._xlsx_cpu`: the same by the processor seconds of that process, which other
  work on the machine does not touch (the database server's are not in it);
- `..._check`: rows a second of the dry run alone; `..._again` of a file that changes nothing;
- `..._xlsx`: the same as new, as a workbook;
- `..._new_memory` and so on: the most that the process held, in MB; ratio to that of a tenth of the
  new rows: flat is 1.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.serving import Site, migrated

ROWS, AIM = 50_000, 2_000
FILL = """
from django.contrib.auth import get_user_model
from django.db import connection
from benchmarks.filling_indicators import fill
fill()
# As autovacuum would have: without statistics PostgreSQL looks values up by the wrong index.
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
get_user_model().objects.create_superuser("analyst@bench.example", "only-for-this-benchmark")
"""
IMPORT = """
import csv, io, json, time, tempfile
from pathlib import Path
from django.contrib.auth import get_user_model
from django.utils import timezone
from benchmarks.filling_indicators import AREAS, slug
from indicators.imports import queue
from indicators.models import Import
from indicators.services import imports

form, rows, group, shift = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
by = get_user_model().objects.get()
HEAD = ("indicator", "area", "period", "breakdown", "value", "low", "high", "n", "status", "note")

def lines():
    for place in range(rows):
        value = 2 + place % 700 / 10 + shift
        yield (slug(1 + place % 60), AREAS[place // 60 % 12], 2012 + place // 720 % 15,
               f"group={group}{place // 10800}", value, value - 1, value + 1.5, 100 + place, "A",
               f"Table {place}")

def written(path):
    if form == "csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([HEAD, *lines()])
        return
    import xlsxwriter
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEAD, *lines()]):
            sheet.write_row(number, 0, row)

def peak():
    words = Path("/proc/self/status").read_text().split()
    return int(words[words.index("VmHWM:") + 1]) / 1024

queue.AT_ONCE = queue.AT_ONCE_ROWS = 10**9
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / f"values.{form}"
    written(path)
    start, busy = time.perf_counter(), time.process_time()
    with path.open("rb") as file:
        imported = imports.receive(
            kind="observations", file=file, name=path.name, by=by, at=timezone.now()
        )
imports.choose_columns(
    imported=imported, mapping=imports.proposed(imported), decimal_sign=imported.decimal_sign,
    by=by, at=timezone.now(),
)
imported.refresh_from_db()
queue.begin(imported=imported, at=timezone.now())
imported.refresh_from_db()
checked = time.perf_counter()
counts = [imported.count_new, imported.count_changed, imported.count_unchanged, imported.count_bad]
if imported.count_good:
    imports.ask_to_apply(imported=imported, by=by, reason="measured")
    imported.refresh_from_db()
    queue.begin(imported=imported, at=timezone.now())
    imported.refresh_from_db()
print(json.dumps({
    "state": imported.state, "sentence": imported.sentence, "counts": counts,
    "check": rows / (checked - start), "whole": rows / (time.perf_counter() - start),
    "cpu": rows / (time.process_time() - busy),
    "peak": peak(),
}))
"""


def line(name: str, value: float, unit: str, ratio: float) -> None:
    print(f"{name} {value:.0f} {unit} {ratio:.2f}", flush=True)


def measure(site: Site, kind: str, rows: int) -> None:
    """Print what files of `rows` rows cost on one database."""

    def imported(form: str, many: int, group: str, shift: int, expected: list[int]) -> dict:
        found = json.loads(site.python(IMPORT, form, str(many), group, str(shift)))
        if found["counts"] != expected:
            raise RuntimeError(f"Expected {expected} rows, new to bad, and got {found}.")
        return found

    site.python(FILL)
    few = imported("csv", rows // 10, "x", 0, [rows // 10, 0, 0, 0])
    new = imported("csv", rows, "a", 0, [rows, 0, 0, 0])
    changed = imported("csv", rows, "a", 3, [0, rows, 0, 0])
    again = imported("csv", rows, "a", 3, [0, 0, rows, 0])
    book = imported("xlsx", rows, "b", 0, [rows, 0, 0, 0])
    whole = (("new", new), ("changed", changed), ("xlsx", book))
    for name, found in whole:
        line(f"import_{kind}_{name}", found["whole"], "rows/s", found["whole"] / AIM)
    for name, found in whole:
        line(f"import_{kind}_{name}_cpu", found["cpu"], "rows/s", found["cpu"] / AIM)
    for name, found in (("check", new), ("again", again)):
        line(f"import_{kind}_{name}", found["check"], "rows/s", found["check"] / AIM)
    for name, found in whole:
        line(f"import_{kind}_{name}_memory", found["peak"], "MB", found["peak"] / few["peak"])


def main() -> None:
    """Measure on each database that was named."""
    rows = next((int(word) for word in sys.argv[1:] if word.isdecimal()), ROWS)
    kinds = [word for word in sys.argv[1:] if not word.isdecimal()] or ["sqlite", "postgresql"]
    for kind in kinds:
        with migrated(kind) as env:
            measure(Site("127.0.0.1", 0, env), kind, rows)


if __name__ == "__main__":
    main()
