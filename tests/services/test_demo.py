"""`manage.py demo` from outside: what it says when it cannot, and what it leaves behind."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from config import demonstration
from tests import servers

ROOT = Path(__file__).resolve().parents[2]


def _demo(var: Path, port: int, *words: str, **more: str) -> subprocess.Popen:
    env = {k: v for k, v in os.environ.items() if k not in {"DEBUG", "DATABASE_URL", "REDIS_URL"}}
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "demo", *words],
        env={**env, "VAR_DIR": str(var), "PORT": str(port), "DJANGO_SETTINGS_MODULE": "config.settings"} | more,
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def test_a_taken_port_is_one_sentence_with_the_remedy(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        demo = _demo(tmp_path, port)
        said, _ = demo.communicate(timeout=60)
    assert demo.returncode == 1
    [line] = said.strip().splitlines()
    assert f"Port {port} of 127.0.0.1 cannot be used" in line
    assert "make run PORT=" in line


def test_a_folder_that_cannot_be_made_is_one_sentence_with_the_remedy(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    demo = _demo(tmp_path / "file" / "var", servers.free_port())
    said, _ = demo.communicate(timeout=60)
    assert demo.returncode == 1
    [line] = said.strip().splitlines()
    assert "cannot be made" in line
    assert "VAR_DIR" in line


def test_a_setting_that_cannot_be_understood_is_one_sentence(tmp_path):
    demo = _demo(tmp_path, servers.free_port(), WEB_CONCURRENCY="2", DATABASE_URL="mysql://here")
    said, _ = demo.communicate(timeout=60)
    assert demo.returncode == 1
    assert said.strip().splitlines()[-1].startswith("The settings do not hold: DATABASE_URL")


@pytest.fixture(scope="module")
def var(tmp_path_factory) -> Path:
    """The folder of a demonstration that has been loaded once."""
    folder = tmp_path_factory.mktemp("demo")
    loading = _demo(folder, servers.free_port(), "--load-only")
    said, _ = loading.communicate(timeout=400)
    assert loading.returncode == 0, said
    assert all(f"the demonstration of {app}" in said for app in demonstration.APPS)
    return folder


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


@pytest.mark.xdist_group("demo")
def test_loading_again_reads_nothing_and_adds_nothing(var):
    again = _demo(var, servers.free_port(), "--load-only")
    said, _ = again.communicate(timeout=60)
    assert (again.returncode, said) == (0, "")


@pytest.mark.xdist_group("demo")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_serves_prints_every_role_and_leaves_no_process_behind(var, how):
    from engagement.roles import ROLES

    port = servers.free_port()
    demo = _demo(var, port)
    said = ""
    for line in demo.stdout:
        said += line
        if all(demonstration.login_of(role) in said for role in ROLES):
            break
    assert f"Suara is ready: http://127.0.0.1:{port}/" in said
    assert requests.get(f"http://127.0.0.1:{port}/health/", timeout=20).status_code == 200
    assert len(_processes_of(var)) >= 3
    demo.send_signal(how)
    code = demo.wait(timeout=40)
    assert code == (-signal.SIGKILL if how == signal.SIGKILL else 0)
    servers.wait_until(lambda: not _processes_of(var), seconds=20, what="every process has ended")
