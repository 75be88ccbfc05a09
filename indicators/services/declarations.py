"""Writing Tool 2: declarations, what they commit to, and what bodies do about it.

Declarations and commitments are kept by those with the right; a body's follow-up by whoever
reports for the body on the day. Nothing is deleted: an action given up is withdrawn.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from indicators.errors import InvalidEntry, NotAllowed, ReasonRequired
from indicators.models import Commitment, Declaration, FollowUp, SectoralBody
from indicators.services.activities import FIRST_YEAR, LAST_YEAR
from indicators.services.versions import check_version, locked, save_once

DECLARATION_FIELDS = ("title", "adopted_on", "adopted_by", "url", "source")
COMMITMENT_FIELDS = ("number", "text", "due_year")
FOLLOW_UP_FIELDS = (
    "body",
    "what",
    "status",
    "status_since",
    "starts_on",
    "ends_on",
    "withdrawn_reason",
    "evidence",
    "evidence_url",
    "activity",
)


@transaction.atomic
def save_declaration(
    *,
    declaration: Declaration | None,
    facts: Mapping[str, Any],
    version: int | None,
    by: Any,
    at: datetime,
    reason: str = "",
) -> Declaration:
    """Add a declaration (None) or save one over the `version` that was read.

    Raises NotAllowed, InvalidEntry for a declaration of a day to come, and EditedMeanwhile.
    """
    _known(facts, DECLARATION_FIELDS)
    _needs(by, "declaration", declaration)
    declaration = declaration and locked(Declaration, declaration.token)
    if declaration:
        check_version(declaration, version, facts)
    declaration = _with(declaration or Declaration(), facts)
    if not declaration.title.strip():
        raise InvalidEntry(_("Give the declaration its title."), "title")
    if declaration.adopted_on is None:
        raise InvalidEntry(_("Say on which day it was adopted."), "adopted_on")
    if declaration.adopted_on > at.date():
        raise InvalidEntry(
            _("“%(title)s” cannot have been adopted on %(day)s, which is still to come.")
            % {"title": declaration.title, "day": declaration.adopted_on.isoformat()},
            "adopted_on",
        )
    save_once(declaration, by=by, at=at, reason=reason)
    return declaration


@transaction.atomic
def save_commitment(
    *,
    declaration: Declaration,
    commitment: Commitment | None,
    facts: Mapping[str, Any],
    responsible_bodies: Collection[SectoralBody],
    version: int | None,
    by: Any,
    at: datetime,
    reason: str = "",
) -> Commitment:
    """Add a commitment to the declaration (None) or save one over the `version` that was read.

    Raises NotAllowed, EditedMeanwhile, and InvalidEntry: without a text or a responsible body, for
    a year that cannot be, and when a body would stop answering for what it has reported on.
    """
    _known(facts, COMMITMENT_FIELDS)
    _needs(by, "commitment", commitment)
    connections = {"responsible_bodies": list(responsible_bodies)}
    if commitment is None:
        last = declaration.commitments.aggregate(last=Max("position"))["last"]
        commitment = Commitment(declaration=declaration, position=(last or 0) + 1)
    else:
        commitment = locked(Commitment, commitment.token, "declaration")
        check_version(commitment, version, facts, connections)
    commitment = _with(commitment, facts)
    if not commitment.text.strip():
        raise InvalidEntry(_("Write what is committed to."), "text")
    if not responsible_bodies:
        raise InvalidEntry(_("Say which body answers for it."), "responsible_bodies")
    year = commitment.due_year
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidEntry(
            _("The year %(year)s is not between %(first)s and %(last)s.")
            % {"year": year, "first": FIRST_YEAR, "last": LAST_YEAR},
            "due_year",
        )
    if commitment.pk:
        left = (
            commitment.follow_ups.exclude(status=FollowUp.Status.WITHDRAWN)
            .exclude(body__in=responsible_bodies)
            .values_list("body__acronym", flat=True)
        )
        if named := sorted(set(left)):
            raise InvalidEntry(
                _("%(bodies)s has reported on it. Withdraw those actions before taking it out.")
                % {"bodies": ", ".join(named)},
                "responsible_bodies",
            )
    save_once(commitment, connections=connections, by=by, at=at, reason=reason)
    return commitment


@transaction.atomic
def save_follow_up(
    *,
    commitment: Commitment,
    follow_up: FollowUp | None,
    facts: Mapping[str, Any],
    version: int | None,
    by: Any,
    at: datetime,
    reason: str = "",
) -> FollowUp:
    """Add an action of a body (None) or save one over the `version` that was read.

    A new status is dated today unless `status_since` says otherwise. What is completed names its
    evidence, in words or by an address.

    Raises NotAllowed for a body the user does not report for, ReasonRequired for a withdrawal
    without a reason, EditedMeanwhile, and InvalidEntry: a body that does not answer for the
    commitment, days that cannot be, a completed action without evidence.
    """
    _known(facts, FOLLOW_UP_FIELDS)
    if follow_up is None:
        follow_up, before, permission = FollowUp(commitment=commitment), None, "add_followup"
    else:
        follow_up = locked(FollowUp, follow_up.token, "body")
        before, permission = follow_up.status, "change_followup"
        _reports_for(by, follow_up.body, at, permission)
        check_version(follow_up, version, facts)
    follow_up = _with(follow_up, facts)
    if follow_up.body_id is None:
        raise InvalidEntry(_("Say which body does it."), "body")
    _reports_for(by, follow_up.body, at, permission)
    if not commitment.responsible_bodies.filter(pk=follow_up.body_id).exists():
        raise InvalidEntry(
            _("%(body)s does not answer for this commitment. Its responsible bodies are %(all)s.")
            % {
                "body": follow_up.body,
                "all": ", ".join(str(body) for body in commitment.responsible_bodies.all()),
            },
            "body",
        )
    if follow_up.status != before and not facts.get("status_since"):
        follow_up.status_since = at.date()
    _check_follow_up(follow_up, at)
    follow_up.changed_at = at
    save_once(follow_up, by=by, at=at, reason=reason)
    return follow_up


def _check_follow_up(follow_up: FollowUp, at: datetime) -> None:
    if not follow_up.what.strip():
        raise InvalidEntry(_("Write what is done."), "what")
    if follow_up.status not in FollowUp.Status.values:
        raise InvalidEntry(
            _("“%(status)s” is no status. Choose planned, ongoing, completed or withdrawn.")
            % {"status": follow_up.status},
            "status",
        )
    if follow_up.status_since and follow_up.status_since > at.date():
        raise InvalidEntry(
            _("It cannot be %(status)s since %(day)s: that day is still to come.")
            % {
                "status": follow_up.get_status_display(),
                "day": follow_up.status_since.isoformat(),
            },
            "status_since",
        )
    if follow_up.starts_on and follow_up.ends_on and follow_up.starts_on > follow_up.ends_on:
        raise InvalidEntry(
            _("It ends on %(end)s, before it starts on %(start)s.")
            % {"end": follow_up.ends_on.isoformat(), "start": follow_up.starts_on.isoformat()},
            "ends_on",
        )
    if follow_up.status == FollowUp.Status.WITHDRAWN:
        if not follow_up.withdrawn_reason.strip():
            raise ReasonRequired(_("Say why the action was withdrawn."))
    else:
        follow_up.withdrawn_reason = ""
    has_evidence = follow_up.evidence.strip() or follow_up.evidence_url
    if follow_up.status == FollowUp.Status.COMPLETED and not has_evidence:
        raise InvalidEntry(
            _("Name what shows that it is completed, in words or by an address."), "evidence"
        )


def _known(facts: Mapping[str, Any], fields: Collection[str]) -> None:
    unknown = set(facts) - set(fields)
    if unknown:
        raise ValueError(f"There is no {', '.join(sorted(unknown))}. Use one of {fields}.")


def _with(record: Any, facts: Mapping[str, Any]) -> Any:
    for name, value in facts.items():
        setattr(record, name, value)
    return record


def _needs(by: Any, name: str, existing: Any) -> None:
    permission = f"indicators.{'change' if existing else 'add'}_{name}"
    if not (by.is_active and by.has_perm(permission)):
        raise NotAllowed(
            _("Declarations and their commitments are kept by analysts and administrators.")
        )


def _reports_for(by: Any, body: SectoralBody, at: datetime, permission: str) -> None:
    if by.is_active and by.has_perm(f"indicators.{permission}"):
        if by.has_perm("indicators.change_any_followup"):
            return
        if by.granted_bodies(at.date()).filter(pk=body.pk).exists():
            return
    raise NotAllowed(
        _("You do not report for %(body)s today, so you cannot write what it does.")
        % {"body": body}
    )
