"""A draft and the short way to act on it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from surveys.models import Questionnaire
from surveys.services import editing
from tests.surveys.factories import make_questionnaire

AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def draft(db) -> Questionnaire:
    """A draft of the small survey: pages first, second, third."""
    return make_questionnaire(state="drafting")


@pytest.fixture
def ann(db):
    from tests.conftest import user_with_role

    return user_with_role("survey_manager")


@pytest.fixture
def ben(db):
    from tests.conftest import user_with_role

    return user_with_role("survey_manager")


@pytest.fixture
def act(draft, ann) -> Callable[..., Any]:
    """Do one act on the draft at its present revision: `act("delete_page", page="second")`."""

    def do(name: str, /, *, at: datetime = AT, by: Any = ann, **what: Any) -> Any:
        draft.refresh_from_db()
        what.setdefault("revision", draft.revision)
        return getattr(editing, name)(questionnaire=draft, by=by, at=at, **what)

    return do


@pytest.fixture
def question(draft) -> Callable[[str], dict[str, Any]]:
    """A question of the draft as stored: `question("age")`."""
    import copy

    def find(code: str) -> dict[str, Any]:
        draft.refresh_from_db()
        pages = draft.document["pages"]
        return copy.deepcopy(
            next(q for page in pages for q in page["questions"] if q["code"] == code)
        )

    return find
