"""Comments keep the wording they were made on, and no consultation closes without answers."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from engagement import errors, services
from engagement.drafts import matrix
from engagement.drafts.comparison import compare
from engagement.models import Comment, DraftVersion, Notice, Person, ProvisionText
from tests.engagement.drafts.factories import comment, form_data, make_draft
from tests.engagement.events.factories import HOSTILE, make_area

pytestmark = pytest.mark.django_db
State = Comment.State


@pytest.fixture
def officer(client_for):
    return client_for("engagement_officer")


def reworded(version: DraftVersion) -> DraftVersion:
    """Version 2 with a new wording of SM 1, opened."""
    later = DraftVersion.objects.create(draft=version.draft, number=2)
    for text in version.texts.all():
        ProvisionText.objects.create(
            version=later,
            provision=text.provision,
            text="Promote reading aloud",
            change=ProvisionText.Change.REWORDED,
        )
    services.open_version(version=later, at=timezone.now())
    return later


class TestService:
    def test_a_comment_stays_with_the_wording_it_was_made_on(self, client, officer):
        version = make_draft(1)
        made = comment(version)
        services.answer_comment(
            comment=made, outcome="noted", reason="Yes.", at=timezone.now(), by=officer.user
        )
        services.close_version(version=version, at=timezone.now(), by=officer.user)
        later = reworded(version)
        made.refresh_from_db()
        assert made.text.version_id == version.pk
        version.refresh_from_db()
        assert version.state == DraftVersion.State.SUPERSEDED
        page = client.get(later.texts.get().provision.get_absolute_url()).content.decode()
        assert "Comments on the wording of version 1" in page
        assert "<ins>aloud" in page

    def test_nothing_that_was_commented_on_can_be_deleted(self):
        made = comment(make_draft(1))
        for row in (made.text, made.text.provision, made.text.version, made.text.version.draft):
            with pytest.raises(ProtectedError):
                row.delete()

    def test_a_consultation_does_not_close_while_a_comment_lacks_its_answer(self, officer):
        version = make_draft(1)
        first, second = comment(version), comment(version, name="Boris", address="b@people.example")
        words = {"at": timezone.now(), "by": officer.user}
        services.answer_comment(comment=first, outcome="accepted", reason="Good.", **words)
        with pytest.raises(errors.CommentsUnanswered, match="One comment"):
            services.close_version(version=version, **words)
        services.withdraw_comment(comment=second, at=timezone.now())
        services.close_version(version=version, **words)
        assert version.state == DraftVersion.State.CLOSED

    def test_a_wording_is_frozen_once_it_is_consulted_on(self, officer):
        version = make_draft(1)
        with pytest.raises(errors.VersionFrozen):
            services.write_provision(text=version.texts.get(), wording="Other", by=officer.user)

    def test_two_versions_are_never_open_at_once(self):
        version = make_draft(1)
        with pytest.raises(errors.CommentsUnanswered):
            reworded(version)
        later = DraftVersion.objects.filter(number=2).get()
        with pytest.raises(IntegrityError), transaction.atomic():
            DraftVersion.objects.filter(pk=later.pk).update(state="consulting")

    def test_comments_end_with_the_deadline(self):
        version = make_draft(1)
        version.closes_at = timezone.now() - timedelta(minutes=1)
        version.save()
        with pytest.raises(errors.NotOpenForComments):
            comment(version)

    def test_an_answer_needs_a_reason_and_can_be_corrected_with_its_history(self, officer):
        made = comment(make_draft(1))
        words = {"comment": made, "at": timezone.now(), "by": officer.user}
        with pytest.raises(errors.ReasonMissing):
            services.answer_comment(outcome="accepted", reason=" ", **words)
        services.answer_comment(outcome="accepted", reason="Good.", **words)
        answer = services.answer_comment(outcome="partly", reason="In part.", **words)
        assert [row.outcome for row in answer.history.all()] == ["partly", "accepted"]
        assert made.state == State.ANSWERED

    def test_hiding_names_the_rule_and_can_be_taken_back(self, officer):
        made = comment(make_draft(1))
        words = {"comment": made, "at": timezone.now(), "by": officer.user}
        with pytest.raises(errors.ReasonMissing):
            services.hide_comment(rule="", **words)
        services.hide_comment(rule="Insults a person.", **words)
        assert made.state == State.HIDDEN
        services.show_comment(**words)
        assert made.state == State.SUBMITTED


class TestPages:
    def test_a_comment_waits_for_the_mailed_link_and_the_button(self, client):
        version = make_draft(1)
        page = version.texts.get().provision.get_absolute_url()
        response = client.post(page, form_data())
        assert response.url == reverse("engagement:comment-received", args=[version.draft.slug])
        made = Comment.objects.get()
        assert made.state == State.UNCONFIRMED
        assert "Say who reads" not in client.get(page).content.decode()
        for _scan in range(3):
            assert client.get(made.get_absolute_url()).status_code == 200
        made.refresh_from_db()
        assert made.state == State.UNCONFIRMED
        assert Person.objects.count() == 0
        client.post(made.get_absolute_url(), {"action": "confirm"})
        made.refresh_from_db()
        assert made.state == State.SUBMITTED
        assert made.person.primary_address() == "amina@people.example"
        shown = client.get(page).content.decode()
        assert "Say who reads" in shown
        assert HOSTILE not in shown
        assert "amina@people.example" not in shown
        assert "Name not published" in shown

    def test_the_same_form_sent_twice_is_one_comment(self, client):
        version = make_draft(1)
        page = version.texts.get().provision.get_absolute_url()
        data = form_data()
        client.post(page, data)
        client.post(page, data)
        assert Comment.objects.count() == 1
        assert Notice.objects.count() == 1

    def test_a_program_stores_nothing(self, client):
        version = make_draft(1)
        client.post(version.texts.get().provision.get_absolute_url(), form_data(website="x"))
        assert Comment.objects.count() == 0

    @pytest.mark.parametrize(
        "wrong",
        [{"body": ""}, {"body": "x" * 5001}, {"address": "x"}, {"consent": ""}, {"name": "\x00"}],
    )
    def test_what_cannot_be_accepted_comes_back_with_sentences(self, client, wrong):
        version = make_draft(1)
        page = version.texts.get().provision.get_absolute_url()
        assert client.post(page, form_data(**wrong)).status_code in {400, 422}
        assert Comment.objects.count() == 0

    def test_a_closed_draft_takes_no_comment(self, client, officer):
        version = make_draft(1)
        services.close_version(version=version, at=timezone.now(), by=officer.user)
        page = version.texts.get().provision.get_absolute_url()
        assert client.get(page).status_code == 200
        assert client.post(page, form_data()).status_code == 409

    def test_answers_and_hidden_comments_are_visible_as_such(self, client, officer):
        version = make_draft(1)
        words = {"at": timezone.now(), "by": officer.user}
        services.answer_comment(
            comment=comment(version), outcome="partly", reason=f"Half. {HOSTILE}", **words
        )
        rude = comment(version, body="Rude words", name="Boris", address="b@people.example")
        services.hide_comment(comment=rude, rule="Insults a person.", **words)
        page = client.get(version.texts.get().provision.get_absolute_url()).content.decode()
        assert "accepted in part" in page
        assert "Rude words" not in page
        assert "Insults a person." in page
        assert HOSTILE not in page

    def test_a_draft_being_written_is_nowhere(self, client):
        version = make_draft(1, is_open=False)
        assert client.get(version.draft.get_absolute_url()).status_code == 404
        assert client.get(version.texts.get().provision.get_absolute_url()).status_code == 404
        assert "No draft is open for comments" in client.get("/drafts/").content.decode()

    def test_the_draft_page_asks_a_fixed_number_of_questions(
        self, client, django_assert_max_num_queries
    ):
        version = make_draft(12)
        for number in range(1, 6):
            comment(version, f"SM {number}")
        with django_assert_max_num_queries(14):
            page = client.get(version.draft.get_absolute_url())
        assert page.content.decode().count("Be the first to comment") == 7

    @pytest.mark.parametrize("token", ["x" * 16, "short", "%00" * 9])
    def test_a_tampered_link_is_not_found(self, client, token):
        version = make_draft(1)
        assert client.get(f"/comments/{token}/").status_code in {400, 404}
        address = f"{version.draft.get_absolute_url()}{token}/"
        assert client.get(address).status_code in {400, 404}


class TestOffice:
    def test_every_screen_opens(self, officer):
        version = make_draft(1)
        made = comment(version)
        addresses = [
            reverse("drafts:index"),
            reverse("comments:index"),
            *(
                reverse(f"drafts:{n}", args=[version.draft_id])
                for n in ("inspect", "edit", "close")
            ),
            *(reverse(f"comments:{n}", args=[made.pk]) for n in ("inspect", "answer", "hide")),
        ]
        for address in addresses:
            response = officer.get(address)
            assert response.status_code == 200, address
            assert HOSTILE.encode() not in response.content, address

    def test_the_officer_answers_and_closes(self, officer):
        version = make_draft(1)
        made = comment(version)
        close = reverse("drafts:close", args=[version.draft_id])
        assert officer.post(close).status_code == 409
        answer = reverse("comments:answer", args=[made.pk])
        assert officer.post(answer, {"outcome": "accepted", "reason": ""}).status_code == 422
        officer.post(answer, {"outcome": "accepted", "reason": "Good."})
        assert officer.post(close).status_code == 302
        version.refresh_from_db()
        assert version.state == DraftVersion.State.CLOSED

    def test_the_matrix_holds_every_comment_and_calculates_nothing(self, officer):
        version = make_draft(2)
        comment(version, body='=HYPERLINK("https://evil.example")')
        hidden = comment(version, "SM 2", name="Boris", address="b@people.example")
        services.hide_comment(
            comment=hidden, rule="Insults a person.", at=timezone.now(), by=officer.user
        )
        response = officer.get(reverse("drafts:matrix", args=[version.draft_id]))
        sheet = load_workbook(BytesIO(response.content)).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert rows[0] == matrix.headers()
        assert [row[0] for row in rows[1:]] == ["SM 1", "SM 2"]
        assert [row[10] for row in rows[1:]] == ["awaiting an answer", "hidden"]
        cell = sheet.cell(row=2, column=13)
        assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("https://evil.example")')

    def test_a_focal_point_sees_comments_of_the_own_area_only(self, client_for):
        version = make_draft(1)
        lan = comment(version, area=make_area("VN", "Viet Nam"))
        kham = comment(
            version, area=make_area("LA", "Lao PDR"), name="Kham", address="k@people.example"
        )
        focal = client_for("national_focal_point", area="VN")
        assert focal.get(reverse("comments:inspect", args=[lan.pk])).status_code == 200
        assert focal.get(reverse("comments:inspect", args=[kham.pk])).status_code == 404
        response = focal.get(reverse("drafts:matrix", args=[version.draft_id]))
        assert load_workbook(BytesIO(response.content)).active.max_row == 2
        assert focal.post(reverse("drafts:close", args=[version.draft_id])).status_code != 200


def test_a_comparison_gives_back_both_wordings():
    before, after = "Promote reading in schools", "Promote reading aloud in all schools"
    pieces = compare(before, after)
    assert "".join(p.text for p in pieces if p.kind != "added") == before
    assert "".join(p.text for p in pieces if p.kind != "removed") == after
