"""The send engine: freeze the list, lease a batch, submit it once, settle it, close the mailing.

The database is the queue. Every step is claimed by a conditional update and committed before the
next, so a process may be killed anywhere: what was not posted is posted later, what may have been
posted is asked about and never posted again blindly. `tick` does whatever is due; running it
twice, late or in several processes changes nothing.
"""

import logging
from datetime import datetime

from django.db import DatabaseError

from campaigns.engine import closing, freezing, reconciling, schedules, sending
from campaigns.engine.clock import Clock
from campaigns.errors import CampaignsError
from campaigns.events import process_events
from campaigns.transports import Transport, configured_transport

__all__ = ["tick"]

logger = logging.getLogger(__name__)
SECONDS_PER_TICK = 5.0


def tick(*, at: datetime, transport: Transport | None = None, limit: int = 0) -> int:
    """Do what is due at `at`; return how many things were done.

    Sends batches for about five seconds, or `limit` batches if given, and leaves the rest to the
    next tick. `transport` defaults to the one the settings ask for.
    """
    clock = Clock(at)
    transport = transport or configured_transport()
    done = process_events(at=clock.now())
    done += schedules.start_due(at=clock.now())
    done += reconciling.expire_leases(transport, at=clock.now())
    for mailing in freezing.due(at=clock.now()):
        done += _guarded(freezing.freeze, mailing, clock=clock)
    for batch in reconciling.due(at=clock.now()):
        done += _guarded(reconciling.reconcile, batch, transport=transport, clock=clock)
    done += sending.send_due(transport, clock=clock, seconds=SECONDS_PER_TICK, limit=limit)
    done += closing.close_due(at=clock.now())
    return done


def _guarded(step, subject, **arguments) -> int:
    """Run one step; a failing row is logged and the others go on."""
    try:
        return int(step(subject, **arguments) or 0)
    except (CampaignsError, DatabaseError, ValueError, LookupError, OSError):
        logger.exception("A step of the send engine failed for %s %s", step.__name__, subject.pk)
        return 0
