"""What it takes to give the whole ledger to programs, over HTTP.

    python benchmarks/bench_indicators_exports.py [sqlite|postgresql ...]   (both)

The production server with two processes; 60 indicators x 12 areas x 15 years x 8 breakdowns, 86,400
observations. Each line is `name value unit ratio`. Every format is downloaded twice: the first
byte (ratio to the aim of one second), the whole file, rows a second, its size,
and the memory of all server processes before, at its peak and after (ratio to before: flat is 1).
The API's pages are asked fifteen times, the median shown with its ratio to the aim of 150
milliseconds; with the ETag of the answer, where nothing has changed, the aim is 10.
"""

import os
import statistics
import sys
import time
from pathlib import Path

import requests

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import memory
from benchmarks.bench_exports import line
from benchmarks.serving import Site, migrated, serving

FORMATS = ("csv", "sdmx", "sdmx2", "sdmxml", "xlsx")
TIMES, PIECE, ROUNDS = 2, 65_536, 15
FIRST_BYTE, COLD, HELD = 1.0, 0.150, 0.010

FILL = """
from benchmarks.filling_indicators import fill
from django.db import connection
print(fill())
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
"""
PAGES = {
    "index": "",
    "areas": "areas",
    "indicators": "indicators",
    "indicator": "indicators/invented-1",
    "observations_first": "observations",
    "observations_500": "observations?limit=500",
    "observations_chosen": "observations?area=KH&breakdown=_T&from_year=2020",
    "observations_one": "observations?indicator=invented-30&area=ASEAN",
}


def download(client: requests.Session, address: str) -> tuple[float, float, int]:
    """Seconds to the first byte and to the last, and bytes."""
    start, first, size = time.perf_counter(), 0.0, 0
    with client.get(address, stream=True, timeout=600) as answer:
        answer.raise_for_status()
        for piece in answer.iter_content(PIECE):
            first = first or time.perf_counter() - start
            size += len(piece)
    return first, time.perf_counter() - start, size


def measure_file(site: Site, form: str, rows: int, name: str) -> None:
    client = requests.Session()
    server = memory.started("config.serve", by=os.getpid())
    before = memory.resident(server)
    found = []
    with memory.peak(server) as most:
        for _time in range(TIMES):
            found.append(download(client, f"{site.url}/indicators/export.{form}"))
    after = memory.resident(server)
    first = max(one for one, _whole, _size in found)
    whole = max(one for _first, one, _size in found)
    line(f"{name}_first_byte", first, "s", first / FIRST_BYTE)
    line(f"{name}_whole", whole, "s", 0)
    line(f"{name}_rows_per_second", rows / whole, "rows/s", 0)
    line(f"{name}_size", found[-1][2] / 1e6, "MB", 0)
    line(f"{name}_server_memory_before", before, "MB", 1)
    line(f"{name}_server_memory_peak", most.megabytes, "MB", most.megabytes / before)
    line(f"{name}_server_memory_after", after, "MB", after / before)


def typical(client: requests.Session, address: str, status: int, **headers: str) -> float:
    """The median seconds of a request that is answered with that status."""
    found = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        answer = client.get(address, headers=headers, timeout=60)
        found.append(time.perf_counter() - start)
        if answer.status_code != status:
            raise RuntimeError(f"{address} answered {answer.status_code}, not {status}.")
    return statistics.median(found)


def measure_page(client: requests.Session, address: str, name: str) -> None:
    etag = client.get(address, timeout=60).headers["ETag"]
    cold = typical(client, address, 200) * 1000
    held = typical(client, address, 304, **{"If-None-Match": etag}) * 1000
    line(f"{name}", cold, "ms", cold / 1000 / COLD)
    line(f"{name}_unchanged", held, "ms", held / 1000 / HELD)


def measure_walk(client: requests.Session, address: str, rows: int, name: str) -> None:
    """Every page of all observations, one after the other."""
    start, found, slowest = time.perf_counter(), 0, 0.0
    while address:
        asked = time.perf_counter()
        page = client.get(address, timeout=60).json()
        slowest = max(slowest, time.perf_counter() - asked)
        found += len(page["items"])
        address = page["next"]
    if found != rows:
        raise RuntimeError(f"The pages have {found} rows, not {rows}.")
    whole = time.perf_counter() - start
    line(f"{name}_all_pages", whole, "s", 0)
    line(f"{name}_all_pages_rows_per_second", rows / whole, "rows/s", 0)
    line(f"{name}_slowest_page", slowest * 1000, "ms", slowest / COLD)


def measure(site: Site, kind: str) -> None:
    name = f"ledger_{kind}"
    start = time.perf_counter()
    rows = int(site.python(FILL).splitlines()[-1])
    line(f"{name}_fill", time.perf_counter() - start, "s", 0)
    client, root = requests.Session(), f"{site.url}/indicators/api/v1/"
    for _connection in range(12):  # so that every process has read its addresses and templates
        requests.get(f"{root}observations", timeout=60).raise_for_status()
        requests.get(f"{site.url}/indicators/structure.xml", timeout=60).raise_for_status()
    for form in FORMATS:
        measure_file(site, form, rows, f"{name}_{form}")
    for page, address in PAGES.items():
        measure_page(client, root + address, f"{name}_api_{page}")
    measure_page(client, f"{site.url}/indicators/structure.xml", f"{name}_structure")
    measure_page(client, f"{site.url}/indicators/catalog.jsonld", f"{name}_catalogue")
    measure_walk(client, f"{root}observations?limit=500", rows, f"{name}_api")


if __name__ == "__main__":
    for kind in sys.argv[1:] or ["sqlite", "postgresql"]:
        with migrated(kind) as env, serving(env) as site:
            measure(site, kind)
