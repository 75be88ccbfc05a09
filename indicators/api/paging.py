"""Addresses of next pages."""

from django.http import HttpRequest


def next_page(request: HttpRequest, *, after: str) -> str:
    """The address of this question, continued after that row."""
    query = request.GET.copy()
    query["after"] = after
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
