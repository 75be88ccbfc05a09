"""Check 1: groups, grids, repeats, names, lists and filters of real forms."""

import pytest

from surveys.questionnaire.logic import to_text
from surveys.questionnaire.xlsform import Level, XLSFormRefused
from tests.surveys.xlsform.forms import (
    YES_NO,
    found,
    kinds,
    question,
    read,
    relevant,
    sentences,
    survey,
)

WITH_LOGIC = "type | name | label | relevant | appearance"


def pages(form) -> list[tuple[str, list[str]]]:
    return [(page.code, [one.code for one in page.questions]) for page in form.definition.pages]


def test_field_lists_are_pages_and_loose_questions_go_by_tens():
    form = survey(
        *(f"text | q{number} | Q | |" for number in range(13)),
        "begin_group | one | Page one | | field-list",
        "text | a | A | |",
        "begin_group | inner | Inner heading | ${q0} = 'x' |",
        "text | b | B | ${a} = 'y' |",
        "end_group | | | |",
        "end_group | | | |",
        "text | last | L | |",
        columns=WITH_LOGIC,
    )

    assert [code for code, _questions in pages(form)] == ["page_1", "page_2", "one", "page_4"]
    assert pages(form)[2][1] == ["a", "inner_note", "b"]
    assert relevant(form, "b") == "${q0} = 'x' and ${a} = 'y'"
    assert relevant(form, "inner_note") == "${q0} = 'x'"


def test_conditions_of_nested_groups_hold_for_everything_below():
    form = survey(
        "text | a | A | |",
        "begin group | outer | Outer | ${a} = '1' |",
        "begin group | middle | | ${a} = '2' or ${a} = '3' |",
        "text | b | B | |",
        "end group | | | |",
        "text | c | C | |",
        "end group | | | |",
        columns=WITH_LOGIC,
    )
    conditions = {
        page.code: to_text(page.relevant) for page in form.definition.pages if page.relevant
    }

    assert conditions == {
        "middle": "${a} = '1' and (${a} = '2' or ${a} = '3')",
        "outer": "${a} = '1'",
    }
    assert form.definition.pages[1].title == {"en": "Outer"}


def test_unbalanced_groups_are_mended_and_said():
    form = survey(
        "end_group | | ",
        "begin_group | g | G",
        "text | a | A",
        "begin_repeat | r | R",
        "text | b | B",
        "end_group | | ",
        "text | c | C",
    )

    assert kinds(form.definition) == ["a:text", "b:text", "c:text"]
    assert "never begun" in found(form, row=2)
    assert "was taken as the end" in found(form, row=7)
    assert "never ended" in found(form, row=3)


@pytest.mark.parametrize(
    "begin", ["begin repeat", "begin_repeat", "begin lgroup", "begin looped group"]
)
def test_repeats_are_asked_once_and_said(begin):
    form = survey(
        f"{begin} | member | Member | 3",
        "text | first | Name | ",
        "integer | age | Age | ",
        "end repeat | | | ",
        "text | after | After | ",
        columns="type | name | label | repeat_count",
    )

    assert kinds(form.definition) == ["first:text", "age:number", "after:text"]
    assert "“member” with 2 questions is asked once" in found(form, row=2, column="type")


def test_table_lists_are_grids():
    form = survey(
        "begin_group | trust | How much do you trust | | table-list",
        "select_one yn | asean | ASEAN | |",
        "select_one yn | media | The media | |",
        "end_group | | | |",
        "text | why | Why? | ${media} = 'yes' |",
        columns=WITH_LOGIC,
        choices=YES_NO,
    )

    grid = question(form, "trust")
    assert (grid.kind, [row.code for row in grid.rows]) == ("matrix", ["asean", "media"])
    assert grid.label == {"en": "How much do you trust"}
    assert relevant(form, "why") == "${trust/media} = 'yes'"


def test_label_and_list_nolabel_are_a_grid():
    form = survey(
        "begin_group | g | G | | field-list",
        "select_one yn | head | Do you have | | label",
        "select_one yn | radio | A radio | | list-nolabel",
        "select_one yn | phone | A phone | | list-nolabel",
        "text | more | More | |",
        "end_group | | | |",
        columns=WITH_LOGIC,
        choices=YES_NO,
    )

    assert kinds(form.definition) == ["head:matrix", "more:text"]
    assert [row.code for row in question(form, "head").rows] == ["radio", "phone"]


def test_a_grid_whose_rows_have_conditions_stays_single_questions():
    form = survey(
        "begin_group | trust | Trust | | table-list",
        "select_one yn | a | A | |",
        "select_one yn | b | B | ${a} = 'yes' |",
        "end_group | | | |",
        columns=WITH_LOGIC,
        choices=YES_NO,
    )

    assert kinds(form.definition) == ["a:single", "b:single"]
    assert relevant(form, "b") == "${a} = 'yes'"
    assert "rows have conditions" in found(form, row=2, column="appearance")


def test_names_used_twice_are_renamed_and_conditions_mean_the_nearest():
    form = survey(
        "begin_group | one | One |",
        "text | name | A |",
        "text | x | X | ${name} = 'a'",
        "end_group | | |",
        "begin_group | two | Two |",
        "text | Name | B |",
        "text | y | Y | ${Name} = 'b'",
        "end_group | | |",
        columns="type | name | label | relevant",
    )

    assert kinds(form.definition) == ["name:text", "x:text", "two_Name:text", "y:text"]
    assert relevant(form, "x") == "${name} = 'a'"
    assert relevant(form, "y") == "${two_Name} = 'b'"
    assert "used twice" in found(form, row=7, column="name")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("q.1-a", "q.1-a"),
        ("my name", "my_name"),
        ("1st", "q_1st"),
        ("âge", "age"),
        ("អាយុ", "row_2"),
        ("x" * 90, "x" * 64),
        ("", "row_2"),
    ],
)
def test_names_become_codes(name, code):
    form = survey(f"text | {name} | Q", "text | other | O")

    assert form.definition.questions[0].code == code
    assert (found(form, row=2, column="name") == "") is (name == code)


