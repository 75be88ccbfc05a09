"""Where a respondent stands: what they are asked, and which page still wants mending."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from surveys.answers import Answers, complaints
from surveys.models import Response, Wave
from surveys.questionnaire import logic
from surveys.questionnaire.ordering import Orders
from surveys.wording import Wording


def clock_of(wave: Wave, at: datetime) -> tuple[date, datetime]:
    """The day and the time in the wave's own zone."""
    here = at.astimezone(ZoneInfo(wave.time_zone))
    return here.date(), here


def path_of(response: Response, *, at: datetime, answers: Answers | None = None) -> logic.Path:
    """What this respondent is asked, pages in the order they meet them.

    `answers` stand for the stored ones where given.
    """
    definition = response.questionnaire.definition
    today, now = clock_of(response.wave, at)
    found = logic.path(
        definition, response.answers if answers is None else answers, today=today, now=now
    )
    return found.arranged(Orders(definition, str(response.pk)).pages())


def page_messages(
    wording: Wording, shown: logic.PathPage | None, *, today: date, now: datetime
) -> dict[str, list[str]]:
    """What stands against the answers of one page: field name to sentences."""
    messages: dict[str, list[str]] = {}
    for code in shown.questions if shown else ():
        messages |= complaints(
            wording.definition.by_code[code],
            wording,
            today=today,
            now=now,
            offered=shown.choices.get(code) if shown else None,
        )
    return messages


def first_incomplete(
    *, response: Response, at: datetime, before: str | None = None
) -> tuple[str, dict[str, list[str]]] | None:
    """The first page of the path with something to mend, up to (not including) page `before`."""
    definition = response.questionnaire.definition
    today, now = clock_of(response.wave, at)
    path = path_of(response, at=at)
    wording = Wording.of(definition, response.language, response.answers, path)
    for page in path.pages:
        if page.code == before:
            return None
        if messages := page_messages(wording, page, today=today, now=now):
            return page.code, messages
    return None


def resumed_page(*, response: Response, at: datetime) -> str | None:
    """The code of the page where somebody goes on who comes back.

    The first page with a gap, else the one after the furthest; None without any page to ask.
    """
    if gap := first_incomplete(response=response, at=at):
        return gap[0]
    path = path_of(response, at=at)
    if furthest := path.page(response.last_page):
        return (path.after(furthest.code) or furthest).code
    return path.pages[0].code if path.pages else None
