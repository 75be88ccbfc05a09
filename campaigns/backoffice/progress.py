"""The numbers of a running or finished mailing, from the batches' own counts."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaigns.counts import totals
from campaigns.models import Batch, Delivery, Mailing


@dataclass(frozen=True)
class Line:
    """One number with its words."""

    key: str
    label: str
    count: int
    help: str = ""


@dataclass(frozen=True)
class Summary:
    """How far a mailing has come. `done` of `total` people have a final or accepted state."""

    state: str
    done: int
    total: int
    is_running: bool
    in_doubt: int
    waiting: int
    lines: list[Line]
    facts: list[Line]
    exclusions: list[Line]

    @property
    def percent(self) -> int:
        """Whole percent of the list that is through; 100 only when nothing is open."""
        return self.done * 100 // self.total if self.total else 100 * (not self.is_running)


def summary(mailing: Mailing) -> Summary:
    """Return what the progress page shows. Two queries, whatever the size of the list."""
    sums = totals(mailing)
    total = mailing.recipients or 0
    is_open = mailing.state in (Mailing.State.PREPARING, Mailing.State.SENDING)
    unfinished = sums["planned"] + sums["submitting"]
    batches = list(
        Batch.objects.filter(
            mailing=mailing, state__in=["in_doubt", "reconciling", "waiting"]
        ).values_list("state", "counts")[:1_000]
    )
    accepted = sums["accepted"] + sums["delivered"]
    lines = [
        Line("accepted", _("Handed over"), accepted, _("the transport took the copy")),
        Line("planned", _("Still to go"), sums["planned"]),
        Line("submitting", _("Being handed over or checked"), sums["submitting"]),
        Line("skipped", _("Left out"), sums["skipped"], _("with a reason each")),
        Line("rejected", _("Rejected"), sums["rejected"], _("the address was refused")),
        Line("failed", _("Failed"), sums["failed"]),
        Line("cancelled", _("Never sent"), sums["cancelled"], _("the mailing was cancelled")),
    ]
    facts = [
        Line(
            "delivered", _("Delivered"), sums["delivered_fact"], _("the receiving server took it")
        ),
        Line("clicked", _("Clicked by people"), sums["clicked_fact"]),
        Line("machine", _("Clicked by machines"), sums["machine_clicked_fact"]),
        Line("unsubscribed", _("Unsubscribed"), sums["unsubscribed_fact"]),
        Line("bounced", _("Bounced"), sums["bounced_hard_fact"]),
        Line("complained", _("Complained"), sums["complained_fact"]),
    ]
    words = dict(Delivery.Reason.choices)
    return Summary(
        state=str(mailing.get_state_display()),
        done=max(total - unfinished, 0),
        total=total,
        is_running=is_open,
        in_doubt=sum(
            counts.get("submitting", 0) for state, counts in batches if state != "waiting"
        ),
        waiting=sum(counts.get("planned", 0) for state, counts in batches if state == "waiting"),
        lines=lines,
        facts=facts,
        exclusions=[
            Line(reason, str(words.get(reason, reason)), count)
            for reason, count in mailing.exclusions.items()
        ],
    )
