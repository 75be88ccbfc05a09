"""Outreach into the ledger: activities held and people reached, by area and year.

Written only for indicators that somebody defined with the short names below: which outreach
counts as progress is the plan's decision, not ours. Reach is what outlets state and says so.
"""

import hashlib
import json
from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from campaigns.models import OutreachActivity
from indicators.ledger import Estimate, record
from indicators.models import Indicator

ACTIVITIES = "outreach-activities"
REACH = "outreach-reach"
SOURCE = "campaigns.outreach"


def publish_all(*, at: datetime) -> int:
    """Count every activity anew and replace the ledger's rows; return how many were written."""
    known = set(
        Indicator.objects.filter(slug__in=[ACTIVITIES, REACH]).values_list("slug", flat=True)
    )
    if not known:
        return 0
    estimates = [each for each in _estimates() if each.indicator in known]
    digest = hashlib.sha256(
        json.dumps([[e.indicator, e.area, e.period, str(e.value)] for e in estimates]).encode()
    ).hexdigest()
    record(estimates, source=SOURCE, digest=digest, at=at)
    return len(estimates)


def _estimates() -> list[Estimate]:
    held: dict[tuple[str, str], int] = defaultdict(int)
    reached: dict[tuple[str, str], int] = defaultdict(int)
    invented: dict[tuple[str, str], bool] = defaultdict(bool)
    rows = OutreachActivity.objects.values_list(
        "area__code", "held_on", "reach", "is_demonstration"
    )
    for area, held_on, reach, is_demonstration in rows:
        for code in {area or "ASEAN", "ASEAN"}:
            key = (code, str(held_on.year))
            held[key] += 1
            reached[key] += reach or 0
            invented[key] |= is_demonstration
    found = []
    for slug, numbers, method in (
        (ACTIVITIES, held, "count of recorded outreach activities"),
        (REACH, reached, "sum of reach as stated by outlets; people may be counted more than once"),
    ):
        for (area, period), number in sorted(numbers.items()):
            found.append(
                Estimate(
                    indicator=slug,
                    area=area,
                    period=period,
                    value=Decimal(number),
                    method=method,
                    provenance={"source": SOURCE},
                    is_demonstration=invented[(area, period)],
                )
            )
    return found
