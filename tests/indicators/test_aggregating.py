"""Values of ASEAN from its members' values: who is in, who is missing, and what wins."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from indicators import composition, readings
from indicators.models import (
    AggregateDue,
    AreaMembership,
    Indicator,
    Observation,
    Population,
    Target,
)
from indicators.services.aggregating import (
    aggregate_due,
    aggregate_indicator,
    ask_for_every_aggregate,
    source_of,
)
from tests.indicators.factories import (
    AT,
    make_area,
    make_asean,
    make_estimate,
    make_indicator,
    record_values,
)

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def asean():
    """Cambodia and Viet Nam since 2000, Timor-Leste since 26 October 2025."""
    group = make_asean("KH", "VN")
    AreaMembership.objects.create(
        group=group, area=make_area("TL", name="Timor-Leste"), valid_from=date(2025, 10, 26)
    )
    return group


def indicator(slug="kpi-31c", **overrides):
    values = {"aggregation": "mean", "minimum_members": 2, "direction": "down"}
    return make_indicator(slug, **(values | overrides))


def say(*values, slug="kpi-31c", source="document:statistics", **more):
    """Record (area, period, value) rows of one source, and compute what is due."""
    record_values(
        *(make_estimate(slug, area, period, value, **more) for area, period, value in values),
        source=source,
    )
    return aggregate_due(at=AT)


def of_asean(period, slug="kpi-31c"):
    return (
        Observation.objects.published()
        .filter(area__code="ASEAN", indicator__slug=slug, period=period)
        .get()
    )


def test_check_27_a_mean_names_its_members_and_its_method(asean):
    indicator()
    say(("KH", "2026", "10"), ("VN", "2026", "13"))
    row = of_asean("2026")
    assert (row.value, row.status) == (D("11.5"), "E")
    assert row.members == ["KH", "VN"]
    assert composition.words(row) == "mean of 2 of 3 member states; without Timor-Leste"
    assert row.provenance["set_on"] == "2026-07-02"


@pytest.mark.parametrize(
    ("period", "members"),
    [("2024", 2), ("2025", 2), ("2025-Q3", 2), ("2025-Q4", 3), ("2025-12", 3), ("2026", 3)],
)
def test_the_member_set_is_that_of_the_middle_of_the_period(asean, period, members):
    indicator()
    say(("KH", period, "10"), ("VN", period, "13"))
    assert len(of_asean(period).provenance["set"]) == members


def test_all_members_give_a_normal_value(asean):
    indicator()
    say(("KH", "2024", "10"), ("VN", "2024", "13"))
    assert of_asean("2024").status == "A"
    assert composition.words(of_asean("2024")) == "mean of 2 of 2 member states"


def test_too_few_members_give_no_value_but_a_sentence_with_their_names(asean):
    indicator(minimum_members=3)
    say(("KH", "2026", "10"), ("VN", "2026", "13"))
    row = of_asean("2026")
    assert (row.value, row.status) == (None, "L")
    assert composition.words(row) == (
        "not computed: 2 of 3 member states have a value, 3 are needed; without Timor-Leste"
    )


def test_where_no_minimum_is_stated_all_members_are_needed(asean):
    indicator(minimum_members=None)
    say(("KH", "2024", "10"))
    assert of_asean("2024").status == "L"
    say(("KH", "2024", "10"), ("VN", "2024", "13"))
    assert of_asean("2024").value == D("11.5")


def test_a_value_somebody_states_for_asean_wins_over_a_computed_one(asean):
    indicator()
    say(("KH", "2024", "10"), ("VN", "2024", "13"), ("KH", "2023", "8"), ("VN", "2023", "9"))
    say(("ASEAN", "2024", "12.3"), source="document:review")
    assert of_asean("2024").value == D("12.3")
    assert of_asean("2023").value == D("8.5")
    record_values(source="document:review")
    aggregate_due(at=AT)
    assert of_asean("2024").value == D("11.5"), "withdrawn, the computed value stands again"


def test_a_changed_value_of_a_member_is_followed_and_leaves_a_revision(asean):
    indicator()
    say(("KH", "2024", "10"), ("VN", "2024", "13"))
    say(("KH", "2024", "11"), ("VN", "2024", "13"))
    row = of_asean("2024")
    assert row.value == 12
    assert row.revisions.get().before["value"] == "11.5"
    say(("KH", "2024", "11"))
    assert of_asean("2024").value is None, "one member is below the minimum of two"


def test_computing_again_changes_nothing(asean):
    one = indicator()
    say(("KH", "2024", "10"), ("VN", "2024", "13"))
    before = of_asean("2024").recorded_at
    again = aggregate_indicator(indicator=one, at=AT + timedelta(days=1))
    assert (again.created, again.changed, again.withdrawn) == (0, 0, 0)
    assert of_asean("2024").recorded_at == before
    assert aggregate_due(at=AT + timedelta(days=1)) == 0


def test_percentages_of_breakdowns_are_never_averaged(asean):
    indicator()
    say(("KH", "2024", "10"), ("VN", "2024", "20"))
    record_values(
        make_estimate("kpi-31c", "KH", "2024", "90", breakdown="sex=F"),
        make_estimate("kpi-31c", "VN", "2024", "80", breakdown="sex=F"),
        source="document:by-sex",
    )
    assert not AggregateDue.objects.exists()
    aggregate_indicator(indicator=Indicator.objects.get(), at=AT)
    assert of_asean("2024").value == 15


def test_a_weighted_mean_names_the_vintage_of_its_population(asean):
    indicator(aggregation="weighted_mean", data_route="official_statistics")
    for code, people in (("KH", 1000), ("VN", 3000)):
        Population.objects.create(
            area=make_area(code), year=2020, ages="all", value=people, vintage="WPP 2024"
        )
        Population.objects.create(
            area=make_area(code), year=2024, ages="15+", value=1, vintage="WPP 2019"
        )
    say(("KH", "2024", "10"), ("VN", "2024", "20"))
    row = of_asean("2024")
    assert row.value == D("17.5")
    assert row.population_vintage == "WPP 2024, all, 2020"
    assert "weighted by population (WPP 2024, all, 2020)" in composition.words(row)


def test_without_a_population_for_everybody_no_weighted_mean_is_computed(asean):
    indicator(aggregation="weighted_mean")
    Population.objects.create(
        area=make_area("KH"), year=2020, ages="15+", value=9, vintage="WPP 2024"
    )
    say(("KH", "2024", "10"), ("VN", "2024", "20"))
    row = of_asean("2024")
    assert (row.value, row.status) == (None, "L")
    assert composition.words(row) == "not computed: no population is recorded for Area VN"


@pytest.mark.parametrize(("method", "value"), [("sum", 12), ("count", 1)])
def test_sums_and_counts(asean, method, value):
    indicator(aggregation=method)
    say(("KH", "2024", "12"), ("VN", "2024", "0"))
    assert of_asean("2024").value == value


def test_invented_and_real_values_are_never_mixed(asean):
    indicator()
    say(("KH", "2024", "90"), ("VN", "2024", "92"), is_demonstration=True)
    assert of_asean("2024").is_demonstration
    say(("KH", "2024", "10"), ("VN", "2024", "20"), source="document:real")
    row = of_asean("2024")
    assert (row.value, row.is_demonstration) == (15, False)


def test_values_of_another_definition_are_left_out(asean):
    indicator(minimum_members=1)
    say(("KH", "2024", "10"))
    say(("VN", "2024", "90"), source="document:other", status="D")
    assert of_asean("2024").members == ["KH"]


def test_an_indicator_that_is_no_longer_aggregated_loses_its_computed_values(asean):
    one = indicator()
    say(("KH", "2024", "10"), ("VN", "2024", "13"))
    Indicator.objects.update(aggregation="none")
    assert ask_for_every_aggregate(at=AT) == 1
    aggregate_due(at=AT)
    assert not Observation.objects.published().filter(source=source_of(one)).exists()
    assert ask_for_every_aggregate(at=AT) == 0


def test_one_indicator_that_fails_stops_no_other(asean, caplog):
    indicator("broken", aggregation="sum", framework=indicator().framework)
    # Each fits into the ledger, their sum does not.
    record_values(
        *(make_estimate("broken", code, "2024", "99999999999990") for code in ("KH", "VN")),
        source="document:huge",
    )
    say(("KH", "2024", "2"), ("VN", "2024", "4"))
    assert of_asean("2024").value == 3
    assert AggregateDue.objects.get().since > AT
    assert "could not be computed" in caplog.text


def asean_judged(slug="kpi-31c"):
    return readings.read(Indicator.objects.get(slug=slug), None).area("ASEAN")


def test_check_27_asean_is_sufficient_when_enough_members_are_and_the_others_are_named(asean):
    indicator()
    say(("KH", "2022", "10"), ("VN", "2022", "13"), ("KH", "2026", "9"), ("VN", "2026", "11"))
    found = asean_judged()
    assert found.sufficiency.sentence == (
        "Sufficient: 2 of 3 member states, 2 are needed. Lacking: Timor-Leste."
    )
    assert found.progress.verdict == "better"
    say(("KH", "2022", "10"), ("VN", "2022", "13"), ("KH", "2026", "9"))
    found = asean_judged()
    assert found.sufficiency.sentence == (
        "Insufficient: 1 of 3 member states, 2 are needed. Lacking: Area VN, Timor-Leste."
    )
    row = readings.table(None)[0]
    assert row.sufficiency == found.sufficiency, "the table and the page judge alike"


def test_means_of_different_members_are_compared_over_those_in_both(asean):
    indicator(minimum_members=1)
    # Every state improves; the mean of whoever reports rises because Timor-Leste joins.
    say(("KH", "2022", "10"), ("VN", "2022", "12"))
    say(("KH", "2026", "9"), ("VN", "2026", "11"), ("TL", "2026", "40"), source="document:b")
    found = asean_judged()
    assert found.newest.value == 20
    assert found.progress.verdict == "better"
    assert found.progress.sentence == (
        "Better: 11 in 2022, 10 in 2026. "
        "Compared over the 2 member states with values in both 2022 and 2026."
    )


def test_the_chart_says_that_its_values_are_of_different_members(asean, client):
    indicator(minimum_members=1)
    say(("KH", "2022", "10"), ("VN", "2022", "12"), ("KH", "2026", "9"), ("VN", "2026", "11"))
    address = reverse("indicators:detail", args=["kpi-31c"])
    words = "The member states behind the values are not the same in every period."
    assert words not in client.get(address).content.decode()
    say(("KH", "2022", "10"), ("VN", "2022", "12"), ("KH", "2026", "9"))
    assert words in client.get(address).content.decode()


def test_too_few_members_in_both_periods_give_no_verdict(asean):
    make_asean("MM")
    indicator(minimum_members=2)
    # Each state improves, but only Myanmar has a value at both ends.
    say(("KH", "2020", "10"), ("MM", "2020", "12"), ("KH", "2022", "9"), ("VN", "2022", "9"))
    say(("VN", "2024", "8"), ("MM", "2024", "7"), source="document:b")
    found = asean_judged()
    assert found.sufficiency.is_sufficient
    assert found.progress.verdict == "undetermined"
    assert found.progress.sentence == (
        "The member states behind the two values differ: 1 have a value in both 2020 and 2024, "
        "2 are needed."
    )


def test_against_a_target_the_sentence_says_that_the_members_differ(asean):
    one = indicator(minimum_members=1)
    Target.objects.create(indicator=one, area=asean, period="2030", value=5)
    say(("KH", "2022", "10"), ("VN", "2022", "12"))
    say(("KH", "2026", "9"), source="document:b")
    found = asean_judged()
    assert "Compared over the 1 member states" in found.progress.sentence
    assert found.progress.share_of_way == D(2) / D(6)


def test_a_stated_baseline_is_not_continued_by_a_computed_value(asean):
    indicator(baseline_year=2016)
    say(("ASEAN", "2016", "12.3"), source="document:review")
    say(("KH", "2026", "9"), ("VN", "2026", "11"))
    found = asean_judged().sufficiency
    assert not found.is_sufficient
    say(("ASEAN", "2016", "12.3"), ("ASEAN", "2019", "15.3"), source="document:review")
    found = asean_judged().sufficiency
    assert (found.is_sufficient, found.latest.period) == (True, "2019")


def test_the_page_says_who_is_in_the_figure(asean, client):
    indicator()
    say(("KH", "2026", "10"), ("VN", "2026", "13"))
    page = client.get(reverse("indicators:detail", args=["kpi-31c"])).content.decode()
    assert "mean of 2 of 3 member states; without Timor-Leste" in page


def test_the_queries_do_not_grow_with_the_members(asean, django_assert_max_num_queries):
    one = indicator()
    make_asean(*(f"M{n}" for n in range(9)))
    say(*((f"M{n}", str(year), str(n)) for n in range(9) for year in range(2010, 2025)))
    with django_assert_max_num_queries(12):
        aggregate_indicator(indicator=one, at=AT)
