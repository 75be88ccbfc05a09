"""Who sees a screen. Somebody without the right meets a page that does not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def needs(permission: str) -> Callable[..., Any]:
    """Let through active users with the permission of the ledger; 404 for everybody else."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(f"indicators.{permission}"):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate
