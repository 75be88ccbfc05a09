"""Writing work plans: one activity with all it is connected to, or many statuses at once.

Every write is checked against the version its writer has read, is one entry of the history, and
says who and when. What is given up is withdrawn, with its reason; only what was added by mistake
is removed.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indicators.errors import InvalidEntry, NotAllowed, ReasonRequired
from indicators.models import Activity, FrameworkNode, SectoralBody
from indicators.services.versions import check_version, locked, save_once

# ASEAN's first year, and as far ahead as a work plan can sensibly reach.
FIRST_YEAR, LAST_YEAR = 1967, 2100
FIELDS = (
    "title",
    "description",
    "status",
    "status_since",
    "withdrawn_reason",
    "type",
    "further_types",
    "lead_body",
    "year_from",
    "year_to",
    "funding",
    "source",
)


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A new status for one activity, as its writer saw it at `version`."""

    token: str
    version: int
    status: str
    since: date | None = None
    reason: str = ""


@transaction.atomic
def save_activity(
    *,
    activity: Activity | None,
    facts: Mapping[str, Any],
    supporting_bodies: Collection[SectoralBody],
    measures: Collection[FrameworkNode],
    version: int | None,
    by: Any,
    at: datetime,
    reason: str = "",
) -> Activity:
    """Add an activity (None), or save one over the `version` that was read; None skips that check.

    `facts` are values of `FIELDS`; a field not named keeps what it has. A new status is dated
    today unless `status_since` says otherwise. The lead body is not kept among the supporting.

    Raises NotAllowed for a body the user does not report for on the day, ReasonRequired for a
    withdrawal without a reason, InvalidEntry for what cannot be (years, dates, no title), and
    EditedMeanwhile with both values of each field where somebody else has saved since.
    """
    unknown = set(facts) - set(FIELDS)
    if unknown:
        raise ValueError(f"An activity has no {', '.join(sorted(unknown))}. Use one of {FIELDS}.")
    is_new = activity is None
    lead = facts.get("lead_body") or (None if is_new else activity.lead_body)
    connections = {
        "supporting_bodies": [body for body in supporting_bodies if body != lead],
        "measures": list(measures),
    }
    if is_new:
        activity, before = Activity(), None
    else:
        activity = locked(Activity, activity.token, "lead_body")
        before = activity.status
        _check_right(by, activity.lead_body, at, "change_activity")
        check_version(activity, version, facts, connections)
    for name, value in facts.items():
        setattr(activity, name, value)
    if activity.lead_body_id is None:
        raise InvalidEntry(_("Say which body leads the activity."), "lead_body")
    _check_right(by, activity.lead_body, at, "add_activity" if is_new else "change_activity")
    stated = "status_since" in facts and facts["status_since"] is not None
    _check(activity, before, at, is_dated=stated)
    activity.changed_at = at
    save_once(activity, connections=connections, by=by, at=at, reason=reason)
    return activity


@transaction.atomic
def put_back_activity(
    *,
    activity: Activity,
    facts: Mapping[str, Any],
    supporting_bodies: Collection[SectoralBody],
    measures: Collection[FrameworkNode],
    by: Any,
    at: datetime,
    reason: str,
) -> None:
    """Give a locked activity the values it once had, though nobody might enter them so today.

    Raises NotAllowed for a body, of now or of then, that the user does not report for on the day.
    """
    _check_right(by, activity.lead_body, at, "change_activity")
    for name, value in facts.items():
        setattr(activity, name, value)
    _check_right(by, activity.lead_body, at, "change_activity")
    activity.changed_at = at
    connections = {"supporting_bodies": supporting_bodies, "measures": measures}
    save_once(activity, connections=connections, by=by, at=at, reason=reason)


@transaction.atomic
def remove_activity(*, activity: Activity, by: Any, at: datetime, reason: str) -> None:
    """Take away a locked activity that never should have been there; its history stays.

    What a body has given up is withdrawn instead. Follow-up actions lose their link to it, so the
    caller sees to it that there are none. Raises NotAllowed.
    """
    _check_right(by, activity.lead_body, at, "add_activity")
    activity._history_user, activity._history_date = by, at
    activity._change_reason = reason.strip()[:100]
    activity.delete()


@transaction.atomic
def change_statuses(
    *,
    changes: Iterable[StatusChange],
    confirmed: Iterable[str] = (),
    by: Any,
    at: datetime,
) -> int:
    """Set the status of many activities, all or none; return how many changed.

    `confirmed` are the tokens of all that the body has looked at: they are stamped as right on the
    day, changed or not. A change that leaves everything as it was is none.

    Raises as `save_activity` does, naming the activity; then nothing was changed.
    """
    number = 0
    for change in changes:
        activity = locked(Activity, change.token, "lead_body")
        _check_right(by, activity.lead_body, at, "change_activity")
        before = activity.status
        reason = change.reason.strip()
        is_withdrawn = change.status == Activity.Status.WITHDRAWN
        told = reason if is_withdrawn else activity.withdrawn_reason
        since = change.since or (None if change.status != before else activity.status_since)
        if (change.status, since, told) == (
            before,
            activity.status_since,
            activity.withdrawn_reason,
        ):
            continue
        check_version(
            activity, change.version, {"status": change.status, "status_since": change.since}
        )
        activity.status, activity.status_since = change.status, since
        activity.withdrawn_reason = told
        _check(activity, before, at, is_dated=since is not None)
        activity.changed_at = at
        save_once(activity, by=by, at=at, reason="" if is_withdrawn else reason)
        number += 1
    seen = Activity.objects.editable_by(by, at.date()).filter(token__in=list(confirmed))
    Activity.objects.filter(pk__in=list(seen.values_list("pk", flat=True))).update(
        confirmed_on=at.date(), confirmed_by=by
    )
    return number


def _check_right(by: Any, body: SectoralBody, at: datetime, permission: str) -> None:
    if by.is_active and by.has_perm(f"indicators.{permission}"):
        if by.has_perm("indicators.change_any_activity"):
            return
        if by.granted_bodies(at.date()).filter(pk=body.pk).exists():
            return
    raise NotAllowed(
        _(
            "You do not report for %(body)s today. Its own reporters and the administrators "
            "write its work plan."
        )
        % {"body": body}
    )


def _check(activity: Activity, before: str | None, at: datetime, *, is_dated: bool) -> None:
    """Put the entry in order, or raise what is wrong with it, naming the activity."""
    named = {"activity": activity.title}
    if not activity.title.strip():
        raise InvalidEntry(_("Give the activity a title."), "title")
    if activity.status not in Activity.Status.values:
        raise InvalidEntry(
            _("“%(status)s” is no status. Choose planned, ongoing, completed or withdrawn.")
            % {"status": activity.status},
            "status",
        )
    if activity.type not in Activity.Type.values:
        raise InvalidEntry(_("Choose the main type of “%(activity)s”.") % named, "type")
    for name in ("year_from", "year_to"):
        year = getattr(activity, name)
        if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
            raise InvalidEntry(
                _("The year %(year)s of “%(activity)s” is not between %(first)s and %(last)s.")
                % (named | {"year": year, "first": FIRST_YEAR, "last": LAST_YEAR}),
                name,
            )
    if activity.year_from and activity.year_to and activity.year_from > activity.year_to:
        raise InvalidEntry(
            _("“%(activity)s” ends in %(last)s, before its first year %(first)s.")
            % (named | {"first": activity.year_from, "last": activity.year_to}),
            "year_to",
        )
    if activity.status == Activity.Status.WITHDRAWN and not activity.withdrawn_reason.strip():
        raise ReasonRequired(_("Say why “%(activity)s” was withdrawn.") % named)
    if activity.status != Activity.Status.WITHDRAWN:
        activity.withdrawn_reason = ""
    if not is_dated and activity.status != before:
        activity.status_since = at.date()
    if activity.status_since and activity.status_since > at.date():
        raise InvalidEntry(
            _("“%(activity)s” cannot be %(status)s since %(day)s: that day is still to come.")
            % (
                named
                | {
                    "status": activity.get_status_display(),
                    "day": activity.status_since.isoformat(),
                }
            ),
            "status_since",
        )
    activity.further_types = [
        word
        for word in Activity.Type.values
        if word in activity.further_types and word != activity.type
    ]
