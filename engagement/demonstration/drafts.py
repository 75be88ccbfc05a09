"""A draft open for comments: known measures with their source, invented ones marked as such, and
invented comments, some of them answered."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from engagement import services
from engagement.models import (
    Comment,
    Disposition,
    Draft,
    DraftVersion,
    Event,
    Iap2,
    Notice,
    Person,
    Provision,
    ProvisionText,
    User,
)

HERE = Path(__file__).parent
SLUG = "results-framework-measures"
ANSWERED_BY = "engagement-officer@suara.example"

# (measure, person, comment, proposed wording, reason, (outcome, reason, resulting text) or None)
COMMENTS = [
    (
        "DM 03",
        "p008",
        "Being prepared is hard to measure. Say who should be able to do what.",
        "Promote regional cooperation so that older people in every Member State can reach a "
        "health centre and have an income they can live on",
        "In our work with older women both come up in every conversation.",
        (
            Disposition.Outcome.PARTLY,
            "The wording of the Blueprint stays as it was agreed. Access to health centres and "
            "income become two indicators under this measure.",
            "",
        ),
    ),
    (
        "DM 04",
        "p009",
        "Please add disability to gender and age. Without it the data hide those who are left "
        "out twice.",
        "… gender, age and disability-disaggregated databases …",
        "",
        None,
    ),
    (
        "DM 06",
        "p006",
        "Sixty days are long. People have forgotten what they said.",
        "… within thirty days after the consultation.",
        "Our members ask us after two weeks.",
        (
            Disposition.Outcome.NOT_ACCEPTED,
            "Answers need the agreement of eleven capitals and of the sectoral bodies concerned. "
            "Sixty days are what can be promised and kept.",
            "",
        ),
    ),
    (
        "DM 06",
        "p020",
        "Good. Publish it in the languages of those who were consulted.",
        "",
        "",
        None,
    ),
    (
        "DM 08",
        "p010",
        "Interpretation must also be offered online, not only in the room.",
        "Offer interpretation, in the room and online, into the official languages of the people "
        "invited, and sign language where it is asked for.",
        "Half of us can never travel.",
        (
            Disposition.Outcome.ACCEPTED,
            "The measure now says so.",
            "Offer interpretation, in the room and online, into the official languages of the "
            "people invited, and sign language where it is asked for.",
        ),
    ),
    ("DM 12", "p030", "Who pays for the volunteers' insurance?", "", "", None),
]


def load(*, people: dict[str, Person], at: datetime) -> None:
    """Load the draft once; later changes made in the back office stay."""
    if Draft.objects.filter(slug=SLUG).exists():
        return
    with transaction.atomic():
        version = _version(at)
        _comments(version, people, at - timedelta(days=6))
        # The authors are invented: nobody is written to.
        Notice.objects.filter(comment__text__version=version).update(state=Notice.State.SKIPPED)


def _version(at: datetime) -> DraftVersion:
    draft = Draft.objects.create(
        slug=SLUG,
        title="ASCC Results Framework: measures for consultation (demonstration text)",
        summary=(
            "Twelve measures, so that you can see how commenting works: five are quoted from the "
            "Blueprint 2025, seven are made up."
        ),
        purpose=(
            "In this demonstration the comments would go to the Working Group that prepares the "
            "Results Framework, before indicators, baselines and targets are set."
        ),
        iap2_level=Iap2.CONSULT,
        event=Event.objects.filter(slug="results-framework-regional-consultation").first(),
        source="Each measure names its own source.",
        is_demonstration=True,
    )
    version = DraftVersion.objects.create(draft=draft, number=1)
    with (HERE / "measures.csv").open(encoding="utf-8", newline="") as file:
        for position, row in enumerate(csv.DictReader(file), start=1):
            provision = Provision.objects.create(draft=draft, code=row["code"], position=position)
            ProvisionText.objects.create(
                version=version,
                provision=provision,
                heading=row["heading"],
                text=row["text"],
                standing=row["standing"],
                source=row["source"],
            )
    opened = at - timedelta(days=10)
    services.open_version(version=version, at=opened, closes_at=at + timedelta(days=40))
    return version


def _comments(version: DraftVersion, people: dict[str, Person], first: datetime) -> None:
    officer = User.objects.filter(email=ANSWERED_BY).first()
    for number, (code, key, body, wording, reason, answer) in enumerate(COMMENTS):
        person = people.get(key)
        if person is None:
            continue
        made = first + timedelta(hours=7 * number)
        comment, _is_new = services.comment_on(
            text=version.texts.get(provision__code=code),
            name=person.display_name,
            address=person.primary_address() or "",
            person=person,
            area=person.area,
            body=body,
            proposed_wording=wording,
            reason=reason,
            show_name=True,
            language=person.language,
            is_proven=True,
            is_demonstration=True,
            consent_version="demonstration",
            source=Comment.Source.WEB,
            at=made,
        )
        if answer and officer:
            outcome, why, text = answer
            services.answer_comment(
                comment=comment,
                outcome=outcome,
                reason=why,
                resulting_text=text,
                at=made + timedelta(days=2),
                by=officer,
            )
