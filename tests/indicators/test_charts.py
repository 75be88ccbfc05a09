"""A chart is a table first; its drawing is safe to put into a page under a strict policy."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from indicators import charts
from indicators.charts import Mark
from tests.indicators.factories import HOSTILE

MARKS = [
    Mark("2016", Decimal("12.3"), Decimal(11), Decimal(14), "12.3 %", n=200),
    Mark("2019", Decimal("15.3"), Decimal(14), Decimal(17), "15.3 %", n=210),
]


def drawings(chart):
    return list(ElementTree.fromstring(f"<div>{chart.svg}</div>"))


@pytest.mark.parametrize("build", [charts.line, charts.bars])
def test_the_drawing_has_a_name_a_description_and_no_inline_style(build):
    chart = build(f"NEET {HOSTILE}", MARKS, unit="%")
    assert HOSTILE not in chart.svg
    for drawing in drawings(chart):
        assert drawing.get("role") == "img"
        tags = [child.tag.rpartition("}")[2] for child in drawing]
        assert tags[:2] == ["title", "desc"]
        assert drawing[0].text == f"NEET {HOSTILE}"
        assert not any(element.get("style") for element in drawing.iter())
        assert not any(element.tag.endswith("script") for element in drawing.iter())


def test_colours_are_the_sites_tokens_so_that_dark_pages_stay_readable():
    svg = charts.bars("By area", MARKS).svg
    assert "var(--chart-1, #0b5452)" in svg
    assert 'fill="#14262a"' not in svg


def test_the_table_has_what_the_drawing_has():
    chart = charts.line("NEET", MARKS)
    assert chart.headers == ("Period", "Value", "From", "To", "n")
    assert chart.rows[1] == ("2019", "15.3 %", "14", "17", "210")


def test_ids_differ_between_charts_on_one_page():
    names = [
        element.get("id")
        for chart in (charts.line("One", MARKS), charts.line("Two", MARKS))
        for drawing in drawings(chart)
        for element in drawing.iter()
        if element.get("id")
    ]
    assert len(names) == len(set(names))


def test_missing_values_and_single_points_are_drawn():
    assert charts.line("One", MARKS[:1]).svg
    assert charts.bars("Gap", [*MARKS, Mark("Laos", None, text="not shown")]).svg
    assert charts.bars("Nothing", []).svg
