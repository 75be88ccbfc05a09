"""A whole installation as its operator starts it, and a visitor who talks to it over HTTP.

The commands are read from docker-compose.yml, so what is tested is what is shipped; only Docker
itself is missing.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import requests
import yaml

from config.processes import Together
from tests import servers

ROOT = Path(__file__).resolve().parents[2]
HOST = "suara.example"


def compose() -> dict:
    """The services of docker-compose.yml by name."""
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]


def command_of(service: str) -> list[str]:
    """What docker-compose.yml starts for a service, with this Python."""
    first, *rest = (str(word) for word in compose()[service]["command"])
    return [sys.executable, *rest] if first == "python" else [sys.executable, "-m", first, *rest]


@dataclass
class Visitor:
    """Somebody with a browser, in front of whom a proxy ends HTTPS."""

    base: str
    cookies: dict[str, str] = field(default_factory=dict)

    def request(
        self, method: str, path: str, *, data: dict | None = None, timeout: float = 30
    ) -> requests.Response:
        """Send one request; cookies are kept, redirects are not followed."""
        headers = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "Referer": f"https://{HOST}{path}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        answer = requests.request(
            method,
            self.base + path,
            data=data,
            headers=headers,
            allow_redirects=False,
            timeout=timeout,
        )
        self.cookies |= answer.cookies.get_dict()
        return answer

    def get(self, path: str) -> requests.Response:
        """Open an address, following redirects within the site."""
        for _ in range(5):
            answer = self.request("GET", path)
            if answer.status_code not in {301, 302, 303, 307, 308}:
                break
            path = re.sub(rf"^https?://{re.escape(HOST)}", "", answer.headers["Location"])
        return answer

    def post(self, path: str, data: dict, *, page: str) -> requests.Response:
        """Send a form whose token stands in `page`."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = {**data, **({"csrfmiddlewaretoken": token.group(1)} if token else {})}
        return self.request("POST", path, data=form)


class Installation:
    """The running processes of one installation. `kind` is "work" or "celery"."""

    def __init__(self, kind: str, env: dict[str, str]) -> None:
        self.kind = kind
        self.env = env
        self.base = f"http://127.0.0.1:{env['PORT']}"
        self._web = Together(env=env)
        self._jobs = Together(env=env)

    def start(self) -> None:
        """Start the web server and whoever does the periodic work; wait until both are well."""
        self._web.start("web", command_of("web"))
        self.start_jobs()
        servers.wait_until(self._is_well, seconds=90, what="the installation is well")

    def start_jobs(self) -> None:
        """Start whoever does the periodic work."""
        self._jobs = Together(env=self.env)
        if self.kind == "celery":
            self._jobs.start("worker", command_of("worker"))
            self._jobs.start("beat", self._beat())
        else:
            self._jobs.start("work", [sys.executable, str(ROOT / "manage.py"), "work"])

    def _beat(self) -> list[str]:
        schedule = f"{self.env['VAR_DIR']}/celerybeat-schedule"
        return [schedule if "celerybeat-schedule" in word else word for word in command_of("beat")]

    def kill_jobs(self) -> None:
        """End the periodic work as a power cut would."""
        self._jobs.end(patience=0, by=signal.SIGKILL)

    def end(self) -> None:
        """Stop everything as an operator would."""
        self._jobs.end()
        self._web.end()

    def visitor(self) -> Visitor:
        """Somebody new."""
        return Visitor(self.base)

    def health(self) -> dict[str, str]:
        """What /health/ says, with its status as "code"; empty while nobody answers."""
        try:
            answer = self.visitor().request("GET", "/health/", timeout=10)
        except requests.RequestException:
            return {}
        return {**answer.json(), "code": str(answer.status_code)}

    def _is_well(self) -> bool:
        ended = self._web.ended() or self._jobs.ended()
        if ended:
            raise RuntimeError(f"The {ended} of the installation ended by itself.")
        facts = self.health()
        return facts.get("status") == "ok" and facts.get("worker") == "ok"

    def manage(self, *words: str) -> str:
        """Run a management command in this installation; return what it printed."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *words],
            env={**os.environ, **self.env}, cwd=ROOT, capture_output=True, text=True, timeout=900,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(words)}: {done.stdout}{done.stderr}"[-3000:])
        return done.stdout


@contextlib.contextmanager
def installation(
    kind: str, folder: Path, *, database: str = "", redis: str = "", copy_of: Path | None = None
) -> Iterator[Installation]:
    """Start an installation with the variables of a production server and the demonstration's data.

    `copy_of` is an SQLite file that holds the demonstration already.
    """
    secret = folder / "secret_key"
    secret.write_text("a-secret-of-this-test-run-" + "x7Q" * 12, encoding="utf-8")
    env = {
        "DEBUG": "0",
        "DEMO": "0",
        "SECRET_KEY_FILE": str(secret),
        "PUBLIC_URL": f"https://{HOST}",
        "ALLOWED_HOSTS": HOST,
        "VAR_DIR": str(folder / "var"),
        "HOST": "127.0.0.1",
        "PORT": str(servers.free_port()),
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "LOG_LEVEL": "WARNING",
        "OUTBOX_PUBLIC": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    running = Installation(kind, env)
    if copy_of:
        (folder / "var").mkdir()
        shutil.copy(copy_of, folder / "var" / "suara.sqlite3")
    running.manage("collectstatic", "--noinput", "-v0")
    running.manage("prepare")
    if not copy_of:
        running.manage("demo", "--load-only")
    try:
        running.start()
        yield running
    finally:
        running.end()
