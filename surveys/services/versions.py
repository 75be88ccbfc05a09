"""From a draft to a published version that waves use."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys import quotas
from surveys.errors import PublishingRefused, WaveRefused
from surveys.models import AnalysisPlanEntry, AuditEntry, Questionnaire, Survey, Wave
from surveys.questionnaire.comparing import Changes, changes
from surveys.questionnaire.definition import Definition, Problem
from surveys.questionnaire.logic import Readiness, readiness
from surveys.questionnaire.translation import placeholder_problems
from surveys.services import audit
from surveys.services.waves import adopt_questionnaire

ADOPTING = (
    Wave.State.DRAFTED,
    Wave.State.SCHEDULED,
    Wave.State.COLLECTING,
    Wave.State.PAUSED,
)
"""States of a wave in which new respondents may still come and get another version."""


@dataclass(frozen=True)
class Adopter:
    """A wave that may use the new version, with what stands against it and what to know."""

    wave: Wave
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    under_way: int = 0
    untranslated: Mapping[str, int] = field(default_factory=dict)
    """Texts of the wave itself by the language of this version that lacks them."""


@dataclass(frozen=True)
class Review:
    """All there is to know before a draft is published."""

    questionnaire: Questionnaire
    previous: Questionnaire | None
    readiness: Readiness
    problems: tuple[Problem, ...]
    changes: Changes
    adopters: tuple[Adopter, ...] = field(default_factory=tuple)

    def untranslated_counts(self, adopt: Collection[str]) -> Counter[str]:
        """Texts that some respondents would read in another language than theirs, by language.

        Those of the questionnaire, and those of the waves in `adopt` (tokens) with it.
        """
        counts = Counter(self.readiness.untranslated_counts)
        for one in self.adopters:
            if one.wave.token in adopt:
                counts.update(one.untranslated)
        return counts

    @property
    def can_publish(self) -> bool:
        """Whether nothing is left but questions that a person answers with a tick."""
        return not self.problems and not self.changes.reused


@dataclass(frozen=True)
class Published:
    """What publishing did."""

    questionnaire: Questionnaire
    previous: Questionnaire | None
    adopted: tuple[Wave, ...]


def earlier_versions(questionnaire: Questionnaire) -> list[Questionnaire]:
    """Versions that were published before, newest first."""
    return list(
        Questionnaire.objects.filter(survey_id=questionnaire.survey_id)
        .exclude(state=Questionnaire.State.DRAFTING)
        .exclude(pk=questionnaire.pk)
        .order_by("-number")
    )


def review(questionnaire: Questionnaire) -> Review:
    """Everything that stands against publishing, and what publishing would change."""
    definition = questionnaire.definition
    earlier = earlier_versions(questionnaire)
    found = readiness(definition)
    return Review(
        questionnaire=questionnaire,
        previous=earlier[0] if earlier else None,
        readiness=found,
        problems=(*found.problems, *placeholder_problems(definition)),
        changes=changes(definition, [version.definition for version in earlier]),
        adopters=tuple(_adopters(questionnaire)),
    )


def _adopters(questionnaire: Questionnaire) -> Iterator[Adopter]:
    waves = (
        Wave.objects.filter(survey_id=questionnaire.survey_id, state__in=ADOPTING)
        .exclude(questionnaire_id=questionnaire.pk)
        .select_related("questionnaire", "weighting")
        .prefetch_related("quotas")
        .with_counts()
    )
    plan = list(AnalysisPlanEntry.objects.filter(survey_id=questionnaire.survey_id, is_active=True))
    for wave in waves:
        yield Adopter(
            wave,
            problems=tuple(_obstacles(wave, questionnaire.definition)),
            warnings=tuple(_losses(wave, questionnaire.definition, plan)),
            under_way=wave.started_count,
            untranslated=wave.untranslated_in(
                questionnaire.definition.languages, questionnaire.definition.default_language
            ),
        )


def _obstacles(wave: Wave, definition: Definition) -> Iterator[str]:
    """Why the wave cannot use this version at all."""
    if wave.area_question not in definition.by_code:
        yield _(
            "It reads the area from the question “%(code)s”, which this version does not have."
        ) % {"code": wave.area_question}
    for code in wave.cells:
        if code not in definition.by_code:
            yield _("Its targets are counted by “%(code)s”, which this version does not have.") % {
                "code": code
            }
    yield from quotas.problems(wave.quotas.all(), definition)


def _losses(wave: Wave, definition: Definition, plan: list[AnalysisPlanEntry]) -> Iterator[str]:
    """Figures that new answers would no longer feed."""
    for entry in plan:
        question = definition.by_code.get(entry.question)
        if question is None or (entry.row and entry.row not in {row.code for row in question.rows}):
            yield _("New answers feed %(indicator)s no more: “%(question)s” is gone.") % {
                "indicator": entry.indicator,
                "question": entry.question,
            }
        elif lost := [
            code for code in entry.counts if question.choices and code not in question.choice_codes
        ]:
            yield _("%(indicator)s counts answers that are gone: %(codes)s.") % {
                "indicator": entry.indicator,
                "codes": ", ".join(lost),
            }
    if wave.weighting is not None:
        variables = {name for margin in wave.weighting.margins for name in margin["variables"]}
        if lacking := sorted(variables - set(definition.by_code)):
            yield _("Weights need the questions %(codes)s, which are gone.") % {
                "codes": ", ".join(lacking)
            }


@transaction.atomic
def publish_questionnaire(
    *,
    questionnaire: Questionnaire,
    at: datetime,
    by: Any = None,
    adopt: Collection[str] = (),
    accepts_untranslated: bool = False,
    same_meaning: Collection[str] = (),
    seen: str | None = None,
    note: str = "",
) -> Published:
    """Freeze a draft, let the waves named in `adopt` (tokens) use it from now on.

    Responses under way keep the version they began with; a collecting wave goes on collecting.
    The versions before become superseded. `same_meaning` are places whose changed wording somebody
    has confirmed to mean the same. `seen` is the content hash of the draft that was reviewed.

    Raises `PublishingRefused` for a draft that is published or was changed since, that is not
    ready, has untranslated texts which were not accepted, gives a code another meaning, or that
    one of the waves cannot use. Nothing is changed then.
    """
    Survey.objects.select_for_update().get(pk=questionnaire.survey_id)
    draft = Questionnaire.objects.select_for_update().get(pk=questionnaire.pk)
    if draft.is_frozen:
        raise PublishingRefused(
            _("Version %(number)s has been published already.") % {"number": draft.number}
        )
    if seen is not None and seen != draft.content_hash:
        raise PublishingRefused(
            _("The draft was changed after you looked at it. Look at it again.")
        )
    found = review(draft)
    untranslated = found.untranslated_counts(adopt)
    _require_ready(found, {} if accepts_untranslated else untranslated, set(same_meaning))
    adopters = {one.wave.token: one for one in found.adopters}
    _require_fitting(adopters, adopt)
    draft.state = Questionnaire.State.PUBLISHED
    draft.published_at = at
    draft.note = note.strip()[:300] or draft.note
    draft.set_aside = {}
    draft.save(update_fields=["state", "published_at", "note", "set_aside"])
    audit.note(
        action=AuditEntry.Action.PUBLISHED,
        survey=draft.survey,
        subject=str(draft),
        at=at,
        by=by,
        words=draft.note,
        data={
            "number": draft.number,
            "content_hash": draft.content_hash,
            "waves": list(dict.fromkeys(adopt)),
            "untranslated": dict(untranslated),
        },
    )
    Questionnaire.objects.filter(
        survey_id=draft.survey_id, state=Questionnaire.State.PUBLISHED
    ).exclude(pk=draft.pk).update(state=Questionnaire.State.SUPERSEDED)
    adopted = [_adopt(adopters[token].wave, draft, at, by) for token in dict.fromkeys(adopt)]
    return Published(draft, found.previous, tuple(adopted))


def _require_ready(found: Review, untranslated: Mapping[str, int], same_meaning: set[str]) -> None:
    if found.problems:
        raise PublishingRefused(
            ngettext(
                "One problem stands against publishing: %(first)s",
                "%(many)s problems stand against publishing. The first: %(first)s",
                len(found.problems),
            )
            % {"many": len(found.problems), "first": found.problems[0]}
        )
    if found.changes.reused:
        raise PublishingRefused(found.changes.reused[0].sentence)
    if unsaid := [one for one in found.changes.doubtful if one.place not in same_meaning]:
        raise PublishingRefused(
            _(
                "“%(code)s” said “%(before)s” and now says “%(after)s”. If it means the same, say "
                "so; if not, give it a new code."
            )
            % {
                "code": unsaid[0].code or unsaid[0].question,
                "before": unsaid[0].before,
                "after": unsaid[0].after,
            }
        )
    if untranslated:
        raise PublishingRefused(
            _("Texts are not translated: %(counts)s. Translate them, or say that you publish so.")
            % {"counts": ", ".join(f"{language} {many}" for language, many in untranslated.items())}
        )


def _require_fitting(adopters: dict[str, Adopter], adopt: Collection[str]) -> None:
    for token in adopt:
        adopter = adopters.get(token)
        if adopter is None:
            raise PublishingRefused(
                _("One of the waves has closed meanwhile or is not of this survey. Look again.")
            )
        if adopter.problems:
            raise PublishingRefused(f"{adopter.wave}: {adopter.problems[0]}")


def _adopt(wave: Wave, version: Questionnaire, at: datetime, by: Any) -> Wave:
    """Let new respondents of a wave get `version`, if it is still in a state to do so."""
    held = Wave.objects.select_for_update(of=["self"]).filter(pk=wave.pk, state__in=ADOPTING)
    if not held.exists():
        raise PublishingRefused(_("“%(wave)s” has closed meanwhile. Look again.") % {"wave": wave})
    try:
        adopt_questionnaire(wave=wave, questionnaire=version, at=at, by=by)
    except WaveRefused as refusal:
        raise PublishingRefused(f"{wave}: {refusal}") from refusal
    return wave