def test_choice_names_with_spaces_commas_and_doubles():
    form = survey(
        "select_multiple c | q | Q |",
        "text | why | Why | selected(${q}, 'very good') or ${q} = 'a,b'",
        columns="type | name | label | relevant",
        choices=(
            "list_name | name | label\nc | very good | Very good\nc | a,b | A\nc | x | X\nc | x | Y\n"
            "c | x | X\nc | -7 | Seven\nc | | No name\n | lost | Lost\n"
        ),
    )
    codes = [choice.code for choice in question(form, "q").choices]

    assert codes == ["very_good", "a_b", "x", "x_2", "m7", "lost"]
    assert relevant(form, "why").startswith("selected(${q}, 'very_good') or selected(${q}, 'a_b')")
    assert "spaces, commas" in found(form, row=2, column="name", sheet="choices")
    assert "twice" in found(form, row=5, column="name", sheet="choices")
    assert "taken once" in found(form, row=6, column="name", sheet="choices")
    assert "has no name" in found(form, row=8, column="name", sheet="choices")
    assert "put into the list above" in found(form, row=9, column="list_name", sheet="choices")


def test_dont_know_and_refused_are_recognised():
    form = survey(
        "select_one c | q | Q",
        choices="list_name | name | label\nc | 1 | Yes\nc | -9 | Don't know\nc | -8 | Refused",
    )

    assert [(one.code, one.missing) for one in question(form, "q").choices] == [
        ("1", None),
        ("-9", "-9"),
        ("-8", "-8"),
    ]


def test_a_missing_list_and_an_empty_list_keep_the_question():
    form = survey(
        "select_one nowhere | a | A", "select_one | b | B", "select_one YN | c | C", choices=YES_NO
    )

    assert kinds(form.definition) == ["a:text", "b:text", "c:single"]
    assert "has no list “nowhere”" in found(form, row=2, column="type")
    assert "names no list" in found(form, row=3, column="type")


def test_cascading_choices_become_conditions_of_choices():
    form = survey(
        "select_one province | province | P |",
        "select_one district | district | D | province = ${province}",
        "select_one village | village | V | district=${district} and selected(years, '2026')",
        "select_one province | other | O | name != ${province}",
        columns="type | name | label | choice_filter",
        choices=(
            "list_name | name | label | province | district | years\n"
            "province | 1 | P1 | | |\nprovince | 2 | P2 | | |\n"
            "district | 11 | D11 | 1 | |\ndistrict | 21 | D21 | 2 | |\n"
            "village | v1 | V1 | | 11 | 2025 2026\nvillage | v2 | V2 | | 21 | 2025"
        ),
    )
    offered = {
        choice.code: to_text(choice.relevant)
        for code in ("district", "village", "other")
        for choice in question(form, code).choices
    }

    assert offered["11"] == "${province} = '1'"
    assert offered["v1"] == "${district} = '11'"
    assert "v2" not in offered
    assert offered["1"] == "'1' != ${province}" or offered["1"] == "${province} != '1'"
    assert "can never be offered" in found(form, row=4, column="choice_filter")
    assert not sentences(form, Level.UNRESOLVED)


def test_a_filter_nobody_can_read_offers_all_and_says_so():
    form = survey(
        "select_one yn | a | A | instance('x')/list/item[name = 1]",
        columns="type | name | label | choice_filter",
        choices=YES_NO,
    )

    assert len(question(form, "a").choices) == 2
    assert "cannot be read" in found(form, row=2, column="choice_filter")


def test_duplicate_choices_of_cascades_are_kept_apart():
    form = read(
        """
        | survey |
        | | type | name | label | choice_filter |
        | | select_one p | p | P | |
        | | select_one t | t | T | p = ${p} |
        | choices |
        | | list_name | name | label | p |
        | | p | a | A | |
        | | p | b | B | |
        | | t | other | Other | a |
        | | t | other | Other | b |
        | settings |
        | | allow_choice_duplicates |
        | | yes |
        """
    )

    assert [(one.code, to_text(one.relevant)) for one in question(form, "t").choices] == [
        ("other", "${p} = 'a'"),
        ("other_2", "${p} = 'b'"),
    ]


def test_kobos_scores_and_rankings():
    form = read(
        """
        | survey |
        | | type | name | label | kobo--score-choices | kobo--rank-items |
        | | begin_score | sat | How satisfied | levels | |
        | | score__row | price | Price | | |
        | | score__row | taste | Taste | | |
        | | end_score | | | | |
        | | begin_rank | fruit | Rank these | | fruits |
        | | rank__level | first | 1st | | |
        | | end_rank | | | | |
        | choices |
        | | list_name | name | label |
        | | levels | 1 | Low |
        | | levels | 2 | High |
        | | fruits | a | Apple |
        | | fruits | b | Banana |
        """
    )

    assert kinds(form.definition) == ["sat:matrix", "fruit:rank"]
    assert question(form, "sat").choice_codes == ("1", "2")
    assert question(form, "fruit").choice_codes == ("a", "b")


def test_a_form_without_anything_to_ask_is_refused_with_every_reason():
    with pytest.raises(XLSFormRefused) as refusal:
        survey("geopoint | a | A", "start | b | ")

    assert "no question that can be asked" in str(refusal.value)
    assert "row 2" in str(refusal.value)
    assert "row 3" in str(refusal.value)
