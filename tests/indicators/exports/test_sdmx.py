"""SDMX files are valid to the maintained library, and every code in them stands in its list."""

import csv
import io
import re
from itertools import product

import pytest
import sdmx
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.exports.sdmx import codes
from indicators.models import Indicator, ObservationStatus
from tests.indicators.exports.reading import content_of, structure_of
from tests.indicators.factories import (
    make_area,
    make_estimate,
    make_framework,
    make_indicator,
    record_values,
)

IDENTIFIER = re.compile(r"[A-Za-z0-9_@$-]+")
BREAKDOWNS = ("", "sex=F", "age=15-24;sex=M", "age=55+", "urbanisation=rural",
              "education=ขั้นสูง;sex=F", "age=Y15T24", "sex=_T", "disability=yes")  # fmt: skip


@pytest.fixture
def recorded(db):
    make_area("ASEAN", kind="group", name="ASEAN")
    make_area("KH", name="Cambodia", iso3="KHM")
    framework = make_framework()
    parent = make_indicator("kpi-5", framework=framework, unit="", titles={"th": "ตัวชี้วัด"})
    make_indicator("kpi-5a", framework=framework, unit="% of 1,000", parent=parent)
    make_indicator("kpi-22", framework=framework)
    make_indicator("hidden", framework=framework, is_published=False)
    record_values(
        *(
            make_estimate(slug, area, period, "-3.25", breakdown=breakdown)
            for slug, area, period, breakdown in product(
                ("kpi-5a", "kpi-22", "hidden"), ("KH", "ASEAN"), ("2026", "2026-Q1"), BREAKDOWNS
            )
        ),
        make_estimate("kpi-5", "KH", "2026-W07", None, status="Q", breakdown="sex=F"),
        source="surveys.wave:awareness-2026",
    )


@pytest.fixture
def structure(client, recorded):
    return structure_of(client)


def dimensions(structure):
    return structure.structure["ASCC_INDICATORS"].dimensions.components


def test_the_structure_reads_back_with_all_that_the_ledger_has(structure):
    dsd = structure.structure["ASCC_INDICATORS"]
    assert structure.dataflow["ASCC_INDICATORS"].structure is dsd
    assert [one.id for one in dsd.dimensions.components] == [
        "FREQ", "INDICATOR", "REF_AREA", "SEX", "AGE", "URBANISATION", "COMPOSITE_BREAKDOWN",
        "DATA_SOURCE", "TIME_PERIOD",
    ]  # fmt: skip
    assert dsd.measures.components[0].id == "OBS_VALUE"
    lists = structure.codelist
    assert set(lists["CL_AREA"].items) == {"ASEAN", "KH"}
    assert set(lists["CL_INDICATOR"].items) == {"kpi-5", "kpi-5a", "kpi-22"}
    assert set(lists["CL_OBS_STATUS"].items) == set(ObservationStatus.values)
    assert set(lists["CL_UNIT_MEASURE"].items) == {"PT", "$25$20of$201$2C000"}
    assert lists["CL_INDICATOR"]["kpi-5"].name.localizations["th"] == "ตัวชี้วัด"
    assert lists["CL_INDICATOR"]["kpi-5a"].parent is lists["CL_INDICATOR"]["kpi-5"]


def test_every_component_has_a_concept_and_every_coded_one_a_list(structure):
    dsd = structure.structure["ASCC_INDICATORS"]
    concepts = structure.concept_scheme["CS_ASCC_INDICATORS"]
    for one in (*dsd.dimensions.components, *dsd.attributes.components, *dsd.measures.components):
        assert one.concept_identity is concepts[one.id]
    coded = [one for one in dimensions(structure) if one.id != "TIME_PERIOD"]
    assert all(one.local_representation.enumerated.items for one in coded)


def test_the_library_writes_what_it_read_from_us(structure):
    again = sdmx.read_sdmx(io.BytesIO(sdmx.to_xml(structure)))
    for name, codelist in structure.codelist.items():
        assert set(again.codelist[name].items) == set(codelist.items)


def test_all_identifiers_are_such(structure):
    for codelist in structure.codelist.values():
        assert all(IDENTIFIER.fullmatch(code) for code in codelist.items), codelist.id


def test_every_code_of_the_xml_data_is_in_its_list_and_every_key_comes_once(client, structure):
    dsd = structure.structure["ASCC_INDICATORS"]
    message = sdmx.read_sdmx(io.BytesIO(content_of(client, "sdmxml")), structure=dsd)
    found = message.data[0].obs
    assert len(found) == 2 * 2 * 2 * len(BREAKDOWNS) + 1
    keys = set()
    for observation in found:
        key = {name: value.value for name, value in observation.key.values.items()}
        assert set(key) == {one.id for one in dimensions(structure)}
        for one in dimensions(structure):
            if one.id != "TIME_PERIOD":
                assert key[one.id] in one.local_representation.enumerated
        keys.add(tuple(sorted(key.items())))
        for one in dsd.attributes.components:
            said = observation.attached_attribute.get(one.id)
            if said is not None and one.local_representation.enumerated is not None:
                assert said.value in one.local_representation.enumerated
    assert len(keys) == len(found)


