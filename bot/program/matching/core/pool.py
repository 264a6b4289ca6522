"""What pairs of people are worth, computed on the fly: the tiers of `bot.program.matching.tiers`, for compiled code."""

from typing import Any, NamedTuple

import numpy as np

from bot.program.matching.core.compiled import compiled, inlined
from bot.program.matching.core.state import Ints
from bot.program.matching.core.values import Value, Whole, put

DIFFERENT, WISHED, SIMILAR, OVERLAP, PLACED, LOTS = range(6)
"""Kinds of tiers."""
UNIT = 27_720
"""Units of similarity in a Jaccard index of 1."""
NARROW_LOT_BITS = 7
BARRED = -(1 << 62)
"""The narrow weight of a pair that must not be."""


class Pool(NamedTuple):
    """People by index, and tiers in order."""

    tiers: Ints
    """For each tier: its kind, its first column in `people`, the first and last + 1 of its columns of bits, where its
    table starts in `table`, how wide it is, its factor within its limb, its narrow factor, what the later tiers of its
    limb can add at most, and how many bits of lots there are."""
    cuts: Ints
    """The first tier of each limb, and the number of tiers."""
    people: Ints
    """Figures about people, a row for each figure."""
    table: Ints
    barred: Ints
    """Pairs that must not be, both ways, sorted: whom each person must not meet …"""
    barred_from: Ints
    """… and where each person's are."""


