"""What a coordinator's hand costs: the totals of one pairing held against those of another."""

from collections.abc import Sequence
from dataclasses import replace

from bot.program.matching import PATIENCE, Pairing, Problem, solve

Change = tuple[int, ...]
"""What the tiers gain (below nothing: lose), in the solver's units: people placed, then one for each wish."""


def undone(problem: Problem, pairing: Pairing, group: tuple[str, ...]) -> Change:
    """What the round would gain or lose without the lock of these people."""
    free = tuple(locked for locked in problem.locked if set(locked) != set(group))
    return less_by(solve(replace(problem, locked=free), time_limit=PATIENCE).totals, pairing.totals)


def less_by(one: Sequence[int], other: Sequence[int]) -> Change:
    """The totals of one pairing less those of another."""
    return tuple(a - b for a, b in zip(one, other, strict=True))
