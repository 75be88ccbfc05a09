"""Who hands in, accepts and publishes in the ledger's made-up rounds and reports."""

from datetime import datetime

from engagement.demonstration import logins
from engagement.models import User
from indicators.demonstration import reports, rounds


def load(*, at: datetime) -> None:
    """Play the rounds that are not there, with the logins of the demonstration; repeatable."""
    rounds.load(at=at, cast=_cast())


def load_reports() -> None:
    """Make the reports, once. They take seconds, and show what is loaded before them."""
    reports.load(cast=_cast())


def _cast() -> rounds.Cast:
    addresses = logins.reporters()
    deciding = {role: logins.address(role) for role in ("analyst", "approver")}
    wanted = [*addresses.values(), *deciding.values()]
    users = {user.email: user for user in User.objects.filter(email__in=wanted)}
    return rounds.Cast(
        analyst=users[deciding["analyst"]],
        approver=users[deciding["approver"]],
        reporters={whom: users[email] for whom, email in addresses.items()},
    )
