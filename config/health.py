"""Whether this installation works: for load balancers, containers and the person on call."""

import logging

from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from config import heartbeat

logger = logging.getLogger(__name__)


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Return 200 when database and cache answer, 503 otherwise.

    A missing worker is told ("late") but keeps the status: the web server itself is well.
    """
    facts: dict[str, str] = {"database": _database(), "cache": _cache()}
    well = all(fact == "ok" for fact in facts.values())
    facts["worker"] = _worker() if facts["cache"] == "ok" else "unknown"
    return JsonResponse(
        {"status": "ok" if well else "failing", **facts}, status=200 if well else 503
    )


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        logger.exception("The database does not answer.")
        return "failing"
    return "ok"


def _cache() -> str:
    try:
        caches["shared"].get("health")
    except (RedisError, OSError):
        logger.exception("The cache does not answer.")
        return "failing"
    return "ok"


def _worker() -> str:
    return "late" if heartbeat.is_late(at=timezone.now()) else "ok"
