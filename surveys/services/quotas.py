"""Quotas: a place taken under lock at submission, changed by people, counted again every night."""

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from surveys import quotas
from surveys.errors import QuotaNotEvaluated, QuotaRefused
from surveys.models import AuditEntry, Questionnaire, Quota, Response, Wave
from surveys.questionnaire import logic
from surveys.services.audit import note

logger = logging.getLogger(__name__)

# How often a recount looks again when responses came in while it counted.
_ATTEMPTS = 5
_NIGHT = timedelta(hours=20)


class _Full(Exception):
    """A quota of this response has no place left; undoes the places taken before it."""


def take_places(
    *,
    wave: Wave,
    questionnaire: Questionnaire,
    answers: Mapping[str, Any],
    today: date,
    now: datetime,
) -> str:
    """Take a place in every quota these settled answers belong to; "" if all had one.

    Otherwise none is taken and the name of the first full quota is returned. Must run inside the
    submitting transaction: the rows stay locked until it ends. Quotas are taken in the order of
    their ids, so that no two submissions wait for each other.

    Raises `QuotaNotEvaluated` when a condition does not fit the questionnaire.
    """
    found = list(Quota.objects.filter(wave=wave).order_by("pk"))
    if not found:
        return ""
    try:
        mine = quotas.belonging(
            found,
            definition=questionnaire.definition,
            content_hash=questionnaire.content_hash,
            answers=answers,
            today=today,
            now=now,
        )
    except logic.LogicError as error:
        logger.error("A quota of the wave %s cannot be evaluated: %s", wave.slug, error)
        raise QuotaNotEvaluated(
            _(
                "Your answers cannot be counted at the moment because of a mistake in this "
                "survey's settings. Nothing is lost: please try again later."
            )
        ) from error
    try:
        with transaction.atomic():
            for quota in mine:
                if not _take_place(quota):
                    raise _Full(quota.name)
    except _Full as full:
        return str(full)
    return ""


def _take_place(quota: Quota) -> bool:
    """Take a place if there is one: decided and written in one statement, under the row's lock."""
    has_place = Quota.objects.filter(pk=quota.pk, taken__lt=F("limit"))
    return has_place.update(taken=F("taken") + 1) == 1


def keep_places_of_withdrawn(*, response: Response) -> None:
    """Note, before its answers are deleted, which places a withdrawn response goes on holding."""
    if response.state != Response.State.SUBMITTED:
        return
    for quota in _holding(response):
        Quota.objects.filter(pk=quota.pk).update(withdrawn=F("withdrawn") + 1)


def _holding(response: Response) -> list[Quota]:
    found = list(Quota.objects.filter(wave_id=response.wave_id).order_by("pk"))
    if not found:
        return []
    clock = _clock(response.wave, response.submitted_on)
    try:
        return quotas.belonging(
            found,
            definition=response.questionnaire.definition,
            content_hash=response.questionnaire.content_hash,
            answers=response.answers,
            **clock,
        )
    except logic.LogicError as error:
        # Nobody is kept from withdrawing; the recount will show the drift.
        logger.error("A quota cannot be evaluated for a withdrawal: %s", error)
        return []


def _clock(wave: Wave, day: date | None) -> dict[str, Any]:
    zone = ZoneInfo(wave.time_zone)
    day = day or date(1970, 1, 1)
    return {"today": day, "now": datetime(day.year, day.month, day.day, 12, tzinfo=zone)}


def count(wave: Wave, found: list[Quota]) -> dict[int, int]:
    """How many submitted responses fulfil each quota's condition, by the quota's key.

    Raises `LogicError` for a condition that does not fit the questionnaire.
    """
    counted = dict.fromkeys((quota.pk for quota in found), 0)
    definitions = {one.pk: one for one in Questionnaire.objects.filter(survey=wave.survey_id)}
    rows = (
        Response.objects.submitted()
        .filter(wave=wave)
        .values_list("questionnaire_id", "submitted_on", "answers")
    )
    for version, day, answers in rows.iterator(chunk_size=2000):
        for quota in quotas.belonging(
            found,
            definition=definitions[version].definition,
            content_hash=definitions[version].content_hash,
            answers=answers,
            **_clock(wave, day),
        ):
            counted[quota.pk] += 1
    return counted


