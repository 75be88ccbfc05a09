"""The secret in an invitation's link, and the hash under which the database knows it.

The secret follows from a key of the server and the invitation's random token: the same link can
travel in the invitation, in a reminder and on a printed list, and is stored nowhere. The database
holds the token and the hash; without the key neither leads to the link, and the hash of the link
is not the one under which unfinished answers are found.
"""

import hashlib
import hmac
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from surveys.errors import InvitationKeyChanged
from surveys.models import SurveyInvitation

# Crockford's base 32: no I, L, O, U. A link may be typed from paper.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 24  # of 5 bits: 120 bits
_LOOKALIKES = str.maketrans({"o": "0", "i": "1", "l": "1", "-": "", " ": "", "\u2011": ""})
# Marks a respondent's secret that comes from an invitation; random ones never have a dot.
MARK = "i."


def is_invited(secret: str) -> bool:
    """Whether this respondent's secret comes from an invitation's link."""
    return secret.startswith(MARK)


def secret_of(invitation: SurveyInvitation) -> str:
    """The secret of this invitation's link, as the rest of `surveys` uses it.

    Raises `InvitationKeyChanged` when the server's key is not the one it was made with.
    """
    secret = _secret(invitation.token)
    if link_hash(secret) != invitation.link_hash:
        raise InvitationKeyChanged(
            _(
                "The key that makes survey links has changed since this invitation was made. Set "
                "INVITATION_KEY to its earlier value, or make new links for this wave."
            )
        )
    return secret


def hash_for(token: str) -> str:
    """The hash to store for an invitation with this token."""
    return link_hash(_secret(token))


def link_hash(secret: str) -> str:
    """The one-way hash that finds an invitation."""
    return hashlib.sha256(f"link:{secret}".encode()).hexdigest()


def read(text: str) -> str:
    """The secret that somebody's address or typing means, or "" if it cannot be one."""
    plain = text.strip().lower().translate(_LOOKALIKES)
    if len(plain) != LENGTH or not set(plain) <= set(ALPHABET):
        return ""
    return MARK + plain


def address(secret: str) -> str:
    """The whole address that opens an invitation."""
    path = reverse("survey_invitation", args=[secret.removeprefix(MARK)])
    return urljoin(settings.PUBLIC_URL + "/", path)


def _secret(token: str) -> str:
    number = int.from_bytes(hmac.digest(_key(), f"link:{token}".encode(), "sha256"), "big")
    letters = []
    for _position in range(LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return MARK + "".join(letters)


def _key() -> bytes:
    if settings.INVITATION_KEY:
        return settings.INVITATION_KEY.encode()
    return hmac.digest(settings.SECRET_KEY.encode(), b"surveys.invitations", "sha256")
