"""Taking and giving back seats. Nothing else touches `SeatPool.taken`.

A seat is taken by one conditional UPDATE; a check constraint stands behind it, so that no path can
sell a seat twice. Locks are always taken in one order, pools by id and then registrations, so two
transactions never wait for each other. Call everything here inside a transaction.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, F

from engagement.models import Event, Registration, Seat, SeatPool


class NoSeat(Exception):
    """A pool had no seat left. `pool` is None when no pool is meant for this registration."""

    def __init__(self, pool: SeatPool | None):
        self.pool = pool
        super().__init__(f"No seat is left in {pool}." if pool else "No pool has seats for this.")


def lock_pools(event: Event) -> list[SeatPool]:
    """Lock the event's pools in id order until the transaction ends, and return them.

    On SQLite the transaction itself is the lock (it begins IMMEDIATE).
    """
    return list(SeatPool.objects.select_for_update().filter(event=event).order_by("pk"))


def pools_for(registration: Registration, pools: Iterable[SeatPool]) -> list[SeatPool]:
    """Those of `pools` in which this registration needs a seat, in their order."""
    return [
        pool
        for pool in pools
        if (pool.area_id is None or pool.area_id == registration.area_id)
        and pool.mode in ("", registration.mode)
    ]


def take(registration: Registration, *, beyond_capacity: bool = False) -> None:
    """Take a seat in every pool that applies to the registration, or none at all.

    `beyond_capacity` also uses what was approved beyond the seats; the caller checks the right
    to. An event without any pool has no limit. Raises NoSeat with the pool that is full.
    """
    pools = list(SeatPool.objects.filter(event=registration.event_id).order_by("pk"))
    needed = pools_for(registration, pools)
    if pools and not needed:
        raise NoSeat(None)
    limit = F("capacity") + F("approved_overbook") if beyond_capacity else F("capacity")
    with transaction.atomic():  # a savepoint: a full second pool gives the first seat back
        for pool in needed:
            claimed = SeatPool.objects.filter(pk=pool.pk, taken__lt=limit).update(
                taken=F("taken") + 1
            )
            if not claimed:
                raise NoSeat(pool)
        Seat.objects.bulk_create(Seat(registration=registration, pool=pool) for pool in needed)


def release(registration: Registration) -> int:
    """Give back every seat the registration holds; return how many."""
    held = list(Seat.objects.filter(registration=registration).order_by("pool_id"))
    for seat in held:
        SeatPool.objects.filter(pk=seat.pool_id).update(taken=F("taken") - 1)
    Seat.objects.filter(pk__in=[seat.pk for seat in held]).delete()
    return len(held)


def drift() -> list[tuple[SeatPool, int]]:
    """Pools whose claim differs from the seats really held, with the recomputed number.

    An empty answer means health. Nothing is corrected silently.
    """
    pools = SeatPool.objects.select_related("event").annotate(held=Count("seats"))
    return [(pool, pool.held) for pool in pools.exclude(taken=F("held"))]
