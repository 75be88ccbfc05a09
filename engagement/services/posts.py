"""Who holds a post: appointments, ends of terms, places in organisations."""

from datetime import date

from django.db import transaction
from django.db.models import Q

from engagement.errors import HoldingsOverlap
from engagement.models import Person, Post, PostHolding


@transaction.atomic
def appoint(
    *,
    post: Post,
    person: Person,
    start: date,
    is_acting: bool = False,
    source: str = "",
) -> PostHolding:
    """Make `person` the holder of `post` from `start` on.

    A regular appointment ends the term of the regular holder and of any acting one on that day,
    and with it their access. Raises HoldingsOverlap if somebody's term begins later.
    """
    # The post's row is the lock: two appointments to one post wait for each other.
    Post.objects.select_for_update().get(pk=post.pk)
    others = PostHolding.objects.filter(post=post).filter(Q(valid_to=None) | Q(valid_to__gt=start))
    if is_acting:
        others = others.filter(is_acting=True)
    for holding in others.select_related("person"):
        if holding.valid_from and holding.valid_from >= start:
            raise HoldingsOverlap(
                f"{holding.person} holds the post “{post}” from {holding.valid_from:%d %B %Y} on. "
                f"Choose a later day than that for {person}."
            )
        holding.valid_to = start
        holding.save(update_fields=["valid_to"])
    return PostHolding.objects.create(
        post=post, person=person, valid_from=start, is_acting=is_acting, source=source
    )


@transaction.atomic
def end_holding(*, holding: PostHolding, on: date) -> PostHolding:
    """End a term: from `on` the post is no longer held by this person.

    Raises HoldingsOverlap if the term has not begun by then.
    """
    if holding.valid_from and on <= holding.valid_from:
        raise HoldingsOverlap(
            f"{holding.person} holds the post “{holding.post}” from "
            f"{holding.valid_from:%d %B %Y}. The end must come after that day."
        )
    holding.valid_to = on
    holding.save(update_fields=["valid_to"])
    return holding
