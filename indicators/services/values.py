"""Values a person enters by hand. They go the same way as every other value."""

import hashlib
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indicators.errors import NotAllowed, ReasonRequired
from indicators.ledger import Estimate, Recorded, record
from indicators.models import Area, Indicator, Observation


@transaction.atomic
def enter_value(
    *,
    indicator: Indicator,
    area: Area,
    period: str,
    value: Decimal | None,
    n: int | None = None,
    low: Decimal | None = None,
    high: Decimal | None = None,
    document: str,
    reason: str = "",
    by: Any,
    at: datetime,
) -> Recorded:
    """Enter one total by hand, naming the document it is from.

    Raises ReasonRequired when a published value entered by hand before is to change without a
    reason, NotAllowed without the right to enter values.
    """
    if not by.has_perm("indicators.record_observation"):
        raise NotAllowed(_("Entering values by hand needs the right to do so."))
    source = f"manual:{area.code}"
    before = (
        Observation.objects.select_for_update(of=("self",))
        .filter(indicator=indicator, area=area, period=period, breakdown="", source=source)
        .first()
    )
    if before is not None and not reason.strip():
        now = (before.value, before.low, before.high, before.n)
        if now != (value, low, high, n) or before.state != Observation.State.PUBLISHED:
            raise ReasonRequired(
                _("A value for %(period)s is already published. Say why it changes.")
                % {"period": period}
            )
    estimate = Estimate(
        indicator=indicator.slug,
        area=area.code,
        period=period,
        value=value,
        low=low,
        high=high,
        n=n,
        method="entered by hand",
        provenance={"kind": "manual", "document": document},
    )
    content = json.dumps(
        [indicator.slug, area.code, period, *map(str, (value, low, high, n)), document]
    )
    return record(
        [estimate],
        source=source,
        digest=hashlib.sha256(content.encode()).hexdigest(),
        at=at,
        by=by,
        reason=reason.strip(),
        withdraw_missing=False,
    )
