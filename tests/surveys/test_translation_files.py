"""Translators' files: nothing is lost on the way out and back, and nothing breaks on bad ones."""

import io
import zipfile
from datetime import datetime, timedelta

import openpyxl
import polib
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.models import Questionnaire, TranslationImport
from surveys.questionnaire.definition import parse
from surveys.questionnaire.translation import reconciled, slots, texts_of, tidy
from surveys.questionnaire.translation.arriving import arrivals
from surveys.questionnaire.translation.files import (
    FileRefused,
    archive,
    incoming,
    po_file,
    read,
    workbook,
)
from surveys.services import translationfiles
from tests.surveys.factories import (
    LONG_AGO,
    awareness_document,
    document,
    make_questionnaire,
)

NOW = LONG_AGO + timedelta(days=10)
WORDING = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40
) | st.sampled_from(
    [
        "=1+1", "+5", "@x", "-7", "'quoted'", '"', "\\n", "a\nb\r\nc\td", "_x0041_", "msgid \"x\"",
        "#, fuzzy", "ខ្មែរ ជា", "မြန်မာ", "\u200bជា\u200b", "1", "1.0", "TRUE", "<b>&amp;</b>", "%s %(a)s",
    ]
)  # fmt: skip


def filled(words: list[str]) -> dict:
    """The small questionnaire with these wordings, source and translation in turn."""
    found = document()
    for index, slot in enumerate(one for one in slots(found).values() if one.texts):
        source, translation = words[2 * index % len(words)], words[(2 * index + 1) % len(words)]
        slot.owner[slot.key] = {"en": tidy(source) or "x", "th": tidy(translation) or "y"}
    return found


def without_thai(found: dict) -> dict:
    for slot in slots(found).values():
        if "th" in slot.texts:
            slot.write("th", "")
    return found


def files_of(found: dict) -> dict[str, bytes]:
    definition = parse(found)
    recorded = reconciled(found, {})
    return {
        "x-th.po": po_file(definition, "th", recorded, project="S v1"),
        "x.zip": archive(definition, recorded, project="S v1", name="x"),
        "x.xlsx": workbook(definition, ["th"], recorded, names={"th": "ไทย"}),
    }


def read_for(found: dict, data: bytes, name: str):
    definition = parse(found)
    return read(
        data, name, languages=definition.languages, default_language=definition.default_language
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(WORDING, min_size=2, max_size=12))
def test_a_round_trip_loses_nothing(words):
    found = filled(words)
    before = {text.place: text.in_language("th") for text in texts_of(parse(found))}
    for name, data in files_of(found).items():
        back = read_for(found, data, name)

        assert back.trouble == [], name
        assert {one.place: one.text for one in back.wordings} == before, name
        sorts = {one.sort for one in arrivals(parse(found), {}, back.wordings)}
        assert sorts == {"same"}, name


def test_a_round_trip_of_the_demonstration_loses_nothing_in_any_language():
    found = awareness_document()
    definition = parse(found)
    languages = [code for code in definition.languages if code != definition.default_language]
    data = workbook(definition, languages, reconciled(found, {}), names={})

    back = read_for(found, data, "x.xlsx")

    assert back.trouble == []
    expected = {
        (text.place, code): text.in_language(code)
        for text in texts_of(definition)
        for code in languages
        if text.in_language(code)
    }
    assert {(one.place, one.language): one.text for one in back.wordings} == expected


def test_a_po_entry_has_its_place_its_source_and_what_it_is_about():
    po = polib.pofile(files_of(document())["x-th.po"].decode())

    entry = next(one for one in po if one.msgctxt == "q:heard/choices:yes/label")
    assert (entry.msgid, entry.msgstr) == ("Yes", "ไทย Yes")
    assert "Heard of it?" in entry.comment
    assert po.metadata["Language"] == "th"


def changed_source() -> tuple[dict, dict]:
    """The small questionnaire after a source wording changed, with its record."""
    found = document()
    recorded = reconciled(found, {})
    found["pages"][0]["questions"][0]["label"]["en"] = "Have you heard of it?"
    return found, reconciled(found, recorded)


def test_an_outdated_translation_goes_out_fuzzy_and_comes_back_confirmed_without_the_mark():
    found, recorded = changed_source()
    data = po_file(parse(found), "th", recorded, project="S")
    assert [entry.msgctxt for entry in polib.pofile(data.decode()) if entry.fuzzy] == [
        "q:heard/label"
    ]

    marked = arrivals(parse(found), recorded, read_for(found, data, "x-th.po").wordings)
    confirmed = arrivals(
        parse(found),
        recorded,
        read_for(found, data.replace(b"#, fuzzy\n", b""), "x-th.po").wordings,
    )

    assert {one.sort for one in marked} == {"same"}
    assert [one.wording.place for one in confirmed if one.sort == "confirmed"] == ["q:heard/label"]


