"""Plain makers of what a mailing needs. Names are hostile by default: escaping is tested all over."""

from datetime import UTC, datetime
from itertools import count

from campaigns import services
from campaigns.models import Campaign, Mailing, MailingContent
from engagement.models import EmailAddress, Person, Segment, Tag, User
from engagement.services import give_consent
from indicators.models import Area

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOSTILE = "Amina <script>alert(1)</script> {organisation}"
_numbers = count(1)


def make_officer(email: str = "mei@office.example") -> User:
    user, _ = User.objects.get_or_create(email=email, defaults={"name": "Mei, communications"})
    return user


def make_person(
    name: str = "Boris", *, address: str | None = None, consents: bool = True, **values
):
    number = next(_numbers)
    person = Person.objects.create(display_name=name, is_fictional=True, **values)
    person.tags.add(make_tag())
    if address is None:
        address = f"person{number}@people.example"
    if address:
        EmailAddress.objects.create(person=person, address=address, is_primary=True)
    if consents:
        agree(person)
    return person


def agree(person, purpose: str = "campaigns", at=datetime(2026, 1, 5, tzinfo=UTC)):
    give_consent(
        person=person,
        purpose=purpose,
        channel="email",
        wording_version="1",
        wording="You may write to me.",
        evidence="a form in a test",
        at=at,
    )


def make_tag():
    tag, _ = Tag.objects.get_or_create(slug="friends", defaults={"name": "Friends"})
    return tag


def make_segment(name: str = "Friends of the plan") -> Segment:
    make_tag()
    segment, _ = Segment.objects.get_or_create(
        name=name, defaults={"definition": {"tags": ["friends"]}}
    )
    return segment


def make_area(code: str = "ID", name: str = "Indonesia") -> Area:
    area, _ = Area.objects.get_or_create(code=code, defaults={"name": name, "kind": "member_state"})
    return area


def make_campaign(**values) -> Campaign:
    values = {
        "title": "Have your say",
        "slug": f"have-your-say-{next(_numbers)}",
        "starts_on": AT.date(),
    } | values
    return Campaign.objects.create(**values)


def make_mailing(*, people: int = 0, languages=("en",), **values) -> Mailing:
    for number in range(people):
        make_person(f"Person {number}")
    values = {
        "campaign": values.pop("campaign", None) or make_campaign(),
        "title": "First letter",
        "segment": values.pop("segment", None) or make_segment(),
        "author": make_officer(),
        "reply_to": "answers@office.example",
    } | values
    mailing = Mailing.objects.create(**values)
    for language in languages:
        make_content(mailing, language)
    return mailing


def make_content(mailing: Mailing, language: str = "en", **values) -> MailingContent:
    values = {
        "subject": f"{language}: your voice, {{salutation}}",
        "preheader": "Two minutes",
        "body": [
            ("heading", "The consultation is open"),
            (
                "paragraph",
                '<p>Dear {salutation}, <b>read</b> <a href="https://example.org/plan">the plan</a>'
                " with {organisation|your team}.</p>",
            ),
            ("button", {"label": "Answer", "url": "https://example.org/answer"}),
        ],
    } | values
    return MailingContent.objects.create(mailing=mailing, language=language, **values)


def start(mailing: Mailing, at=AT) -> Mailing:
    """Approve and start a mailing as two people would."""
    services.approve(mailing=mailing, by=make_officer("approver@office.example"), at=at)
    services.start(mailing=mailing, by=make_officer(), at=at)
    return mailing
