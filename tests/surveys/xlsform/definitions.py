"""Random questionnaires of every kind, for the round trip through a workbook."""

from __future__ import annotations

from hypothesis import strategies as st

from surveys.questionnaire.definition import (
    KINDS,
    Choice,
    Definition,
    DefinitionError,
    Page,
    Question,
    Row,
    parse,
    to_document,
)
from surveys.questionnaire.expressions import ARITIES, Node, Op, Ref, Unparsed, Value

LANGUAGES = ("en", "km", "th", "lo", "my", "id", "zh-hans", "ta", "qaa")
SCRIPTS = {
    "km": "កខគឃងចឆជឈញ",
    "th": "กขฃคฅฆงจฉชซ",
    "lo": "ກຂຄງຈສຊ",
    "my": "ကခဂဃငစ",
    "zh-hans": "中文调查问卷",
    "ta": "அஆஇஈஉஊ",
}
LATIN = "abcXYZ 0123.,;:!?'\"“”’&<>|#*_-()$%{}\u00a0\n\té"
SPECIAL = (
    "${age}",
    "${ age",
    "$\u00a0{x}",
    " leading and trailing ",
    "=1+1",
    "@cmd",
    "<b>bold</b>",
    "**stars**",
    "two\nlines",
    "\u202bעברית\u202c",
    "😀",
    "vertical\x0btab",
    "TRUE",
    "12.0",
    "#N/A is not here",
    "https://suara.example/?a=1",
)
codes = st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_.-]{0,15}\Z")
choice_codes = st.one_of(
    st.from_regex(r"\A[A-Za-z0-9_]{1,8}\Z"),
    st.sampled_from(["-9", "-8", "1", "2", "other", "a'b", "ខ្មែរ", "é", "true()", "1.0"]),
).filter(lambda code: code != "-7")


def text_in(language: str) -> st.SearchStrategy[str]:
    alphabet = SCRIPTS.get(language, "") + LATIN
    # A text of blanks alone is no text: it counts as untranslated everywhere.
    written = st.text(alphabet, min_size=1, max_size=30).filter(str.strip)
    return st.one_of(written, st.sampled_from(SPECIAL))


@st.composite
def texts(draw, languages: tuple[str, ...]) -> dict[str, str]:
    chosen = draw(st.lists(st.sampled_from(languages), unique=True))
    return {language: draw(text_in(language)) for language in chosen}


@st.composite
def trees(draw, references: list[str], depth: int = 3) -> Node:
    if depth == 0 or draw(st.booleans()):
        return draw(
            st.one_of(
                st.sampled_from(references).map(Ref) if references else st.nothing(),
                st.integers(-1000, 1000).map(lambda number: Value(float(number), "number")),
                st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: Value(x + 0.0, "number")),
                st.sampled_from(
                    ["yes", "no", "", "it's", 'a "b"', "OK", "a  b", "“x”", 'it\'s "both"', "ខ"]
                ).map(lambda text: Value(text, "text")),
                st.just(Value("2026-03-01", "date")),
                st.booleans().map(lambda flag: Value(flag, "bool")),
                st.just(Unparsed("pulldata('x', ${y})", "sheet survey, row 3, column relevant")),
            )
        )
    op = draw(st.sampled_from(list(ARITIES)))
    least, most = ARITIES[op]
    many = draw(st.integers(least, min(most, 3)))
    return Op(op, tuple(draw(trees(references, depth - 1)) for _ in range(many)))


@st.composite
def choices(draw, languages, references, *, missing_only: bool = False) -> tuple[Choice, ...]:
    if missing_only:
        chosen = draw(st.lists(st.sampled_from(["-9", "-8"]), unique=True))
    else:
        chosen = draw(st.lists(choice_codes, unique=True, min_size=1, max_size=5))
    return tuple(
        Choice(
            code=code,
            label=draw(texts(languages)),
            missing=code if code in ("-9", "-8") else None,
            exclusive=code in ("-9", "-8") or draw(st.booleans()),
            relevant=draw(st.one_of(st.none(), st.none(), trees(references))),
        )
        for code in chosen
    )


