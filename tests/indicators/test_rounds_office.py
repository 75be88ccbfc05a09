"""The screens of a round: setting up, who is asked, the board, and what is asked of one person."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from indicators.models import AreaMembership, ReportingRound, Submission
from indicators.reporting import asking
from tests.conftest import user_with_role
from tests.indicators.factories import (
    HOSTILE,
    make_area,
    make_asean,
    make_estimate,
    make_framework,
    make_indicator,
    record_values,
)
from tests.indicators.rounds import begin, enter, go, make_body, make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def policies():
    """Two policy indicators of one framework and a survey's."""
    framework = make_framework()
    return [
        make_indicator("kpi-16", data_route="national_policy", framework=framework, code="KPI 16"),
        make_indicator("kpi-3", data_route="sectoral_body", framework=framework, code="KPI 3"),
        make_indicator("kpi-22", data_route="public_perception", framework=framework),
    ]


@pytest.fixture
def call(policies):
    make_asean("VN", "MM")
    policy, recorded, survey = policies
    return make_round(
        {policy: [make_area("VN"), make_area("MM")], recorded: [make_body()], survey: []}
    )


def new_round(**overrides):
    return {
        "title": "Quarter 1",
        "period": "2027-Q1",
        "opens_at": "2027-01-01T00:00",
        "deadline_at": "2027-02-01T00:00",
        "reminder_days": "14, 3, -1",
        "indicators": ["kpi-16", "kpi-3", "kpi-22"],
        "areas": ["VN", "MM"],
        "bodies": ["SOMHD"],
    } | overrides


def test_a_round_asks_each_indicator_of_those_its_route_leads_to(client_for, policies):
    make_asean("VN", "MM")
    make_body()
    make_body("ACDM")
    client = client_for("analyst")
    answer = client.post(reverse("indicators_office:round_new"), new_round())
    made = ReportingRound.objects.get()
    assert answer.url == reverse("indicators_office:round_asked", args=[made.token])
    whom = {
        (row.indicator.slug, str(row.area.code if row.area else row.body))
        for row in made.asked.select_related("indicator", "area", "body")
    }
    assert whom == {("kpi-16", "VN"), ("kpi-16", "MM"), ("kpi-3", "SOMHD")}
    assert made.reminder_days == [14, 3, -1]
    assert made.indicators.count() == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"deadline_at": "2026-02-01T00:00"},
        {"period": "soon"},
        {"title": ""},
        {"reminder_days": "3, often"},
        {"reminder_days": "9" * 50},
        {"indicators": ["no-such"]},
        {"areas": ["XX"]},
        {"opens_at": "9999-99-99T00:00"},
    ],
)
def test_what_cannot_be_a_round_is_refused_in_place(client_for, policies, wrong):
    make_asean("VN", "MM")
    make_body()
    client = client_for("analyst")
    answer = client.post(reverse("indicators_office:round_new"), new_round(**wrong))
    assert answer.status_code == 422
    assert not ReportingRound.objects.exists()


def test_setting_up_a_round_belongs_to_those_with_the_right(client_for, call):
    for name, tokens in (
        ("round_new", []),
        ("round_edit", [call.token]),
        ("round_asked", [call.token]),
    ):
        address = reverse(f"indicators_office:{name}", args=tokens)
        assert client_for("national_focal_point", area="VN").get(address).status_code == 404
        assert client_for("analyst").get(address).status_code == 200


def test_a_round_like_the_last_asks_those_who_joined_since_and_not_who_left(call):
    make_asean("TL")
    AreaMembership.objects.filter(area__code="TL").update(valid_from=timezone.now().date())
    AreaMembership.objects.filter(area__code="MM").update(
        valid_to=timezone.now().date() + timedelta(days=1)
    )
    later = timezone.now().date() + timedelta(days=2)
    asked = asking.like_before(call, later)
    policy, recorded = (
        call.indicators.get(slug="kpi-16").pk,
        call.indicators.get(slug="kpi-3").pk,
    )
    assert {area.code for area in asked[policy].areas} == {"VN", "TL"}
    assert [body.acronym for body in asked[recorded].bodies] == ["SOMHD"]


