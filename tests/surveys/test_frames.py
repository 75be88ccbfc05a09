"""Answers as columns: what the database picks out is what the answers say."""

import random
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


def test_random_answers_come_as_a_straightforward_reading_gives_them():
    """Tabs, quotes, backslashes and what looks like nothing in COPY's own spelling, in every place
    that takes a text."""
    dice = random.Random(20261124)
    odd = ("yes", "no", "-9", "-7", r"\N", "\\", "a\tb", 'q"q', "n\nn", "", "ยัง 😀", "null", "1\r2")

    def value():
        return dice.choice(
            [*odd, None, 3, 2.5, [dice.choice(odd), "tv"], {"asean": dice.choice(odd)}]
        )

    wave = make_wave()
    for _number in range(300):
        answers = {code: value() for code in ("heard", "sex", "trust", "where")}
        answers["age"] = dice.choice([None, "-7", 15, 33.5, 0])
        for code in [code for code in answers if dice.random() < 0.2]:
            del answers[code]
        area = dice.choice(odd)[:10]
        one = make_response(wave, area=area, source=dice.choice(("open", "panel")))
        Response.objects.filter(pk=one.pk).update(answers=answers)
    plain = list(Response.objects.order_by("pk"))

    frame = frames.responses(wave)

    def said(name):
        return [None if pd.isna(cell) else cell for cell in frame[name]]

    def text(found):
        return None if found in (None, "") else str(found)

    assert said("area") == [one.area for one in plain]
    assert list(frame["area"].cat.categories) == sorted({one.area for one in plain})
    assert said("source") == [one.source for one in plain]
    for code in ("heard", "sex"):
        told = [text(one.answers.get(code)) for one in plain]
        assert said(code) == told
        known = [choice.code for choice in wave.questionnaire.definition.by_code[code].choices]
        known += [each for each in ("-9", "-8", "-7") if each not in known]
        others = sorted({each for each in told if each} - {*known})
        assert [*frame[code].cat.categories] == [*known, *others]
    trust = [one.answers.get("trust") for one in plain]
    assert said("trust/asean") == [
        text(each.get("asean") if isinstance(each, dict) else each) for each in trust
    ]
    assert said("where=tv") == [
        "-7" if each == "-7" else str(int("tv" in each)) if isinstance(each, list) else None
        for each in (one.answers.get("where") for one in plain)
    ]
    ages = [one.answers.get("age") for one in plain]
    expected = [np.nan if each is None else float(each) for each in ages]
    np.testing.assert_array_equal(frame["age"].to_numpy(), expected)


def test_rows_come_in_the_order_of_their_keys_even_where_half_a_key_is_the_same():
    wave = make_wave()
    half = "0123456789abcdef"
    for number in (7, 2, 9, 4):
        make_response(wave, pk=f"{half}{number:016x}", answers={"age": number + 20})
    make_response(wave, pk="00" * 16, answers={"age": 20})

    assert list(frames.responses(wave)["age"]) == [20, 22, 24, 27, 29]
