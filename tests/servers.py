"""Real PostgreSQL and Redis for tests: the ones named by the environment, running ones, or
temporary ones started from installed binaries.

`TEST_DATABASE_URL` and `TEST_REDIS_URL` win. Else a local server on the usual port is used when it
lets us in. Else a server is started in a temporary folder and ended with the test run.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import redis

POSTGRESQL_PACKAGE = "apt-get install postgresql"
PANGO_PACKAGE = "apt-get install libpango-1.0-0 libpangoft2-1.0-0"
REDIS_PACKAGE = "apt-get install redis-server"


class NotAvailable(Exception):
    """A server cannot be had here; the message names it and the remedy."""


def free_port() -> int:
    """Return a TCP port of the loopback address that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition: Callable[[], object], *, seconds: float, what: str) -> object:
    """Return the first true result of `condition`; TimeoutError names `what` otherwise."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(0.1)
    raise TimeoutError(f"Waited {seconds:.0f} seconds in vain: {what}.")


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """Yield the address of a PostgreSQL database whose user may create databases."""
    for address in _postgresql_addresses():
        if _lets_us_create_databases(address):
            yield address
            return
    with _temporary_postgresql() as address:
        yield address


def _postgresql_addresses() -> list[str]:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return [given]
    return [f"postgres://{user}@127.0.0.1:5432/postgres" for user in ("postgres", _user())]


def _user() -> str:
    return os.environ.get("USER") or "root"


def _lets_us_create_databases(address: str) -> bool:
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            row = connection.execute(
                "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
            ).fetchone()
            return bool(row and row[0])
    except psycopg.OperationalError as error:
        if os.environ.get("TEST_DATABASE_URL"):
            raise NotAvailable(f"TEST_DATABASE_URL does not answer: {error}") from error
        return False


def _postgresql_binary(name: str) -> str:
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = str(versions[0]) if versions else shutil.which(name)
    if not found:
        raise NotAvailable(f"no PostgreSQL: {POSTGRESQL_PACKAGE}")
    return found


@contextlib.contextmanager
def _temporary_postgresql() -> Iterator[str]:
    initdb, postgres = _postgresql_binary("initdb"), _postgresql_binary("postgres")
    # PostgreSQL refuses to run as root, so root runs it as the first other user there is.
    owner = {"user": _somebody_else()} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="suara-pg-") as folder:
        data = Path(folder) / "data"
        data.mkdir(mode=0o700)
        if owner:
            os.chmod(folder, 0o711)  # noqa: S103
            shutil.chown(data, owner["user"])
        try:
            subprocess.run(
                [initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"],
                check=True, capture_output=True, cwd="/", **owner,
            )  # fmt: skip
        except subprocess.CalledProcessError as error:
            raise NotAvailable(
                f"no PostgreSQL: initdb said {error.stderr.decode(errors='replace')[-300:]!r}"
            ) from error
        port = free_port()
        process = subprocess.Popen(
            [
                postgres, "-D", str(data), "-p", str(port), "-k", "", "-c", "fsync=off",
                "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=60",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **owner,
        )  # fmt: skip
        address = f"postgres://postgres@127.0.0.1:{port}/postgres"
        try:
            wait_until(
                lambda: _lets_us_create_databases(address), seconds=30, what="PostgreSQL starts"
            )
            yield address
        finally:
            _end(process, signal.SIGINT)


def _somebody_else() -> str:
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody", "daemon") if name in names)


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """Yield the address of a Redis server."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        if not _answers(given):
            raise NotAvailable("TEST_REDIS_URL does not answer")
        yield given
        return
    local = _empty_local_redis()
    if local:
        try:
            yield local
        finally:
            redis.Redis.from_url(local).flushdb()
        return
    binary = shutil.which("redis-server")
    if not binary:
        raise NotAvailable(f"no Redis: {REDIS_PACKAGE}")
    with tempfile.TemporaryDirectory(prefix="suara-redis-") as folder:
        port = free_port()
        process = subprocess.Popen(
            [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
            stdout=subprocess.DEVNULL,
        )
        address = f"redis://127.0.0.1:{port}/0"
        try:
            wait_until(lambda: _answers(address), seconds=20, what="Redis starts")
            yield address
        finally:
            _end(process, signal.SIGTERM)


def _empty_local_redis() -> str:
    """Return the address of an unused database of a running server: a developer's stay untouched."""
    for number in range(15, 0, -1):
        address = f"redis://127.0.0.1:6379/{number}"
        try:
            if redis.Redis.from_url(address, socket_connect_timeout=2).dbsize() == 0:
                return address
        except redis.RedisError:
            return ""
    return ""


def _answers(address: str) -> bool:
    try:
        return bool(redis.Redis.from_url(address, socket_connect_timeout=2).ping())
    except redis.RedisError:
        return False


def _end(process: subprocess.Popen, number: int) -> None:
    process.send_signal(number)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def fresh_database(address: str) -> Iterator[str]:
    """Yield the address of a new, empty database on that server; it is dropped afterwards."""
    base, _, _ = address.rpartition("/")
    name = f"suara_{os.getpid()}_{free_port()}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    try:
        yield f"{base}/{name}"
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'drop database if exists "{name}" with (force)')


def chromium() -> str:
    """Return the path of an installed Chromium or Chrome."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    raise NotAvailable("no Chromium: apt-get install chromium")


def node() -> str:
    """Return the path of Node.js."""
    found = shutil.which("node") or shutil.which("nodejs")
    if not found:
        raise NotAvailable("no Node.js: apt-get install nodejs")
    return found


def rscript() -> str:
    """Return the path of Rscript, if its R has the package survey."""
    remedy = "apt-get install r-base-core r-cran-survey"
    found = shutil.which("Rscript")
    if not found:
        raise NotAvailable(f"no R: {remedy}")
    asked = [found, "--vanilla", "-e", 'quit(status = !requireNamespace("survey", quietly = TRUE))']
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        raise NotAvailable(f"no package survey for R: {remedy}")
    return found


def pango() -> str:
    """Return the name of the layout library behind PDFs; NotAvailable with the package to install."""
    try:
        import weasyprint
    except OSError as error:
        raise NotAvailable(f"no Pango here ({PANGO_PACKAGE})") from error
    return weasyprint.__name__
