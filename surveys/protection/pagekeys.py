"""The signed key in every page's form: whose page it is, and when it was shown.

It stops forms made elsewhere and tells how long a page took. That a questionnaire is handed in
only once is kept by `PageKey`, whose hash follows from the respondent's secret: one key for every
click, reload and tab.
"""

from datetime import datetime

from django.core import signing
from django.utils.translation import gettext as _

from surveys.errors import ForeignPageKey
from surveys.models import Wave
from surveys.services import hash_of

_SALT = "surveys.page"
_LONGEST = 30 * 24 * 3600


def sign(*, wave: Wave, secret: str, page: str, at: datetime) -> str:
    """A key for one page of one respondent, shown at `at`."""
    return signing.dumps(
        [hash_of("key", wave, secret)[:16], page, int(at.timestamp() * 10)], salt=_SALT
    )


def seconds_since(key: str, *, wave: Wave, secret: str, page: str, at: datetime) -> float:
    """How long the page was open, in seconds.

    Raises `ForeignPageKey` for a key that is not ours, of another respondent or another page.
    """
    try:
        owner, key_page, shown_at = signing.loads(key, salt=_SALT, max_age=_LONGEST)
    except (signing.BadSignature, ValueError, TypeError):
        owner = key_page = shown_at = None
    if owner != hash_of("key", wave, secret)[:16] or key_page != page:
        raise ForeignPageKey(
            _("This page is too old or was not made for you. Open the survey again to go on.")
        )
    return max(0.0, at.timestamp() - shown_at / 10)
