"""Entering values on the web: what is refused, what stands beside, two people, an ended term."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from engagement.models import Grant
from engagement.registry.visibility import today
from engagement.roles import ensure_roles
from indicators import services
from indicators.errors import EditedMeanwhile
from indicators.models import Activity, Submission, SubmittedValue
from indicators.services import Entry
from tests.conftest import user_with_role
from tests.engagement.factories import (
    make_grant,
    make_holding,
    make_person,
    make_post,
    make_user,
)
from tests.indicators.factories import (
    HOSTILE,
    make_area,
    make_asean,
    make_estimate,
    make_framework,
    make_indicator,
    make_node,
    record_values,
)
from tests.indicators.rounds import begin, enter, go, make_body, make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def share():
    """A percentage that member states are asked for."""
    make_asean("VN", "MM")
    return make_indicator(
        "kpi-5a", data_route="national_policy", unit="percent", baseline_year=2016
    )


@pytest.fixture
def linh(client, share):
    """Viet Nam's focal point, signed in."""
    client.user = user_with_role("national_focal_point", area="VN")
    client.force_login(client.user)
    return client


@pytest.fixture
def draft(linh, share):
    call = make_round({share: [make_area("VN"), make_area("MM")]})
    return begin(call, linh.user, area=make_area("VN"))


def address(submission):
    return reverse("indicators_office:submission", args=[submission.token])


def typed(indicator, value="", *, note="", status="A", version=0, **more):
    return {
        f"value_{indicator.pk}": value,
        f"period_{indicator.pk}": more.pop("period", "2026"),
        f"status_{indicator.pk}": status,
        f"note_{indicator.pk}": note,
        f"version_{indicator.pk}": str(version),
        **{f"{name}_{indicator.pk}": text for name, text in more.items()},
    }


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("72.4", "72.4"),
        ("72,4", "72.4"),
        ("72.4 %", "72.4"),
        ("0", "0"),
        ("0.000001", "0.000001"),
        ("99.999999", "99.999999"),
    ],
)
def test_a_number_is_understood_as_people_type_it_and_kept_exactly(linh, draft, share, text, kept):
    assert linh.post(address(draft), typed(share, text, note="Census")).status_code == 302
    assert draft.values.get().value == Decimal(kept)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("many", "is not a number"),
        ("NaN", "is not a number"),
        ("Infinity", "is not a number"),
        ("101", "lies outside 0 to 100"),
        ("-0.1", "lies outside 0 to 100"),
        ("1e99", "too large"),
        ("9" * 60, "too large"),
        ("12.1234567", "more digits than are kept exactly"),
        ("=1+1", "is not a number"),
        ("72.4.1", "is not a number"),
    ],
)
def test_what_the_unit_does_not_allow_is_refused_with_a_sentence(linh, draft, share, text, why):
    answer = linh.post(address(draft), typed(share, text))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert why in page and "What you typed is still here" in page
    assert not draft.values.exists()


def test_what_is_typed_is_saved_before_it_is_handed_in(linh, draft, share):
    answer = linh.post(address(draft), typed(share, "72.4", note="Census") | {"then": "submitted"})
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.values.get().value) == ("submitted", Decimal("72.4"))
    page = linh.get(address(draft)).content.decode()
    assert "Take back into a draft" in page and "Save and hand in" not in page


def test_what_is_incomplete_is_saved_and_not_handed_in(linh, draft, share):
    answer = linh.post(address(draft), {"then": "submitted"}, follow=True)
    assert "are missing" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == "drafting"


def test_null_bytes_and_a_flood_of_digits_are_no_server_error(linh, draft, share):
    for text in ("\x00", "9" * 100_000, "𝟗𝟗", "٣"):
        answer = linh.post(address(draft), typed(share, text, note=text))
        assert answer.status_code in {400, 422}, text[:10]
    assert not draft.values.exists()


def test_no_data_needs_its_reason(linh, draft, share):
    answer = linh.post(address(draft), typed(share, status="L"))
    assert "Say why there is no data" in answer.content.decode()
    linh.post(address(draft), typed(share, status="L", note="Not asked in the survey of 2026"))
    assert (draft.values.get().value, draft.values.get().status) == (None, "L")


