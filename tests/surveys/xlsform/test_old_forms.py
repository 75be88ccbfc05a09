"""Check 1: forms as they were written between 2010 and today are understood."""

import pytest

from surveys.questionnaire.xlsform import Level
from tests.surveys.xlsform.forms import (
    YES_NO,
    constraint,
    found,
    kinds,
    question,
    read,
    relevant,
    sentences,
    survey,
)


def test_single_colons_and_old_words_are_understood():
    form = read(
        """
        | survey |
        | | type | name | label:English | label:French | relevance | constraining message | required |
        | | select one from yesno | q1 | Do you farm? | Cultivez-vous? | | | yes |
        | | add integer prompt | q2 | How many plots? | Combien? | selected(${q1}, 'yes') | No | TRUE |
        | choices |
        | | list name | name | label:English | label:French |
        | | yesno | yes | Yes | Oui |
        | | yesno | no | No | Non |
        """
    )

    assert kinds(form.definition) == ["q1:single", "q2:number"]
    assert form.definition.languages == ("en", "fr")
    assert question(form, "q2").label == {"en": "How many plots?", "fr": "Combien?"}
    assert relevant(form, "q2") == "selected(${q1}, 'yes')"
    assert question(form, "q2").required


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("select_one yn", "single"),
        ("select one yn", "single"),
        ("select1 yn", "single"),
        ("Select_One yn", "single"),
        ("select one from yn", "single"),
        ("add select one prompt using yn", "single"),
        ("select_multiple yn", "multiple"),
        ("select all that apply from yn", "multiple"),
        ("add select multiple prompt using yn", "multiple"),
        ("rank yn", "rank"),
        ("text", "text"),
        ("string", "text"),
        ("add text prompt", "text"),
        ("integer", "number"),
        ("int", "number"),
        ("decimal", "number"),
        ("percentage", "number"),
        ("date", "date"),
        ("add date prompt", "date"),
        ("time", "time"),
        ("dateTime", "datetime"),
        ("datetime", "datetime"),
        ("note", "note"),
        ("add note prompt", "note"),
        ("acknowledge", "consent"),
        ("trigger", "consent"),
        ("range", "scale"),
    ],
)
def test_every_way_to_write_a_type(written, kind):
    form = survey(f"{written} | q | A question", choices=YES_NO)

    assert kinds(form.definition) == [f"q:{kind}"]


@pytest.mark.parametrize(
    "written",
    ["geopoint", "gps", "geotrace", "geoshape", "image", "audio", "video", "file", "barcode"]
    + ["select_one_from_file towns.csv", "select_one_external towns", "csv-external", "osm"]
    + ["start", "end", "today", "deviceid", "username", "email", "phonenumber", "audit"]
    + ["start-geopoint", "background-audio", "simserial"],
)
def test_what_is_not_supported_is_named_with_sheet_row_and_column(written):
    form = survey("text | name | Your name", f"{written} | thing | A thing")

    assert kinds(form.definition) == ["name:text"]
    assert [
        (one.sheet, one.row, one.column, one.level) for one in form.findings if one.row == 3
    ] == [("survey", 3, "type", Level.LEFT_OUT)]


def test_or_other_gets_its_choice_and_its_question_in_the_forms_languages():
    form = read(
        """
        | survey |
        | | type | name | label::Khmer (km) | label::Thai (th) | relevant |
        | | select_one yn or_other | why | ហេតុអ្វី | ทำไม | |
        | | select_multiple yn or specify other | news | ព័ត៌មាន | ข่าว | |
        | | text | more | បន្ថែម | เพิ่มเติม | ${why_other} != '' |
        | choices |
        | | list_name | name | label::Khmer (km) | label::Thai (th) |
        | | yn | yes | បាទ | ใช่ |
        """
    )

    assert kinds(form.definition) == [
        "why:single",
        "why_other:text",
        "news:multiple",
        "news_other:text",
        "more:text",
    ]
    assert question(form, "why").choice("other").label == {"km": "ផ្សេងទៀត", "th": "อื่น ๆ"}
    assert question(form, "why_other").label["th"] == "โปรดระบุ"
    assert relevant(form, "why_other") == "${why} = 'other'"
    assert relevant(form, "news_other") == "selected(${news}, 'other')"
    assert relevant(form, "more") == "${why_other} != ''"


