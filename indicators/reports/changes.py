"""What the ledger has learnt since a report: new values, changed ones, withdrawn ones."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from indicators import formatting
from indicators.models import Area, Framework, Indicator, Report, Revision
from indicators.periods import moment
from indicators.readings import Row
from indicators.reports.snapshot import Values, restored, values_of


@dataclass(frozen=True)
class Changed:
    """One published total that is new, changed or gone since the report."""

    indicator: Indicator
    area: str
    period: str
    kind: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True)
class Turned:
    """An indicator that is judged otherwise than in the report."""

    indicator: Indicator
    before: str
    after: str


def since(report: Report, now: Values | None = None) -> list[Changed]:
    """What of the framework's public totals is new, changed or withdrawn since the report.

    Each value comes once, as the report kept it and as it is now. `now` are the present values,
    read here if they are not given. Reasons are those people gave for revisions since.
    """
    before: Values = report.contents.get("values", {})
    now = values_of(report.framework) if now is None else now
    differing = list(_differing(before, now))
    indicators = _indicators(report.framework)
    areas = {area.code: area for area in Area.objects.all()}
    reasons = _reasons(report)
    found = []
    for slug, code, period, old, new in differing:
        # An indicator that is no longer public is no change of a value.
        if slug not in indicators or code not in areas:
            continue
        indicator = indicators[slug]
        kind = _("changed") if old and new else _("new") if new else _("withdrawn")
        found.append(
            Changed(
                indicator,
                str(areas[code]),
                period,
                kind,
                formatting.value_text(restored(old), indicator) if old else "",
                formatting.value_text(restored(new), indicator) if new else "",
                "; ".join(reasons.get((slug, code, period), ())),
            )
        )
    return sorted(
        found, key=lambda one: (one.indicator.position, one.area != "ASEAN", one.area, one.period)
    )


def turned(report: Report, rows: list[Row]) -> list[Turned]:
    """The indicators whose sufficiency or verdict is another than in the report."""
    before = report.contents.get("judgements", {})
    found = []
    for row in rows:
        old = before.get(row.indicator.slug)
        if old is None:
            continue
        then = judged_words(old["sufficient"], old["verdict"])
        today = judged_words(row.sufficiency.is_sufficient, row.progress.verdict)
        if then != today:
            found.append(Turned(row.indicator, then, today))
    return found


def judged_words(is_sufficient: bool, verdict: str) -> str:
    """The judgement in the words of the pages."""
    if not is_sufficient:
        return _("insufficient evidence")
    return {
        "better": _("better"),
        "met": _("target met"),
        "worse": _("worse"),
        "not_met": _("not met"),
        "unchanged": _("unchanged"),
    }.get(verdict, _("undetermined"))


def _differing(
    before: Values, now: Values
) -> Iterator[tuple[str, str, str, Mapping[str, Any], Mapping[str, Any]]]:
    for slug in sorted(before.keys() | now.keys()):
        old_areas, new_areas = before.get(slug, {}), now.get(slug, {})
        for code in sorted(old_areas.keys() | new_areas.keys()):
            old_periods, new_periods = old_areas.get(code, {}), new_areas.get(code, {})
            for period in sorted(old_periods.keys() | new_periods.keys(), key=moment):
                old, new = old_periods.get(period, {}), new_periods.get(period, {})
                if old != new:
                    yield slug, code, period, old, new


def _indicators(framework: Framework) -> dict[str, Indicator]:
    return {
        one.slug: one for one in Indicator.objects.filter(framework=framework, is_published=True)
    }


def _reasons(report: Report) -> dict[tuple[str, str, str], list[str]]:
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    revisions = (
        Revision.objects.filter(
            changed_at__gt=report.as_of,
            observation__breakdown="",
            observation__indicator__framework=report.framework,
        )
        .exclude(reason="")
        .order_by("changed_at", "pk")
        .values_list(
            "observation__indicator__slug",
            "observation__area__code",
            "observation__period",
            "reason",
        )
    )
    for slug, code, period, reason in revisions:
        if reason not in found[slug, code, period]:
            found[slug, code, period].append(reason)
    return found
