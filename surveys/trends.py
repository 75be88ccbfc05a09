"""Which items of a wave may be compared with the wave before, over all versions of both."""

from dataclasses import replace

from surveys.exports.alignment import alignment_of
from surveys.models import Wave
from surveys.questionnaire.comparing import Comparability, comparabilities
from surveys.questionnaire.definition import Definition


def comparability_of(wave: Wave) -> tuple[Comparability, ...]:
    """Every item of the wave and of the one before, with what changed; empty without one before."""
    return () if wave.previous is None else comparability_between(wave.previous, wave)


def comparability_between(earlier: Wave, later: Wave) -> tuple[Comparability, ...]:
    """Every item of two waves, with what changed from one to the other.

    A wave whose questionnaire changed while it collected is compared with all its versions: an item
    that did not stay the same within either wave is not comparable between them.
    """
    now, before = alignment_of(later), alignment_of(earlier)
    within = {
        **_changed_within(list(before.versions.items()), str(earlier)),
        **_changed_within(list(now.versions.items()), str(later)),
    }
    return tuple(
        replace(one, status="changed", reasons=(*one.reasons, *within[one.item]))
        if one.item in within and one.status in ("same", "changed")
        else one
        for one in comparabilities(before.newest, now.newest)
    )


def _changed_within(
    versions: list[tuple[int, Definition]], name: str
) -> dict[str, tuple[str, ...]]:
    """Items that versions of one wave, newest first, asked differently, with a sentence."""
    found: dict[str, tuple[str, ...]] = {}
    for (newer, after), (older, before) in zip(versions, versions[1:], strict=False):
        for one in comparabilities(before, after):
            if one.status == "changed":
                sentence = (
                    f"During “{name}” it changed between versions {older} and {newer}: "
                    f"{' '.join(one.reasons)}"
                )
                found[one.item] = (*found.get(one.item, ()), sentence)
    return found


def broken_items(wave: Wave) -> dict[str, tuple[str, ...]]:
    """Item to the reasons why its figures must not be compared with the wave before."""
    return {one.item: one.reasons for one in comparability_of(wave) if one.status == "changed"}
