"""Answers handed in over real HTTP: granian with two processes, on PostgreSQL and on SQLite.

    python benchmarks/bench_submissions.py [SECONDS_HELD]        (default 60; the aim is 300)

Each line is `name value unit ratio`. The ratio is against a bare Django view that inserts one row,
served by the same server on the same database in the same run; clients share the two cores. Twelve
questions stand on one page and on four. A "submission" is a whole respondent: opening the survey,
agreeing, every page fetched and sent, the thanks read: five requests where the questions stand on
one page. A "hand-in" is the one request that sends the filled page and finishes the questionnaire,
which is what the bare view's request does. PostgreSQL runs with Redis, as a server does.
"""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import respondents
from benchmarks.serving import Site, migrated, serving

PEOPLE = 8
SECONDS = 15
HANDED_IN = 2000
HELD_PER_SECOND = 50

MAKE_WAVES = """
from datetime import timedelta
from django.utils import timezone
from surveys.models import Questionnaire, Survey, Wave

def texts(word):
    return {"en": word, "id": word + " (id)"}

def question(number):
    common = {"code": f"q{number}", "label": texts(f"Question {number} of twelve?"), "required": True}
    if number % 4 == 0:
        return common | {"kind": "number", "minimum": 0, "maximum": 120}
    if number % 4 == 3:
        return common | {"kind": "text", "max_length": 200}
    codes = ("a", "b", "c", "d", "e")
    condition = {"op": "!=", "args": [{"ref": "q1"}, {"value": "e", "type": "text"}]}
    return common | {
        "kind": "single" if number % 4 == 1 else "multiple",
        "choices": [{"code": c, "label": texts(f"Answer {c}"), "missing": None} for c in codes],
        "relevant": condition if number > 4 else None,
    }

survey = Survey.objects.create(slug="bench", code="BENCH", title="Bench", population="Nobody")
for place, pages in enumerate((1, 4), start=1):
    each = 12 // pages
    document = {
        "schema": 1, "languages": ["en", "id"], "default_language": "en", "title": texts("Bench"),
        "pages": [
            {"code": f"p{page}", "title": texts(f"Page {page}"), "relevant": None,
             "questions": [question(n) for n in range(page * each + 1, (page + 1) * each + 1)]}
            for page in range(pages)
        ],
    }
    form = Questionnaire.objects.create(
        survey=survey, number=place, document=document, state="published"
    )
    Wave.objects.create(
        survey=survey, questionnaire=form, slug=f"bench-{pages}", title="Bench", period="2026",
        state="collecting", opens_at=timezone.now() - timedelta(days=1), minimum_seconds=0,
        consent_wording=texts("I agree."), area_question="q1",
    )
"""
COUNT = """
from surveys.models import Response
print(Response.objects.filter(state="submitted").count())
"""
ANSWERS = {
    f"q/q{number}": {0: "34", 1: "a", 2: ["a", "c"], 3: "A sentence from a village."}[number % 4]
    for number in range(1, 13)
}


def line(name: str, value: float, unit: str, ratio: float | None = None) -> None:
    """Print one figure."""
    print(f"{name} {value:.4g} {unit} {'-' if ratio is None else f'{ratio:.3f}'}", flush=True)


def report(name: str, measured: respondents.Measured, floor: float | None = None) -> None:
    """Print rate, percentiles and errors of one load."""
    line(f"{name}_rate", measured.rate(), "1/s", measured.rate() / floor if floor else None)
    for share in (0.5, 0.95, 0.99):
        spread = respondents.percentile(measured.posts or measured.flows, share)
        line(f"{name}_post_p{share * 100:.0f}", 1000 * spread, "ms")
    line(f"{name}_errors", len(measured.errors), "count")
    for error in sorted(set(measured.errors))[:3]:
        print(f"# {error}", file=sys.stderr)


def load(site: Site, act: respondents.Act, wave: str, **how: float) -> respondents.Measured:
    """Run one load against the site."""
    shape = respondents.stream if "per_second" in how else respondents.crowd
    return asyncio.run(shape(act, site.host, site.port, wave, ANSWERS, **how))


def measure(kind: str, held: float) -> None:
    """All figures of one database."""
    with migrated(kind) as env:
        with serving(env, settings="benchmarks.bare", path="/insert/") as site:
            site.python(MAKE_WAVES)
            load(site, respondents.insert, "", people=PEOPLE, seconds=2)
            bare = load(site, respondents.insert, "", people=PEOPLE, seconds=SECONDS)
        report(f"{kind}_bare_insert", bare, bare.rate())
        with serving(env) as site:
            load(site, respondents.answer, "bench-1", people=PEOPLE, seconds=3)
            filled = asyncio.run(
                respondents.fill(
                    site.host, site.port, "bench-1", ANSWERS, many=HANDED_IN, people=PEOPLE
                )
            )
            sent = asyncio.run(respondents.hand_in(site.host, site.port, filled, people=PEOPLE))
            report(f"{kind}_handin_of_1_page", sent, bare.rate())
            for pages in (1, 4):
                found = load(
                    site, respondents.answer, f"bench-{pages}", people=PEOPLE, seconds=SECONDS
                )
                report(f"{kind}_submissions_{pages}_pages", found, bare.rate())
            before = int(site.python(COUNT))
            stream = load(
                site, respondents.answer, "bench-1", per_second=HELD_PER_SECOND, seconds=held
            )
            report(f"{kind}_held_{HELD_PER_SECOND}_per_s_for_{held:.0f}_s", stream)
            stored = int(site.python(COUNT)) - before
            line(f"{kind}_held_stored_of_handed_in", stored / max(1, len(stream.flows)), "share")


if __name__ == "__main__":
    duration = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    for kind in ("postgresql", "sqlite"):
        measure(kind, duration)
