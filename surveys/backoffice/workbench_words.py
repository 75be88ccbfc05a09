"""The workbench in words: figures as people read them, and what differs from what."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indicators.formatting import number
from surveys.estimating import ASEAN
from surveys.models import Wave
from surveys.stats import figures as planned
from surveys.stats.tables import CrossTable
from surveys.workbench import Asked, Comparison, Comparisons, Computed
from surveys.workbench.changes import AREAS, GROUPS, WAVES

CORRECTION_NAMES = {"holm": "Holm", "bh": "Benjamini-Hochberg"}
_MOST_SENTENCES, _MOST_UNCERTAIN, _MOST_NAMED = 12, 2, 24
_NOT_PROBABILITY = (Wave.Sampling.OPEN, Wave.Sampling.QUOTA)


class Wording:
    """Writes the figures of one view. `area_names` maps codes to names."""

    def __init__(self, found: Computed, area_names: Mapping[str, str]) -> None:
        self.found = found
        self.asked: Asked = found.asked
        self.area_names = area_names
        self.scale = 100 if self.asked.is_share else 1
        self.decimals = 2 if self.asked.measure == "mean" else 1

    def value(self, value: float | None) -> str:
        """62.1 %, or the bare number of a mean or a net score."""
        if value is None:
            return ""
        return f"{self.plain(value)}\N{NO-BREAK SPACE}%" if self.scale == 100 else self.plain(value)

    def plain(self, value: float, *, signed: bool = False) -> str:
        """The number without its unit."""
        text = number(Decimal(repr(value * self.scale)), self.decimals)
        text = text.replace("-", "\N{MINUS SIGN}")
        return f"+{text}" if signed and value > 0 else text

    def points(self, value: float) -> str:
        """A difference without its sign."""
        amount = self.plain(abs(value))
        if self.asked.measure == "mean":
            return _("%(amount)s points of the scale") % {"amount": amount}
        if self.scale == 100:
            return _("%(amount)s percentage points") % {"amount": amount}
        return _("%(amount)s points") % {"amount": amount}

    def interval(self, figure: planned.Figure) -> str:
        """58.0 to 66.0, or nothing where there is none."""
        if figure.low is None or figure.high is None:
            return ""
        return _("%(low)s to %(high)s") % {
            "low": self.plain(figure.low),
            "high": self.plain(figure.high),
        }

    def area(self, code: str) -> str:
        """The name of an area."""
        return self.area_names.get(code, code)

    def cell(self, key: planned.Key) -> str:
        """The labels of a cell of the breakdown."""
        pairs = dict(key)
        labels = [by.levels[pairs[by.code]] for by in self.asked.by if by.code in pairs]
        return ", ".join(labels) if labels else _("All")

    def measure(self) -> str:
        """What is shown, as a heading says it."""
        names = {
            "distribution": _("share of each answer"),
            "choices": _("share who chose each answer, among those asked"),
            "mean": _("mean"),
            "net": _("net score, in points from -100 to +100"),
        }
        if self.asked.measure == "share":
            label = next(iter(self.asked.entries.values()))[0]
            return _("share who answered: %(answers)s") % {"answers": label}
        return names[self.asked.measure]

    def base(self) -> str:
        """Who is in the base of every figure."""
        asked, choice = self.asked, self.asked.choice
        labels = {one.code: one.label for one in asked.item.answers}
        if asked.measure == "choices":
            words = _("everybody who was asked and answered, each over the people asked")
        elif asked.measure == "mean":
            words = _("those asked who gave a number; don't know and refused have none")
        elif choice.outside:
            words = _("those asked who answered, without: %(answers)s") % {
                "answers": ", ".join(labels.get(code, code) for code in choice.outside)
            }
        elif any(one.missing for one in asked.item.answers):
            words = _("those asked who answered; don't know and refused are in the base")
        else:
            words = _("those asked who answered")
        if choice.where:
            words += _(", counted where %(condition)s") % {"condition": choice.where}
        return words

    def interval_head(self) -> str:
        """The head of the intervals' column: what kind of precision it is."""
        if any(one.wave.sampling_type in _NOT_PROBABILITY for one in self.found.series):
            return _("95 % interval (modelled precision)")
        return _("95 % interval")


def p_text(p: float) -> str:
    """p = 0.031, never p = 0.000."""
    if p < 0.001:
        return f"p\N{NO-BREAK SPACE}<\N{NO-BREAK SPACE}{number(Decimal('0.001'), 3)}"
    return f"p\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{number(Decimal(repr(p)), 3)}"


