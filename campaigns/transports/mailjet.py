"""Mailings through Mailjet's Send API v3.1.

Three facts shape this module. The official client retries a hanging POST by itself, which would
send the same fifty messages four times, so a no-retry adapter is mounted. A partly accepted batch
is answered with HTTP 400, so the body is read before the status is judged. And `CustomCampaign`
with `DeduplicateCampaign` is the provider's own guard against a second copy to an address.
"""

from collections.abc import Sequence

from django.conf import settings
from mailjet_rest import Client
from mailjet_rest.errors import ApiError
from mailjet_rest.utils.guardrails import SecureHTTPAdapter
from requests.exceptions import ConnectTimeout, RequestException
from urllib3.exceptions import MaxRetryError, NewConnectionError
from urllib3.util.retry import Retry

from campaigns.errors import TransportMisconfigured
from campaigns.transports.messages import Message, Result

CONNECT_SECONDS = 5
READ_SECONDS = 60
RETRY_AFTER = 30
RETRY_AFTER_LIMIT = 3600
NO_RETRY = {"total": 0, "connect": 0, "read": False, "redirect": 0, "status": 0, "other": 0}

ADDRESS_CODES = {"mj-0013"}
SENTENCES = {
    "mj-0013": "The address is not valid.",
    "mj-0001": "The Mailjet key is suspended.",
    "mj-0015": "Mailjet refused the key. Check MAILJET_API_KEY and MAILJET_API_SECRET.",
    "mj-0011": "The batch is too large for Mailjet. Shorten the text.",
    "send-0006": "Mailjet does not allow this sender. Activate it in the Mailjet account.",
    "send-0007": "Mailjet does not allow this sender. Activate it in the Mailjet account.",
    "send-0008": "Mailjet does not allow this sender. Activate it in the Mailjet account.",
}
UNKNOWN = "Mailjet did not answer in time or its answer was lost. It will be asked what arrived."


class MailjetTransport:
    """One client for sending (v3.1) and one for everything else (v3); not for sharing."""

    name = "mailjet"
    can_query = True
    can_deduplicate = True
    lease_seconds = 180
    settles_after = 60

    def __init__(
        self,
        key: str,
        secret: str,
        *,
        api_url: str,
        timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    ):
        self._send = _client(key, secret, version="v3.1", api_url=api_url, timeout=timeout)
        self._rest = _client(key, secret, version="v3", api_url=api_url, timeout=timeout)

    @classmethod
    def from_settings(cls) -> "MailjetTransport":
        """Return the transport for the configured account.

        Raises TransportMisconfigured when the secret is missing or the address is not Mailjet's.
        """
        if not settings.MAILJET_API_SECRET:
            raise TransportMisconfigured(
                "MAILJET_API_KEY is set but MAILJET_API_SECRET is not. Set both."
            )
        try:
            return cls(
                settings.MAILJET_API_KEY,
                settings.MAILJET_API_SECRET,
                api_url=settings.MAILJET_API_URL,
            )
        except ValueError as error:
            raise TransportMisconfigured(
                f"MAILJET_API_URL is {settings.MAILJET_API_URL!r}, which the Mailjet client "
                f"refuses ({error}). Use https://api.mailjet.com."
            ) from error

    def submit(self, messages: Sequence[Message], *, group: str) -> list[Result]:
        """Post once. `group` is the idempotency key, the same for one set of messages."""
        try:
            response = self._send.send.create(
                data={
                    "Messages": [_message(message) for message in messages],
                    "AdvanceErrorHandling": True,
                },
                headers={"Idempotency-Key": group},
                allow_redirects=False,
            )
        except ApiError as error:
            return _from_error(error, messages)
        return _from_body(response, response.status_code, messages)

    def query(self, delivery_ids: Sequence[str]) -> dict[str, Result]:
        """Ask Mailjet for each id. Raises ConnectionError when it does not answer properly."""
        found: dict[str, Result] = {}
        for delivery_id in delivery_ids:
            try:
                response = self._rest.message.get(
                    filters={"CustomID": delivery_id}, allow_redirects=False
                )
                rows = response.json().get("Data", [])
            except (ApiError, ValueError, AttributeError) as error:
                raise ConnectionError(
                    "Mailjet cannot be asked now which messages it took."
                ) from error
            if rows:
                found[delivery_id] = Result(
                    "accepted", provider_message_id=str(rows[0].get("ID", ""))
                )
        return found

    def close(self) -> None:
        """Drop both clients' connections."""
        self._send.close()
        self._rest.close()


