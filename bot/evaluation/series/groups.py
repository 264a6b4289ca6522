"""Groups as pictures show them: the largest by themselves and the rest as one, or neighbours joined."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.evaluation.disclosure import LEAST, hidden

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ranked:
    """The groups that may be shown, the largest first, and all others together: how many groups, how many people."""

    shown: tuple[tuple[str, int], ...]
    rest_groups: int
    rest: int


def ranked(counts: Mapping[str, int], most: int) -> Ranked:
    """The `most` largest groups that may be shown, and the rest as one."""
    away = hidden(counts)
    groups = sorted(((name, count) for name, count in counts.items() if count), key=lambda one: (-one[1], one[0]))
    kept = [one for one in groups if one[0] not in away][:most]
    rest = sum(count for _, count in groups) - sum(count for _, count in kept)
    return Ranked(tuple(kept), len(groups) - len(kept), rest)


def joined(groups: Sequence[tuple[str, Sequence[T]]], least: int = LEAST) -> list[tuple[tuple[str, ...], list[T]]]:
    """Groups in an order of their own, none below `least`: a smaller one joins the next, the last the one before.

    Groups without anybody are left out. Empty where all together are fewer than `least`.
    """
    found: list[tuple[tuple[str, ...], list[T]]] = []
    names: tuple[str, ...] = ()
    inside: list[T] = []
    for name, members in groups:
        if not members:
            continue
        names, inside = (*names, name), [*inside, *members]
        if len(inside) >= least:
            found.append((names, inside))
            names, inside = (), []
    if inside and found:
        before, members = found.pop()
        found.append(((*before, *names), [*members, *inside]))
    return found
