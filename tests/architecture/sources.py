"""The repository's own files, as the architecture tests read them."""

import ast
import functools
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A package may import what stands to its right, never to its left.
LINE = ("config", "cms", "campaigns", "surveys", "engagement", "indicators")


@functools.cache
def tracked() -> tuple[Path, ...]:
    """Every file that belongs to the repository; in an unpacked archive, every file beside it."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, check=True, capture_output=True,
        )  # fmt: skip
        names = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [
            path
            for path in ROOT.rglob("*")
            if not {".venv", ".cache", "var", "__pycache__"} & set(path.parts)
        ]
    return tuple(sorted(path for path in names if path.is_file()))


def python_files(*folders: str) -> list[Path]:
    """The Python files below these folders, without migrations."""
    return [
        path
        for path in tracked()
        if path.suffix == ".py"
        and "migrations" not in path.parts
        and path.relative_to(ROOT).parts[0] in folders
    ]


@functools.cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, node: ast.AST) -> str:
    """`app/module.py:12`, for a message."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def imports(path: Path) -> list[tuple[str, ast.AST]]:
    """Every module that a file imports, at any depth, relative ones resolved.

    Modules named in a call of `import_module` or `import_string` with a literal count too.
    """
    package = list(path.relative_to(ROOT).with_suffix("").parts[:-1])
    found: list[tuple[str, ast.AST]] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [(alias.name, node) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found += [(module, node), *((f"{module}.{alias.name}", node) for alias in node.names)]
        elif isinstance(node, ast.Call) and _name(node.func) in {"import_module", "import_string"}:
            found += [
                (argument.value, node)
                for argument in node.args[:1]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            ]
    return found


RELATIONS = {
    "ForeignKey",
    "OneToOneField",
    "ManyToManyField",
    "ParentalKey",
    "ParentalManyToManyField",
}
LOOKUPS = {"get_model", "get_registered_model"}


def named_models(path: Path) -> list[tuple[str, ast.AST]]:
    """Every `app.Model` that a file names as a string in a relation or a model lookup."""
    found: list[tuple[str, ast.AST]] = []
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call) or _name(node.func) not in RELATIONS | LOOKUPS:
            continue
        values = [*node.args[:1], *(word.value for word in node.keywords)]
        values = [v.value for v in values if isinstance(v, ast.Constant)]
        found += [(v, node) for v in values if isinstance(v, str)]
    return found


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
