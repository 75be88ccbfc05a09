"""What the demonstration shows of this package: real institutions, invented people.

Loading again adds what is missing and leaves alone what is there, so that changes made in the
back office stay.
"""

from datetime import datetime

from engagement.demonstration import events, logins, registry, reporting


def load(*, at: datetime) -> None:
    """Load the registry, logins, reporting rounds, events and drafts, as if at `at`. Repeatable.

    Needs the areas and sectoral bodies that `indicators.demonstration` loads.
    """
    registry.load(at=at)
    logins.load(at=at)
    reporting.load(at=at)
    events.load(at=at)
