"""What the page of one indicator shows, prepared so that its template asks nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators import charts, composition, formatting, stated
from indicators.charts import Chart, Mark
from indicators.models import Area, Indicator, Observation, Revision
from indicators.readings import AreaReading, Reading, comparable, newest_of

# Keys of an observation's provenance in the order a reader asks for them.
PROVENANCE = (
    ("document", gettext_lazy("Document")),
    ("survey", gettext_lazy("Survey")),
    ("wave", gettext_lazy("Wave")),
    ("fieldwork", gettext_lazy("Fieldwork")),
    ("question", gettext_lazy("Question")),
    ("question_code", gettext_lazy("Code of the question")),
    ("questionnaire_version", gettext_lazy("Version of the questionnaire")),
    ("question_hash", gettext_lazy("Fingerprint of the wording")),
    ("counts", gettext_lazy("Answers counted")),
    ("filter", gettext_lazy("Filter")),
    ("base", gettext_lazy("Base")),
    ("estimator", gettext_lazy("Estimator")),
    ("population", gettext_lazy("Population")),
    ("sampling_type", gettext_lazy("Sampling")),
    ("mode", gettext_lazy("Mode")),
    ("sources", gettext_lazy("How people came to answer")),
    ("weighting_scheme", gettext_lazy("Weighting scheme")),
    ("weighting", gettext_lazy("Weighting")),
    ("margins", gettext_lazy("Weighted to")),
    ("design_effect", gettext_lazy("Design effect")),
    ("interval", gettext_lazy("Interval method")),
    ("aggregate", gettext_lazy("Aggregate")),
    ("set", gettext_lazy("Members of the group in the period")),
    ("set_on", gettext_lazy("Members as of")),
    ("values", gettext_lazy("Values it was computed from")),
    ("weights", gettext_lazy("Populations it was weighted by")),
    ("coverage", gettext_lazy("Share of the population covered")),
    ("absent", gettext_lazy("Member states absent")),
    ("reasons", gettext_lazy("Cautions")),
    ("thresholds", gettext_lazy("Rules for what is withheld, as of")),
    ("role", gettext_lazy("Role in the document")),
    ("submission", gettext_lazy("Reporting round")),
    ("reported_by", gettext_lazy("Reported by")),
    ("note", gettext_lazy("Note")),
    ("code_version", gettext_lazy("Computed by version")),
)
# What most readers ask first; the rest stands below it, one step further away.
_FIRST = {
    "document",
    "survey",
    "wave",
    "fieldwork",
    "question",
    "counts",
    "base",
    "sampling_type",
    "weighting",
    "reasons",
    "submission",
    "reported_by",
    "note",
    "code_version",
}
_WORDS = {
    "non_probability": gettext_lazy(
        "people who chose to answer (not a probability sample): modelled precision, no margin "
        "of error"
    ),
    "quota": gettext_lazy("quota sample (not a probability sample): modelled precision"),
    "probability": gettext_lazy("probability sample"),
    "census": gettext_lazy("everybody in the population"),
}
# What a computed value says about its members is said in a sentence of its own.
_OF_MEMBERS = {"method", "needed", "without", "sufficient", "lacking", "unweighted"}
_HIDDEN = _OF_MEMBERS | {
    "kind",
    "wave_token",
    "survey_token",
    "confidence",
    "level",
    "url",
    "digest",
}
_SHOWN_REVISIONS = 20


@dataclass(frozen=True)
class Detail:
    """One line of the provenance: what, and its words."""

    label: str
    text: str


@dataclass(frozen=True)
class BreakdownRow:
    """One value of a breakdown, as shown."""

    label: str
    period: str
    value: str
    interval: str
    n: str
    is_weak: bool


@dataclass(frozen=True)
class Change:
    """One revision, as shown."""

    when: Any
    kind: str
    what: str
    before: str
    after: str
    reason: str
    who: str


def by_period(indicator: Indicator, reading: Reading) -> Chart | None:
    """The chart over time, where the area has at least two periods that may be compared."""
    here = reading.area(reading.here)
    points = [row for row in comparable(here.points) if row.value is not None] if here else []
    if len(points) < 2:
        return None
    return charts.line(
        _("%(title)s over time, %(area)s") % {"title": indicator.display_title, "area": here.area},
        [_mark(indicator, row, row.period) for row in points],
        unit=_axis(indicator),
        caption=_caption(points),
    )


def by_area(indicator: Indicator, reading: Reading) -> Chart | None:
    """The chart by area for the newest period, where at least two areas have a value."""
    newest = [
        found.newest
        for found in reading.areas
        if found.newest is not None and found.newest.value is not None
    ]
    if len(newest) < 2:
        return None
    period = newest_of(newest).period
    rows = [row for row in newest if row.period == period]
    if len(rows) < 2:
        return None
    rows.sort(key=lambda row: (row.area.kind != Area.Kind.GROUP, -row.value))
    return charts.bars(
        _("%(title)s by area, %(period)s") % {"title": indicator.display_title, "period": period},
        [_mark(indicator, row, str(row.area)) for row in rows],
        unit=_axis(indicator),
        label_header=_("Area"),
        caption=_caption(rows),
    )


def breakdown_rows(indicator: Indicator, reading: Reading) -> list[BreakdownRow]:
    """The newest value of each breakdown of the area shown."""
    rows = []
    for text, observations in reading.breakdowns:
        newest = newest_of(observations)
        rows.append(
            BreakdownRow(
                formatting.breakdown_text(text),
                newest.period,
                formatting.value_text(newest, indicator),
                formatting.range_text(newest, indicator),
                "" if newest.n is None else str(newest.n),
                newest.status in {"U", "Q"},
            )
        )
    return rows


def provenance(indicator: Indicator, row: Observation) -> tuple[list[Detail], list[Detail]]:
    """Where a value came from and how it was computed: what is asked first, and the details."""
    first: list[Detail] = []
    further: list[Detail] = []
    labels = dict(PROVENANCE)
    told = {key: value for key, value in row.provenance.items() if value not in (None, "", [], {})}
    for key in [*labels, *(key for key in told if key not in labels and key not in _HIDDEN)]:
        if key in told:
            label = str(labels.get(key) or key.replace("_", " "))
            (first if key in _FIRST else further).append(Detail(label, _words(told[key])))
    if row.n is not None:
        first.append(Detail(_("Respondents (n)"), formatting.number(Decimal(row.n), 0)))
    if row.n_effective is not None:
        first.append(Detail(_("Effective n"), formatting.number(row.n_effective, 0)))
    if interval := formatting.interval_text(row, indicator):
        first.append(Detail(_("Interval"), interval))
    if row.method:
        first.append(Detail(_("Method"), stated.in_readers_language(row.method)))
    first.append(Detail(_("Status"), f"{row.get_status_display()} ({row.status})"))
    if composed := composition.words(row):
        first.append(Detail(_("Computed as"), composed))
    if row.members:
        further.append(Detail(_("Member states with a value"), ", ".join(row.members)))
    if row.population_vintage:
        further.append(Detail(_("Population figures"), row.population_vintage))
    return first, further


def changes(indicator: Indicator, user: Any, area: str) -> list[Change]:
    """What the published totals of the indicator in the area were before, newest first."""
    revisions = (
        Revision.objects.filter(
            observation__in=Observation.objects.visible_to(user)
            .totals()
            .filter(indicator=indicator, area__code=area)
        )
        .select_related("observation__area", "changed_by")
        .order_by("-changed_at", "-pk")[:_SHOWN_REVISIONS]
    )
    may_see_names = user.is_authenticated and user.has_perm("indicators.view_revision")
    return [
        Change(
            revision.changed_at,
            revision.get_kind_display(),
            f"{revision.observation.area} {revision.observation.period}",
            _said(revision.before),
            _said(revision.after),
            revision.reason,
            str(revision.changed_by) if may_see_names and revision.changed_by else "",
        )
        for revision in revisions
    ]


def awaited_areas(indicator: Indicator, reading: Reading, members: Sequence[Area]) -> list[Area]:
    """Member states without any value, where the indicator is reported state by state."""
    if indicator.data_route != Indicator.DataRoute.NATIONAL_POLICY:
        return []
    have = {found.area.pk for found in reading.areas}
    return [area for area in members if area.pk not in have]


def is_demonstration(areas: Sequence[AreaReading]) -> bool:
    """Whether any value on the page is made up."""
    return any(row.is_demonstration for found in areas for row in found.points)


def _mark(indicator: Indicator, row: Observation, label: str) -> Mark:
    def text(value):
        return "" if value is None else formatting.number(value, indicator.decimals)

    return Mark(
        label,
        row.value,
        row.low,
        row.high,
        formatting.value_text(row, indicator),
        text(row.low),
        text(row.high),
        row.n,
    )


def _axis(indicator: Indicator) -> str:
    return "" if indicator.unit == "percent" else indicator.unit


def _caption(rows: Sequence[Observation]) -> str:
    if any(row.low is not None for row in rows):
        return _("Lines across the values are their intervals.")
    return ""


def _said(state: dict[str, Any]) -> str:
    value = state.get("value")
    if value is None:
        return _("no value")
    n = state.get("n")
    return f"{value} (n = {n})" if n is not None else str(value)


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_words(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_words(item) for item in value)
    if not isinstance(value, str):
        return str(value)
    return str(_WORDS[value]) if value in _WORDS else stated.in_readers_language(value)
