"""Tool 2: what was declared, who answers for it, what they do, and what shows it."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from indicators.demonstration import load
from indicators.errors import EditedMeanwhile, InvalidEntry, NotAllowed, ReasonRequired
from indicators.models import Commitment, Declaration, FollowUp
from indicators.services import save_commitment, save_declaration, save_follow_up
from tests.conftest import user_with_role
from tests.indicators.factories import HOSTILE
from tests.indicators.workplans import make_activity, make_body, reporter_of

pytestmark = pytest.mark.django_db

OFFICE = "/office/indicators/"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def dara():
    """Dara, who reports for SOMHD."""
    return reporter_of("SOMHD")


@pytest.fixture
def maly():
    """Maly, the analyst who keeps the declarations."""
    return user_with_role("analyst")


def make_declaration(title="Declaration on care"):
    return Declaration.objects.create(
        title=title, adopted_on=date(2024, 10, 9), adopted_by="The Leaders", source="Its text"
    )


def make_commitment(*bodies, declaration=None, **values):
    values = {"text": f"Train every volunteer {HOSTILE}", "number": "1"} | values
    commitment = Commitment.objects.create(declaration=declaration or make_declaration(), **values)
    commitment.responsible_bodies.set([make_body(word) for word in bodies or ("SOMHD",)])
    return commitment


def make_action(commitment, body="SOMHD", **values):
    values = {"what": f"Exchange of trainers {HOSTILE}"} | values
    return FollowUp.objects.create(commitment=commitment, body=make_body(body), **values)


def state_of(commitment):
    return Commitment.objects.with_state().get(pk=commitment.pk).state


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        ([], "open"),
        (["withdrawn"], "open"),
        (["planned", "withdrawn"], "planned"),
        (["planned", "ongoing"], "ongoing"),
        (["completed", "planned"], "ongoing"),
        (["completed", "withdrawn"], "completed"),
        (["completed", "completed"], "completed"),
    ],
)
def test_how_far_a_commitment_is_follows_from_its_actions(statuses, state):
    commitment = make_commitment()
    for status in statuses:
        make_action(commitment, status=status)
    assert state_of(commitment) == state


def test_what_is_due_and_not_completed_is_overdue_from_the_next_year_on():
    late, done = make_commitment(due_year=2025), make_commitment(due_year=2025)
    make_commitment(due_year=2026)
    make_commitment(due_year=None)
    make_action(done, status="completed")
    assert list(Commitment.objects.with_state().overdue(2026)) == [late]
    assert not Commitment.objects.with_state().overdue(2025).exists()


def save_action(commitment, by, at, follow_up=None, version=None, **facts):
    if follow_up is None:
        facts = {"body": make_body("SOMHD"), "what": "Exchange", "status": "planned"} | facts
    return save_follow_up(
        commitment=commitment, follow_up=follow_up, facts=facts, version=version, by=by, at=at
    )


def test_a_body_reports_what_it_does_and_every_save_is_one_entry_of_the_history(dara, now):
    commitment = make_commitment()
    action = save_action(commitment, dara, now, status="ongoing")
    assert action.status_since == now.date()
    save_action(commitment, dara, now, action, status="completed", evidence="Minutes, 3 May 2026")
    newest, first = action.history.all()
    assert (newest.history_type, newest.history_user, newest.status) == ("~", dara, "completed")
    assert first.history_type == "+"


@pytest.mark.parametrize(
    ("facts", "field", "said"),
    [
        ({"what": " "}, "what", "Write what is done"),
        ({"status": "done"}, "status", "“done” is no status"),
        ({"status": "completed"}, "evidence", "Name what shows that it is completed"),
        (
            {"starts_on": date(2026, 5, 1), "ends_on": date(2026, 4, 1)},
            "ends_on",
            "ends on 2026-04-01, before it starts on 2026-05-01",
        ),
        ({"status_since": date(2999, 1, 1)}, "status_since", "still to come"),
    ],
)
def test_an_action_that_cannot_be_is_refused_beside_its_field(dara, now, facts, field, said):
    commitment = make_commitment()
    with pytest.raises(InvalidEntry, match=said) as refused:
        save_action(commitment, dara, now, **facts)
    assert refused.value.field == field
    assert not FollowUp.objects.exists()


def test_an_action_is_withdrawn_with_its_reason(dara, now):
    commitment = make_commitment()
    action = make_action(commitment)
    with pytest.raises(ReasonRequired):
        save_action(commitment, dara, now, action, status="withdrawn")
    save_action(commitment, dara, now, action, status="withdrawn", withdrawn_reason="No funds")
    assert FollowUp.objects.get().withdrawn_reason == "No funds"


def test_a_body_reports_only_for_itself_and_only_where_it_answers(dara, now):
    commitment = make_commitment("ACW")
    with pytest.raises(NotAllowed, match="You do not report for ACW"):
        save_action(commitment, dara, now, body=make_body("ACW"))
    with pytest.raises(InvalidEntry, match="SOMHD does not answer for this commitment.*ACW"):
        save_action(commitment, dara, now)
    theirs = make_action(commitment, "ACW")
    with pytest.raises(NotAllowed):
        save_action(commitment, dara, now, theirs, what="Ours now")


def test_two_people_do_not_overwrite_each_others_action(dara, now):
    commitment = make_commitment()
    action = make_action(commitment, what="First")
    admin = user_with_role("administrator")
    save_action(commitment, admin, now, action, version=1, what="The administrator's")
    with pytest.raises(EditedMeanwhile) as refused:
        save_action(commitment, dara, now, action, version=1, what="Dara's")
    (conflict,) = refused.value.conflicts
    assert (conflict.theirs, conflict.sent) == ("The administrator's", "Dara's")


def test_declarations_are_kept_by_those_with_the_right(maly, dara, now):
    facts = {
        "title": "Declaration on care",
        "adopted_on": date(2024, 10, 9),
        "adopted_by": "The Leaders",
        "url": "",
        "source": "Its text",
    }
    with pytest.raises(NotAllowed):
        save_declaration(declaration=None, facts=facts, version=None, by=dara, at=now)
    late = facts | {"adopted_on": now.date() + timedelta(days=1)}
    with pytest.raises(InvalidEntry, match="still to come"):
        save_declaration(declaration=None, facts=late, version=None, by=maly, at=now)
    made = save_declaration(declaration=None, facts=facts, version=None, by=maly, at=now)
    commitment = save_commitment(
        declaration=made,
        commitment=None,
        facts={"text": "Train every volunteer"},
        responsible_bodies=[make_body("SOMHD")],
        version=None,
        by=maly,
        at=now,
    )
    entry = commitment.history.get()
    assert (entry.history_type, entry.history_user) == ("+", maly)
    assert entry.responsible_bodies.count() == 1


def test_a_body_that_has_reported_stays_responsible(maly, now):
    commitment = make_commitment("SOMHD", "ACW")
    make_action(commitment, "ACW")

    def save(*bodies):
        return save_commitment(
            declaration=commitment.declaration,
            commitment=commitment,
            facts={"text": "Train"},
            responsible_bodies=[make_body(word) for word in bodies],
            version=None,
            by=maly,
            at=now,
        )

    with pytest.raises(InvalidEntry, match="ACW has reported on it"):
        save("SOMHD")
    with pytest.raises(InvalidEntry, match="Say which body answers"):
        save()
    assert save("ACW").responsible_bodies.count() == 1


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", ["1", "2", "3"]),
        ("body=ACW", ["2"]),
        ("state=open", ["3"]),
        ("state=completed", ["1"]),
        ("overdue=on", ["2"]),
        ("q=unpaid", ["3"]),
        ("q=shelter", ["2"]),
        ("declaration=none&body=x&state=y&q=&p=70", ["1", "2", "3"]),
    ],
)
def test_the_matrix_is_filtered_and_shows_the_latest_action_and_its_evidence(
    client_for, query, numbers
):
    declaration = make_declaration()
    done = make_commitment(declaration=declaration, number="1", due_year=2024, position=1)
    late = make_commitment("ACW", declaration=declaration, number="2", due_year=2024, position=2)
    make_commitment(declaration=declaration, number="3", text="Count unpaid care", position=3)
    make_action(done, status="completed", evidence="Minutes", evidence_url="https://x.example/m")
    make_action(late, "ACW", what="Map of shelters", status="ongoing")
    answer = client_for("national_focal_point").get(f"{OFFICE}declarations/?{query}")
    assert answer.status_code == 200
    assert [row.commitment.number for row in answer.context["rows"]] == numbers
    assert HOSTILE not in answer.content.decode()
    if numbers == ["1"]:
        assert 'href="https://x.example/m"' in answer.content.decode()


def test_the_matrix_asks_the_same_queries_for_fifty_commitments(
    client_for, django_assert_max_num_queries
):
    declaration = make_declaration()
    for number in range(50):
        make_action(make_commitment(declaration=declaration, number=str(number)))
    client = client_for("analyst")
    client.get(f"{OFFICE}declarations/")
    with django_assert_max_num_queries(22):
        client.get(f"{OFFICE}declarations/")


def test_the_files_have_a_row_for_each_action_and_one_for_a_commitment_without(client_for):
    declaration = make_declaration("=Declaration")
    first = make_commitment("SOMHD", "ACW", declaration=declaration, number="1")
    make_commitment(declaration=declaration, number="2", position=1)
    make_action(first, what="+Exchange", status="ongoing", activity=make_activity("Exchange"))
    make_action(first, "ACW", what="Other")
    client = client_for("analyst")
    text = client.get(f"{OFFICE}declarations/export.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["number"], row["action"]) for row in rows] == [
        ("1", "Other"),
        ("1", "'+Exchange"),
        ("2", ""),
    ]
    assert rows[0]["declaration"] == "'=Declaration"
    assert rows[1]["activity"] == "Exchange"
    book = load_workbook(io.BytesIO(client.get(f"{OFFICE}declarations/export.xlsx").content))
    assert book.active.max_row == 4


def test_a_declaration_a_commitment_and_an_action_are_entered_on_the_screens(client_for):
    make_body("SOMHD")
    analyst = client_for("analyst")
    data = {"title": "On care", "adopted_on": "2024-10-09", "adopted_by": "Leaders", "source": "x"}
    assert (
        analyst.post(f"{OFFICE}declarations/new/", data | {"url": "javascript:1"}).status_code
        == 422
    )
    assert analyst.post(f"{OFFICE}declarations/new/", data).status_code == 302
    declaration = Declaration.objects.get()
    assert "On care" in analyst.get(f"{OFFICE}declarations/").content.decode()
    address = f"{OFFICE}declarations/{declaration.token}/commitments/new/"
    data = {"text": "Train", "responsible_bodies": [make_body("SOMHD").pk]}
    assert analyst.post(address, data | {"due_year": "9" * 30}).status_code == 422
    assert analyst.post(address, data | {"due_year": "2026"}).status_code == 302
    commitment = Commitment.objects.get()
    reporter = client_for("sectoral_body_reporter", body="SOMHD")
    address = f"{OFFICE}commitments/{commitment.token}/actions/new/"
    data = {"body": make_body("SOMHD").pk, "what": "Exchange", "status": "completed"}
    assert reporter.post(address, data).status_code == 422
    wrong = data | {"evidence_url": "data:text/html,x"}
    assert reporter.post(address, wrong).status_code == 422
    assert reporter.post(address, data | {"evidence": "Minutes"}).status_code == 302
    page = reporter.get(f"{OFFICE}commitments/{commitment.token}/")
    assert "Minutes" in page.content.decode()
    assert page.context["row"].state == "completed"


def test_an_edit_that_meets_another_shows_both_values(client_for):
    commitment = make_commitment()
    analyst = client_for("analyst")
    address = f"{OFFICE}commitments/{commitment.token}/edit/"
    data = {"text": "Mine", "responsible_bodies": [make_body("SOMHD").pk], "version": 1}
    assert client_for("administrator").post(address, data | {"text": "Theirs"}).status_code == 302
    answer = analyst.post(address, data)
    assert answer.status_code == 409
    assert "Theirs" in answer.content.decode()
    assert 'name="version" value="2"' in answer.content.decode()


def test_a_reporter_finds_the_form_of_no_other_body(client_for):
    commitment = make_commitment("SOMHD", "ACW")
    own, other = make_action(commitment), make_action(commitment, "ACW")
    client = client_for("sectoral_body_reporter", body="SOMHD")
    assert client.get(f"{OFFICE}actions/{own.token}/edit/").status_code == 200
    assert client.get(f"{OFFICE}actions/{other.token}/edit/").status_code == 404
    theirs = make_commitment("ACW")
    assert client.get(f"{OFFICE}commitments/{theirs.token}/").status_code == 200
    assert client.get(f"{OFFICE}commitments/{theirs.token}/actions/new/").status_code == 404
    assert client.get(f"{OFFICE}commitments/{theirs.token}/edit/").status_code == 404
    assert client.get(f"{OFFICE}declarations/new/").status_code == 404


def test_what_is_made_up_says_so_and_nothing_is_said_of_a_real_declaration(now):
    load(at=now)
    load(at=now)
    real = Declaration.objects.get(is_demonstration=False)
    assert real.title == "Ha Noi Declaration on the ASEAN Community's Post-2025 Vision"
    assert (real.adopted_on, real.commitments.count()) == (date(2020, 11, 12), 0)
    assert not Commitment.objects.filter(is_demonstration=False).exists()
    assert not FollowUp.objects.filter(is_demonstration=False).exists()
    states = Commitment.objects.with_state().values_list("number", "state").order_by("number")
    assert list(states) == [
        ("1", "ongoing"),
        ("2", "completed"),
        ("3", "planned"),
        ("4", "ongoing"),
        ("5", "open"),
    ]
