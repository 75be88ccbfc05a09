"""Where a value came from and what it was before, for readers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators import composition, formatting, stated
from indicators.models import Indicator, Observation, Revision, Submission, SubmissionStep
from indicators.reports.snapshot import restored

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
    ("entered", gettext_lazy("Entered")),
    ("file", gettext_lazy("From the file")),
    ("handed_in", gettext_lazy("Handed in")),
    ("returned", gettext_lazy("Returned for correction")),
    ("approved", gettext_lazy("Approved nationally")),
    ("accepted", gettext_lazy("Accepted")),
    ("published", gettext_lazy("Published")),
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
WORDS_OF_SAMPLING = {
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
    "submission_token",
    "wave_token",
    "survey_token",
    "confidence",
    "level",
    "url",
    "digest",
}
_SHOWN_REVISIONS = 20
# As many decimals as the ledger keeps.
_PLACES = 6


@dataclass(frozen=True)
class Detail:
    """One line of the provenance: what, and its words."""

    label: str
    text: str


@dataclass(frozen=True)
class Change:
    """One revision, as shown; `who` only for those who may see names."""

    when: datetime
    kind: str
    what: str
    before: str
    after: str
    reason: str
    who: str


@dataclass(frozen=True)
class StepTaken:
    """One step of the submission that a value was reported in; `who` only for who may see it."""

    when: datetime
    what: str
    reason: str
    who: str


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
    return _changes(indicator, revisions, user)


def changes_of(row: Observation, user: Any) -> list[Change]:
    """What one value was before, newest first."""
    revisions = row.revisions.select_related("observation__area", "changed_by")
    newest = revisions.order_by("-changed_at", "-pk")[:_SHOWN_REVISIONS]
    return _changes(row.indicator, newest, user)


def steps_of(row: Observation, user: Any) -> list[StepTaken]:
    """The steps that a reported value went through, as far as the user may see submissions."""
    if not str(row.source).startswith("reporting:"):
        return []
    reported = Submission.objects.visible_to(user).filter(
        values__indicator_id=row.indicator_id, values__period=row.period
    )
    by_area = Q(area=row.area_id) | Q(body__acronym=row.provenance.get("reported_by", ""))
    steps = SubmissionStep.objects.filter(submission__in=reported.filter(by_area))
    return [
        StepTaken(step.at, step.get_to_state_display(), step.reason, str(step.by or ""))
        for step in steps.select_related("by").order_by("at", "pk")
    ]


def may_see_names(user: Any) -> bool:
    """Whether the user may see who recorded and changed values."""
    return user.is_authenticated and user.has_perm("indicators.view_revision")


def _changes(indicator: Indicator, revisions: Iterable[Revision], user: Any) -> list[Change]:
    named = may_see_names(user)
    return [
        Change(
            revision.changed_at,
            revision.get_kind_display(),
            f"{revision.observation.area} {revision.observation.period}",
            *before_and_after(revision.before, revision.after, indicator),
            why(revision),
            str(revision.changed_by) if named and revision.changed_by else "",
        )
        for revision in revisions
    ]


def why(revision: Revision) -> str:
    """The reason somebody gave, or that the value follows from others; "" where neither is known."""
    if revision.reason or not composition.is_computed(revision.observation):
        return revision.reason
    return _("computed again from the values of the member states")


def before_and_after(
    before: dict[str, Any], after: dict[str, Any], indicator: Indicator
) -> tuple[str, str]:
    """What revisions kept of a value, in words, with the decimals that tell the two apart."""
    shown = (_said(before, indicator), _said(after, indicator))
    for decimals in range(indicator.decimals, _PLACES + 1):
        finer = (_said(before, indicator, decimals), _said(after, indicator, decimals))
        if finer[0] != finer[1]:
            return finer
    return shown


def _said(state: dict[str, Any], indicator: Indicator, decimals: int | None = None) -> str:
    if state.get("value") is None:
        return _("no value")
    text = formatting.value_text(restored(state), indicator, decimals)
    n = state.get("n")
    return f"{text} (n = {n})" if n is not None else text


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_words(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_words(item) for item in value)
    if not isinstance(value, str):
        return str(value)
    return (
        str(WORDS_OF_SAMPLING[value])
        if value in WORDS_OF_SAMPLING
        else stated.in_readers_language(value)
    )


def sampling_words(row: Observation) -> str:
    """How the people behind a value came to answer, in words; "" where that is not known."""
    told = row.provenance.get("sampling_type", "")
    return _words(told) if told else ""
