"""Quality flags, computed anew from all responses of a wave and replaced."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q

from indicators.models import Area
from surveys.models import ExclusionSet, QualityFlag, Questionnaire, Response, Wave
from surveys.quality import crosschecks
from surveys.quality.crosschecks import Facts, Finding
from surveys.quality.doubts import doubts
from surveys.services.receipts import mark_stale

EVERY = timedelta(minutes=10)
_CHUNK = 2000


def flag_wave(*, wave: Wave, at: datetime) -> int:
    """Compute every flag of the wave's submitted responses anew; return how many there are.

    Flags that stay the same are left alone, others are written or deleted, in one transaction.
    Paradata that is gone by now (a network's mark after its day) cannot be looked at again:
    flags of `burst` are therefore only added, and nothing is done once identities are removed. If a standing exclusion names flags, the figures
    are computed anew.
    """
    if wave.identities_removed_at is not None:
        return 0
    definitions = {
        one.pk: one.definition for one in Questionnaire.objects.filter(survey=wave.survey_id)
    }
    found: list[Facts] = []
    computed: dict[tuple, tuple[float, str]] = {}

    def note(finding: Finding) -> None:
        key = (finding.key, finding.kind)
        if key not in computed or computed[key][0] < finding.score:
            computed[key] = (finding.score, finding.how[:200])

    rows = (
        Response.objects.submitted()
        .filter(wave=wave)
        .values_list(
            "pk", "questionnaire_id", "answers", "paradata", "area", "language", "submitted_on",
            "source",
        )
    )  # fmt: skip
    for key, version, answers, paradata, area, language, day, source in rows.iterator(_CHUNK):
        definition = definitions[version]
        for doubt in doubts(definition, answers, paradata, minimum_seconds=wave.minimum_seconds):
            note(Finding(key, doubt.kind, doubt.score, doubt.how))
        found.append(
            crosschecks.facts_of(
                key, definition, answers, paradata,
                area=area, language=language, day=day, source=source,
            )
        )  # fmt: skip
    for finding in crosschecks.compare(found, languages=_languages()):
        note(finding)
    _replace(wave, computed, at)
    return len(computed)


def _languages() -> dict[str, list[str]]:
    return {
        code: languages
        for code, languages in Area.objects.values_list("code", "languages")
        if languages
    }


@transaction.atomic
def _replace(wave: Wave, computed: dict[tuple, tuple[float, str]], at: datetime) -> None:
    day = at.astimezone(ZoneInfo(wave.time_zone)).date()
    held = {
        (flag.response_id, flag.kind): flag
        for flag in QualityFlag.objects.filter(response__wave=wave)
    }
    kept_for_good = {QualityFlag.Kind.BURST}
    gone = [
        flag.pk for key, flag in held.items() if key not in computed and key[1] not in kept_for_good
    ]
    fresh, changed = [], []
    for (response, kind), (score, how) in computed.items():
        flag = held.get((response, kind))
        if flag is None:
            fresh.append(
                QualityFlag(response_id=response, kind=kind, score=score, how=how, computed_on=day)
            )
        elif (flag.score, flag.how) != (score, how):
            flag.score, flag.how, flag.computed_on = score, how, day
            changed.append(flag)
    for start in range(0, len(gone), 500):
        QualityFlag.objects.filter(pk__in=gone[start : start + 500]).delete()
    QualityFlag.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)
    QualityFlag.objects.bulk_update(changed, ["score", "how", "computed_on"], batch_size=200)
    Wave.objects.filter(pk=wave.pk).update(
        flags_computed_at=at,
        flags_computed_from=Response.objects.submitted().filter(wave=wave).count(),
    )
    standing = ExclusionSet.objects.filter(wave=wave, reverted_at__isnull=True)
    if (gone or fresh or changed) and any(one.filter.get("flags") for one in standing):
        mark_stale(wave=wave, at=at)


def flag_waves(*, at: datetime) -> int:
    """Flag every wave whose number of responses has changed since; at most every ten minutes."""
    due = (
        Wave.objects.filter(
            Q(flags_computed_at__isnull=True) | Q(flags_computed_at__lt=at - EVERY),
            identities_removed_at__isnull=True,
        )
        .exclude(state__in=[Wave.State.DRAFTED, Wave.State.SCHEDULED, Wave.State.ARCHIVED])
        .annotate(now=Response.objects.submitted().counted(by="wave"))
        .exclude(now=F("flags_computed_from"))
    )
    flagged = 0
    for wave in due:
        flag_wave(wave=wave, at=at)
        flagged += 1
    return flagged
