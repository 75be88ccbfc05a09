"""Which responses the standing exclusion sets leave out."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from surveys.models import ExclusionSet, QualityFlag, Wave


def condition(chosen: Mapping[str, Any]) -> Q:
    """The condition of one filter on responses (see `ExclusionSet`); none match an empty one."""
    part = Q()
    if flags := chosen.get("flags"):
        flagged = QualityFlag.objects.filter(kind__in=flags)
        if least := chosen.get("least_score"):
            flagged = flagged.filter(score__gte=least)
        # Through the keys, so that a response with two flags is not joined in twice.
        part &= Q(pk__in=flagged.values("response"))
    if sources := chosen.get("sources"):
        part &= Q(source__in=sources)
    return part or Q(pk__in=[])


def excluded(wave: Wave, *, also: Mapping[str, Any] | None = None) -> Q:
    """The condition that a response is in an exclusion set that has not been taken back.

    `also` is one more filter, as if its set stood.
    """
    found = Q(pk__in=[])
    for chosen in ExclusionSet.objects.filter(wave=wave, reverted_at__isnull=True):
        found |= condition(chosen.filter)
    if also:
        found |= condition(also)
    return found