def test_a_round_is_set_up_like_another(client_for, call):
    client = client_for("analyst")
    address = reverse("indicators_office:round_new") + f"?from={call.token}"
    page = client.get(address)
    assert set(page.context["form"].initial["indicators"]) == {"kpi-16", "kpi-3", "kpi-22"}
    client.post(address, new_round(areas=[], bodies=[]))
    made = ReportingRound.objects.get(title="Quarter 1")
    assert made.asked.count() == call.asked.count() == 3


def test_who_is_asked_is_changed_but_not_away_from_what_was_entered(client_for, call):
    linh = user_with_role("national_focal_point", area="VN")
    policy = call.indicators.get(slug="kpi-16")
    enter(begin(call, linh, area=make_area("VN")), policy, "3", linh)
    client = client_for("analyst")
    address = reverse("indicators_office:round_asked", args=[call.token])
    refused = client.post(address, {f"areas_{policy.pk}": ["MM"]})
    assert refused.status_code == 422
    assert "has entered a value" in refused.content.decode()
    recorded = call.indicators.get(slug="kpi-3")
    kept = {f"areas_{policy.pk}": ["VN"], f"bodies_{recorded.pk}": ["SOMHD"]}
    assert client.post(address, kept).status_code == 302
    assert call.asked.count() == 2
    assert call.steps.get(kind="changed").changes == {"asked": [["kpi-16: MM"], []]}
    page = client.get(reverse("indicators_office:round", args=[call.token])).content.decode()
    assert "asked no more: kpi-16: MM" in page


def test_a_new_deadline_needs_a_reason_that_is_kept(client_for, call):
    client = client_for("analyst")
    address = reverse("indicators_office:round_edit", args=[call.token])
    data = new_round(title=call.title, period=call.period)
    data |= {"opens_at": call.opens_at.strftime("%Y-%m-%dT%H:%M")}
    assert client.post(address, data).status_code == 422
    assert client.post(address, data | {"reason": "a holiday"}).status_code == 302
    kept = call.steps.get(kind="changed")
    assert (kept.reason, kept.by) == ("a holiday", client.user)
    assert kept.changes["deadline_at"][1] == "2027-02-01 00:00 UTC"
    page = client.get(reverse("indicators_office:round", args=[call.token])).content.decode()
    assert "a holiday" in page


def test_a_round_is_closed_and_opened_again_with_a_reason(client_for, call):
    client = client_for("analyst")
    address = reverse("indicators_office:round_move", args=[call.token])
    client.post(address, {"to": "close"})
    call.refresh_from_db()
    assert call.closed_at is not None
    client.post(address, {"to": "reopen", "reason": " "})
    call.refresh_from_db()
    assert call.closed_at is not None
    client.post(address, {"to": "reopen", "reason": "Myanmar asked for a week"})
    call.refresh_from_db()
    assert call.closed_at is None
    assert client.post(address, {"to": "explode"}).status_code == 404
    kinds = [step.kind for step in call.steps.all()]
    assert kinds == ["opened", "closed", "reopened"]


def test_the_board_says_who_gave_what_who_is_late_and_who_is_awaited(client_for, call):
    linh = user_with_role("national_focal_point", area="VN")
    submission = begin(call, linh, area=make_area("VN"))
    enter(submission, call.indicators.get(slug="kpi-16"), "3", linh)
    go(submission, "submitted", by=linh)
    ReportingRound.objects.update(deadline_at=timezone.now() - timedelta(hours=1))
    record_values(
        make_estimate("kpi-22", "VN", provenance={"survey": "ASEAN awareness"}),
        source="surveys.wave:awareness-2026",
    )
    page = client_for("analyst").get(reverse("indicators_office:round", args=[call.token]))
    lines = {line.code: line for line in page.context["lines"]}
    assert set(lines) == {"VN", "MM", "SOMHD"}
    assert (lines["VN"].state, lines["VN"].given, lines["VN"].awaited) == (
        "submitted",
        1,
        ["national approval"],
    )
    assert lines["MM"].is_late and lines["MM"].state == "not_begun"
    assert lines["MM"].awaited == ["nobody has the right to report: give it to a post"]
    assert page.context["board"].counts["late"] == 2
    [arriving] = page.context["board"].arriving
    assert (arriving.indicator.slug, arriving.survey) == ("kpi-22", "ASEAN awareness")
    words = page.content.decode()
    assert "Arrives by itself from surveys" in words and "ASEAN awareness" in words
    assert HOSTILE not in words


