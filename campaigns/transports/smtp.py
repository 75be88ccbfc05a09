"""Mailings through an SMTP server: one connection, message by message.

SMTP has no way to ask later what happened. A connection lost after a message's final dot leaves
that message unknown for good: it stays visible and a person decides.
"""

import smtplib
from collections.abc import Sequence
from datetime import UTC, datetime

from django.core.mail import get_connection

from campaigns.transports.messages import Message, Result, as_email

RETRY_AFTER = 60


class SmtpTransport:
    name = "smtp"
    can_query = False
    can_deduplicate = False
    # Fifty messages, each of which may take the time-out of a minute.
    lease_seconds = 3_900
    settles_after = 60

    def submit(self, messages: Sequence[Message], *, group: str) -> list[Result]:
        """Send each message once over one connection."""
        del group
        backend = get_connection("django.core.mail.backends.smtp.EmailBackend", timeout=60)
        try:
            backend.open()
        except smtplib.SMTPAuthenticationError as error:
            return [_refused(error.smtp_code, holds=True)] * len(messages)
        except (OSError, smtplib.SMTPException) as error:
            return [_not_sent(f"The mail server cannot be reached ({error}).")] * len(messages)
        results: list[Result] = []
        try:
            for message in messages:
                result = self._send(backend.connection, message)
                results.append(result)
                if result.outcome == "unknown":
                    break
        finally:
            backend.close()
        lost = _not_sent("The connection to the mail server was lost before this message.")
        return results + [lost] * (len(messages) - len(results))

    def query(self, delivery_ids: Sequence[str]) -> dict[str, Result]:
        """SMTP cannot be asked."""
        return {}

    def _send(self, connection: smtplib.SMTP, message: Message) -> Result:
        email = as_email(message, at=datetime.now(tz=UTC))
        try:
            connection.send_message(
                email, from_addr=message.from_address, to_addrs=[message.to_address]
            )
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = next(iter(error.recipients.values()), (550, b""))
            return _refused(code) if code < 500 else _rejected(code)
        except smtplib.SMTPSenderRefused as error:
            return _refused(error.smtp_code, holds=error.smtp_code >= 500)
        except smtplib.SMTPDataError as error:
            return (
                _refused(error.smtp_code) if error.smtp_code < 500 else _rejected(error.smtp_code)
            )
        except (OSError, smtplib.SMTPException):
            return Result(
                "unknown",
                code="lost",
                sentence="The connection was lost while this message was being handed over.",
            )
        return Result("accepted", provider_message_id=str(email["Message-ID"]))


def _not_sent(sentence: str) -> Result:
    return Result("not_sent", code="smtp", sentence=sentence, retry_after=RETRY_AFTER)


def _refused(code: int, *, holds: bool = False) -> Result:
    return Result(
        "not_sent",
        code=str(code),
        sentence=f"The mail server refused for now with code {code}.",
        retry_after=RETRY_AFTER,
        holds=holds,
        http_status=None,
    )


def _rejected(code: int) -> Result:
    return Result(
        "rejected", code=str(code), sentence=f"The mail server refused this address ({code})."
    )
