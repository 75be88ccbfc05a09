"""Names are found in either script. Pure: no database."""

import pytest

from engagement.registry import matching


@pytest.mark.parametrize(
    ("one", "other"),
    [("Somchai", "สมชาย"), ("Malee", "มาลี"), ("Phouvong", "ພູວົງ"), ("Nguyen", "Nguyễn")],
)
def test_two_spellings_of_a_name_have_one_skeleton(one, other):
    assert matching.skeleton(one) == matching.skeleton(other)


def test_transliteration_alone_would_not_find_somchai():
    assert matching.latin("สมชาย") == "smchay"
    assert matching.keys("สมชาย").skeleton == "smc"


def test_accents_and_case_are_folded_in_latin_letters_only():
    assert matching.folded("Nguyễn Thị Hương") == "nguyen thi huong"
    assert matching.folded("Đặng") == "dang"
    assert "ី" in matching.folded("លី ស្រីមុំ")


def test_decomposed_and_composed_input_are_the_same_name():
    assert matching.keys("Nguye\u0302\u0303n") == matching.keys("Nguyễn")


def test_a_name_stays_as_typed():
    assert matching.composed("  Siti Aminah  binti Ahmad\n") == "Siti Aminah binti Ahmad"
    assert matching.composed("de la Cruz") == "de la Cruz"


def test_short_words_are_not_searched_by_their_consonants():
    (needle,) = matching.needles("Ana")
    assert needle.skeleton == ""


def test_an_endless_query_is_cut():
    assert len(matching.needles("a" * 10_000)[0].folded) == matching.LONGEST_NEEDLE


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("สมชาย", "Thai"),
        ("Aung", "Latn"),
        ("အောင်", "Mymr"),
        ("ដារ៉ា", "Khmr"),
        ("ບຸນ", "Laoo"),
        ("12", ""),
    ],
)
def test_the_script_of_a_name_is_known(text, script):
    assert matching.script(text) == script


def test_addresses_are_compared_without_case_and_blanks():
    assert matching.normalised_address(" Amina@People.Example ") == "amina@people.example"
