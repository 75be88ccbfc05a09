"""The tables themselves: pure values built from counted cells, each with its sentence."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.formatting import number
from indicators.models import Activity

# Stands for the framework as a whole where a node's number would stand.
WHOLE = 0
Status, Type = Activity.Status, Activity.Type


@dataclass(frozen=True, slots=True)
class Cell:
    """How many distinct activities a node has of one status, main type and lead body."""

    node: int
    status: str
    type: str
    body: str
    activities: int


@dataclass(frozen=True, slots=True)
class Taking:
    """In how many distinct activities of a node a body takes part, as lead or in support."""

    node: int
    body: str
    activities: int


@dataclass(frozen=True, slots=True)
class Subject:
    """What a table or a row is about: a node of the framework."""

    pk: int
    key: str
    code: str
    title: str
    kind: str
    above: int | None

    def __str__(self) -> str:
        return f"{self.code} {self.title}" if self.code else self.title


@dataclass(frozen=True, slots=True)
class Counts:
    """Distinct activities by status. Percentages are of those not withdrawn, unrounded."""

    planned: int = 0
    ongoing: int = 0
    completed: int = 0
    withdrawn: int = 0

    @property
    def standing(self) -> int:
        """All but the withdrawn: what rates are measured against."""
        return self.planned + self.ongoing + self.completed

    @property
    def entered(self) -> int:
        """All, the withdrawn among them."""
        return self.standing + self.withdrawn

    @property
    def implemented(self) -> int:
        """Completed or ongoing, the Review's numerator."""
        return self.ongoing + self.completed

    @property
    def rate(self) -> Decimal | None:
        """The implementation rate in percent; None where no activity stands."""
        return percent(self.implemented, self.standing)

    @property
    def completed_share(self) -> Decimal | None:
        """The completed in percent of those standing."""
        return percent(self.completed, self.standing)


@dataclass(frozen=True, slots=True)
class Share:
    """Activities of one type or body, with their percentage of those standing."""

    key: str
    label: str
    activities: int
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Part:
    """A row of a table: one part of its subject."""

    subject: Subject
    counts: Counts
    largest: Share | None
    bodies: int


@dataclass(frozen=True, slots=True)
class ActivityTable:
    """One table of the Review, counted from rows.

    `by_type` (main type) and `by_body` (lead body) share out the standing activities, so each adds
    up to them. `taking_part` counts a body wherever it leads or supports, so it adds up to more.
    `parts` are the parts below the subject; an activity is in each part it serves.
    """

    number: int
    subject: Subject | None
    title: str
    counts: Counts
    by_type: tuple[Share, ...]
    by_body: tuple[Share, ...]
    taking_part: tuple[Share, ...]
    parts: tuple[Part, ...]
    measures: int
    measures_of_one_body: int

    @property
    def parts_sum(self) -> int:
        """What adding the parts up would give. Never a number of activities."""
        return sum(part.counts.standing for part in self.parts)

    @property
    def rate_sentence(self) -> str:
        """ "71.8 % of 964 activities are completed or ongoing, 24.8 % completed.", or why not."""
        counts = self.counts
        if counts.rate is None or counts.completed_share is None:
            return _("No activity stands here yet, so there is no implementation rate.")
        return _(
            "%(rate)s %% of %(standing)s activities are completed or ongoing; "
            "%(completed)s %% are completed."
        ) % {
            "rate": number(counts.rate, 1),
            "standing": counts.standing,
            "completed": number(counts.completed_share, 1),
        }

    @property
    def overlap_sentence(self) -> str:
        """Why the parts must not be added up, with both numbers; empty where they may be."""
        if self.parts_sum == self.counts.standing or not self.parts:
            return ""
        if self.parts_sum < self.counts.standing:
            return _(
                "The parts have %(sum)s activities between them; the others of the %(distinct)s "
                "are connected to no single part."
            ) % {"sum": self.parts_sum, "distinct": self.counts.standing}
        return _(
            "The parts add up to %(sum)s, because an activity counts under every part it serves. "
            "Counted once each, there are %(distinct)s."
        ) % {"sum": self.parts_sum, "distinct": self.counts.standing}

    @property
    def bodies_sentence(self) -> str:
        """The bodies that lead most, with their shares; empty where nobody leads anything."""
        named = [
            _("%(body)s %(share)s %%") % {"body": share.label, "share": number(share.percent, 1)}
            for share in self.by_body[:3]
            if share.percent is not None
        ]
        return _("Most are led by %(bodies)s.") % {"bodies": ", ".join(named)} if named else ""

    @property
    def types_sentence(self) -> str:
        """The most common main types, as the Review's "common activities"."""
        named = [
            f"{share.label} ({number(share.percent, 1)}\N{NO-BREAK SPACE}%)"
            for share in self.by_type[:2]
            if share.activities and share.percent is not None
        ]
        return _("Most common: %(types)s.") % {"types": ", ".join(named)} if named else ""

    @property
    def measures_sentence(self) -> str:
        """How many measures have activities, and how many of them one body carries alone."""
        if not self.measures:
            return ""
        if not self.measures_of_one_body:
            return _(
                "Of the %(measures)s strategic measures with activities, none is carried by one "
                "body alone."
            ) % {"measures": self.measures}
        return _(
            "Of the %(measures)s strategic measures with activities, %(alone)s are carried by one "
            "body alone."
        ) % {"measures": self.measures, "alone": self.measures_of_one_body}


