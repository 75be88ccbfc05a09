"""The ledger's tables. Import them from here."""

from indicators.models.activities import Activity
from indicators.models.areas import Area, AreaMembership, Population
from indicators.models.frameworks import (
    Framework,
    FrameworkNode,
    NodeMapping,
    SectoralBody,
    TitleStatus,
)
from indicators.models.indicators import Indicator, Target
from indicators.models.observations import Observation, ObservationStatus, Recording, Revision
from indicators.models.reporting import (
    ReportingRound,
    Submission,
    SubmissionStep,
    SubmittedValue,
)

__all__ = [
    "Activity",
    "Area",
    "AreaMembership",
    "Framework",
    "FrameworkNode",
    "Indicator",
    "NodeMapping",
    "Observation",
    "ObservationStatus",
    "Population",
    "Recording",
    "ReportingRound",
    "Revision",
    "SectoralBody",
    "Submission",
    "SubmissionStep",
    "SubmittedValue",
    "Target",
    "TitleStatus",
]
