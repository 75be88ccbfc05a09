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


class RegistrationClosed(EngagementError):
    """The event takes no registrations now."""


class RegistrationChanged(EngagementError):
    """The registration is not in the state this step starts from; somebody was faster."""


class OfferExpired(RegistrationChanged):
    """The deadline of the offered seat has passed."""


class NoSeatLeft(EngagementError):
    """Staff asked for a seat where none is left."""


class SeatsTaken(EngagementError):
    """The capacity cannot go below the seats already held."""


class ReasonMissing(EngagementError):
    """The step needs a reason and none was given."""


class NotAllowed(EngagementError):
    """The person lacks the right this step needs."""


class NotOpenForComments(EngagementError):
    """The version of the draft takes no comments now."""


class CommentChanged(EngagementError):
    """The comment is not in the state this step starts from."""


class CommentsUnanswered(EngagementError):
    """A consultation was to be closed while comments lack an answer."""


class VersionFrozen(EngagementError):
    """The wording was consulted on and can no longer be changed."""