def remarks_on_waves(asked: Asked) -> list[str]:
    """What differs between the chosen waves besides their answers."""
    said = []
    newest = asked.waves[-1]
    for wave in asked.waves[:-1]:
        if wave.mode != newest.mode:
            said.append(
                _("The mode differs: “%(one)s” was %(first)s, “%(other)s” is %(second)s.")
                % {"one": wave, "first": wave.mode, "other": newest, "second": newest.mode}
            )
        if wave.sampling_type != newest.sampling_type:
            said.append(
                _("The sampling differs: “%(one)s” was %(first)s, “%(other)s” is %(second)s.")
                % {
                    "one": wave,
                    "first": wave.get_sampling_type_display(),
                    "other": newest,
                    "second": newest.get_sampling_type_display(),
                }
            )
        if asked.scheme_of(wave) != asked.scheme_of(newest):
            said.append(
                _(
                    "The weights differ: “%(one)s” uses %(first)s, “%(other)s” %(second)s. Choose one "
                    "scheme for both to see whether that makes the change."
                )
                % {
                    "one": wave,
                    "first": asked.scheme_of(wave) or _("none"),
                    "other": newest,
                    "second": asked.scheme_of(newest) or _("none"),
                }
            )
    return said


def story(found: Computed, made: Comparisons, words: Wording) -> dict[str, Any]:
    """What the tests say: a summary, the sentences that come first, and the association."""
    if found.asked.choice.sides and len(found.series) > 1 and made.kind != WAVES:
        summary_of_sides = _(
            "Columns side by side rest on the same responses in part, so their difference is not "
            "tested; tests below are of the column “%(column)s”."
        ) % {"column": found.series[0].label}
    else:
        summary_of_sides = ""
    first, rest = _parted(made)
    return {
        "sides": summary_of_sides,
        "summary": _summary(found, made, words),
        "sentences": [_told(one, made, words) for one in first],
        "rest": [_told(one, made, words) for one in rest],
        "quiet": _quiet(rest, made, words),
        "association": _association(made, words),
    }


def _told(one: Comparison, made: Comparisons, words: Wording) -> dict[str, Any]:
    return {"text": _sentence(one, made, words), "is_significant": one.is_significant}


def _quiet(rest: list[Comparison], made: Comparisons, words: Wording) -> str:
    """Between waves: where nothing is seen to have changed, in one sentence."""
    still = [one for one in rest if one.p is not None and not one.is_significant]
    if made.kind != WAVES or not 0 < len(still) <= _MOST_NAMED:
        return ""
    return _("No statistically detectable change: %(where)s.") % {
        "where": "; ".join(_who(one, made, words) for one in still)
    }


def _parted(made: Comparisons) -> tuple[list[Comparison], list[Comparison]]:
    """What is read at once, and what waits: of groups and areas few that do not differ."""
    ordered = _ordered(made)
    if made.kind == WAVES:
        first = [one for one in ordered if one.is_significant or one.second[1:] == (made.place, ())]
        first = first[:_MOST_SENTENCES]
        return first, [one for one in ordered if one not in first]
    many = min(sum(one.is_significant for one in ordered), _MOST_SENTENCES)
    many = max(many, min(_MOST_UNCERTAIN, len(ordered)))
    return ordered[:many], ordered[many:]


def _ordered(made: Comparisons) -> list[Comparison]:
    """Waves in the order of the table; groups and areas with the clearest difference first."""
    if made.kind == WAVES:
        return list(made.tests)
    return sorted(
        made.tests, key=lambda one: (one.p is None, one.p, -abs(one.difference.difference))
    )


def _summary(found: Computed, made: Comparisons, words: Wording) -> str:
    if made.shares_units:
        return _(
            "People of several groups were drawn together, so groups are compared within an area. "
            "Choose one."
        )
    if made.too_many:
        return _(
            "%(many)s comparisons would be made here, too many to say anything by. Choose one area "
            "or the share of some answers."
        ) % {"many": number_format(made.too_many)}
    kinds = {
        WAVES: _("between the waves"),
        GROUPS: _("between groups of %(place)s") % {"place": words.area(made.place)},
        AREAS: _("between areas"),
    }
    if not made.tests:
        if made.kind == AREAS and len([a for a in found.areas if a != ASEAN]) < 2:
            return _("There is one area and one wave, so there is nothing to compare it with.")
        return _("No two figures %(between)s can be tested: too few are shown.") % {
            "between": kinds[made.kind]
        }
    many, significant = len(made.tests), sum(one.is_significant for one in made.tests)
    correction = CORRECTION_NAMES[found.asked.choice.correction]
    return ngettext(
        "One comparison %(between)s; %(significant)s significant at the 5 %% level.",
        "%(many)s comparisons %(between)s; %(significant)s significant at the 5 %% level after the "
        "correction for %(many)s tests by %(correction)s.",
        many,
    ) % {
        "many": number_format(many),
        "between": kinds[made.kind],
        "significant": number_format(significant),
        "correction": correction,
    }


def _sentence(one: Comparison, made: Comparisons, words: Wording) -> str:
    first, second = words.value(one.difference.first), words.value(one.difference.second)
    who = _who(one, made, words)
    if one.p is None:
        return _("%(who)s: no test, because everybody gave the same answer (%(first)s).") % {
            "who": who,
            "first": first,
        }
    difference = one.difference
    # A fall, and the lower of two groups, are told by the amount: the interval turns with them.
    is_turned = difference.difference < 0
    low, high = difference.low, difference.high
    facts = {
        "who": who,
        "points": words.points(difference.difference),
        "first": first,
        "second": second,
        "low": words.plain(low, signed=True),
        "high": words.plain(high, signed=True),
        "least": words.plain(-high if is_turned else low),
        "most": words.plain(-low if is_turned else high),
        "p": p_text(one.p),
        "difference": words.plain(difference.difference, signed=True),
        "detectable": words.points(difference.detectable),
    }
    if made.kind == WAVES:
        if not one.is_significant:
            text = _(
                "%(who)s: no statistically detectable change (%(difference)s, 95 %% interval %(low)s "
                "to %(high)s; %(p)s). These waves would have found a change of %(detectable)s."
            )
        elif is_turned:
            text = _(
                "%(who)s: fell by %(points)s, from %(first)s to %(second)s (95 %% interval of the fall "
                "%(least)s to %(most)s; %(p)s)."
            )
        else:
            text = _(
                "%(who)s: rose by %(points)s, from %(first)s to %(second)s (95 %% interval of the rise "
                "%(least)s to %(most)s; %(p)s)."
            )
    elif one.is_significant:
        text = _(
            "%(who)s: %(first)s and %(second)s, %(points)s apart (95 %% interval %(least)s to %(most)s; "
            "%(p)s)."
        )
    else:
        text = _(
            "%(who)s: %(first)s and %(second)s, no statistically detectable difference (95 %% interval "
            "%(least)s to %(most)s; %(p)s); %(detectable)s would have been found."
        )
    return text % facts


def _who(one: Comparison, made: Comparisons, words: Wording) -> str:
    (first_series, first_area, first_cell), (series, area, cell) = one.first, one.second
    if made.kind == WAVES:
        parts = [words.area(area)]
        if cell:
            parts.append(words.cell(cell))
        if len(words.found.series) > 2:
            parts.append(f"{first_series.label} → {series.label}")
    elif made.kind == GROUPS:
        parts = [
            _("%(one)s and %(other)s") % {"one": words.cell(first_cell), "other": words.cell(cell)}
        ]
    else:
        parts = [
            _("%(one)s and %(other)s") % {"one": words.area(first_area), "other": words.area(area)}
        ]
    if len(words.asked.entries) > 1:
        parts.append(f"“{words.asked.entries[one.name][0]}”")
    return ", ".join(parts)


def _association(made: Comparisons, words: Wording) -> str:
    table: CrossTable | None = made.association
    if table is None or table.p is None or table.f is None:
        return ""
    facts = {
        "f": number(Decimal(repr(table.f)), 2),
        "one": number(Decimal(repr(table.numerator_df)), 1),
        "two": number(Decimal(repr(table.denominator_df)), 0),
        "p": p_text(table.p),
        "n": number_format(table.n, force_grouping=True),
    }
    by = (
        _("the area")
        if made.against == "areas"
        else ", ".join(f"“{one.label}”" for one in words.asked.by)
    )
    text = (
        _("The answers and %(by)s go together: Rao-Scott F(%(one)s; %(two)s) = %(f)s, %(p)s, n = %(n)s.")
        if table.p < 0.05
        else _("No association of the answers with %(by)s is detectable: Rao-Scott F(%(one)s; %(two)s) "
               "= %(f)s, %(p)s, n = %(n)s.")
    )  # fmt: skip
    return text % (facts | {"by": by})
