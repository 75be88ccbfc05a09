"""Ways out for mail: a local outbox, an SMTP server, Mailjet. Settings alone choose between them.

Nothing else imports a provider's client. A transport submits what it is given once, answers for
every message, and never tries again by itself: trying again is the engine's decision, because
only the ledger knows what may already have arrived.
"""

from django.conf import settings

from campaigns.transports.messages import Message, Result, Transport

__all__ = ["Message", "Result", "Transport", "configured_transport"]


def configured_transport() -> Transport:
    """Return the transport that the settings ask for: Mailjet, else SMTP, else the outbox.

    Raises TransportMisconfigured with the setting that is missing.
    """
    if settings.MAILJET_API_KEY:
        from campaigns.transports.mailjet import MailjetTransport

        return MailjetTransport.from_settings()
    if settings.EMAIL_HOST:
        from campaigns.transports.smtp import SmtpTransport

        return SmtpTransport()
    from campaigns.transports.outbox import OutboxTransport

    return OutboxTransport()
