"""Loads the campaign of the demonstration from the file beside it."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from campaigns import publishing, services
from campaigns.engine import tick
from campaigns.errors import CampaignsError
from campaigns.models import Campaign, Mailing, MailingContent, OutreachActivity
from campaigns.transports.outbox import OutboxTransport
from engagement.models import Event, Segment, User
from indicators.models import Area, Framework, FrameworkNode, Indicator
from surveys.models import Survey

FILE = Path(__file__).parent / "campaign.json"
OFFICER = "communications-officer@suara.example"
APPROVER = "approver@suara.example"
TICKS = 20


def load(*, at: datetime) -> None:
    """Load the campaign, its mailings and its outreach; send the first mailing by the engine.

    Copies go to the local outbox, whatever transport is configured: the people are invented.
    Repeatable: what is there already is left alone.
    """
    data = json.loads(FILE.read_text(encoding="utf-8"))
    with transaction.atomic():
        # Nobody is filtered out here, so that the audience page has reasons to show.
        Segment.objects.get_or_create(
            name="Everybody in the registry",
            defaults={"description": "Whoever is in the registry, with or without an address."},
        )
        campaign = _campaign(data["campaign"], at)
        _outreach(data["outreach"], campaign, at)
        fresh = [made for each in data["mailings"] if (made := _mailing(each, campaign))]
        _counted_by_this_office()
    for mailing, wants_sending in fresh:
        if wants_sending:
            _send(mailing, at)
    publishing.publish_all(at=at)


def _campaign(data: dict, at: datetime) -> Campaign:
    campaign, created = Campaign.objects.get_or_create(
        slug=data["slug"],
        defaults={
            "title": data["title"],
            "summary": data["summary"],
            "starts_on": at.date() - timedelta(days=30),
            "ends_on": at.date() + timedelta(days=120),
            "owner": User.objects.filter(email=OFFICER).first(),
            "is_demonstration": True,
        },
    )
    if created:
        campaign.nodes.set([node for name in data["nodes"] if (node := _node(name))])
        campaign.indicators.set(Indicator.objects.filter(slug__in=data["indicators"]))
        campaign.surveys.set(Survey.objects.filter(slug__in=data["surveys"]))
        campaign.events.set(Event.objects.filter(is_demonstration=True)[:20])
    return campaign


def _node(name: str) -> FrameworkNode | None:
    """Return the node of the Strategic Plan that a short name stands for."""
    plan = FrameworkNode.objects.filter(framework__slug="ascc-strategic-plan-2026-2035")
    titles = {"people-centred": "People-centred", "youth": "Youth"}
    return plan.filter(title__startswith=titles[name]).first()


def _outreach(entries: list[dict], campaign: Campaign, at: datetime) -> None:
    for entry in entries:
        OutreachActivity.objects.get_or_create(
            campaign=campaign,
            title=entry["title"],
            defaults={
                "kind": entry["kind"],
                "held_on": at.date() - timedelta(days=entry["days_ago"]),
                "language": entry["language"],
                "area": Area.objects.filter(code=entry.get("area", "")).first(),
                "node": _node(entry.get("node", "people-centred")),
                "summary": entry.get("summary", ""),
                "reach": entry.get("reach"),
                "reach_source": entry.get("reach_source", ""),
                "evidence": entry["evidence"],
                "next_step": entry.get("next_step", ""),
                "is_demonstration": True,
            },
        )


def _counted_by_this_office() -> None:
    """Give the counts of outreach their place in the ledger, beside the plan and not in it.

    No framework lists them as indicators, so they are for the office and not shown to the public.
    """
    framework, _made = Framework.objects.get_or_create(
        slug="office-record",
        defaults={
            "title": "Record of this office",
            "description": "Counts of the office's own work. Not part of the plan's framework.",
            "position": 90,
            "source": "Counted by this installation",
        },
    )
    for position, (slug, title, unit) in enumerate(
        (
            (publishing.ACTIVITIES, "Outreach activities held", "activities"),
            (publishing.REACH, "People reached by outreach, as stated by outlets", "people"),
        )
    ):
        Indicator.objects.get_or_create(
            slug=slug,
            defaults={
                "framework": framework,
                "title": title,
                "title_status": "confirmed",
                "unit": unit,
                "decimals": 0,
                "position": position,
                "source": "Counted by this installation",
                "is_published": False,
            },
        )


def _mailing(entry: dict, campaign: Campaign) -> tuple[Mailing, bool] | None:
    if Mailing.objects.filter(campaign=campaign, title=entry["title"]).exists():
        return None
    mailing = Mailing.objects.create(
        campaign=campaign,
        title=entry["title"],
        segment=Segment.objects.filter(name=entry["segment"]).first(),
        purpose=entry["purpose"],
        reply_to=entry["reply_to"],
        sender_name=str(settings.SITE_NAME),
        author=User.objects.filter(email=OFFICER).first(),
        is_demonstration=True,
    )
    for language, content in entry["contents"].items():
        MailingContent.objects.create(
            mailing=mailing,
            language=language,
            subject=content["subject"],
            preheader=content["preheader"],
            body=[(kind, value) for kind, value in content["body"]],
        )
    return mailing, entry["send"]


def _send(mailing: Mailing, at: datetime) -> None:
    """Approve and send as two people would; stays a draft where the preflight objects."""
    approver = User.objects.filter(email=APPROVER).first()
    officer = User.objects.filter(email=OFFICER).first()
    if approver is None or officer is None:
        return
    try:
        services.approve(mailing=mailing, by=approver, at=at)
        services.start(mailing=mailing, by=officer, at=at)
    except CampaignsError:
        return
    for _ in range(TICKS):
        tick(at=at, transport=OutboxTransport())
        mailing.refresh_from_db(fields=["state"])
        if mailing.state in Mailing.OVER:
            break