def _client(key: str, secret: str, *, version: str, api_url: str, timeout) -> Client:
    client = Client(auth=(key, secret), version=version, api_url=api_url, timeout=timeout)
    client.session.mount(
        "https://",
        SecureHTTPAdapter(pool_connections=2, pool_maxsize=2, max_retries=Retry(**NO_RETRY)),
    )
    return client


def _message(message: Message) -> dict:
    document = {
        "From": {"Email": message.from_address, "Name": message.from_name},
        "To": [{"Email": message.to_address, "Name": message.to_name}],
        "Subject": message.subject,
        "TextPart": message.text,
        "HTMLPart": message.html,
        "CustomID": message.delivery_id,
        "Headers": dict(message.headers),
        "TrackOpens": "disabled",
        "TrackClicks": "disabled",
    }
    if message.campaign:
        document |= {"CustomCampaign": message.campaign, "DeduplicateCampaign": True}
    if message.reply_to:
        document["ReplyTo"] = {"Email": message.reply_to}
    return document


def _from_error(error: ApiError, messages: Sequence[Message]) -> list[Result]:
    """Read what a failed call proves. Never shows the exception's text: it holds addresses."""
    cause = error.__cause__
    response = getattr(cause, "response", None)
    status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    if response is None or status is None:
        if _never_connected(cause):
            return _all(
                messages,
                Result(
                    "not_sent",
                    code="connection",
                    sentence="Mailjet cannot be reached.",
                    retry_after=RETRY_AFTER,
                ),
            )
        return _all(messages, Result("unknown", code="network", sentence=UNKNOWN))
    return _from_body(response, status, messages)


def _from_body(response, status: int, messages: Sequence[Message]) -> list[Result]:
    try:
        body = response.json()
    except ValueError:
        body = None
    entries = body.get("Messages") if isinstance(body, dict) else None
    if status < 500 and isinstance(entries, list) and len(entries) == len(messages):
        return [
            _entry(entry, message, status) for entry, message in zip(entries, messages, strict=True)
        ]
    if status == 429:
        return _all(messages, _throttled(response))
    if 400 <= status < 500 and entries is None:
        code = str(body.get("ErrorCode", "")) if isinstance(body, dict) else ""
        if not code and status in (401, 403):
            code = "mj-0015"
        sentence = SENTENCES.get(code, f"Mailjet refused the batch with status {status}.")
        return _all(
            messages,
            Result(
                "not_sent",
                code=code or str(status),
                sentence=sentence,
                holds=True,
                http_status=status,
            ),
        )
    return _all(messages, Result("unknown", code=str(status), sentence=UNKNOWN, http_status=status))


def _entry(entry, message: Message, status: int) -> Result:
    if not isinstance(entry, dict) or entry.get("CustomID", message.delivery_id) not in (
        message.delivery_id,
        "",
    ):
        return Result("unknown", code="order", sentence=UNKNOWN, http_status=status)
    if entry.get("Status") == "success":
        to = entry.get("To") or [{}]
        return Result(
            "accepted",
            provider_message_id=str(to[0].get("MessageID", "")),
            http_status=status,
        )
    errors = entry.get("Errors") or [{}]
    code = str(errors[0].get("ErrorCode", "")) or "error"
    sentence = SENTENCES.get(code, f"Mailjet refused this message with code {code}.")
    if code in ADDRESS_CODES:
        return Result("rejected", code=code, sentence=sentence, http_status=status)
    # Everything else is about the sender, the text or us: it would hit every message the same.
    return Result("not_sent", code=code, sentence=sentence, holds=True, http_status=status)


def _throttled(response) -> Result:
    try:
        wait = int(response.headers.get("Retry-After", RETRY_AFTER))
    except (TypeError, ValueError):
        wait = RETRY_AFTER
    return Result(
        "not_sent",
        code="429",
        sentence="Mailjet asked to slow down.",
        retry_after=min(max(wait, 1), RETRY_AFTER_LIMIT),
        http_status=429,
    )


def _never_connected(cause) -> bool:
    """Whether the failure proves that no connection was made, so nothing can have arrived."""
    if isinstance(cause, ConnectTimeout):
        return True
    if not isinstance(cause, RequestException) or not cause.args:
        return False
    reason = cause.args[0]
    if isinstance(reason, MaxRetryError):
        reason = reason.reason
    if isinstance(reason, NewConnectionError):
        return True
    return "CERTIFICATE_VERIFY_FAILED" in str(reason)


def _all(messages: Sequence[Message], result: Result) -> list[Result]:
    return [result] * len(messages)
