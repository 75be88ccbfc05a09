"""`manage.py demo` from outside: what it says when it cannot, and what it leaves behind."""

import signal
import socket
from pathlib import Path

import pytest
import requests

from config import demonstration
from tests import servers
from tests.services.demo import start_demo


def test_a_taken_port_is_one_sentence_with_the_remedy(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        demo = start_demo(tmp_path, port)
        said, _ = demo.communicate(timeout=60)
    assert demo.returncode == 1
    [line] = said.strip().splitlines()
    assert f"Port {port} of 127.0.0.1 cannot be used" in line
    assert "make run PORT=" in line


def test_a_folder_that_cannot_be_made_is_one_sentence_with_the_remedy(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    demo = start_demo(tmp_path / "file" / "var", servers.free_port())
    said, _ = demo.communicate(timeout=60)
    assert demo.returncode == 1
    [line] = said.strip().splitlines()
    assert "cannot be made" in line
    assert "VAR_DIR" in line


def test_a_setting_that_cannot_be_understood_is_one_sentence(tmp_path):
    demo = start_demo(
        tmp_path, servers.free_port(), WEB_CONCURRENCY="2", DATABASE_URL="mysql://here"
    )
    said, _ = demo.communicate(timeout=60)
    assert demo.returncode == 1
    assert said.strip().splitlines()[-1].startswith("The settings do not hold: DATABASE_URL")


def _processes_of(folder: Path) -> list[str]:
    """The processes whose VAR_DIR is this folder."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"VAR_DIR={folder}".encode() in environ.read_bytes().split(b"\0"):
                found.append(environ.parent.name)
        except OSError:
            continue
    return found


def test_loading_again_reads_nothing_and_adds_nothing(loaded_folder):
    again = start_demo(loaded_folder, servers.free_port(), "--load-only")
    said, _ = again.communicate(timeout=60)
    assert (again.returncode, said) == (0, "")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_serves_prints_every_role_and_leaves_no_process_behind(loaded_folder, how):
    from engagement.roles import ROLES

    port = servers.free_port()
    demo = start_demo(loaded_folder, port)
    said = ""
    for line in demo.stdout:
        said += line
        if all(demonstration.login_of(role) in said for role in ROLES):
            break
    assert f"Suara is ready: http://127.0.0.1:{port}/" in said
    assert requests.get(f"http://127.0.0.1:{port}/health/", timeout=20).status_code == 200
    assert len(_processes_of(loaded_folder)) >= 3
    demo.send_signal(how)
    code = demo.wait(timeout=40)
    assert code == (-signal.SIGKILL if how == signal.SIGKILL else 0)
    servers.wait_until(
        lambda: not _processes_of(loaded_folder), seconds=20, what="every process has ended"
    )
