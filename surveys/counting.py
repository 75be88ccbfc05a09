"""What a fieldwork page counts. Everything comes from one index of responses; no answer is read.

Counts are made anew from the rows at every call and kept for seconds in the cache, because many
people watch the same page. Nothing here is ever added to.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any

from django.core.cache import cache
from django.db.models import Count

from surveys.models import QualityFlag, Response, Wave
from surveys.quality.exclusions import excluded
from surveys.quotas import cell_shares

FRESH_SECONDS = 4
LONGEST_IN_DAYS = 62
State = Response.State
# Those who said yes to the first page and whose answers are still there.
_BEGAN = (State.STARTED, State.SUBMITTED, State.OVER_QUOTA, State.SCREENED_OUT, State.ABANDONED)


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of a wave, as plain numbers under codes.

    `areas` and `cells` (area, then codes joined by "|") count submitted responses, `pages` the
    furthest page of all who began, `days` submissions by ISO date, `seconds` is the median.
    """

    states: Mapping[str, int]
    areas: Mapping[str, int]
    cells: Mapping[str, Mapping[str, int]]
    pages: Mapping[str, int]
    languages: Mapping[str, int]
    devices: Mapping[str, int]
    sources: Mapping[str, int]
    days: Mapping[str, int]
    flags: Mapping[str, int]
    seconds: int | None
    excluded: int

    @property
    def digest(self) -> str:
        """The same for the same counts."""
        content = json.dumps([getattr(self, name) for name in self.__slots__], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:24]


def counted(wave: Wave, visible: Any, *, areas: Iterable[str] | None) -> Counted:
    """The counts among `visible`, responses of any wave; at most `FRESH_SECONDS` old.

    `areas` are the codes `visible` is limited to, None for all: what the cache tells apart.
    """
    key = hashlib.sha256(json.dumps([wave.token, wave.cells, sorted(areas or ())]).encode())
    name = f"surveys.counted:{areas is None:d}:{key.hexdigest()}"
    found = cache.get(name)
    if found is None:
        found = count(wave, visible.filter(wave=wave), areas=areas)
        cache.set(name, found, FRESH_SECONDS)
    return found


def count(wave: Wave, responses: Any, *, areas: Iterable[str] | None = None) -> Counted:
    """The counts of `responses`, all of this wave in `areas` (None: all), from the database."""
    responses = responses.order_by()
    dimensions = ("state", "area", "cell", "source", "language", "device", "last_page")
    found = {name: Counter() for name in dimensions}
    began: Counter[str] = Counter()
    cells: dict[str, Counter[str]] = {}
    rows = responses.values_list(*dimensions).annotate(many=Count("*"))
    for state, area, cell, source, language, device, page, many in rows:
        found["state"][state] += many
        if state in _BEGAN:
            began[page] += many
            found["language"][language] += many
            found["device"][device] += many
        if state == State.SUBMITTED:
            found["area"][area] += many
            found["source"][source] += many
            cells.setdefault(area, Counter())[cell] += many
    submitted = responses.filter(state=State.SUBMITTED)
    days = submitted.values_list("submitted_on").annotate(many=Count("*"))
    # By a join, not by a list of keys: there are few flags and very many responses.
    flags = QualityFlag.objects.filter(response__wave=wave)
    if areas is not None:
        flags = flags.filter(response__area__in=list(areas))
    flags = flags.order_by().values_list("kind").annotate(many=Count("*")).order_by("-many")
    durations = submitted.filter(seconds__isnull=False).values_list("seconds")
    return Counted(
        states=dict(found["state"]),
        areas=dict(found["area"]),
        cells={area: dict(counter) for area, counter in cells.items()},
        pages=dict(began),
        languages=dict(found["language"].most_common()),
        devices=dict(found["device"].most_common()),
        sources=dict(found["source"].most_common()),
        days={day.isoformat(): many for day, many in sorted(days) if day},
        flags=dict(flags),
        seconds=_median(dict(durations.annotate(many=Count("*")))),
        excluded=submitted.filter(excluded(wave)).count(),
    )


def _median(durations: Mapping[int, int]) -> int | None:
    """The median of values with their counts; the lower of the two middle ones of an even number."""
    middle = (sum(durations.values()) + 1) // 2
    for seconds, many in sorted(durations.items()):
        middle -= many
        if middle <= 0:
            return seconds
    return None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the fieldwork table: its codes, how many are in, how many are wanted."""

    codes: tuple[str, ...]
    count: int
    target: int | None

    @property
    def level(self) -> int:
        """How far along, in quarters: 0 (nothing) to 4 (complete); 0 without a target."""
        if not self.target:
            return 0
        return min(4, 4 * self.count // self.target)


def cell_table(wave: Wave, found: Counted, areas: Iterable[str]) -> dict[str, list[Cell]]:
    """For each area its cells, in the order of the questionnaire's choices.

    A cell's target is the area's target times the cell's share in the weighting scheme.
    """
    by_code = wave.questionnaire.definition.by_code
    questions = [code for code in wave.cells if code in by_code]
    if not questions or len(questions) != len(wave.cells):
        return {}
    levels = [
        [choice.code for choice in by_code[code].choices if choice.missing is None]
        for code in questions
    ]
    table = {}
    for area in areas:
        shares = cell_shares(wave, area, questions)
        target = wave.targets.get(area)
        table[area] = [
            Cell(
                codes=codes,
                count=found.cells.get(area, {}).get("|".join(codes), 0),
                target=round(target * shares["|".join(codes)])
                if target and "|".join(codes) in shares
                else None,
            )
            for codes in product(*levels)
        ]
    return table


def by_day(found: Counted) -> list[tuple[str, int]]:
    """Completes per day without gaps; per week (its Monday) where the days are too many."""
    if not found.days:
        return []
    days = {date.fromisoformat(day): many for day, many in found.days.items()}
    first, last = min(days), max(days)
    length = (last - first).days + 1
    if length <= LONGEST_IN_DAYS:
        every = [first + timedelta(days=number) for number in range(length)]
        return [(day.isoformat(), days.get(day, 0)) for day in every]
    weeks: Counter[date] = Counter()
    for day, many in days.items():
        weeks[day - timedelta(days=day.weekday())] += many
    monday = first - timedelta(days=first.weekday())
    return [
        ((monday + timedelta(weeks=number)).isoformat(), weeks[monday + timedelta(weeks=number)])
        for number in range((last - monday).days // 7 + 1)
    ]
