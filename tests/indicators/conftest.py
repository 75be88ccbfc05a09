"""The demonstration of the ledger, made once for all tests that look at it."""

from collections.abc import Callable

import pytest

from tests.indicators.factories import AT


@pytest.fixture(scope="session")
def put_the_demonstration(made_once) -> Callable[[], None]:
    """Copies the rows of the ledger's demonstration into a test."""
    from indicators import demonstration

    return made_once("demonstration_of_indicators", lambda: demonstration.load(at=AT))


@pytest.fixture
def loaded(put_the_demonstration, db) -> None:
    """The ledger with its demonstration."""
    put_the_demonstration()
