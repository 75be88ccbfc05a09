"""Qualitative evidence as readers meet it: prepared here, shown by components/evidence.html."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indicators.models import Evidence, EvidenceConsent, FrameworkNode, Indicator


@dataclass(frozen=True)
class Voice:
    """One piece of evidence, as shown to one reader; `names` only where that reader may see them."""

    kind: str
    title: str
    summary: str
    quotation: str
    language: str
    attribution: str
    names: Sequence[str]
    participants: str
    area: str
    held_on: date | None
    source: str
    link: str
    is_public: bool
    is_demonstration: bool


def of_indicator(indicator: Indicator, user: Any) -> list[Voice]:
    """What speaks about an indicator, as far as the reader may see it; one query, newest first."""
    return _voices(Evidence.objects.visible_to(user).filter(indicators=indicator), user)


def of_nodes(nodes: Iterable[FrameworkNode], user: Any) -> list[Voice]:
    """What speaks about these parts of a framework, each once, as far as the reader may see it."""
    found = Evidence.objects.visible_to(user).filter(nodes__in=list(nodes)).distinct()
    return _voices(found, user)


def is_public(evidence: Evidence) -> bool:
    """Whether everybody may read it now; for evidence read `with_consent()`."""
    return (
        evidence.visibility == Evidence.Visibility.PUBLIC
        and evidence.scope in EvidenceConsent.PUBLISHABLE
    )


def names_of(evidence: Evidence) -> list[str]:
    """The names of the participants, one a line."""
    return [name for line in evidence.names.splitlines() if (name := line.strip())]


def _voices(found: Iterable[Evidence], user: Any) -> list[Voice]:
    may_see_names = (
        user is not None and user.is_active and user.has_perm("indicators.view_participants")
    )
    return [_voice(one, may_see_names) for one in found.select_related("area")]


def _voice(evidence: Evidence, may_see_names: bool) -> Voice:
    named = evidence.scope == EvidenceConsent.Scope.NAMED
    people = evidence.participants
    return Voice(
        kind=evidence.get_kind_display(),
        title=evidence.title,
        summary=evidence.summary,
        quotation=evidence.quotation,
        language=evidence.language,
        attribution=evidence.attribution,
        names=names_of(evidence) if named or may_see_names else (),
        participants=""
        if people is None
        else ngettext("%(n)s participant", "%(n)s participants", people) % {"n": people},
        area=str(evidence.area) if evidence.area else _("whole region"),
        held_on=evidence.held_on,
        source=evidence.source,
        link=evidence.link,
        is_public=is_public(evidence),
        is_demonstration=evidence.is_demonstration,
    )
