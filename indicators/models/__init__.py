"""The ledger's tables. Import them from here."""

from indicators.models.activities import Activity
from indicators.models.aggregates import AggregateDue
from indicators.models.areas import Area, AreaMembership, Population
from indicators.models.baselines import Baseline
from indicators.models.evidence import Evidence, EvidenceConsent
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
from indicators.models.reports import Report

__all__ = [
    "Activity",
    "AggregateDue",
    "Area",
    "AreaMembership",
    "Baseline",
    "Evidence",
    "EvidenceConsent",
    "Framework",
    "FrameworkNode",
    "Indicator",
    "NodeMapping",
    "Observation",
    "ObservationStatus",
    "Population",
    "Recording",
    "Report",
    "ReportingRound",
    "Revision",
    "SectoralBody",
    "Submission",
    "SubmissionStep",
    "SubmittedValue",
    "Target",
    "TitleStatus",
]
