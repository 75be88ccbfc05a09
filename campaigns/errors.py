"""What can go wrong when people are reached, as sentences a person can act on."""


class CampaignsError(Exception):
    """The base of this app's domain errors. `str(error)` is a full sentence for a page."""


class OutboxUnavailable(CampaignsError):
    """The local outbox cannot be written or read; the sentence names the folder."""


class WrongState(CampaignsError):
    """A step was asked of a mailing whose state does not allow it."""


class NotReady(CampaignsError):
    """The preflight has red findings; `findings` lists them."""

    def __init__(self, sentence: str, findings: tuple = ()):
        super().__init__(sentence)
        self.findings = findings


class OwnApproval(CampaignsError):
    """An author tried to approve the author's own mailing."""


class UnknownMergeField(CampaignsError):
    """A text uses a merge field that does not exist; the sentence names the known ones."""


class TransportMisconfigured(CampaignsError):
    """The settings name a transport that cannot work; the sentence says what to set."""
