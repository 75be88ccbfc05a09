"""The public pages: what they say, whom they show what, and what they cost."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from indicators import ledger, readings
from indicators.models import Indicator
from indicators.pages.provenance import WORDS_OF_SAMPLING
from surveys.models import Wave
from tests.indicators.factories import (
    AT,
    HOSTILE,
    make_area,
    make_asean,
    make_estimate,
    make_indicator,
    record_values,
)

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


def test_check_27_the_table_quotes_19_of_45_and_21_of_26_apart_from_what_it_computes(
    client, loaded
):
    page = client.get(reverse("indicators:table"))
    counts = page.context["counts"]
    assert (counts.all, counts.sufficient, counts.insufficient, counts.better) == (45, 7, 38, 4)
    assert "19 of 45" in text_of(page)
    assert "21 of 26" in text_of(page)
    assert "19 insufficient and 26 sufficient make 45, and 45 rows are listed here." in text_of(
        page
    )
    assert "215 of 402 is 53.5 %, not 78.36 %." in text_of(page)


def test_an_unconfirmed_title_is_shown_as_such(client, loaded):
    assert "title unconfirmed" in text_of(client.get(reverse("indicators:table")))


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ({"q": "neet"}, {"kpi-31c"}),
        ({"route": "sectoral_body"}, {"kpi-3"}),
        ({"characteristic": "e", "sufficiency": "yes"}, {"kpi-26a", "kpi-31c"}),
        ({"q": "no such words"}, set()),
    ],
)
def test_filters_narrow_the_table(client, loaded, query, slugs):
    page = client.get(reverse("indicators:table"), query)
    assert {row.indicator.slug for row in page.context["rows"]} == slugs


@pytest.mark.parametrize(
    "query", [{"route": "x"}, {"page": "-3"}, {"framework": HOSTILE}, {"q": HOSTILE}]
)
def test_odd_filters_never_break_the_page(client, loaded, query):
    page = client.get(reverse("indicators:table"), query)
    assert page.status_code == 200
    assert HOSTILE not in text_of(page)


def test_the_table_does_not_query_for_each_indicator(client, loaded, django_assert_max_num_queries):
    client.get(reverse("indicators:table"))
    with django_assert_max_num_queries(12):
        client.get(reverse("indicators:table"))


def test_a_worsening_is_said(client, loaded):
    page = text_of(client.get(reverse("indicators:detail", args=["kpi-31c"])))
    assert "Worse: 12.3 in 2016, 15.3 in 2019." in page


def test_national_policies_name_the_focal_point_they_await(client, loaded):
    page = text_of(client.get(reverse("indicators:detail", args=["kpi-16"])))
    assert "awaiting the focal point of Myanmar" in page


def test_every_indicator_has_a_page(client, loaded):
    for slug in Indicator.objects.values_list("slug", flat=True)[:40:4]:
        assert client.get(reverse("indicators:detail", args=[slug])).status_code == 200


@pytest.fixture
def kpi_22():
    make_asean("KH", "VN")
    make_indicator()
    told = {
        "survey": "ASEAN awareness",
        "wave": f"2026 {HOSTILE}",
        "question": "heard",
        "weighting": "raked to age and sex",
        "code_version": "0.1.0",
    }
    values = [
        make_estimate(
            "kpi-22",
            area,
            period,
            value,
            low=None,
            n=2200,
            n_effective=1400,
            breakdown=breakdown,
            method=f"logit {HOSTILE}",
            provenance=told,
            is_demonstration=True,
        )
        for area in ("ASEAN", "KH", "VN")
        for period, value in (("2024", "70"), ("2026", "75"))
        for breakdown in ("", "sex=F")
    ]
    record_values(*values, source="surveys.wave:a", digest="d1")
    return values


def test_the_page_says_where_the_value_comes_from(client, kpi_22):
    page = text_of(client.get(reverse("indicators:detail", args=["kpi-22"])))
    for words in ("2,200", "1,400", "heard", "raked to age and sex", "0.1.0", "d1"):
        assert words in page
    assert "Demonstration data" in page
    assert "women" in page


@pytest.mark.parametrize(
    ("sampling", "interval"),
    [
        ("non_probability", "modelled precision 70.2 to 74.5"),
        ("quota", "modelled precision 70.2 to 74.5"),
        ("probability", "95 % interval 70.2 to 74.5"),
        ("census", "95 % interval 70.2 to 74.5"),
    ],
)
def test_a_sample_is_called_what_it_is_and_claims_no_more(client, sampling, interval):
    make_indicator("kpi-9")
    make_area("KH")
    told = {"sampling_type": sampling}
    numbers = {"low": Decimal("70.2"), "high": Decimal("74.5"), "n": 900}
    record_values(make_estimate("kpi-9", provenance=told, **numbers))

    page = text_of(client.get(reverse("indicators:detail", args=["kpi-9"])))

    assert interval in page.replace("\N{NO-BREAK SPACE}", " ")
    assert sampling in dict(Wave.Sampling.choices)
    with translation.override("th"):
        assert not str(WORDS_OF_SAMPLING[sampling]).isascii()


def test_html_in_any_text_is_shown_as_text(client, kpi_22):
    page = text_of(client.get(reverse("indicators:detail", args=["kpi-22"])))
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


def test_charts_come_with_their_table_and_without_inline_style(client, kpi_22):
    page = text_of(client.get(reverse("indicators:detail", args=["kpi-22"])))
    assert page.count('role="img"') >= 4
    assert "<desc" in page
    assert "style=" not in page


def test_what_was_changed_is_public_with_its_reason(client, kpi_22):
    ledger.record(
        [make_estimate("kpi-22", "ASEAN", "2026", "76")],
        source="surveys.wave:a",
        digest="d2",
        at=AT + timedelta(days=1),
        reason=f"late answers {HOSTILE}",
    )
    page = text_of(client.get(reverse("indicators:detail", args=["kpi-22"])))
    assert "late answers" in page
    assert HOSTILE not in page


def test_a_tested_change_decides_about_progress(client):
    make_asean("KH")
    make_indicator()
    tested = {"change": {"since": "2024", "low": 1.2, "high": 7.0}}
    record_values(
        make_estimate("kpi-22", "ASEAN", "2024", "70", low=Decimal(68), high=Decimal(72)),
        make_estimate(
            "kpi-22",
            "ASEAN",
            "2026",
            "74",
            low=Decimal(72),
            high=Decimal(76),
            provenance=tested,
        ),
        digest="a",
    )
    page = client.get(reverse("indicators:detail", args=["kpi-22"]))
    assert page.context["progress"].verdict == "better"


def test_a_stale_value_is_marked_and_stays(client, kpi_22):
    ledger.mark_stale(source="surveys.wave:a", at=AT + timedelta(seconds=1))
    page = text_of(client.get(reverse("indicators:detail", args=["kpi-22"])))
    assert "Being recomputed" in page
    assert "75" in page


def test_an_unpublished_indicator_is_a_stranger_to_the_public(client, client_for):
    make_indicator("kpi-99", is_published=False)
    assert client.get(reverse("indicators:detail", args=["kpi-99"])).status_code == 404
    assert client.get(reverse("indicators:export_one", args=["kpi-99", "csv"])).status_code == 404
    assert readings.figures(["kpi-99"]) == []
    signed_in = client_for("analyst")
    assert signed_in.get(reverse("indicators:detail", args=["kpi-99"])).status_code == 200


def test_a_detail_page_costs_a_fixed_number_of_queries(
    client, kpi_22, django_assert_max_num_queries
):
    address = reverse("indicators:detail", args=["kpi-22"])
    client.get(address)
    with django_assert_max_num_queries(12):
        client.get(address)


def test_figures_come_in_the_order_asked_for_in_few_queries(django_assert_max_num_queries):
    make_area("ASEAN", kind="group")
    make_indicator("kpi-24")
    make_indicator("kpi-22")
    record_values(make_estimate("kpi-24", "ASEAN"), digest="a")
    with django_assert_max_num_queries(2):
        found = readings.figures(["kpi-22", "unknown", "kpi-24"])
    assert [figure.indicator.slug for figure in found] == ["kpi-22", "kpi-24"]
    assert found[0].observation is None
    assert found[1].value_text == "72.4\N{NO-BREAK SPACE}%"
    assert found[1].sentence.endswith("in 2026.")
