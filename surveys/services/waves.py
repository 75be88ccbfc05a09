"""Making, changing, repeating and deleting waves."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Concat, Left
from django.utils.translation import gettext as _

from surveys import quotas
from surveys.errors import WaveRefused
from surveys.models import (
    AuditEntry,
    ConsentWording,
    Questionnaire,
    Quota,
    Survey,
    SurveyInvitation,
    Wave,
)
from surveys.services.audit import note
from surveys.services.receipts import mark_stale

# What a person may set; everything else follows from steps and from the fieldwork.
SETTABLE = (
    "questionnaire", "weighting", "slug", "title", "titles", "purpose", "period", "opens_at",
    "closes_at", "time_zone", "anonymity", "sampling_type", "mode", "takes_open_link",
    "takes_invited", "areas", "area_question", "targets", "cells", "consent_wording", "contact",
    "minimum_seconds", "protection", "retain_until",
)  # fmt: skip
# What the next wave takes over. Dates are its own, and so are its address and its period.
_REPEATED = (
    "survey_id", "questionnaire_id", "weighting_id", "purpose", "time_zone", "anonymity",
    "sampling_type", "mode", "takes_open_link", "takes_invited", "areas", "area_question",
    "targets", "cells", "consent_version", "consent_wording", "contact", "minimum_seconds",
    "protection", "is_demonstration",
)  # fmt: skip
# What the published figures depend on.
_COUNTED = {"questionnaire", "weighting", "title", "period", "sampling_type", "mode", "areas"}


@transaction.atomic
def create_wave(
    *, survey: Survey, settings: Mapping[str, Any], at: datetime, by: Any = None
) -> Wave:
    """A drafted wave with these settings (names of `SETTABLE`). Raises `WaveRefused`."""
    wave = Wave(survey=survey, **{name: settings[name] for name in SETTABLE if name in settings})
    _require_sense(wave)
    wave.save()
    ConsentWording.objects.create(
        wave=wave, version=wave.consent_version, wording=wave.consent_wording, since=at, by=by
    )
    note(action=AuditEntry.Action.CREATED, wave=wave, at=at, by=by)
    return wave


@transaction.atomic
def edit_wave(
    *, wave: Wave, settings: Mapping[str, Any], at: datetime, by: Any = None
) -> list[str]:
    """Change settings and return the names of those that changed.

    The wave's row is locked against new responses meanwhile, so that "no response yet" is true
    when it is read. Raises `WaveRefused` naming the column for what cannot stand: another
    anonymity after the first response, another address after the start, a questionnaire that the
    quotas do not fit.
    """
    held = Wave.objects.select_for_update(of=["self"]).select_related("survey").get(pk=wave.pk)
    before = {name: getattr(held, name) for name in SETTABLE}
    changed = [name for name in SETTABLE if name in settings and settings[name] != before[name]]
    for name in changed:
        setattr(held, name, settings[name])
    _require_unlocked(held, changed)
    _require_sense(held)
    if "questionnaire" in changed or "area_question" in changed:
        _require_fitting_quotas(held)
    if "consent_wording" in changed:
        _new_consent(held, at, by)
    if not changed:
        return []
    held.save()
    if "cells" in changed:
        _recount_cells(held)
    if _COUNTED & set(changed) and held.published_at:
        mark_stale(wave=held, at=at)
    note(
        action=AuditEntry.Action.EDITED,
        wave=held,
        at=at,
        by=by,
        words=", ".join(str(Wave._meta.get_field(name).verbose_name) for name in changed),
        data={name: [_plain(before[name]), _plain(getattr(held, name))] for name in changed},
    )
    for name in (*changed, "consent_version"):
        setattr(wave, name, getattr(held, name))
    return changed


def _plain(value: Any) -> Any:
    return (
        value if value is None or isinstance(value, bool | int | str | list | dict) else str(value)
    )


def _require_unlocked(wave: Wave, changed: list[str]) -> None:
    """Raise `WaveRefused` for what the wave's past forbids to change."""
    invited = wave.invitations.exclude(state=SurveyInvitation.State.CREATED)
    if "anonymity" in changed and (wave.responses.exists() or invited.exists()):
        raise WaveRefused(
            _(
                "People have answered under the promise “%(promise)s”, or were invited with it. It can "
                "no longer be changed; make the next wave with another."
            )
            % {"promise": Wave.Anonymity(Wave.objects.get(pk=wave.pk).anonymity).label},
            field="anonymity",
        )
    if "slug" in changed and wave.state != Wave.State.DRAFTED:
        raise WaveRefused(
            _("The address was given out when the wave left the draft; it stays as it is."),
            field="slug",
        )


