"""The ledger's tables. Import them from here."""

from indicators.models.activities import Activity
from indicators.models.aggregates import AggregateDue
from indicators.models.areas import Area, AreaMembership, Population
from indicators.models.baselines import Baseline
from indicators.models.declarations import Commitment, Declaration, FollowUp
from indicators.models.evidence import Evidence, EvidenceConsent
from indicators.models.frameworks import (
    Framework,
    FrameworkNode,
    NodeMapping,
    SectoralBody,
    TitleStatus,
)
from indicators.models.imports import ColumnMapping, Import, ImportRow
from indicators.models.indicators import Indicator, Target
from indicators.models.observations import Observation, ObservationStatus, Recording, Revision
from indicators.models.reporting import (
    NO_DATA,
    Submission,
    SubmissionStep,
    SubmittedValue,
    ValueChange,
    ValueStatus,
)
from indicators.models.reports import Report
from indicators.models.rounds import AskedValue, Reminder, ReportingRound, RoundStep
from indicators.models.versions import FrameworkImport, FrameworkVersion

__all__ = [
    "NO_DATA",
    "Activity",
    "AggregateDue",
    "Area",
    "AreaMembership",
    "AskedValue",
    "Baseline",
    "ColumnMapping",
    "Commitment",
    "Declaration",
    "Evidence",
    "EvidenceConsent",
    "FollowUp",
    "Framework",
    "FrameworkImport",
    "FrameworkNode",
    "FrameworkVersion",
    "Import",
    "ImportRow",
    "Indicator",
    "NodeMapping",
    "Observation",
    "ObservationStatus",
    "Population",
    "Recording",
    "Reminder",
    "Report",
    "ReportingRound",
    "Revision",
    "RoundStep",
    "SectoralBody",
    "Submission",
    "SubmissionStep",
    "SubmittedValue",
    "Target",
    "TitleStatus",
    "ValueChange",
    "ValueStatus",
]
