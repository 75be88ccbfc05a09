"""The local outbox: what is written, and who may look."""

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.urls import reverse

from campaigns.errors import OutboxUnavailable
from campaigns.transports.outbox import EmailBackend

pytestmark = pytest.mark.django_db


def make_email(**overrides):
    values = {
        "subject": "Your seat <b>is</b> ready",
        "body": "Confirm at http://testserver/registrations/abc/",
        "to": ["amina@ministry.example"],
    }
    email = EmailMultiAlternatives(**(values | overrides))
    email.attach_alternative("<p>Confirm <script>alert(1)</script></p>", "text/html")
    email.attach("event.ics", "BEGIN:VCALENDAR\nEND:VCALENDAR\n", "text/calendar")
    return email


def test_a_message_is_one_whole_file_and_a_second_of_the_same_name_is_refused(outbox):
    assert outbox.write("delivery-0001", b"Subject: one\n\nfirst")
    assert not outbox.write("delivery-0001", b"Subject: two\n\nsecond")
    assert outbox.raw("delivery-0001") == b"Subject: one\n\nfirst"
    assert [file.name for file in outbox.directory.iterdir()] == ["delivery-0001.eml"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b/c/d/e/f", "short", "with space in"])
def test_a_name_that_could_leave_the_folder_is_refused(outbox, name):
    with pytest.raises(ValueError, match="cannot store"):
        outbox.write(name, b"x")
    assert outbox.read(name) is None
    assert not outbox.holds(name)


def test_an_unwritable_folder_is_told_in_a_sentence(settings, tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("not a folder")
    settings.OUTBOX_DIR = blocker / "outbox"
    with pytest.raises(OutboxUnavailable, match="OUTBOX_DIR"):
        EmailBackend().send_messages([EmailMessage("s", "b", to=["amina@ministry.example"])])


def test_transactional_mail_lands_in_the_outbox(outbox, client):
    assert EmailBackend().send_messages([make_email()]) == 1
    page = client.get(reverse("campaigns:outbox")).content.decode()
    assert "amina@ministry.example" in page
    assert "Your seat &lt;b&gt;is&lt;/b&gt; ready" in page


def test_a_message_shows_text_headers_attachments_and_its_html_only_in_a_sandbox(outbox, client):
    EmailBackend().send_messages([make_email()])
    [name] = outbox.names()
    page = client.get(reverse("campaigns:outbox_message", args=[name])).content.decode()
    assert "<script>alert" not in page
    assert 'sandbox="allow-popups' in page
    assert "event.ics" in page
    assert "http://testserver/registrations/abc/" in page

    html = client.get(reverse("campaigns:outbox_html", args=[name]))
    assert "default-src 'none'" in html["Content-Security-Policy"]
    assert "sandbox" in html["Content-Security-Policy"]
    assert "script-src" not in html["Content-Security-Policy"]

    calendar = client.get(reverse("campaigns:outbox_attachment", args=[name, 0]))
    assert calendar["Content-Type"] == "text/calendar"
    assert calendar["Content-Disposition"].startswith("attachment")
    assert b"BEGIN:VCALENDAR" in calendar.content
    assert client.get(reverse("campaigns:outbox_attachment", args=[name, 9])).status_code == 404


def test_search_finds_the_recipient(outbox, client):
    EmailBackend().send_messages([make_email(), make_email(to=["boris@union.example"])])
    page = client.get(reverse("campaigns:outbox"), {"q": "BORIS"}).content.decode()
    assert "boris@union.example" in page
    assert "amina@ministry.example" not in page


@pytest.mark.parametrize(
    "changes",
    [
        {"EMAIL_HOST": "smtp.example.org"},
        {"MAILJET_API_KEY": "key"},
        {"OUTBOX_PUBLIC": False, "DEBUG": False},
    ],
)
def test_the_outbox_is_not_there_when_mail_really_leaves(outbox, client, settings, changes):
    EmailBackend().send_messages([make_email()])
    [name] = outbox.names()
    for key, value in changes.items():
        setattr(settings, key, value)
    for address in [
        reverse("campaigns:outbox"),
        reverse("campaigns:outbox_message", args=[name]),
        reverse("campaigns:outbox_html", args=[name]),
        reverse("campaigns:outbox_source", args=[name]),
        reverse("campaigns:outbox_attachment", args=[name, 0]),
    ]:
        assert client.get(address).status_code == 404, address


def test_an_unknown_or_hostile_name_is_not_found(outbox, client):
    assert client.get("/outbox/no-such-message/").status_code == 404
    assert client.get("/outbox/..%2f..%2fsettings/").status_code == 404
