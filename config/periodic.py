"""The periodic table: every function that runs without a visitor, and how often.

The `work` loop and Celery beat read this one table and run the same functions. A function takes
the moment as `at`, finds its own work in the database, claims it by a conditional update and
returns how many things it did; so running it twice, late or in two processes changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Job:
    """One line of the table: `path` is the dotted function, `every` is in seconds."""

    name: str
    path: str
    every: float

    def run(self, *, at: datetime) -> int:
        """Call the function; return the number of things it did."""
        return import_string(self.path)(at=at)


def _table(jobs: Iterable[Job]) -> dict[str, Job]:
    return {job.name: job for job in jobs}


PERIODIC: dict[str, Job] = _table(
    [
        Job("config.heartbeat", "config.heartbeat.beat", 5),
        Job("indicators.aggregate", "indicators.services.aggregating.aggregate_due", 1),
        Job(
            "indicators.aggregate_again",
            "indicators.services.aggregating.ask_for_every_aggregate",
            3600,
        ),
        Job("indicators.run_imports", "indicators.imports.queue.run_imports", 1),
        Job("indicators.forget_imports", "indicators.services.imports.forget_imports", 3600),
        Job("indicators.make_reports", "indicators.reports.queue.make_reports", 1),
        Job("surveys.publish_stale", "surveys.publishing.publish_stale", 1),
        Job("surveys.make_exports", "surveys.exports.queue.make_exports", 1),
        Job("surveys.open_and_close_waves", "surveys.services.open_and_close_waves", 30),
        Job("surveys.flag_waves", "surveys.services.flag_waves", 60),
        Job("surveys.remove_identities", "surveys.services.remove_identities", 3600),
        Job("surveys.recount_quotas", "surveys.services.recount_quotas", 900),
        Job("surveys.forget_lone_marks", "surveys.protection.networks.forget_lone_marks", 3600),
        Job("surveys.unlink", "surveys.services.unlink_due", 600),
        Job("surveys.forget_imports", "surveys.services.importing.forget_imports", 3600),
        Job("campaigns.tick", "campaigns.engine.tick", 1),
        Job("campaigns.schedule_reminders", "campaigns.letters.schedule_reminders", 30),
        Job("engagement.expire_offers", "engagement.services.expire_offers", 5),
        Job("engagement.send_notices", "engagement.services.send_due_notices", 5),
        Job("engagement.publish", "engagement.publishing.publish_all", 60),
        Job("engagement.send_reminders", "engagement.services.send_reminders", 60),
        Job("indicators.remind_reporters", "indicators.services.remind_reporters", 300),
    ]
)


def celery_schedule() -> dict[str, dict]:
    """Return the table as Celery beat wants it.

    A call that waited longer than its own period is dropped: the next one does its work.
    """
    return {
        job.name: {
            "task": "config.tasks.run_periodic",
            "schedule": job.every,
            "args": [job.name],
            "options": {"expires": max(job.every, 5)},
        }
        for job in PERIODIC.values()
    }
