"""Weighting schemes and the analysis plan: checked against the questionnaire when saved."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from indicators.models import Area, Indicator
from surveys.errors import PlanDoesNotFit, SchemeRefused
from surveys.margins import read_margin
from surveys.models import (
    AnalysisPlanEntry,
    AuditEntry,
    Questionnaire,
    Survey,
    Wave,
    WeightingScheme,
)
from surveys.promises import ANSWER, answer_codes
from surveys.questionnaire import logic
from surveys.questionnaire.definition import MISSING_CODES, Definition
from surveys.services.audit import note
from surveys.services.receipts import mark_stale

_CODED = ("single", "scale", "matrix", "consent")


def questionnaire_of(survey: Survey) -> Questionnaire | None:
    """The version plans and schemes are checked against: the newest published, else the newest."""
    versions = survey.questionnaires.order_by("number")
    return versions.exclude(state=Questionnaire.State.DRAFTING).last() or versions.last()


@transaction.atomic
def save_scheme(
    *,
    survey: Survey,
    name: str,
    tables: list[Mapping[str, str]],
    settings: Mapping[str, Any],
    at: datetime,
    by: Any = None,
) -> WeightingScheme:
    """Save a scheme as a new version under its name; waves keep the version they were given.

    `tables` are margins with `csv`, `source` and `vintage`; `settings` are columns of the model.
    Raises `SchemeRefused` with every reason at once.
    """
    questionnaire = questionnaire_of(survey)
    if questionnaire is None:
        raise SchemeRefused(
            [_("The survey has no questionnaire yet to check the margins against.")]
        )
    definition = questionnaire.definition
    areas = list(Area.objects.values_list("code", flat=True))
    sentences: list[str] = []
    margins = []
    for place, table in enumerate(tables, start=1):
        margin, wrong = read_margin(table["csv"], definition=definition, areas=areas)
        sentences += [
            _("Margin %(number)d: %(what)s") % {"number": place, "what": what} for what in wrong
        ]
        if not table.get("source", "").strip():
            sentences.append(
                _("Margin %(number)d: say where it comes from; it is printed with every figure.")
                % {"number": place}
            )
        margins.append(margin | {"source": table.get("source", "").strip(),
                                 "vintage": table.get("vintage", "").strip()})  # fmt: skip
    base = settings.get("base_weight", "")
    if base and (base not in definition.by_code or definition.by_code[base].kind != "number"):
        sentences.append(
            _("“%(code)s” is not a question with a number; it cannot hold a base weight.")
            % {"code": base}
        )
    if not margins and not base:
        sentences.append(
            _("A scheme needs a margin or a base weight; without both nothing is weighted.")
        )
    if sentences:
        raise SchemeRefused(sentences)
    Survey.objects.select_for_update().get(pk=survey.pk)
    number = survey.schemes.filter(name=name).aggregate(last=Max("number"))["last"] or 0
    made = WeightingScheme.objects.create(
        survey=survey, name=name, number=number + 1, margins=margins, **settings
    )
    note(
        action=AuditEntry.Action.EDITED,
        survey=survey,
        at=at,
        by=by,
        words=_("Weighting scheme %(scheme)s saved") % {"scheme": made},
    )
    return made


@transaction.atomic
def save_plan_entry(
    *,
    survey: Survey,
    columns: Mapping[str, Any],
    filter_text: str,
    at: datetime,
    by: Any = None,
    entry: AnalysisPlanEntry | None = None,
) -> AnalysisPlanEntry:
    """Make or change an entry of the plan. Raises `PlanDoesNotFit` with a sentence per column.

    `filter_text` is a condition in XLSForm notation, "" for none. The figures of the survey's
    waves are computed anew.
    """
    questionnaire = questionnaire_of(survey)
    if questionnaire is None:
        raise PlanDoesNotFit({"question": _("The survey has no questionnaire yet.")})
    definition = questionnaire.definition
    held = entry or AnalysisPlanEntry(survey=survey)
    for name, value in columns.items():
        setattr(held, name, value)
    problems = _problems(held, definition)
    held.filter = None
    if filter_text.strip():
        try:
            tree = logic.settle(logic.parse_text(filter_text), definition.types)
            logic.check_condition(tree, definition.types)
        except logic.LogicError as error:
            problems["filter"] = str(error)
        else:
            held.filter = logic.write(tree)
    if problems:
        raise PlanDoesNotFit(problems)
    held.save()
    for wave in Wave.objects.filter(survey=survey, published_at__isnull=False):
        mark_stale(wave=wave, at=at)
    note(
        action=AuditEntry.Action.EDITED,
        survey=survey,
        at=at,
        by=by,
        words=_("Analysis plan: %(entry)s") % {"entry": held},
    )
    return held


def _problems(entry: AnalysisPlanEntry, definition: Definition) -> dict[str, str]:
    problems: dict[str, str] = {}
    named = Indicator.objects.filter(slug=entry.indicator)
    if not named.exists():
        problems["indicator"] = _("There is no indicator “%(slug)s”.") % {"slug": entry.indicator}
    elif not named.described().exists():
        problems["indicator"] = _(
            "“%(slug)s” is a placeholder: its source does not describe it. Describe it first."
        ) % {"slug": entry.indicator}
    taken = AnalysisPlanEntry.objects.filter(survey=entry.survey, indicator=entry.indicator)
    if taken.exclude(pk=entry.pk).exists():
        problems["indicator"] = _("Another entry of this plan feeds this indicator already.")
    question = definition.by_code.get(entry.question)
    if question is None:
        problems["question"] = _("The questionnaire has no question “%(code)s”.") % {
            "code": entry.question
        }
        return problems
    kinds = AnalysisPlanEntry.Estimator
    is_mean, is_each = entry.estimator == kinds.MEAN, entry.estimator == kinds.EACH
    fitting = {kinds.MEAN: (*_CODED, "number"), kinds.NET: _CODED}
    if question.kind not in fitting.get(entry.estimator, (*_CODED, "multiple")):
        problems["question"] = _(
            "“%(code)s” is a question of the kind %(kind)s; it gives no %(what)s."
        ) % {
            "code": question.code,
            "kind": question.kind,
            "what": _("mean") if is_mean else _("share"),
        }
        return problems
    rows = [row.code for row in question.rows]
    if question.kind == "matrix" and entry.row not in rows:
        problems["row"] = _("Choose a row of the grid: %(rows)s.") % {"rows": ", ".join(rows)}
    if question.kind != "matrix" and entry.row:
        problems["row"] = _("“%(code)s” is not a grid and has no rows.") % {"code": question.code}
    codes = answer_codes(question)
    if is_mean:
        words = [code for code in codes if code not in MISSING_CODES and not _is_number(code)]
        if words:
            problems["estimator"] = _("A mean needs answers that are numbers; %(code)s is not.") % {
                "code": words[0]
            }
    elif is_each:
        problems |= _problems_of_each(entry, codes)
    elif question.kind == "multiple" and len(entry.counts) != 1:
        problems["counts"] = _("People could choose several; say which one counts: %(codes)s.") % {
            "codes": ", ".join(codes)
        }
    elif not entry.counts:
        problems["counts"] = _("Say which answers count: %(codes)s.") % {"codes": ", ".join(codes)}
    if entry.estimator == AnalysisPlanEntry.Estimator.NET:
        if not entry.counts_against:
            problems["counts_against"] = _(
                "Say which answers count against, else it is a share: %(codes)s."
            ) % {"codes": ", ".join(codes)}
        elif set(entry.counts) & set(entry.counts_against):
            problems["counts_against"] = _("An answer cannot count and count against.")
    elif entry.counts_against:
        problems["counts_against"] = _("Only a net score has answers that count against.")
    for column in ("counts", "counts_against", "outside_base"):
        if unknown := set(getattr(entry, column)) - set(codes):
            problems[column] = _(
                "“%(code)s” is not an answer to %(question)s. Answers: %(codes)s."
            ) % {
                "code": sorted(unknown)[0],
                "question": question.code,
                "codes": ", ".join(codes),
            }
    if {*entry.counts, *entry.counts_against} & set(entry.outside_base):
        problems["outside_base"] = _("An answer that counts cannot be outside the base.")
    if wrong := _wrong_breakdown(entry.breakdowns, definition):
        problems["breakdowns"] = wrong
    return problems


def _problems_of_each(entry: AnalysisPlanEntry, codes: list[str]) -> dict[str, str]:
    problems = {}
    if entry.counts:
        problems["counts"] = _("Every answer is counted by itself; leave this empty.")
    if not set(codes) - set(entry.outside_base):
        problems["outside_base"] = _("Every answer is outside the base; nobody is left to count.")
    if any(name == ANSWER for parts in entry.breakdowns for name, _question in parts):
        problems["breakdowns"] = _(
            "The dimension “%(name)s” tells the answers apart; give the breakdown another name."
        ) % {"name": ANSWER}
    return problems


def _is_number(code: str) -> bool:
    try:
        float(code)
    except ValueError:
        return False
    return True


def _wrong_breakdown(breakdowns: list[Any], definition: Definition) -> str:
    for parts in breakdowns:
        for _dimension, code in parts:
            question = definition.by_code.get(code)
            if question is None or question.kind != "single":
                return _(
                    "“%(code)s” is not a question with one answer; figures cannot be broken down by it."
                ) % {"code": code}
    return ""
