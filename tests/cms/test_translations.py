"""The interface speaks every language it is offered in, and speaks it completely."""

import datetime
import gettext

import polib
import pytest
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language_info, override

from config import catalogues
from indicators.models.areas import TRANSLATABLE_NAMES

SITE = [code for code in settings.SITE_LANGUAGES if code != "en"]
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
RESPONDENTS_ONLY = [code for code in LANGUAGES if code not in SITE]


@pytest.fixture(scope="module")
def public_messages():
    return catalogues.public_messages()


@pytest.fixture(scope="module")
def respondent_messages():
    return catalogues.respondent_messages()


def missing_from(language, messages):
    """What a language lacks, each with the files that show it."""
    catalogue = catalogues.read(language)
    forms = catalogues.plural_forms(catalogue)
    known = {
        (entry.msgctxt or "", entry.msgid)
        for entry in catalogue
        if catalogues.translated(entry, forms)
    }
    return [
        f"{message.text!r} in {', '.join(message.places)}"
        for key, message in sorted(messages.items())
        if key not in known
    ]


@pytest.mark.parametrize("language", SITE)
def test_every_text_of_a_public_page_is_translated(language, public_messages):
    assert len(public_messages) > 400, "The texts of the templates were not found."
    missing = missing_from(language, public_messages)
    assert not missing, f"Not translated into {language}:\n" + "\n".join(missing)


@pytest.mark.parametrize("language", LANGUAGES)
def test_check_6_every_text_that_a_respondent_can_meet_is_translated(language, respondent_messages):
    assert len(respondent_messages) > 150, "The texts of the respondent's path were not found."
    missing = missing_from(language, respondent_messages)
    assert not missing, f"Not translated into {language}:\n" + "\n".join(missing)


def test_the_respondents_texts_are_found_in_templates_and_modules_and_in_what_these_use(
    respondent_messages,
):
    places = {text: message.places for (_context, text), message in respondent_messages.items()}
    assert "templates/surveys/page.html" in places["Send my answers"]
    assert "templates/components/demonstration_banner.html" in places["Demonstration data"]
    assert "templates/errors/csrf.html" in places["The form had expired"]
    assert "surveys/answers.py" in places["Please choose an answer."]
    assert (
        "surveys/services/receipts.py"
        in places["No answers with the code %(code)s were found in this survey. Please check it."]
    )
    plural = respondent_messages["", "One answer needs your attention"].plural
    assert plural == "%(number)s answers need your attention"
    assert "wave" not in places, "Labels of the back office are not for respondents."


@pytest.mark.parametrize("language", RESPONDENTS_ONLY)
def test_a_respondents_catalogue_holds_nothing_that_no_respondent_meets(
    language, respondent_messages
):
    entries = {(entry.msgctxt or "", entry.msgid) for entry in catalogues.read(language)}
    assert sorted(entries - set(respondent_messages)) == [], "Run manage.py translations."


@pytest.mark.parametrize(
    ("place", "text"),
    [(place, text) for place, texts in catalogues.PARTLY.items() for text in texts],
)
def test_a_text_listed_for_a_module_of_the_back_office_still_stands_there(place, text):
    found = {message.text for message in catalogues.in_modules([catalogues.ROOT / place])}
    assert text in found


@pytest.mark.parametrize("language", SITE)
def test_every_member_state_has_its_name_in_the_language(language):
    known = {entry.msgid: entry.msgstr for entry in catalogues.read(language)}
    assert [name for name in TRANSLATABLE_NAMES if not known.get(name)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_placeholders(language):
    for entry in catalogues.read(language):
        # The plural form is the one that names the number for certain.
        expected = catalogues.placeholders(entry.msgid_plural or entry.msgid)
        for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            assert catalogues.placeholders(text) == expected, f"{language}: {entry.msgid}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_entry_is_empty_fuzzy_or_short_of_a_plural_form(language):
    catalogue = catalogues.read(language)
    assert catalogue.metadata["Plural-Forms"] == catalogues.PLURALS[language]
    forms = catalogues.plural_forms(catalogue)
    wanting = [entry.msgid for entry in catalogue if not catalogues.translated(entry, forms)]
    assert wanting == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_catalogue_says_that_it_awaits_native_review(language):
    assert "Awaiting native review" in catalogues.read(language).header


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_says_what_the_written_one_says(language):
    with catalogues.path_of(language, ".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    written = {}
    for entry in catalogues.read(language):
        key = f"{entry.msgctxt}\x04{entry.msgid}" if entry.msgctxt else entry.msgid
        if entry.msgid_plural:
            written |= {(key, form): text for form, text in entry.msgstr_plural.items()}
        else:
            written[key] = entry.msgstr
    compiled.pop("", None)
    assert compiled == written, f"Run manage.py translations {language}."


@pytest.mark.parametrize("language", LANGUAGES)
def test_dates_are_written_without_an_english_month(language):
    with override(language):
        dates = " ".join(
            date_format(datetime.date(2026, month, 9), name)
            for month in range(1, 13)
            for name in ("DATE_FORMAT", "YEAR_MONTH_FORMAT", "MONTH_DAY_FORMAT")
        )
    assert "2026" in dates
    english = {"January", "February", "March", "June", "July", "August", "October"}
    assert not {name for name in english if name in dates}


def test_every_offered_language_has_a_name_and_a_direction():
    for code, name in settings.LANGUAGES:
        info = get_language_info(code)
        assert (info["bidi"], bool(info["name"])) == (False, True)
        assert name


def test_a_translation_that_lost_its_gap_or_a_plural_form_is_noticed():
    entry = polib.POEntry(msgid="One", msgid_plural="%(n)s", msgstr_plural={0: "%(n)s"})
    assert not catalogues.translated(entry, 2)
    entry.msgstr_plural[1] = "%(n)s"
    assert catalogues.translated(entry, 2)
    entry.flags.append("fuzzy")
    assert not catalogues.translated(entry, 2)
    assert catalogues.placeholders("%(row)s of %(total)s") != catalogues.placeholders("%(row)s")