@dataclass(frozen=True, slots=True)
class Tables:
    """Table 1 and the tables of the framework's parts, Tables 2 to 6 of Blueprint 2025.

    `unconnected` standing activities serve no node of any framework and are in no table.
    """

    title: str
    overall: ActivityTable
    characteristics: tuple[ActivityTable, ...]
    unconnected: int

    @property
    def all(self) -> tuple[ActivityTable, ...]:
        """Every table in its order."""
        return (self.overall, *self.characteristics)

    def of(self, key: str) -> ActivityTable | None:
        """The table of the characteristic with this key."""
        return next((one for one in self.characteristics if one.subject.key == key), None)


def percent(part: int, whole: int) -> Decimal | None:
    """`part` in percent of `whole`, unrounded; None where the whole is nothing."""
    return Decimal(part) * 100 / Decimal(whole) if whole else None


def build(
    *,
    title: str,
    nodes: Mapping[int, Subject],
    cells: Iterable[Cell],
    taking: Iterable[Taking],
    unconnected: int = 0,
) -> Tables:
    """The tables from counted cells. `nodes` are in their reading order, by number."""
    counted = _Counted(nodes, cells, taking)
    tops = [subject for subject in nodes.values() if subject.above is None]
    return Tables(
        title=title,
        overall=counted.table(1, None, title),
        characteristics=tuple(
            counted.table(place, subject, str(subject))
            for place, subject in enumerate(tops, start=2)
        ),
        unconnected=unconnected,
    )


class _Counted:
    """The cells by node, and what tables ask of them."""

    def __init__(self, nodes: Mapping[int, Subject], cells: Iterable, taking: Iterable) -> None:
        self.nodes = nodes
        self.cells: dict[int, list[Cell]] = defaultdict(list)
        for cell in cells:
            self.cells[cell.node].append(cell)
        self.taking: dict[int, dict[str, int]] = defaultdict(dict)
        for one in taking:
            self.taking[one.node][one.body] = one.activities
        self.below: dict[int | None, list[Subject]] = defaultdict(list)
        for subject in nodes.values():
            self.below[subject.above].append(subject)

    def table(self, place: int, subject: Subject | None, title: str) -> ActivityTable:
        node = subject.pk if subject else WHOLE
        counts = self.counts(node)
        measures = self.measures(subject.pk if subject else None)
        return ActivityTable(
            number=place,
            subject=subject,
            title=title,
            counts=counts,
            by_type=self.by_type(node, counts.standing),
            by_body=self.by_body(node, counts.standing),
            taking_part=_shares(self.taking[node], counts.standing),
            parts=tuple(self.part(one) for one in self.below[subject.pk if subject else None]),
            measures=len(measures),
            measures_of_one_body=sum(len(self.taking[pk]) == 1 for pk in measures),
        )

    def part(self, subject: Subject) -> Part:
        counts = self.counts(subject.pk)
        leads = self.by_body(subject.pk, counts.standing)
        return Part(subject, counts, leads[0] if leads else None, len(self.taking[subject.pk]))

    def counts(self, node: int) -> Counts:
        by_status = dict.fromkeys(Status.values, 0)
        for cell in self.cells[node]:
            by_status[cell.status] += cell.activities
        return Counts(**by_status)

    def by_type(self, node: int, standing: int) -> tuple[Share, ...]:
        numbers = dict.fromkeys(Type.values, 0)
        for cell in self._standing(node):
            numbers[cell.type] += cell.activities
        return _shares(numbers, standing, {value: str(label) for value, label in Type.choices})

    def by_body(self, node: int, standing: int) -> tuple[Share, ...]:
        numbers: dict[str, int] = defaultdict(int)
        for cell in self._standing(node):
            numbers[cell.body] += cell.activities
        return _shares(numbers, standing)

    def measures(self, node: int | None) -> list[int]:
        """The measures with activities below a node, or everywhere, each once."""
        found, open_, seen = [], list(self.below[node]), set()
        while open_:
            subject = open_.pop()
            if subject.pk in seen:
                continue
            seen.add(subject.pk)
            open_ += self.below[subject.pk]
            # A framework may call its levels otherwise, say "policy measure".
            if "measure" in subject.kind.casefold() and self.taking[subject.pk]:
                found.append(subject.pk)
        return found

    def _standing(self, node: int) -> Iterable[Cell]:
        return (cell for cell in self.cells[node] if cell.status != Status.WITHDRAWN)


def _shares(
    numbers: Mapping[str, int], standing: int, labels: Mapping[str, str] | None = None
) -> tuple[Share, ...]:
    """Largest first; of equal ones the first in the alphabet."""
    return tuple(
        Share(key, (labels or {}).get(key, key), activities, percent(activities, standing))
        for key, activities in sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    )
