"""How fast batches may leave: a bucket of tokens in the database, shared by all processes."""

from datetime import datetime

from campaigns.models import RateBucket

TRIES = 5


def take(name: str, *, per_second: float, at: datetime) -> bool:
    """Take one token if there is one; the bucket holds one second's worth.

    A conditional update: when two processes take at once, the slower one looks again.
    """
    for _ in range(TRIES):
        bucket, created = RateBucket.objects.get_or_create(
            name=name, defaults={"tokens": per_second - 1, "filled_at": at}
        )
        if created:
            return True
        passed = max(0.0, (at - bucket.filled_at).total_seconds())
        tokens = min(per_second, bucket.tokens + passed * per_second)
        if tokens < 1:
            return False
        taken = RateBucket.objects.filter(
            pk=bucket.pk, tokens=bucket.tokens, filled_at=bucket.filled_at
        ).update(tokens=tokens - 1, filled_at=max(at, bucket.filled_at))
        if taken:
            return True
    return False
