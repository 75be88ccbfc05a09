"""Writing the audit log: one entry per deed, in the transaction of the deed."""

from datetime import datetime
from typing import Any

from surveys.models import AuditEntry, Survey, Wave


def note(
    *,
    action: AuditEntry.Action,
    at: datetime,
    by: Any = None,
    wave: Wave | None = None,
    survey: Survey | None = None,
    subject: str = "",
    words: str = "",
    data: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write down that `by` (None: the system) did `action`.

    `subject` is the thing in words; without it, the wave or the survey. Call it inside the
    transaction that does the deed, so that neither stands without the other.
    """
    survey = survey or (wave.survey if wave else None)
    return AuditEntry.objects.create(
        action=action,
        subject=(subject or str(wave or survey or ""))[:240],
        survey_code=survey.code if survey else "",
        wave_token=wave.token if wave else "",
        who=_name(by),
        words=words[:2000],
        data=data or {},
        at=at,
    )


def _name(by: Any) -> str:
    return "" if by is None else (f"{by}" or by.get_username())[:200]
