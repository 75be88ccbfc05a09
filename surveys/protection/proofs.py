"""Proof of work on open links, in ALTCHA's second protocol (the `altcha` package, MIT).

The browser derives keys until it finds the one that starts as the challenge says; a phone does so
beside the first page, unnoticed, and each further hand-in costs whoever sends them by the thousand
computing time. A challenge names the respondent it was made for, so one proof serves one
questionnaire; that it is not used twice is also kept in a cache of all processes, as the last thing
looked at, so that nothing else that fails spends it.
"""

import base64
import json
import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any

import altcha
from django.conf import settings
from django.core.cache import caches
from django.utils.crypto import salted_hmac

LIFETIME = 3600
# Rounds of one derivation: about a millisecond of a computer, four to ten of a phone.
ROUNDS = 5000
# Derivations needed at most, by how crowded the network is; half of them at least.
TRIES = (60, 240, 1000, 4000)
LONGEST = 4000
_ALGORITHM = "PBKDF2/SHA-256"


class Verdict(StrEnum):
    """What a proof is worth."""

    ACCEPTED = "accepted"
    EXPIRED = "expired"
    SPENT = "spent"
    REFUSED = "refused"


def _secret(purpose: str) -> bytes:
    return salted_hmac(f"surveys.proofs.{purpose}", "", secret=settings.SECRET_KEY).digest()


def challenge(*, owner: str, crowd: int, at: datetime) -> dict[str, Any]:
    """A challenge for one respondent, as ALTCHA's clients read it."""
    most = TRIES[min(crowd, len(TRIES) - 1)]
    made = altcha.create_challenge(
        _ALGORITHM,
        ROUNDS,
        counter=most // 2 + secrets.randbelow(most // 2),
        expires_at=int(at.timestamp()) + LIFETIME,
        data={"for": owner},
        hmac_secret=_secret("challenge"),
        hmac_key_secret=_secret("key"),
    )
    return made.to_dict()


def verify(payload: str, *, owner: str, at: datetime) -> Verdict:
    """Judge what a browser sent, and spend it when it is good.

    Malformed, unsigned or foreign proofs are REFUSED; nothing raises.
    """
    proof = _read(payload)
    if proof is None:
        return Verdict.REFUSED
    parameters = proof.challenge.parameters
    result = altcha.verify_solution(proof, _secret("challenge"), hmac_key_secret=_secret("key"))
    if result.expired or (result.verified and parameters.expires_at < at.timestamp()):
        return Verdict.EXPIRED
    if not result.verified or (parameters.data or {}).get("for") != owner:
        return Verdict.REFUSED
    if not caches["guard"].add(f"survey-proof:{proof.challenge.signature}", 1, LIFETIME):
        return Verdict.SPENT
    return Verdict.ACCEPTED


def _read(payload: str) -> altcha.Payload | None:
    """The proof in a form's field, every part of it of the type that the library expects."""
    if len(payload) > LONGEST:
        return None
    try:
        proof = altcha.Payload.from_dict(json.loads(base64.b64decode(payload, validate=True)))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    texts = (proof.challenge.signature, proof.solution.derived_key)
    if not all(isinstance(text, str) and text.isascii() for text in texts):
        return None
    return proof
