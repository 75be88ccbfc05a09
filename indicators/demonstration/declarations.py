"""One real declaration as its source states it, and a made-up one with commitments and follow-up.

What the bodies did about a real declaration is not known to us, so nothing is said of it.
"""

import json
from datetime import date
from pathlib import Path

from indicators.models import Activity, Commitment, Declaration, FollowUp, SectoralBody

_FILE = Path(__file__).parent / "data" / "declarations.json"
_DAYS = ("status_since", "starts_on", "ends_on")
_TEXTS = ("what", "status", "evidence", "evidence_url", "withdrawn_reason")


def load() -> None:
    """Load the declarations that are not there; safe to repeat, edited rows are left alone."""
    bodies = {body.acronym: body for body in SectoralBody.objects.all()}
    for said in json.loads(_FILE.read_text(encoding="utf-8")):
        declaration, is_new = Declaration.objects.get_or_create(
            title=said["title"],
            defaults={name: said[name] for name in ("adopted_by", "url", "source")}
            | {
                "adopted_on": date.fromisoformat(said["adopted_on"]),
                "is_demonstration": said["is_demonstration"],
            },
        )
        if not is_new:
            continue
        for position, promised in enumerate(said["commitments"], start=1):
            commitment = Commitment.objects.create(
                declaration=declaration,
                number=promised["number"],
                text=promised["text"],
                due_year=promised["due_year"],
                position=position,
                is_demonstration=True,
            )
            commitment.responsible_bodies.set(bodies[word] for word in promised["bodies"])
            for action in promised["actions"]:
                _load_action(commitment, action, bodies)


def _load_action(commitment: Commitment, said: dict, bodies: dict[str, SectoralBody]) -> None:
    activity = Activity.objects.filter(
        source=f"demonstration:{said.get('activity', '')}", is_demonstration=True
    ).first()
    FollowUp.objects.create(
        commitment=commitment,
        body=bodies[said["body"]],
        activity=activity,
        is_demonstration=True,
        **{name: said.get(name, "") for name in _TEXTS},
        **{name: date.fromisoformat(said[name]) for name in _DAYS if name in said},
    )