@pytest.mark.parametrize(("form", "before"), [("sdmx", 1), ("sdmx2", 3)])
def test_csv_data_has_the_columns_of_the_structure_and_only_codes_of_its_lists(
    client, structure, form, before
):
    dsd = structure.structure["ASCC_INDICATORS"]
    text = content_of(client, form).decode()
    lines = list(csv.reader(io.StringIO(text, newline="")))
    inside = [one.id for one in dsd.dimensions.components] + ["OBS_VALUE"]
    inside += [one.id for one in dsd.attributes.components]
    assert lines[0][before:] == inside
    said = {tuple(line[:before]) for line in lines[1:]}
    flow = "SUARA:ASCC_INDICATORS(1.0)"
    assert said == {(flow,)} if before == 1 else {("dataflow", flow, "I")}
    keys = [tuple(line[before : before + len(dimensions(structure))]) for line in lines[1:]]
    assert len(set(keys)) == len(keys) == 2 * 2 * 2 * len(BREAKDOWNS) + 1
    for key in keys:
        for one, code in zip(dimensions(structure), key, strict=True):
            assert one.id == "TIME_PERIOD" or code in one.local_representation.enumerated


def test_csv_2_reads_back_in_the_library(client, structure):
    flow = structure.dataflow["ASCC_INDICATORS"]
    file = io.BytesIO(content_of(client, "sdmx2"))
    message = sdmx.read_sdmx(file, structure=flow, format="csv")
    assert sum(len(data.obs) for data in message.data) == 2 * 2 * 2 * len(BREAKDOWNS) + 1


def test_years_and_quarters_are_series_of_their_own(client, recorded):
    record_values(
        make_estimate("kpi-22", "KH", "2027", "5"),
        make_estimate("kpi-22", "KH", "2026", "4"),
        make_estimate("kpi-22", "KH", "2026-Q4", "3"),
        source="document:long",
    )
    text = content_of(client, "sdmxml", source="document:long").decode()
    assert re.findall(r'<Series FREQ="(\w)"', text) == ["A", "Q"]


def test_breakdowns_stand_in_the_dimensions_that_name_them(client, recorded):
    text = content_of(client, "sdmx", indicator="kpi-22", area="KH", period="2026").decode()
    found = {
        (row["SEX"], row["AGE"], row["URBANISATION"], row["COMPOSITE_BREAKDOWN"])
        for row in csv.DictReader(io.StringIO(text))
    }
    assert ("_T", "_T", "_T", "_T") in found
    assert ("M", "Y15T24", "_T", "_T") in found
    assert ("_T", "Y_GE55", "_T", "_T") in found
    assert ("_T", "_T", "R", "_T") in found
    assert ("_T", "_T", "_T", "disability$3Dyes") in found
    assert len(found) == len(BREAKDOWNS)


def test_what_xml_cannot_write_is_left_out(client, recorded):
    record_values(
        make_estimate("kpi-22", "KH", "2020", method="a\x0bb <&> \x1f"), source="document:odd"
    )
    Indicator.objects.filter(slug="kpi-22").update(title="\x0bTitle\x00".replace("\x00", "\x01"))
    structure = structure_of(client)
    assert str(structure.codelist["CL_INDICATOR"]["kpi-22"].name) == "Title"
    dsd = structure.structure["ASCC_INDICATORS"]
    file = io.BytesIO(content_of(client, "sdmxml", source="document:odd"))
    (found,) = sdmx.read_sdmx(file, structure=dsd).data[0].obs
    assert found.attached_attribute["METHOD"].value == "ab <&> "


def test_unpublished_indicators_are_in_no_list(client, client_for, recorded):
    assert "hidden" not in client.get(reverse("indicators:structure")).content.decode()
    assert "hidden" in client_for("analyst").get(reverse("indicators:structure")).content.decode()


@given(
    st.text(max_size=20), st.text(max_size=20), st.sampled_from(["", "AGE", "URBANISATION", "UNIT"])
)
@settings(derandomize=True, max_examples=50)
def test_a_code_is_an_identifier_and_stands_for_one_word(one, other, kind):
    if one:
        assert IDENTIFIER.fullmatch(codes.code(one, kind))
        assert codes.code(one, kind) != codes.TOTAL
    assert (codes.code(one, kind) == codes.code(other, kind)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [("15-24", "Y15T24", "AGE"), ("55+", "Y_GE55", "AGE"), ("urban", "U", "URBANISATION"),
     ("percent", "PT", "UNIT"), ("_T", "$5FT", ""), ("a:b", "a@b", "")],
)  # fmt: skip
def test_a_word_that_looks_like_the_code_of_another_gets_its_own(one, other, kind):
    assert codes.code(one, kind) != codes.code(other, kind)


def test_the_structure_takes_few_questions(client, recorded, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        structure_of(client)
