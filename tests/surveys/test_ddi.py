"""Check 14: the DDI codebook holds the full texts in all languages and follows the standard."""

import os
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.translation import gettext, override
from lxml import etree

from surveys.exports import ddi
from surveys.exports.rows import Table
from surveys.exports.variables import Variables
from surveys.models import AuditEntry, Questionnaire, ResponseImport, Wave
from tests.surveys.every_kind import LANGUAGES, every_kind, said
from tests.surveys.factories import (
    HOSTILE,
    awareness_document,
    document,
    make_questionnaire,
    make_response,
    make_scheme,
    make_wave,
    texts,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]
AT = timezone.now()
D = "{ddi:codebook:2_5}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
PROFILE = etree.XMLSchema(etree.parse(Path(__file__).with_name("ddi") / "profile.xsd"))
OFFICIAL = os.environ.get("DDI_CODEBOOK_XSD", "")


@pytest.fixture
def codebook(client_for):
    user = client_for("survey_manager").user

    def made(wave: Wave) -> etree._Element:
        return etree.fromstring(ddi.codebook(Table.of(wave, user), at=AT))

    return made


@pytest.fixture
def wave() -> Wave:
    found = make_wave(
        questionnaire=make_questionnaire(document=every_kind()),
        areas=["KH", "TH"],
        contact="surveys@suara.example",
        titles=said("Awareness 2026"),
        is_demonstration=True,
    )
    found.weighting = make_scheme(found.survey)
    found.save()
    make_response(found)
    return found


def variable(root: etree._Element, name: str) -> etree._Element:
    (found,) = [one for one in root.iter(f"{D}var") if one.get("name") == name]
    return found


def in_languages(parent: etree._Element, tag: str) -> dict[str, str]:
    return {one.get(LANG): one.text for one in parent.findall(f"{D}{tag}")}


def two_versions() -> Wave:
    """A wave that went over to a second version with another wording, filter and choice."""
    first = make_wave()
    second = document()
    where = second["pages"][0]["questions"][1]
    where["label"] = texts("Where did you hear of it?")
    where["relevant"] = None
    where["choices"].append({"code": "radio", "label": texts("Radio")})
    version = make_questionnaire(first.survey, document=second, note="Asks everybody.")
    Questionnaire.objects.filter(pk=first.questionnaire_id).update(state="superseded")
    make_response(first)
    first.questionnaire = version
    first.save()
    return first


def awareness() -> Wave:
    found = make_wave(questionnaire=make_questionnaire(document=awareness_document()))
    found.weighting = make_scheme(found.survey)
    found.save()
    return found


WAVES = {"small": make_wave, "two_versions": two_versions, "awareness": awareness}


@pytest.mark.parametrize("name", WAVES)
def test_check_14_it_follows_the_content_models_of_the_standard(codebook, name):
    PROFILE.assertValid(codebook(WAVES[name]()))


def test_check_14_every_kind_of_question_follows_them(codebook, wave):
    PROFILE.assertValid(codebook(wave))


@pytest.mark.skipif(not OFFICIAL, reason="DDI_CODEBOOK_XSD does not name the official schema")
@pytest.mark.parametrize("name", WAVES)
def test_check_14_it_validates_against_the_official_schema(codebook, name):
    etree.XMLSchema(etree.parse(OFFICIAL)).assertValid(codebook(WAVES[name]()))


@pytest.mark.skipif(not OFFICIAL, reason="DDI_CODEBOOK_XSD does not name the official schema")
def test_check_14_every_kind_of_question_validates_against_it(codebook, wave):
    etree.XMLSchema(etree.parse(OFFICIAL)).assertValid(codebook(wave))


def test_what_the_profile_forbids_is_found(codebook, wave):
    root = codebook(wave)
    first = next(root.iter(f"{D}var"))
    first.append(first[0])

    assert not PROFILE.validate(root)


def test_check_14_full_texts_stand_in_all_languages(codebook, wave):
    root = codebook(wave)

    rating = variable(root, "rating")
    assert in_languages(rating, "labl") == said("Rating")
    assert in_languages(rating.find(f"{D}qstn"), "qstnLit") == said("How good is it?")
    media = variable(root, "trust_media").find(f"{D}qstn")
    assert in_languages(media, "preQTxt") == said("How much do you trust them?")
    assert in_languages(media, "qstnLit") == said("The media")
    radio = variable(root, "where_radio")
    assert in_languages(radio, "labl")["km"] == (
        f"{said('Where from?')['km']} :: {said('Radio')['km']}"
    )
    assert in_languages(radio.find(f"{D}qstn"), "postQTxt") == said("Several are possible.")
    title = root.find(f"{D}stdyDscr/{D}citation/{D}titlStmt")
    assert in_languages(title, "parTitl") | in_languages(title, "titl") == said("Awareness 2026")


