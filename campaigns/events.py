"""Webhook facts: stored raw, then turned into timestamps of deliveries.

A fact only ever sets a timestamp to the earliest moment it was reported for, so facts may come
twice and in any order; the state shown follows from the timestamps by precedence.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Q

from campaigns.counts import recount
from campaigns.models import Batch, Delivery, ProviderEvent, Suppression
from campaigns.models.suppressions import address_hash

KEY_FIELDS = ("event", "MessageID", "email", "time", "url", "ip", "agent", "error", "CustomID")
BATCH = 500
DUPLICATE = "duplicate in campaign"
HARD_ERRORS = {
    "user unknown",
    "mailbox inactive",
    "blacklisted",
    "spam reporter",
    "invalid domain",
    "no mail host",
    "typofix",
}
CONTENT_ERRORS = {
    "bad or empty template",
    "error in template language",
    "sender blocked",
    "content blocked",
    "policy issue",
}


def store(facts: Iterable[Mapping], *, at: datetime) -> int:
    """Store facts raw; one that is already there is ignored. Return how many were given."""
    rows = [
        ProviderEvent(
            natural_key=natural_key(fact),
            event=str(fact.get("event", ""))[:20],
            custom_id=str(fact.get("CustomID") or "")[:64],
            occurred_at=_moment(fact.get("time")),
            payload=dict(fact),
            received_at=at,
        )
        for fact in facts
    ]
    ProviderEvent.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)
    return len(rows)


def natural_key(fact: Mapping) -> str:
    """Return the SHA-256 of what makes a fact itself; the provider gives no id."""
    text = "|".join(str(fact.get(name) or "") for name in KEY_FIELDS)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def process_events(*, at: datetime) -> int:
    """Turn stored facts into deliveries' timestamps; return how many facts were read."""
    events = list(ProviderEvent.objects.filter(processed_at=None).order_by("pk")[:BATCH])
    if not events:
        return 0
    by_token = Delivery.objects.select_related("mailing").in_bulk(
        {event.custom_id for event in events if event.custom_id}, field_name="token"
    )
    touched: dict[int, Delivery] = {}
    for event in events:
        delivery = by_token.get(event.custom_id)
        with transaction.atomic():
            note = _apply(event, delivery, at=at) if delivery else "no such delivery"
            ProviderEvent.objects.filter(pk=event.pk).update(processed_at=at, note=note)
        if delivery:
            touched[delivery.pk] = delivery
    for batch in {each.batch_id for each in touched.values() if each.batch_id}:
        _settle_if_known(batch)
        recount(batch)
    _watch({each.mailing for each in touched.values()}, at=at)
    return len(events)


def _apply(event: ProviderEvent, delivery: Delivery, *, at: datetime) -> str:
    moment = event.occurred_at or event.received_at
    payload = event.payload
    error = str(payload.get("error") or "")
    # Whatever is reported for our id proves that the provider took it.
    _accept(delivery, moment, payload)
    match event.event:
        case "sent":
            _stamp(delivery, "delivered_at", moment)
            Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.ACCEPTED).update(
                state=Delivery.State.DELIVERED
            )
        case "click":
            _stamp(delivery, "machine_clicked_at", moment)
        case "bounce" if payload.get("hard_bounce") or error in HARD_ERRORS:
            _stamp(delivery, "bounced_hard_at", moment, note=error)
            _suppress(delivery, Suppression.Reason.BOUNCED, at=moment)
        case "bounce" if error == "greylisted":
            _stamp(delivery, "deferred_at", moment)
        case "bounce":
            _stamp(delivery, "bounced_soft_at", moment, note=error)
        case "blocked" if error == DUPLICATE:
            return "an earlier copy was accepted"
        case "blocked" if error in HARD_ERRORS:
            _stamp(delivery, "bounced_hard_at", moment, note=error)
            _suppress(delivery, Suppression.Reason.BOUNCED, at=moment)
        case "blocked":
            _stamp(delivery, "blocked_at", moment, note=error)
            if error in CONTENT_ERRORS:
                from campaigns.engine.sending import hold

                hold(delivery.mailing, at=at, reason=f"Mailjet blocked a copy: {error}.")
        case "spam":
            _stamp(delivery, "complained_at", moment)
            _suppress(delivery, Suppression.Reason.COMPLAINED, at=moment)
        case "unsub":
            _stamp(delivery, "unsubscribed_at", moment)
            from campaigns.services import unsubscribe

            unsubscribe(delivery=delivery, evidence="Mailjet's unsubscribe link", at=moment)
        case "open":
            return "opens are not kept"
        case _:
            return "unknown kind of event"
    return ""


def _accept(delivery: Delivery, moment: datetime, payload: Mapping) -> None:
    Delivery.objects.filter(
        pk=delivery.pk, state__in=[Delivery.State.SUBMITTING, Delivery.State.PLANNED]
    ).filter(submitted_at__isnull=False).update(
        state=Delivery.State.ACCEPTED,
        accepted_at=moment,
        settled_at=moment,
        provider_message_id=str(payload.get("MessageID") or "")[:64],
    )


def _stamp(delivery: Delivery, column: str, moment: datetime, *, note: str = "") -> None:
    later = Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__gt": moment})
    changes = {column: moment} | ({"note": note[:300]} if note else {})
    Delivery.objects.filter(later, pk=delivery.pk).update(**changes)


def _suppress(delivery: Delivery, reason: str, *, at: datetime) -> None:
    Suppression.objects.get_or_create(
        address_hash=address_hash(delivery.address),
        defaults={"reason": reason, "source": f"mailing {delivery.mailing.token}", "at": at},
    )


def _settle_if_known(batch_id: int) -> None:
    """Settle a batch in doubt once facts have answered for all of its copies."""
    unsettled = Delivery.objects.filter(
        batch=batch_id, state__in=[Delivery.State.PLANNED, Delivery.State.SUBMITTING]
    )
    if not unsettled.exists():
        Batch.objects.filter(pk=batch_id, state=Batch.State.IN_DOUBT).update(
            state=Batch.State.SETTLED, lease_until=None
        )


def _watch(mailings: set, *, at: datetime) -> None:
    from campaigns.engine.closing import hold_if_harmful

    for mailing in mailings:
        hold_if_harmful(mailing, at=at)


def _moment(value) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(value), tz=UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _refuse(word: str):
    raise ValueError(f"{word} is not a number that JSON knows.")


def _storable(value):
    """Return `value` without what PostgreSQL cannot keep: NUL and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(each) for key, each in value.items()}
    return value


def parse(body: bytes) -> list[dict]:
    """Return the facts of a webhook's body: a grouped array or one bare object.

    Raises ValueError with a sentence when it is neither.
    """
    try:
        document = _storable(json.loads(body.decode("utf-8"), parse_constant=_refuse))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ValueError("The body is not JSON.") from error
    facts = document if isinstance(document, list) else [document]
    if not all(isinstance(fact, dict) and isinstance(fact.get("event"), str) for fact in facts):
        raise ValueError("Every event must be an object with an event name.")
    return facts