def test_check_29_a_reporter_sees_what_others_report_before_saving(client_for, share):
    node = make_node(framework=share.framework)
    make_asean("VN")
    share.data_route, share.node = "sectoral_body", node
    share.save()
    somhd, acdm = make_body(), make_body("ACDM")
    theirs = Activity.objects.create(title=f"Clinics {HOSTILE}", lead_body=acdm, type="policy")
    theirs.measures.add(node)
    mine = Activity.objects.create(title="Own work", lead_body=somhd, type="policy")
    mine.measures.add(node)
    record_values(
        make_estimate("kpi-5a", "ASEAN", "2016", "40"),
        make_estimate("kpi-5a", "ASEAN", "2024", "51.5"),
        make_estimate("kpi-5a", "VN", "2025", "63.1"),
    )
    record_values(make_estimate("kpi-5a", "ASEAN", "2023", "50"), source="reporting:ACDM")
    client = client_for("sectoral_body_reporter", body="SOMHD")
    submission = begin(make_round({share: [somhd, acdm]}), client.user, body=somhd)
    page = client.get(address(submission))
    [item] = page.context["items"]
    assert (item.beside.baseline.text, item.beside.baseline.period) == ("40\xa0%", "2016")
    assert (item.beside.last.text, item.beside.last.period) == ("51.5\xa0%", "2024")
    assert [(one.who, one.text) for one in item.beside.others] == [
        ("Area VN", "63.1\xa0%"),
        ("ASEAN", "50\xa0%"),
    ]
    words = page.content.decode()
    assert "Clinics" in words and "Own work" not in words and HOSTILE not in words


def test_drafts_of_others_are_not_shown_beside(linh, draft, share):
    may = user_with_role("national_focal_point", area="MM")
    other = begin(draft.round, may, area=make_area("MM"))
    enter(other, share, "55.5", may)
    go(other, "submitted", by=may)
    assert "55.5" not in linh.get(address(draft)).content.decode()


def test_a_published_value_does_not_stand_beside_itself_as_what_was_before(linh, draft, share):
    record_values(make_estimate("kpi-5a", "VN", "2025", "63.1"))
    enter(draft, share, "65", linh.user)
    go(draft, "submitted", by=linh.user)
    go(draft, "nationally_approved", "accepted", "published")
    [item] = linh.get(address(draft)).context["items"]
    assert (item.beside.last.text, item.beside.last.period) == ("63.1\xa0%", "2025")


def test_of_two_people_who_change_one_value_the_second_sees_both(linh, draft, share):
    other = user_with_role("national_focal_point", area="VN")
    enter(draft, share, "60", other, note="Census", period="2026")
    answer = linh.post(address(draft), typed(share, "61", note="Survey", version=0))
    assert answer.status_code == 409
    [item] = answer.context["items"]
    assert (item.theirs_text, item.mine_text) == ("60", "61")
    page = answer.content.decode()
    assert "Two people changed this value" in page and str(other) in page
    assert draft.values.get().value == 60
    # The form now carries the version it showed: saving it again decides.
    assert f'name="version_{share.pk}" value="1"' in page
    again = typed(share, "61", note="Survey", version=1, keep="mine")
    assert linh.post(address(draft), again).status_code == 302
    assert draft.values.get().value == 61
    assert [change.value for change in draft.changes.all()] == [60, 61]


def test_the_second_person_may_keep_what_the_first_saved(linh, draft, share):
    other = user_with_role("national_focal_point", area="VN")
    enter(draft, share, "60", other, period="2026")
    kept = typed(share, "61", note="Survey", version=1, keep="theirs")
    assert linh.post(address(draft), kept).status_code == 302
    assert draft.values.get().value == 60


def test_what_somebody_did_not_touch_never_overwrites_anothers_change(linh, draft, share):
    """Both opened the form with 60; the other saved 62, this one changed another value."""
    second = make_indicator("kpi-5b", framework=share.framework, data_route="national_policy")
    call = make_round({share: [make_area("VN")], second: [make_area("VN")]})
    submission = begin(call, linh.user, area=make_area("VN"))
    other = user_with_role("national_focal_point", area="VN")
    enter(submission, share, "60", other, period="2026", note="Census")
    enter(submission, share, "62", other, period="2026", note="Census")
    data = typed(share, "60", note="Census", version=1) | typed(second, "7", note="Report")
    assert linh.post(address(submission), data).status_code == 302
    held = dict(submission.values.values_list("indicator__slug", "value"))
    assert held == {"kpi-5a": 62, "kpi-5b": 7}


