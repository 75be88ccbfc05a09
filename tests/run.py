"""The whole suite: `make test`, or `python -m tests.run [arguments for pytest]`.

First everything on SQLite, then what touches the database again on PostgreSQL. The servers are found
or started once for both. The last lines name what could not be run, and count the tests.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from tests import servers

ROOT = Path(__file__).resolve().parent.parent
ON_POSTGRESQL = ("config", "indicators", "engagement", "surveys", "campaigns", "cms", "flows")
# The last would have each of some fifty processes compile every module again.
NOT_INHERITED = {"DATABASE_URL", "DEMO", "PYTHONDONTWRITEBYTECODE"}
# Two processes pay off on two cores; more would only wait for each other.
PARALLEL = ["-n", str(min(2, os.cpu_count() or 1)), "--dist", "loadgroup"]


def main(arguments: list[str]) -> int:
    """Run both passes; return 0 when nothing failed and nothing required was missing."""
    with contextlib.ExitStack() as opened:
        scratch = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="suara-run-")))
        environment = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED}
        missing = []
        try:
            environment["TEST_DATABASE_URL"] = opened.enter_context(servers.postgresql())
        except servers.NotAvailable as reason:
            missing.append(f"NOT RUN: the second pass on PostgreSQL, {reason}")
        with contextlib.suppress(servers.NotAvailable):
            environment["TEST_REDIS_URL"] = opened.enter_context(servers.redis_server())

        print("== SQLite: everything", flush=True)
        passes = [_pytest([], environment, arguments, scratch / "sqlite.xml")]
        if "TEST_DATABASE_URL" in environment and not arguments:
            print("\n== PostgreSQL: what touches the database", flush=True)
            base = environment["TEST_DATABASE_URL"].rpartition("/")[0]
            passes.append(
                _pytest(
                    [
                        *(
                            f"tests/{app}"
                            for app in ON_POSTGRESQL
                            if (ROOT / "tests" / app).is_dir()
                        ),
                        "--ignore=tests/surveys/stats",
                        "--database-only",
                        "-m",
                        "not needs_chromium and not needs_node",
                    ],
                    {**environment, "DATABASE_URL": f"{base}/suara_{os.getpid()}"},
                    [],
                    scratch / "postgresql.xml",
                )
            )
        for line in missing:
            print(line)
        counts = [_counts(report) for report in sorted(scratch.glob("*.xml"))]
        passed, failed, skipped = (sum(column) for column in zip(*counts, strict=True))
        print(f"\n{passed} passed, {failed} failed, {skipped} skipped", flush=True)
        required = os.environ.get("REQUIRE_ALL") == "1"
        return 1 if any(passes) or (required and missing) or not passed else 0


def _pytest(
    selection: list[str], environment: dict[str, str], arguments: list[str], report: Path
) -> int:
    command = [sys.executable, "-m", "pytest", "-q", *PARALLEL, f"--junitxml={report}"]
    return subprocess.call([*command, *selection, *arguments], env=environment, cwd=ROOT)


def _counts(report: Path) -> tuple[int, int, int]:
    suite = ElementTree.parse(report).getroot().find("testsuite")
    if suite is None:
        return 0, 0, 0
    total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    return total - failed - skipped, failed, skipped


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
