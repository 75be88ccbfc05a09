"""The walk over the periodic table in one process."""

import logging
import threading

import pytest

from config.periodic import PERIODIC, Job, celery_schedule
from config.walk import Walk, walk

pytestmark = pytest.mark.django_db

calls: list[str] = []


def ring(*, at) -> int:
    calls.append("ring")
    return 1


def break_down(*, at) -> int:
    calls.append("break_down")
    raise RuntimeError("The bell is broken.")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def no_calls_yet():
    calls.clear()


RING = Job("ring", f"{__name__}.ring", 1)
BREAK_DOWN = Job("break_down", f"{__name__}.break_down", 1)
MISSING = Job("missing", "surveys.nowhere.nothing", 1)


def test_every_job_runs_at_once_and_again_after_its_period():
    clock = Clock()
    state = Walk([RING], clock=clock)
    assert state.step() == 1
    assert state.step() == 1
    clock.now = 1
    state.step()
    assert calls == ["ring", "ring"]


def test_a_failing_job_is_logged_with_its_traceback_and_does_not_stop_the_others(caplog):
    with caplog.at_level(logging.ERROR):
        Walk([BREAK_DOWN, MISSING, RING], clock=Clock()).step()
    assert calls == ["break_down", "ring"]
    assert "The bell is broken." in caplog.text
    assert "break_down failed; it is tried again in 2 seconds." in caplog.text


def test_a_job_that_keeps_failing_waits_longer_each_time_but_never_more_than_five_minutes():
    clock = Clock()
    state = Walk([BREAK_DOWN], clock=clock)
    pauses = []
    for _ in range(14):
        pauses.append(state.step())
        clock.now += pauses[-1]
    assert pauses[:4] == [2, 4, 8, 16]
    assert pauses[-1] == 300


def test_a_job_that_recovers_returns_to_its_period():
    clock = Clock()
    state = Walk([BREAK_DOWN], clock=clock)
    clock.now += state.step()
    global break_down
    broken, break_down = break_down, ring
    try:
        assert state.step() == 1
    finally:
        break_down = broken


def test_a_walk_told_to_stop_starts_nothing_more():
    stop = threading.Event()
    stop.set()
    walk([RING], stop=stop)
    assert calls == []


def test_celery_beat_gets_every_line_of_the_table_under_its_period():
    schedule = celery_schedule()
    assert {name: line["schedule"] for name, line in schedule.items()} == {
        job.name: job.every for job in PERIODIC.values()
    }
    assert all(line["args"] == [name] for name, line in schedule.items())


def test_the_celery_app_carries_the_schedule():
    from config.celery import app

    assert set(app.conf.beat_schedule) == set(PERIODIC)
