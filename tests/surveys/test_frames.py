"""Answers as columns: what the database picks out is what the answers say."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from django.db.models import Q

from surveys import frames
from surveys.exports.rows import alignment_of
from surveys.models import Response
from surveys.questionnaire import logic
from tests.surveys.factories import IF_HEARD, make_response, make_wave

DAY, NOW = date(1970, 1, 1), datetime(1970, 1, 1)
pytestmark = pytest.mark.django_db
ODD = (
    {},
    {"heard": "no", "where": "-7", "age": "-7", "trust": "-7"},
    {"heard": "-9", "where": [], "age": 15.5, "trust": {"asean": "1"}},
    {"heard": None, "where": ["tv", "web"], "age": None, "sex": None},
    {"heard": "true", "where": ["gone"], "trust": {"media": "null"}, "sex": "another's"},
    {"heard": "ยังไม่เคย", "sex": "null"},
)


def test_every_column_says_what_the_answers_say():
    wave = make_wave()
    for answers in ODD:
        make_response(wave, answers=answers)
    plain = [one.answers for one in Response.objects.order_by("pk")]

    frame = frames.responses(wave)

    def text(value):
        return None if value is None else str(value)

    def cells(name):
        return [None if pd.isna(value) else value for value in frame[name]]

    assert cells("heard") == [text(one["heard"]) for one in plain]
    assert cells("sex") == [text(one["sex"]) for one in plain]
    for row in ("asean", "media"):
        trust = [one["trust"] for one in plain]
        assert cells(f"trust/{row}") == [
            text(value.get(row) if isinstance(value, dict) else value) for value in trust
        ]
    assert cells("where=tv") == [
        "-7" if one["where"] == "-7" else str(int("tv" in one["where"])) for one in plain
    ]
    ages = [np.nan if one["age"] is None else float(one["age"]) for one in plain]
    np.testing.assert_array_equal(frame["age"].to_numpy(), ages)


def test_a_condition_is_true_for_those_it_is_true_for_one_by_one():
    wave = make_wave()
    for answers in (*ODD, *ODD):
        make_response(wave, answers=answers)
    text = "${heard} = 'yes' and ${age} > 20 and selected(${where}, 'tv') and ${trust/asean} = '4'"
    tree = logic.parse_text(text)
    holds = logic.evaluator(tree, types=alignment_of(wave).types, today=DAY, now=NOW)

    frame = frames.responses(wave, columns=[], conditions={"both": tree, "one": IF_HEARD})

    plain = [one.answers for one in Response.objects.order_by("pk")]
    assert list(frame["both"]) == [float(holds(one) is True) for one in plain]
    assert list(frame["one"]) == [float(one["heard"] == "yes") for one in plain]
    assert 0 < frame["both"].sum() < len(plain)


def test_marks_are_columns_of_booleans():
    wave = make_wave()
    for source in ("open", "invited", "open"):
        make_response(wave, source=source)

    frame = frames.responses(wave, columns=[], marks={"m": Q(source="open"), "none": Q(pk__in=[])})

    assert list(frame["m"]) == list(frame["source"] == "open")
    assert not frame["none"].any()


def test_a_wave_nobody_answered_gives_columns_without_rows():
    frame = frames.responses(
        make_wave(), conditions={"heard?": logic.read(IF_HEARD)}, marks={"m": Q(source="open")}
    )

    assert len(frame) == 0
    assert {"area", "source", "heard", "where=tv", "age", "trust/asean", "heard?", "m"} <= set(
        frame
    )
