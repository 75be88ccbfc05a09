"""Stored sentences are shown in the reader's language, and nothing else is touched."""

import pandas as pd
import pytest
from django.utils import translation

from indicators import stated
from indicators.stated import in_readers_language
from surveys import provenance, weighting
from surveys.models import AnalysisPlanEntry, WeightingScheme
from surveys.stats import disclosure, figures


def test_a_sentence_with_numbers_is_translated_around_them():
    with translation.override("vi"):
        shown = in_readers_language("12 valid answers; at least 30 are needed.")
    assert "12" in shown
    assert "30" in shown
    assert "valid" not in shown


def test_statements_joined_into_one_text_are_translated_each():
    text = "raked to all margins: ID, PH; not weighted (too few responses for the margins): LA"
    with translation.override("id"):
        shown = in_readers_language(text)
    assert "ID, PH; " in shown
    assert shown.endswith(": LA")
    assert "raked" not in shown
    assert "weighted" not in shown


def test_a_method_with_a_percent_sign_keeps_one():
    text = "Weighted share of answers, Taylor-linearised error, 95 % interval"
    assert in_readers_language(text) == text


@pytest.mark.parametrize(
    "text", ["", "As told by the ministry; 2026.", "100 % of %(what)s", "Do you know it? {x}"]
)
def test_what_a_person_wrote_stays(text):
    with translation.override("th"):
        assert in_readers_language(text) == text


def test_the_words_of_the_weighting_are_known():
    with translation.override("th"):
        for words in weighting._WORDS.values():
            for text in (words, f"{words}: ID, VN"):
                assert in_readers_language(text) != text


def test_the_reasons_of_the_disclosure_rule_are_known():
    for n in (0, 3, 12, 31):
        found = disclosure.judge(n, n_effective=14.0, df=3, half_width=0.22)
        for reason in found.reasons:
            with translation.override("th"):
                assert in_readers_language(reason) != reason


def test_the_cautions_beside_a_figure_are_known():
    for caution in (figures.ALL_THE_SAME, figures.NO_ERROR, figures.HIDDEN):
        with translation.override("th"):
            assert in_readers_language(caution) != caution


def failing(**words):
    """What an area's account says where its weights cannot be made as the scheme wants."""
    margins, answers = words.pop("margins"), words.pop("answers")
    scheme = WeightingScheme(
        margins=[
            {"variables": [name], "shares": {"KH": shares}, "source": "", "vintage": ""}
            for name, shares in margins.items()
        ],
        **({"minimum_for_raking": 1, "cap": 0, "tolerance": 1e-9} | words),
    )
    frame = pd.DataFrame({name: pd.Categorical(told) for name, told in answers.items()})
    frame.insert(0, "area", pd.Categorical(["KH"] * len(frame)))
    return weighting.weigh(frame, scheme).areas["KH"]


EVEN = {"F": 0.5, "M": 0.5}
FAILING = {
    "too few": {"minimum_for_raking": 50, "margins": {"sex": EVEN}, "answers": {"sex": list("FM")}},
    "no margins": {"margins": {}, "answers": {"sex": list("FM")}},
    "nobody answered": {"margins": {"sex": EVEN}, "answers": {"sex": [None, None]}},
    "an empty cell": {"margins": {"sex": EVEN}, "answers": {"sex": list("FFF")}},
    "an unknown cell": {"margins": {"sex": {"F": 1.0}}, "answers": {"sex": list("FFM")}},
    "a cell of nobody": {"margins": {"sex": {"F": 1.0, "M": 0}}, "answers": {"sex": list("FFM")}},
    "a negative share": {"margins": {"sex": {"F": 2.0, "M": -1}}, "answers": {"sex": list("FFM")}},
    "contradicting margins": {
        "margins": {"sex": {"F": 0.9, "M": 0.1}, "heard": {"yes": 0.1, "no": 0.9}},
        "answers": {"sex": list("FFM"), "heard": ["yes", "yes", "no"]},
    },
    "a cap that cannot hold": {
        "cap": 1.01,
        "margins": {"sex": {"F": 0.9, "M": 0.1}},
        "answers": {"sex": list("FMM")},
    },
}


@pytest.mark.parametrize("why", FAILING)
def test_why_an_area_could_not_be_weighted_is_known(why, monkeypatch):
    account = failing(**FAILING[why])
    assert account.notes
    monkeypatch.setattr(stated, "gettext", lambda sentence: f"¤{sentence}")

    whole = in_readers_language(weighting._sentence(account))

    assert whole.count("¤") == 1 + len(account.notes), whole
    for note in account.notes:
        assert in_readers_language(note) == f"¤{note}"


def test_sentences_one_behind_the_other_are_translated_each(monkeypatch):
    monkeypatch.setattr(stated, "gettext", lambda sentence: f"¤{sentence}")
    text = (
        "not weighted (too few responses for the margins). 3 responses; raking needs 50. A person "
        "wrote this. 12 valid answers; at least 30 are needed."
    )
    assert in_readers_language(text) == (
        "¤not weighted (too few responses for the margins). ¤3 responses; raking needs 50. A person "
        "wrote this. ¤12 valid answers; at least 30 are needed."
    )


def test_what_provenance_says_of_sources_and_estimators_is_known():
    # The share of each answer is published as shares, one by one.
    kinds = [kind for kind in AnalysisPlanEntry.Estimator if kind != "each"]
    estimators = [str(kind.label) for kind in kinds]
    for words in [*provenance.SOURCES.values(), *estimators]:
        with translation.override("th"):
            assert in_readers_language(words) != words