@transaction.atomic
def save_quota(
    *,
    wave: Wave,
    name: str,
    condition: str,
    limit: int,
    at: datetime,
    by: Any = None,
    quota: Quota | None = None,
) -> Quota:
    """Make a quota, or change one. `condition` is in XLSForm notation.

    Name and limit may change at any time. The condition may not while the wave collects: answers
    handed in at that moment would be counted by neither rule. Places are counted from the
    responses that exist. Raises `QuotaRefused` with a sentence.
    """
    wave = (
        Wave.objects.select_for_update(of=["self"]).select_related("questionnaire").get(pk=wave.pk)
    )
    name = name.strip()[:120]
    if not name:
        raise QuotaRefused(_("Give the quota a name: it stands on every response it turns away."))
    if Quota.objects.filter(wave=wave, name=name).exclude(pk=quota.pk if quota else None).exists():
        raise QuotaRefused(_("There is already a quota named “%(name)s”.") % {"name": name})
    try:
        tree = quotas.condition_of(condition, wave.questionnaire.definition)
    except logic.LogicError as error:
        raise QuotaRefused(str(error)) from error
    held = Quota.objects.select_for_update().get(pk=quota.pk) if quota else Quota(wave=wave)
    before = {"name": held.name, "limit": held.limit} if quota else {}
    if held.condition != tree or quota is None:
        _refuse_while_collecting(wave)
        held.condition = tree
        held.taken = _matching(wave, tree) + held.withdrawn
        held.counted = held.counted_at = None
    if limit < held.taken:
        raise QuotaRefused(
            _("%(taken)d places of “%(name)s” are taken already; the limit cannot be lower.")
            % {"taken": held.taken, "name": name}
        )
    held.name, held.limit = name, limit
    held.save()
    note(
        action=AuditEntry.Action.QUOTA,
        wave=wave,
        at=at,
        by=by,
        words=_("Quota “%(name)s”: at most %(limit)d where %(condition)s")
        % {"name": name, "limit": limit, "condition": condition.strip()},
        data={"before": before},
    )
    return held


def _matching(wave: Wave, tree: Any) -> int:
    sample = Quota(pk=0, name="", condition=tree)
    return count(wave, [sample])[0]


def _refuse_while_collecting(wave: Wave) -> None:
    if wave.state == Wave.State.COLLECTING:
        raise QuotaRefused(
            _(
                "Pause the wave first. Answers handed in while a quota's rule changes would be "
                "counted by neither rule. A limit can be changed at any time."
            )
        )


@transaction.atomic
def delete_quota(*, quota: Quota, at: datetime, by: Any = None) -> None:
    """Remove a quota; responses it turned away keep its name. Raises `QuotaRefused`."""
    wave = Wave.objects.select_for_update().get(pk=quota.wave_id)
    _refuse_while_collecting(wave)
    note(
        action=AuditEntry.Action.QUOTA,
        wave=wave,
        at=at,
        by=by,
        words=_("Quota “%(name)s” deleted") % {"name": quota.name},
    )
    quota.delete()


@transaction.atomic
def make_quotas(*, wave: Wave, by_questions: list[str], at: datetime, by: Any = None) -> int:
    """Make a quota for every cell that has none yet (see `quotas.cells`); how many were made.

    A cell that has more responses already than its limit gets that number as its limit.
    Raises `QuotaRefused` without targets, or while the wave collects.
    """
    wave = Wave.objects.select_related("questionnaire", "weighting", "survey").get(pk=wave.pk)
    if not wave.targets:
        raise QuotaRefused(
            _("Quotas are made from targets, and this wave has none. Give the areas targets first.")
        )
    _refuse_while_collecting(wave)
    known = set(Quota.objects.filter(wave=wave).values_list("name", flat=True))
    fresh = [cell for cell in quotas.cells(wave, by=by_questions) if cell.name not in known]
    definition = wave.questionnaire.definition
    made = [
        Quota(
            pk=place,
            wave=wave,
            name=cell.name[:120],
            condition=quotas.condition_of(cell.condition, definition),
            limit=cell.limit,
        )
        for place, cell in enumerate(fresh)
    ]
    counted = count(wave, made)
    for quota in made:
        quota.taken = counted[quota.pk]
        quota.limit = max(quota.limit, quota.taken)
        quota.pk = None
    Quota.objects.bulk_create(made)
    if made:
        note(
            action=AuditEntry.Action.QUOTA,
            wave=wave,
            at=at,
            by=by,
            words=_("%(many)d quotas made from the targets") % {"many": len(made)},
        )
    return len(made)


