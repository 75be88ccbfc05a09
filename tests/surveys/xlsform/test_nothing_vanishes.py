"""Check 1: whatever a file holds is imported or listed with its sheet, row, column and a sentence."""

import pytest

from surveys.questionnaire.xlsform import Level, read_xlsform
from tests.surveys.xlsform.forms import (
    YES_NO,
    found,
    kinds,
    question,
    read,
    sentences,
    survey,
    xlsx,
)


def of_columns(columns: str, *rows: str, choices: str = YES_NO):
    return survey(*rows, columns=f"type | name | label | {columns}", choices=choices)


@pytest.mark.parametrize(
    ("column", "row"),
    [
        ("hint", "begin_group | g | G | Read aloud"),
        ("default", "begin_group | g | G | 5"),
        ("parameters", "text | t | T | rows=5"),
        ("repeat_count", "begin_repeat | r | R | 3"),
    ],
)
def test_a_cell_that_nothing_has_a_use_for_is_listed_with_its_row(column, row):
    form = of_columns(column, row, "text | inside | Inside | ")

    assert "Left out: 1 cell" in found(form, row=2, column=column)


def test_a_cell_that_is_used_is_not_listed():
    form = of_columns("guidance_hint", "select_one yn | r | R | Read aloud")

    assert not found(form, row=2)


def test_cells_of_many_rows_are_one_sentence_that_counts_them():
    form = of_columns(
        "default",
        *(
            f"begin_group | g{number} | G | 5\n| | text | t{number} | T | \n| | end_group | | | "
            for number in range(30)
        ),
    )

    said = [one for one in sentences(form, Level.LEFT_OUT) if "changes nothing" in one]
    assert len(said) == 1
    assert "Left out: 30 cells (rows 2, 5, 8" in said[0] and "and 10 more)" in said[0]


def test_a_list_of_choices_that_no_question_has_is_listed():
    form = survey(
        "select_one yn | a | A",
        choices=YES_NO + "\nspare | x | X\nspare | y | Y",
    )

    assert found(form, row=4, sheet="choices") == (
        "No imported question has the list “spare”. Left out: 2 choices."
    )


def test_columns_of_choices_are_named_unless_a_filter_looks_at_them():
    form = of_columns(
        "choice_filter",
        "text | place | Where? | ",
        "select_one yn | a | A | province = ${place}",
        choices="list_name | name | label | province | district\nyn | y | Y | p1 | d1",
    )

    said = " ".join(str(one) for one in form.findings)
    assert "have no meaning here and were not read: district." in said


def test_settings_without_a_meaning_here_and_further_rows_are_listed():
    form = read(
        """
        | survey |
        | | type | name | label |
        | | text | a | A |
        | settings |
        | | form_title | style | sms_keyword | attribute::x |
        | | Title | theme-grid | inf | 1 |
        | | Second | | | |
        """
    )

    assert found(form, row=2, sheet="settings") == (
        "These settings have no meaning here and were not read: style, sms_keyword, attribute::x."
    )
    assert "This row was not read" in found(form, row=3, sheet="settings")


def test_the_style_pages_is_what_happens_anyway():
    form = read(
        """
        | survey |
        | | type | name | label |
        | | text | a | A |
        | settings |
        | | form_title | style |
        | | Title | pages |
        """
    )

    assert not found(form, row=2, sheet="settings")


def test_a_setting_in_the_sheet_survey_is_listed():
    form = survey("set form title | My survey | ", "text | a | A")

    assert "is a setting" in found(form, row=2)


def test_rows_below_a_long_gap_are_said_not_to_be_read():
    rows = [["type", "name", "label"], ["text", "a", "A"], *[[]] * 80, ["text", "b", "B"]]
    form = read_xlsform(xlsx({"survey": rows}), "form.xlsx")

    assert kinds(form.definition) == ["a:text"]
    assert "More than 60 empty rows end a sheet" in found(form, row=83)


def test_cells_under_no_heading_are_listed_with_the_letter_of_the_column():
    rows = [["type", "name", "label", None], ["text", "a", "A", None, "stray"]]
    form = read_xlsform(xlsx({"survey": rows}), "form.xlsx")

    assert found(form, row=2, column="E") == "Columns without a heading were not read: E."


def test_a_row_with_only_a_hint_is_a_remark_that_is_listed():
    form = of_columns("hint", "text | a | A | ", " | | | a word to the interviewer")

    assert "remark of the author" in found(form, row=3, column="hint")


