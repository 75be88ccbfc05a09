"""`manage.py demo` as a process of its own."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config import demonstration
from tests import servers

ROOT = Path(__file__).resolve().parents[2]


def start_demo(var: Path, port: int, *words: str, **more: str) -> subprocess.Popen:
    """Start the demonstration with its files in `var`; `more` are further variables."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DEBUG", "DATABASE_URL", "REDIS_URL"}
    }
    own = {"VAR_DIR": str(var), "PORT": str(port), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "demo", *words],
        env={**inherited, **own, **more},
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def run_demo(
    var: Path, port: int, *words: str, seconds: float = 900, **more: str
) -> tuple[str, int]:
    """Run it to its end; return what it said and its code."""
    demo = start_demo(var, port, *words, **more)
    said, _ = demo.communicate(timeout=seconds)
    return said, demo.returncode


@pytest.fixture(scope="session")
def loaded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration on SQLite that has been loaded; a copy for each process.

    Of the run's processes one loads it and the others wait: to load it takes half a minute.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    loaded, made = shared / "demonstration", shared / "demonstration.made"
    with (shared / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            said, code = run_demo(loaded, servers.free_port(), "--load-only")
            assert code == 0, said
            assert all(f"the demonstration of {app}" in said for app in demonstration.APPS)
            made.touch()
    return shutil.copytree(loaded, tmp_path_factory.mktemp("demo") / "var")