def _require_sense(wave: Wave) -> None:
    """Raise `WaveRefused` for settings that contradict each other."""
    if wave.questionnaire.survey_id != wave.survey_id:
        raise WaveRefused(_("This questionnaire belongs to another survey."), field="questionnaire")
    if wave.opens_at and wave.closes_at and wave.closes_at <= wave.opens_at:
        raise WaveRefused(_("The wave closes before it opens."), field="closes_at")
    if wave.retain_until and wave.closes_at and wave.retain_until <= wave.closes_at.date():
        raise WaveRefused(
            _("Identities would be removed while people still answer. Choose a later day."),
            field="retain_until",
        )
    if not (wave.takes_open_link or wave.takes_invited):
        raise WaveRefused(
            _("Nobody could answer: allow the open link, invited people, or both."),
            field="takes_open_link",
        )
    by_code = wave.questionnaire.definition.by_code
    if wave.area_question not in by_code:
        raise WaveRefused(
            _("The questionnaire has no question “%(code)s” that says the area.")
            % {"code": wave.area_question},
            field="area_question",
        )
    for code in wave.cells:
        if code not in by_code or by_code[code].kind != "single":
            raise WaveRefused(
                _("“%(code)s” is not a question with one answer in this questionnaire.")
                % {"code": code},
                field="cells",
            )


def _require_fitting_quotas(wave: Wave) -> None:
    if wrong := quotas.problems(wave.quotas.all(), wave.questionnaire.definition):
        raise WaveRefused(
            _("Quotas do not fit this questionnaire; nobody could submit. %(which)s")
            % {"which": " ".join(wrong)},
            field="questionnaire",
        )


def _new_consent(wave: Wave, at: datetime, by: Any) -> None:
    """Give the changed wording a version: the same one while nobody can have seen it."""
    if wave.state == Wave.State.DRAFTED and not wave.responses.exists():
        ConsentWording.objects.update_or_create(
            wave=wave,
            version=wave.consent_version,
            defaults={"wording": wave.consent_wording, "since": at, "by": by},
        )
        return
    wave.consent_version = _version_after(
        set(wave.consent_wordings.values_list("version", flat=True)) | {wave.consent_version},
        wave.consent_version,
    )
    ConsentWording.objects.create(
        wave=wave, version=wave.consent_version, wording=wave.consent_wording, since=at, by=by
    )


def _version_after(taken: set[str], version: str) -> str:
    """1 → 2; 2025-11 → 2025-11.2; never one that is taken."""
    stem, _dot, number = version.rpartition(".")
    if version.isdecimal():
        stem, number = "", version
    elif not (stem and number.isdecimal()):
        stem, number = version, "1"
    while True:
        number = str(int(number) + 1)
        following = f"{stem[: 19 - len(number)]}.{number}" if stem else number
        if following not in taken:
            return following


def _recount_cells(wave: Wave) -> None:
    """Say the cell of every response anew, in one statement."""
    parts: list[Any] = []
    for place, question in enumerate(wave.cells):
        parts += [Value("|")] if place else []
        parts.append(Coalesce(KT(f"answers__{question}"), Value(""), output_field=CharField()))
    whole = parts[0] if len(parts) == 1 else Concat(*parts) if parts else Value("")
    wave.responses.update(cell=Left(whole, 160))


