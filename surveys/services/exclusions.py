"""Leaving responses out of the figures: one named, reasoned, reversible, logged act."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from surveys.errors import ExclusionRefused
from surveys.models import AuditEntry, ExclusionSet, QualityFlag, Response, Wave
from surveys.services.audit import note
from surveys.services.receipts import mark_stale


def filter_of(
    *, flags: Iterable[str], sources: Iterable[str], least_score: float = 0.0
) -> dict[str, Any]:
    """The filter of an exclusion set. Raises `ExclusionRefused` for unknown or missing parts."""
    flags, sources = list(flags), list(sources)
    unknown = {*flags} - {*QualityFlag.Kind.values} | {*sources} - {*Response.Source.values}
    if unknown:
        raise ExclusionRefused(
            _("There is no flag or source “%(name)s”.") % {"name": sorted(unknown)[0][:80]}
        )
    if not flags:
        raise ExclusionRefused(
            _("Choose at least one kind of doubt: without one nobody is left out.")
        )
    if not 0 <= least_score <= 1:
        raise ExclusionRefused(_("The least score lies between 0 and 1."))
    chosen: dict[str, Any] = {"flags": flags}
    if sources:
        chosen["sources"] = sources
    if least_score:
        chosen["least_score"] = least_score
    return chosen


@transaction.atomic
def exclude_responses(
    *, wave: Wave, name: str, reason: str, chosen: dict[str, Any], at: datetime, by: Any = None
) -> ExclusionSet:
    """Leave out what `chosen` (see `filter_of`) matches, now and later. No answer is touched.

    The figures are computed anew, and every published one that changes gets a revision with the
    reason. Raises `ExclusionRefused` without a name or a reason.
    """
    name, reason = name.strip()[:120], reason.strip()[:300]
    if not name or not reason:
        raise ExclusionRefused(
            _("Give the exclusion a name and a reason: both stand beside every figure it changes.")
        )
    made = ExclusionSet.objects.create(
        wave=wave, name=name, reason=reason, filter=chosen, author=by, created_at=at
    )
    note(
        action=AuditEntry.Action.EXCLUDED,
        wave=wave,
        at=at,
        by=by,
        words=f"{name}: {reason}",
        data={"filter": chosen, "token": made.token},
    )
    mark_stale(wave=wave, at=at)
    return made


@transaction.atomic
def revert_exclusion(*, chosen: ExclusionSet, at: datetime, by: Any = None) -> None:
    """Count the responses again. Raises `ExclusionRefused` if somebody has done it before."""
    standing = ExclusionSet.objects.filter(pk=chosen.pk, reverted_at__isnull=True)
    if not standing.update(reverted_at=at, reverted_by=by):
        raise ExclusionRefused(_("“%(name)s” has been taken back already.") % {"name": chosen.name})
    note(
        action=AuditEntry.Action.REVERTED,
        wave=chosen.wave,
        at=at,
        by=by,
        words=f"{chosen.name}: {chosen.reason}",
        data={"filter": chosen.filter, "token": chosen.token},
    )
    mark_stale(wave=chosen.wave, at=at)
