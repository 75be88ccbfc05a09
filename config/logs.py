"""What must never stand in a log."""

import logging
import re

_LINK = re.compile(r"/s/[A-Za-z0-9-]{8,}")


class WithoutInvitationLinks(logging.Filter):
    """Replaces the secret of a survey invitation's link: whoever has it can answer with it.

    It also keeps the moment a link was opened from being told about a certain invitation.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, without secrets."""
        message = record.getMessage()
        if "/s/" in message:
            record.msg, record.args = _LINK.sub("/s/…", message), None
        return True
