"""The respondent's secret, its one-way hashes, and what its receipt code can do: withdraw."""

import hashlib
import hmac
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from indicators.wakeups import wake
from surveys.errors import UnknownReceipt
from surveys.models import InvitedResponse, QualityFlag, Response, Wave
from surveys.questionnaire.definition import NOT_ASKED
from surveys.services.quotas import keep_places_of_withdrawn
from surveys.wording import Wording

# No 0/O, 1/I/L, U: a receipt is copied by hand.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_RECEIPT_LENGTH = 12


def hash_of(purpose: str, wave: Wave, secret: str) -> str:
    """A one-way hash of a respondent's secret; another purpose gives an unrelated one."""
    return hashlib.sha256(f"{purpose}:{wave.token}:{secret}".encode()).hexdigest()


def receipt_code(wave: Wave, secret: str) -> str:
    """The code that lets a respondent withdraw, such as K7QF-2M9X-4TRB.

    It follows from the secret, so that the second click of a double click, whose answer is the
    one the browser shows, gets the same code. Without the secret nobody can compute it.
    """
    digest = hmac.new(
        settings.SECRET_KEY.encode(), f"receipt:{wave.token}:{secret}".encode(), hashlib.sha256
    ).digest()
    number = int.from_bytes(digest, "big")
    letters = []
    for _position in range(_RECEIPT_LENGTH):
        number, index = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[index])
    text = "".join(letters)
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def receipt_hash(wave: Wave, code: str) -> str:
    """The hash under which a response keeps its receipt; spelling and dashes do not matter."""
    plain = "".join(character for character in code.upper() if character in _ALPHABET)
    return hash_of("receipt", wave, plain)


def known_receipt(wave: Wave, secret: str) -> str:
    """The receipt code that follows from `secret` if a response has it, else ""."""
    if not secret:
        return ""
    code = receipt_code(wave, secret)
    has_it = Response.objects.filter(wave=wave, receipt_hash=receipt_hash(wave, code)).exists()
    return code if has_it else ""


def mark_stale(*, wave: Wave, at: datetime, is_marked: bool = False) -> None:
    """Say that the wave's figures are older than its responses, and wake the publisher.

    Marked inside the transaction, so that a crash forgets nothing, and once more after the
    commit: a publisher that took the mark between our write and our commit has not seen the row.
    `is_marked` says that the transaction has found the mark there.
    """

    def mark() -> None:
        # Of a thousand responses between two publishings one marks, and one wakes.
        if Wave.objects.filter(pk=wave.pk, stale_at__isnull=True).update(stale_at=at):
            wake("surveys.publish_stale")

    if not is_marked:
        mark()
    transaction.on_commit(mark, robust=True)


def is_over_quota(*, wave: Wave, code: str) -> bool:
    """Whether the response with this receipt came after its group was complete."""
    return Response.objects.filter(
        wave=wave, state=Response.State.OVER_QUOTA, receipt_hash=receipt_hash(wave, code)
    ).exists()


def thanks_text(*, wave: Wave, code: str, language: str) -> str:
    """The questionnaire's own thanks, with the answers of whoever holds this receipt put in."""
    definition = wave.questionnaire.definition
    text = definition.text(definition.thanks, language)
    if "${" not in text:
        return text
    answers = (
        Response.objects.filter(wave=wave, receipt_hash=receipt_hash(wave, code))
        .values_list("answers", flat=True)
        .first()
    ) or {}
    asked = frozenset(code for code, value in answers.items() if value != NOT_ASKED)
    return Wording(definition, language, answers, asked).text(definition.thanks)


@transaction.atomic
def withdraw(*, wave: Wave, code: str, at: datetime) -> None:
    """Delete the answers of the response with this receipt code; the row remains as withdrawn.

    It works until the wave's identities are removed, open or closed; figures follow. A place in a
    quota stays taken, see `services.quotas`. Raises `UnknownReceipt` if there is no such response,
    or if it was withdrawn before.
    """
    changed = (
        Response.objects.select_for_update(of=["self"])
        .select_related("wave", "questionnaire")
        .filter(wave=wave, receipt_hash=receipt_hash(wave, code))
        .exclude(state=Response.State.WITHDRAWN)
        .first()
    )
    if changed is None:
        raise UnknownReceipt(
            _("No answers with the code %(code)s were found in this survey. Please check it.")
            % {"code": code[:40]}
        )
    keep_places_of_withdrawn(response=changed)
    InvitedResponse.objects.filter(response=changed).delete()
    # The response before its flags, as everywhere: two writers in one order never block each other.
    Response.objects.filter(pk=changed.pk).update(
        state=Response.State.WITHDRAWN,
        answers={},
        paradata={},
        shown_order={},
        area="",
        cell="",
        device="",
        seconds=None,
        quota="",
        receipt_hash=None,
    )
    QualityFlag.objects.filter(response=changed).delete()
    mark_stale(wave=wave, at=at)