def test_the_board_is_filtered_and_downloaded(client_for, call):
    client = client_for("analyst")
    address = reverse("indicators_office:round", args=[call.token])
    assert [one.code for one in client.get(address + "?kind=bodies").context["lines"]] == ["SOMHD"]
    assert client.get(address + "?state=published").context["lines"] == []
    assert len(client.get(address + "?state=x&kind=x&late=").context["lines"]) == 3
    answer = client.get(reverse("indicators_office:round_csv", args=[call.token]) + "?kind=areas")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["code"], row["indicator"], row["value_state"]) for row in rows] == [
        ("MM", "kpi-16", "awaited"),
        ("VN", "kpi-16", "awaited"),
    ]


def test_a_focal_point_sees_only_the_own_line(client_for, call):
    client = client_for("national_focal_point", area="VN")
    page = client.get(reverse("indicators_office:round", args=[call.token]))
    assert [line.code for line in page.context["lines"]] == ["VN"]
    assert [one.slug for one in page.context["board"].columns] == ["kpi-16"]
    answer = client.get(reverse("indicators_office:round_csv", args=[call.token]))
    assert "MM" not in answer.content.decode()


def test_what_is_asked_of_me_stands_on_one_page(client_for, call):
    client = client_for("national_focal_point", area="VN")
    page = client.get(reverse("indicators_office:asked"))
    [(board, [(line, cells)])] = page.context["boards"]
    assert (board.round, line.code) == (call, "VN")
    assert [(one.slug, cell.key) for one, cell in cells] == [("kpi-16", "awaited")]
    nothing = client_for("national_focal_point", area="KH") if make_area("KH") else None
    page = nothing.get(reverse("indicators_office:asked"))
    assert "Nothing is asked of you" in page.content.decode()


def test_a_focal_point_begins_only_for_the_own_area(client_for, call):
    theirs = Submission.objects.create(round=call, area=make_area("MM"))
    client = client_for("national_focal_point", area="VN")
    address = reverse("indicators_office:submission", args=[theirs.token])
    assert client.get(address).status_code == 404
    assert client.post(address, {}).status_code == 404
    for name in ("step", "upload"):
        assert (
            client.post(reverse(f"indicators_office:{name}", args=[theirs.token])).status_code
            == 404
        )
    template = reverse("indicators_office:template", args=[theirs.token])
    assert client.get(template).status_code == 404
    start = reverse("indicators_office:start", args=[call.token])
    for area in ("MM", "XX", ""):
        assert client.post(start, {"area": area}).status_code == 404
    assert client.post(start, {"area": "VN"}).status_code == 302
    assert Submission.objects.filter(area__code="VN").exists()


def test_a_step_out_of_turn_is_answered_with_a_sentence_not_an_error(client_for, call):
    found = Submission.objects.create(round=call, area=make_area("VN"))
    client = client_for("administrator")
    step = reverse("indicators_office:step", args=[found.token])
    answer = client.post(step, {"to": "published"}, follow=True)
    assert "there is no step" in answer.content.decode()
    for words in ("nonsense", ""):
        assert client.post(step, {"to": words}).status_code == 302


def test_the_board_takes_as_many_queries_for_many_as_for_few(
    client_for, django_assert_max_num_queries
):
    make_asean(*(f"A{number}" for number in range(11)))
    areas = [make_area(f"A{number}") for number in range(11)]
    framework = make_framework()
    indicators = [
        make_indicator(f"p-{number}", framework=framework, data_route="national_policy")
        for number in range(20)
    ]
    call = make_round(dict.fromkeys(indicators, areas))
    for area in areas:
        Submission.objects.create(round=call, area=area)
    client = client_for("analyst")
    address = reverse("indicators_office:round", args=[call.token])
    client.get(address)
    with django_assert_max_num_queries(32):
        client.get(address)
