"""What the tests of campaigns share: an outbox of their own."""

import pytest

from campaigns.transports.outbox import Outbox


@pytest.fixture
def outbox(settings, tmp_path):
    """An empty outbox that may be browsed, and no real way out for mail."""
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.OUTBOX_PUBLIC = True
    settings.EMAIL_HOST = settings.MAILJET_API_KEY = ""
    settings.MAILING_BATCHES_PER_SECOND = 1000
    return Outbox()
