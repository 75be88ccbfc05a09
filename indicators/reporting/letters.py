"""The words of a reminder, in the reader's language and with the deadline in the area's own time."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indicators.languages import complete
from indicators.models import Area, ReportingRound, SectoralBody
from indicators.reporting.reporters import Reporter


def reminder(
    call: ReportingRound,
    days: int,
    whom: Area | SectoralBody,
    given: int,
    asked: int,
    reporter: Reporter,
    *,
    at: datetime,
) -> EmailMultiAlternatives:
    """The mail that `asked - given` values are awaited from `whom`, not yet sent."""
    language = complete(reporter.language)
    with translation.override(language):
        words = {"whom": whom, "round": call.title}
        if at > call.deadline_at:
            subject = _("The deadline has passed: values of %(whom)s for “%(round)s”") % words
            lead = _("The values below are late. They are still taken.")
        else:
            left = max((call.deadline_at - at).days, 0)
            subject = _("Values of %(whom)s for “%(round)s” are awaited") % words
            lead = ngettext(
                "The deadline is %(days)s day away.", "The deadline is %(days)s days away.", left
            ) % {"days": left}
        context = {
            "subject": " ".join(subject.split()),
            "lead": lead,
            "name": reporter.name,
            "post": reporter.post,
            "whom": whom,
            "given": given,
            "asked": asked,
            "deadlines": deadlines(call.deadline_at, whom),
            "instructions": call.instructions,
            "url": f"{settings.PUBLIC_URL}{reverse('indicators_office:asked')}",
            "language": language,
            "site_name": _("Suara"),
            "public_url": settings.PUBLIC_URL,
        }
        mail = EmailMultiAlternatives(
            subject=context["subject"],
            body=render_to_string("indicators/emails/reminder.txt", context),
            to=[reporter.address],
            headers={"Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(
            render_to_string("indicators/emails/reminder.html", context), "text/html"
        )
    return mail


def deadlines(moment: datetime, whom: Area | SectoralBody) -> list[str]:
    """The deadline in the area's own time with its offset, and in UTC."""
    lines = []
    zone = whom.time_zone if isinstance(whom, Area) else settings.OFFICE_TIME_ZONE
    if zone and zone != "UTC":
        local = moment.astimezone(ZoneInfo(zone))
        offset = local.strftime("%z")
        hours = f"{offset[0]}{int(offset[1:3])}" + (f":{offset[3:]}" if offset[3:] != "00" else "")
        city = zone.rpartition("/")[2].replace("_", " ")
        lines.append(f"{date_format(local, 'j F Y, H:i')} {city} (UTC{hours})")
    utc = moment.astimezone(ZoneInfo("UTC"))
    lines.append(f"{date_format(utc, 'j F Y, H:i')} UTC")
    return lines