def test_check_14_a_text_of_ten_thousand_characters_is_whole(codebook):
    long = "ភាសាខ្មែរ " * 1200 + HOSTILE
    changed = every_kind()
    changed["pages"][0]["questions"][1]["label"] = dict.fromkeys(LANGUAGES, long)

    root = codebook(make_wave(questionnaire=make_questionnaire(document=changed)))

    question = variable(root, "heard").find(f"{D}qstn")
    assert in_languages(question, "qstnLit") == dict.fromkeys(LANGUAGES, long)


def categories(element: etree._Element) -> dict[str, etree._Element]:
    return {one.findtext(f"{D}catValu"): one for one in element.findall(f"{D}catgry")}


def test_categories_carry_codes_meanings_and_marks_of_what_is_missing(codebook, wave):
    found = categories(variable(codebook(wave), "rating"))

    assert list(found) == ["1", "2", "-9", "-8", "-7"]
    assert in_languages(found["1"], "labl") == said("Little")
    assert in_languages(found["-9"], "labl") == said("Don't know")
    marks = {code: (one.get("missing"), one.get("missType")) for code, one in found.items()}
    assert marks == {
        "1": (None, None),
        "2": (None, None),
        "-9": ("Y", "don't know"),
        "-8": ("Y", "refused"),
        "-7": ("Y", "not asked"),
    }
    with override("km"):
        assert in_languages(found["-7"], "labl")["km"] == gettext("Not asked")
    invalid = variable(codebook(wave), "age").find(f"{D}invalrng")
    assert [one.get("VALUE") for one in invalid] == ["-9", "-8", "-7"]


def test_a_language_that_lacks_a_text_has_no_copy_of_another_languages(codebook):
    changed = every_kind()
    del changed["pages"][0]["questions"][1]["label"]["th"]
    del changed["pages"][0]["questions"][1]["choices"][0]["label"]["th"]

    heard = variable(
        codebook(make_wave(questionnaire=make_questionnaire(document=changed))), "heard"
    )

    assert set(in_languages(heard, "labl")) == {"en", "km"}
    assert set(in_languages(heard.find(f"{D}qstn"), "qstnLit")) == {"en", "km"}
    assert set(in_languages(categories(heard)["yes"], "labl")) == {"en", "km"}


def test_names_and_order_are_those_of_the_data_files(codebook, wave, client_for):
    root = codebook(wave)
    table = Table.of(wave, client_for("analyst").user)

    named = [one.get("name") for one in root.iter(f"{D}var")]
    assert named == [one.name for one in Variables(table).all]
    columns = [
        note.text
        for one in root.iter(f"{D}var")
        for note in one.findall(f"{D}notes")
        if note.get("type") == "column"
    ]
    assert columns == table.header


def test_who_was_asked_is_said_as_a_condition(codebook, wave):
    root = codebook(wave)

    assert variable(root, "rating").findtext(f"{D}universe") == "${heard} = 'yes'"
    assert variable(root, "heard").find(f"{D}universe") is None


def test_versions_tell_what_changed_who_was_asked_and_older_wordings(codebook):
    root = codebook(two_versions())

    statements = root.findall(f"{D}stdyDscr/{D}citation/{D}verStmt")
    assert [one.findtext(f"{D}version") for one in statements] == [
        "questionnaire v1",
        "questionnaire v2",
    ]
    assert statements[1].findtext(f"{D}notes") == "Asks everybody."
    where = variable(root, "where_tv")
    assert [one.text for one in where.findall(f"{D}universe")] == [
        "versions 1: ${heard} = 'yes'",
        "versions 2: everybody",
    ]
    older = [one for one in where.findall(f"{D}notes") if one.get("type") == "wording"]
    assert {(one.get("subject"), one.get(LANG)) for one in older} == {
        ("questionnaire v1", "en"),
        ("questionnaire v1", "th"),
    }
    assert older[0].text == f"Where? {HOSTILE}"
    radio = variable(root, "where_radio")
    assert radio.findtext(f"{D}verStmt/{D}version") == "questionnaire versions: 2"


