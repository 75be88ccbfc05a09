"""Rows thrown together from everything that may stand in a form: a draft or sentences, and back.

Every draft that comes of it is written again, read again the same, and accepted by pyxform.
"""

import csv
import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from surveys.questionnaire.definition import to_document
from surveys.questionnaire.xlsform import XLSFormRefused, read_xlsform, write_xlsform

SETTINGS = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def one_of(words: str) -> st.SearchStrategy[str]:
    return st.sampled_from(words.split("|"))


TYPES = one_of(
    "select_one yn|select_multiple yn|select_multiple yn or_other|select_one yn or_other|rank yn|"
    "begin_group|begin_group|end_group|end_group|begin_repeat|end_repeat|calculate|integer|decimal|"
    "range|note|hidden|acknowledge|text|date|time|dateTime|geopoint|select_one big|select_one no|"
    "begin_score|score__row|end_score|begin_rank|rank__level|end_rank|begin_kobomatrix|percentage|"
    "unknown|start|begin group|end group|audit|"
)
NAMES = one_of("a|b|c|A|a b|1x|meta|name||d.e|f-g|g1|instanceID|a_other|" + "x" * 70 + "|អាយុ")
LABELS = one_of("Label||${a}|${nobody}|**bold**|<b>x</b>|${|\u200b|$\u200b{a}|$\u200b\u200b{a}|#")
LOGIC = one_of(
    "||${a} = 'yes'|selected(${b}, 'no')|${a} > 3|${c} != ''|pulldata('x')|${nobody}=1|not(${g1})|(|"
    "${a} = ${b} and ${c}|${g1/a}|count-selected(${b}) > 1|today() > ${d.e}|../a = 1|if(${a}=1,2,3)|"
    "${a}=1 or ${a}=2|. > 3|.='yes'|regex(., '[')|once(uuid())|${A} AND ${b}|“x” = ${a}|"
    "position(..) > 1|'OK'|${a}='OK'|coalesce(${a},${b})|concat(${a},1)|date('2020-01-01') < ${c}|"
    "selected-at(${b},0)='a'|true()|1|yes"
)
FILTERS = one_of(
    "||x = ${a}|name = 'yes'|name != ${a}|selected(x, ${a})|x = 1 and name|label|bad(|x|not(x = ${b})"
)
APPEARANCES = one_of("||field-list|table-list|label|list-nolabel|minimal|table-list field-list")
PARAMETERS = one_of(
    "|randomize=true|randomize=true seed=5|start=0 end=10|start=5 end=5 step=1|start=-9 end=3|"
    "start=1e400 end=2|=|start=0 end=10 tick_labelset=yn|randomize=true seed=${a}"
)
DEFAULTS = one_of("||yes|3|2020-01-01|yes no|${a}|08:30|x|1e400|-9|nan|OK")
TRUTHS = one_of("|yes|no|TRUE|${a}=1")
COLUMNS: dict[str, st.SearchStrategy[str]] = {
    "type": TYPES,
    "name": NAMES,
    "label::English (en)": LABELS,
    "label::Khmer (km)": LABELS,
    "hint": LABELS,
    "relevant": LOGIC,
    "constraint": LOGIC,
    "calculation": LOGIC,
    "choice_filter": FILTERS,
    "appearance": APPEARANCES,
    "parameters": PARAMETERS,
    "default": DEFAULTS,
    "required": TRUTHS,
    "read_only": TRUTHS,
    "kobo--score-choices": one_of("|yn"),
    "kobo--rank-items": one_of("|yn"),
    "suara::kind": one_of("||matrix|scale|consent|calculate|zz|multiple|number"),
    "suara::code": NAMES,
    "suara::list": one_of("|yn|q"),
    "suara::minimum": one_of("|3|-9|x"),
}
CHOICES: dict[str, st.SearchStrategy[str]] = {
    "list_name": one_of("yn|yn|big|q|"),
    "name": one_of("yes|no|a b|-9|-7|other|1||a'b"),
    "label": LABELS,
    "x": one_of("|1|yes no"),
    "suara_relevant": LOGIC,
    "suara_exclusive": one_of("|yes"),
}
WHOLE: dict[str, st.SearchStrategy[str]] = {
    "form_title": LABELS,
    "default_language": one_of("|English (en)|Khmer|zz"),
    "suara::format": one_of("||1"),
    "suara::seed": one_of("|5|x"),
    "allow_choice_duplicates": one_of("|yes"),
}


@st.composite
def forms(draw) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream)
    for name, columns, most in (
        ("survey", COLUMNS, 14),
        ("choices", CHOICES, 6),
        ("settings", WHOLE, 1),
    ):
        writer.writerow([name])
        writer.writerow(["", *columns])
        for _row in range(draw(st.integers(1, most))):
            writer.writerow(["", *(draw(cell) for cell in columns.values())])
    return stream.getvalue().encode()


@SETTINGS
@given(forms())
def test_check_2_whatever_is_read_can_be_written_and_read_again(data):
    try:
        definition = read_xlsform(data, "form.csv").definition
    except XLSFormRefused as refused:
        assert all(one.sentence.strip() for one in refused.findings)
        return

    written = write_xlsform(definition, form_id="form", version="1")

    assert read_xlsform(written, "form.xlsx").document == to_document(definition)
    convert(io.BytesIO(written), validate=False)
