"""Looking at every pair of a pool, row by row, without holding them all."""

from typing import NamedTuple

import numpy as np

from bot.program.matching.core.compiled import compiled
from bot.program.matching.core.nest import Nest, shared
from bot.program.matching.core.pool import BARRED, Pool, add_listed, first_row, narrow_row, weight
from bot.program.matching.core.state import Ints
from bot.program.matching.core.values import ZERO, Value, Whole, at, less, minus, plus, positive, put


@compiled
def fill(pool: Pool, rows: Ints, matrix: Ints) -> None:
    """The narrow weights of each of `rows` with everybody."""
    for u in rows:
        narrow_row(pool, u, matrix[u])


@compiled
def ask(pool: Pool, rows: Ints, matrix: Ints, line: Ints, asked: Ints, prices: Ints) -> None:
    """New prices of `rows` by those that everybody `asked`: the mean of one's own and of what the best partner leaves.

    Weights are read from the matrix, if it has rows, and computed into `line` otherwise.
    """
    for u in rows:
        row = matrix[u] if len(matrix) else line
        if len(matrix) == 0:
            narrow_row(pool, u, row)
        best = 0
        for v in range(len(row)):
            best = max(best, row[v] - asked[v])
        prices[u] = (asked[u] + best) >> 1


@compiled
def choose(pool: Pool, rows: Ints, matrix: Ints, line: Ints, prices: Ints, chosen: Ints, values: Ints) -> None:
    """For each of `rows` the partners that leave most after their price, best first; -1 where there are fewer."""
    each = chosen.shape[1]
    for u in rows:
        row = matrix[u] if len(matrix) else line
        if len(matrix) == 0:
            narrow_row(pool, u, row)
        for place in range(each):
            chosen[u, place], values[u, place] = -1, BARRED >> 1
        for v in range(len(row)):
            left = row[v] - prices[v]
            if left <= values[u, each - 1]:
                continue
            place = each - 1
            while place > 0 and values[u, place - 1] < left:
                chosen[u, place], values[u, place] = chosen[u, place - 1], values[u, place - 1]
                place -= 1
            chosen[u, place], values[u, place] = v, left


@compiled
def excess_of(pool: Pool, price: Ints, nest: Nest, u: Whole, v: Whole) -> Value:
    """By how much the doubled weight of a pair exceeds the prices of the two and of the blossoms that hold both."""
    excess = minus(weight(pool, u, v), plus(at(price, u), at(price, v)))
    return minus(excess, shared(nest, u, v)) if positive(excess) else excess


FAR = np.int64(1 << 60)


class Desk(NamedTuple):
    """What one thread writes on while it audits: a place for each person in the first three, a row for each partner
    that is kept in the last."""

    line: Ints
    listed: Ints
    second: Ints
    room: Ints


@compiled
def _could_exceed(pool: Pool, asked: Ints, u: Whole, desk: Desk) -> Whole:
    """List those with whom u's weight could exceed their prices, and say how many they are.

    Hardly any pair does, so the first limb is looked at first, for all at once, and then the second of those left.
    """
    line, listed, second = desk.line, desk.listed, desk.second
    first_row(pool, u, line)
    held = 0
    for v in range(len(line)):
        line[v] -= asked[0, v]
        listed[held] = v
        held += np.int64(line[v] >= asked[0, u])
    for place in range(held):
        second[place] = -asked[1, listed[place]]
    for tier in range(pool.cuts[1], pool.cuts[2]):
        add_listed(pool, tier, 2 * pool.tiers[tier, 6], u, listed, held, second)
    left = 0
    for place in range(held):
        v = listed[place]
        listed[left], second[left] = v, second[place]
        left += np.int64(line[v] > asked[0, u]) | np.int64(second[place] >= asked[1, u])
    return left


@compiled
def audit(
    pool: Pool, rows: Ints, price: Ints, asked: Ints, nest: Nest, found: Ints, worst: Ints, desk: Desk, out: Ints
) -> None:
    """For each of `rows` the partners with whom their weight exceeds their prices most, and the worst excess
    with anybody who comes later (so that each pair is covered once prices are raised by that).

    `asked` has the first two limbs of everybody's price, the first out of reach for those with 1 in `out`, who take no
    part.
    """
    each, room = found.shape[1], desk.room
    for u in rows:
        put(worst, u, ZERO)
        held = 0
        count = 0 if out[u] else _could_exceed(pool, asked, u, desk)
        for number in range(count):
            v = desk.listed[number]
            most = desk.line[v] - asked[0, u], desk.second[number] - asked[1, u], FAR, FAR
            if held == each and less(most, at(room, each - 1)) and (v < u or less(most, at(worst, u))):
                continue
            excess = excess_of(pool, price, nest, u, v)
            if not positive(excess):
                continue
            if v > u and less(at(worst, u), excess):
                put(worst, u, excess)
            if held == each and not less(at(room, each - 1), excess):
                continue
            place = min(held, each - 1)
            while place > 0 and less(at(room, place - 1), excess):
                put(room, place, at(room, place - 1))
                found[u, place] = found[u, place - 1]
                place -= 1
            put(room, place, excess)
            found[u, place] = v
            held = min(held + 1, each)
        for place in range(held, each):
            found[u, place] = -1


@compiled
def excess_row(pool: Pool, price: Ints, nest: Nest, u: Whole, out: Ints) -> None:
    """By how much u's doubled weights with everybody exceed the prices of the two, and of blossoms with both."""
    for v in range(len(out)):
        if v != u:
            put(out, v, minus(minus(weight(pool, u, v), plus(at(price, u), at(price, v))), shared(nest, u, v)))
