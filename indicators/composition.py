"""Who is in a computed value of a group: in words, and compared between two periods.

A computed value keeps in its provenance the values it was computed from, so that everything said
here follows from the row itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.models import Indicator, Observation
from indicators.models.aggregates import COMPUTED
from indicators.progress import Point, Progress, Sufficiency, aggregate


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two computed values over the members that have both; `is_possible` unless too few have."""

    is_possible: bool
    sentence: str
    baseline: Decimal | None = None
    latest: Decimal | None = None

    def applied_to(self, found: Sufficiency) -> Sufficiency:
        """The sufficiency with the values of the common members at both ends."""
        return replace(
            found,
            baseline=Point(found.baseline.period, self.baseline),
            latest=Point(found.latest.period, self.latest),
        )


def is_computed(row: Observation) -> bool:
    """Whether the value was computed from the members' values by this system."""
    return row.source.startswith(COMPUTED)


def words(row: Observation | None) -> str:
    """ "mean of 9 of 11 member states; without Myanmar, Timor-Leste"; "" for other values."""
    if row is None or not is_computed(row):
        return ""
    told = row.provenance
    inside, whole = len(row.members), len(told.get("set", ()))
    without = ", ".join(sorted(_(name) for name in told.get("without", {}).values()))
    known = {"n": inside, "all": whole, "without": without, "vintage": row.population_vintage}
    if row.value is None:
        if told.get("unweighted"):
            return _("not computed: no population is recorded for %(names)s") % {
                "names": ", ".join(sorted(_(name) for name in told["unweighted"].values()))
            }
        known["needed"] = told.get("needed", 1)
        return (
            _(
                "not computed: %(n)s of %(all)s member states have a value, %(needed)s are needed; "
                "without %(without)s"
            )
            % known
        )
    patterns = {
        "mean": _("mean of %(n)s of %(all)s member states"),
        "weighted_mean": _(
            "mean of %(n)s of %(all)s member states, weighted by population (%(vintage)s)"
        ),
        "sum": _("sum of %(n)s of %(all)s member states"),
        "count": _("count over %(n)s of %(all)s member states"),
    }
    text = patterns.get(told.get("method", ""), row.method) % known
    return _("%(text)s; without %(without)s") % (known | {"text": text}) if without else text


def members_judged(row: Observation) -> tuple[list[str], list[str]]:
    """The names of the members whose own values are sufficient, and of the others."""
    told = row.provenance
    return (
        [_(name) for name in told.get("sufficient", {}).values()],
        [_(name) for name in told.get("lacking", {}).values()],
    )


def compare(indicator: Indicator, start: Observation, now: Observation) -> Comparison | None:
    """The two values over the members that have both; None where the members are the same.

    A mean of nine states and a mean of eleven differ even if nothing changed anywhere.
    """
    if set(start.members) == set(now.members):
        return None
    common = [code for code in start.members if code in set(now.members)]
    known = {
        "n": len(common),
        "from": start.period,
        "to": now.period,
        "needed": indicator.minimum_members or 1,
    }
    if len(common) < known["needed"]:
        sentence = _(
            "The member states behind the two values differ: %(n)s have a value in both %(from)s "
            "and %(to)s, %(needed)s are needed."
        )
        return Comparison(False, sentence % known)
    sentence = _("Compared over the %(n)s member states with values in both %(from)s and %(to)s.")
    return Comparison(
        True,
        sentence % known,
        _over(common, start.provenance),
        _over(common, now.provenance),
    )


def differing(rows: Iterable[Observation]) -> str:
    """That values in a row were computed from different members, as a sentence; "" if not."""
    sets = {frozenset(row.members) for row in rows if is_computed(row)}
    if len(sets) < 2:
        return ""
    return _("The member states behind the values are not the same in every period.")


def noted(judged: Progress, note: str) -> Progress:
    """The judgement with one more sentence."""
    return replace(judged, sentence=f"{judged.sentence} {note}") if note else judged


def _over(common: list[str], told: Mapping) -> Decimal | None:
    found = aggregate(
        {code: Decimal(text) for code, text in told["values"].items()},
        members=common,
        method=told["method"],
        weights={code: Decimal(text) for code, text in told.get("weights", {}).items()},
    )
    return found.value
