"""What the public pages show, prepared so that their templates ask nothing."""

from indicators.pages.figures import (
    BreakdownRow,
    ValueRow,
    awaited_areas,
    breakdown_rows,
    by_area,
    by_group,
    by_period,
    is_demonstration,
    query,
    sparkline,
    value_rows,
)
from indicators.pages.metadata import Concept, citation, concepts
from indicators.pages.provenance import (
    Change,
    Detail,
    StepTaken,
    changes,
    changes_of,
    may_see_names,
    provenance,
    sampling_words,
    steps_of,
)

__all__ = [
    "BreakdownRow",
    "Change",
    "Concept",
    "Detail",
    "StepTaken",
    "ValueRow",
    "awaited_areas",
    "breakdown_rows",
    "by_area",
    "by_group",
    "by_period",
    "changes",
    "changes_of",
    "citation",
    "concepts",
    "is_demonstration",
    "may_see_names",
    "provenance",
    "query",
    "sampling_words",
    "sparkline",
    "steps_of",
    "value_rows",
]