@transaction.atomic
def next_wave(*, wave: Wave, at: datetime, by: Any = None) -> Wave:
    """The wave after this one, drafted: its questionnaire, scheme, targets, quotas and wordings.

    The analysis plan belongs to the survey and needs no copy. Dates are left open. A second click
    gets the draft that the first one made.
    """
    before = (
        Wave.objects.select_for_update(of=["self"])
        .select_related("survey", "questionnaire")
        .get(pk=wave.pk)
    )
    period = _following(before.period)
    made = before.following.filter(state=Wave.State.DRAFTED, period=period).first()
    if made is not None:
        return made
    made = Wave(
        previous=before,
        title=_renamed(before.title, before.period, period),
        titles={
            language: _renamed(text, before.period, period)
            for language, text in before.titles.items()
        },
        slug=_free_slug(_renamed(before.slug, before.period, period, mark="-next")),
        period=period,
        **{name: getattr(before, name) for name in _REPEATED},
    )
    made.save()
    ConsentWording.objects.create(
        wave=made, version=made.consent_version, wording=made.consent_wording, since=at, by=by
    )
    Quota.objects.bulk_create(
        Quota(wave=made, name=one.name, condition=one.condition, limit=one.limit)
        for one in before.quotas.all()
    )
    note(
        action=AuditEntry.Action.CREATED,
        wave=made,
        at=at,
        by=by,
        words=_("The wave after “%(before)s”") % {"before": before},
    )
    return made


def _following(period: str) -> str:
    """2026 → 2027, 2026-Q4 → 2027-Q1, 2026-11 → 2026-12; unchanged where it is none of these."""
    if match := re.fullmatch(r"(\d{4})", period):
        return str(int(match[1]) + 1)
    if match := re.fullmatch(r"(\d{4})-Q([1-4])", period):
        months = int(match[1]) * 4 + int(match[2])
        return f"{months // 4}-Q{months % 4 + 1}"
    if match := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", period):
        months = int(match[1]) * 12 + int(match[2])
        return f"{months // 12}-{months % 12 + 1:02d}"
    return period


def _renamed(text: str, period: str, following: str, *, mark: str = " (2)") -> str:
    if period and period in text:
        return text.replace(period, following)
    year, next_year = period[:4], following[:4]
    if year.isdecimal() and year != next_year and year in text:
        return text.replace(year, next_year)
    return f"{text[: 80 - len(mark)] if mark.startswith('-') else text[:190]}{mark}"


def _free_slug(wanted: str) -> str:
    wanted = wanted[:76]
    taken = set(Wave.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    number = 2
    slug = wanted
    while slug in taken:
        slug = f"{wanted}-{number}"
        number += 1
    return slug


@transaction.atomic
def delete_wave(*, wave: Wave, at: datetime, by: Any = None) -> None:
    """Delete a wave that is drafted and that nobody was asked in. Raises `WaveRefused`."""
    held = Wave.objects.select_for_update(of=["self"]).select_related("survey").get(pk=wave.pk)
    if held.state != Wave.State.DRAFTED:
        raise WaveRefused(
            _("“%(wave)s” is %(state)s. Only a draft can be deleted; archive it instead.")
            % {"wave": held, "state": held.get_state_display()}
        )
    if held.responses.exists() or held.invitations.exists():
        raise WaveRefused(
            _("“%(wave)s” has responses or invitations and is kept. Archive it instead.")
            % {"wave": held}
        )
    note(action=AuditEntry.Action.DELETED, wave=held, at=at, by=by)
    held.delete()


def adopt_questionnaire(
    *, wave: Wave, questionnaire: Questionnaire, at: datetime, by: Any = None
) -> None:
    """Give new respondents another version, without stopping. Raises `WaveRefused`."""
    edit_wave(wave=wave, settings={"questionnaire": questionnaire}, at=at, by=by)