def test_appearances_that_change_nothing_are_one_sentence():
    form = of_columns(
        "appearance",
        "text | a | A | numbers",
        "select_one yn | b | B | w2 minimal",
        "text | c | C | w1 multiline",
        "date | d | D | month-year",
    )

    assert found(form, row=2, column="appearance") == (
        "These appearances change nothing here: numbers (row 2), w2 (row 3), w1 (row 4), "
        "month-year (row 5)."
    )
    assert question(form, "b").appearance == "minimal"
    assert question(form, "c").appearance == "multiline"


def test_search_takes_choices_from_a_file_and_that_is_said():
    form = of_columns(
        "appearance", "select_one yn | a | A | minimal search('places', 'matches', 'p', ${b})"
    )

    assert "search() takes choices from a file" in found(form, row=2, column="appearance")


def test_parameters_that_change_nothing_are_named():
    form = of_columns("parameters", "range | a | A | start=1 end=5 step=1 colour=red")

    assert found(form, row=2) == "Parameters that change nothing here: colour."


def test_attributes_of_other_programs_are_no_columns_of_ours():
    """Survey123 writes `bind::type` beside `type`."""
    form = of_columns(
        "bind::type | bind::esri:fieldType | body::esri:style | bind::relevant",
        "text | a | A | string | esriFieldTypeString | width=50% | ",
        "text | b | B | | | | ${a} != ''",
    )

    said = " ".join(sentences(form))
    assert "were not read: bind::type, bind::esri:fieldType, body::esri:style." in said
    assert "mean the same" not in said
    assert question(form, "b").relevant is not None


def test_an_empty_column_of_a_template_makes_no_language():
    """Survey123's template has `label::language (xx)`."""
    form = of_columns("label::language (xx) | label::Khmer (km)", "text | a | A | | ")

    assert form.definition.languages == ("en", "km")
    assert "its columns are empty" in " ".join(sentences(form))


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("text audit", "records something about the device"),
        ("caseid", "records something about the device"),
        ("sensor_statistic light_level", "records something about the device"),
        ("comments", "remarks of interviewers are not supported"),
        ("cascading_select lga", "write a select_one with a choice_filter"),
        ("include", "other forms to be included"),
    ],
)
def test_types_of_other_programs_are_left_out_with_what_they_are(written, words):
    form = survey("text | a | A", f"{written} | b | ")

    assert kinds(form.definition) == ["a:text"]
    assert words in found(form, row=3)


def test_calculate_here_is_a_calculation():
    form = of_columns("calculation", "integer | a | A | ", "calculate_here | b | | ${a} + 1")

    assert kinds(form.definition) == ["a:number", "b:calculate"]


@pytest.mark.parametrize(
    ("written", "tree"), [("TRUE", "true"), ("yes", "true"), ("FALSE", "false"), ("no", "false")]
)
def test_truth_words_of_a_spreadsheet_are_conditions(written, tree):
    form = of_columns("relevant", f"text | a | A | {written}")

    assert question(form, "a").relevant.op == tree
    assert not sentences(form, Level.UNRESOLVED)


def test_the_whole_of_a_score_may_be_required():
    form = survey(
        "begin_score | s | Rate | true | yn",
        "score__row | a | Service | | ",
        "score__row | b | Price | | ",
        "end_score | | | | ",
        columns="type | name | label | required | kobo--score-choices",
        choices=YES_NO,
    )

    assert kinds(form.definition) == ["s:matrix"]
    assert question(form, "s").required


def test_the_places_of_a_kobo_ranking_are_mentioned():
    form = survey(
        "begin_rank | r | Rank | yn",
        "rank__level | first | First | ",
        "rank__level | second | Second | ",
        "end_rank | | | ",
        columns="type | name | label | kobo--rank-items",
        choices=YES_NO,
    )

    assert kinds(form.definition) == ["r:rank"]
    assert "asks for 2 places by name" in found(form, row=2)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Salt &amp; pepper&nbsp;&lt; 5&#39;", "Salt & pepper\u00a0< 5'"),
        ("&amp;lt; stays", "&lt; stays"),
        ("See [our page](https://asean.org) first", "See our page (https://asean.org) first"),
        ("This is *very* _important_ to us", "This is very important to us"),
        ("2 * 3 * 4 = ${my_long_name} snake_case_word ____", None),
        ("AT&T; and R&D", None),
    ],
)
def test_texts_are_shown_without_markup(written, shown):
    form = survey(f"text | a | {written}", "text | my_long_name | M")

    assert question(form, "a").label == {"en": shown or written}