def test_curly_quotes_no_break_spaces_and_shouted_words_in_logic_are_straightened():
    form = survey(
        "select_one yn | a | A |",
        "text | b | “Quoted”, he said |${a}\u00a0= ‘yes’  AND NOT(${a} = “no”)",
        columns="type | name | label | relevant",
        choices=YES_NO,
    )

    assert relevant(form, "b") == "${a} = 'yes' and not(${a} = 'no')"
    assert question(form, "b").label == {"en": "“Quoted”, he said"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("${code} = 1", "${code} = '1'"),
        ("${code}=1 or ${code}= 2", "${code} = '1' or ${code} = '2'"),
        ("selected(${code}, 1)", "selected(${code}, '1')"),
        ("${code} > 1", "number(${code}) > 1"),
        ("${age} >= '18'", "${age} >= 18"),
        ("${day} > '2020-01-01'", "${day} > date('2020-01-01')"),
        ("${day} <= today() - 365 * 18", "${day} <= today() - 365 * 18"),
        ("${several} = 'a'", "selected(${several}, 'a') and count-selected(${several}) = 1"),
        ("count-selected(${several}) &gt; 1", "count-selected(${several}) > 1"),
        ("selected-at(${several}, 0) = 'a'", "selected-at(${several}, 0) = 'a'"),
        ("${name}", "${name} != ''"),
        ("../age > 3", "${age} > 3"),
        ("/data/who/age > 3", "${age} > 3"),
        ("Selected(${code}, '1')", "selected(${code}, '1')"),
        ("${AGE} > 3", "${age} > 3"),
        ("regex(${name}, '^[A-Z].*$')", "regex(${name}, '^[A-Z].*$')"),
        ("${agree} = 'OK'", "${agree} = 'yes'"),
        ("string-length(${name}) < 5 and true()", "string-length(${name}) < 5 and true()"),
    ],
)
def test_conditions_become_what_they_mean(written, meant):
    form = survey(
        "select_one code | code | C |",
        "select_multiple code | several | S |",
        "begin_group | who | Who |",
        "integer | age | A |",
        "end_group | | |",
        "date | day | D |",
        "text | name | N |",
        "acknowledge | agree | Ok? |",
        f"text | last | L | {written}",
        columns="type | name | label | relevant",
        choices="list_name | name | label\ncode | 1 | One\ncode | 2 | Two\ncode | a | A",
    )

    assert relevant(form, "last") == meant
    assert not sentences(form, Level.UNRESOLVED)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("pulldata('people', 'name', 'id', ${age}) = 'x'", "pulldata("),
        ("indexed-repeat(${age}, ${who}, 1) > 2", "indexed-repeat("),
        ("jr:choice-name(${age}, '${age}') = 'x'", "jr:choice-name("),
        ("instance('towns')/list/item[name = ${age}]/label = 'x'", "instance("),
        ("${nobody} > 3", "no row has that name"),
        ("${who} = 1", "is a group"),
        ("${picture} != ''", "was left out"),
        ("${age} >", "at the end"),
        ("age > 3", "neither a function nor a question"),
        ("format-date(today(), '%Y') > 3", "format-date() is not supported"),
        ("${age} > 3)", "not expected"),
        ("regex(${name}, '(?=a)')", "lookaround"),
        ("${name} > 3", "two numbers"),
        ("x" * 2100, "2100 characters"),
    ],
)
def test_what_cannot_be_read_is_kept_and_stops_publishing_with_its_place(written, why):
    from surveys.questionnaire.logic import readiness

    form = survey(
        "begin_group | who | Who |",
        "integer | age | A |",
        "end_group | | |",
        "text | name | N |",
        "image | picture | P |",
        f"text | last | L | {written}",
        columns="type | name | label | relevant",
    )

    assert why in found(form, row=7, column="relevant")
    assert sentences(form, Level.UNRESOLVED)
    problems = [str(problem) for problem in readiness(form.definition).problems]
    assert any("relevant" in problem for problem in problems)
    if "unparsed" in str(form.document):
        assert any("sheet survey, row 7, column relevant" in problem for problem in problems)


def test_constraints_keep_the_dot():
    form = survey(
        "integer | age | A | . > 0 and . < 120 | Too old",
        "select_multiple yn | m | M | count-selected(.) <= 2 |",
        "text | mail | T | regex(., '.+@.+') |",
        "select_multiple yn | n | M | not(selected(., 'no') and count-selected(.) > 1) |",
        columns="type | name | label | constraint | constraint_message",
        choices=YES_NO,
    )

    assert constraint(form, "age") == ". > 0 and . < 120"
    assert question(form, "age").constraint_message == {"en": "Too old"}
    assert constraint(form, "m") == "count-selected(.) <= 2"
    assert constraint(form, "mail") == "regex(., '.+@.+')"
    assert not sentences(form, Level.UNRESOLVED)


def test_calculations_build_on_each_other_whatever_their_order():
    form = survey(
        "integer | a | A | |",
        "calculate | twice_more | | ${twice} * 2 |",
        "calculate | twice | | ${a} * 2 |",
        "calculate | random | | uuid() |",
        "calculate | label | | if(${a} > 3, 'many', 'few') |",
        "text | b | B | | ${twice_more} > 8 and ${label} = 'many'",
        columns="type | name | label | calculation | relevant",
    )

    assert [one.kind for one in form.definition.questions].count("calculate") == 4
    assert relevant(form, "b") == "${twice_more} > 8 and ${label} = 'many'"
    assert "random value" in found(form, row=5)
    assert len(sentences(form, Level.UNRESOLVED)) == 1


