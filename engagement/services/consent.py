"""Giving and withdrawing consent. Nothing is overwritten: the last statement counts."""

from datetime import datetime

from engagement.models import Consent, Person, User


def give_consent(
    *,
    person: Person,
    purpose: str,
    channel: str = "email",
    wording_version: str,
    wording: str,
    evidence: str,
    at: datetime,
    basis: str = "consent",
    by: User | None = None,
) -> Consent:
    """Record that `person` agreed to `purpose` under this wording, shown at `evidence`.

    Saying yes again under the same wording version records nothing new; the statement already
    in force is returned.
    """
    current = Consent.objects.current(purpose=purpose, channel=channel).filter(person=person)
    held = current.filter(wording_version=wording_version).first()
    if held is not None and held.at <= at:
        return held
    return _state(
        Consent.State.GIVEN,
        person,
        purpose,
        channel,
        wording_version,
        wording,
        evidence,
        at,
        basis,
        by,
    )


def withdraw_consent(
    *,
    person: Person,
    purpose: str,
    channel: str = "email",
    evidence: str,
    at: datetime,
    wording_version: str = "",
    wording: str = "",
    by: User | None = None,
) -> Consent:
    """Record that `person` no longer agrees to `purpose`. Repeating it records nothing new.

    It is recorded even if there was no consent: whoever says no is not asked again.
    """
    last = (
        Consent.objects.filter(person=person, purpose=purpose, channel=channel)
        .latest_per_person()
        .first()
    )
    if last is not None and last.state == Consent.State.WITHDRAWN and last.at <= at:
        return last
    basis = last.basis if last else Consent.Basis.CONSENT
    return _state(
        Consent.State.WITHDRAWN,
        person,
        purpose,
        channel,
        wording_version or (last.wording_version if last else "none"),
        wording or (last.wording if last else ""),
        evidence,
        at,
        basis,
        by,
    )


def _state(state, person, purpose, channel, wording_version, wording, evidence, at, basis, by):
    consent = Consent(
        person=person,
        purpose=purpose,
        channel=channel,
        state=state,
        basis=basis,
        wording_version=wording_version,
        wording=wording,
        evidence=evidence,
        at=at,
        recorded_by=by,
    )
    # Services are called by other programs, not only by forms: an unknown purpose stops here.
    consent.full_clean(exclude=["wording", "person", "recorded_by"])
    consent.save()
    return consent
