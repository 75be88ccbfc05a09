"""A copy is personal, safe and complete, whatever editors and registries contain."""

import pytest
from django.conf import settings
from django.utils.translation import override

from campaigns import rendering
from campaigns.errors import UnknownMergeField
from campaigns.models import Delivery
from campaigns.transports.messages import Message, as_email
from tests.campaigns.factories import AT, HOSTILE, make_content, make_mailing, make_person

pytestmark = pytest.mark.django_db


def preview(person=None, **values):
    mailing = make_mailing(languages=())
    return rendering.preview_for(mailing, make_content(mailing, **values), person)


def test_a_person_without_a_name_gets_a_general_word():
    assert preview().subject == "en: your voice, colleague"


def test_an_own_fallback_is_used_when_a_value_is_missing():
    assert "with your team." in preview(make_person("Amina")).text


def test_a_hostile_name_is_escaped_in_html_and_plain_in_text():
    copy = preview(make_person(HOSTILE), body=[("paragraph", "<p>Dear {name}</p>")])
    assert "<script>" not in copy.html
    assert "&lt;script&gt;" in copy.html
    assert "<script>alert(1)</script>" in copy.text


def test_a_name_that_looks_like_a_merge_field_stays_a_name():
    copy = preview(make_person(HOSTILE), body=[("paragraph", "<p>{name}</p>")])
    assert "{organisation}" in copy.text


@pytest.mark.parametrize(
    "attack",
    ["{{ settings.SECRET_KEY }}", "{% load static %}", "{% debug %}", "{{7*7}}", "${7*7}"],
)
def test_what_editors_write_is_never_run_as_a_template(attack):
    copy = preview(subject="Hello", body=[("paragraph", f"<p>{attack}</p>"), ("heading", attack)])
    assert attack in copy.text


def test_an_unknown_merge_field_is_named():
    with pytest.raises(UnknownMergeField, match="password"):
        preview(body=[("paragraph", "<p>{password}</p>")])


def test_scripts_handlers_and_script_addresses_do_not_survive():
    copy = preview(
        body=[
            (
                "paragraph",
                '<p onclick="x()">a<script>alert(1)</script><a href="javascript:alert(1)">b</a>'
                "<img src=x onerror=alert(1)></p>",
            )
        ]
    )
    body = copy.html.lower()
    assert "<script" not in body
    assert "onclick" not in body
    assert "javascript:" not in body
    assert "onerror" not in body


def test_both_parts_and_both_headers_are_always_there():
    copy = preview(make_person("Amina"))
    assert copy.html.startswith("<!doctype html>")
    assert "Answer:" in copy.text
    assert copy.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert copy.headers["List-Unsubscribe"].startswith("<http")


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_a_message_is_framed_in_each_of_the_thirteen_languages(language):
    mailing = make_mailing(languages=(), is_demonstration=True)
    content = make_content(mailing, language, body=[("heading", "Text")])
    copy = rendering.preview_for(mailing, content, None)

    assert f'lang="{language}"' in copy.html
    for english in ("Unsubscribe", "Choose what you receive", "View in your browser", "colleague"):
        with override(language):
            own = rendering._(english)
        assert own in copy.html + copy.subject
        assert (english in copy.text + copy.subject) is (language == "en")


def test_preview_links_are_marked():
    copy = preview(make_person("Amina"))
    assert "/u/preview/" in copy.html
    assert "https://example.org/plan" in copy.html


def test_a_line_break_in_a_name_cannot_add_a_header():
    message = Message(
        delivery_id="abcdefgh",
        to_address="amina@people.example",
        to_name="Amina\r\nBcc: everybody@people.example",
        from_address="suara@example.org",
        from_name="Suara\nX-Evil: 1",
        subject="Hello\r\nBcc: everybody@people.example",
        text="Text",
        html="<p>Text</p>",
        headers={"List-Unsubscribe": "<https://example.org/u/x/>"},
    )
    email = as_email(message, at=AT)
    assert email["Bcc"] is None
    assert email["X-Evil"] is None
    assert len(email.as_bytes().split(b"\r\n\r\n")[0].split(b"\r\nSubject:")) == 2


def test_a_line_break_in_an_address_is_refused():
    with pytest.raises(ValueError, match="line break"):
        Message(
            delivery_id="abcdefgh",
            to_address="amina@people.example\nBcc: x@people.example",
            to_name="",
            from_address="suara@example.org",
            from_name="",
            subject="",
            text="",
            html="",
        )


def test_fifty_copies_cost_no_more_queries_than_five(django_assert_max_num_queries):
    mailing = make_mailing()
    for number in range(20):
        person = make_person(f"Person {number}")
        Delivery.objects.create(
            mailing=mailing, person=person, name=str(person), language="en", address=f"{number}@x.y"
        )
    rows = list(
        mailing.deliveries.select_related("person__area", "mailing").prefetch_related(
            "person__affiliations__organisation"
        )
    )
    compiled = rendering.compiled_contents(mailing)["en"]
    with django_assert_max_num_queries(0):
        for delivery in rows:
            rendering.copy_for(delivery, compiled)
