"""Two frameworks side by side: their trees, the pairs that belong together, and what has no pair."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from indicators.frameworks.tree import branches as as_tree
from indicators.frameworks.tree import flat
from indicators.models import Framework, FrameworkNode, NodeMapping


@dataclass(frozen=True)
class Partner:
    """The node of the other framework that a node is mapped to, and how."""

    node: FrameworkNode
    mapping: NodeMapping


@dataclass(frozen=True)
class Seat:
    """A node in its tree, with its partners in the other. `depth` is 0 on top."""

    node: FrameworkNode
    depth: int
    partners: Sequence[Partner]


@dataclass(frozen=True)
class SideBySide:
    """Two frameworks. `pairs` are the mappings between them, whichever framework stated them."""

    left: Framework
    right: Framework
    left_seats: Sequence[Seat]
    right_seats: Sequence[Seat]
    pairs: Sequence[NodeMapping]

    @property
    def left_unmapped(self) -> int:
        """How many nodes of the left framework have no partner."""
        return sum(not seat.partners for seat in self.left_seats)

    @property
    def right_unmapped(self) -> int:
        """How many nodes of the right framework have no partner."""
        return sum(not seat.partners for seat in self.right_seats)


def side_by_side(left: Framework, right: Framework) -> SideBySide:
    """Both trees with their mappings. Three queries."""
    between = Q(from_node__framework=left, to_node__framework=right) | Q(
        from_node__framework=right, to_node__framework=left
    )
    pairs = list(
        NodeMapping.objects.filter(between)
        .select_related("from_node", "to_node")
        .order_by("from_node__position", "to_node__position", "pk")
    )
    partners: dict[int, list[Partner]] = defaultdict(list)
    for mapping in pairs:
        partners[mapping.from_node_id].append(Partner(mapping.to_node, mapping))
        partners[mapping.to_node_id].append(Partner(mapping.from_node, mapping))

    def seats(framework: Framework) -> list[Seat]:
        nodes = FrameworkNode.objects.filter(framework=framework).order_by("position", "code")
        return [
            Seat(branch.node, branch.depth, partners[branch.node.pk])
            for branch in flat(as_tree(nodes))
        ]

    return SideBySide(left, right, seats(left), seats(right), pairs)
