"""What can go wrong in this package, each a full sentence for the person who caused it."""


class EngagementError(Exception):
    """Base of every error this package raises on purpose."""


# Registry ---------------------------------------------------------------------------------------


class AppendOnly(EngagementError):
    """A row that records a fact was about to be changed or deleted."""


class HoldingsOverlap(EngagementError):
    """Two people would hold one post at the same time, neither of them acting."""


class SegmentInvalid(EngagementError):
    """A segment's definition does not make sense; `problems` lists (key, sentence)."""

    def __init__(self, problems: list[tuple[str, str]]):
        self.problems = problems
        super().__init__(" ".join(sentence for _key, sentence in problems))


class UnknownPermission(EngagementError):
    """A role names a permission that no installed model declares."""


# Events, registrations and drafts ---------------------------------------------------------------
