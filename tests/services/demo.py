"""`manage.py demo` as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

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
