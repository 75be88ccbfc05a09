"""Drafting a questionnaire: every act is one function, one transaction and one step of undo.

Each takes the `revision` its caller saw and raises `StaleEdit` when somebody was quicker,
`EditRefused` with sentences when the result could not be stored. The stored document always
parses; what stands against publishing it is `logic.readiness`' business.
"""

from .conditions import read_condition, set_condition
from .drafts import create_survey, draft_questionnaire
from .earlier import earlier_meanings, is_free_to_follow
from .kinds import missing_choices
from .pages import add_page, change_page, delete_page, duplicate_page, move_page
from .questions import (
    add_question,
    change_question,
    delete_question,
    duplicate_question,
    move_question,
)
from .storing import edit, record, require_draft, stale
from .texts import change_texts
from .undoing import next_redo, next_undo, redo, undo

__all__ = [
    "add_page",
    "add_question",
    "change_page",
    "change_question",
    "change_texts",
    "create_survey",
    "delete_page",
    "delete_question",
    "draft_questionnaire",
    "duplicate_page",
    "duplicate_question",
    "earlier_meanings",
    "edit",
    "is_free_to_follow",
    "missing_choices",
    "move_page",
    "move_question",
    "next_redo",
    "next_undo",
    "read_condition",
    "record",
    "redo",
    "require_draft",
    "set_condition",
    "stale",
    "undo",
]