def test_a_file_made_before_the_source_changed_is_told_apart():
    data = files_of(document())["x.xlsx"]
    found, recorded = changed_source()
    without_thai(found)

    sorts = {
        one.wording.place: one.sort
        for one in arrivals(parse(found), recorded, read_for(found, data, "x.xlsx").wordings)
    }

    assert sorts["q:heard/label"] == "differs"
    assert sorts["q:where/label"] == "new"


def sheet(rows: list[list], title: str = "Translations") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


HEAD = ["key", "page", "question", "what", "English (en)", "ไทย (th)"]


def test_errors_are_named_by_row_and_column_and_good_rows_are_used():
    data = sheet(
        [
            [*HEAD, "Khmer (km)"],
            ["q:age/label", "", "", "", "How old?", "อายุ", "x"],
            ["q:sex/label", "", "", "", "Sex", "=1+1", ""],
            ["q:comment/label", "", "", "", "Comment", datetime(2026, 1, 1), ""],
            ["", "", "", "", "", "ลอย", ""],
            ["q:age/label", "", "", "", "How old?", "อีกที", ""],
            ["q:trust/label", "", "", "", "Trust", 5, ""],
        ]
    )

    back = read_for(document(), data, "x.xlsx")

    assert {(one.place, one.text) for one in back.wordings} == {
        ("q:age/label", "อายุ"),
        ("q:trust/label", "5"),
    }
    said = {one.where: one.sentence for one in back.trouble}
    assert "no language of this questionnaire" in said["column G"]
    assert "formula" in said["row 3, column F"]
    assert "date" in said["row 4, column F"]
    assert "no key" in said["row 5"]
    assert "twice" in said["row 6"]


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive_:
        archive_.writestr("[Content_Types].xml", b"x")
        archive_.writestr("xl/workbook.xml", b"0" * 150_000_000)
    return made.getvalue()


