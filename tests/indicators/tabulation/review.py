"""977 activities that give every figure the Mid-Term Review prints, and no others of note.

The Review publishes no rows, so these are made: each characteristic gets its printed number of
activities, of them completed and ongoing, and of them led by the bodies it names. An activity is
put under as many characteristics as the printed numbers force. Characteristic B gets the 315
that its percentage needs, not the 215 that its sentence prints.
"""

from itertools import cycle

from indicators.models import Activity, FrameworkNode, SectoralBody
from tests.indicators.factories import make_framework

BODIES = (
    "ACCSM ACDM ACW ACWC ASOEN COP-AATHP SLOM SOM-ED SOMCA SOMHD SOMRDPE SOMRI SOMS SOMSWD SOMY"
).split()
AREAS = {"A": 2, "B": 3, "C": 4, "D": 6, "E": 3}
MEASURES = {"A": 9, "B": 12, "C": 12, "D": 18, "E": 9}
# Of each characteristic: (completed, ongoing, planned) and how many ASOEN and SOMHD lead.
STATUSES = ("completed", "ongoing", "planned")
PRINTED = {
    "A": ((89, 208, 90), 20, 91),
    "B": ((135, 180, 87), 0, 101),
    "C": ((42, 187, 133), 91, 10),
    "D": ((48, 170, 107), 150, 10),
    "E": ((118, 295, 146), 247, 79),
}
OVERALL = {"completed": 239, "ongoing": 453, "planned": 272}
TYPES = {
    "capacity_building": 284,
    "research": 230,
    "outreach": 202,
    "policy": 185,
    "groundwork": 63,
}
WITHDRAWN = 13


def load_the_review():
    """Make the framework and its activities; return the framework."""
    framework = make_framework(slug="review", title="ASCC Blueprint 2025")
    measures = _tree(framework)
    bodies = {
        word: SectoralBody.objects.get_or_create(acronym=word, defaults={"name": word})[0]
        for word in BODIES
    }
    under = _memberships()
    types = [word for word, number in TYPES.items() for _one in range(number)]
    # Spread, so that no type falls on one status alone.
    types = [types[(place * 601) % len(types)] for place in range(len(types))]
    activities = [
        Activity(
            title=f"Activity {place}", status=status, type=type_, lead_body=bodies[lead],
            year_from=2016, year_to=2020,
        )
        for place, ((status, lead, _letters), type_) in enumerate(zip(under, types, strict=True))
    ]  # fmt: skip
    activities += [
        Activity(
            title=f"Withdrawn {place}",
            status="withdrawn",
            type="policy",
            lead_body=bodies["SOMHD"],
            withdrawn_reason="The pandemic.",
        )
        for place in range(WITHDRAWN)
    ]
    activities = Activity.objects.bulk_create(activities)
    next_of = {letter: cycle(found) for letter, found in measures.items()}
    links, support = [], []
    through = Activity.measures.through
    letters_of = [letters for _status, _lead, letters in under] + [{"A", "B", "E"}] * WITHDRAWN
    for place, (activity, letters) in enumerate(zip(activities, letters_of, strict=True)):
        for letter in sorted(letters):
            # Every third serves a second measure of the same characteristic.
            for _one in range(2 if place % 3 == 0 else 1):
                links.append((activity.pk, next(next_of[letter]).pk))
        other = BODIES[(BODIES.index(activity.lead_body.acronym) + 1 + place % 5) % len(BODIES)]
        support.append((activity.pk, bodies[other].pk))
    through.objects.bulk_create(
        [through(activity_id=one, frameworknode_id=other) for one, other in dict.fromkeys(links)]
    )
    through = Activity.supporting_bodies.through
    through.objects.bulk_create(
        [through(activity_id=one, sectoralbody_id=other) for one, other in support]
    )
    return framework


def _tree(framework):
    def node(key, kind, parent=None):
        return FrameworkNode.objects.create(
            framework=framework, key=key, code=key.upper(), title=f"Part {key}", kind=kind,
            parent=parent, position=FrameworkNode.objects.count(),
        )  # fmt: skip

    measures = {}
    for letter in AREAS:
        top = node(letter.lower(), "characteristic")
        areas = [
            node(f"{letter}-{place}".lower(), "key_result_area", top)
            for place in range(1, AREAS[letter] + 1)
        ]
        measures[letter] = [
            node(f"{letter}-m-{place}".lower(), "measure", areas[place % len(areas)])
            for place in range(MEASURES[letter])
        ]
    return measures


def _memberships():
    """(status, lead, characteristics) of the 964."""
    others = cycle([word for word in BODIES if word not in {"ASOEN", "SOMHD"}])
    rows = []
    for at, status in enumerate(STATUSES):
        wanted = {"ASOEN": {}, "SOMHD": {}, "": {}}
        for letter, (numbers, asoen, somhd) in PRINTED.items():
            here = numbers[at]
            wanted["ASOEN"][letter] = _portion(numbers, at, asoen)
            wanted["SOMHD"][letter] = _portion(numbers, at, somhd)
            wanted[""][letter] = here - wanted["ASOEN"][letter] - wanted["SOMHD"][letter]
        left = OVERALL[status]
        for lead in ("ASOEN", "SOMHD", ""):
            size = max(wanted[lead].values()) if lead else left
            left -= size
            sets = [set() for _one in range(size)]
            place = 0
            for letter, number in wanted[lead].items():
                assert number <= size
                for _one in range(number):
                    sets[place % size].add(letter)
                    place += 1
            assert all(sets)
            rows += [(status, lead or next(others), letters) for letters in sets]
    return rows


def _portion(numbers, at, wanted):
    """What of `wanted` falls on the status in proportion; over the statuses it adds up."""
    whole = sum(numbers)
    return wanted * sum(numbers[: at + 1]) // whole - wanted * sum(numbers[:at]) // whole
