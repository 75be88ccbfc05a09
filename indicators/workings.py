"""How a judgement came about: the method, its formula in words and every input, ready to be shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators import baselines, formatting
from indicators.models import Indicator, Target
from indicators.pages import Detail
from indicators.periods import moment
from indicators.progress import Point, Progress, Sufficiency
from indicators.readings import AreaReading


@dataclass(frozen=True)
class Workings:
    """A named method, its formula in words, and what went into it."""

    method: str
    formula: str
    inputs: Sequence[Detail]


def of_area(indicator: Indicator, found: AreaReading, targets: Sequence[Target]) -> Workings | None:
    """The workings of one area's judgement; None where nothing was judged."""
    aims = [target for target in targets if target.area_id == found.area.pk]
    return of(indicator, found.sufficiency, found.progress, aims, own_year=found.own_year)


def of(
    indicator: Indicator,
    found: Sufficiency,
    judged: Progress,
    targets: Sequence[Target] = (),
    *,
    own_year: int | None = None,
) -> Workings | None:
    """The workings of a judgement against the latest of `targets`, starting from the area's own
    year if it has one; None where nothing was judged."""
    if not judged.method:
        return None
    method, formula = _method(judged.method)
    aim = max(targets, key=lambda target: moment(target.period), default=None)
    lines = [
        (_("Rule for the baseline"), _rule(indicator, own_year)),
        (_("Baseline"), _point(indicator, found.baseline)),
        (_("Latest"), _point(indicator, found.latest)),
        (_("Direction"), indicator.get_direction_display()),
    ]
    if judged.method == "range":
        lines.append((_("Range"), _range(indicator)))
    elif aim is not None:
        value = formatting.with_unit(aim.value, indicator)
        words = {"value": value, "period": aim.period}
        lines.append((_("Target"), _("%(value)s by %(period)s") % words))
    if judged.change is not None:
        lines.append((_("Change"), _change(indicator, judged.change)))
    for label, share in (
        (_("Share of the way"), judged.share_of_way),
        (_("Observed change a year"), judged.observed_rate),
        (_("Required change a year"), judged.required_rate),
    ):
        if share is not None:
            lines.append((label, _percent(share)))
    if indicator.minimum_n:
        fewest = formatting.number(Decimal(indicator.minimum_n), 0)
        lines.append((_("Fewest respondents for evidence"), fewest))
    return Workings(method, formula, [Detail(label, text) for label, text in lines if text])


def methods() -> list[tuple[str, str]]:
    """Every rule of judgement and aggregation by its name, in words."""
    evidence = _(
        "a baseline and at least one later value of the same population and definition in the area; "
        "ASEAN has it where the minimum of member states have it"
    )
    survey = _(
        "two survey values are compared only where the interval of their difference was estimated; "
        "where it holds zero, no change is detectable"
    )
    groups = _(
        "the mean, weighted mean, sum or count of the values of the member states in the middle of "
        "the period; no value below the minimum of members; a value stated for ASEAN itself comes "
        "before a computed one; values of different members are compared over those in both periods"
    )
    return [
        (_("Sufficient evidence"), evidence),
        *(
            _method(code)
            for code in ("direction", "share_of_way", "required_path", "held", "range")
        ),
        (_("Survey values"), survey),
        (_("Values computed for ASEAN"), groups),
    ]


def _method(code: str) -> tuple[str, str]:
    return {
        "direction": (
            _("Direction of change since the baseline"),
            _("latest less baseline, and whether that is the better direction"),
        ),
        "range": (
            _("Within a range"),
            _("the latest value lies between the ends of the range, both included"),
        ),
        "held": (
            _("Target already reached at the baseline"),
            _("the question is only whether the latest value still reaches it"),
        ),
        "share_of_way": (
            _("Share of the way from baseline to target"),
            _("(latest - baseline) / (target - baseline)"),
        ),
        "required_path": (
            _("Observed against required yearly growth"),
            _(
                "(latest / baseline) to the power of 1 / years between them, less 1, compared with "
                "(target / baseline) to the power of 1 / years to the target, less 1"
            ),
        ),
    }[code]


def _rule(indicator: Indicator, own_year: int | None) -> str:
    return _("a year of the area's own") if own_year else baselines.common_rule(indicator)


def _point(indicator: Indicator, point: Point | None) -> str:
    if point is None or point.value is None:
        return ""
    text = formatting.with_unit(point.value, indicator)
    return _("%(value)s in %(period)s") % {"value": text, "period": point.period}


def _range(indicator: Indicator) -> str:
    low, high = indicator.range_low, indicator.range_high
    if low is not None and high is not None:
        return _("%(low)s to %(high)s") % {
            "low": formatting.with_unit(low, indicator),
            "high": formatting.with_unit(high, indicator),
        }
    if low is not None:
        return _("%(low)s or more") % {"low": formatting.with_unit(low, indicator)}
    return _("%(high)s or less") % {"high": formatting.with_unit(high, indicator)}


def _change(indicator: Indicator, change: Decimal) -> str:
    if indicator.unit == "percent":
        points = formatting.number(change, indicator.decimals)
        return _("%(number)s percentage points") % {"number": points}
    return formatting.with_unit(change, indicator)


def _percent(share: Decimal) -> str:
    return f"{formatting.number(share * 100, 1)}\N{NO-BREAK SPACE}%"
