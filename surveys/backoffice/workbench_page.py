"""What a view of the workbench shows, made ready: rows for the table, for the file, notes below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.backoffice.workbench_chart import chart_of
from surveys.backoffice.workbench_words import Wording, p_text, remarks_on_waves, story
from surveys.estimating import ASEAN
from surveys.models import Wave
from surveys.stats import disclosure
from surveys.stats import figures as planned
from surveys.workbench import Base, Comparison, Computed, Series, compared
from surveys.workbench.changes import WAVES
from surveys.workbench.computing import weights_are_off


def page(found: Computed, area_names: Mapping[str, str]) -> dict[str, Any]:
    """The context below the form."""
    words = Wording(found, area_names)
    made = compared(found)
    chart, about_chart = chart_of(found, words)
    changes = {
        (one.name, one.second[1], one.second[2], id(one.second[0])): one for one in made.tests
    }
    submitted = sum(len(one.answers) for one in found.series)
    return {
        "words": words,
        "heading": found.asked.item.label,
        "measure": words.measure(),
        "chart": chart,
        "about_chart": about_chart,
        "story": story(found, made, words),
        "has_changes": made.kind == WAVES and bool(made.tests),
        "rows": list(_rows(found, words, changes if made.kind == WAVES else {})),
        "columns": {
            "cell": bool(found.asked.by),
            "answer": len(found.asked.entries) > 1,
            "series": len(found.series) > 1,
        },
        "bases": list(_bases(found, words)),
        "notes": list(_notes(found, words)),
        "left_out": found.asked.left_out,
        "remarks": [
            *found.asked.remarks, *found.remarks, *remarks_on_waves(found.asked)
        ],
        "is_empty": submitted == 0,
    }  # fmt: skip


def _places(found: Computed) -> Iterator[tuple[str, planned.Key, str, str, Series]]:
    """Area, cell, name and label of the entry, and series, in the order of the table."""
    for area in found.areas:
        for cell in found.cells:
            for name, (label, _entry) in found.asked.entries.items():
                for one in found.series:
                    yield area, cell, name, label, one


def _rows(
    found: Computed, words: Wording, changes: Mapping[tuple, Comparison]
) -> Iterator[dict[str, Any]]:
    before: tuple[str, str, str] = ("", "", "")
    for area, cell, name, label, one in _places(found):
        figure = one.figures.get((name, area, cell))
        base = one.bases.get((area, cell), Base())
        here = (words.area(area), words.cell(cell), label)
        change = changes.get((name, area, cell, id(one)))
        yield {
            "area": here[0],
            "cell": here[1],
            "answer": label,
            "series": one.label,
            "repeats_area": here[0] == before[0],
            "repeats_cell": here[:2] == before[:2],
            "repeats_answer": here == before,
            "value": words.value(figure.value) if figure else "",
            "interval": words.interval(figure) if figure else "",
            "asked": number_format(base.asked, force_grouping=True),
            "n": number_format(figure.n if figure else 0, force_grouping=True),
            "effective": _effective(figure),
            "deff": _deff(figure),
            "state": _state(figure),
            "reasons": " ".join(figure.reasons) if figure else "",
            "is_whole": area == ASEAN,
            "change": words.plain(change.difference.difference, signed=True) if change else "",
            "p": p_text(change.p) if change and change.p is not None else "",
            "is_significant": bool(change and change.is_significant),
        }
        before = here


def _effective(figure: planned.Figure | None) -> str:
    if figure is None or figure.n_effective is None:
        return ""
    return number_format(round(figure.n_effective), force_grouping=True)


def _deff(figure: planned.Figure | None) -> str:
    if figure is None or figure.deff is None:
        return ""
    return number_format(round(figure.deff, 2), decimal_pos=2)


def _state(figure: planned.Figure | None) -> str:
    """In a word what a reader has to know of a figure; "" where it stands as it is."""
    if figure is None or figure.status == "L":
        return "none"
    return {"Q": "hidden", "U": "flagged", "E": "partial"}.get(figure.status, "")


def _bases(found: Computed, words: Wording) -> Iterator[dict[str, Any]]:
    """Who answered, by area and series: kept apart are don't know, refused, not asked, left empty."""
    for area in found.areas:
        for one in found.series:
            base = one.bases.get((area, ()), Base())
            yield {
                "area": words.area(area),
                "series": one.label,
                "asked": base.asked,
                "valid": base.valid,
                "dont_know": base.dont_know,
                "refused": base.refused,
                "blank": base.blank,
                "not_asked": base.not_asked,
            }