def test_a_value_taken_out_meanwhile_is_a_conflict_too(linh, draft, share):
    other = user_with_role("national_focal_point", area="VN")
    enter(draft, share, "60", other, period="2026")
    empty = Entry(share, "2026", version=1)
    services.save_values(submission=draft, entries=[empty], by=other, at=timezone.now())
    with pytest.raises(EditedMeanwhile) as raised:
        services.save_values(
            submission=draft,
            entries=[Entry(share, "2026", Decimal(61), version=1)],
            by=linh.user,
            at=timezone.now(),
        )
    [conflict] = raised.value.conflicts
    assert conflict.theirs.is_removed and conflict.mine.value == 61


def test_what_was_typed_stays_when_the_draft_was_handed_in_meanwhile(linh, draft, share):
    other = user_with_role("national_focal_point", area="VN")
    enter(draft, share, "60", other, period="2026")
    go(draft, "submitted", by=other)
    answer = linh.post(address(draft), typed(share, "61", note="Survey", version=1))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "can only change in a draft" in page
    assert "could not be saved" in page and "Survey" in page


@pytest.fixture
def term(share):
    """Linh holds Viet Nam's post; its grant lets her report."""
    ensure_roles()
    post = make_post("National focal point, Viet Nam", area="VN")
    make_grant(post=post, area="VN", role="national_focal_point")
    user = make_user("linh@people.example")
    holding = make_holding(post, make_person("Linh", user=user))
    return holding


def end(holding):
    type(holding).objects.filter(pk=holding.pk).update(valid_from=None, valid_to=today())


def test_a_term_that_ends_between_opening_and_saving_is_answered_clearly(share, term):
    client = Client()
    user = term.person.user
    client.force_login(user)
    draft = begin(make_round({share: [make_area("VN")]}), user, area=make_area("VN"))
    assert client.get(address(draft)).status_code == 200
    successor = make_user("binh@people.example", name="Bình")
    end(term)
    make_holding(term.post, make_person("Bình", user=successor), start=today())
    answer = client.post(address(draft), typed(share, "61"))
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "Your term has ended" in page
    assert "National focal point, Viet Nam" in page and "Bình has it now" in page
    assert not SubmittedValue.objects.exists()
    client.force_login(successor)
    assert client.post(address(draft), typed(share, "61")).status_code == 302


def test_somebody_with_another_post_left_learns_who_reports_now(share, term):
    """The office stays open for the other post, the submission does not."""
    user = term.person.user
    client = Client()
    client.force_login(user)
    draft = begin(make_round({share: [make_area("VN")]}), user, area=make_area("VN"))
    Grant.objects.create(user=user, role="national_focal_point", area=make_area("MM"))
    successor = make_user("binh@people.example", name="Bình")
    end(term)
    make_holding(term.post, make_person("Bình", user=successor), start=today())
    for answer in (client.get(address(draft)), client.post(address(draft), typed(share, "61"))):
        assert answer.status_code == 403
        page = answer.content.decode()
        assert "You no longer report for Area VN" in page
        assert "National focal point, Viet Nam (Bình)" in page
    assert not SubmittedValue.objects.exists()


def test_the_term_is_asked_again_inside_the_transaction(linh, draft, share, monkeypatch):
    """The view let the person through; the service asks again, and shows what was typed."""
    Grant.objects.filter(user=linh.user).update(valid_from=None, valid_to=today())
    monkeypatch.setattr(
        "indicators.backoffice.submissions._visible", lambda request, token, now: draft
    )
    make_grant(user=linh.user, area="MM", role="national_focal_point")
    answer = linh.post(address(draft), typed(share, "61", note="Survey of 2026"))
    assert answer.status_code == 403
    assert "Survey of 2026" in answer.content.decode()
    assert not SubmittedValue.objects.exists()


def test_strangers_to_the_submission_are_told_nothing(client_for, draft):
    client = client_for("national_focal_point", area="MM")
    assert client.get(address(draft)).status_code == 404


def test_the_form_takes_as_many_queries_for_many_indicators_as_for_few(
    client_for, django_assert_max_num_queries
):
    make_asean("VN")
    framework = make_framework()
    node = make_node(framework=framework)
    many = [
        make_indicator(f"p-{n}", framework=framework, node=node, data_route="national_policy")
        for n in range(40)
    ]
    record_values(*(make_estimate(f"p-{n}", "VN", value="5") for n in range(40)))
    client = client_for("national_focal_point", area="VN")
    draft = begin(
        make_round({one: [make_area("VN")] for one in many}), client.user, area=make_area("VN")
    )
    for one in many:
        enter(draft, one, "5", client.user)
    client.get(address(draft))
    with django_assert_max_num_queries(34):
        client.get(address(draft))
    assert Submission.objects.count() == 1