def test_defaults_are_taken_over_where_they_are_answers():
    form = survey(
        "integer | age | A | 20",
        "select_one yn | q | Q | yes",
        "select_multiple yn | m | M | yes no",
        "date | d | D | 2026-01-31",
        "date | today | D | today()",
        "text | t | T | Cambodia",
        "integer | wrong | W | many",
        columns="type | name | label | default",
        choices=YES_NO,
    )
    default = {one.code: one.default for one in form.definition.questions}

    assert default == {
        "age": 20.0,
        "q": "yes",
        "m": ("yes", "no"),
        "d": "2026-01-31",
        "today": None,
        "t": "Cambodia",
        "wrong": None,
    }
    assert "computed beforehand" in found(form, row=6, column="default")
    assert "Use a number" in found(form, row=8, column="default")


@pytest.mark.parametrize(
    ("written", "required"),
    [("yes", True), ("TRUE", True), ("true()", True), ("Yes", True), ("no", False), ("", False)],
)
def test_truth_words(written, required):
    form = survey(f"text | q | Q | {written}", columns="type | name | label | required")

    assert question(form, "q").required is required


def test_required_under_a_condition_is_said():
    form = survey(
        "integer | a | A |",
        "text | q | Q | ${a} > 3",
        columns="type | name | label | required",
    )

    assert not question(form, "q").required
    assert "Required under a condition" in found(form, row=3, column="required")


def test_randomised_choices_and_their_seed():
    form = survey(
        "select_one yn | q | Q | randomize=true, seed=42",
        "rank yn | r | R | randomize = true",
        columns="type | name | label | parameters",
        choices=YES_NO,
    )

    assert question(form, "q").choice_order == "random"
    assert question(form, "r").choice_order == "random"
    assert form.definition.seed == 42


@pytest.mark.parametrize(
    ("parameters", "kind", "low", "high"),
    [
        ("", "scale", 1, 10),
        ("start=0 end=10 step=1", "scale", 0, 10),
        ("start=0;end=100;step=5", "number", 0, 100),
        ("start=-20 end=20 step=1", "number", None, 20),
        ("start=0.5 end=2 step=0.5", "number", 0.5, 2),
        ("start=x end=y", "scale", 1, 10),
    ],
)
def test_ranges_become_scales_or_numbers_with_limits(parameters, kind, low, high):
    form = survey(f"range | r | R | {parameters}", columns="type | name | label | parameters")

    read_one = question(form, "r")
    assert (read_one.kind, read_one.minimum, read_one.maximum) == (kind, low, high)


def test_disabled_rows_comment_rows_and_rows_without_a_type():
    form = survey(
        "text | a | A | |",
        "text | b | B | yes |",
        " | | | | a remark of the author",
        " | c | C | |",
        columns="type | name | label | disabled | comments",
    )

    assert kinds(form.definition) == ["a:text"]
    assert "disabled" in found(form, row=3)
    assert "has no type" in found(form, row=5)
    assert not found(form, row=4)


def test_an_unknown_type_keeps_the_question_and_suggests_the_right_word():
    form = survey("intger | a | How many?", "selectone yn | b | Which?", "sketch | | ")

    assert kinds(form.definition) == ["a:text", "b:text"]
    assert "Is “integer” meant?" in found(form, row=2, column="type")
    assert "Is “select_one” meant?" in found(form, row=3, column="type")
    assert "left out" in found(form, row=4, column="type")


def test_markup_in_labels_is_taken_off():
    form = survey(
        'note | n | # Welcome **all** <span style="color:red">now</span><br>and 3 < 5',
    )

    assert question(form, "n").label == {"en": "Welcome all now\nand 3 < 5"}
    assert any("HTML or Markdown" in sentence for sentence in sentences(form))


def test_guidance_stands_below_the_hint_and_media_are_counted():
    form = survey(
        "text | a | A | Short | Read aloud | a.png",
        columns="type | name | label | hint | guidance_hint | media::image",
    )

    assert question(form, "a").hint == {"en": "Short\n\nRead aloud"}
    assert "Pictures" in found(form, row=2, column="media::image")


def test_answers_inserted_in_texts_follow_renamed_questions():
    form = survey(
        "text | your name | Name?",
        "note | n | Hello ${your name}, and ${nobody}",
    )

    assert question(form, "n").label == {"en": "Hello ${your_name}, and ${nobody}"}
    assert "inserts an answer" in found(form, row=3, column="label")