def _notes(found: Computed, words: Wording) -> Iterator[tuple[str, str]]:
    """What stands under the table, each with its name."""
    thresholds = disclosure.DEFAULT
    yield (
        _("Base"),
        _("%(base)s. n is the number of answers in it, printed beside every figure.")
        % {"base": words.base()},
    )
    yield from _each(_("Weighting"), [(one, _weighting(found, one)) for one in found.series])
    yield _("Computed"), _("%(moment)s UTC, from the responses as they stand now; published figures keep "
      "the day they were computed.") % {
        "moment": date_format(timezone.now(), "j M Y H:i")
    }  # fmt: skip
    if ASEAN in found.areas:
        yield from _each(ASEAN, [(one, _whole(one, words)) for one in found.series])
    if any(
        one.wave.sampling_type in (Wave.Sampling.OPEN, Wave.Sampling.QUOTA) for one in found.series
    ):
        yield (
            _("Precision"),
            _(
                "This is not a probability sample. Intervals and tests say how precise the figures would "
                "be under the weighting's assumptions; they are no margins of error."
            ),
        )
    yield (
        _("Shown"),
        _(
            "Figures from fewer than %(hide)d answers are hidden, and as many others that none follows "
            "from a total; under %(flag)d they are flagged. Each respondent counts as drawn alone; the "
            "intervals of shares are logit intervals, of means t intervals."
        )
        % {"hide": thresholds.suppress_below, "flag": thresholds.flag_below},
    )
    if found.without_area:
        yield (
            _("Without area"),
            ngettext(
                "%(many)d response states no area and is not counted.",
                "%(many)d responses state no area and are not counted.",
                found.without_area,
            )
            % {"many": found.without_area},
        )


def _each(name: str, texts: list[tuple[Series, str]]) -> Iterator[tuple[str, str]]:
    """A note of every series, or one where all say the same."""
    if len({text for _one, text in texts}) == 1:
        texts = texts[:1]
    for one, text in texts:
        if text:
            yield name if len(texts) == 1 else f"{name}, {one.label}", text


def _weighting(found: Computed, one: Series) -> str:
    if one.scheme is None:
        if weights_are_off(found.asked) or one.variant == "unweighted":
            return _("Off: every response counts the same within its area.")
        return _("None: the wave has no weighting scheme, so every response counts the same.")
    sources = "; ".join(
        f"{' × '.join(margin['variables'])}: {margin['source']} ({margin['vintage']})"
        for margin in one.scheme.margins
    )
    return _("%(scheme)s. %(summary)s. Margins: %(sources)s.") % {
        "scheme": one.scheme,
        "summary": one.weighted.summary(),
        "sources": sources or _("none"),
    }


def _whole(one: Series, words: Wording) -> str:
    """How the member states add up, from the figure of everybody there."""
    figure = next(
        (
            figure
            for (_name, area, cell), figure in one.figures.items()
            if area == ASEAN and not cell
        ),
        None,
    )
    if figure is None:
        return ""
    text = _("Member states by their population (%(vintage)s): %(members)s.") % {
        "vintage": one.populations.vintage,
        "members": ", ".join(words.area(code) for code in figure.members),
    }
    if figure.absent:
        text += " " + _("Without %(absent)s.") % {
            "absent": ", ".join(words.area(code) for code in figure.absent)
        }
    if figure.coverage is not None:
        text += " " + _("Covers %(share)s %% of their population.") % {
            "share": number_format(round(100 * figure.coverage, 1), decimal_pos=1)
        }
    return text


def csv_rows(found: Computed, area_names: Mapping[str, str]) -> Iterator[list[Any]]:
    """The table as plain values, the head first: shares in percent, numbers with a point."""
    words = Wording(found, area_names)
    made = compared(found)
    changes = {
        (one.name, one.second[1], one.second[2], id(one.second[0])): one
        for one in (made.tests if made.kind == WAVES else ())
    }
    yield [
        "survey", "wave", "period", "column", "question", "measure", "answer", "area",
        *(by.code for by in found.asked.by),
        "value", "low", "high", "unit", "asked", "n", "n_effective", "deff", "status", "reasons",
        "change", "change_low", "change_high", "p_adjusted", "correction",
        "base", "weighting_scheme", "sampling", "computed_at",
    ]  # fmt: skip
    at = timezone.now().isoformat(timespec="seconds")
    unit = "percent" if found.asked.is_share else "points"
    for area, cell, name, label, one in _places(found):
        figure = one.figures.get((name, area, cell))
        base = one.bases.get((area, cell), Base())
        change = changes.get((name, area, cell, id(one)))
        pairs = dict(cell)
        low, high = (change.difference.low, change.difference.high) if change else (None, None)
        yield [
            one.wave.survey.code, one.wave.title,
            one.wave.period, one.label, found.asked.item.code, found.asked.measure, label, area,
            *(pairs.get(by.code, "") for by in found.asked.by),
            *(_plain(getattr(figure, part, None), words.scale) for part in ("value", "low", "high")),
            unit, base.asked, figure.n if figure else 0,
            _plain(getattr(figure, "n_effective", None), 1), _plain(getattr(figure, "deff", None), 1),
            figure.status if figure else "L", " ".join(figure.reasons) if figure else "",
            _plain(change.difference.difference if change else None, words.scale),
            _plain(low, words.scale), _plain(high, words.scale),
            _plain(change.p if change else None, 1),
            found.asked.choice.correction if change else "",
            words.base(), str(one.scheme or ""), one.wave.sampling_type, at,
        ]  # fmt: skip


def _plain(value: float | None, scale: float) -> float | str:
    return "" if value is None else round(value * scale, 6)
