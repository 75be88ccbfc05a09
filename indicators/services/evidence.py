"""Writing down what people said, what they allowed, and what the public may read of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indicators.errors import NotAllowed, ReasonRequired, WrongState
from indicators.evidence import names_of
from indicators.models import Area, Evidence, EvidenceConsent, FrameworkNode, Indicator

Scope = EvidenceConsent.Scope
Visibility = Evidence.Visibility


@transaction.atomic
def save_evidence(
    *,
    evidence: Evidence,
    indicators: Iterable[Indicator],
    nodes: Iterable[FrameworkNode],
    by: Any,
    at: datetime,
) -> Evidence:
    """Keep a piece of evidence, new or changed, with what it speaks about.

    Text that would show a name without consent to names takes what was public inside again.
    Raises NotAllowed for evidence of an area the user does not act for.
    """
    is_new = evidence.pk is None
    if not may_write(by, evidence.area, at) or not (
        is_new or Evidence.objects.editable_by(by, at.date()).filter(pk=evidence.pk).exists()
    ):
        raise NotAllowed(
            _("You do not record evidence for %(area)s.")
            % {"area": evidence.area or _("the whole region")}
        )
    if is_new:
        evidence.recorded_by, evidence.recorded_at = by, at
        evidence.visibility = Visibility.INTERNAL
    elif evidence.visibility == Visibility.PUBLIC and _obstacle(evidence, scope_of(evidence)):
        evidence.visibility = Visibility.INTERNAL
    evidence.save()
    evidence.indicators.set(indicators)
    evidence.nodes.set(nodes)
    return evidence


@transaction.atomic
def record_consent(
    *, evidence: Evidence, scope: str, how: str, wording: str = "", by: Any, at: datetime
) -> EvidenceConsent:
    """Write down what those who speak allow from now on; the newest entry holds.

    A withdrawal hides the evidence from the public with this very write. So does a narrower consent
    where the text carries names. Nothing is released again by a wider one: somebody decides that.
    Raises NotAllowed without the right, ReasonRequired where it is not said how it was given.
    """
    evidence = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    if not Evidence.objects.editable_by(by, at.date()).filter(pk=evidence.pk).exists():
        raise NotAllowed(_("You do not record evidence for this area."))
    if scope not in Scope.values:
        raise WrongState(_("The scope “%(scope)s” is not known.") % {"scope": scope})
    if not how.strip():
        raise ReasonRequired(_("Say how the consent was given, refused or withdrawn."))
    if scope in (Scope.NAMED, Scope.PUBLICATION) and not wording.strip():
        raise ReasonRequired(_("Give the sentence people agreed to, as it was put to them."))
    consent = EvidenceConsent.objects.create(
        evidence=evidence,
        scope=scope,
        how=how.strip(),
        wording=wording.strip(),
        at=at,
        recorded_by=by,
    )
    if evidence.visibility == Visibility.PUBLIC and _obstacle(evidence, scope):
        evidence.visibility = Visibility.INTERNAL
        evidence.save(update_fields=["visibility"])
    return consent


@transaction.atomic
def set_visibility(*, evidence: Evidence, visibility: str, by: Any, at: datetime) -> Evidence:
    """Release evidence to the public, or take it inside again.

    Raises NotAllowed without the right to release, WrongState where the consent in force does not
    cover publication, or the text carries a participant's name without consent to names.
    """
    evidence = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    known = Evidence.objects.visible_to(by, at.date()).filter(pk=evidence.pk).exists()
    if not known or not by.has_perm("indicators.release_evidence"):
        raise NotAllowed(_("Releasing evidence needs the right to do so."))
    if visibility not in Visibility.values:
        raise WrongState(_("“%(word)s” is neither public nor internal.") % {"word": visibility})
    if visibility == Visibility.PUBLIC and (why := _obstacle(evidence, scope_of(evidence))):
        raise WrongState(why)
    evidence.visibility = visibility
    evidence.save(update_fields=["visibility"])
    return evidence


@transaction.atomic
def forget_names(*, evidence: Evidence, by: Any, at: datetime) -> None:
    """Erase the participants' names; the history has never held them. Raises NotAllowed."""
    if not Evidence.objects.editable_by(by, at.date()).filter(pk=evidence.pk).exists():
        raise NotAllowed(_("You do not record evidence for this area."))
    evidence.names = ""
    evidence.save(update_fields=["names"])


def scope_of(evidence: Evidence) -> str:
    """How far the consent in force reaches: the scope of the newest entry, "" without any."""
    newest = evidence.consents.order_by("-at", "-pk").first()
    return newest.scope if newest else ""


def may_write(by: Any, area: Area | None, at: datetime) -> bool:
    """Whether the person records evidence of that area (None: of the whole region) on the day."""
    if not by.is_active or not by.has_perm("indicators.add_evidence"):
        return False
    if by.has_perm("indicators.view_every_evidence"):
        return True
    return area is not None and by.granted_areas(at.date()).filter(pk=area.pk).exists()


def _obstacle(evidence: Evidence, scope: str) -> str:
    """Why the public may not read it under a consent of this scope, as a sentence; "" if it may."""
    if scope not in EvidenceConsent.PUBLISHABLE:
        return _("There is no consent in force that covers publication. Record it first.")
    if scope != Scope.NAMED:
        text = "\n".join(
            (evidence.title, evidence.summary, evidence.quotation, evidence.attribution)
        ).casefold()
        for name in names_of(evidence):
            if name.casefold() in text:
                return _(
                    "The text says “%(name)s”, but the consent does not cover names. Take the name "
                    "out or record a consent to it."
                ) % {"name": name}
    return ""
