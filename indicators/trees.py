"""What activities can contribute to: the nodes of all frameworks in one query, in reading order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from indicators.frameworks.tree import branches, flat
from indicators.models import FrameworkNode


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A node in its place: `depth` is 0 at the top; `top` is the node at the top of its branch."""

    pk: int
    framework: str
    code: str
    title: str
    kind_label: str
    depth: int
    top: int
    is_retired: bool

    def __str__(self) -> str:
        return f"{self.code} {self.title}" if self.code else self.title


class Trees:
    """The nodes of one or more frameworks, each before what lies below it."""

    def __init__(self, nodes: Iterable[FrameworkNode], *, on: date) -> None:
        self.nodes: dict[int, TreeNode] = {}
        self._below: dict[int, set[int]] = {}
        way: list[int] = []
        for branch in flat(branches(nodes)):
            node = branch.node
            way = [*way[: branch.depth], node.pk]
            self.nodes[node.pk] = TreeNode(
                pk=node.pk,
                framework=str(node.framework),
                code=node.code,
                title=node.display_title,
                kind_label=node.get_kind_display(),
                depth=branch.depth,
                top=way[0],
                is_retired=node.is_retired(on),
            )
            for pk in way:
                self._below.setdefault(pk, set()).add(node.pk)

    def __iter__(self) -> Iterator[TreeNode]:
        return iter(self.nodes.values())

    def below(self, pk: int) -> frozenset[int]:
        """The node and everything below it; nothing for a node that is not here."""
        return frozenset(self._below.get(pk, ()))

    def frameworks(self) -> list[tuple[str, list[TreeNode]]]:
        """The nodes by framework, under its title."""
        found: dict[str, list[TreeNode]] = {}
        for node in self:
            found.setdefault(node.framework, []).append(node)
        return list(found.items())


def read_trees(*, on: date) -> Trees:
    """The trees that activities contribute to: those of frameworks, without the lists of surveys."""
    return Trees(
        FrameworkNode.objects.exclude(kind=FrameworkNode.Kind.SURVEY)
        .select_related("framework")
        .order_by("framework__position", "framework__title", "position", "code", "pk"),
        on=on,
    )
