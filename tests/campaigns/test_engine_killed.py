"""A sender that is killed at random moments: exactly one whole copy each in the outbox."""

import os
import re
import sqlite3
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from campaigns import letters, services
from campaigns.engine import freezing
from campaigns.engine.clock import Clock
from campaigns.models import Delivery, Mailing
from campaigns.transports.outbox import Outbox
from surveys.models import SurveyInvitation
from surveys.protection import links
from tests.campaigns.factories import (
    agree,
    make_mailing,
    make_officer,
    make_person,
    make_segment,
    start,
)
from tests.surveys.factories import make_wave

ROOT = Path(__file__).resolve().parents[2]
PEOPLE, KILLS, SEED = 400, 12, 20261122


def database_url(tmp_path: Path) -> str:
    """Return where the sender finds what this test has written."""
    if connection.vendor == "sqlite":
        # The test's database lives in memory: the sender gets a copy of it as a file.
        target = sqlite3.connect(tmp_path / "suara.sqlite3")
        connection.connection.backup(target)
        target.close()
        return f"sqlite:///{tmp_path / 'suara.sqlite3'}"
    values = connection.settings_dict
    user, password = quote(values["USER"]), quote(values["PASSWORD"])
    host, port = quote(values["HOST"], safe=""), values["PORT"]
    where = f"{user}:{password}@{host}" + (f":{port}" if port else "")
    return f"postgres://{where}/{values['NAME']}"


def rows(tmp_path: Path, url: str) -> tuple[list[tuple[str, str]], str]:
    """Return (token, state) of every delivery and the mailing's state, as the sender left them."""
    if url.startswith("sqlite"):
        with sqlite3.connect(tmp_path / "suara.sqlite3") as database:
            found = database.execute("select token, state from campaigns_delivery").fetchall()
            [(state,)] = database.execute("select state from campaigns_mailing").fetchall()
        return found, state
    return list(Delivery.objects.values_list("token", "state")), Mailing.objects.get().state


@pytest.mark.django_db(transaction=True)
def test_a_sender_killed_again_and_again_loses_and_doubles_nobody(tmp_path, outbox):
    start(make_mailing(people=PEOPLE))
    url = database_url(tmp_path)
    outbox_dir = tmp_path / "copies"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "1",
        "DATABASE_URL": url,
        "OUTBOX_DIR": str(outbox_dir),
        "VAR_DIR": str(tmp_path / "var"),
        "MAILING_BATCHES_PER_SECOND": "1000",
        "REDIS_URL": "",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.campaigns.killing", str(KILLS), str(SEED)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    deliveries, state = rows(tmp_path, url)
    assert state == "completed"
    assert {each for _token, each in deliveries} == {"accepted"}
    copies = Outbox(outbox_dir)
    assert sorted(copies.names()) == sorted(f"delivery-{token}" for token, _state in deliveries)
    assert len(deliveries) == PEOPLE
    for name in copies.names():
        message = message_from_bytes(copies.raw(name))
        assert message.get_payload()[1].get_payload(decode=True).rstrip().endswith(b"</html>")
    # The deaths happened while it was working, not after.
    assert int(done.stdout.split()[-1]) >= 3


@pytest.mark.django_db(transaction=True)
def test_check_22_invitations_of_a_killed_sender_are_one_each_with_one_letter_and_a_living_link(
    tmp_path, outbox, settings
):
    settings.MAILING_NEEDS_SECOND_PERSON = False
    settings.INVITATION_KEY = "the key of this test"
    wave = make_wave(takes_invited=True, takes_open_link=False)
    for number in range(PEOPLE // 4):
        agree(make_person(f"Person {number}", consents=False), "surveys")
    officer = make_officer()
    mailing = letters.prepare(
        wave=wave,
        segment=make_segment(),
        by=officer,
        at=timezone.now(),
        reply_to="a@office.example",
    )
    services.start(mailing=mailing, by=officer, at=timezone.now())
    # The sender dies once after the list is frozen and before anything is sent.
    freezing.freeze(Mailing.objects.get(), clock=Clock(timezone.now()))
    assert set(wave.invitations.values_list("state", flat=True)) == {"created"}
    url = database_url(tmp_path)
    outbox_dir = tmp_path / "copies"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "1",
        "DATABASE_URL": url,
        "OUTBOX_DIR": str(outbox_dir),
        "VAR_DIR": str(tmp_path / "var"),
        "MAILING_BATCHES_PER_SECOND": "1000",
        "INVITATION_KEY": settings.INVITATION_KEY,
        "REDIS_URL": "",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.campaigns.killing", "6", str(SEED)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]

    found = invitations_of(tmp_path, url)
    assert len(found) == PEOPLE // 4
    assert len({person for person, _hash, _state in found}) == PEOPLE // 4
    assert {state for _person, _hash, state in found} == {"sent"}
    copies = Outbox(outbox_dir)
    texts = [copies.read(name).get_body(("plain",)).get_content() for name in copies.names()]
    secrets = [re.search(r"/s/([0-9a-z]{24})/", text).group(1) for text in texts]
    assert len(secrets) == len(set(secrets)) == PEOPLE // 4
    assert {links.link_hash(links.read(each)) for each in secrets} == {
        link_hash for _person, link_hash, _state in found
    }


def invitations_of(tmp_path: Path, url: str) -> list[tuple[int, str, str]]:
    """Return (person, hash of the link, state) of every invitation, as the sender left them."""
    if url.startswith("sqlite"):
        with sqlite3.connect(tmp_path / "suara.sqlite3") as database:
            return database.execute(
                "select person_id, link_hash, state from surveys_surveyinvitation"
            ).fetchall()
    return list(SurveyInvitation.objects.values_list("person", "link_hash", "state"))