def recount_wave(*, wave: Wave, at: datetime) -> list[Quota]:
    """Count the responses of every quota anew; returns the quotas where that differs from `taken`.

    Nobody is kept waiting: instead of locking, the places are read before and after counting, and
    if some were taken meanwhile it counts again. A quota that keeps moving is left for later.
    """
    for _attempt in range(_ATTEMPTS):
        before = _places(wave)
        found = list(Quota.objects.filter(wave=wave))
        try:
            counted = count(wave, found)
        except logic.LogicError as error:
            logger.error("The quotas of %s cannot be counted: %s", wave.slug, error)
            return []
        if _places(wave) == before:
            break
    else:
        logger.warning("The quotas of %s were taken faster than they are counted.", wave.slug)
        return []
    drifted = []
    for quota in found:
        expected = counted[quota.pk] + quota.withdrawn
        Quota.objects.filter(pk=quota.pk, taken=quota.taken).update(counted=expected, counted_at=at)
        quota.counted, quota.counted_at = expected, at
        if quota.has_drifted:
            logger.error(
                "The quota %r of %s says %d places taken, but %d responses hold one.",
                quota.name,
                wave.slug,
                quota.taken,
                expected,
            )
            drifted.append(quota)
    return drifted


def _places(wave: Wave) -> list[tuple[int, int]]:
    return list(Quota.objects.filter(wave=wave).order_by("pk").values_list("taken", "withdrawn"))


def recount_quotas(*, at: datetime) -> int:
    """Once a night, recount the quotas of waves that collect or pause; how many waves were due."""
    due = Q(quotas__counted_at__isnull=True) | Q(quotas__counted_at__lt=at - _NIGHT)
    waves = list(
        Wave.objects.filter(
            due, state__in=[Wave.State.COLLECTING, Wave.State.PAUSED], quotas__isnull=False
        ).distinct()
    )
    for wave in waves:
        recount_wave(wave=wave, at=at)
    return len(waves)


@transaction.atomic
def correct_quota(*, quota: Quota, at: datetime, by: Any = None) -> None:
    """Set the places taken to what the recount found. Raises `QuotaRefused` without a drift."""
    held = Quota.objects.select_for_update().select_related("wave__survey").get(pk=quota.pk)
    if not held.has_drifted:
        raise QuotaRefused(_("The last recount found nothing to correct."))
    if held.counted > held.limit:
        raise QuotaRefused(
            _("%(counted)d responses hold a place of “%(name)s”. Raise its limit first.")
            % {"counted": held.counted, "name": held.name}
        )
    note(
        action=AuditEntry.Action.QUOTA,
        wave=held.wave,
        at=at,
        by=by,
        words=_("Quota “%(name)s” corrected from %(before)d to %(after)d places")
        % {"name": held.name, "before": held.taken, "after": held.counted},
    )
    held.taken = held.counted
    held.save(update_fields=["taken"])


@transaction.atomic
def give_back_places(*, quota: Quota, at: datetime, by: Any = None) -> int:
    """Open the places of withdrawn responses to others; returns how many. Never done silently."""
    held = Quota.objects.select_for_update().select_related("wave__survey").get(pk=quota.pk)
    many = min(held.withdrawn, held.taken)
    if not many:
        raise QuotaRefused(_("No withdrawn response holds a place of this quota."))
    note(
        action=AuditEntry.Action.QUOTA,
        wave=held.wave,
        at=at,
        by=by,
        words=_("Quota “%(name)s”: %(many)d places of withdrawn responses given back")
        % {"name": held.name, "many": many},
    )
    held.taken -= many
    held.withdrawn = 0
    held.counted = held.counted_at = None
    held.save(update_fields=["taken", "withdrawn", "counted", "counted_at"])
    return many
