"""Comments on drafts and the answers to them. Nothing that was said is ever lost."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagement.errors import (
    CommentChanged,
    CommentsUnanswered,
    NotOpenForComments,
    ReasonMissing,
    VersionFrozen,
)
from engagement.models import (
    Comment,
    Disposition,
    DraftVersion,
    Interaction,
    Notice,
    Person,
    ProvisionText,
    User,
)
from engagement.registry import matching
from engagement.services.interactions import record_interaction
from engagement.services.notices import queue_notice
from engagement.services.people import person_with_address

State = Comment.State


@transaction.atomic
def open_version(*, version: DraftVersion, at: datetime, closes_at: datetime | None = None) -> None:
    """Freeze the wording and open it for comments; an older version that was closed is superseded.

    Raises CommentsUnanswered when another version is still open, VersionFrozen when this one was.
    """
    if version.state != DraftVersion.State.DRAFTING:
        raise VersionFrozen(
            _("Version %(number)s of “%(draft)s” was opened before.")
            % {"number": version.number, "draft": version.draft}
        )
    others = DraftVersion.objects.filter(draft=version.draft_id).exclude(pk=version.pk)
    if others.filter(state=DraftVersion.State.CONSULTING).exists():
        raise CommentsUnanswered(
            _("Close the open version of “%(draft)s” first.") % {"draft": version.draft}
        )
    others.filter(state=DraftVersion.State.CLOSED).update(state=DraftVersion.State.SUPERSEDED)
    version.state = DraftVersion.State.CONSULTING
    version.opened_at, version.closes_at = at, closes_at or version.closes_at
    version.save(update_fields=["state", "opened_at", "closes_at"])


@transaction.atomic
def close_version(*, version: DraftVersion, at: datetime, by: User) -> None:
    """Close the consultation. Refused while a comment lacks its answer: CommentsUnanswered."""
    # Lock the version first: a comment that arrives now waits, then finds it closed.
    locked = DraftVersion.objects.select_for_update().get(pk=version.pk)
    if locked.state != DraftVersion.State.CONSULTING:
        raise VersionFrozen(_("This version is not open for comments."))
    missing = Comment.objects.unanswered().filter(text__version=locked).count()
    if missing:
        raise CommentsUnanswered(
            ngettext(
                "One comment on “%(draft)s” has no answer yet. Answer it, then close.",
                "%(count)s comments on “%(draft)s” have no answer yet. Answer them, then close.",
                missing,
            )
            % {"count": missing, "draft": version.draft}
        )
    locked.state, locked.closed_at = DraftVersion.State.CLOSED, at
    locked._history_user = by
    locked.save(update_fields=["state", "closed_at"])
    version.refresh_from_db()


def comment_on(
    *,
    text: ProvisionText,
    name: str,
    body: str,
    at: datetime,
    address: str = "",
    proposed_wording: str = "",
    reason: str = "",
    quote: str = "",
    person: Person | None = None,
    post=None,
    organisation=None,
    on_behalf_of: str = "",
    area=None,
    show_name: bool = False,
    language: str = "",
    source: str = Comment.Source.WEB,
    is_proven: bool = False,
    consent_version: str = "",
    idempotency_key: str = "",
    by: User | None = None,
    is_demonstration: bool = False,
) -> tuple[Comment, bool]:
    """Make a comment on one wording; return it, and whether it is new.

    The same form sent twice is one comment. Without a proven address it waits, unpublished, for
    the mailed link. Raises NotOpenForComments.
    """
    with transaction.atomic():
        version = DraftVersion.objects.select_for_update().get(pk=text.version_id)
        if not version.takes_comments(at):
            raise NotOpenForComments(
                _("“%(draft)s” is not open for comments any more.") % {"draft": version.draft}
            )
        try:
            with transaction.atomic():
                comment = Comment.objects.create(
                    text=text,
                    name=matching.composed(name),
                    body=body,
                    proposed_wording=proposed_wording,
                    reason=reason,
                    quote=quote,
                    address=address.strip(),
                    post=post,
                    organisation=organisation,
                    on_behalf_of=on_behalf_of,
                    area=area,
                    show_name=show_name,
                    language=language,
                    source=source,
                    state=State.UNCONFIRMED,
                    submitted_at=at,
                    consent_version=consent_version,
                    idempotency_key=idempotency_key,
                    entered_by=by,
                    is_demonstration=is_demonstration,
                    person=person,
                )
        except IntegrityError:
            return text.comments.get(idempotency_key=idempotency_key), False
        if is_proven:
            _accept(comment, at=at)
        else:
            queue_notice(kind=Notice.Kind.COMMENT_CONFIRM, comment=comment, at=at)
    return comment, True


@transaction.atomic
def confirm_comment(*, comment: Comment, at: datetime) -> None:
    """The author opened the mailed link and pressed the button. Pressing twice changes nothing.

    A link opened after the consultation closed: NotOpenForComments.
    """
    if comment.state != State.UNCONFIRMED:
        return
    version = DraftVersion.objects.select_for_update().get(pk=comment.text.version_id)
    if not version.takes_comments(at):
        raise NotOpenForComments(
            _("“%(draft)s” is not open for comments any more.") % {"draft": version.draft}
        )
    _accept(comment, at=at)


def _accept(comment: Comment, *, at: datetime) -> None:
    if comment.person_id is None and comment.address:
        comment.person = person_with_address(
            name=comment.name,
            address=comment.address,
            at=at,
            area=comment.area,
            language=comment.language,
            source=f"engagement.draft:{comment.text.version.draft.slug}",
        )
    claimed = Comment.objects.filter(pk=comment.pk, state=State.UNCONFIRMED).update(
        state=State.SUBMITTED, person=comment.person
    )
    if not claimed:
        return
    comment.state = State.SUBMITTED
    if comment.person_id:
        record_interaction(
            kind=Interaction.Kind.COMMENT,
            subject=f"{comment.text.version.draft.title}: {comment.text.provision.code}",
            people=[comment.person],
            posts=[comment.post] if comment.post_id else [],
            source=f"engagement.draft:{comment.text.version.draft.slug}",
            at=at,
        )
    if comment.address:
        queue_notice(kind=Notice.Kind.COMMENT_RECEIVED, comment=comment, at=at)


@transaction.atomic
def withdraw_comment(*, comment: Comment, at: datetime) -> None:
    """The author takes the comment back. It stays in the matrix, marked. CommentChanged if ended."""
    moved = Comment.objects.filter(
        pk=comment.pk, state__in=[State.UNCONFIRMED, State.SUBMITTED]
    ).update(state=State.WITHDRAWN)
    if not moved:
        raise CommentChanged(_("This comment was answered, hidden or withdrawn before."))
    comment.state = State.WITHDRAWN
    comment.save(update_fields=["state"])  # for the history, which updates pass by


@transaction.atomic
def answer_comment(
    *,
    comment: Comment,
    outcome: str,
    reason: str,
    at: datetime,
    by: User,
    resulting_text: str = "",
) -> Disposition:
    """Publish the answer to a comment, or change it; its author is told. The history is kept."""
    if not reason.strip():
        raise ReasonMissing(_("Say why: the answer is published beside the comment."))
    if comment.state not in (State.SUBMITTED, State.ANSWERED, State.HIDDEN):
        raise CommentChanged(_("Only a comment that was confirmed can be answered."))
    existing = Disposition.objects.filter(comment=comment).first()
    disposition = existing or Disposition(comment=comment)
    disposition.outcome, disposition.reason = outcome, reason
    disposition.resulting_text, disposition.by, disposition.published_at = resulting_text, by, at
    disposition._history_user = by
    disposition.save()
    if comment.state == State.SUBMITTED:
        comment.state = State.ANSWERED
        comment._history_user = by
        comment.save(update_fields=["state"])
    if comment.address and comment.state == State.ANSWERED:
        queue_notice(kind=Notice.Kind.COMMENT_ANSWERED, comment=comment, at=at, soon=True)
    return disposition


@transaction.atomic
def hide_comment(*, comment: Comment, rule: str, at: datetime, by: User) -> None:
    """Take a comment's words off the public page; who, when and by which rule stays visible."""
    if not rule.strip():
        raise ReasonMissing(_("Name the rule the comment breaks; it is shown in its place."))
    if comment.state not in (State.SUBMITTED, State.ANSWERED):
        raise CommentChanged(_("Only a published comment can be hidden."))
    comment.state = State.HIDDEN
    comment.hidden_by, comment.hidden_at, comment.hidden_rule = by, at, rule[:200]
    comment._history_user = by
    comment.save(update_fields=["state", "hidden_by", "hidden_at", "hidden_rule"])


@transaction.atomic
def show_comment(*, comment: Comment, at: datetime, by: User) -> None:
    """Publish a hidden comment again, after an appeal. When and by whom it was hidden stays."""
    if comment.state != State.HIDDEN:
        raise CommentChanged(_("This comment is not hidden."))
    answered = Disposition.objects.filter(comment=comment).exists()
    comment.state = State.ANSWERED if answered else State.SUBMITTED
    comment._history_user = by
    comment.save(update_fields=["state"])


@transaction.atomic
def write_provision(
    *, text: ProvisionText, heading: str | None = None, wording: str | None = None, by: User
) -> None:
    """Change a wording while its version is being written. VersionFrozen afterwards."""
    version = DraftVersion.objects.select_for_update().get(pk=text.version_id)
    if version.state != DraftVersion.State.DRAFTING:
        raise VersionFrozen(
            _("Version %(number)s was consulted on; write a new version instead.")
            % {"number": version.number}
        )
    if heading is not None:
        text.heading = heading
    if wording is not None:
        text.text = wording
    text._history_user = by
    text.save(update_fields=["heading", "text"])
