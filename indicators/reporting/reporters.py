"""Who reports for an area or a body, asked of whoever keeps posts and grants.

The ledger knows neither posts nor people: `settings.INDICATOR_REPORTERS` names the function that
answers, and a user says by `acting_as` in which post or role something is done.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.module_loading import import_string

from indicators.models import Area, SectoralBody


@dataclass(frozen=True, slots=True)
class Reporter:
    """Somebody who may report for an area or a body, by a post or in their own name.

    `user` is None for a post that nobody with an account holds; `name` is its holder's then, or "".
    `address` and `language` (a tag, or "") are the account's.
    """

    post: str
    area: str = ""
    body: str = ""
    user: Any = None
    name: str = ""
    address: str = ""
    language: str = ""

    @property
    def words(self) -> str:
        """The post and who holds it, as a list of those awaited names it."""
        if self.post and self.name:
            return f"{self.post} ({self.name})"
        return self.post or self.name


def reporters_of(
    *, areas: Iterable[Area] = (), bodies: Iterable[SectoralBody] = (), on: date
) -> list[Reporter]:
    """Those who may report for these on the day, and the posts for them that are vacant."""
    areas, bodies = list(areas), list(bodies)
    if not areas and not bodies:
        return []
    return import_string(settings.INDICATOR_REPORTERS)(areas=areas, bodies=bodies, on=on)


def office_day(at: datetime) -> date:
    """The day on which terms begin and end at that moment: the office's own."""
    return at.astimezone(ZoneInfo(settings.OFFICE_TIME_ZONE)).date()


def acting_as(
    user: Any,
    permission: str,
    *,
    at: datetime,
    area: Area | None = None,
    body: SectoralBody | None = None,
) -> str:
    """The post or role in words by which the user has the permission, at most 300 characters."""
    if user is None or not hasattr(user, "acting_as"):
        return ""
    return user.acting_as(permission, on=office_day(at), area=area, body=body)[:300]
