"""What is asked for, as parameters of an address."""

from typing import Literal

from django.http import QueryDict
from ninja import Field, Schema

from indicators.api.fields import (
    MOST_NAMED,
    ROWS,
    AreaCode,
    BreakdownText,
    Day,
    Limit,
    Moment,
    Period,
    Slug,
    Source,
    Token,
    Year,
)
from indicators.models import Indicator, ObservationStatus
from indicators.readings import ASEAN
from indicators.selection import Selection

Status = Literal[tuple(ObservationStatus.values)]
Route = Literal[tuple(Indicator.DataRoute.values)]
PAGE = "How many rows a page has."


class ObservationFilters(Schema):
    """All of them must hold. Where a parameter may be repeated, one of its values must."""

    indicator: list[Slug] = Field(
        [], max_length=MOST_NAMED, description="An indicator's slug. May be repeated."
    )
    framework: list[Slug] = Field(
        [], max_length=MOST_NAMED, description="A framework's slug. May be repeated."
    )
    area: list[AreaCode] = Field(
        [],
        max_length=MOST_NAMED,
        description="An area's code, such as KH or ASEAN. May be repeated.",
    )
    period: list[Period] = Field(
        [],
        max_length=MOST_NAMED,
        description="A period exactly as recorded: 2026, 2026-S1, 2026-Q4, 2026-11 or 2026-W47. "
        "May be repeated.",
    )
    from_year: Year | None = Field(None, description="The first year in which periods may lie.")
    to_year: Year | None = Field(None, description="The last year in which periods may lie.")
    breakdown: list[BreakdownText] = Field(
        [],
        max_length=MOST_NAMED,
        description="A breakdown such as age=15-24;sex=F, in any order, or _T for values that are "
        "not broken down. May be repeated.",
    )
    source: list[Source] = Field(
        [],
        max_length=MOST_NAMED,
        description="Words that say where values came from, such as "
        "surveys.wave:awareness-2026. May be repeated.",
    )
    status: list[Status] = Field(
        [],
        max_length=MOST_NAMED,
        description="A code of SDMX's CL_OBS_STATUS: A normal, E estimated, Q suppressed ... "
        "May be repeated.",
    )
    updated_since: Moment | None = Field(
        None, description="Only values recorded or changed at this moment or later."
    )

    @classmethod
    def of(cls, query: QueryDict) -> "ObservationFilters":
        """Read from an address outside the API. Raises pydantic's ValidationError."""
        lists = {name for name, field in cls.model_fields.items() if field.default == []}
        return cls.model_validate(
            {name: values if name in lists else values[-1] for name, values in query.lists()}
        )

    def selection(self) -> Selection:
        """What is asked for, in the ledger's words."""
        return Selection(
            indicators=tuple(self.indicator),
            frameworks=tuple(self.framework),
            areas=tuple(self.area),
            periods=tuple(self.period),
            years=(self.from_year, self.to_year),
            breakdowns=tuple(self.breakdown),
            sources=tuple(self.source),
            statuses=tuple(self.status),
            updated_since=self.updated_since,
        )


class ObservationQuery(ObservationFilters):
    """Filters and the place of a page."""

    after: Token | None = Field(
        None, description="Continue after the observation with this id; `next` sets it."
    )
    limit: Limit = Field(ROWS, description=PAGE)


class IndicatorQuery(Schema):
    """Which indicators, judged in which area."""

    framework: Slug | None = Field(None, description="Only indicators of this framework.")
    data_route: Route | None = Field(None, description="Only indicators of this data route.")
    area: AreaCode = Field(
        ASEAN, description="The area that value, sufficiency and progress are of."
    )
    after: Slug | None = Field(None, description="Continue after the indicator with this slug.")
    limit: Limit = Field(ROWS, description=PAGE)


class MappingQuery(Schema):
    """Which mappings."""

    framework: Slug | None = Field(None, description="Only mappings from or to this framework.")


class MembersQuery(Schema):
    """On which day."""

    on: Day = Field(description="The day, such as 2025-10-26.")
