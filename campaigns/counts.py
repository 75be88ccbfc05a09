"""A batch's counts: recomputed from its deliveries and replaced, never incremented."""

from collections import Counter

from campaigns import invitations
from campaigns.models import Batch, Delivery, Mailing

FACTS = (
    "delivered_at",
    "deferred_at",
    "bounced_soft_at",
    "bounced_hard_at",
    "blocked_at",
    "complained_at",
    "clicked_at",
    "machine_clicked_at",
    "unsubscribed_at",
)


def recount(batch_id: int) -> None:
    """Replace the counts of one batch: by state, and of every later fact.

    What a mailing to a survey knows of its letters follows here too, in the same transaction.
    """
    counts: Counter = Counter()
    for state, *facts in Delivery.objects.filter(batch=batch_id).values_list("state", *FACTS):
        counts[state] += 1
        for name, moment in zip(FACTS, facts, strict=True):
            if moment:
                counts[name.removesuffix("_at") + "_fact"] += 1
    Batch.objects.filter(pk=batch_id).update(counts=dict(counts))
    invitations.follow(batch_id)


def totals(mailing: Mailing) -> Counter:
    """Return the sums over the mailing's batches, with what the freeze left out as `skipped`."""
    sums: Counter = Counter()
    for counts in Batch.objects.filter(mailing=mailing).values_list("counts", flat=True):
        sums.update(counts)
    sums["skipped"] += sum(mailing.exclusions.values())
    return sums
