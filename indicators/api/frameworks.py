"""Areas, frameworks, their trees and the mappings between them."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest
from django.urls import reverse
from ninja import Path, Query, Router

from indicators.api.documents import AreaOut, FrameworkOut, MappingOut, NodeOut, Page
from indicators.api.fields import AreaCode, Slug
from indicators.api.filters import MappingQuery, MembersQuery
from indicators.errors import UnknownCode
from indicators.models import (
    Area,
    AreaMembership,
    Framework,
    FrameworkNode,
    NodeMapping,
)

router = Router()


@router.get("/areas", response=Page[AreaOut], summary="Areas, with who belonged where and when")
def areas(request: HttpRequest) -> Any:
    return {"items": [_area(one) for one in _areas()], "next": None}


@router.get(
    "/areas/{code}/members",
    response=Page[AreaOut],
    summary="The members of a group on a day",
)
def members(
    request: HttpRequest,
    code: Path[AreaCode],
    wanted: Query[MembersQuery],
) -> Any:
    if not Area.objects.filter(code=code).exists():
        raise UnknownCode("area", [code], "GET /areas lists them.")
    codes = Area.objects.member_states(on=wanted.on, group=code).order_by().values("code")
    return {"items": [_area(one) for one in _areas().filter(code__in=codes)], "next": None}


@router.get("/frameworks", response=Page[FrameworkOut], summary="Results frameworks")
def frameworks(request: HttpRequest) -> Any:
    found = Framework.objects.order_by("position", "title", "slug")
    return {"items": [_framework(request, one) for one in found], "next": None}


@router.get(
    "/frameworks/{framework}/nodes",
    response=Page[NodeOut],
    summary="The tree of a framework, parents by key",
)
def nodes(request: HttpRequest, framework: Path[Slug]) -> Any:
    found = _named(framework)
    rows = FrameworkNode.objects.filter(framework=found).select_related("parent")
    return {
        "items": [_node(found, one) for one in rows.order_by("position", "code", "key")],
        "next": None,
    }


@router.get(
    "/mappings",
    response=Page[MappingOut],
    summary="Which node of one framework continues which of another",
)
def mappings(
    request: HttpRequest,
    wanted: Query[MappingQuery],
) -> Any:
    rows = NodeMapping.objects.select_related("from_node__framework", "to_node__framework")
    rows = rows.order_by(
        "from_node__framework__slug", "from_node__key", "to_node__framework__slug", "to_node__key"
    )
    if wanted.framework is not None:
        found = _named(wanted.framework)
        rows = rows.filter(from_node__framework=found) | rows.filter(to_node__framework=found)
    return {"items": [_mapping(one) for one in rows], "next": None}


def _areas() -> Any:
    memberships = AreaMembership.objects.select_related("group", "area").order_by(
        "valid_from", "area__code"
    )
    return Area.objects.order_by("code").prefetch_related(
        Prefetch("memberships", memberships), Prefetch("members", memberships)
    )


def _area(area: Area) -> dict[str, Any]:
    def stated(rows: Any) -> list[dict[str, Any]]:
        return [
            {
                "group": row.group.code,
                "area": row.area.code,
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
            }
            for row in rows.all()
        ]

    return {
        "code": area.code,
        "name": area.name,
        "kind": area.kind,
        "iso3": area.iso3,
        "languages": area.languages,
        "memberships": stated(area.memberships),
        "members": stated(area.members),
    }


def _framework(request: HttpRequest, framework: Framework) -> dict[str, Any]:
    nodes_path = reverse("indicators:api:nodes", args=[framework.slug])
    return {
        "slug": framework.slug,
        "title": framework.title,
        "titles": framework.titles,
        "description": framework.description,
        "valid_from": framework.valid_from,
        "valid_to": framework.valid_to,
        "source": framework.source,
        "nodes_url": request.build_absolute_uri(nodes_path),
    }


def _node(framework: Framework, node: FrameworkNode) -> dict[str, Any]:
    return {
        "framework": framework.slug,
        "key": node.key,
        "code": node.code,
        "title": node.title,
        "titles": node.titles,
        "title_status": node.title_status,
        "kind": node.kind,
        "parent": node.parent.key if node.parent else None,
        "source": node.source,
    }


def _mapping(mapping: NodeMapping) -> dict[str, Any]:
    def end(node: FrameworkNode) -> dict[str, Any]:
        return {
            "framework": node.framework.slug,
            "key": node.key,
            "code": node.code,
            "title": node.title,
        }

    return {
        "from_node": end(mapping.from_node),
        "to_node": end(mapping.to_node),
        "kind": mapping.kind,
        "note": mapping.note,
        "source": mapping.source,
    }


def _named(slug: str) -> Framework:
    found = Framework.objects.filter(slug=slug).first()
    if found is None:
        raise UnknownCode("framework", [slug], "GET /frameworks lists them.")
    return found
