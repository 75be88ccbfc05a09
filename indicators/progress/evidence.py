"""Whether there is enough to measure progress, and what is missing where there is not."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from indicators.periods import moment, year_of
from indicators.progress.points import Point


@dataclass(frozen=True, slots=True)
class Sufficiency:
    """Whether progress can be measured, with the reason as a code and as words."""

    is_sufficient: bool
    reason: str
    sentence: str
    baseline: Point | None = None
    latest: Point | None = None


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
    another definition or population and is compared with nothing. With `minimum_n`, a later value
    of fewer respondents is passed over where another later one stands.
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
    later = [p for p in usable if moment(p.period) > moment(baseline.period)]
    if not later:
        return _insufficient(
            "none_since_baseline",
            _("no observation since the %(period)s baseline") % {"period": baseline.period},
            awaiting,
            baseline,
            usable[-1],
        )
    solid = [p for p in later if not _is_thin(p, minimum_n)]
    if _is_thin(baseline, minimum_n) or not solid:
        thin = baseline if _is_thin(baseline, minimum_n) else later[-1]
        return _insufficient(
            "below_n",
            _("%(n)s respondents in %(period)s; at least %(minimum)s are needed")
            % {"n": thin.n, "period": thin.period, "minimum": minimum_n},
            awaiting,
            baseline,
            later[-1],
        )
    latest = solid[-1]
    return Sufficiency(
        True,
        "sufficient",
        _("Sufficient: baseline %(baseline)s, latest %(latest)s.")
        % {"baseline": baseline.period, "latest": latest.period},
        baseline,
        latest,
    )


def _is_thin(point: Point, minimum_n: int | None) -> bool:
    return bool(minimum_n) and point.n is not None and point.n < minimum_n


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
    return group_is_sufficient(
        enough=[name for name, found in members.items() if found.is_sufficient],
        lacking=[name for name, found in members.items() if not found.is_sufficient],
        minimum_members=minimum_members,
    )


def group_is_sufficient(
    *,
    enough: Collection[str],
    lacking: Collection[str],
    minimum_members: int | None,
    baseline: Point | None = None,
    latest: Point | None = None,
) -> Sufficiency:
    """The group's sufficiency from the names of its sufficient members and of the others.

    `baseline` and `latest` are the group's own values, where it has them: a group can be sufficient
    without two periods in which enough members report together.
    """
    needed = minimum_members or len(enough) + len(lacking)
    words = {
        "enough": len(enough),
        "all": len(enough) + len(lacking),
        "needed": needed,
        "lacking": ", ".join(sorted(lacking)) or _("none"),
    }
    if enough and len(enough) >= needed:
        sentence = _(
            "Sufficient: %(enough)s of %(all)s member states, %(needed)s are needed. "
            "Lacking: %(lacking)s."
        )
        return Sufficiency(True, "sufficient", sentence % words, baseline, latest)
    sentence = _(
        "Insufficient: %(enough)s of %(all)s member states, %(needed)s are needed. "
        "Lacking: %(lacking)s."
    )
    return Sufficiency(False, "too_few_members", sentence % words, baseline, latest)
