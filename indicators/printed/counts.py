"""How many indicators the source says are sufficient and show progress, beside our own count.

Two kinds of number stand side by side and are never mixed: the source's statement, quoted with its
place, and the count computed here from recorded observations. What the source says of a single
indicator is kept with that indicator (`printed_sufficiency`, `printed_progress`, `printed_words`).
Where it gives a total without naming its parts, the total is all that is shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indicators.models import Framework, Indicator
from indicators.readings import Counts, Row


@dataclass(frozen=True)
class StatedCount:
    """One number about a framework's indicators. `stated` or `computed` may be None."""

    key: str
    label: str
    stated: int | None
    quote: str
    source: str
    computed: int | None
    note: str


@dataclass(frozen=True)
class StatedCounts:
    """The source's numbers and ours. `sum_sentence` is empty where the source's do not add up."""

    lines: Sequence[StatedCount]
    headline: str
    sum_sentence: str
    gap_sentence: str
    source: str

    def stated(self, key: str) -> int | None:
        """The source's number under `key` (indicators, insufficient, sufficient, progress)."""
        return next((line.stated for line in self.lines if line.key == key), None)


def stated_counts(framework: Framework, rows: Sequence[Row], counts: Counts) -> StatedCounts | None:
    """The source's counts beside ours, None for a framework whose source states none.

    `rows` are all rows of the framework's table, not a filtered part, and `counts` their counts.
    """
    facts = framework.printed_facts
    if not _number(facts, "indicators"):
        return None
    indicators = [row.indicator for row in rows]
    lines = []
    for key, label, computed, note in (
        ("indicators", _("KPIs and sub-KPIs"), counts.all, _described),
        ("kpis", _("KPIs, sub-KPIs not counted"), None, None),
        ("insufficient", _("insufficient evidence"), counts.insufficient, _named_insufficient),
        ("sufficient", _("sufficient evidence"), counts.sufficient, _with_reported_change),
        ("progress", _("of the sufficient, clear progress"), counts.better, _reported_better),
    ):
        if (stated := _number(facts, key)) is None:
            continue
        fact = facts[key]
        said = note(indicators, stated) if note else _("Which rows are sub-KPIs is not stated.")
        lines.append(
            StatedCount(
                key, label, stated, fact.get("quote", ""), fact.get("source", ""), computed, said
            )
        )
    return StatedCounts(
        lines,
        headline(framework),
        _sum_sentence(facts, counts.all),
        _gap_sentence(facts, counts),
        facts["indicators"].get("source", ""),
    )


def headline(framework: Framework) -> str:
    """The source's statement in one sentence; empty where it states no such numbers."""
    facts = framework.printed_facts
    numbers = [_number(facts, key) for key in ("insufficient", "indicators", "progress")]
    enough = _number(facts, "sufficient")
    if None in numbers or enough is None:
        return ""
    missing, whole, good = numbers
    return _(
        "%(missing)s of %(all)s KPIs and sub-KPIs lack sufficient data; "
        "%(good)s of %(enough)s with sufficient data show clear progress."
    ) % {"missing": missing, "all": whole, "good": good, "enough": enough}


def _number(facts: dict, key: str) -> int | None:
    fact = facts.get(key)
    value = fact.get("value") if isinstance(fact, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _sum_sentence(facts: dict, listed: int) -> str:
    whole, missing, enough = (
        _number(facts, key) for key in ("indicators", "insufficient", "sufficient")
    )
    if missing is None or enough is None or missing + enough != whole or listed != whole:
        return ""
    return _(
        "%(missing)s insufficient and %(enough)s sufficient make %(all)s, "
        "and %(all)s rows are listed here."
    ) % {"missing": missing, "enough": enough, "all": whole}


def _gap_sentence(facts: dict, counts: Counts) -> str:
    enough = _number(facts, "sufficient")
    if enough is None or counts.sufficient >= enough:
        return ""
    return _(
        "The source counts %(enough)s sufficient and does not print the values behind them. The "
        "values recorded here suffice for %(computed)s."
    ) % {"enough": enough, "computed": counts.sufficient}


def _described(indicators: Sequence[Indicator], _stated: int) -> str:
    placeholders = sum(one.is_placeholder for one in indicators)
    return _(
        "%(described)s are described by the source, %(placeholders)s are placeholders for those it "
        "counts and does not describe."
    ) % {"described": len(indicators) - placeholders, "placeholders": placeholders}


def _named_insufficient(indicators: Sequence[Indicator], stated: int) -> str:
    names = _names(indicators, lambda one: one.printed_sufficiency == "insufficient")
    if not names:
        return _("The source names none of them.")
    return _("Named by the source: %(names)s. Not named: %(others)s.") % {
        "names": ", ".join(names),
        "others": stated - len(names),
    }


def _with_reported_change(indicators: Sequence[Indicator], _stated: int) -> str:
    changed = sum(one.printed_progress != "" for one in indicators)
    return ngettext(
        "The source reports a change for %(number)s row below; it does not list which it counts.",
        "The source reports a change for %(number)s rows below; it does not list which it counts.",
        changed,
    ) % {"number": changed}


def _reported_better(indicators: Sequence[Indicator], _stated: int) -> str:
    better = sum(one.printed_progress == Indicator.PrintedProgress.BETTER for one in indicators)
    return ngettext(
        "The source reports a change for the better for %(number)s row below; it does not list "
        "which it counts.",
        "The source reports a change for the better for %(number)s rows below; it does not list "
        "which it counts.",
        better,
    ) % {"number": better}


def _names(indicators: Sequence[Indicator], which: Callable[[Indicator], bool]) -> list[str]:
    return [one.code or one.display_title for one in indicators if which(one)]
