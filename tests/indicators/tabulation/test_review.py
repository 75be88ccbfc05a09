"""Check 28: with the Review's activities loaded, every figure it prints comes out of the rows."""

import time
from decimal import Decimal

import pytest

from indicators.formatting import number
from indicators.models import Activity, FrameworkNode, SectoralBody
from indicators.tabulation import tabulate
from tests.indicators.tabulation.review import load_the_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def review():
    return load_the_review()


@pytest.fixture
def tables(review):
    return tabulate(review, Activity.objects.all())


def share_of(shares, key):
    return next(number(one.percent, 1) for one in shares if one.key == key)


def test_check_28_of_977_activities_13_are_withdrawn_and_964_stand(tables):
    counts = tables.overall.counts
    assert (counts.entered, counts.withdrawn, counts.standing) == (977, 13, 964)
    assert number(counts.rate, 1) == "71.8"
    assert number(counts.completed_share, 1) == "24.8"


def test_check_28_the_characteristics_add_up_to_2035_which_is_not_the_total(tables):
    standing = [table.counts.standing for table in tables.characteristics]
    assert standing == [387, 402, 362, 325, 559]
    assert tables.overall.parts_sum == 2035
    assert tables.overall.counts.standing == 964
    assert "2035" in tables.overall.overlap_sentence
    assert "964" in tables.overall.overlap_sentence


@pytest.mark.parametrize(
    ("key", "rate", "completed"),
    [
        ("a", "76.7", "23.0"),  # 297 of 387 is 76.74 %; the Review prints 76.8.
        ("b", "78.4", "33.6"),
        ("c", "63.3", "11.6"),
        ("d", "67.1", "14.8"),
        ("e", "73.9", "21.1"),
    ],
)
def test_check_28_each_characteristic_has_the_printed_rate(tables, key, rate, completed):
    counts = tables.of(key).counts
    assert number(counts.rate, 1) == rate
    assert number(counts.completed_share, 1) == completed


def test_check_28_the_rate_of_b_rests_on_315_activities_not_on_the_printed_215(tables):
    assert tables.of("b").counts.implemented == 315
    assert number(tables.of("b").counts.rate, 2) == "78.36"


def test_check_28_the_withdrawn_are_kept_and_out_of_every_rate(tables):
    assert [table.counts.withdrawn for table in tables.characteristics] == [13, 13, 0, 0, 13]
    policy = next(share for share in tables.overall.by_type if share.key == "policy")
    assert policy.activities == 185


def test_the_types_have_the_printed_shares(tables):
    shown = [(share.key, number(share.percent, 1)) for share in tables.overall.by_type]
    assert shown == [
        ("capacity_building", "29.5"),
        ("research", "23.9"),
        ("outreach", "21.0"),
        ("policy", "19.2"),
        ("groundwork", "6.5"),
    ]


@pytest.mark.parametrize(
    ("key", "body", "share"),
    [
        ("a", "SOMHD", "23.5"),
        ("b", "SOMHD", "25.1"),
        ("c", "ASOEN", "25.1"),
        ("d", "ASOEN", "46.2"),
        ("e", "ASOEN", "44.2"),
    ],
)
def test_the_largest_body_of_each_characteristic_has_the_printed_share(tables, key, body, share):
    largest = tables.of(key).by_body[0]
    assert (largest.key, number(largest.percent, 1)) == (body, share)


def test_the_second_body_of_e_has_the_printed_share(tables):
    assert share_of(tables.of("e").by_body, "SOMHD") == "14.1"


def test_no_measure_under_a_is_carried_by_one_body_alone(tables):
    assert (tables.of("a").measures, tables.of("a").measures_of_one_body) == (9, 0)
    assert "none is carried by one body alone" in tables.of("a").measures_sentence


def test_shares_by_type_and_lead_body_add_up_and_taking_part_adds_up_to_more(tables):
    for table in tables.all:
        standing = table.counts.standing
        assert sum(share.activities for share in table.by_type) == standing
        assert sum(share.activities for share in table.by_body) == standing
        assert sum(share.activities for share in table.taking_part) > standing


def test_an_activity_on_two_measures_of_a_characteristic_counts_in_it_once(tables):
    for table in tables.characteristics:
        assert table.parts_sum > table.counts.standing


def test_the_tables_agree_with_counting_the_rows_one_by_one(review, tables):
    above = dict(FrameworkNode.objects.values_list("pk", "parent"))
    served: dict[int, set[int]] = {}
    for activity, node in Activity.measures.through.objects.exclude(
        activity__status="withdrawn"
    ).values_list("activity", "frameworknode"):
        while node is not None:
            served.setdefault(node, set()).add(activity)
            node = above[node]
    for table in tables.characteristics:
        assert table.counts.standing == len(served[table.subject.pk])
        for part in table.parts:
            assert part.counts.standing == len(served[part.subject.pk])


def test_the_tables_are_read_in_five_queries_and_at_once(review, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        tabulate(review, Activity.objects.all())
    times = []
    for _one in range(5):
        start = time.process_time()
        tabulate(review, Activity.objects.all())
        times.append(time.process_time() - start)
    # 40 ms of a processor; five times that says that something grew.
    assert min(times) < 0.2


def test_the_tables_of_a_body_count_only_what_it_leads(review):
    chosen = Activity.objects.filter(lead_body__acronym="ASOEN")
    tables = tabulate(review, chosen)
    assert tables.overall.counts.standing == 247
    assert tables.of("d").by_body[0].percent == Decimal(100)


def test_nothing_chosen_gives_empty_tables_with_a_sentence(review):
    tables = tabulate(review, Activity.objects.none())
    assert tables.overall.counts.standing == 0
    assert tables.overall.counts.rate is None
    assert "no implementation rate" in tables.overall.rate_sentence
    assert tables.overall.bodies_sentence == ""


def test_a_tree_tied_into_a_ring_still_ends(review):
    top = FrameworkNode.objects.get(key="a")
    FrameworkNode.objects.filter(pk=top.pk).update(parent=FrameworkNode.objects.get(key="a-1"))
    assert tabulate(review, Activity.objects.all()).overall.counts.standing == 964


def test_what_serves_no_node_is_told_apart(review):
    lead = SectoralBody.objects.first()
    Activity.objects.create(title="Alone", type="policy", lead_body=lead)
    Activity.objects.create(title="Gone", type="policy", lead_body=lead, status="withdrawn")
    tables = tabulate(review, Activity.objects.all())
    assert (tables.unconnected, tables.overall.counts.standing) == (1, 964)
