"""Writing down what happened with a stakeholder."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from engagement.models import Interaction, Organisation, Person, Post, User


@transaction.atomic
def record_interaction(
    *,
    kind: str,
    subject: str,
    people: Iterable[Person] = (),
    posts: Iterable[Post] = (),
    organisations: Iterable[Organisation] = (),
    source: str = "",
    body: str = "",
    at: datetime,
    by: User | None = None,
) -> Interaction:
    """Record one interaction with people, posts and organisations.

    `source` names in words what it comes from, such as "campaigns.mailing:have-your-say". Name
    the posts the people acted in, so that their successors find it.
    """
    interaction = Interaction(
        kind=kind, subject=subject[:300], body=body, source=source, at=at, recorded_by=by
    )
    interaction.full_clean()
    interaction.save()
    interaction.people.set(people)
    interaction.posts.set(posts)
    interaction.organisations.set(organisations)
    return interaction
