"""Who sees a screen. Somebody without the right meets a page that does not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from surveys.models import Questionnaire, Wave


def needs(permission: str) -> Callable[..., Any]:
    """Let through active users with this permission of `surveys`; 404 for everybody else."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(f"surveys.{permission}"):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def wave_for(user, token: str) -> Wave:
    """The wave, if this user may look at it; 404 otherwise."""
    wave = (
        Wave.objects.visible_to(user)
        .select_related("survey", "questionnaire", "weighting")
        .filter(token=token)
        .first()
    )
    if wave is None:
        raise Http404(_("There is no such wave."))
    return wave


def questionnaire_for(user, token: str) -> Questionnaire:
    """The questionnaire version, if this user may read it; 404 otherwise."""
    found = (
        Questionnaire.objects.visible_to(user)
        .select_related("survey")
        .filter(token=token.replace("\x00", ""))
        .first()
    )
    if found is None:
        raise Http404(_("There is no such questionnaire."))
    return found
