"""Finding the trios that prices do not rule out, without looking at all of them.

A trio is worth at most what its three sides allow: each side counts its own wishes, a third of those that all three
must meet, and half of the prices of its two people. So the longest side of a promising trio has at least a third of
what is needed.
"""

from bot.program.matching.core.compiled import compiled
from bot.program.matching.core.nest import Nest, shared
from bot.program.matching.core.pool import BARRED, DIFFERENT, PLACED, Pool, add_row, bar, tier_value
from bot.program.matching.core.state import NONE, Ints
from bot.program.matching.core.values import Value, Whole, at, less, minus, plus, put


@compiled
def side_row(pool: Pool, asked: Ints, u: Whole, out: Ints) -> None:
    """Six times what each pair of u adds at most to the first limb of a trio, after what the two ask for at least."""
    out[:] = 0
    for tier in range(pool.cuts[1]):
        factor = pool.tiers[tier, 6]
        kind = pool.tiers[tier, 0]
        add_row(pool, tier, 6 * factor if kind == PLACED else 4 * factor if kind == DIFFERENT else 12 * factor, u, out)
    for v in range(len(out)):
        out[v] -= 3 * (asked[u] + asked[v])
    bar(pool, u, out)
    for v in range(len(out)):
        out[v] = max(out[v], BARRED >> 2)


@compiled
def best_sides(pool: Pool, asked: Ints, rows: Ints, size: Whole, best: Ints, sides: Ints, line: Ints) -> None:
    """For each of `rows` the people below `size` with the best sides, best first, and what these add."""
    each = best.shape[1]
    for u in rows:
        side_row(pool, asked, u, line)
        for place in range(each):
            best[u, place], sides[u, place] = NONE, BARRED >> 2
        for v in range(size):
            if line[v] <= sides[u, each - 1]:
                continue
            place = each - 1
            while place > 0 and sides[u, place - 1] < line[v]:
                best[u, place], sides[u, place] = best[u, place - 1], sides[u, place - 1]
                place -= 1
            best[u, place], sides[u, place] = v, line[v]


@compiled
def strong_sides(
    pool: Pool, asked: Ints, rows: Ints, size: Whole, limit: Whole, counts: Ints, heads: Ints, line: Ints
) -> None:
    """The sides that have a third of the limit: how many each of `rows` has with people that come later, and whom.

    Nobody is written down while `heads` is empty; else from place `counts` on.
    """
    for u in rows:
        side_row(pool, asked, u, line)
        count = counts[u] if len(heads) else 0
        for v in range(u + 1, size):
            if 3 * line[v] >= limit and line[v] > BARRED >> 2:
                if len(heads):
                    heads[count] = v
                count += 1
        if len(heads) == 0:
            counts[u] = count


@compiled
def trio_weight(pool: Pool, u: Whole, v: Whole, w: Whole) -> Value:
    """The doubled weight of a trio: three people placed, and its pairs' wishes; to differ counts if all three do."""
    a, b, c, d = 0, 0, 0, 0
    for tier in range(len(pool.tiers)):
        uv = tier_value(pool.tiers, pool.people, pool.table, tier, u, v)
        uw = tier_value(pool.tiers, pool.people, pool.table, tier, u, w)
        vw = tier_value(pool.tiers, pool.people, pool.table, tier, v, w)
        kind = pool.tiers[tier, 0]
        value = 3 if kind == PLACED else min(uv, uw, vw) if kind == DIFFERENT else uv + uw + vw
        more = 2 * pool.tiers[tier, 6] * value
        if tier < pool.cuts[1]:
            a += more
        elif tier < pool.cuts[2]:
            b += more
        elif tier < pool.cuts[3]:
            c += more
        else:
            d += more
    return a, b, c, d


@compiled
def _deeper(nest: Nest, a: Value, b: Value) -> Value:
    return b if less(a, b) else a


@compiled
def trio_excess(pool: Pool, price: Ints, nest: Nest, u: Whole, v: Whole, w: Whole, nobody: Whole) -> Value:
    """By how much a trio's doubled weight exceeds the prices of its three people, of nobody, and of blossoms.

    A blossom with two or three of the four has room for one pair less, so its price counts; with all four for two less.
    """
    excess = minus(
        trio_weight(pool, u, v, w), plus(plus(at(price, u), at(price, v)), plus(at(price, w), at(price, nobody)))
    )
    # Nested sets: the two that share most, and the other two, share what counts.
    first = plus(shared(nest, u, v), shared(nest, w, nobody))
    second = plus(shared(nest, u, w), shared(nest, v, nobody))
    third = plus(shared(nest, v, w), shared(nest, u, nobody))
    return minus(excess, _deeper(nest, first, _deeper(nest, second, third)))


@compiled
def triangles(
    pool: Pool, price: Ints, nest: Nest, start: Ints, head: Ints, least: Ints, best: Ints, excess: Ints, marks: Ints
) -> Whole:
    """Trios along links with an excess above `least` (one row): the best few, best first, into `best` and `excess`.

    Returns how many there are in all. Links lead from each person to later ones, in order.
    """
    nobody, found, held = len(price) - 1, 0, 0
    floor = at(least, 0)
    for u in range(len(start) - 1):
        for place in range(start[u], start[u + 1]):
            marks[head[place]] = u
        for place in range(start[u], start[u + 1]):
            v = head[place]
            for other in range(start[v], start[v + 1]):
                w = head[other]
                if marks[w] != u:
                    continue
                value = trio_excess(pool, price, nest, u, v, w, nobody)
                if less(floor, value):
                    found += 1
                    held = _held(best, excess, held, u, v, w, value)
    return found


@compiled
def along_sides(
    pool: Pool,
    asked: Ints,
    price: Ints,
    nest: Nest,
    start: Ints,
    head: Ints,
    limit: Whole,
    least: Ints,
    best: Ints,
    excess: Ints,
    lines: Ints,
) -> Whole:
    """Trios along strong sides with an excess above `least` (one row): the best few into `best` and `excess`.

    Returns how many there are in all; those with two longest sides are counted, and may be written down, twice.
    """
    size, found, held = len(start) - 1, 0, 0
    floor = at(least, 0)
    for u in range(size):
        if start[u] < start[u + 1]:
            side_row(pool, asked, u, lines[0])
        for place in range(start[u], start[u + 1]):
            v = head[place]
            side_row(pool, asked, v, lines[1])
            side = lines[0, v]
            for w in range(size):
                one, other = lines[0, w], lines[1, w]
                # The longest side stands for the trio. Whoever must not meet is far below the limit.
                if one > side or other > side or one + other < limit - side or min(one, other) <= BARRED >> 2:
                    continue
                value = trio_excess(pool, price, nest, u, v, w, size)
                if less(floor, value):
                    found += 1
                    held = _held(best, excess, held, u, v, w, value)
    return found


@compiled
def _held(best: Ints, excess: Ints, held: Whole, u: Whole, v: Whole, w: Whole, value: Value) -> Whole:
    """How many of the best trios are held, after this one took its place among them, if it has one."""
    if held == len(best) and not less(at(excess, held - 1), value):
        return held
    held = min(held + 1, len(best))
    place = held - 1
    while place > 0 and less(at(excess, place - 1), value):
        put(excess, place, at(excess, place - 1))
        for column in range(3):
            best[place, column] = best[place - 1, column]
        place -= 1
    put(excess, place, value)
    best[place, 0], best[place, 1], best[place, 2] = u, v, w
    return held
