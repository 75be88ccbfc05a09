"""The nightly job that leaves nothing in an anonymous wave to pair a person with an answer.

PostgreSQL writes the number of the transaction into every row (`xmin`) and puts rows on the disk
in the order in which they are written (`ctid`): an invitation used and a response handed in by
one transaction could be paired by that. So once a day, for the days before, every used invitation
and every invited response of the wave is written anew: each set at once, in random order, all in
one transaction. Days with few answers are widened first.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import OperationalError, connection, models, transaction
from django.db.models import F, Max, Q

from surveys.models import QualityFlag, Response, SurveyInvitation, Wave
from surveys.protection.anonymity import Class, widen

# In the order in which handing in writes them, so that neither waits for the other in a circle.
TABLES: tuple[type[models.Model], ...] = (SurveyInvitation, Response, QualityFlag)
# Shorter than PostgreSQL's look for circles (1 s): it is always this job that gives way.
LONGEST_WAIT_MS = 400


def unlink_due(*, at: datetime) -> int:
    """Unlink every anonymous wave that has used invitations from before today; return how many.

    A wave whose tables are busy is left for the next call.
    """
    done = 0
    waves = Wave.objects.filter(anonymity=Wave.Anonymity.ANONYMOUS).annotate(
        last_used=Max("invitations__used_on")
    )
    for wave in waves.filter(
        Q(unlinked_through=None) | Q(unlinked_through__lt=F("last_used")), last_used__isnull=False
    ):
        yesterday = at.astimezone(ZoneInfo(wave.time_zone)).date() - timedelta(days=1)
        if _is_due(wave, yesterday):
            try:
                done += unlink(wave=wave, through=yesterday)
            except OperationalError as error:
                if "lock" not in str(error).lower():
                    raise
    if done:
        _sweep()
    return done


def _is_due(wave: Wave, yesterday: date) -> bool:
    used = _used(wave).filter(used_on__lte=yesterday)
    if wave.unlinked_through is not None:
        used = used.filter(used_on__gt=wave.unlinked_through)
    return used.exists()


def _used(wave: Wave) -> models.QuerySet[SurveyInvitation]:
    return wave.invitations.filter(state=SurveyInvitation.State.USED)


def _answers(wave: Wave, through: date) -> models.QuerySet[Response]:
    """The invited answers up to that day; a widened date is never later than its day."""
    return wave.responses.filter(
        source=Response.Source.INVITED, submitted_on__isnull=False, submitted_on__lte=through
    )


@transaction.atomic
def unlink(*, wave: Wave, through: date) -> bool:
    """Widen and rewrite the wave's used invitations and invited answers up to that day.

    Returns False when another process does the same at this moment.
    """
    claimed = Wave.objects.filter(pk=wave.pk, unlinked_through=wave.unlinked_through).update(
        unlinked_through=through
    )
    if not claimed:
        return False
    _lock_out_writers()
    _widen(wave, through)
    answers = _answers(wave, through)
    flags = QualityFlag.objects.filter(response__in=answers)
    _rewrite(flags, keeps_key=False)
    _rewrite(_used(wave).filter(used_on__lte=through))
    _rewrite(answers)
    return True


def _lock_out_writers() -> None:
    """Nobody may write these tables for the moment; a writer that waits then sees the new rows."""
    if connection.vendor != "postgresql":
        return  # SQLite's transaction has the only right to write already.
    names = ", ".join(connection.ops.quote_name(each._meta.db_table) for each in TABLES)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {LONGEST_WAIT_MS}")
        cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def _widen(wave: Wave, through: date) -> None:
    answers = _answers(wave, through)
    counts = Counter(
        Class(on, within) for on, within in answers.values_list("submitted_on", "submitted_within")
    )
    if not counts:
        return
    zone = ZoneInfo(wave.time_zone)
    opened = wave.opens_at or wave.created_at
    opened_on = min(opened.astimezone(zone).date(), min(each.on for each in counts))
    for old, new in widen(counts, opened_on=opened_on).items():
        if old == new:
            continue
        moved = answers.filter(submitted_on=old.on, submitted_within=old.within)
        QualityFlag.objects.filter(response__in=moved).update(computed_on=new.on)
        moved.update(
            submitted_on=new.on,
            submitted_within=new.within,
            started_on=new.on,
            consent_on=new.on,
        )


def _rewrite(rows: models.QuerySet, *, keeps_key: bool = True) -> None:
    """Take the rows out and put them back in random order, as one statement each.

    Foreign keys to them are checked at the commit, when all are back. With `keeps_key=False`
    their running numbers are drawn anew, because those tell an order too.
    """
    model = rows.model
    table = connection.ops.quote_name(model._meta.db_table)
    key = model._meta.pk.column
    fields = [field for field in model._meta.concrete_fields if keeps_key or not field.primary_key]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    # Without order and without the models' default one: the order is drawn below.
    chosen, values = rows.order_by().values_list("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS surveys_shuffled")
        cursor.execute(
            f"CREATE TEMPORARY TABLE surveys_shuffled AS SELECT * FROM {table} "  # noqa: S608
            f"WHERE {connection.ops.quote_name(key)} IN ({chosen})",
            values,
        )
        cursor.execute(
            f"DELETE FROM {table} WHERE {connection.ops.quote_name(key)} IN "  # noqa: S608
            f"(SELECT {connection.ops.quote_name(key)} FROM surveys_shuffled)"
        )
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM surveys_shuffled "  # noqa: S608
            "ORDER BY random()"
        )
        cursor.execute("DROP TABLE surveys_shuffled")


def _sweep() -> None:
    """Let PostgreSQL clear away the rows as they were before."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return
    names = ", ".join(connection.ops.quote_name(each._meta.db_table) for each in TABLES)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM {names}")
