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


def test_intervals_of_several_series_differ_in_colour_and_shape_and_are_named():
    chart = charts.intervals(
        "Heard", [("2016", MARKS), ("2019 <b>", MARKS)], label_header="Area", series_header="Wave"
    )

    [wide, _narrow] = drawings(chart)
    paths = {
        (element.get("fill"), element.get("d"))
        for element in wide.iter()
        if "point" in (element.get("class") or "")
        or element.get("fill", "").startswith("var(--chart")
    }
    assert {"var(--chart-1, #0b5452)", "var(--chart-2, #8a2a62)"} <= {fill for fill, _d in paths}
    assert len({shape for _fill, shape in paths}) > 1
    assert "2019 <b>" in "".join(wide.itertext())
    assert chart.headers == ("Wave", "Area", "Value", "From", "To", "n")
    assert len(chart.rows) == 4


def test_intervals_keep_the_row_of_a_value_that_is_hidden():
    marks = [*MARKS, Mark("Laos", None, text="hidden")]

    chart = charts.intervals("Heard", [("all", marks)], label_header="Area", series_header="Wave")

    text = "".join(drawings(chart)[0].itertext())
    assert "Laos" in text and "hidden" in text
    assert "NaN" not in chart.svg


@pytest.mark.parametrize("many", [0, 7])
def test_more_series_than_colours_are_refused(many):
    series = [(str(number), MARKS) for number in range(many)]

    with pytest.raises(ValueError, match="cannot be told apart"):
        charts.intervals("Heard", series, label_header="Area", series_header="Wave")
