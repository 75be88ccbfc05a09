"""Margins and the analysis plan are checked against the questionnaire when they are saved."""

import pytest
from django.utils import timezone

from indicators.models import Area
from surveys import services
from surveys.errors import PlanDoesNotFit, SchemeRefused
from surveys.margins import read_margin, to_csv
from surveys.models import AnalysisPlanEntry, WeightingScheme
from tests.indicators.factories import make_indicator
from tests.surveys.factories import make_plan, make_questionnaire, make_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]
NOW = timezone.now()


@pytest.fixture
def survey():
    for code in ("KH", "TH"):
        Area.objects.get_or_create(code=code, defaults={"name": code, "kind": "member_state"})
    return make_questionnaire().survey


def margin(text: str):
    definition = make_questionnaire().definition
    return read_margin(text, definition=definition, areas=["KH", "TH"])


def test_a_margin_is_read_from_shares_percentages_or_populations():
    shares = margin("area,sex,share\nKH,F,0.51\nKH,M,0.49\n")
    percents = margin("area;sex;percent\r\nkh;F;51,0\r\nkh;M;49,0\r\n")
    people = margin("\ufeffarea\tsex\tpopulation\nKH\tF\t5100\nKH\tM\t4900")

    assert shares == percents == people
    assert shares == ({"variables": ["sex"], "shares": {"KH": {"F": 0.51, "M": 0.49}}}, [])


def test_a_crossed_margin_goes_out_as_it_came_in():
    text = "area,sex,heard,share\n" + "".join(
        f"KH,{sex},{heard},0.25\n" for sex in "FM" for heard in ("yes", "no")
    )

    found, problems = margin(text)

    assert problems == []
    assert found["shares"]["KH"]["F|yes"] == 0.25
    assert to_csv(found) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "empty"),
        ("area,sex,share\n", "no line below"),
        ("area,sex,share\nKH,F,0.6\nKH,M,0.6", "KH adds up to 1.2 instead of 1"),
        ("area,sex,share\nKH,F,1", "says nothing about sex = M"),
        ("area,sex,share\nKH,X,0.5\nKH,M,0.5", "Line 2: “X” is not an answer to sex"),
        ("area,sex,share\nZZ,F,1", "Line 2: there is no area “ZZ”"),
        ("area,gender,share\nKH,F,1", "no question “gender”"),
        ("area,where,share\nKH,tv,1", "exactly one answer"),
        ("sex,share\nF,1", "no column “area”"),
        ("area,sex\nKH,F", "“share”, “percent” or “population”"),
        ("area,share\nKH,1", "No column is a question"),
        ("area,sex,share\nKH,F,many\nKH,M,1", "Line 2: “many” is not a number"),
        ("area,sex,share\nKH,F,-1\nKH,M,1", "is not a number from 0"),
        ("area,sex,share\nKH,F,0.5\nKH,F,0.5", "repeats the cell F"),
        ("area,sex,share\nKH,F", "2 cells instead of 3"),
        ("area,sex,share\nKH,F,0\nKH,M,0", "nothing to weight to"),
        ("area,sex,share\nKH,F,nan\nKH,M,1", "is not a number"),
        ("area,sex,sex,share\nKH,F,F,1", "twice"),
        ('area,sex,share\nKH,"F,1', "cells instead of"),
        ("x" * 1_000_001, "larger than a megabyte"),
    ],
)
def test_what_is_wrong_with_a_margin_is_said_in_sentences(text, sentence):
    _found, problems = margin(text)

    assert any(sentence in problem for problem in problems), problems


def test_every_saving_is_a_new_version_and_all_reasons_come_at_once(survey):
    good = {"csv": "area,sex,share\nKH,F,0.5\nKH,M,0.5", "source": "Census", "vintage": "2020"}
    words = {"survey": survey, "name": "Sex", "settings": {"cap": 4.0}, "at": NOW}

    first = services.save_scheme(tables=[good], **words)
    second = services.save_scheme(tables=[good], **words)
    with pytest.raises(SchemeRefused) as refusal:
        services.save_scheme(tables=[good | {"source": ""}, {"csv": "x", "source": "y"}], **words)

    assert (first.number, second.number) == (1, 2)
    assert len(refusal.value.sentences) >= 3
    assert WeightingScheme.objects.count() == 2


def test_a_scheme_is_saved_on_its_page(survey, client_for):
    analyst = client_for("analyst")
    form = {
        "name": "Sex",
        "cap": "5",
        "tolerance": "0.000001",
        "minimum_for_raking": "30",
        "ages": "15+",
        "csv_1": "area,sex,share\nKH,F,0.5\nKH,M,0.6",
        "source_1": "Census",
    }
    address = f"/office/surveys/surveys/{survey.token}/schemes/new/"

    refused = analyst.post(address, form)
    saved = analyst.post(address, form | {"csv_1": "area,sex,share\nKH,F,0.5\nKH,M,0.5"})

    assert refused.status_code == 422
    assert "KH adds up to 1.1 instead of 1" in refused.content.decode()
    assert analyst.get(saved.url).status_code == 200
    assert analyst.get(f"{address}?from={WeightingScheme.objects.get().pk}").status_code == 200


