"""Sufficiency and progress of an indicator in an area, as the API answers with them."""

from typing import Any

from indicators.models import Observation
from indicators.progress import Point, Progress, Sufficiency


def sufficiency_of(found: Sufficiency) -> dict[str, Any]:
    return {
        "is_sufficient": found.is_sufficient,
        "reason": found.reason,
        "sentence": found.sentence,
        "baseline": _point(found.baseline),
        "latest": _point(found.latest),
    }


def progress_of(found: Progress) -> dict[str, Any]:
    return {
        "verdict": found.verdict,
        "sentence": found.sentence,
        "method": found.method,
        "change": found.change,
        "share_of_way": found.share_of_way,
        "observed_rate": found.observed_rate,
        "required_rate": found.required_rate,
    }


def newest_of(observation: Observation | None) -> dict[str, Any] | None:
    if observation is None:
        return None
    return {
        "id": observation.token,
        "area": observation.area.code,
        "period": observation.period,
        "value": observation.value,
        "low": observation.low,
        "high": observation.high,
        "n": observation.n,
        "status": observation.status,
        "qualifier": observation.qualifier,
        "is_demonstration": observation.is_demonstration,
        "is_stale": observation.is_stale,
    }


def _point(point: Point | None) -> dict[str, Any] | None:
    return {"period": point.period, "value": point.value} if point else None