@inlined
def _bits_in(word: Any) -> Any:
    """How many bits of a word are set (the parallel count of Warren, "Hacker's Delight", 2002)."""
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@inlined
def _share(common: Any, union: Any) -> Any:
    """The Jaccard index in units, rounded."""
    whole = 2 * UNIT * common + union
    if whole < 1 << 32:
        # 32 bits divide in a fraction of the time of 64.
        return np.int64(np.uint32(whole) // np.uint32(2 * union))
    return whole // (2 * union)


@inlined
def _similar(tiers: Ints, people: Ints, tier: Whole, u: Whole, v: Whole) -> Any:
    c = tiers[tier, 1]
    asks = people[c + 1, u] + people[c + 1, v]
    if asks == 0:
        return 0
    common = np.int64(0)
    for word in range(tiers[tier, 2], tiers[tier, 3]):
        common += _bits_in(np.uint64(people[word, u] & people[word, v]))
    if common == 0:
        return 0
    return asks * _share(common, people[c, u] + people[c, v] - common)


@inlined
def _lots(tiers: Ints, people: Ints, tier: Whole, u: Whole, v: Whole) -> Any:
    """A number that depends on the lots of the two alone (after Vigna's splitmix64)."""
    c = tiers[tier, 1]
    mixed = np.uint64(people[c, u] + people[c, v])
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64(mixed >> np.uint64(64 - tiers[tier, 9]))


@inlined
def tier_value(tiers: Ints, people: Ints, table: Ints, tier: Whole, u: Whole, v: Whole) -> Any:
    """One tier of a pair."""
    kind, c = tiers[tier, 0], tiers[tier, 1]
    if kind == PLACED:
        return 2
    if kind == DIFFERENT:
        return np.int64(people[c, u] != people[c, v])
    if kind == WISHED:
        return np.int64(people[c, u] == people[c + 1, v]) + np.int64(people[c, v] == people[c + 1, u])
    if kind == SIMILAR:
        return _similar(tiers, people, tier, u, v)
    if kind == OVERLAP:
        return table[tiers[tier, 4] + people[c, u] * tiers[tier, 5] + people[c, v]]
    return _lots(tiers, people, tier, u, v)


@compiled
def weight(pool: Pool, u: Whole, v: Whole) -> Value:
    """The weight of a pair, doubled so that it can be halved."""
    tiers, cuts, people, table = pool.tiers, pool.cuts, pool.people, pool.table
    a, b, c, d = 0, 0, 0, 0
    for tier in range(len(tiers)):
        more = 2 * tiers[tier, 6] * tier_value(tiers, people, table, tier, u, v)
        if tier < cuts[1]:
            a += more
        elif tier < cuts[2]:
            b += more
        elif tier < cuts[3]:
            c += more
        else:
            d += more
    return a, b, c, d


@compiled
def weights(pool: Pool, a: Ints, b: Ints, out: Ints) -> None:
    """The doubled weights of listed pairs, one a row of `out`."""
    for place in range(len(a)):
        put(out, place, weight(pool, a[place], b[place]))


@compiled
def _add_similar(tiers: Ints, people: Ints, tier: Whole, factor: Whole, u: Whole, out: Ints) -> None:
    c, size = tiers[tier, 1], people.shape[1]
    asks, count = people[c + 1, u], people[c, u]
    for v in range(size):
        common = np.int64(0)
        for word in range(tiers[tier, 2], tiers[tier, 3]):
            common += _bits_in(np.uint64(people[word, u] & people[word, v]))
        both = asks + people[c + 1, v]
        if common != 0 and both != 0:
            out[v] += factor * both * _share(common, count + people[c, v] - common)


@compiled
def add_row(pool: Pool, tier: Whole, factor: Whole, u: Whole, out: Ints) -> None:
    """Add one tier of u's pairs with everybody, times a factor, to a row of sums. The loops are short, so that they run
    on several people at once."""
    tiers, people = pool.tiers, pool.people
    kind, c, size = tiers[tier, 0], tiers[tier, 1], people.shape[1]
    if kind == PLACED:
        for v in range(size):
            out[v] += 2 * factor
    elif kind == DIFFERENT:
        mine = people[c, u]
        for v in range(size):
            out[v] += factor * np.int64(people[c, v] != mine)
    elif kind == WISHED:
        wants, has = people[c, u], people[c + 1, u]
        for v in range(size):
            out[v] += factor * (np.int64(people[c, v] == has) + np.int64(people[c + 1, v] == wants))
    elif kind == SIMILAR:
        _add_similar(tiers, people, tier, factor, u, out)
    elif kind == OVERLAP:
        start = tiers[tier, 4] + people[c, u] * tiers[tier, 5]
        for v in range(size):
            out[v] += factor * pool.table[start + people[c, v]]
    else:
        for v in range(size):
            out[v] += factor * _lots(tiers, people, tier, u, v)


@compiled
def add_listed(pool: Pool, tier: Whole, factor: Whole, u: Whole, listed: Ints, count: Whole, out: Ints) -> None:
    """Add one tier of u's pairs with the first of those listed, times a factor, to a row of sums."""
    tiers, people, c = pool.tiers, pool.people, pool.tiers[tier, 1]
    if tiers[tier, 0] == SIMILAR:
        asks, size = people[c + 1, u], people[c, u]
        for place in range(count):
            v = listed[place]
            common = np.int64(0)
            for word in range(tiers[tier, 2], tiers[tier, 3]):
                common += _bits_in(np.uint64(people[word, u] & people[word, v]))
            if common != 0:
                both = asks + people[c + 1, v]
                out[place] += factor * both * _share(common, size + people[c, v] - common)
    elif tiers[tier, 0] == OVERLAP:
        start = tiers[tier, 4] + people[c, u] * tiers[tier, 5]
        for place in range(count):
            out[place] += factor * pool.table[start + people[c, listed[place]]]
    else:
        for place in range(count):
            out[place] += factor * tier_value(tiers, people, pool.table, tier, u, listed[place])


@compiled
def narrow_row(pool: Pool, u: Whole, out: Ints) -> None:
    """Narrow weights of u with everybody: the tiers folded into one number, in which small exchanges never trade a
    higher tier for lower ones; BARRED where they must not meet."""
    last = len(pool.tiers) - 1
    for v in range(len(out)):
        out[v] = _lots(pool.tiers, pool.people, last, u, v) >> (pool.tiers[last, 9] - NARROW_LOT_BITS)
    for tier in range(last):
        if pool.tiers[tier, 7] != 0:
            add_row(pool, tier, pool.tiers[tier, 7], u, out)
    bar(pool, u, out)


@compiled
def first_row(pool: Pool, u: Whole, out: Ints) -> None:
    """The first limb of u's doubled weights with everybody; BARRED where they must not meet."""
    out[:] = 0
    for tier in range(pool.cuts[1]):
        add_row(pool, tier, 2 * pool.tiers[tier, 6], u, out)
    bar(pool, u, out)


@compiled
def bar(pool: Pool, u: Whole, out: Ints) -> None:
    """Mark those whom u must not meet, and u."""
    out[u] = BARRED
    for place in range(pool.barred_from[u], pool.barred_from[u + 1]):
        out[pool.barred[place]] = BARRED
