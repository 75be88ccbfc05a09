"""Check 13: both weights are in the exports, the very ones that the figures were computed with."""

import csv
import io
import re
from datetime import timedelta

import numpy as np
import openpyxl
import pandas as pd
import pytest
from django.utils import timezone

from indicators.models import Area, AreaMembership, Population
from surveys import frames
from surveys.exports import csv as csv_export
from surveys.exports import weights
from surveys.exports.rows import Table
from surveys.models import ExclusionSet, QualityFlag, Wave
from surveys.weighting import variables, weigh
from tests.surveys.factories import LONG_AGO, make_response, make_scheme, make_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]
PEOPLE = {"KH": 12_000_000, "TH": 58_000_000}


def populations() -> None:
    asean, _made = Area.objects.get_or_create(
        code="ASEAN", defaults={"name": "ASEAN", "kind": "group"}
    )
    for code, people in PEOPLE.items():
        area, _made = Area.objects.get_or_create(
            code=code, defaults={"name": code, "kind": "member_state"}
        )
        AreaMembership.objects.get_or_create(
            group=asean, area=area, defaults={"valid_from": LONG_AGO.date()}
        )
        Population.objects.filter(area=area, ages="15+").delete()
        Population.objects.create(
            area=area, ages="15+", year=2026, value=people, vintage="test", source="invented"
        )


@pytest.fixture
def wave() -> Wave:
    """Forty responses of each of two states, three quarters of them women's."""
    populations()
    found = make_wave()
    found.weighting = make_scheme(found.survey, vintage="test")
    found.save()
    for area in PEOPLE:
        for number in range(40):
            make_response(found, answers={"area": area, "sex": "M" if number % 4 == 0 else "F"})
    return found


@pytest.fixture
def rows(wave, client_for):
    def read() -> pd.DataFrame:
        table = Table.of(wave, client_for("survey_manager").user)
        text = "".join(csv_export.lines(table)).removeprefix("\ufeff")
        return pd.DataFrame(list(csv.DictReader(io.StringIO(text))))

    return read


def test_check_13_weights_within_an_area_are_those_of_the_published_figures(wave, rows):
    found = rows()
    frame = frames.responses(wave, columns=variables(wave.weighting))
    expected = weigh(frame, wave.weighting)

    assert {area.kind for area in expected.areas.values()} == {"raked"}
    assert found["weight"].astype(float).tolist() == pytest.approx(list(expected.weights), abs=1e-6)
    men = found[found["sex"] == "M"]["weight"].astype(float)
    assert men.tolist() == pytest.approx([2.0] * 20, abs=1e-6)


def test_check_13_weights_across_areas_add_up_to_the_populations(rows):
    found = rows()
    across = found["weight_asean"].astype(float)
    shares = across.groupby(found["area"]).sum()

    assert shares["TH"] / shares["KH"] == pytest.approx(58 / 12, rel=1e-5)
    assert across.mean() == pytest.approx(1, abs=1e-5)


def test_an_excluded_response_has_no_weight_and_the_others_are_weighted_without_it(wave, rows):
    out = wave.responses.filter(area="KH", answers__sex="M").first()
    QualityFlag.objects.create(
        response=out, kind="speeding", score=1, how="test", computed_on=LONG_AGO.date()
    )
    ExclusionSet.objects.create(
        wave=wave, name="Speeders", filter={"flags": ["speeding"]}, reason="too fast",
        created_at=timezone.now(),
    )  # fmt: skip

    found = rows().set_index("response")

    assert (found.loc[str(out.pk), "weight"], found.loc[str(out.pk), "weight_asean"]) == ("", "")
    kept = found[(found["area"] == "KH") & (found["weight"] != "")]["weight"].astype(float)
    assert len(kept) == 39
    assert kept.mean() == pytest.approx(1, abs=1e-6)


def test_an_area_without_a_population_has_no_weight_across_areas(rows):
    Population.objects.filter(area__code="KH").delete()

    found = rows()

    assert (found[found["area"] == "KH"]["weight_asean"] == "").all()
    assert (found[found["area"] == "KH"]["weight"] != "").all()


def test_a_base_weight_goes_into_the_weights(wave, rows):
    for response in wave.responses.filter(area="KH"):
        response.answers["age"] = 20 if response.answers["sex"] == "F" else 40
        response.save()
    wave.weighting.base_weight = "age"
    wave.weighting.margins = []
    wave.weighting.save()

    found = rows()

    cambodia = found[found["area"] == "KH"]
    women = cambodia[cambodia["sex"] == "F"]["weight"].astype(float)
    men = cambodia[cambodia["sex"] == "M"]["weight"].astype(float)
    assert men.iloc[0] == pytest.approx(2 * women.iloc[0], rel=1e-5)


def test_check_13_the_workbook_holds_both_and_its_codebook_explains_them(wave, client_for):
    answer = client_for("analyst").post(f"/office/surveys/waves/{wave.token}/exports/xlsx/")

    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    header, first, *_rows = book["Responses"].iter_rows(values_only=True)
    shown = dict(zip(header, first, strict=True))
    assert isinstance(shown["weight"], int | float) and isinstance(
        shown["weight_asean"], int | float
    )
    meanings = {row[0]: row[6] for row in book["Codebook"].iter_rows(values_only=True)}
    assert "one area" in meanings["weight"] and "ASEAN" in meanings["weight_asean"]


def test_who_has_no_base_weight_gets_the_mean_of_the_area_and_the_figure_says_so(wave):
    scheme = wave.weighting
    scheme.base_weight, scheme.margins = "age", []
    frame = pd.DataFrame({"area": pd.Categorical(["KH"] * 4), "age": [100.0, 300.0, np.nan, -9.0]})

    weighted = weigh(frame, scheme)

    assert list(weighted.weights) == [0.5, 1.5, 1.0, 1.0]
    assert "2 responses without a base weight have the mean" in weighted.summary("KH")


def test_without_a_scheme_there_are_no_columns_of_weights(wave, rows):
    wave.weighting = None
    wave.save()

    assert not {"weight", "weight_asean"} & set(rows().columns)


def test_a_response_that_came_after_the_weights_were_computed_has_none(wave):
    found = weights.weights_of(wave, at=timezone.now())
    late = make_response(wave, submitted_on=LONG_AGO.date() + timedelta(days=1))

    assert found is not None
    assert found.of(late.pk) == ("", "")
    assert found.of(wave.responses.exclude(pk=late.pk).first().pk) != ("", "")


def test_only_what_the_scheme_needs_is_read(wave, django_assert_max_num_queries):
    with django_assert_max_num_queries(5) as seen:
        weights.weights_of(wave, at=timezone.now())

    reading = [one["sql"] for one in seen.captured_queries if "surveys_response" in one["sql"]]
    # One key out of the answers at a time: "answers" -> 'sex', or JSON_EXTRACT(…"answers", '$…').
    assert reading and not any(re.search(r""""answers"(?!\)? ->|, ')""", sql) for sql in reading)
