"""The first-party cookies of a respondent, each bound to one wave's pages.

The secret resumes unfinished answers; of somebody invited it is the secret of the link, and a
second one, random and known to nobody else, makes the receipt; "answered" says that this browser is done; the receipt is
kept for ten minutes so that the thanks page survives a reload. None follows anybody elsewhere.
"""

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from surveys.models import Wave
from surveys.protection import links

_SALT = "surveys.respondent"
_MONTH = 30 * 24 * 3600
_YEAR = 365 * 24 * 3600
_TEN_MINUTES = 600


def _name(kind: str, wave: Wave) -> str:
    return f"suara-{kind}-{wave.token[:10]}"


def _read(request: HttpRequest, kind: str, wave: Wave, max_age: int) -> str:
    value = request.get_signed_cookie(
        _name(kind, wave), default="", salt=f"{_SALT}.{kind}.{wave.token}", max_age=max_age
    )
    return value or ""


def _write(response: HttpResponse, kind: str, wave: Wave, value: str, max_age: int) -> None:
    response.set_signed_cookie(
        _name(kind, wave),
        value,
        salt=f"{_SALT}.{kind}.{wave.token}",
        max_age=max_age,
        path=reverse("surveys:wave", args=[wave.slug]),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def new_secret() -> str:
    """A random secret of 160 bits for a respondent."""
    return secrets.token_urlsafe(20)


def secret(request: HttpRequest, wave: Wave) -> str:
    """The respondent's secret, or "" where there is none or it was tampered with."""
    return _read(request, "r", wave, _MONTH)


def keep_secret(response: HttpResponse, wave: Wave, value: str) -> None:
    _write(response, "r", wave, value, _MONTH)


def forget_secret(response: HttpResponse, wave: Wave) -> None:
    response.delete_cookie(
        _name("r", wave), path=reverse("surveys:wave", args=[wave.slug]), samesite="Lax"
    )


def receipt_secret(request: HttpRequest, wave: Wave) -> str:
    """What this browser's receipt follows from."""
    own = secret(request, wave)
    return _read(request, "n", wave, _MONTH) if links.is_invited(own) else own


def keep_invited(request: HttpRequest, response: HttpResponse, wave: Wave, value: str) -> None:
    """Remember the secret of an invitation's link.

    Whoever used this browser before is forgotten: a telephone may have several owners.
    """
    if secret(request, wave) != value or not _read(request, "n", wave, _MONTH):
        _write(response, "n", wave, new_secret(), _MONTH)
        forget_answered(response, wave)
    keep_secret(response, wave, value)


def has_answered(request: HttpRequest, wave: Wave) -> bool:
    """Whether this browser has handed in answers to this wave."""
    return _read(request, "a", wave, _YEAR) == "1"


def keep_answered(response: HttpResponse, wave: Wave, receipt: str) -> None:
    """Remember that this browser is done, and for ten minutes with which receipt."""
    _write(response, "a", wave, "1", _YEAR)
    _write(response, "c", wave, receipt, _TEN_MINUTES)


def receipt(request: HttpRequest, wave: Wave) -> str:
    return _read(request, "c", wave, _TEN_MINUTES)


def forget_answered(response: HttpResponse, wave: Wave) -> None:
    for kind in ("a", "c"):
        response.delete_cookie(
            _name(kind, wave), path=reverse("surveys:wave", args=[wave.slug]), samesite="Lax"
        )


def language(request: HttpRequest, wave: Wave) -> str:
    """The language chosen for this wave; the caller checks that it exists."""
    return request.COOKIES.get(_name("l", wave), "")[:12]


def chosen_languages(request: HttpRequest) -> list[str]:
    """The languages chosen for the waves at this address, before any wave is looked up.

    A browser sends such a cookie only below its own wave's address.
    """
    start = "suara-l-"
    return [value[:12] for name, value in request.COOKIES.items() if name.startswith(start)]


def keep_language(response: HttpResponse, wave: Wave, code: str) -> None:
    response.set_cookie(
        _name("l", wave),
        code,
        max_age=_YEAR,
        path=reverse("surveys:wave", args=[wave.slug]),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