BAD = {
    "empty": b"",
    "latin1.po": 'msgid "x"\nmsgstr "caf\xe9"\n'.encode("latin-1"),
    "utf16.po": 'msgid "x"'.encode("utf-16"),
    "words.po": b"hello",
    "broken.po": b'msgctxt "a\nmsgid "x"\nmsgstr "y"\n',
    "no-language.po": b'msgid ""\nmsgstr ""\n\nmsgctxt "title"\nmsgid "a"\nmsgstr "b"\n',
    "etc-passwd.po": b"/etc/passwd",
    "source-en.po": b'msgid ""\nmsgstr "Language: en\\n"\n',
    "other-km.po": b'msgid ""\nmsgstr "Language: km\\n"\n',
    "nul-th.po": b'msgid ""\nmsgstr "Language: th\\n"\n\nmsgctxt "a\x00"\nmsgid "a"\nmsgstr "b"\n',
    "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600,
    "renamed.xlsx": b"%PDF-1.4 nothing",
    "truncated.xlsx": sheet([HEAD])[:400],
    "no-key.xlsx": sheet([["text", "ไทย (th)"], ["a", "b"]]),
    "no-language.xlsx": sheet([["key", "text"], ["title", "b"]]),
    "other.zip": (lambda made: (zipfile.ZipFile(made, "w").close(), made.getvalue())[1])(
        io.BytesIO()
    ),
    "bomb.xlsx": bomb(),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_read_gets_a_sentence(name):
    with pytest.raises(FileRefused, match=r"[.?]$"):
        read_for(document(), BAD[name], name)


def test_a_workbook_with_entities_is_not_opened():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive_:
        archive_.writestr("[Content_Types].xml", b"<Types/>")
        archive_.writestr("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>')
    with pytest.raises(FileRefused, match="document type"):
        read_for(document(), made.getvalue(), "x.xlsx")


def test_a_huge_file_is_refused_by_its_size(monkeypatch):
    monkeypatch.setattr(incoming, "LARGEST", 1000)

    with pytest.raises(FileRefused, match="MB"):
        read_for(document(), b"x" * 2000, "x.po")


@given(st.binary(max_size=400))
def test_no_bytes_whatever_raise_anything_else(data):
    for name, head in (("x.po", b""), ("x-th.po", b'msgid "'), ("x.xlsx", b"PK\x03\x04")):
        try:
            read_for(document(), head + data, name)
        except FileRefused as refusal:
            assert str(refusal)


WHOLE = files_of(document())["x.xlsx"]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_workbook_damaged_anywhere_gets_a_sentence(data):
    made = bytearray(WHOLE)
    for _number in range(data.draw(st.integers(1, 12))):
        made[data.draw(st.integers(4, len(made) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_for(document(), bytes(made), "x.xlsx")
    except FileRefused as refusal:
        assert str(refusal)


@pytest.fixture
def draft(site) -> Questionnaire:
    return make_questionnaire(state="drafting", document=without_thai(document()))


def receive(draft, data: bytes, name: str = "x.xlsx") -> TranslationImport:
    return translationfiles.receive_file(questionnaire=draft, name=name, data=data, at=NOW, by=None)


def thai(draft: Questionnaire, place: str) -> str:
    fresh = Questionnaire.objects.get(pk=draft.pk)
    return {text.place: text for text in texts_of(fresh.definition)}[place].in_language("th")


@pytest.mark.django_db
def test_a_file_is_applied_and_taken_back(draft):
    file = receive(draft, files_of(document())["x.xlsx"])
    assert thai(draft, "q:heard/label") == ""

    written = translationfiles.apply_file(file=file, sorts=["new"], at=NOW)
    assert thai(draft, "q:heard/label") == "ไทย Heard of it?"
    assert Questionnaire.objects.get(pk=draft.pk).definition.untranslated() == ()

    back, left = translationfiles.revert_file(file=file, at=NOW)
    assert (back, left) == (written, 0)
    assert thai(draft, "q:heard/label") == ""


@pytest.mark.django_db
def test_what_was_changed_after_the_file_stays_when_it_is_taken_back(draft):
    from surveys.services.translating import Wording, save_wordings

    file = receive(draft, files_of(document())["x.xlsx"])
    translationfiles.apply_file(file=file, sorts=["new"], at=NOW)
    save_wordings(
        questionnaire=draft, language="th", wordings={"q:age/label": Wording("อายุ")}, at=NOW
    )

    _back, left = translationfiles.revert_file(file=file, at=NOW)

    assert (left, thai(draft, "q:age/label")) == (1, "อายุ")


@pytest.mark.django_db
def test_a_wording_made_from_an_old_source_stays_marked_after_it_was_applied(site):
    found, _recorded = changed_source()
    draft = make_questionnaire(state="drafting", document=without_thai(found))
    file = receive(draft, files_of(document())["x.xlsx"])

    translationfiles.apply_file(file=file, sorts=["new", "differs"], at=NOW)

    from surveys.backoffice.translationgrid import Grid

    assert Grid(Questionnaire.objects.get(pk=draft.pk), "th").progress.outdated == 1


def office(draft: Questionnaire, rest: str) -> str:
    return f"/office/surveys/questionnaires/{draft.token}/translations/{rest}"


def upload(client, draft, data: bytes, name: str = "x.xlsx"):
    return client.post(
        office(draft, "upload/"), {"file": SimpleUploadedFile(name, data)}, follow=True
    )


@pytest.mark.django_db
def test_the_preview_shows_every_sort_before_anything_changes(client_for, draft):
    draft.document["pages"][2]["questions"][0]["label"]["en"] = "You, ${heard}?"
    draft.save()
    data = sheet(
        [
            HEAD,
            ["q:age/label", "", "", "", "How old?", "อายุเท่าไร"],
            ["q:area/label", "", "", "", "You, ${heard}?", "ท่าน"],
            ["q:gone/label", "", "", "", "x", "หาย"],
            ["q:sex/label", "", "", "", "Gender", "เพศ"],
            ["q:trust/label", "", "", "", "Trust", "=1+1"],
        ]
    )
    client = client_for("survey_manager")

    html = upload(client, draft, data).content.decode()

    assert "New translations: 1" in html
    assert "Made from another source wording: 1" in html
    assert "has lost ${heard}" in html
    assert "has no such text" in html
    assert "row 6, column F" in html
    assert thai(draft, "q:age/label") == ""

    file = TranslationImport.objects.get()
    client.post(office(draft, f"files/{file.token}/apply/"), {"sort": ["new"]})
    assert thai(draft, "q:age/label") == "อายุเท่าไร"
    assert thai(draft, "q:sex/label") == ""
    again = client.post(office(draft, f"files/{file.token}/apply/"), {"sort": ["new"]}, follow=True)
    assert "applied already" in again.content.decode()
    client.post(office(draft, f"files/{file.token}/apply/"), {"revert": "1"})
    assert thai(draft, "q:age/label") == ""


@pytest.mark.django_db
@pytest.mark.parametrize("name", BAD)
def test_a_bad_upload_is_a_sentence_and_never_an_error(client_for, draft, name):
    answer = upload(client_for("survey_manager"), draft, BAD[name], name)

    assert answer.status_code == 200
    assert not TranslationImport.objects.exists()
    assert "error" in answer.content.decode()


@pytest.mark.django_db
def test_an_upload_without_a_file_is_a_sentence(client_for, draft):
    answer = client_for("survey_manager").post(office(draft, "upload/"), follow=True)

    assert "Choose a .po, .zip or .xlsx file first." in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "start"),
    [
        ("format=po&language=th", b"#"),
        ("format=po", b"PK"),
        ("format=xlsx", b"PK"),
        ("format=xlsx&language=th", b"PK"),
    ],
)
def test_files_are_given_out(client_for, draft, query, start):
    answer = client_for("analyst").get(office(draft, f"export/?{query}"))

    assert answer.content[: len(start)] == start
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.django_db
def test_nobody_brings_files_who_may_not_change(client_for, draft):
    assert client_for("analyst").post(office(draft, "upload/")).status_code == 404
    for query in ("format=exe", "language=xx", "language=en"):
        assert client_for("analyst").get(office(draft, f"export/?{query}")).status_code == 404
