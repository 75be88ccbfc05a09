"""What the observations say about the way to the target, or about the direction of change."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.periods import moment
from indicators.progress.evidence import Sufficiency
from indicators.progress.points import Point, Promise, ends, rounded, years_between

Interval = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Progress:
    """A verdict (better, worse, unchanged, met, not_met, undetermined) with its inputs.

    `share_of_way` is 0 at the baseline and 1 at the target. `observed_rate` and `required_rate`
    are yearly growth rates (0.02 is 2 % a year). `method` is the rule that gave the verdict
    (direction, range, share_of_way, required_path, held), "" where none could be applied.
    """

    verdict: str
    sentence: str
    change: Decimal | None = None
    share_of_way: Decimal | None = None
    observed_rate: Decimal | None = None
    required_rate: Decimal | None = None
    method: str = ""


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
    difference: Interval | None = None,
    decimals: int = 6,
) -> Progress:
    """What the observations say about the way to the target, or about the direction of change.

    Sentences write values with at most `decimals`, and with more only where a difference would not
    show. `difference` is the interval of the change between the two points, estimated where the
    responses are. Without it two survey values (values with an interval) carry no verdict on
    direction: intervals that do not overlap are not a test of the change.
    """
    if not found.is_sufficient:
        return Progress("undetermined", found.sentence)
    start, now = found.baseline, found.latest
    if start is None or now is None:
        words = _("No two periods have values of enough member states to be compared.")
        return Progress("undetermined", words)
    change = now.value - start.value
    if direction == "range":
        return _within(now, within, change, decimals)
    if target is not None:
        return _towards(start, now, target, direction, method, difference, decimals)
    if direction not in {"up", "down"}:
        words = _("The source does not state which direction is better.")
        return Progress("undetermined", words, change)
    if doubt := _doubt(start, now, difference):
        return Progress("undetermined", doubt, change, method="direction")
    verdict = _sign(change, falls=direction == "down")
    sentence = {
        "better": _("Better: %(start)s in %(from)s, %(now)s in %(to)s."),
        "worse": _("Worse: %(start)s in %(from)s, %(now)s in %(to)s."),
        "unchanged": _("Unchanged: %(start)s in %(from)s, %(now)s in %(to)s."),
    }[verdict]
    return Progress(verdict, sentence % ends(start, now, decimals), change, method="direction")


def _sign(change: Decimal, *, falls: bool) -> str:
    if change == 0:
        return "unchanged"
    return "better" if (change < 0) == falls else "worse"


def _doubt(start: Point, now: Point, difference: Interval | None) -> str:
    """Why the change between two survey values carries no verdict, as a sentence; "" if it does."""
    if (start.has_interval or now.has_interval) and difference is None:
        return _("The change between the two survey waves has not been tested.")
    if difference is not None and difference[0] <= 0 <= difference[1]:
        return _("No statistically detectable change.")
    return ""


def _within(
    now: Point, within: tuple[Decimal | None, Decimal | None], change: Decimal, decimals: int
) -> Progress:
    low, high = within
    if low is None and high is None:
        return Progress("undetermined", _("The range is not stated."), change)
    inside = (low is None or now.value >= low) and (high is None or now.value <= high)
    words = {"now": rounded(now.value, decimals), "to": now.period}
    verdict, sentence = (
        ("met", _("Within the range: %(now)s in %(to)s."))
        if inside
        else ("not_met", _("Outside the range: %(now)s in %(to)s."))
    )
    return Progress(verdict, sentence % words, change, method="range")


def _towards(
    start: Point,
    now: Point,
    target: Promise,
    direction: str,
    method: str,
    difference: Interval | None,
    decimals: int,
) -> Progress:
    falls = direction == "down" or (direction not in {"up", "down"} and target.value < start.value)
    words = ends(start, now, decimals, target)
    change = now.value - start.value
    if direction not in {"up", "down"} and target.value == start.value:
        if now.value == start.value:
            sentence = _("Target held: %(now)s in %(to)s; it was %(start)s in %(from)s.")
            return Progress("met", sentence % words, change, method="held")
        sentence = _("The source does not state which direction is better.")
        return Progress("undetermined", sentence, change)
    if _reaches(start.value, target.value, falls):
        if _reaches(now.value, target.value, falls):
            sentence = _("Target held: %(now)s in %(to)s; the target is %(target)s by %(by)s.")
            return Progress("met", sentence % words, change, method="held")
        sentence = _("Target not held: %(now)s in %(to)s; it was %(start)s in %(from)s.")
        return Progress("not_met", sentence % words, change, method="held")
    done = share_of_way(start.value, now.value, target.value)
    found = Progress("unchanged", "", change, done, method="share_of_way")
    if method == "required_path":
        observed = yearly_rate(start.value, now.value, years_between(start.period, now.period))
        required = yearly_rate(
            start.value, target.value, years_between(start.period, target.period)
        )
        if observed is not None and required is not None:
            found = replace(
                found, observed_rate=observed, required_rate=required, method="required_path"
            )
    if _reaches(now.value, target.value, falls):
        sentence = _("Target met: %(now)s in %(to)s; the target is %(target)s by %(by)s.")
        return replace(found, verdict="met", sentence=_cautious(sentence % words, now, target))
    words["share"] = f"{done * 100:.0f}"
    if moment(now.period) >= moment(target.period):
        sentence = _(
            "Target missed: %(now)s in %(to)s; the target was %(target)s by %(by)s "
            "(%(share)s %% of the way)."
        )
        return replace(found, verdict="not_met", sentence=sentence % words)
    if doubt := _doubt(start, now, difference):
        return replace(found, verdict="undetermined", sentence=doubt)
    if found.method == "required_path":
        on_path = observed <= required if falls else observed >= required
        words |= {"observed": f"{observed * 100:.1f}", "required": f"{required * 100:.1f}"}
        sentence = _("%(observed)s %% a year observed, %(required)s %% a year required.")
        verdict = "better" if on_path else "worse"
        return replace(found, verdict=verdict, sentence=sentence % words)
    sentence = _(
        "%(share)s %% of the way from %(start)s (%(from)s) to %(target)s (%(by)s): "
        "%(now)s in %(to)s."
    )
    return replace(found, verdict=_sign(change, falls=falls), sentence=sentence % words)


def _reaches(value: Decimal, target: Decimal, falls: bool) -> bool:
    return value <= target if falls else value >= target


def _cautious(sentence: str, now: Point, target: Promise) -> str:
    """The sentence, with a second one where the interval of the value crosses the target."""
    if now.has_interval and now.low < target.value < now.high:
        return f"{sentence} {_('Its interval also holds values short of the target.')}"
    return sentence
