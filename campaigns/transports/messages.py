"""What the engine hands to a transport and what it gets back."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal, Protocol

Outcome = Literal["accepted", "rejected", "not_sent", "unknown"]
LINE_BREAKS = re.compile(r"[\r\n\x00-\x1f\x7f]+")
MAX_SUBJECT = 255


@dataclass(frozen=True)
class Message:
    """One rendered copy. `delivery_id` is the same on every attempt."""

    delivery_id: str
    to_address: str
    to_name: str
    from_address: str
    from_name: str
    subject: str
    text: str
    html: str
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    campaign: str = ""

    def __post_init__(self):
        for name in ("to_name", "from_name", "subject"):
            object.__setattr__(self, name, one_line(getattr(self, name)))
        object.__setattr__(self, "subject", self.subject[:MAX_SUBJECT])
        for text in (self.to_address, self.from_address, self.reply_to, *self.headers.values()):
            if LINE_BREAKS.search(text):
                raise ValueError(
                    f"A header of the copy {self.delivery_id!r} contains a line break. "
                    "Remove it from the address or the header."
                )


@dataclass(frozen=True)
class Result:
    """What became of one message.

    `accepted`: the transport took it (`provider_message_id`). `rejected`: it never will
    (`code`, `sentence`). `not_sent`: provably not taken, may be tried again after `retry_after`
    seconds; `holds` says that trying again is useless until a person acted. `unknown`: nobody can
    tell yet.
    """

    outcome: Outcome
    provider_message_id: str = ""
    code: str = ""
    sentence: str = ""
    retry_after: int = 0
    holds: bool = False
    http_status: int | None = None


class Transport(Protocol):
    """A way out for mailings."""

    name: str
    can_query: bool
    """Whether the transport can be asked what happened to an id."""
    can_deduplicate: bool
    """Whether the transport itself refuses a second copy of the same id or address."""

    lease_seconds: int
    """How long a batch may be in one process's hands; longer than the slowest call."""
    settles_after: int
    """Seconds until a question about a message is answered reliably; 0 if at once."""

    def submit(self, messages: Sequence[Message], *, group: str) -> list[Result]:
        """Hand over 1 to 50 messages; one result each, in the same order; never retries."""

    def query(self, delivery_ids: Sequence[str]) -> dict[str, Result]:
        """Return what is known of those ids; an id that was never seen is left out.

        Raises ConnectionError when the transport cannot be asked now.
        """


def one_line(text: str) -> str:
    """Return `text` without line breaks and control characters: a header is one line."""
    return LINE_BREAKS.sub(" ", text).strip()


def payload_digest(messages: Sequence[Message]) -> str:
    """Return the SHA-256 over everything that is handed over."""
    digest = hashlib.sha256()
    for message in messages:
        for part in (message.delivery_id, message.to_address, message.subject, message.text):
            digest.update(part.encode())
            digest.update(b"\0")
        digest.update(message.html.encode())
    return digest.hexdigest()


def split_sender(text: str) -> tuple[str, str]:
    """Return (name, address) of a sender such as `Suara <suara@example.org>`."""
    return parseaddr(text)


def as_email(message: Message, *, at) -> EmailMessage:
    """Return the copy in the standard message format, with its text and HTML parts."""
    email = EmailMessage(policy=SMTP)
    email["From"] = _address(message.from_name, message.from_address)
    email["To"] = _address(message.to_name, message.to_address)
    if message.reply_to:
        email["Reply-To"] = message.reply_to
    email["Subject"] = message.subject
    email["Date"] = format_datetime(at)
    domain = message.from_address.rpartition("@")[2] or "localhost"
    email["Message-ID"] = f"<{message.delivery_id}@{domain}>"
    for name, value in message.headers.items():
        email[name] = value
    email.set_content(message.text, cte="quoted-printable")
    email.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return email


def _address(name: str, address: str) -> Address | str:
    try:
        return Address(display_name=name, addr_spec=address)
    except (ValueError, IndexError):
        # An address the standard library's parser does not know is the server's to judge.
        return address