def test_groups_name_their_variables_and_every_reference_leads_somewhere(codebook, wave):
    root = codebook(wave)
    identities = [one.get("ID") for one in root.iter() if one.get("ID")]

    assert len(set(identities)) == len(identities)
    for one in root.iter(f"{D}var", f"{D}varGrp"):
        for name in ("var", "qstn", "files", "wgt-var"):
            assert set((one.get(name) or "").split()) <= set(identities)
    groups = {one.get("name"): one for one in root.iter(f"{D}varGrp")}
    assert {name: one.get("type") for name, one in groups.items()} == {
        "where": "multipleResp",
        "trust": "grid",
    }
    members = groups["where"].get("var").split()
    assert [one.get("name") for one in root.iter(f"{D}var") if one.get("ID") in members] == [
        "where_tv",
        "where_radio",
    ]


def test_the_study_says_when_where_how_and_how_weighted(codebook, wave):
    root = codebook(wave)
    summary = root.find(f"{D}stdyDscr/{D}stdyInfo/{D}sumDscr")
    collection = root.find(f"{D}stdyDscr/{D}method/{D}dataColl")

    assert [(one.get("event"), one.get("date")) for one in summary.findall(f"{D}collDate")] == [
        ("start", f"{wave.opens_at:%Y-%m-%d}"),
        ("end", f"{wave.closes_at:%Y-%m-%d}"),
    ]
    assert {one.get("abbr") for one in summary.findall(f"{D}nation")} == {"KH", "TH"}
    assert summary.findtext(f"{D}universe") == "Residents aged 15 and over"
    assert "not a probability sample" in collection.findtext(f"{D}sampProc")
    words = collection.findtext(f"{D}weight")
    assert "“Sex”, version 1" in words and "sex (invented test)" in words
    assert variable(root, "weight").get("wgt") == "wgt"
    use = root.find(f"{D}stdyDscr/{D}dataAccs/{D}useStmt")
    assert use.find(f"{D}contact").get("email") == "surveys@suara.example"
    assert "invented" in use.findtext(f"{D}disclaimer")


def test_the_study_says_that_responses_were_collected_elsewhere(codebook, wave):
    collection = f"{D}stdyDscr/{D}method/{D}dataColl/{D}"
    wave.mode, wave.sampling_type = "web, self-completed", "probability"
    wave.save()
    ResponseImport.objects.create(
        wave=wave, file_name="elsewhere.csv", digest="x", rows=40, created_at=wave.opens_at,
        stratum_columns=["province", "urban"], unit_column="village",
    )  # fmt: skip

    mixed = codebook(wave)
    wave.responses.update(source="imported")
    alone = codebook(wave)

    assert mixed.findtext(f"{collection}collMode") == (
        "web, self-completed; collected elsewhere, imported: 40 responses"
    )
    assert alone.findtext(f"{collection}collMode") == "collected elsewhere, imported"
    assert alone.findtext(f"{collection}sampProc") == (
        "probability sample; collected elsewhere, imported; stratified by province, urban; drawn in "
        "sampling units (village)"
    )


def test_characters_that_xml_cannot_hold_are_left_out(codebook):
    found = make_wave(title="A\x0bwave\ufffe", titles={})

    root = codebook(found)

    assert root.find(f".//{D}stdyDscr//{D}titl").text == "Awave"


def test_it_is_downloaded_without_any_answer_and_audited(client_for, wave):
    answer = client_for("analyst").get(f"/office/surveys/waves/{wave.token}/codebook.xml")

    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    assert f"{wave.slug}-ddi-" in answer["Content-Disposition"]
    PROFILE.assertValid(etree.fromstring(answer.content))
    assert str(wave.responses.get().pk) not in answer.content.decode()
    entry = AuditEntry.objects.get(action="exported")
    assert (entry.data["format"], entry.data["rows"]) == ("ddi", 0)


def test_others_get_no_codebook_and_no_spss_file(client_for, wave):
    for role in ("communications_officer", "national_focal_point", "approver"):
        client = client_for(role)
        page = f"/office/surveys/waves/{wave.token}"
        assert client.get(f"{page}/codebook.xml").status_code == 404
        assert client.post(f"{page}/exports/sav/", {"language": "en"}).status_code == 404
