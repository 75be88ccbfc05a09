"""Waking work after a commit."""

import pytest
from kombu.exceptions import OperationalError

from indicators import wakeups


@pytest.fixture
def sent(monkeypatch):
    messages = []
    monkeypatch.setattr(
        wakeups.current_app, "send_task", lambda *args, **options: messages.append((args, options))
    )
    return messages


def test_without_redis_nothing_is_sent_because_the_work_loop_looks_each_second(
    sent, db, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        wakeups.wake("surveys.publish_stale")
    assert sent == []


def test_with_redis_the_task_is_sent_after_the_commit(
    sent, db, settings, django_capture_on_commit_callbacks
):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with django_capture_on_commit_callbacks(execute=True):
        wakeups.wake("surveys.publish_stale")
        assert sent == []
    [(args, options)] = sent
    assert args == ("config.tasks.run_periodic",)
    assert options["args"] == ["surveys.publish_stale"]


def test_a_broker_that_does_not_answer_costs_the_visitor_nothing(
    db, settings, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def refuse(*args, **options):
        raise OperationalError("Connection refused")

    monkeypatch.setattr(wakeups.current_app, "send_task", refuse)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with django_capture_on_commit_callbacks(execute=True):
        wakeups.wake("surveys.publish_stale")
    assert "did not take the wake-up for surveys.publish_stale" in caplog.text
