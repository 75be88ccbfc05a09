"""A browser's wish finds the language that serves it."""

import pytest
from django.conf import settings
from django.test import RequestFactory

from indicators import languages

ALL = [code for code, _name in settings.LANGUAGES]


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("km", "km"),
        ("km-KH", "km"),
        ("ms-MY", "ms"),
        ("ms-Latn-BN", "ms"),
        ("zsm", "ms"),
        ("id-ID", "id"),
        ("in", "id"),
        ("in-ID", "id"),
        ("fil-PH", "fil"),
        ("tl", "fil"),
        ("tl-PH", "fil"),
        ("tet-TL", "tet"),
        ("tdt", "tet"),
        ("pt-TL", "pt"),
        ("pt-BR", "pt"),
        ("pt_PT", "pt"),
        ("zh", "zh-hans"),
        ("zh-CN", "zh-hans"),
        ("zh-SG", "zh-hans"),
        ("zh-Hans-MY", "zh-hans"),
        ("zh-TW", "zh-hans"),
        ("cmn-Hans-SG", "zh-hans"),
        ("ta-SG", "ta"),
        ("my-MM", "my"),
        ("EN-gb", "en"),
        ("fr", None),
        ("", None),
        ("mya", None),
    ],
)
def test_check_6_regional_codes_and_other_names_find_the_interface_language(tag, code):
    assert languages.match(tag, ALL) == code


def test_a_questionnaire_may_know_its_languages_by_other_codes():
    assert languages.match("zh-CN", ["en", "zh"]) == "zh"
    assert languages.match("fil-PH", ["en", "tl"]) == "tl"
    assert languages.match("pt", ["pt-tl"]) is None
    assert languages.match("pt-TL", ["pt", "pt-tl"]) == "pt-tl"
    assert languages.match("pt-BR", ["pt-tl", "pt"]) == "pt"
    assert languages.interface("tl") == "fil"
    assert languages.interface("fr") == "en"


def test_a_language_in_which_the_site_is_not_complete_is_not_spoken_around_its_pages():
    assert languages.complete("th-TH") == "th"
    assert languages.complete("km") == "en"
    assert languages.complete("") == "en"


def test_wishes_come_in_order_of_preference_and_a_choice_goes_before_them():
    request = RequestFactory().get("/", headers={"Accept-Language": "en;q=0.3, km-KH, *;q=0.1"})
    assert languages.wishes(request) == ["km-kh", "en"]
    request.COOKIES["django_language"] = "vi"
    assert languages.negotiate(languages.wishes(request), ["km", "vi"]) == "vi"


@pytest.mark.parametrize(
    "header", ["", ";;;", "km;q=x", "a" * 5000, "\N{KHMER LETTER KA}", "km,," * 900]
)
def test_a_header_that_is_none_is_no_wish_and_no_error(header):
    request = RequestFactory().get("/", headers={"Accept-Language": header})
    assert languages.negotiate(languages.wishes(request), ["en"]) is None
