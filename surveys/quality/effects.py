"""What leaving responses out would change: figures with and without, and by source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from indicators.ledger import Estimate
from indicators.models import Indicator
from surveys.estimating import ASEAN
from surveys.models import Response, Wave
from surveys.publishing import compute


@dataclass(frozen=True, slots=True)
class Row:
    """One figure for one area: as it stands, otherwise, and from each source alone."""

    indicator: str
    title: str
    unit: str
    area: str
    everything: Estimate | None
    now: Estimate | None
    then: Estimate | None
    by_source: tuple[Estimate | None, ...]

    @property
    def change(self) -> Decimal | None:
        """How far the figure would move, in its unit; None where one of the two is hidden."""
        if self.now is None or self.then is None:
            return None
        if self.now.value is None or self.then.value is None:
            return None
        return self.then.value - self.now.value

    @property
    def exceeds_interval(self) -> bool:
        """Whether the figure would leave its present 95 % interval: somebody would notice."""
        if self.change is None or self.now.low is None or self.now.high is None:
            return False
        return not self.now.low <= self.then.value <= self.now.high


@dataclass(frozen=True, slots=True)
class Effects:
    """`rows` for ASEAN and every area; `sources` are the heads of `Row.by_source`."""

    sources: tuple[str, ...]
    rows: tuple[Row, ...]


def effects(wave: Wave, *, chosen: Mapping[str, Any] | None, at: datetime) -> Effects:
    """Figures without any exclusion, as they stand, with `chosen` excluded, too, and by source.

    Nothing is written. Figures from few responses are hidden as they are when published.
    """
    words = {"at": at, "with_breakdowns": False}
    everything = _by_key(compute(wave, with_excluded=True, **words)[1])
    now = _by_key(compute(wave, **words)[1])
    then = _by_key(compute(wave, also_excluded=chosen, **words)[1]) if chosen else now
    present = set(
        Response.objects.submitted().filter(wave=wave).values_list("source", flat=True).distinct()
    )
    sources = [source for source in Response.Source.values if source in present]
    alone = [
        _by_key(compute(wave, also_excluded=chosen, sources=[source], **words)[1])
        for source in sources
    ]
    indicators = {
        one.slug: one for one in Indicator.objects.filter(slug__in={k[0] for k in everything})
    }
    keys = sorted(everything, key=lambda key: (key[0], key[1] != ASEAN, key[1]))
    return Effects(
        sources=tuple(Response.Source(source).label for source in sources),
        rows=tuple(
            Row(
                indicator=indicator,
                title=indicators[indicator].title,
                unit=str(indicators[indicator].unit or ""),
                area=area,
                everything=everything[indicator, area],
                now=now.get((indicator, area)),
                then=then.get((indicator, area)),
                by_source=tuple(one.get((indicator, area)) for one in alone),
            )
            for indicator, area in keys
        ),
    )


def _by_key(estimates: list[Estimate]) -> dict[tuple[str, str], Estimate]:
    return {(one.indicator, one.area): one for one in estimates}
