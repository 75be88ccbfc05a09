"""What must not stand in a file of the repository: where packages come from, somebody's folders."""

import re

from tests.architecture.sources import ROOT, tracked

TEXT = {
    ".cfg", ".conf", ".css", ".csv", ".html", ".ini", ".js", ".json", ".md", ".po", ".py", ".sh",
    ".toml", ".txt", ".xml", ".yaml", ".yml", "",
}  # fmt: skip
REGISTRIES = re.compile(
    r"https?://[\w.-]*(?:pythonhosted|pypi|npmjs|npmmirror|artifactory|nexus|jfrog|deb\.debian)"
    r"[\w.-]*"
    r"|^\s*(?:--)?(?:extra-)?index-url|^\s*--find-links|\"resolved\":\s*\"http",
    re.IGNORECASE | re.MULTILINE,
)
# Folders of the machine somebody happened to work on.
FOLDERS = re.compile(r"(?<![\w.])/(?:home/\w+|Users/\w+|root/|work/|opt/wheels|tmp/(?:bash|wt))")


def _matches(pattern: re.Pattern[str]) -> list[str]:
    this = ROOT / "tests" / "architecture" / "test_repository.py"
    found = []
    for path in tracked():
        if path == this or path.suffix not in TEXT or "vendor" in path.parts:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1} {match.group()}"
            for match in pattern.finditer(text)
        ]
    return found


def test_no_file_names_where_packages_were_fetched_from():
    assert _matches(REGISTRIES) == []


def test_no_file_names_a_folder_of_somebodys_machine():
    assert _matches(FOLDERS) == []


def test_every_package_is_pinned_with_hashes():
    for name in ("constraints.txt", "constraints-dev.txt"):
        entries = re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip())
        loose = [
            entry.splitlines()[0]
            for entry in entries
            if not entry.startswith("#") and not ("==" in entry and "--hash=sha256:" in entry)
        ]
        assert loose == [], name


def test_what_make_run_installs_is_what_was_tested():
    def pins(name: str) -> dict[str, str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        return dict(re.findall(r"^([\w.\[\]-]+)==([\w.]+)", text, re.MULTILINE))

    runtime, development = pins("constraints.txt"), pins("constraints-dev.txt")
    assert {name: development.get(name) for name in runtime} == runtime


def test_vendored_files_say_their_version_and_licence():
    folders = {
        parent
        for path in tracked()
        for parent in path.parents
        if parent.parent.name == "vendor" and "static" in parent.parts
    }
    silent = [
        str(folder.relative_to(ROOT))
        for folder in folders
        if not any(p.stem.upper() in {"README", "LICENSE", "LICENCE"} for p in folder.rglob("*"))
    ]
    assert silent == []
