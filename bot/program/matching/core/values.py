"""Vectors of whole numbers that are added limb by limb and compared like words: the first limb that differs decides.

They form an ordered group, which is all that a primal-dual matching algorithm asks of its weights, and hold what no
single 64-bit number could. Limbs are never carried into each other; `bot.program.matching.scale` keeps them small
enough never to overflow. Halving is exact where it is used, since all weights are even.
"""

from typing import Any

import numpy as np

from bot.program.matching.core.compiled import compiled

LIMBS = 4

Whole = int | np.int64
Value = tuple[Any, Any, Any, Any]
ZERO: Value = (np.int64(0), np.int64(0), np.int64(0), np.int64(0))
"""Nothing. Plain constants would have functions compiled once more for each of them, so those are numpy's."""


@compiled
def at(table: Any, row: Whole) -> Value:
    """The value in a row of a table of shape (rows, LIMBS)."""
    return table[row, 0], table[row, 1], table[row, 2], table[row, 3]


@compiled
def put(table: Any, row: Whole, value: Value) -> None:
    """Write a value to a row of a table."""
    table[row, 0], table[row, 1], table[row, 2], table[row, 3] = value


@compiled
def plus(a: Value, b: Value) -> Value:
    """a + b."""
    return a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]


@compiled
def minus(a: Value, b: Value) -> Value:
    """a - b."""
    return a[0] - b[0], a[1] - b[1], a[2] - b[2], a[3] - b[3]


@compiled
def half(a: Value) -> Value:
    """a / 2, of which each limb is even."""
    return a[0] >> 1, a[1] >> 1, a[2] >> 1, a[3] >> 1


@compiled
def less(a: Value, b: Value) -> bool:
    """Whether a comes before b."""
    if a[0] != b[0]:
        return a[0] < b[0]
    if a[1] != b[1]:
        return a[1] < b[1]
    if a[2] != b[2]:
        return a[2] < b[2]
    return a[3] < b[3]


@compiled
def positive(a: Value) -> bool:
    """Whether a is more than nothing."""
    if a[0] != 0:
        return a[0] > 0
    if a[1] != 0:
        return a[1] > 0
    if a[2] != 0:
        return a[2] > 0
    return a[3] > 0
