"""Sufficiency and progress. Pure functions over points: no database, exact decimal arithmetic.

Sufficient means: a baseline and at least one later observation of the same population and
definition. Progress is direction-aware and shows its inputs; where the evidence does not carry a
verdict the answer is "undetermined" with the reason, never a guess.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.periods import moment, year_of


@dataclass(frozen=True, slots=True)
class Point:
    """One observed value of one area, as progress needs it."""

    period: str
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    n: int | None = None
    status: str = "A"

    @property
    def has_interval(self) -> bool:
        return self.low is not None and self.high is not None


@dataclass(frozen=True, slots=True)
class Promise:
    """A target: the value that shall be reached by the period."""

    period: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Sufficiency:
    """Whether progress can be measured, with the reason as a code and as words."""

    is_sufficient: bool
    reason: str
    sentence: str
    baseline: Point | None = None
    latest: Point | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """A verdict (better, worse, unchanged, met, not_met, undetermined) with its inputs.

    `share_of_way` is 0 at the baseline and 1 at the target. `observed_rate` and `required_rate`
    are yearly growth rates (0.02 is 2 % a year).
    """

    verdict: str
    sentence: str
    change: Decimal | None = None
    share_of_way: Decimal | None = None
    observed_rate: Decimal | None = None
    required_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A value of a group, with the method and who is in it."""

    value: Decimal | None
    method: str
    members: tuple[str, ...]
    missing: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A printed percentage that its own printed row does not give."""

    part: int
    whole: int
    printed: Decimal
    computed: Decimal
    sentence: str


def sufficiency(
    points: Iterable[Point],
    *,
    baseline_year: int | None = None,
    minimum_n: int | None = None,
    awaiting: str = "",
) -> Sufficiency:
    """Whether an indicator has, in one area, what progress needs.

    `baseline_year` fixes the baseline; without it the earliest observation is the baseline.
    `awaiting` is added to the reason: whose value is missing ("national policy; awaiting the focal
    point of Myanmar"). A value with status B starts a new definition; one with status D is of
    another definition or population and is compared with nothing.
    """
    known = sorted((p for p in points if p.value is not None), key=lambda p: moment(p.period))
    usable = [p for p in known if p.status != "D"]
    if not known:
        return _insufficient("no_values", _("no value is recorded"), awaiting)
    if not usable:
        return _insufficient(
            "definition_changed",
            _("the only values are of another population or definition"),
            awaiting,
            latest=known[-1],
        )
    breaks = [p for p in usable if p.status == "B"]
    if baseline_year is None:
        if breaks:
            usable = [p for p in usable if moment(p.period) >= moment(breaks[-1].period)]
        baseline = usable[0]
    else:
        found = [p for p in usable if year_of(p.period) == baseline_year]
        if not found:
            return _insufficient(
                "no_baseline",
                _("no observation of the baseline year %(year)s") % {"year": baseline_year},
                awaiting,
                latest=usable[-1],
            )
        baseline = found[0]
        if breaks and moment(breaks[-1].period) > moment(baseline.period):
            return _insufficient(
                "definition_changed",
                _("the definition changed in %(period)s") % {"period": breaks[-1].period},
                awaiting,
                baseline,
                usable[-1],
            )
    latest = usable[-1]
    if moment(latest.period) <= moment(baseline.period):
        return _insufficient(
            "none_since_baseline",
            _("no observation since the %(period)s baseline") % {"period": baseline.period},
            awaiting,
            baseline,
            latest,
        )
    thin = [p for p in (baseline, latest) if minimum_n and p.n is not None and p.n < minimum_n]
    if thin:
        return _insufficient(
            "below_n",
            _("%(n)s respondents in %(period)s; at least %(minimum)s are needed")
            % {"n": thin[0].n, "period": thin[0].period, "minimum": minimum_n},
            awaiting,
            baseline,
            latest,
        )
    return Sufficiency(
        True,
        "sufficient",
        _("Sufficient: baseline %(baseline)s, latest %(latest)s.")
        % {"baseline": baseline.period, "latest": latest.period},
        baseline,
        latest,
    )


def _insufficient(
    reason: str,
    words: str,
    awaiting: str,
    baseline: Point | None = None,
    latest: Point | None = None,
) -> Sufficiency:
    parts = "; ".join(part for part in (words, awaiting) if part)
    sentence = _("Insufficient: %(reason)s.") % {"reason": parts}
    return Sufficiency(False, reason, sentence, baseline, latest)


def sufficiency_of_group(
    members: Mapping[str, Sufficiency], *, minimum_members: int | None
) -> Sufficiency:
    """A group is sufficient when at least the minimum of its members are (all, without one)."""
    enough = sorted(name for name, found in members.items() if found.is_sufficient)
    lacking = sorted(name for name, found in members.items() if not found.is_sufficient)
    needed = minimum_members or len(members)
    words = {
        "enough": len(enough),
        "all": len(members),
        "needed": needed,
        "lacking": ", ".join(lacking) or "-",
    }
    if members and len(enough) >= needed:
        return Sufficiency(
            True,
            "sufficient",
            _(
                "Sufficient: %(enough)s of %(all)s member states, %(needed)s are needed. "
                "Lacking: %(lacking)s."
            )
            % words,
        )
    return Sufficiency(
        False,
        "too_few_members",
        _(
            "Insufficient: %(enough)s of %(all)s member states, %(needed)s are needed. "
            "Lacking: %(lacking)s."
        )
        % words,
    )


def share_of_way(start: Decimal, now: Decimal, target: Decimal) -> Decimal | None:
    """How much of the way from `start` to `target` is done: (now - start) / (target - start).

    Right for both directions and for a target of zero; None where target and start are equal,
    since then there is no way to go.
    """
    if target == start:
        return None
    return (now - start) / (target - start)


def yearly_rate(start: Decimal, end: Decimal, years: Decimal) -> Decimal | None:
    """Compound yearly growth from `start` to `end`; None unless all three are positive."""
    if start <= 0 or end <= 0 or years <= 0:
        return None
    return ((end / start).ln() / years).exp() - 1


def progress(
    found: Sufficiency,
    *,
    direction: str,
    target: Promise | None = None,
    method: str = "direction",
    within: tuple[Decimal | None, Decimal | None] = (None, None),
    difference: tuple[Decimal, Decimal] | None = None,
) -> Progress:
    """What the observations say about the way to the target, or about the direction of change.

    `difference` is the interval of the change between the two points, estimated where the
    responses are. Without it two survey values (values with an interval) carry no verdict on
    direction: intervals that do not overlap are not a test of the change.
    """
    if not found.is_sufficient or found.baseline is None or found.latest is None:
        return Progress("undetermined", found.sentence)
    start, now = found.baseline, found.latest
    change = now.value - start.value
    if direction == "range":
        return _within(now, within, change)
    if target is not None:
        return _towards(start, now, target, direction, method, change)
    if direction not in {"up", "down"}:
        return Progress(
            "undetermined", _("The source does not state which direction is better."), change
        )
    if (start.has_interval or now.has_interval) and difference is None:
        return Progress(
            "undetermined",
            _("The change between the two survey waves has not been tested."),
            change,
        )
    if difference is not None and difference[0] <= 0 <= difference[1]:
        return Progress("undetermined", _("No statistically detectable change."), change)
    if change == 0:
        verdict = "unchanged"
    else:
        verdict = "better" if (change > 0) == (direction == "up") else "worse"
    sentence = {
        "better": _("Better: %(start)s in %(from)s, %(now)s in %(to)s."),
        "worse": _("Worse: %(start)s in %(from)s, %(now)s in %(to)s."),
        "unchanged": _("Unchanged: %(start)s in %(from)s, %(now)s in %(to)s."),
    }[verdict]
    return Progress(verdict, sentence % _ends(start, now), change)


def _within(now: Point, within: tuple[Decimal | None, Decimal | None], change: Decimal) -> Progress:
    low, high = within
    if low is None and high is None:
        return Progress("undetermined", _("The range is not stated."), change)
    inside = (low is None or now.value >= low) and (high is None or now.value <= high)
    words = {"now": plain(now.value), "to": now.period}
    if inside:
        return Progress("met", _("Within the range: %(now)s in %(to)s.") % words, change)
    return Progress("not_met", _("Outside the range: %(now)s in %(to)s.") % words, change)


def _towards(
    start: Point, now: Point, target: Promise, direction: str, method: str, change: Decimal
) -> Progress:
    done = share_of_way(start.value, now.value, target.value)
    falls = direction == "down" or (direction == "none" and target.value < start.value)
    met = now.value <= target.value if falls else now.value >= target.value
    words = _ends(start, now) | {"target": plain(target.value), "by": target.period}
    observed = required = None
    if method == "required_path":
        elapsed = Decimal(year_of(now.period) - year_of(start.period))
        span = Decimal(year_of(target.period) - year_of(start.period))
        observed = yearly_rate(start.value, now.value, elapsed)
        required = yearly_rate(start.value, target.value, span)
    if met:
        sentence = _("Target met: %(now)s in %(to)s; the target is %(target)s by %(by)s.")
        return Progress("met", sentence % words, change, done, observed, required)
    if done is None:
        sentence = _("Target not held: %(now)s in %(to)s; it was %(target)s from the start.")
        return Progress("not_met", sentence % words, change, None, observed, required)
    words["share"] = f"{done * 100:.0f}"
    if observed is not None and required is not None:
        on_path = observed <= required if falls else observed >= required
        words |= {"observed": f"{observed * 100:.1f}", "required": f"{required * 100:.1f}"}
        sentence = _("%(observed)s %% a year observed, %(required)s %% a year required.")
        return Progress(
            "better" if on_path else "worse", sentence % words, change, done, observed, required
        )
    verdict = "unchanged" if change == 0 else ("better" if done > 0 else "worse")
    sentence = _(
        "%(share)s %% of the way from %(start)s (%(from)s) to %(target)s (%(by)s): "
        "%(now)s in %(to)s."
    )
    return Progress(verdict, sentence % words, change, done, observed, required)


def _ends(start: Point, now: Point) -> dict[str, str]:
    return {
        "start": plain(start.value),
        "from": start.period,
        "now": plain(now.value),
        "to": now.period,
    }


def plain(number: Decimal) -> str:
    """A decimal without trailing zeros and without an exponent."""
    return f"{number.normalize():f}" if number else "0"


def aggregate(
    values: Mapping[str, Decimal],
    *,
    members: Sequence[str],
    method: str,
    weights: Mapping[str, Decimal] | None = None,
    minimum_members: int | None = None,
) -> Aggregate:
    """A group's value from its members' values, naming who is in and who is missing.

    `method` is mean, weighted_mean, sum or count. With members missing the status is E; below
    `minimum_members` there is no value and the status is L (not collected).
    """
    inside = tuple(code for code in members if code in values)
    missing = tuple(code for code in members if code not in values)
    if not inside or len(inside) < (minimum_members or 1):
        return Aggregate(None, method, inside, missing, "L")
    status = "E" if missing else "A"
    total = sum((values[code] for code in inside), Decimal(0))
    if method == "sum":
        value = total
    elif method == "count":
        value = Decimal(sum(1 for code in inside if values[code]))
    elif method == "mean":
        value = total / len(inside)
    elif method == "weighted_mean":
        unweighted = [code for code in inside if not weights or not weights.get(code)]
        if unweighted:
            raise ValueError(
                f"The weighted mean has no positive weight for {', '.join(unweighted)}. "
                "Give a population for every member that has a value."
            )
        whole = sum((weights[code] for code in inside), Decimal(0))
        value = sum((values[code] * weights[code] for code in inside), Decimal(0)) / whole
    else:
        raise ValueError(
            f"The aggregation {method!r} is not one of mean, weighted_mean, sum, count."
        )
    return Aggregate(value, method, inside, missing, status)


def check_printed(part: int, whole: int, printed: Decimal) -> Contradiction | None:
    """Compare a printed percentage with the one its row gives; None when rounding explains it."""
    if whole <= 0:
        raise ValueError(f"The whole is {whole}; a percentage needs a whole above zero.")
    computed = Decimal(part) * 100 / Decimal(whole)
    last_digit = Decimal(1).scaleb(printed.as_tuple().exponent)
    if abs(computed - printed) <= last_digit:
        return None
    sentence = _("%(part)s of %(whole)s is %(computed)s %%, not %(printed)s %%.") % {
        "part": part,
        "whole": whole,
        "computed": f"{computed:.1f}",
        "printed": printed,
    }
    return Contradiction(part, whole, printed, computed, sentence)
