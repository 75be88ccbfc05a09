"""What a crowd asks for at once is read once a moment, and never by what somebody else asked."""

import pytest

from indicators import moments
from indicators.moments import kept_for_a_moment


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass only when the test says so."""
    passed = [0.0]
    monkeypatch.setattr(moments.time, "monotonic", lambda: passed[0])
    return passed


@pytest.fixture
def titles():
    """A reader of titles, and what it was asked."""
    asked = []

    @kept_for_a_moment
    def title(slug: str) -> str | None:
        asked.append(slug)
        return None if slug == "gone" else f"{slug}, asked {len(asked)} times"

    return title, asked


def test_a_value_is_read_once_within_its_moment_and_anew_after_it(titles, clock, settings):
    settings.MOMENT = 2
    title, asked = titles
    assert title("plan") == title("plan")
    clock[0] = 1.9
    title("plan")
    assert asked == ["plan"]
    clock[0] = 2.1
    assert title("plan") == "plan, asked 2 times"


def test_every_argument_has_a_value_of_its_own(titles, clock, settings):
    settings.MOMENT = 2
    title, asked = titles
    assert title("plan") != title("news")
    assert asked == ["plan", "news"]


def test_what_is_not_there_is_looked_for_each_time(titles, clock, settings):
    settings.MOMENT = 2
    title, asked = titles
    assert title("gone") is None
    assert title("gone") is None
    assert asked == ["gone", "gone"]


def test_a_moment_of_nothing_keeps_nothing(titles, clock, settings):
    settings.MOMENT = 0
    title, asked = titles
    title("plan")
    title("plan")
    assert asked == ["plan", "plan"]


def test_a_moment_of_nothing_forgets_what_was_kept_before(titles, clock, settings):
    settings.MOMENT = 2
    title, asked = titles
    title("plan")
    settings.MOMENT = 0
    title("plan")
    assert asked == ["plan", "plan"]


def test_a_flood_of_arguments_does_not_fill_the_memory(titles, clock, settings, monkeypatch):
    settings.MOMENT = 2
    monkeypatch.setattr(moments, "_MOST", 3)
    title, asked = titles
    for slug in "abcda":
        title(slug)
    assert asked == list("abcda")
