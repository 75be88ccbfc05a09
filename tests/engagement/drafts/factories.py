"""Drafts with measures for tests. Free texts are hostile by default."""

from uuid import uuid4

from django.utils import timezone

from engagement import services
from engagement.models import Draft, DraftVersion, Provision, ProvisionText
from tests.engagement.events.factories import HOSTILE


def make_draft(measures: int = 2, *, is_open: bool = True, **overrides) -> DraftVersion:
    """Version 1 of a public draft with measures "SM 1", "SM 2", …"""
    draft = Draft.objects.create(
        **{"slug": f"draft-{uuid4().hex[:8]}", "title": f"Draft {HOSTILE}"} | overrides
    )
    version = DraftVersion.objects.create(draft=draft, number=1)
    for number in range(1, measures + 1):
        provision = Provision.objects.create(draft=draft, code=f"SM {number}", position=number)
        ProvisionText.objects.create(
            version=version, provision=provision, text=f"Promote reading {number} {HOSTILE}"
        )
    if is_open:
        services.open_version(version=version, at=timezone.now())
    return version


def comment(version: DraftVersion, code: str = "SM 1", **overrides):
    """A comment with a proven address."""
    values = {
        "name": "Amina",
        "address": "amina@people.example",
        "body": f"Say who reads. {HOSTILE}",
        "is_proven": True,
        "at": timezone.now(),
    } | overrides
    made, _is_new = services.comment_on(text=version.texts.get(provision__code=code), **values)
    return made


def form_data(**overrides) -> dict:
    """What a browser sends from the comment form."""
    return {
        "body": f"Say who reads. {HOSTILE}",
        "proposed_wording": "",
        "reason": "",
        "name": "Amina",
        "address": "amina@people.example",
        "on_behalf_of": "",
        "area": "",
        "consent": "on",
        "website": "",
        "key": uuid4().hex,
    } | overrides
