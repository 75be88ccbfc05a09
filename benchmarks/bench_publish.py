"""A wave of very many responses from the database to the ledger, on PostgreSQL.

    python benchmarks/bench_publish.py [RESPONSES]        (1000000)

Twenty questions of five answers, area, sex and age; two in a hundred responses are flagged and half of
those excluded. Twenty figures per area by sex and by age, weighted to sex by age. One process
publishes as the worker does: cold, and three times after a thousand new responses each. Each line
is `name value unit ratio`. Seconds are on the clock (the ratio is to the aims: 20 s cold, the
median of 3 s with new responses), `reading` is the share of the time that the rows take on their
way into a DataFrame, and memory is the largest of that process (ratio to 2 GB).
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.serving import Site, migrated

QUESTIONS, NEW, TIMES = 23, 1000, 3
COLD, WARM, MEMORY = 20.0, 3.0, 2000.0

FILL = """
from django.db import connection
from benchmarks.filling import fill_quickly, plan
token = fill_quickly(responses=int(sys.argv[1]), questions=int(sys.argv[2]))
plan(questions=int(sys.argv[2]))
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE")
"""
PUBLISH = """
import json, resource, statistics, time
from django.utils import timezone
from benchmarks.filling import copy_responses
from indicators.models import Observation
from surveys import frames, publishing
from surveys.models import Wave

wave, reading = Wave.objects.get(), []
read = frames.responses

def timed(*arguments, **words):
    start = time.perf_counter()
    found = read(*arguments, **words)
    reading.append(time.perf_counter() - start)
    return found

frames.responses = timed

def publish():
    start = time.perf_counter()
    assert publishing.publish_wave(wave=wave, at=timezone.now())
    return time.perf_counter() - start

cold, warm = publish(), []
first = Observation.objects.published().get(area__code="ASEAN", breakdown="", indicator__slug="q0").n
for number in range(int(sys.argv[2])):
    copy_responses(wave, int(sys.argv[1]), seed=number + 1)
    warm.append(publish())
last = Observation.objects.published().get(area__code="ASEAN", breakdown="", indicator__slug="q0").n
print(json.dumps({
    "cold": cold, "cold_reading": reading[0] / cold,
    "warm": statistics.median(warm), "warm_reading": sum(reading[1:]) / sum(warm),
    "first": first, "last": last, "figures": Observation.objects.published().count(),
    "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""


def main(responses: int) -> bool:
    with migrated("postgresql") as env:
        site = Site("", 0, env)
        site.python(FILL, str(responses), str(QUESTIONS))
        found = json.loads(site.python(PUBLISH, str(NEW), str(TIMES)).splitlines()[-1])
    # Nobody is lost: all but the excluded are counted, and of the new ones as many as there are.
    assert 0.98 * responses <= found["first"] < responses, found
    assert 0.98 * NEW * TIMES <= found["last"] - found["first"] <= NEW * TIMES, found
    for name, value, unit, ratio in (
        ("cold", found["cold"], "s", found["cold"] / COLD),
        ("cold_rows", responses / found["cold"], "rows/s", 1.0),
        ("cold_reading", found["cold_reading"], "share", 1.0),
        (f"after_{NEW}_new", found["warm"], "s", found["warm"] / WARM),
        (f"after_{NEW}_new_reading", found["warm_reading"], "share", 1.0),
        ("peak_memory", found["memory"], "MB", found["memory"] / MEMORY),
    ):
        print(f"publish_{responses}_{name} {value:.3f} {unit} {ratio:.2f}", flush=True)
    return found["cold"] <= COLD and found["warm"] <= WARM and found["memory"] <= MEMORY


if __name__ == "__main__":
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000) else 1)
