"""Calendar files, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from engagement.events import times
from engagement.events.calendar import Appointment, calendar_file, material_hash

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def make_appointment(**overrides) -> Appointment:
    return Appointment(
        **{
            "uid": "abc@suara",
            "title": "Regional consultation; with, commas",
            "starts": datetime(2026, 12, 8, 10),
            "ends": datetime(2026, 12, 8, 16),
            "zone": "Asia/Jakarta",
            "location": "Jakarta",
            "organiser_address": "suara@example.org",
            "attendee_name": "Nguyễn Thị Lan",
            "attendee_address": "lan@people.example",
        }
        | overrides
    )


@pytest.mark.parametrize(
    ("zone", "offset"),
    [("Asia/Jakarta", timedelta(hours=7)), ("Asia/Yangon", timedelta(hours=6, minutes=30))],
)
def test_a_file_defines_the_zone_it_uses(zone, offset):
    content = calendar_file(make_appointment(zone=zone), method="REQUEST", sequence=0, at=AT)
    calendar = Calendar.from_ical(content)
    (definition,) = calendar.walk("VTIMEZONE")
    assert definition["TZID"] == zone
    (standard,) = definition.walk("STANDARD")
    assert standard["TZOFFSETTO"].td == offset
    (event,) = calendar.walk("VEVENT")
    assert event["DTSTART"].dt.utcoffset() == offset
    assert event["DTSTART"].dt.replace(tzinfo=None) == datetime(2026, 12, 8, 10)


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH"])
def test_a_file_has_what_the_standard_requires(method):
    content = calendar_file(make_appointment(), method=method, sequence=4, at=AT)
    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == method
    assert (event["UID"], event["SEQUENCE"]) == ("abc@suara", 4)
    assert event["STATUS"] == ("CANCELLED" if method == "CANCEL" else "CONFIRMED")
    assert event["SUMMARY"] == "Regional consultation; with, commas"
    assert ("ATTENDEE" in event) == (method != "PUBLISH")


def test_hostile_text_cannot_add_lines_to_the_file():
    evil = make_appointment(
        title="A\r\nATTENDEE:mailto:evil@people.example",
        attendee_name='Lan";X=Y:\r\nDESCRIPTION:evil',
        location="B\nEND:VEVENT",
    )
    calendar = Calendar.from_ical(calendar_file(evil, method="REQUEST", sequence=0, at=AT))
    (event,) = calendar.walk("VEVENT")
    assert event["ATTENDEE"] == "mailto:lan@people.example"
    assert "DESCRIPTION" not in event


def test_only_what_a_reader_would_notice_counts_as_a_change():
    same = make_appointment(description="Other words", attendee_name="Lan")
    moved = make_appointment(starts=datetime(2026, 12, 8, 11))
    assert material_hash(make_appointment()) == material_hash(same)
    assert material_hash(make_appointment()) != material_hash(moved)


def test_another_method_is_refused():
    with pytest.raises(ValueError, match="PUBLISH"):
        calendar_file(make_appointment(), method="ADD", sequence=0, at=AT)


def test_a_time_is_written_with_city_and_offset_in_both_zones():
    moment = times.to_utc(datetime(2026, 12, 8, 10), "Asia/Jakarta")
    text = times.written(moment, "Asia/Jakarta", "Asia/Yangon")
    assert text == "Tuesday, 8 December 2026, 10:00 Jakarta, UTC+7 / 09:30 Yangon, UTC+6:30"


def test_another_day_elsewhere_is_said():
    moment = times.to_utc(datetime(2026, 12, 8, 0, 30), "Asia/Jayapura")
    text = times.written(moment, "Asia/Jayapura", "Asia/Jakarta")
    assert text.endswith("/ Monday, 7 December 2026, 22:30 Jakarta, UTC+7")


@pytest.mark.parametrize("zone", times.CITIES)
def test_every_zone_offered_exists(zone):
    assert times.place(AT, zone)
