"""How quickly the back office shows a wave with very many responses, over HTTP.

    python benchmarks/bench_backoffice.py [RESPONSES] [sqlite|postgresql ...]   (100000, both)

The production server with two processes; 60 questions; nine tenths handed in, a tenth of those
flagged. Each line is `name value unit ratio`: the median of five requests, with the counts older
than the page lets them be, and its ratio to the aim: one second, for the analysis workbench, which
computes from all responses, two. `counted_again` is the refresh of the open page when nothing has
changed (304).
"""

import statistics
import sys
import time
from pathlib import Path

import requests

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.serving import Site, measured_on_both

AIM = 1.0
AIM_OF_FIGURES = 2.0
QUESTIONS, ROUNDS = 60, 5
COUNTS_GROW_OLD = 4.2

FILL = """
from benchmarks.filling import fill
from django.db import connection
print(fill(responses=int(sys.argv[1]), questions=int(sys.argv[2])))
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
"""
SURVEY = """
from surveys.models import Survey
print(Survey.objects.get().token)
"""
SIGN_IN = """
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
user = get_user_model().objects.create_superuser("bench@people.example", "unused")
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(settings.SESSION_COOKIE_NAME, session.session_key)
"""


def typical(client: requests.Session, address: str, *, status: int = 200, wait: float = 0) -> float:
    """The median seconds of a request."""
    found = []
    for _round in range(ROUNDS):
        time.sleep(wait)
        start = time.perf_counter()
        answer = client.get(address)
        found.append(time.perf_counter() - start)
        if answer.status_code != status:
            raise RuntimeError(f"{address} answered {answer.status_code}, not {status}.")
    return statistics.median(found)


def measure(site: Site, kind: str, count: int) -> None:
    start = time.perf_counter()
    token = site.python(FILL, str(count), str(QUESTIONS))
    filled = time.perf_counter() - start
    name, key = site.python(SIGN_IN).split()
    client = requests.Session()
    client.cookies.set(name, key)
    wave = f"{site.url}/office/surveys/waves/{token}/"
    for _connection in range(12):  # so that every process has read its templates and drawn a chart
        requests.get(wave, cookies={name: key}, timeout=60)
    survey = site.python(SURVEY)
    bench = f"{site.url}/office/surveys/surveys/{survey}/workbench/?wave={token}&item=q1"
    lines = {
        "fieldwork": typical(client, wave, wait=COUNTS_GROW_OLD),
        "live": typical(client, f"{wave}live/", wait=COUNTS_GROW_OLD),
        "responses": typical(client, f"{wave}responses/"),
        "responses_page_200": typical(client, f"{wave}responses/?p=200"),
        "responses_flagged": typical(client, f"{wave}responses/?flag=duplicate&area=KH"),
        "waves": typical(client, f"{site.url}/office/surveys/waves/"),
    }
    slow = {
        "workbench_share": typical(client, f"{bench}&measure=share&counts=5"),
        "workbench_two_breakdowns": typical(
            client, f"{bench}&measure=share&counts=5&by=sex&by=age_group"
        ),
        "workbench_all_answers": typical(client, f"{bench}&measure=distribution&by=sex"),
        "workbench_with_and_without": typical(
            client, f"{bench}&measure=share&counts=5&sides=exclusions"
        ),
    }
    client.headers["If-None-Match"] = client.get(f"{wave}live/").headers["ETag"]
    lines["counted_again"] = typical(client, f"{wave}live/", status=304)
    print(f"backoffice_{kind}_{count}_fill {filled:.1f} s 0.00")
    for name, seconds in lines.items():
        print(f"backoffice_{kind}_{count}_{name} {seconds:.3f} s {seconds / AIM:.2f}")
    for name, seconds in slow.items():
        print(f"backoffice_{kind}_{count}_{name} {seconds:.3f} s {seconds / AIM_OF_FIGURES:.2f}")


if __name__ == "__main__":
    measured_on_both(measure)