@st.composite
def questions(draw, code: str, languages, references, kind: str) -> Question:
    own = [*references, "."]
    fields: dict = {
        name: draw(st.one_of(st.just({}), texts(languages)))
        for name in (
            "label",
            "hint",
            "short_label",
            "required_message",
            "constraint_message",
            "minimum_label",
            "maximum_label",
        )
    }
    fields |= {
        "required": draw(st.booleans()),
        "relevant": draw(st.one_of(st.none(), trees(references))),
        "constraint": draw(st.one_of(st.none(), trees(own))),
        "appearance": draw(
            st.sampled_from(["", "minimal", "horizontal columns-2", "list-nolabel"])
        ),
        "measure": draw(st.sampled_from([None, "nominal", "ordinal", "scale"])),
        "choice_order": draw(st.sampled_from(["fixed", "random"])),
        "max_choices": draw(st.one_of(st.none(), st.integers(1, 9))),
        "max_length": draw(st.one_of(st.none(), st.integers(1, 20000))),
    }
    if kind in ("single", "multiple", "rank", "matrix"):
        fields["choices"] = draw(choices(languages, references))
    elif kind == "consent":
        fields["choices"] = draw(st.one_of(st.just(()), choices(languages, references)))
    elif kind in ("scale", "number", "date", "time", "datetime"):
        fields["choices"] = draw(choices(languages, references, missing_only=True))
    if kind == "matrix":
        rows = draw(st.lists(codes, unique_by=lambda row: row.lower(), min_size=1, max_size=3))
        fields["rows"] = tuple(Row(row, draw(texts(languages))) for row in rows)
    if kind == "scale":
        low = draw(st.integers(-6, 10))
        fields |= {"minimum": float(low), "maximum": float(low + draw(st.integers(0, 10)))}
    if kind == "number":
        fields["minimum"] = draw(st.sampled_from([None, 0.0, -6.5, 15.0]))
        fields["maximum"] = draw(st.sampled_from([None, 120.0, 99.25, 1e12]))
        fields["decimals"] = draw(st.integers(0, 9))
    if kind == "calculate":
        fields |= {"required": False, "constraint": None}
        fields["calculation"] = draw(st.one_of(st.none(), trees(references)))
    else:
        question = Question(code=code, kind=kind, **fields)
        fields["default"] = draw(st.one_of(st.none(), defaults(question)))
        fields["read_only"] = draw(st.booleans())
    if kind == "matrix":
        fields["row_order"] = draw(st.sampled_from(["fixed", "random"]))
    return Question(code=code, kind=kind, **fields)


def defaults(question: Question) -> st.SearchStrategy:
    """Answers the question could be given."""
    found = st.sampled_from(question.choice_codes) if question.choice_codes else st.nothing()
    kinds = {
        "text": text_in("km"),
        "number": st.sampled_from([0.0, 15.5, 1e14]),
        "date": st.just("2026-03-31"),
        "time": st.just("08:30"),
        "datetime": st.just("2026-03-31T08:30"),
    }
    if question.kind in ("multiple", "rank"):
        return st.lists(found, unique=True, min_size=1).map(tuple)
    if question.kind == "scale":
        return st.just(question.minimum)
    if question.kind in ("matrix", "note"):
        return st.none()
    return kinds[question.kind] if question.kind in kinds else found


@st.composite
def definitions(draw) -> Definition:
    """A whole questionnaire; what the reader of documents would refuse is not made."""
    languages = tuple(draw(st.lists(st.sampled_from(LANGUAGES), unique=True, min_size=1)))
    many = draw(st.integers(0, 6))
    chosen = draw(
        st.lists(codes, unique_by=lambda code: code.lower(), min_size=many, max_size=many)
    )
    kinds = [draw(st.sampled_from(KINDS)) for _ in chosen]
    references = chosen or ["nowhere"]
    asked = [
        draw(questions(code, languages, references, kind))
        for code, kind in zip(chosen, kinds, strict=True)
    ]
    page_codes = draw(st.lists(codes, unique_by=lambda code: code.lower(), min_size=1, max_size=3))
    if chosen and draw(st.booleans()) and chosen[0].lower() not in {c.lower() for c in page_codes}:
        page_codes[0] = chosen[0]
    pages = []
    for index, code in enumerate(page_codes):
        here = tuple(asked[index :: len(page_codes)])
        pages.append(
            Page(
                code,
                draw(texts(languages)),
                here,
                draw(st.one_of(st.none(), trees(references))),
                question_order=draw(st.sampled_from(["fixed", "random"])),
                rotation=draw(st.sampled_from(["", "themes"])),
            )
        )
    definition = Definition(
        languages=languages,
        default_language=draw(st.sampled_from(languages)),
        title=draw(texts(languages)),
        introduction=draw(texts(languages)),
        thanks=draw(texts(languages)),
        pages=tuple(pages),
        seed=draw(st.one_of(st.none(), st.integers(0, 2**31 - 1))),
    )
    try:
        return parse(to_document(definition))
    except DefinitionError as error:
        raise AssertionError(f"The strategy made a document nobody can store: {error}") from error
