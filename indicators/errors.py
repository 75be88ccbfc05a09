"""What can go wrong in the ledger. Every message names the thing, the value and the remedy."""

from collections.abc import Iterable


class IndicatorsError(Exception):
    """Base of the ledger's own errors; its text may be shown to a person."""


class UnknownCode(IndicatorsError):
    """A code that no row carries. `kind` says which table, `codes` which codes."""

    def __init__(self, kind: str, codes: Iterable[str], remedy: str) -> None:
        self.kind = kind
        self.codes = tuple(sorted(set(codes)))
        named = ", ".join(repr(code) for code in self.codes)
        super().__init__(f"No {kind} has the code {named}. {remedy}")


class InvalidEstimate(IndicatorsError):
    """A value that cannot stand in the ledger as it was given."""


class ReasonRequired(IndicatorsError):
    """A published value was to be changed by a person without saying why."""


class NotAllowed(IndicatorsError):
    """The person may not do this with that row; the sentence says what would be needed."""


class WrongState(IndicatorsError):
    """The step does not follow from the state the row is in."""


class FileRefused(IndicatorsError):
    """A file that cannot be read as a table; the sentence says what to upload instead."""


class UnusableValue(IndicatorsError):
    """A value that its unit does not allow, or that cannot be kept exactly."""


class EditedMeanwhile(IndicatorsError):
    """Somebody else saved other values since these were read. `conflicts` holds both of each."""

    def __init__(self, message: str, conflicts: tuple = ()) -> None:
        self.conflicts = conflicts
        super().__init__(message)


class NotInTree(IndicatorsError):
    """A place in a framework's tree that a node cannot have."""


class Unchanged(IndicatorsError):
    """Something was to be kept anew though nothing of it has changed."""


class ChangedMeanwhile(IndicatorsError):
    """Somebody else changed the row after it was shown to the person who now saves it."""


class InvalidEntry(IndicatorsError):
    """A work plan's entry that cannot stand as it was given. `field` says where."""

    def __init__(self, message: str, field: str = "") -> None:
        self.field = field
        super().__init__(message)


class Outdated(IndicatorsError):
    """What is held is not what was looked at before: somebody else has changed it meanwhile."""


class NotUndoable(IndicatorsError):
    """What was written cannot be taken back in one step; the sentence says why."""


class TakenOver(IndicatorsError):
    """Somebody else is doing this by now; whoever hears it stops."""


class ImportRefused(IndicatorsError):
    """An import that cannot go the step that was asked for; the sentence says what is missing."""


class PdfNotAvailable(IndicatorsError):
    """This machine cannot lay out pages; the sentence names what is missing and what is there."""


class ReportTakenOver(IndicatorsError):
    """Another process has claimed the report meanwhile."""
