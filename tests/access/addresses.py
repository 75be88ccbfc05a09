"""Every address the site answers, read from the resolver, and how to build one with real objects."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from django.urls import get_resolver, reverse
from django.urls.exceptions import NoReverseMatch
from django.urls.resolvers import URLPattern


class Address(NamedTuple):
    key: str  # "registry_people:inspect", or the route where a pattern has no name
    route: str
    pattern: URLPattern


def addresses() -> Iterator[Address]:
    """All patterns of the site and the back office, once per key."""
    seen = set()
    for address in _walk(get_resolver()):
        if address.key not in seen:
            seen.add(address.key)
            yield address


def _walk(resolver, prefix="", namespaces=()) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            key = ":".join([*namespaces, pattern.name]) if pattern.name else route
            yield Address(key, route, pattern)
        else:
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern, route, inner)


def path_to(address: Address, objects: dict) -> str | None:
    """The path of a real object, or None where the table names none and none can be found.

    `objects` gives the arguments of a key, or the whole path. A screen of a back-office viewset
    finds its own: the first row of its model.
    """
    if address.key in objects:
        given = objects[address.key]()
        return given if isinstance(given, str) else reverse(address.key, args=tuple(given))
    if not re.search(r"[<(^]", address.route):
        return "/" + address.route
    model = getattr(address.pattern.callback, "view_initkwargs", {}).get("model")
    row = model._default_manager.order_by("pk").first() if isinstance(model, type) else None
    try:
        return reverse(address.key, args=(row.pk,)) if row else None
    except NoReverseMatch:
        return None


def path_with_anything(address: Address, page: int) -> str | None:
    """A path of the right shape: page numbers name a page, other numbers and keys 1, words "x"."""

    def value(match: re.Match) -> str:
        converter, name = match["converter"], match["name"]
        if converter == "int":
            return str(page if "page" in name else 1)
        return "1" if name in {"pk", "object_id"} else "x"

    path = re.sub(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>", value, address.route)
    path = path.replace("^", "").rstrip("$")
    return None if re.search(r"[(\\*]", path) else "/" + path
