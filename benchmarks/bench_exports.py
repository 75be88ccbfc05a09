"""What it takes to export a wave with very many responses: over HTTP and in the background.

    python benchmarks/bench_exports.py [RESPONSES] [sqlite|postgresql ...]   (100000, both)

The production server with two processes; 60 questions, a weighting scheme, nine tenths handed in.
Each line is `name value unit ratio`. The CSV comes over HTTP, three times: the first byte (ratio to
the aim of one second), the whole file, and the memory of all server processes after a first small
request, at its peak, and after the three (ratio to the first: flat is 1). The workbook and the
.sav are made by the command that the queue starts: wall and processor seconds (the .sav's ratio is
to the aim of 15 seconds) and the largest memory of that process (ratio to 512 MB).
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import requests

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import memory
from benchmarks.bench_backoffice import FILL, SIGN_IN
from benchmarks.serving import ROOT, Site, measured_on_both

QUESTIONS, TIMES, PIECE = 60, 3, 65_536
FIRST_BYTE, SAV_SECONDS, MEMORY = 1.0, 15.0, 512.0

ASK = """
from django.contrib.auth import get_user_model
from django.utils import timezone
from surveys.exports import queue
from surveys.models import Export, Wave
from surveys.services.exporting import request_export
by = get_user_model().objects.get(is_superuser=True)
wave = Wave.objects.get(token=sys.argv[1])
export = request_export(
    wave=wave, at=timezone.now(), by=by, file_format=sys.argv[2],
    language="en" if sys.argv[2] == "sav" else "",
)
queue.make_exports(at=timezone.now(), start=lambda one: print(one.token, one.claim))
"""
LOOK = """
from surveys.models import Export
export = Export.objects.get(token=sys.argv[1])
print(export.state, export.rows_done, export.size)
"""


def line(name: str, value: float, unit: str, ratio: float) -> None:
    print(f"{name} {value:.3f} {unit} {ratio:.2f}", flush=True)


def download(client: requests.Session, address: str) -> tuple[float, float, int, int]:
    """Seconds to the first byte and to the last, bytes and lines of a streamed file."""
    start = time.perf_counter()
    first = size = lines = 0.0
    with client.get(address, stream=True, timeout=600) as answer:
        answer.raise_for_status()
        for piece in answer.iter_content(PIECE):
            first = first or time.perf_counter() - start
            size += len(piece)
            lines += piece.count(b"\n")
    return first, time.perf_counter() - start, int(size), int(lines)


def measure_csv(site: Site, token: str, cookies: dict[str, str], name: str) -> None:
    client = requests.Session()
    client.cookies.update(cookies)
    server = memory.started("config.serve", by=os.getpid())
    for _connection in range(12):  # so that every process has read its templates
        page = f"{site.url}/office/surveys/waves/{token}/exports/"
        requests.get(page, cookies=cookies, timeout=60).raise_for_status()
    before = memory.resident(server)
    seconds: list[tuple[float, float]] = []
    with memory.peak(server) as most:
        for _time in range(TIMES):
            first, whole, size, lines = download(
                client, f"{site.url}/office/surveys/waves/{token}/responses.csv"
            )
            seconds.append((first, whole))
    after = memory.resident(server)
    first, whole = max(one for one, _whole in seconds), max(whole for _first, whole in seconds)
    line(f"{name}_csv_first_byte", first, "s", first / FIRST_BYTE)
    line(f"{name}_csv_whole", whole, "s", 0)
    line(f"{name}_csv_rows_per_second", (lines - 1) / whole, "rows/s", 0)
    line(f"{name}_csv_size", size / 1e6, "MB", 0)
    line(f"{name}_csv_server_memory_before", before, "MB", 1)
    line(f"{name}_csv_server_memory_peak", most.megabytes, "MB", most.megabytes / before)
    line(f"{name}_csv_server_memory_after", after, "MB", after / before)


def measure_background(site: Site, token: str, file_format: str, name: str) -> None:
    export, claim = site.python(ASK, token, file_format).split()
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "make_export", export, claim],
        env={**os.environ, **site.env}, cwd=ROOT,
    )  # fmt: skip
    _pid, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    state, rows, size = site.python(LOOK, export).split()
    if process.returncode or state != "ready":
        raise RuntimeError(f"The {file_format} was not made: {state}, exit {process.returncode}.")
    most = used.ru_maxrss / 1024
    aim = SAV_SECONDS if file_format == "sav" else 0
    processor = used.ru_utime + used.ru_stime
    line(f"{name}_{file_format}_whole", wall, "s", wall / aim if aim else 0)
    line(f"{name}_{file_format}_processor", processor, "s", processor / aim if aim else 0)
    line(f"{name}_{file_format}_rows_per_second", int(rows) / wall, "rows/s", 0)
    line(f"{name}_{file_format}_size", int(size) / 1e6, "MB", 0)
    line(f"{name}_{file_format}_memory_peak", most, "MB", most / MEMORY)


def measure(site: Site, kind: str, count: int) -> None:
    name = f"exports_{kind}_{count}"
    start = time.perf_counter()
    token = site.python(FILL, str(count), str(QUESTIONS))
    line(f"{name}_fill", time.perf_counter() - start, "s", 0)
    cookie, key = site.python(SIGN_IN).split()
    measure_csv(site, token, {cookie: key}, name)
    for file_format in ("xlsx", "sav"):
        measure_background(site, token, file_format, name)


if __name__ == "__main__":
    measured_on_both(measure)
