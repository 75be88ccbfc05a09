"""Imports go right, and Wagtail and Django stay where they belong."""

import ast

import pytest

from tests.architecture.sources import LINE, ROOT, imports, named_models, place, python_files, tree


@pytest.mark.parametrize("package", LINE)
def test_a_package_imports_only_what_stands_to_its_right(package):
    left = set(LINE[: LINE.index(package)])
    wrong = [
        f"{place(path, node)} imports {module}"
        for path in python_files(package)
        for module, node in imports(path)
        if module.split(".")[0] in left
    ]
    assert wrong == []


@pytest.mark.parametrize("package", LINE)
def test_a_model_named_by_a_string_counts_as_an_import(package):
    left = set(LINE[: LINE.index(package)])
    wrong = [
        f"{place(path, node)} names {model}"
        for path in python_files(package)
        for model, node in named_models(path)
        if "." in model and model.split(".")[0] in left
    ]
    assert wrong == []


def test_nobody_imports_the_tests():
    wrong = [
        f"{place(path, node)} imports {module}"
        for path in python_files(*LINE)
        for module, node in imports(path)
        if module.split(".")[0] == "tests"
    ]
    assert wrong == []


def _may_import_wagtail(relative: str) -> bool:
    parts = relative.removesuffix(".py").split("/")
    return (
        parts[0] in {"cms", "config"}
        or any(part.startswith("backoffice") for part in parts)
        or parts[-1] == "wagtail_hooks"
        or relative == "campaigns/blocks.py"
        # A mailing's form holds its texts in all languages, which Wagtail does by modelcluster.
        or relative == "campaigns/models/mailings.py"
    )


def test_wagtail_is_imported_only_in_pages_the_back_office_and_block_columns():
    wrong = [
        f"{place(path, node)} imports {module}"
        for path in python_files(*LINE)
        for module, node in imports(path)
        if module.split(".")[0] in {"wagtail", "modelcluster"}
        and not _may_import_wagtail(str(path.relative_to(ROOT)))
        # A column that is edited as blocks.
        and not module.startswith("wagtail.fields")
    ]
    assert wrong == []


def test_statistics_know_nothing_of_django():
    wrong = [
        f"{place(path, node)} imports {module}"
        for path in python_files("surveys")
        if "stats" in path.relative_to(ROOT).parts
        for module, node in imports(path)
        if module.split(".")[0] in {"django", "wagtail", *LINE} and "surveys.stats" not in module
    ]
    # `surveys` itself appears as the first part of `from surveys.stats import …` only.
    assert wrong == []


def test_estimates_from_files_know_nothing_of_django():
    allowed = ("surveys.errors", "surveys.files", "surveys.stats")
    wrong = [
        f"{place(path, node)} imports {module}"
        for path in python_files("surveys")
        if path.relative_to(ROOT).parts[:2] == ("surveys", "files")
        for module, node in imports(path)
        if module.split(".")[0] in {"django", "wagtail", *LINE} and not module.startswith(allowed)
    ]
    assert wrong == []


@pytest.mark.parametrize("package", LINE)
def test_a_package_says_what_it_owns_and_whom_it_may_import(package):
    words = ast.get_docstring(tree(ROOT / package / "__init__.py")) or ""
    assert len(words.split()) > 15, f"{package}/__init__.py has no paragraph about itself."
