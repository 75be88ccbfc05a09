"""Choosing among a hundred measures: ticks in folded groups that a word narrows."""

from collections.abc import Collection
from dataclasses import dataclass, field

from indicators.trees import TreeNode, Trees


@dataclass(slots=True)
class Choice:
    """A node that can be ticked."""

    node: TreeNode
    is_chosen: bool


@dataclass(slots=True)
class Group:
    """The branch below one top node: what is shown of it, and how many are ticked."""

    label: str
    choices: list[Choice] = field(default_factory=list)

    @property
    def chosen(self) -> int:
        return sum(choice.is_chosen for choice in self.choices)


@dataclass(slots=True)
class MeasureChooser:
    """Everything a form needs to offer the nodes of all frameworks.

    With `words`, only nodes that have them all are offered, and their folds stand open. Nodes that
    are retired are not offered. What is ticked is always there, so that no tick is lost.
    """

    words: str
    frameworks: list[tuple[str, list[Group]]]
    found: int

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words)


def measure_chooser(trees: Trees, chosen: Collection[int], words: str = "") -> MeasureChooser:
    """The chooser for these trees with these ids ticked, narrowed to `words`."""
    wanted = words.casefold().split()
    found = 0
    frameworks = []
    for title, nodes in trees.frameworks():
        groups: dict[int, Group] = {}
        for node in nodes:
            text = f"{node.code} {node.title}".casefold()
            fits = not node.is_retired and all(word in text for word in wanted)
            found += fits
            if fits or node.pk in chosen:
                group = groups.setdefault(node.top, Group(str(trees.nodes[node.top])))
                group.choices.append(Choice(node, node.pk in chosen))
        if groups:
            frameworks.append((title, list(groups.values())))
    return MeasureChooser(" ".join(words.split()), frameworks, found)
