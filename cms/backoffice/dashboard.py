"""What waits for a member of staff, read when the home of the back office is opened.

Each function answers for one kind of work: None when the person has no part in it, a panel
otherwise, also when nothing waits. Everything goes through `visible_to`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.backoffice.progress import summary
from campaigns.models import Mailing
from engagement.models import Comment, Registration
from indicators.models import AskedValue, Observation, ReportingRound, Submission
from surveys.models import Wave

SHOWN = 6


@dataclass(frozen=True)
class Row:
    """One thing that goes on or waits; `maximum` makes a progress bar of `value`."""

    label: str
    text: str
    url: str = ""
    value: int | None = None
    maximum: int | None = None


@dataclass(frozen=True)
class Work:
    """One panel: its title, its rows, and the sentence for none."""

    key: str
    title: str
    icon: str
    empty: str
    rows: list[Row] = field(default_factory=list)
    more: int = 0


def work_for(user, *, at: datetime) -> list[Work]:
    """The panels of this person, those with something to do first."""
    found = [
        panel
        for read in (
            submissions,
            registrations,
            comments,
            mailings,
            waves,
            observations,
        )
        if (panel := read(user, at=at))
    ]
    return sorted(found, key=lambda panel: not panel.rows)


def waves(user, *, at: datetime) -> Work | None:
    """Surveys in the field with the answers so far."""
    if not user.has_perm("surveys.view_wave"):
        return None
    rows = []
    found = Wave.objects.visible_to(user).open(at=at).with_counts().order_by("closes_at", "title")
    for wave in found[:SHOWN]:
        wanted = sum(value for value in wave.targets.values() if isinstance(value, int))
        answers = ngettext("%(n)s answer", "%(n)s answers", wave.submitted_count) % {
            "n": wave.submitted_count
        }
        until = _("open until %(day)s") % {"day": day(wave.closes_at)} if wave.closes_at else ""
        rows.append(
            Row(
                wave.title,
                " · ".join(filter(None, [answers, until])),
                first_url(("surveys_office:wave", wave.token), default=wave.get_absolute_url()),
                wave.submitted_count if wanted else None,
                wanted or None,
            )
        )
    return Work("waves", _("Surveys in the field"), "form", _("No survey is open."), rows)


def mailings(user, *, at: datetime) -> Work | None:
    """Mailings being prepared, sent or held, and those waiting for approval."""
    if not user.has_perm("campaigns.view_mailing"):
        return None
    running = Mailing.objects.visible_to(user).filter(
        state__in=[*Mailing.STARTED, Mailing.State.REVIEWING, Mailing.State.MISSED]
    )
    rows = []
    for mailing in running.order_by("-pk")[:SHOWN]:
        started = mailing.state in Mailing.STARTED
        numbers = summary(mailing) if started else None
        rows.append(
            Row(
                mailing.title,
                str(mailing.get_state_display()),
                first_url(("mailings:overview", mailing.token)),
                numbers.done if numbers else None,
                numbers.total if numbers else None,
            )
        )
    return Work("mailings", _("Mailings on their way"), "mail", _("No mailing is running."), rows)


def registrations(user, *, at: datetime) -> Work | None:
    """Registrations that wait for a decision, by event."""
    if not user.has_perm("engagement.approve_registration"):
        return None
    waiting = (
        Registration.objects.visible_to(user)
        .filter(
            state=Registration.State.PENDING,
            awaiting=Registration.Awaiting.APPROVAL,
            event__ends_at__gte=at,
        )
        .values("event__title", "event__slug", "event_id")
        .annotate(waiting=Count("pk"))
        .order_by("-waiting")
    )
    rows = [
        Row(
            row["event__title"],
            ngettext("%(n)s registration", "%(n)s registrations", row["waiting"])
            % {"n": row["waiting"]},
            first_url(
                ("events:registrations", row["event_id"]),
                default=first_url(("engagement:event", row["event__slug"])),
            ),
        )
        for row in waiting[:SHOWN]
    ]
    return Work(
        "registrations",
        _("Registrations waiting for a decision"),
        "user",
        _("No registration waits."),
        rows,
    )


def comments(user, *, at: datetime) -> Work | None:
    """Comments on drafts that have no published reply yet, by draft."""
    if not user.has_perm("engagement.change_disposition"):
        return None
    waiting = (
        Comment.objects.visible_to(user)
        .unanswered()
        .values(
            "text__version__draft__title",
            "text__version__draft__slug",
            "text__version__draft_id",
        )
        .annotate(waiting=Count("pk"))
        .order_by("-waiting")
    )
    rows = [
        Row(
            row["text__version__draft__title"],
            ngettext("%(n)s comment", "%(n)s comments", row["waiting"]) % {"n": row["waiting"]},
            first_url(
                ("drafts:matrix", row["text__version__draft_id"]),
                default=first_url(("engagement:draft", row["text__version__draft__slug"])),
            ),
        )
        for row in waiting[:SHOWN]
    ]
    return Work(
        "comments", _("Comments without a reply"), "comment", _("Every comment has a reply."), rows
    )


def submissions(user, *, at: datetime) -> Work | None:
    """Values asked for: of my area or body, or, for those who decide, what was handed in."""
    if not user.has_perm("indicators.view_submission"):
        return None
    decides = user.has_perm("indicators.accept_submission") or user.has_perm(
        "indicators.publish_submission"
    )
    if decides:
        wanted = Q(
            state__in=[
                Submission.State.SUBMITTED,
                Submission.State.NATIONALLY_APPROVED,
                Submission.State.ACCEPTED,
            ]
        )
        title, empty = _("Values handed in"), _("Nothing waits to be accepted or published.")
    else:
        wanted = Q(state__in=[Submission.State.DRAFTING, Submission.State.RETURNED])
        title, empty = _("Values awaited from you"), _("No value is awaited from you.")
    found = (
        Submission.objects.visible_to(user)
        .filter(wanted, round__in=ReportingRound.objects.open(at))
        .select_related("round", "area", "body")
        .order_by("round__deadline_at", "pk")
    )
    rows = [
        Row(
            f"{submission.area or submission.body}: {submission.round.title}",
            f"{submission.get_state_display()} · {_due(submission.round, at, decides)}",
            first_url(("indicators_office:submission", submission.token)),
        )
        for submission in found[:SHOWN]
    ]
    if not decides:
        rows += _not_begun(user, at)
    return Work("submissions", title, "order", empty, rows)


def _not_begun(user, at: datetime) -> Iterable[Row]:
    """Open rounds that ask my areas or bodies for values and have had nothing of them."""
    areas = list(user.granted_areas(at.date()))
    bodies = list(user.granted_bodies(at.date()))
    if not areas and not bodies:
        return []
    begun = set(
        Submission.objects.filter(Q(area__in=areas) | Q(body__in=bodies)).values_list(
            "round_id", "area_id", "body_id"
        )
    )
    asked = (
        AskedValue.objects.filter(Q(area__in=areas) | Q(body__in=bodies))
        .filter(round__in=ReportingRound.objects.visible_to(user).open(at))
        .values_list("round_id", "area_id", "body_id")
        .annotate(values=Count("pk"))
        .order_by("round__deadline_at", "round_id", "area_id", "body_id")
    )
    rounds = {one.pk: one for one in ReportingRound.objects.visible_to(user).open(at)}
    names = {("area", one.pk): one for one in areas} | {("body", one.pk): one for one in bodies}
    return [
        Row(
            f"{names[('area', area) if area else ('body', body)]}: {rounds[round_id].title}",
            _("not begun · %(n)s values") % {"n": values}
            + f" · {_due(rounds[round_id], at, False)}",
            first_url(("indicators_office:round", rounds[round_id].token)),
        )
        for round_id, area, body, values in asked
        if (round_id, area, body) not in begun
    ][:SHOWN]


def _due(call: ReportingRound, at: datetime, is_handed_in: bool) -> str:
    words = _("due %(day)s")
    if at > call.deadline_at:
        words = _("deadline %(day)s") if is_handed_in else _("overdue since %(day)s")
    return words % {"day": day(call.deadline_at)}


def observations(user, *, at: datetime) -> Work | None:
    """Published values whose source has changed since they were computed."""
    if not user.has_perm("indicators.view_observation"):
        return None
    stale = Observation.objects.visible_to(user).filter(stale_since__isnull=False)
    found = (
        stale.values("indicator__slug", "indicator__code", "indicator__title")
        .annotate(values=Count("pk"))
        .order_by("-values")
    )
    rows = [
        Row(
            " ".join(filter(None, [row["indicator__code"], row["indicator__title"]])),
            ngettext("%(n)s value", "%(n)s values", row["values"]) % {"n": row["values"]},
            first_url(("indicators:detail", row["indicator__slug"])),
        )
        for row in found[:SHOWN]
    ]
    return Work(
        "observations",
        _("Values to be computed again"),
        "history",
        _("Every value is up to date with its source."),
        rows,
    )


def day(moment: datetime) -> str:
    return date_format(moment, "j F Y")


def first_url(*candidates: tuple, default: str = "") -> str:
    """The address of the first of these views that exists, each (name, argument...)."""
    for name, *arguments in candidates:
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return default
