"""What the home of the back office says to those who report and to those who decide."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cms.backoffice.dashboard import submissions
from tests.conftest import user_with_role
from tests.indicators.factories import make_area, make_asean, make_indicator
from tests.indicators.rounds import begin, enter, go, make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy():
    make_asean("VN", "MM")
    return make_indicator("kpi-16", data_route="national_policy")


@pytest.fixture
def linh(policy):
    return user_with_role("national_focal_point", area="VN")


def rows(user):
    panel = submissions(user, at=timezone.now())
    return [(row.label, row.text.partition(" · ")[0], row.url) for row in panel.rows]


def test_a_focal_point_is_led_to_the_round_and_then_to_the_draft(policy, linh):
    call = make_round({policy: [make_area("VN")]})
    label = f"Area VN: {call.title}"
    assert rows(linh) == [
        (label, "not begun", reverse("indicators_office:round", args=[call.token]))
    ]
    draft = begin(call, linh, area=make_area("VN"))
    address = reverse("indicators_office:submission", args=[draft.token])
    assert rows(linh) == [(label, "draft", address)]


def test_a_round_that_does_not_ask_a_country_is_not_on_its_home(policy, linh):
    make_round({policy: [make_area("MM")]})
    assert rows(linh) == []


def test_who_decides_is_led_to_what_was_handed_in(policy, linh):
    draft = begin(make_round({policy: [make_area("VN")]}), linh, area=make_area("VN"))
    enter(draft, policy, "3", linh)
    approver = user_with_role("approver")
    assert rows(approver) == []
    go(draft, "submitted", by=linh)
    [(label, state, address)] = rows(approver)
    assert (state, address) == (
        "submitted",
        reverse("indicators_office:submission", args=[draft.token]),
    )
    assert label.startswith("Area VN")
