"""The screens of qualitative evidence: each role sees what it may, and never a participant's name."""

import pytest
from django.urls import reverse

from indicators.models import Evidence, EvidenceConsent
from tests.indicators.factories import AT, HOSTILE, make_area, make_indicator

pytestmark = pytest.mark.django_db


@pytest.fixture
def interview():
    """Sokha Chan of Cambodia was interviewed; nobody asked her about publication yet."""
    found = Evidence.objects.create(
        kind="interview",
        title=f"A volunteer's year {HOSTILE}",
        summary="She visits eleven villages.",
        names="Sokha Chan",
        source="Interview",
        area=make_area("KH", name="Cambodia"),
        recorded_at=AT,
    )
    found.indicators.add(make_indicator())
    return found


def address(name, *evidence):
    return reverse(f"indicators_office:evidence{name}", args=[one.token for one in evidence])


def test_an_officer_writes_evidence_down_and_its_consent(client_for):
    make_indicator()
    client = client_for("engagement_officer")
    data = {
        "kind": "focus_group",
        "title": "Young people speak",
        "summary": "Nine came.",
        "participants": "9",
        "source": "Notes",
        "link": "asean.example/notes",
    }
    assert client.post(address("_new"), data | {"kind": "gossip"}).status_code == 422
    assert client.post(address("_new"), data | {"participants": "9" * 30}).status_code == 422
    assert client.post(address("_new"), data | {"indicators": ["999"]}).status_code == 422
    assert client.post(address("_new"), data).status_code == 302
    found = Evidence.objects.get()
    assert (found.link, found.visibility) == ("https://asean.example/notes", "internal")
    one = address("_one", found)
    assert client.post(one, {"scope": "named", "how": "on tape"}).status_code == 422
    assert client.post(one, {"scope": "everything", "how": "on tape"}).status_code == 422
    said = {"scope": "publication", "how": "signed form", "wording": "You may print it."}
    assert client.post(one, said).status_code == 302
    page = client.get(one).content.decode()
    assert "signed form" in page
    assert "in force" in page


def test_releasing_belongs_to_those_with_the_right_and_says_what_is_missing(client_for, interview):
    officer, approver = client_for("engagement_officer"), client_for("approver")
    release = address("_release", interview)
    assert officer.post(release, {"visibility": "public"}).status_code == 404
    answer = approver.post(release, {"visibility": "public"}, follow=True)
    assert "no consent in force that covers publication" in answer.content.decode()
    EvidenceConsent.objects.create(evidence=interview, scope="publication", how="form", at=AT)
    approver.post(release, {"visibility": "public"})
    assert Evidence.objects.public().get() == interview
    approver.post(release, {"visibility": "nonsense"})
    approver.post(release, {"visibility": "internal"})
    assert not Evidence.objects.public().exists()


@pytest.mark.parametrize(
    ("role", "sees_names"), [("engagement_officer", True), ("approver", False)]
)
def test_names_are_for_those_with_a_right_of_its_own(client_for, interview, role, sees_names):
    page = client_for(role).get(address("_one", interview)).content.decode()
    assert ("Sokha Chan" in page) == sees_names
    assert HOSTILE not in page
    listed = client_for(role).get(address("")).content.decode()
    assert "Sokha Chan" not in listed
    assert HOSTILE not in listed


def test_an_editor_who_may_not_see_names_does_not_lose_them(client_for, interview):
    client = client_for("administrator")
    client.user.user_permissions.clear()
    group = client.user.groups.get()
    group.permissions.remove(group.permissions.get(codename="view_participants"))
    data = {"kind": "interview", "title": "Another", "summary": "x", "source": "y"}
    assert client.post(address("_edit", interview), data).status_code == 302
    interview.refresh_from_db()
    assert (interview.title, interview.names) == ("Another", "Sokha Chan")


def test_names_are_erased_for_good(client_for, interview):
    client = client_for("analyst")
    assert client.post(address("_forget", interview)).status_code == 302
    interview.refresh_from_db()
    assert interview.names == ""


def test_a_focal_point_meets_404_for_another_area(client_for, interview):
    make_area("VN", name="Viet Nam")
    client = client_for("national_focal_point", area="VN")
    for name in ("_one", "_edit"):
        assert client.get(address(name, interview)).status_code == 404
        assert client.post(address(name, interview), {}).status_code == 404
    assert client.post(address("_forget", interview)).status_code == 404
    data = {"kind": "interview", "title": "Mine", "summary": "x", "source": "y"}
    foreign = data | {"area": interview.area.pk}
    assert client.post(address("_new"), foreign).status_code == 422
    assert client.post(address("_new"), data).status_code == 422, "an area is needed"
    own = data | {"area": make_area("VN").pk}
    assert client.post(address("_new"), own).status_code == 302


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=VOLUNTEER+villages", 1),
        ("q=nothing", 0),
        ("kind=interview&area=KH", 1),
        ("kind=document", 0),
        ("scope=none", 1),
        ("scope=withdrawn", 0),
        ("visibility=public", 0),
        ("indicator=kpi-22", 1),
        ("kind=nonsense&area=XX&indicator=unknown", 1),
    ],
)
def test_filters_understand_what_they_know(client_for, interview, query, count):
    page = client_for("analyst").get(f"{address('')}?{query}")
    assert page.context["page_obj"].paginator.count == count


def test_the_history_says_who_changed_what(client_for, interview):
    client = client_for("engagement_officer")
    data = {
        "kind": "interview",
        "title": "Better title",
        "summary": "She visits eleven villages.",
        "source": "Interview",
        "area": interview.area.pk,
        "names": "Sokha Chan",
    }
    client.post(address("_edit", interview), data)
    page = client.get(address("_one", interview)).content.decode()
    history = page[page.index("History") :]
    assert "title" in history
    assert client.user.email in history or str(client.user) in history


def test_the_list_asks_no_query_for_each_row(client_for, interview, django_assert_max_num_queries):
    for number in range(30):
        Evidence.objects.create(
            kind="document",
            title=f"Report {number}",
            summary="x",
            source="y",
            recorded_at=AT,
            area=interview.area,
        )
    client = client_for("analyst")
    client.get(address(""))
    with django_assert_max_num_queries(25):
        client.get(address(""))


@pytest.mark.parametrize(
    "path", ["%00/", "x/edit/", "?q=%00&area=%00", "?p=9e99", "?indicator=%00"]
)
def test_nonsense_in_an_address_is_no_failure(client_for, path):
    answer = client_for("administrator").get(f"/office/indicators/evidence/{path}")
    assert answer.status_code in {200, 400, 404}
