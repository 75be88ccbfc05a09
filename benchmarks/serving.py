"""A production server for benchmarks: granian with two processes on SQLite or PostgreSQL.

PostgreSQL is the one that `TEST_DATABASE_URL` names, a running one, or a temporary one, as in the
tests. Everything lives in a temporary folder and a database of its own, and ends with the run.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests import servers  # noqa: E402

# Networks of many respondents: a benchmark from one address would be a crowd, and made to work.
PROXIES = "127.0.0.0/8"


@dataclass(frozen=True)
class Site:
    """A running server: its address and the environment its commands run in."""

    host: str
    port: int
    env: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def python(self, code: str, *arguments: str) -> str:
        """Run `code` in this installation with Django ready; return what it printed."""
        program = f"import sys, django; django.setup()\n{code}"
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env={**os.environ, **self.env}, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-3000:])
        return done.stdout.strip()


@contextlib.contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """Yield the address of an empty database of that kind ("sqlite" or "postgresql")."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite3'}"
        return
    with servers.postgresql() as server, servers.fresh_database(server) as address:
        yield address


@contextlib.contextmanager
def cache(kind: str) -> Iterator[str]:
    """Yield the address of a Redis beside PostgreSQL; SQLite goes without."""
    if kind == "sqlite":
        yield ""
        return
    with servers.redis_server() as address:
        yield address


@contextlib.contextmanager
def migrated(kind: str) -> Iterator[dict[str, str]]:
    """Yield the environment of an installation whose database has its tables."""
    with tempfile.TemporaryDirectory(prefix="suara-bench-") as name:
        folder = Path(name)
        with database(kind, folder) as address, cache(kind) as redis:
            env = {
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "DEBUG": "0",
                "SECRET_KEY": "only-for-this-benchmark-" + "k3W" * 12,
                "PUBLIC_URL": "http://127.0.0.1",
                "ALLOWED_HOSTS": "127.0.0.1",
                "TRUSTED_PROXIES": PROXIES,
                "DATABASE_URL": address,
                "REDIS_URL": redis,
                "VAR_DIR": str(folder / "var"),
                "LOG_LEVEL": "ERROR",
                "WEB_CONCURRENCY": "2",
                "PYTHONPATH": str(ROOT),
            }
            (folder / "var").mkdir()
            for command in (
                ["migrate", "-v0"],
                ["createcachetable"],
                ["collectstatic", "-v0", "--no-input"],
            ):
                subprocess.run(
                    [sys.executable, "-m", "django", *command],
                    env={**os.environ, **env}, cwd=ROOT, check=True, capture_output=True,
                )  # fmt: skip
            yield env


@contextlib.contextmanager
def serving(
    env: dict[str, str], *, settings: str = "config.settings", path: str = "/health/"
) -> Iterator[Site]:
    """Serve the installation until the block ends."""
    port = servers.free_port()
    own = {**env, "PORT": str(port), "HOST": "127.0.0.1", "DJANGO_SETTINGS_MODULE": settings}
    process = subprocess.Popen(
        [sys.executable, "-m", "config.serve"], env={**os.environ, **own}, cwd=ROOT
    )
    site = Site("127.0.0.1", port, own)
    try:
        servers.wait_until(lambda: _answers(site.url + path), seconds=60, what="the server answers")
        yield site
    finally:
        process.terminate()
        process.wait(timeout=20)


def measured_on_both(measure: Callable[[Site, str, int], None]) -> None:
    """Call `measure(site, kind, count)` as the arguments say: `[RESPONSES] [sqlite|postgresql]`."""
    words = sys.argv[1:]
    count = next((int(word) for word in words if word.isdecimal()), 100_000)
    kinds = [word for word in words if not word.isdecimal()] or ["sqlite", "postgresql"]
    for kind in kinds:
        with migrated(kind) as env, serving({**env, "REQUIRE_STAFF_MFA": "0"}) as site:
            measure(site, kind, count)


def _answers(url: str) -> bool:
    with contextlib.suppress(requests.RequestException):
        return requests.get(url, timeout=5).status_code < 500
    return False
