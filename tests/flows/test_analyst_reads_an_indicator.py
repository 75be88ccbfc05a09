"""Story 4: an analyst reads the table, opens KPI 22, and takes the numbers away in files."""

import csv
import io
import re
from decimal import ROUND_HALF_UP, Decimal

import pytest
from openpyxl import load_workbook

from indicators.models import Indicator, Observation
from tests.flows.browsing import Browser, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

KPI = "/indicators/kpi-22/"
NUMBERS = ("value", "low", "high", "n", "n_effective")


@pytest.fixture
def analyst() -> Browser:
    browser = Browser()
    browser.sign_in("analyst@suara.example", "suara-demo-2026")
    assert browser.address == "/office/"
    return browser


def newest() -> Observation:
    return Observation.objects.get(
        indicator__slug="kpi-22", area__code="ASEAN", period="2026", breakdown=""
    )


def provenance(analyst: Browser) -> dict[str, str]:
    """What the page says of where its value comes from: label and words."""
    return {
        words_of(label): words_of(label.find_next_sibling("dd"))
        for label in analyst.page.select(".ledger-provenance dt")
    }


def rows_of_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def rows_of_xlsx(content: bytes) -> list[dict]:
    header, *rows = load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def key(row: dict) -> tuple:
    return tuple(row[name] or "" for name in ("area", "period", "breakdown", "source"))


def test_every_indicator_of_the_table_says_what_evidence_and_progress_it_has(analyst):
    analyst.open("/indicators/")
    rows = analyst.page.select(".ledger-table tbody tr:has(td[data-label=Evidence])")
    chosen = analyst.page.select_one("input[name=framework]")["value"]
    assert len(rows) == Indicator.objects.filter(framework__slug=chosen).count() > 30
    said = set()
    for row in rows:
        evidence = row.select_one("td[data-label=Evidence]")
        said.add(words_of(evidence.select_one(".badge")))
        assert words_of(evidence.select_one(".ledger-table__meta")), words_of(row)
        assert words_of(row.select_one("td[data-label=Progress]")), words_of(row)
    assert said == {"sufficient", "insufficient"}


def test_the_page_shows_a_chart_with_the_same_numbers_as_a_table(analyst):
    analyst.open("/indicators/")
    link = analyst.page.select_one(f'.ledger-table a[href="{KPI}"]')
    analyst.open(link["href"])
    charts = analyst.page.select("figure.chart")
    assert charts
    for chart in charts:
        assert chart.select_one(".chart__drawing svg")
        assert chart.select_one(".chart__drawing")["aria-label"]
        assert len(chart.select("details table tbody tr")) >= 2
    value = f"{newest().value:.1f}"
    by_area = next(chart for chart in charts if "by area" in words_of(chart.figcaption))
    [asean] = [row for row in by_area.select("tbody tr") if words_of(row.th) == "ASEAN"]
    assert value in words_of(asean)
    assert value in words_of(analyst.page.select_one(".figure__value"))


def test_the_page_tells_where_the_number_comes_from_and_how_sure_it_is(analyst):
    analyst.open(KPI)
    told, row = provenance(analyst), newest()
    assert told["Wave"] == "ASEAN awareness 2026"
    assert "ASEAN" in told["Question"]
    assert told["Weighting"]
    assert told["Respondents (n)"] == f"{row.n:,}"
    assert told["Effective n"] == f"{row.n_effective.quantize(Decimal(1), ROUND_HALF_UP):,}"
    assert re.search(rf"{row.low:.1f} to {row.high:.1f}", told["Interval"])
    assert told["Computed by version"] == row.provenance["code_version"]
    assert told["Recorded"] == f"{row.recorded_at:%Y-%m-%d %H:%M} UTC"
    assert told["Digest of the source"] == row.digest
    assert "Demonstration data" in analyst.text


def test_both_files_hold_what_the_page_shows_to_the_last_digit(analyst):
    page = analyst.open(KPI)
    links = {
        words_of(link): link["href"] for link in page.select("main a[href*='/kpi-22/export.']")
    }
    table = rows_of_csv(analyst.get(links["CSV"]).getvalue())
    book = rows_of_xlsx(analyst.get(links["XLSX"]).getvalue())
    stored = Observation.objects.published().filter(indicator__slug="kpi-22")
    assert len(table) == len(book) == stored.count() > 20

    sheet = {key(row): row for row in book}
    for row in table:
        twin = sheet[key(row)]
        for name in NUMBERS:
            assert bool(row[name]) == (twin[name] is not None), (key(row), name)
            if row[name]:
                assert float(row[name]) == twin[name], (key(row), name)
    for observation in stored.select_related("area"):
        [row] = [
            row
            for row in table
            if key(row)
            == (
                observation.area.code,
                observation.period,
                observation.breakdown,
                observation.source,
            )
        ]
        for name in NUMBERS:
            number = getattr(observation, name)
            assert (Decimal(row[name]) if row[name] else None) == number, (key(row), name)

    [shown] = [row for row in table if key(row)[:3] == ("ASEAN", "2026", "")]
    page_value = words_of(page.select_one(".figure__value"))
    facts = words_of(page.select_one(".figure__facts"))
    assert page_value.startswith(f"{Decimal(shown['value']):.1f}")
    assert f"{Decimal(shown['low']):.1f} to {Decimal(shown['high']):.1f}" in facts
    assert f"n = {int(shown['n']):,}" in facts
    assert shown["is_demonstration"] == "true"


def test_a_passer_by_reads_the_same_page_and_the_same_file(analyst):
    visitor = Browser()
    visitor.open(KPI)
    analyst.open(KPI)
    assert words_of(visitor.page.select_one("#provenance").parent) == words_of(
        analyst.page.select_one("#provenance").parent
    )
    address = f"{KPI}export.csv"
    assert visitor.get(address).getvalue() == analyst.get(address).getvalue()