def plan(survey, **columns) -> AnalysisPlanEntry:
    make_indicator(slug="kpi-22") if not columns.pop("unknown", None) else None
    filter_text = columns.pop("filter_text", "")
    return services.save_plan_entry(
        survey=survey,
        columns={
            "indicator": "kpi-22",
            "question": "heard",
            "row": "",
            "estimator": "proportion",
            "counts": ["yes"],
            "outside_base": [],
            "breakdowns": [],
        }
        | columns,
        filter_text=filter_text,
        at=NOW,
    )


@pytest.mark.parametrize(
    ("columns", "column", "sentence"),
    [
        ({"unknown": True}, "indicator", "no indicator"),
        ({"question": "gone"}, "question", "no question"),
        ({"question": "comment"}, "question", "gives no share"),
        ({"question": "trust"}, "row", "Choose a row of the grid: asean, media"),
        ({"row": "asean"}, "row", "not a grid"),
        ({"counts": []}, "counts", "Say which answers count"),
        ({"counts": ["maybe"]}, "counts", "“maybe” is not an answer to heard"),
        ({"estimator": "mean"}, "estimator", "answers that are numbers; yes is not"),
        ({"outside_base": ["yes"]}, "outside_base", "cannot be outside"),
        ({"breakdowns": [[["sex", "where"]]]}, "breakdowns", "broken down"),
        ({"filter_text": "${gone} = 1"}, "filter", "no question"),
        ({"filter_text": "${age"}, "filter", "cannot be read"),
    ],
)
def test_an_entry_that_does_not_fit_is_refused_at_its_column(survey, columns, column, sentence):
    with pytest.raises(PlanDoesNotFit) as refusal:
        plan(survey, **columns)

    assert sentence in refusal.value.problems[column]
    assert not AnalysisPlanEntry.objects.exists()


def test_an_entry_that_fits_is_saved_with_its_filter_as_a_tree(survey):
    wave = make_wave(survey=survey, published_at=NOW)

    entry = plan(survey, question="trust", row="asean", counts=["4"], filter_text="${age} >= 18")

    assert entry.filter["op"] == ">="
    wave.refresh_from_db()
    assert wave.stale_at is not None


@pytest.mark.parametrize(
    ("columns", "column", "sentence"),
    [
        ({"counts_against": []}, "counts_against", "Say which answers count against"),
        ({"counts_against": ["yes"]}, "counts_against", "cannot count and count against"),
        ({"counts_against": ["maybe"]}, "counts_against", "“maybe” is not an answer to heard"),
        ({"estimator": "proportion"}, "counts_against", "Only a net score"),
        ({"outside_base": ["no"]}, "outside_base", "cannot be outside the base"),
    ],
)
def test_a_net_score_needs_answers_on_both_sides(survey, columns, column, sentence):
    net = {"estimator": "net", "counts": ["yes"], "counts_against": ["no"]}

    with pytest.raises(PlanDoesNotFit) as refusal:
        plan(survey, **(net | columns))

    assert sentence in refusal.value.problems[column]


def test_a_net_score_with_both_sides_is_saved(survey):
    entry = plan(survey, estimator="net", counts=["yes"], counts_against=["no"])

    assert (entry.counts, entry.counts_against) == (["yes"], ["no"])


def test_an_address_fills_the_plans_form_and_saves_nothing(survey, client_for):
    make_indicator(slug="kpi-22")
    asked = {"question": "trust", "row": "asean", "estimator": "net", "counts": "4",
             "counts_against": "1", "indicator": "kpi-22"}  # fmt: skip
    page = f"/office/surveys/surveys/{survey.token}/plan/new/"

    html = client_for("analyst").get(page, asked).content.decode()

    assert '<option value="trust" selected>' in html
    assert '<option value="net" selected>' in html
    assert 'name="counts_against" value="1"' in html
    assert '<option value="kpi-22" selected>' not in html
    assert not AnalysisPlanEntry.objects.exists()


def test_the_plan_is_edited_on_its_page(survey, client_for):
    wave = make_wave(survey=survey)
    make_indicator(slug="kpi-22")
    entry = make_plan(
        wave, filter={"op": "=", "args": [{"ref": "sex"}, {"value": "F", "type": "text"}]}
    )
    analyst = client_for("analyst")
    address = f"/office/surveys/surveys/{survey.token}/plan/{entry.pk}/"
    form = {
        "indicator": "kpi-22",
        "question": "heard",
        "estimator": "proportion",
        "counts": "yes, maybe",
        "filter": "",
        "breakdowns": "sex=sex, heard=heard",
        "order": "3",
        "is_active": "on",
    }

    assert "${sex} = &#x27;F&#x27;" in analyst.get(address).content.decode()
    refused = analyst.post(address, form)
    odd = analyst.post(address, form | {"counts": "yes", "breakdowns": "sex"})
    analyst.post(address, form | {"counts": "yes"})

    assert "“maybe” is not an answer" in refused.content.decode()
    assert "Write dimension=question" in odd.content.decode()
    entry.refresh_from_db()
    assert (entry.filter, entry.breakdowns, entry.order) == (
        None,
        [[["sex", "sex"], ["heard", "heard"]]],
        3,
    )
