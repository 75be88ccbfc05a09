"""What changed in the ledger since a moment: new values, changed ones and withdrawn ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from indicators import formatting
from indicators.models import Indicator, Observation, Report, Revision
from indicators.models.observations import ObservationQuerySet
from indicators.pages.provenance import before_and_after, why

MOST_NEW, MOST_CHANGED = 3, 150
BULK = 40
"""More new totals of one indicator than these are a series loaded at once: counted, not listed."""


@dataclass(frozen=True)
class NewValue:
    """A value that was not there before."""

    area: str
    period: str
    value: str
    token: str
    is_demonstration: bool


@dataclass(frozen=True)
class ChangedValue:
    """A value that was there, from what to what, or gone."""

    area: str
    period: str
    before: str
    after: str
    kind: str
    reason: str
    when: datetime
    token: str
    is_withdrawn: bool
    is_demonstration: bool


@dataclass
class News:
    """What changed of one indicator; `more` counts new values that are not listed."""

    indicator: Indicator
    latest: datetime
    new: list[NewValue] = field(default_factory=list)
    more: int = 0
    changed: list[ChangedValue] = field(default_factory=list)
    groups: int = 0

    @property
    def sentence(self) -> str:
        """How much of each, as one line."""
        withdrawn = sum(one.is_withdrawn for one in self.changed)
        told = (
            (_("new: %(n)s"), len(self.new) + self.more),
            (_("changed: %(n)s"), len(self.changed) - withdrawn),
            (_("withdrawn: %(n)s"), withdrawn),
            (_("values of groups of people changed or new: %(n)s"), self.groups),
        )
        return "; ".join(words % {"n": many} for words, many in told if many)


def since_last_report() -> Report | None:
    """The newest published report, without its large texts."""
    return Report.objects.published().listed().first()


def since(moment: datetime, user: Any) -> tuple[list[News], bool]:
    """What changed after the moment, by indicator, newest first; and whether that is all of it.

    Totals are listed, the newest few new ones of each indicator and every changed one up to a
    limit; values of groups of people are counted. Five queries.
    """
    # Which indicators the reader may see is asked of them, not of each of a hundred thousand rows.
    visible = Indicator.objects.visible_to(user)
    recorded = Observation.objects.visible_to(user).published().filter(recorded_at__gt=moment)
    revised = Revision.objects.filter(observation=OuterRef("pk"))
    found: dict[int, News] = {}
    counted = _counts(recorded)
    few = [key for key, (totals, _groups, _latest) in counted.items() if 0 < totals <= BULK]
    ranked = (
        recorded.totals()
        .filter(indicator__in=visible.filter(pk__in=few))
        .exclude(Exists(revised))
        .annotate(
            place=Window(
                RowNumber(),
                partition_by=F("indicator"),
                order_by=[F("recorded_at").desc(), F("period").desc(), F("pk").asc()],
            )
        )
        .filter(place__lte=MOST_NEW)
    )
    newest = list(
        Observation.objects.filter(pk__in=ranked.values("pk"))
        .order_by("indicator", "-recorded_at", "-period", "pk")
        .select_related("area")
    )
    revisions = list(
        Revision.objects.filter(
            changed_at__gt=moment,
            observation__indicator__in=visible,
            observation__breakdown="",
        )
        .select_related("observation__area")
        .order_by("-changed_at", "-pk")[: MOST_CHANGED + 1]
    )
    is_whole = len(revisions) <= MOST_CHANGED
    keys = {row.indicator_id for row in newest} | {r.observation.indicator_id for r in revisions}
    keys |= counted.keys()
    for indicator in visible.filter(pk__in=keys).select_related("framework"):
        found[indicator.pk] = News(indicator, moment)
    for key in counted.keys() & found.keys():
        totals, groups, latest = counted[key]
        news = found[key]
        news.groups, news.more = groups, totals
        news.latest = max(news.latest, latest)
    for row in newest:
        news = found[row.indicator_id]
        news.new.append(
            NewValue(
                str(row.area),
                row.period,
                formatting.value_text(row, news.indicator),
                row.token,
                row.is_demonstration,
            )
        )
        news.more -= 1
    for change in _folded(revisions[:MOST_CHANGED], found):
        news = found[change[0]]
        news.changed.append(change[1])
        news.latest = max(news.latest, change[1].when)
    return sorted(found.values(), key=lambda news: news.latest, reverse=True), is_whole


def _counts(recorded: ObservationQuerySet) -> dict[int, tuple[int, int, datetime]]:
    """Of each indicator how many totals are new, how many values of groups are new or changed, and
    when the last of them was recorded.

    What is new is what was recorded, less what has ever been revised: the second is a small number
    of rows, so nobody looks for the revisions of each of the first.
    """
    revised = recorded.totals().filter(pk__in=Revision.objects.values("observation"))
    less = dict(
        revised.order_by().values("indicator").annotate(n=Count("pk")).values_list("indicator", "n")
    )
    rows = (
        recorded.order_by()
        .values("indicator")
        .annotate(
            totals=Count("pk", filter=Q(breakdown="")),
            groups=Count("pk", filter=~Q(breakdown="")),
            latest=Max("recorded_at"),
        )
    )
    return {
        row["indicator"]: (
            row["totals"] - less.get(row["indicator"], 0),
            row["groups"],
            row["latest"],
        )
        for row in rows
    }


def _folded(
    revisions: Sequence[Revision], found: Mapping[int, News]
) -> Iterable[tuple[int, ChangedValue]]:
    """One line for each value, from what it was first to what it is now, with every reason."""
    by_value: dict[int, list[Revision]] = {}
    for revision in revisions:
        by_value.setdefault(revision.observation_id, []).append(revision)
    for steps in by_value.values():
        last, first = steps[0], steps[-1]
        row = last.observation
        reasons = dict.fromkeys(words for step in reversed(steps) if (words := why(step)))
        is_withdrawn = last.kind == Revision.Kind.WITHDRAWN
        indicator = found[row.indicator_id].indicator
        before, after = before_and_after(first.before, last.after, indicator)
        yield (
            row.indicator_id,
            ChangedValue(
                str(row.area),
                row.period,
                before,
                "" if is_withdrawn else after,
                last.get_kind_display(),
                "; ".join(reasons),
                last.changed_at,
                "" if row.state == Observation.State.WITHDRAWN else row.token,
                is_withdrawn,
                row.is_demonstration,
            ),
        )
