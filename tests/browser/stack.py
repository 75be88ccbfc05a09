"""The product as a newcomer starts it: `manage.py demo` in an empty folder, nothing mocked."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 240
NOT_INHERITED = {"DATABASE_URL", "REDIS_URL", "MAILJET_API_KEY", "EMAIL_HOST", "SECRET_KEY"}


@dataclass(frozen=True)
class Stack:
    """A running demonstration: its address, its folder and its launcher."""

    url: str
    var_dir: Path
    process: subprocess.Popen

    def log(self) -> str:
        return (self.var_dir / "demo.log").read_text(errors="replace")


@contextmanager
def demonstration(var_dir: Path) -> Iterator[Stack]:
    """Start web server and worker on a free port; Ctrl-C must end them."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {name: text for name, text in os.environ.items() if name not in NOT_INHERITED}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "1",
        "VAR_DIR": str(var_dir),
        "PORT": str(port),
        "PUBLIC_URL": url,
    }
    with (var_dir / "demo.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    stack = Stack(url=url, var_dir=var_dir, process=process)

    def is_served() -> bool:
        assert process.poll() is None, f"The demonstration ended by itself:\n{stack.log()[-3000:]}"
        return _answers(f"{url}/")

    try:
        wait_until(is_served, seconds=START_SECONDS, what=f"no page at {url}/\n{stack.log()}")
        yield stack
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False
