"""Drawing what respondents are asked."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from surveys.screens import ScreenQuestion

register = template.Library()


@register.simple_tag
def question_form(question: ScreenQuestion) -> SafeString:
    """The form of one question, as `surveys/question.html` draws it.

    What everybody sees alike is drawn once and kept in the process; a form with somebody's answer
    in it never is.
    """
    if question.is_common:
        return _common(question, get_language())
    return _drawn(question)


@lru_cache(maxsize=1024)
def _common(question: ScreenQuestion, language: str) -> SafeString:
    return _drawn(question)


def _drawn(question: ScreenQuestion) -> SafeString:
    return render_to_string("surveys/question.html", {"question": question})
