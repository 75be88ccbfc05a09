"""Telling a form that says something new from one that was sent again or overtaken on its way."""

import hashlib
from typing import Any, NamedTuple

from django.http import QueryDict

from surveys.answers import whole_number

# Where the paradata of an unfinished response remember the last form kept of each page.
SENT = "sent"


class SentForm(NamedTuple):
    """What tells one posted form from another: the page's key, its turn, a digest of it all.

    `turn` counts what the script of one page has sent; 0 without a script.
    """

    key: str
    turn: int
    digest: str

    @classmethod
    def read(cls, posted: QueryDict) -> "SentForm":
        # The token against forgery differs each time and says nothing about the answers.
        fields = sorted(pair for pair in posted.lists() if pair[0] != "csrfmiddlewaretoken")
        text = repr(fields).encode("utf-8", "surrogatepass")
        return cls(
            hashlib.sha256(posted.get("key", "").encode("utf-8", "replace")).hexdigest()[:12],
            min(whole_number(posted.get("turn", "")) or 0, 10**6),
            hashlib.sha256(text).hexdigest()[:16],
        )

    def is_news_after(self, earlier: list[Any] | None) -> bool:
        """Whether this form still has something to say once `earlier` was kept."""
        if not earlier or self.key != earlier[0]:
            return True
        is_overtaken = 0 < self.turn < earlier[1]
        return not is_overtaken and self.digest != earlier[2]
