"""Everything that happened to a value on one page: who, in which post, when and why."""

from decimal import Decimal

import pytest
from django.urls import reverse

from engagement.roles import ensure_roles
from indicators.models import Observation
from tests.conftest import user_with_role
from tests.engagement.factories import make_grant, make_holding, make_person, make_post, make_user
from tests.indicators.factories import HOSTILE, make_area, make_asean, make_indicator
from tests.indicators.rounds import begin, enter, go, make_body, make_round

pytestmark = pytest.mark.django_db

POST = "National focal point, Viet Nam"


@pytest.fixture
def policy():
    make_asean("VN", "MM")
    return make_indicator("kpi-16", data_route="national_policy", unit="policies")


@pytest.fixture
def linh(policy):
    ensure_roles()
    post = make_post(POST, area="VN")
    make_grant(post=post, area="VN", role="national_focal_point")
    user = make_user("linh@people.example", name="Linh Tran")
    make_holding(post, make_person("Linh Tran", user=user))
    return user


@pytest.fixture
def published(policy, linh):
    """Entered, handed in, returned, corrected, approved, accepted, published; then corrected."""
    call = make_round({policy: [make_area("VN")]})
    submission = begin(call, linh, area=make_area("VN"))
    enter(submission, policy, "3", linh, note=f"Gazette {HOSTILE}")
    go(submission, "submitted", by=linh)
    go(submission, "returned", by=user_with_role("approver"), reason="count the decree, too")
    enter(submission, policy, "4", linh, note="Gazette, with the decree")
    way = ("nationally_approved", "accepted", "published")
    go(submission, "submitted", by=linh)
    go(submission, *way)
    go(submission, "returned", reason="one was repealed")
    enter(submission, policy, "3", linh, note="Gazette, after the repeal")
    go(submission, "submitted", by=linh)
    go(submission, *way)
    return submission


def test_check_26_a_published_value_tells_its_whole_way_on_one_page(client_for, published, policy):
    client = client_for("analyst")
    # One click: the indicator. Two: the history of the value. Three: the submission.
    indicator = client.get(reverse("indicators_office:indicator", args=[policy.slug]))
    history = reverse("indicators_office:value_history", args=[policy.slug, "VN"])
    assert history in indicator.content.decode()
    page = client.get(history)
    told = [(one.what, one.value, one.acting_as, one.why) for one in page.context["happenings"]]
    assert told[0] == ("entered", "3 policies", POST, f"Gazette {HOSTILE}")
    assert told[1] == ("draft → submitted", "", POST, "")
    assert told[2][2:] == ("Approver", "count the decree, too")
    assert ("in the ledger: changed", "4 → 3", "", "one was repealed") in told
    assert [one.value for one in page.context["happenings"] if one.value] == [
        "3 policies",
        "4 policies",
        "3 policies",
        "4 → 3",
    ]
    words = page.content.decode()
    assert "Linh Tran" in words and HOSTILE not in words
    assert reverse("indicators_office:submission", args=[published.token]) in words


def test_check_26_the_public_page_names_posts_and_days_but_nobody(client, published, policy):
    row = Observation.objects.get()
    assert row.value == Decimal(3)
    told = row.provenance
    assert told["reported_by"] == "Area VN (VN)"
    assert told["entered"].endswith(POST) and told["handed_in"].endswith(POST)
    assert told["approved"].endswith("Administrator") and len(told["returned"]) == 2
    page = client.get(policy.get_absolute_url() + "?area=VN").content.decode()
    assert POST in page and "Approved nationally" in page
    assert "Linh Tran" not in page and "linh@" not in page


def test_a_focal_point_reads_the_own_history_and_not_anothers(client, linh, published, policy):
    client.force_login(linh)
    own = client.get(reverse("indicators_office:value_history", args=[policy.slug, "VN"]))
    assert "count the decree, too" in own.content.decode()
    stranger = user_with_role("national_focal_point", area="MM")
    client.force_login(stranger)
    others = client.get(reverse("indicators_office:value_history", args=[policy.slug, "VN"]))
    words = others.content.decode()
    assert "count the decree, too" not in words and "Linh Tran" not in words
    assert published.token not in words


def test_a_bodys_values_stand_in_the_history_of_asean(client_for, policy):
    body = make_body()
    dara = user_with_role("sectoral_body_reporter", body="SOMHD")
    submission = begin(make_round({policy: [body]}), dara, body=body)
    enter(submission, policy, None, dara, status="M", note="not ours to count")
    page = client_for("analyst").get(
        reverse("indicators_office:value_history", args=[policy.slug, "ASEAN"])
    )
    [one] = page.context["happenings"]
    assert (one.whom, one.value, one.why) == (
        "SOMHD",
        "no data: does not apply here",
        "not ours to count",
    )


def test_unknown_words_are_not_found(client_for, policy):
    client = client_for("analyst")
    for slug, area in (("kpi-99", "VN"), (policy.slug, "XX"), (policy.slug, "é" * 300)):
        address = reverse("indicators_office:value_history", args=[slug, area])
        assert client.get(address).status_code == 404
