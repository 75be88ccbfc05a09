"""Numbers as a reader meets them, in the reader's language."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from indicators import composition
from indicators.models import Indicator, Observation

_UNITS = {"percent": "%"}


def number(value: Decimal, decimals: int) -> str:
    """`value` rounded half up to `decimals`, with the language's separators."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return number_format(rounded, decimal_pos=decimals, use_l10n=True, force_grouping=True)


def number_text(value: int) -> str:
    """A whole number with the language's separators."""
    return number(Decimal(value), 0)


def unit_text(unit: str) -> str:
    """The unit as written behind a number: "%" for percent, else the unit's own words."""
    return _UNITS.get(unit, unit)


def with_unit(value: Decimal, indicator: Indicator, decimals: int | None = None) -> str:
    """ "72.4 %", "20 initiatives", or the bare number where the source states no unit."""
    text = number(value, indicator.decimals if decimals is None else decimals)
    unit = unit_text(indicator.unit)
    return f"{text}\N{NO-BREAK SPACE}{unit}" if unit else text


def value_text(observation: Observation, indicator: Indicator, decimals: int | None = None) -> str:
    """The value with its qualifier and unit; why there is none, where there is none.

    It has the indicator's decimals unless others are given.
    """
    if observation.value is None:
        # What was refused for want of members is no member state's "not collected".
        computed = composition.is_computed(observation)
        return _("not computed") if computed else observation.get_status_display()
    decimals = indicator.decimals if decimals is None else decimals
    if observation.low is None:
        # A value without an interval is as somebody printed it: 60 must not become 60.0.
        printed = -observation.value.normalize().as_tuple().exponent
        decimals = min(decimals, max(printed, 0))
    text = with_unit(observation.value, indicator, decimals)
    patterns = {
        "approx": _("about %(value)s"),
        "gt": _("more than %(value)s"),
        "lt": _("less than %(value)s"),
    }
    pattern = patterns.get(observation.qualifier)
    return pattern % {"value": text} if pattern else text


def interval_text(observation: Observation, indicator: Indicator) -> str:
    """ "95 % interval 70.2 to 74.5", or "" where the value has no interval."""
    if observation.low is None or observation.high is None:
        return ""
    words = {
        "low": number(observation.low, indicator.decimals),
        "high": number(observation.high, indicator.decimals),
        "level": confidence_level(observation),
    }
    if observation.provenance.get("sampling_type") in {
        "open",
        "opt_in",
        "non_probability",
        "quota",
    }:
        return _("modelled precision %(low)s to %(high)s") % words
    return _("%(level)s %% interval %(low)s to %(high)s") % words


def range_text(observation: Observation, indicator: Indicator) -> str:
    """ "70.2 to 74.5", or "" where the value has no interval."""
    if observation.low is None or observation.high is None:
        return ""
    return _("%(low)s to %(high)s") % {
        "low": number(observation.low, indicator.decimals),
        "high": number(observation.high, indicator.decimals),
    }


def confidence_level(observation: Observation) -> str:
    """The confidence level in percent as the provenance states it (0.95 or 95), else 95."""
    stated = observation.provenance.get("confidence") or observation.provenance.get("level")
    try:
        level = Decimal(str(stated)) if stated else Decimal(95)
    except ArithmeticError:
        return "95"
    if not level.is_finite() or level <= 0:
        return "95"
    return f"{(level * 100 if level <= 1 else level).normalize():f}"


def breakdown_text(breakdown: str) -> str:
    """ "age=15-24;sex=F" as "age 15-24, women"; the total as a word."""
    if not breakdown:
        return _("Total")
    return ", ".join(_part_text(part) for part in breakdown.split(";"))


def _part_text(part: str) -> str:
    known = {
        "sex=F": _("women"),
        "sex=M": _("men"),
        "urbanisation=urban": _("living in towns and cities"),
        "urbanisation=rural": _("living in the countryside"),
    }
    if part in known:
        return known[part]
    name, _equals, value = part.partition("=")
    return _("age %(ages)s") % {"ages": value} if name == "age" else f"{name}: {value}"
