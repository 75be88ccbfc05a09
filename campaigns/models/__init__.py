"""The tables of `campaigns`. Outside code imports from here only."""

from campaigns.models.campaigns import Campaign
from campaigns.models.deliveries import Batch, Delivery, SendAttempt
from campaigns.models.links import Link, LinkClick
from campaigns.models.mailings import Mailing, MailingContent, MailingTransition
from campaigns.models.outreach import OutreachActivity
from campaigns.models.provider import ProviderEvent, RateBucket
from campaigns.models.suppressions import Suppression

__all__ = [
    "Batch",
    "Campaign",
    "Delivery",
    "Link",
    "LinkClick",
    "Mailing",
    "MailingContent",
    "MailingTransition",
    "OutreachActivity",
    "ProviderEvent",
    "RateBucket",
    "SendAttempt",
    "Suppression",
]
