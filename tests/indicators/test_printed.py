"""What a document prints about itself stands beside what is computed, and is never repaired."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from indicators import printed, readings
from indicators.models import Framework, Indicator
from tests.indicators.factories import (
    HOSTILE,
    make_asean,
    make_estimate,
    make_framework,
    make_indicator,
    record_values,
)

pytestmark = pytest.mark.django_db


def counts_of(framework):
    rows = readings.table(AnonymousUser(), framework=framework)
    return printed.stated_counts(framework, rows, readings.count(rows))


@pytest.fixture
def blueprint(loaded):
    return Framework.objects.get(slug="ascc-blueprint-2025")


def test_check_27_the_reviews_numbers_and_ours_stand_side_by_side(blueprint):
    found = counts_of(blueprint)
    assert [(line.key, line.stated, line.computed) for line in found.lines] == [
        ("indicators", 45, 45),
        ("kpis", 32, None),
        ("insufficient", 19, 38),
        ("sufficient", 26, 7),
        ("progress", 21, 4),
    ]
    assert all(line.quote and line.source for line in found.lines)
    assert found.headline == (
        "19 of 45 KPIs and sub-KPIs lack sufficient data; "
        "21 of 26 with sufficient data show clear progress."
    )


def test_check_27_every_number_says_which_of_its_rows_the_review_names(blueprint):
    notes = {line.key: line.note for line in counts_of(blueprint).lines}
    assert notes["indicators"].startswith("36 are described by the source, 9 are placeholders")
    assert notes["insufficient"] == (
        "Named by the source: KPI 3, KPI 6d, KPI 16, KPI 19c, KPI 22, KPI 24. Not named: 13."
    )
    assert notes["sufficient"].startswith("The source reports a change for 21 rows below")
    assert notes["progress"].startswith(
        "The source reports a change for the better for 19 rows below"
    )


def test_what_the_review_names_never_exceeds_what_it_counts(blueprint):
    found = counts_of(blueprint)
    rows = Indicator.objects.filter(framework=blueprint)
    changed = rows.exclude(printed_progress="").count()
    assert rows.filter(printed_sufficiency="insufficient").count() <= found.stated("insufficient")
    assert changed <= found.stated("sufficient")
    assert rows.filter(printed_progress="better").count() <= found.stated("progress")
    assert not rows.filter(printed_sufficiency="insufficient").exclude(printed_progress="").exists()


def test_the_gap_between_stated_and_computed_closes_by_values_alone(blueprint):
    before = counts_of(blueprint)
    record_values(
        make_estimate("prevalence-of-stunting", "ASEAN", "2016", "30"),
        make_estimate("prevalence-of-stunting", "ASEAN", "2019", "27"),
    )
    after = counts_of(blueprint)
    assert [line.stated for line in after.lines] == [line.stated for line in before.lines]
    assert [line.computed for line in after.lines] == [45, None, 37, 8, 5]


def test_a_sum_that_does_not_give_the_whole_is_not_said_to():
    framework = make_framework(
        printed_facts={
            "indicators": {"value": 3},
            "insufficient": {"value": 1},
            "sufficient": {"value": 1},
        }
    )
    for number in range(3):
        make_indicator(f"kpi-{number}", framework=framework)
    assert counts_of(framework).sum_sentence == ""


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"indicators": None},
        {"indicators": {"value": "many"}},
        {"indicators": {"value": True}},
        {"indicators": []},
    ],
)
def test_a_framework_that_states_nothing_usable_shows_only_what_is_computed(client, facts):
    framework = make_framework(slug="plain", printed_facts=facts)
    make_indicator("kpi-1", framework=framework)
    assert counts_of(framework) is None
    page = client.get(reverse("indicators:table"), {"framework": "plain"})
    assert page.context["stated"] is None
    assert "Computed from the values recorded here" in page.content.decode()


def test_a_quotation_cannot_smuggle_markup_into_the_page(client):
    framework = make_framework(
        slug="odd", printed_facts={"indicators": {"value": 1, "quote": HOSTILE, "source": HOSTILE}}
    )
    make_indicator("kpi-1", framework=framework, printed_words=HOSTILE, printed_progress="better")
    for address in (
        reverse("indicators:table") + "?framework=odd",
        reverse("indicators:detail", args=["kpi-1"]),
    ):
        page = client.get(address).content.decode()
        assert HOSTILE not in page
        assert "&lt;script&gt;" in page


def test_the_page_of_a_described_indicator_quotes_the_review(client, blueprint):
    page = client.get(reverse("indicators:detail", args=["kpi-31c"])).content.decode()
    assert "ASEAN average NEET increased from 12.3% to 15.3% between 2016 and 2019." in page
    assert "a change for the worse" in page


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("kpi-26a", "Better: 62.47 in 2017, 64.5 in 2019."),
        ("kpi-31c", "Worse: 12.3 in 2016, 15.3 in 2019."),
        (
            "regional-initiatives-on-conservation-and-sustainable-use",
            "Better: 7 in 2016, 20 in 2019.",
        ),
    ],
)
def test_check_27_the_reviews_values_give_the_verdicts_they_should(blueprint, slug, sentence):
    rows = readings.table(AnonymousUser(), framework=blueprint)
    [row] = [row for row in rows if row.indicator.slug == slug]
    assert row.progress.sentence == sentence


def test_check_27_a_target_of_zero_works():
    make_asean("KH")
    indicator = make_indicator("stunting", direction="down", data_route="official_statistics")
    record_values(
        make_estimate("stunting", "ASEAN", "2016", "20"),
        make_estimate("stunting", "ASEAN", "2020", "5"),
    )
    target = indicator.targets.create(
        area=make_asean(), period="2025", value=0, source="Work plan 2025"
    )
    [row] = readings.table(AnonymousUser(), framework=indicator.framework)
    assert target.value == 0
    assert row.progress.verdict == "better"
    assert row.progress.share_of_way == pytest.approx(0.75)


def findings_of(framework):
    return {check.what: check for check in printed.checks(framework)}


def test_check_28_the_reviews_215_of_402_is_listed_as_a_contradiction(blueprint):
    [(what, found, source)] = printed.contradictions(blueprint)
    assert "Characteristic B" in what
    assert found.sentence == "215 of 402 is 53.5 %, not 78.36 %."
    assert "section 3.3" in source
    first = printed.checks(blueprint)[0]
    assert (first.finding, first.sentence) == ("contradiction", found.sentence)


def test_check_28_the_characteristics_add_up_to_2035_because_activities_count_twice(blueprint):
    found = findings_of(blueprint)["Activities of the five characteristics"]
    assert found.finding == "overlap"
    assert found.sentence == (
        "387 + 402 + 362 + 325 + 559 = 2,035, not 964: what serves several parts counts in each "
        "of them, 2.1 times on average."
    )


def test_check_28_the_withdrawn_thirteen_are_taken_off_977(blueprint):
    found = findings_of(blueprint)["Actions and activities less those withdrawn"]
    assert (found.finding, found.sentence) == ("agrees", "977 − 13 = 964, as printed.")


def test_shares_that_add_up_to_100_point_1_are_explained_by_rounding(blueprint):
    found = findings_of(blueprint)["Types of activity"]
    assert found.finding == "last_digit"
    assert found.sentence == "29.5 + 23.9 + 21.0 + 19.2 + 6.5 = 100.1, not 100: each is rounded."


def test_a_last_digit_that_differs_is_told_apart_from_a_contradiction(blueprint):
    sentences = {check.sentence: check.finding for check in printed.checks(blueprint)}
    last = "297 of 387 is 76.74 %; 76.8 % is printed: the last digit differs."
    assert sentences[last] == "last_digit"
    assert sentences["229 of 362 is 63.3 %, as printed."] == "agrees"
    assert sentences["Printed as 67.08 % and as 67.1 %: the same, rounded."] == "agrees"


def test_the_page_of_printed_tables_shows_the_contradiction_and_every_table(client, blueprint):
    page = client.get(reverse("indicators:framework_printed", args=[blueprint.slug]))
    text = page.content.decode()
    assert "215 of 402 is 53.5 %, not 78.36 %." in text
    for number in ("977", "964", "387", "402", "362", "325", "559", "71.8", "24.8"):
        assert number in text
    assert [table.number for table in page.context["tables"]] == list("123456")


@pytest.mark.parametrize(
    "facts",
    [
        {"tables": None},
        {"tables": ["x", {"figures": [3, {"key": "a", "value": "1E+999999", "percent": "NaN"}]}]},
        {
            "tables": [
                {
                    "number": "1",
                    "title": HOSTILE,
                    "figures": [
                        {"key": "w", "value": 0},
                        {"key": "d", "value": 3, "percent": "50", "of": "w", "text": HOSTILE},
                        {"key": "l", "value": 10**400},
                        {"key": "m", "value": -4, "percent": "0.123456789", "of": "d"},
                    ],
                }
            ],
            "sums": [
                {"terms": ["1:d", "9:none"], "total": "1:w"},
                {"terms": ["1:d", "-1:m"], "total": "7", "text": HOSTILE},
                {"terms": "x"},
                5,
            ],
        },
    ],
)
def test_odd_printed_facts_never_break_a_page(client, facts):
    framework = make_framework(slug="odd", printed_facts=facts)
    make_indicator("kpi-1", framework=framework)
    for address in (
        reverse("indicators:framework_printed", args=["odd"]),
        reverse("indicators:table") + "?framework=odd",
    ):
        page = client.get(address)
        assert page.status_code == 200
        assert HOSTILE not in page.content.decode()


def test_a_framework_without_printed_tables_has_no_such_page_of_numbers(client):
    make_framework(slug="plain")
    page = client.get(reverse("indicators:framework_printed", args=["plain"]))
    assert "No printed tables" in page.content.decode()
    assert client.get(reverse("indicators:framework_printed", args=["none"])).status_code == 404
