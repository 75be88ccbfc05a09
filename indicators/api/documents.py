"""What the API answers with. Every field is always there; what is not known is null or empty."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from ninja import Field, Schema
from pydantic import PlainSerializer, WithJsonSchema

from indicators.api.fields import Digits
from indicators.exports.cells import digits

Item = TypeVar("Item")

Computed = Annotated[
    Decimal,
    PlainSerializer(digits, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}, mode="serialization"),
]
"""A number computed from recorded ones, as text, with as many digits as the arithmetic has."""


class Page(Schema, Generic[Item]):
    """Some rows, and where the next ones are."""

    items: list[Item]
    next: str | None = Field(None, description="The address of the next page; null on the last.")


class CountedPage(Page[Item], Generic[Item]):
    """A page that says how many rows all pages have together."""

    count: int


class Link(Schema):
    """An address with what is there."""

    title: str
    url: str
    media_type: str


class Index(Schema):
    """Where everything is."""

    title: str
    version: str
    resources: list[Link] = Field(description="Addresses of this API.")
    files: list[Link] = Field(description="All values as files, in every format.")


class MembershipOut(Schema):
    """An area belonged to a group from a day up to, not including, another."""

    group: str
    area: str
    valid_from: date
    valid_to: date | None


class AreaOut(Schema):
    """A state or a group of states."""

    code: str
    name: str
    kind: str = Field(description="member_state, group or partner.")
    iso3: str
    languages: list[str] = Field(description="Official languages (BCP 47).")
    memberships: list[MembershipOut] = Field(description="The groups it is or was in.")
    members: list[MembershipOut] = Field(description="For a group: who is or was in it.")


class FrameworkOut(Schema):
    """A results framework."""

    slug: str
    title: str
    titles: dict[str, str] = Field(description="The title in other languages.")
    description: str
    valid_from: date | None
    valid_to: date | None
    source: str
    nodes_url: str


class NodeOut(Schema):
    """A node of a framework's tree."""

    framework: str
    key: str = Field(description="Stays when a code is published later or a title is corrected.")
    code: str
    title: str
    titles: dict[str, str]
    title_status: str = Field(description="confirmed, unconfirmed or not_stated.")
    kind: str
    parent: str | None = Field(description="The key of the node it is part of.")
    source: str


class MappedNode(Schema):
    """One end of a mapping."""

    framework: str
    key: str
    code: str
    title: str


class MappingOut(Schema):
    """A node of one framework continues a node of another."""

    from_node: MappedNode
    to_node: MappedNode
    kind: str = Field(description="same, part or related.")
    note: str
    source: str


class PointOut(Schema):
    """A value of a period."""

    period: str
    value: Digits | None


class SufficiencyOut(Schema):
    """Whether there is the evidence that progress needs, and why not."""

    is_sufficient: bool
    reason: str
    sentence: str
    baseline: PointOut | None
    latest: PointOut | None


class ProgressOut(Schema):
    """What the evidence says, with what it was computed from."""

    verdict: str = Field(description="better, worse, unchanged, met, not_met or undetermined.")
    sentence: str
    method: str = Field(description="The named method; empty where nothing was judged.")
    change: Computed | None
    share_of_way: Computed | None = Field(description="0 at the baseline, 1 at the target.")
    observed_rate: Computed | None = Field(description="Growth a year; 0.02 is 2 %.")
    required_rate: Computed | None


class NewestOut(Schema):
    """The newest published value in an area."""

    id: str
    area: str
    period: str
    value: Digits | None
    low: Digits | None
    high: Digits | None
    n: int | None
    status: str
    qualifier: str
    is_demonstration: bool
    is_stale: bool


class IndicatorOut(Schema):
    """An indicator with its newest value and what it says, in one area."""

    slug: str
    code: str
    title: str
    title_status: str
    framework: str
    node: str | None
    parent: str | None = Field(description="The slug of the indicator it is a part of.")
    unit: str
    direction: str
    data_route: str
    source: str
    url: str = Field(description="Its page for people.")
    newest: NewestOut | None
    sufficiency: SufficiencyOut
    progress: ProgressOut


class TargetOut(Schema):
    """A promise for a period."""

    area: str
    period: str
    value: Digits
    source: str


class BaselineOut(Schema):
    """An area whose baseline year is not the indicator's."""

    area: str
    year: int
    source: str


class AreaJudgementOut(Schema):
    """An indicator in one area."""

    area: str
    newest: NewestOut | None
    sufficiency: SufficiencyOut
    progress: ProgressOut


class IndicatorInFull(Schema):
    """An indicator with everything that describes it."""

    slug: str
    code: str
    title: str
    titles: dict[str, str]
    title_status: str
    description: str
    framework: str
    node: str | None
    parent: str | None
    children: list[str]
    unit: str
    decimals: int = Field(description="Decimals shown on pages; values here have all of theirs.")
    direction: str
    range_low: Digits | None
    range_high: Digits | None
    data_route: str
    aggregation: str
    minimum_members: int | None
    minimum_n: int | None
    baseline_year: int | None
    progress_method: str
    population_described: str
    source: str
    url: str
    targets: list[TargetOut]
    baselines: list[BaselineOut] = Field(description="Areas with a baseline year of their own.")
    areas: list[AreaJudgementOut] = Field(description="Every area that has a value.")
    observations_url: str


class ObservationOut(Schema):
    """One value with all it takes to trust it."""

    id: str
    indicator: str
    area: str
    period: str
    breakdown: str = Field(description='Such as "age=15-24;sex=F"; empty for the total.')
    value: Digits | None = Field(description="Null where `status` says why there is none.")
    low: Digits | None
    high: Digits | None
    n: int | None
    n_effective: Digits | None
    unit: str
    status: str = Field(description="SDMX's CL_OBS_STATUS.")
    qualifier: str = Field(description="approx, gt or lt where the source says so.")
    method: str
    source: str
    provenance: dict[str, Any]
    members: list[str] = Field(description="For an aggregate: the areas in it.")
    population_vintage: str
    digest: str
    is_demonstration: bool
    is_stale: bool = Field(description="The source has changed since; a new value is on its way.")
    recorded_at: datetime
    revisions_url: str


class RevisionOut(Schema):
    """What a published value was before it was changed."""

    kind: str = Field(description="changed, withdrawn or reinstated.")
    changed_at: datetime
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]
