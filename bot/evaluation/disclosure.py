"""What may be shown of small groups: nothing that tells of fewer than five people, by subtraction neither. Pure."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

LEAST = 5
"""So many people at least must be in a group whose results are shown."""

Group = TypeVar("Group", bound=Hashable)


def shown(count: int) -> bool:
    """Whether results of so many people may be shown as those of a group."""
    return count >= LEAST


def hidden(counts: Mapping[Group, int]) -> frozenset[Group]:
    """The groups of one whole whose results must not be shown, given how many people each has.

    Those that are too small; and where somebody who knows the whole could subtract all that is shown from it and be
    left with fewer than five people, or with a single group, the next smallest ones too. So what is hidden is nothing,
    everything, or at least two groups with five people together. Groups without people tell of nobody, and hide nobody.
    """
    by_size = sorted((group for group, count in counts.items() if count > 0), key=lambda group: counts[group])
    left_out = [group for group in by_size if not shown(counts[group])]
    if not left_out:
        return frozenset()
    for group in by_size[len(left_out) :]:
        if len(left_out) > 1 and shown(sum(counts[each] for each in left_out)):
            break
        left_out.append(group)
    return frozenset(left_out)


def merged(counts: Mapping[Group, int], rest: Group) -> dict[Group, int]:
    """The groups that may be shown with their sizes, and all that are hidden as one group `rest`, the last.

    `rest` is left out where nothing is hidden, and where those hidden are too few even together (then nothing else is
    shown either). Groups without people are left out.
    """
    away = hidden(counts)
    kept = {group: count for group, count in counts.items() if count > 0 and group not in away}
    together = sum(counts[group] for group in away)
    return kept | {rest: kept.get(rest, 0) + together} if shown(together) else kept
