"""A reporter learns, with the reason, which other body is already at it."""

import time

import pytest

from indicators.models import Activity
from indicators.overlaps import find_overlaps
from tests.conftest import user_with_role
from tests.indicators.workplans import make_activity, make_body, make_tree, reporter_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def dara():
    """Dara, who reports for SOMHD."""
    return reporter_of("SOMHD")


def titles(found):
    return [one.title for one in found.shown]


def test_the_same_words_in_another_order_are_found_and_named(dara):
    make_activity("Exchange of community health volunteers", "SOMSWD")
    make_activity("Film festival", "SOMCA")
    found = find_overlaps(
        user=dara, title="Volunteers' health exchange in the community", measures=[], body="SOMHD"
    )
    assert titles(found) == ["Exchange of community health volunteers"]
    assert found.shown[0].reasons == ("Similar words: volunteers, health, exchange, community",)


def test_another_form_of_a_word_is_the_same_word(dara):
    make_activity("Training young entrepreneurs", "SOMY")
    found = find_overlaps(user=dara, title="Young entrepreneur trainers", measures=[])
    assert titles(found) == ["Training young entrepreneurs"]


def test_common_words_alone_are_no_likeness(dara):
    for number in range(30):
        make_activity(f"Regional workshop on subject{number} and matter{number}", "SOMCA")
    found = find_overlaps(user=dara, title="Regional workshop on haze alerts", measures=[])
    assert titles(found) == []


def test_a_shared_measure_is_named_by_its_code_whatever_the_words(dara):
    tree = make_tree()
    make_activity("Peer review", "SOMSWD", on=[tree["b-2-1"]])
    make_activity("Beside it", "ACW", on=[tree["b-2-2"]])
    found = find_overlaps(user=dara, title="Handbook", measures=[tree["b-2-1"].pk], body="SOMHD")
    assert titles(found) == ["Peer review"]
    assert found.shown[0].reasons == ("Also contributes to B-2-1 Measure b-2-1",)


def test_years_in_common_move_an_activity_up_and_are_named(dara):
    tree = make_tree()
    make_activity("Earlier", "ACW", on=[tree["b-2"]], year_from=2016, year_to=2018)
    make_activity("Meanwhile", "SOMY", on=[tree["b-2"]], year_from=2025, year_to=2030)
    found = find_overlaps(
        user=dara, title="New", measures=[tree["b-2"].pk], year_from=2026, year_to=2027
    )
    assert titles(found) == ["Meanwhile", "Earlier"]
    assert found.shown[0].reasons[-1] == "In the same years: 2026–2027"


def test_ones_own_body_the_activity_itself_and_the_withdrawn_are_not_named(dara):
    tree = make_tree()
    own = make_activity("Mine", "SOMHD", on=[tree["b-2"]])
    other = make_activity("Mine, too", "ACW", on=[tree["b-2"]])
    make_activity("Gone", "ACW", on=[tree["b-2"]], status="withdrawn", withdrawn_reason="x")
    measures = [tree["b-2"].pk]
    assert titles(find_overlaps(user=dara, title="", measures=measures, body="SOMHD")) == [
        "Mine, too"
    ]
    assert titles(
        find_overlaps(user=dara, title="", measures=measures, without=other.token)
    ) == [own.title]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "near", "far"),
    [
        ("ការបណ្តុះបណ្តាលគ្រូបង្រៀន", "វគ្គបណ្តុះបណ្តាលគ្រូបង្រៀននៅជនបទ", "ពិធីបុណ្យភាពយន្ត"),
        ("การอบรมครูในชนบท", "โครงการอบรมครูชนบท", "เทศกาลภาพยนตร์"),
        ("ຝຶກອົບຮົມຄູ", "ໂຄງການຝຶກອົບຮົມຄູ", "ງານບຸນ"),
        ("Đào tạo giáo viên", "Dao tao giao vien nong thon", "Liên hoan phim"),
    ],
)
def test_titles_in_the_scripts_of_the_member_states_are_compared(dara, title, near, far):
    make_activity(near, "SOM-ED")
    make_activity(far, "SOMCA")
    found = find_overlaps(user=dara, title=title, measures=[])
    assert titles(found) == [near]
    assert found.shown[0].reasons


@pytest.mark.parametrize("title", ["", "   ", "\x00", "?!", "a", "ก", "😀" * 400, "x" * 5000])
def test_a_title_of_nothing_to_compare_finds_nothing(dara, title):
    make_activity("Anything", "SOMCA")
    assert find_overlaps(user=dara, title=title, measures=[10**9]).shown == ()


def test_who_may_not_read_work_plans_learns_of_none():
    make_activity("Exchange of volunteers", "SOMSWD")
    stranger = user_with_role("stranger")
    assert find_overlaps(user=stranger, title="Exchange of volunteers", measures=[]).shown == ()


def test_a_thousand_activities_are_compared_at_once(dara, django_assert_max_num_queries):
    tree = make_tree()
    words = (
        "health school youth haze women media sports culture labour village climate food".split()
    )
    somca = make_body("SOMCA")
    made = Activity.objects.bulk_create(
        Activity(
            title=f"Regional {words[number % 12]} {words[number % 7]} programme {number}",
            type="policy",
            lead_body=somca,
        )
        for number in range(1000)
    )
    tree["b-2-1"].activities.add(*made[::20])
    asked = {"user": dara, "title": "Programme on youth health", "measures": [tree["b-2-1"].pk]}
    find_overlaps(**asked)
    with django_assert_max_num_queries(8):
        start = time.process_time()
        found = find_overlaps(**asked)
        took = time.process_time() - start
    assert len(found.shown) == 8
    assert found.more > 40
    # Measured 20 ms of a processor; ten times that says that something grew.
    assert took < 0.2
