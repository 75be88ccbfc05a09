"""The survey managers' screens: who sees what, and what the steps do."""

import csv
import io

import pytest

from indicators.models import Area
from surveys.models import QualityFlag, Response, Wave
from tests.surveys.factories import HOSTILE, LONG_AGO, make_response, make_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]
READERS = (
    "communications_officer",
    "engagement_officer",
    "survey_manager",
    "analyst",
    "national_focal_point",
    "approver",
    "administrator",
)


@pytest.fixture
def wave() -> Wave:
    return make_wave(areas=["KH", "TH"], targets={"KH": 10})


def office(wave: Wave, page: str = "") -> str:
    return f"/office/surveys/waves/{wave.token}/{page}"


@pytest.mark.parametrize("role", READERS)
def test_roles_with_the_right_see_the_fieldwork(client_for, wave, role):
    assert client_for(role).get(office(wave)).status_code == 200


@pytest.mark.parametrize("page", ["", "responses/", "move/", "publish/"])
def test_others_meet_a_page_that_does_not_exist(client_for, wave, page):
    answer = client_for("sectoral_body_reporter").get(office(wave, page))

    assert answer.status_code in (404, 405)


def test_readers_who_may_not_read_responses_do_not(client_for, wave):
    client = client_for("communications_officer")

    assert client.get(office(wave, "responses/")).status_code == 404
    assert client.get(office(wave)[:-1] + "/responses.csv").status_code == 404
    assert client.post(office(wave, "move/"), {"to": "paused"}).status_code == 404


def test_a_focal_point_sees_the_responses_of_the_granted_area_only(client_for, wave):
    Area.objects.get_or_create(code="KH", defaults={"name": "Cambodia", "kind": "member_state"})
    make_response(wave, answers={"area": "KH"})
    make_response(wave, answers={"area": "TH"})
    dara = client_for("national_focal_point", area="KH")

    assert set(Response.objects.visible_to(dara.user).values_list("area", flat=True)) == {"KH"}
    page = dara.get(office(wave, "responses/")).content.decode()
    assert ">KH<" in page
    assert "<td>TH</td>" not in page


def test_the_fieldwork_page_counts_by_area_page_and_language(client_for, wave):
    make_response(wave, last_page="third")
    make_response(wave, state="started", last_page="first", language="th")

    html = client_for("survey_manager").get(office(wave)).content.decode()

    assert '<progress value="1" max="10" aria-label="KH">' in html
    assert "10 %" in html
    assert '<th scope="row">ไทย</th><td class="num">1</td>' in html
    assert "<script>alert" not in html


def test_every_screen_opens_with_few_queries(client_for, wave, django_assert_max_num_queries):
    for _number in range(30):
        response = make_response(wave)
        QualityFlag.objects.create(
            response=response, kind="speeding", how=HOSTILE, computed_on=LONG_AGO.date()
        )
    client = client_for("survey_manager")
    pages = [
        "/office/surveys/",
        "/office/surveys/waves/",
        office(wave),
        office(wave, "responses/"),
        f"/office/surveys/questionnaires/{wave.questionnaire.token}/?language=th",
    ]
    for page in pages:
        with django_assert_max_num_queries(40):
            answer = client.get(page)
        assert answer.status_code == 200, page
        assert "<script>alert" not in answer.content.decode(), page


def test_the_logic_is_shown_as_text(client_for, wave):
    page = f"/office/surveys/questionnaires/{wave.questionnaire.token}/"

    assert "${heard} = &#x27;yes&#x27;" in client_for("analyst").get(page).content.decode()


def test_closing_without_a_reason_is_refused_with_a_sentence(client_for, wave):
    manager = client_for("survey_manager")

    refused = manager.post(office(wave, "move/"), {"to": "closed"}, follow=True)
    manager.post(office(wave, "move/"), {"to": "closed", "reason": "Enough answers"})

    assert "respondents may ask" in refused.content.decode()
    wave.refresh_from_db()
    step = wave.transitions.get()
    assert (wave.state, step.reason, step.by) == ("closed", "Enough answers", manager.user)


@pytest.mark.parametrize("to", ["", "nonsense", "archived"])
def test_a_step_that_does_not_exist_changes_nothing(client_for, wave, to):
    client_for("survey_manager").post(office(wave, "move/"), {"to": to, "reason": "x"})

    wave.refresh_from_db()
    assert wave.state == "collecting"


def test_figures_can_be_published_at_once(client_for, wave):
    client_for("survey_manager").post(office(wave, "publish/"))

    wave.refresh_from_db()
    assert wave.published_at


def test_the_export_holds_codes_and_no_formulas(client_for, wave):
    make_response(wave, answers={"comment": '=HYPERLINK("http://evil.example")'})
    make_response(wave, answers={"heard": "no", "where": "-7", "age": "-7", "trust": "-7"})
    make_response(wave, state="started")
    manager = client_for("survey_manager")

    answer = manager.get(f"/office/surveys/waves/{wave.token}/responses.csv")

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 2
    heard = next(row for row in rows if row["heard"] == "yes")
    unheard = next(row for row in rows if row["heard"] == "no")
    assert (heard["where=tv"], heard["where=web"], heard["trust/asean"]) == ("1", "0", "4")
    assert heard["comment"].startswith("'=")
    assert unheard["where=tv"] == unheard["trust/media"] == "-7"
