"""Nodes arranged as the tree they are, of any depth."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from indicators.models import FrameworkNode


@dataclass
class Branch:
    """A node with what lies below it. `depth` is 0 for the top of the framework."""

    node: FrameworkNode
    depth: int
    children: list["Branch"] = field(default_factory=list)


def branches(nodes: Iterable[FrameworkNode]) -> list[Branch]:
    """The tree of the nodes given, in their order. A node whose parent is not given stands on top."""
    nodes = list(nodes)
    known = {node.pk for node in nodes}
    children: dict[int | None, list[FrameworkNode]] = defaultdict(list)
    for node in nodes:
        children[node.parent_id if node.parent_id in known else None].append(node)
    roots = [Branch(node, 0) for node in children[None]]
    waiting = list(roots)
    while waiting:
        branch = waiting.pop()
        branch.children = [Branch(node, branch.depth + 1) for node in children[branch.node.pk]]
        waiting += branch.children
    return roots


def flat(roots: Iterable[Branch]) -> Iterator[Branch]:
    """Every branch from the top, each before what lies below it."""
    waiting = list(reversed(list(roots)))
    while waiting:
        branch = waiting.pop()
        yield branch
        waiting += reversed(branch.children)


def below(node: FrameworkNode, nodes: Iterable[FrameworkNode]) -> set[int]:
    """The primary keys of the node and of everything below it."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for one in nodes:
        children[one.parent_id].append(one.pk)
    found: set[int] = set()
    waiting = [node.pk]
    while waiting:
        pk = waiting.pop()
        if pk not in found:
            found.add(pk)
            waiting += children[pk]
    return found
