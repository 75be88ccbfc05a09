"""What the public pages of a full ledger cost: cold, kept, and when the browser has them.

    python benchmarks/bench_indicators.py [sqlite|postgresql]

The production server serves 60 indicators x 12 areas x 15 years x 8 breakdowns. Each page is asked
for over real HTTP by one visitor who waits for it.

`..._cold` is the middle of renderings whose page is in no cache: before each something is recorded,
so that every kept page is void. `..._kept` is the middle of requests for the page as it was kept, and
`..._same` of those answered with 304. The ratio is that to the aim: 150 ms cold, 10 ms otherwise.
The database knows its rows before anything is asked: a server sees to that within a minute of a load.
`..._queries` counts the queries of a cold page (aim: at most 12).
"""

import statistics
import sys
import time
from pathlib import Path

import requests

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.serving import Site, migrated, serving

PAGES = {
    "overview": "/indicators/",
    "indicator": "/indicators/invented-4/",
    "indicator_of_a_group": "/indicators/invented-4/?area=VN&breakdown=sex%3DF",
    "country": "/indicators/areas/KH/",
    "comparison": "/indicators/compare/?indicator=invented-4&area=KH&area=TH&area=VN",
    "changes": "/indicators/changes/",
    "embed": "/indicators/invented-4/embed/",
}
COLD_MS, KEPT_MS, QUERIES = 150, 10, 12
TIMES_COLD, TIMES_KEPT = 15, 100
FILL = """
from benchmarks.filling_indicators import fill
from django.db import connection
print(fill())
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
"""
# One more recording of a source makes every kept page void.
RECORD = """
from django.db.models import F
from indicators.models import Recording
Recording.objects.filter(pk=Recording.objects.first().pk).update(version=F("version") + 1)
"""
COUNT = """
import sys
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
settings.ALLOWED_HOSTS = ["testserver"]
for address in sys.argv[1:]:
    Client().get("/health/")
    with CaptureQueriesContext(connection) as queries:
        Client().get(address)
    print(len(queries))
"""


def timed(session: requests.Session, address: str, status: int, **headers: str) -> float:
    """Milliseconds until the whole answer is there."""
    begun = time.perf_counter()
    answer = session.get(address, headers={"Accept-Encoding": "gzip", **headers}, timeout=60)
    taken = (time.perf_counter() - begun) * 1000
    if answer.status_code != status:
        raise RuntimeError(f"{address} answered {answer.status_code} instead of {status}.")
    return taken


def report(name: str, values: list[float], aim: float) -> None:
    middle = statistics.median(values)
    print(f"indicators_{name} {middle:.1f} ms {middle / aim:.2f}", flush=True)


def measure(site: Site, kind: str) -> None:
    """Every page cold, kept, and unchanged in the browser."""
    begun = time.perf_counter()
    rows = int(site.python(FILL))
    print(f"indicators_{kind}_fill {rows / (time.perf_counter() - begun):.0f} rows/s 0", flush=True)
    session = requests.Session()
    counts = site.python(COUNT, *PAGES.values()).split()
    for (name, path), queries in zip(PAGES.items(), counts, strict=True):
        address = site.url + path
        # Both processes have imported and compiled what the page needs.
        for _time in range(8):
            timed(session, address, 200)
        cold = []
        for _time in range(TIMES_COLD):
            site.python(RECORD)
            cold.append(timed(session, address, 200))
        kept, same = [], []
        for _time in range(TIMES_KEPT):
            kept.append(timed(session, address, 200))
        etag = session.get(address, timeout=60).headers["ETag"]
        for _time in range(TIMES_KEPT):
            same.append(timed(session, address, 304, **{"If-None-Match": etag}))
        report(f"{kind}_{name}_cold", cold, COLD_MS)
        report(f"{kind}_{name}_kept", kept, KEPT_MS)
        report(f"{kind}_{name}_same", same, KEPT_MS)
        print(f"indicators_{kind}_{name}_queries {queries} queries {int(queries) / QUERIES:.2f}")


def main() -> None:
    for kind in sys.argv[1:] or ["sqlite", "postgresql"]:
        with migrated(kind) as env, serving(env) as site:
            measure(site, kind)


if __name__ == "__main__":
    main()
