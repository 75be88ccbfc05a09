"""The local outbox: every message is one file that a page can show.

It is the way out for mail when neither an SMTP server nor Mailjet is configured. Messages are
kept in the standard message format, so any mail program opens them too. A file appears whole or
not at all: it is written under another name and then linked, and linking refuses a name that is
taken. That refusal is what makes a second copy of the same delivery impossible here.
"""

import contextlib
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

from campaigns.errors import OutboxUnavailable
from campaigns.transports.messages import Message, Result, as_email

NAME = re.compile(r"[A-Za-z0-9_-]{8,80}\Z")
HEADER_BYTES = 16_384


@dataclass(frozen=True)
class Entry:
    """One message as a list shows it. `written_at` is the time of the file, in UTC."""

    name: str
    subject: str
    to: str
    sender: str
    written_at: datetime


class Outbox:
    """A folder of messages, one file each, named `<name>.eml`."""

    def __init__(self, directory: Path | str | None = None):
        self.directory = Path(directory or settings.OUTBOX_DIR)

    def write(self, name: str, content: bytes) -> bool:
        """Store `content` under `name`. Return False, changing nothing, if the name is taken.

        Raises OutboxUnavailable when the folder cannot be written.
        """
        if not NAME.match(name):
            raise ValueError(
                f"The outbox cannot store {name!r}. A name has 8 to 80 letters, digits, dashes "
                "or underscores."
            )
        partial = self.directory / f".{secrets.token_hex(8)}.part"
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            with partial.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            # Not rename(): it would replace a message that is already there.
            os.link(partial, self._path(name))
        except FileExistsError:
            return False
        except OSError as error:
            raise OutboxUnavailable(
                f"The outbox folder {str(self.directory)!r} cannot be written "
                f"({error.strerror}). Make it writable or set OUTBOX_DIR to another folder."
            ) from error
        finally:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
        return True

    def holds(self, name: str) -> bool:
        """Return whether a message of this name was written."""
        return bool(NAME.match(name)) and self._path(name).is_file()

    def names(self) -> list[str]:
        """Return the names of all messages, the newest first."""
        try:
            with os.scandir(self.directory) as files:
                found = [
                    (file.stat().st_mtime_ns, file.name[:-4])
                    for file in files
                    if file.name.endswith(".eml") and NAME.match(file.name[:-4])
                ]
        except FileNotFoundError:
            return []
        return [name for _, name in sorted(found, reverse=True)]

    def entries(self, names: list[str]) -> list[Entry]:
        """Return what a list shows of each of `names`; a message deleted meanwhile is left out."""
        return [entry for name in names if (entry := self._entry(name))]

    def read(self, name: str) -> EmailMessage | None:
        """Return the parsed message, or None if there is none of this name."""
        if not NAME.match(name):
            return None
        try:
            return message_from_bytes(self._path(name).read_bytes(), policy=policy.default)
        except FileNotFoundError:
            return None

    def raw(self, name: str) -> bytes | None:
        """Return the message as it was stored, or None."""
        if not NAME.match(name):
            return None
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None

    def _path(self, name: str) -> Path:
        return self.directory / f"{name}.eml"

    def _entry(self, name: str) -> Entry | None:
        try:
            with self._path(name).open("rb") as file:
                head = file.read(HEADER_BYTES)
                written = os.fstat(file.fileno()).st_mtime
        except FileNotFoundError:
            return None
        headers = BytesHeaderParser(policy=policy.default).parsebytes(head)
        return Entry(
            name=name,
            subject=header_text(headers, "Subject"),
            to=header_text(headers, "To"),
            sender=header_text(headers, "From"),
            written_at=datetime.fromtimestamp(written, tz=UTC),
        )


def header_text(message, name: str) -> str:
    """Return a header as text, also when it cannot be decoded as its standard asks."""
    try:
        return str(message.get(name, ""))
    except (ValueError, LookupError, IndexError, AttributeError):
        # The standard library's parser raises these for malformed headers.
        return "?"


def attachments(message: EmailMessage) -> Iterator[tuple[str, str, bytes]]:
    """Yield (file name, content type, content) of every attachment, in order."""
    for number, part in enumerate(message.iter_attachments(), start=1):
        content = part.get_payload(decode=True) or b""
        yield part.get_filename() or f"attachment-{number}", part.get_content_type(), content


class EmailBackend(BaseEmailBackend):
    """Django's transactional mail into the local outbox."""

    def send_messages(self, email_messages) -> int:
        """Store each message; return how many were stored."""
        outbox = Outbox()
        stored = 0
        for email in email_messages or []:
            if not email.recipients():
                continue
            try:
                outbox.write(secrets.token_urlsafe(12), email.message().as_bytes(linesep="\r\n"))
            except OutboxUnavailable:
                if not self.fail_silently:
                    raise
            else:
                stored += 1
        return stored


class OutboxTransport:
    """Mailings into the local outbox: one file per delivery id, so a copy cannot double."""

    name = "outbox"
    can_query = True
    can_deduplicate = True
    lease_seconds = 20
    settles_after = 0

    def __init__(self, outbox: Outbox | None = None):
        self.outbox = outbox or Outbox()

    def submit(self, messages: Sequence[Message], *, group: str) -> list[Result]:
        """Write each message; one that is already there counts as accepted."""
        del group
        return [self._write(message) for message in messages]

    def query(self, delivery_ids: Sequence[str]) -> dict[str, Result]:
        """Return the ids whose file is there."""
        names = {each: _file_name(each) for each in delivery_ids}
        return {
            each: Result("accepted", provider_message_id=name)
            for each, name in names.items()
            if self.outbox.holds(name)
        }

    def _write(self, message: Message) -> Result:
        name = _file_name(message.delivery_id)
        content = as_email(message, at=datetime.now(tz=UTC)).as_bytes()
        try:
            self.outbox.write(name, content)
        except OutboxUnavailable as error:
            return Result("not_sent", code="outbox", sentence=str(error), retry_after=30)
        return Result("accepted", provider_message_id=name)


def _file_name(delivery_id: str) -> str:
    return f"delivery-{delivery_id}"
