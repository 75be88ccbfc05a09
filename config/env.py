"""Readers for environment variables. A bad value stops the start with variable, value and remedy.

Every reader also accepts `NAME_FILE`, a path whose content is the value, so that secrets can be
mounted as files.
"""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """Return the variable, or the stripped content of the file that `NAME_FILE` names."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE names {path!r}, which cannot be read ({error.strerror}). "
                f"Mount the file or unset {name}_FILE."
            ) from error
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    """Return a yes/no variable; 1, true, yes, on and their opposites are understood."""
    value = text(name, "1" if default else "0").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}. Use 1 or 0.")


def number(name: str, default: int, *, minimum: int = 0) -> int:
    """Return a whole number not below `minimum`."""
    value = text(name, str(default))
    try:
        parsed = int(value)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} is {value!r}. Use a whole number, for example {default}."
        ) from error
    if parsed < minimum:
        raise ImproperlyConfigured(f"{name} is {parsed}. Use {minimum} or more.")
    return parsed


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def networks(name: str, default: str = "") -> list[IPv4Network | IPv6Network]:
    """Return a comma-separated list of networks such as `10.0.0.0/8, 2001:db8::/32`."""
    try:
        return [ip_network(word) for word in words(name, default)]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name}: {error}. Use networks by commas, for example 10.0.0.0/8, 192.0.2.7."
        ) from error


def choice(name: str, options: tuple[str, ...], default: str) -> str:
    """Return one of `options`."""
    value = text(name, default)
    if value not in options:
        raise ImproperlyConfigured(f"{name} is {value!r}. Use one of: {', '.join(options)}.")
    return value


def database(name: str, default_path: Path) -> dict:
    """Return Django's database settings from a URL: `sqlite:///path` or `postgres://…`.

    SQLite runs in WAL mode with immediate transactions, so that a reader never blocks a writer
    and two writers queue instead of failing at their first write.
    """
    url = text(name)
    if not url:
        return _sqlite(default_path)
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path)[1:] if parts.netloc == "" else unquote(parts.path)
        if not path:
            raise ImproperlyConfigured(
                f"{name} is {url!r}. Name a file, for example sqlite:////srv/suara/db.sqlite3."
            )
        return _sqlite(Path(path))
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or "") or text("DATABASE_PASSWORD"),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ImproperlyConfigured(
        f"{name} starts with {parts.scheme!r}. Use sqlite:///path or postgres://user@host/name."
    )


def _sqlite(path: Path) -> dict:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
