"""Trios that could still be better than a pairing, for the check of its certificate."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bot.program.matching.covering import BLOCK, Covering, Unproved, Worth, folded, nest_of, prices_of, trio_weights
from bot.program.matching.proof import NOBODY, Beside, Certificate
from bot.program.matching.tiers import Different, Ints

FAR = 1 << 60


def rivals(cover: Covering, certificate: Certificate, reached: Worth) -> list[Worth]:
    """What no pairing with a trio can exceed: those with trios of their own prices, and any other (if it is more than
    what was `reached`)."""
    index = {key: place for place, key in enumerate(cover.ids)}
    bounds: list[Worth] = []
    known: set[tuple[int, ...]] = set()
    for one in certificate.beside:
        if len(set(one.trio)) != 3 or any(key not in index for key in one.trio):
            raise Unproved("a trio of the certificate is not one of these people.")
        trio = tuple(sorted(index[key] for key in one.trio))
        known.add(trio)
        bounds.append(_beside(cover, one, trio))
    whole = cover.bound()
    for trio, excess in _promising(cover, tuple(a - b for a, b in zip(reached, whole, strict=True))):
        if trio not in known:
            bounds.append(tuple(a + b for a, b in zip(whole, excess, strict=True)))
    return bounds


def _beside(cover: Covering, one: Beside, trio: tuple[int, ...]) -> Worth:
    """What a trio and the best pairs of the others are worth at most, by the prices of the others beside it."""
    order = (*cover.ids, NOBODY)
    index = {key: place for place, key in enumerate(order)}
    prices = cover.prices.copy()
    for key, price in one.prices.items():
        if key not in index:
            raise Unproved("prices beside a trio are about other people.")
        prices[index[key]] = prices_of([price], cover.fold)[0]
    dropped = set(one.dropped)
    sets = (*(kept for place, kept in enumerate(cover.sets) if place not in dropped), *one.sets)
    here = np.ones(len(cover.ids), dtype=np.bool_)
    here[list(trio)] = False
    beside = replace(cover, prices=prices, sets=sets, nest=nest_of(sets, order, cover.fold))
    beside.check_prices()
    # Whoever's price did not fall, and who is in no set that counted before, is covered as before.
    less = {place for place in range(len(cover.ids)) if tuple(prices[place]) < tuple(cover.prices[place])}
    less |= {index[key] for place in dropped if 0 <= place < len(cover.sets) for key in cover.sets[place].ids}
    beside.check_rows(
        np.array(sorted(place for place in less if place < len(here) and here[place]), dtype=np.int64), here
    )
    own = next(folded(trio_weights(cover, *(np.array([place]) for place in trio))))
    return tuple(a + b for a, b in zip(own, beside.bound((*trio, len(cover.ids))), strict=True))


def _promising(cover: Covering, least: Worth) -> Iterator[tuple[tuple[int, ...], Worth]]:
    """Trios that are worth more than `least` beyond the prices of their people and of nobody, with how much."""
    size = len(cover.ids)
    limit = 6 * (least[0] + int(cover.prices[size, 0]))
    everybody = np.arange(size)
    for one, mine in _strong(cover, limit):
        row = _sides(cover, np.array([one]), everybody)[0]
        step = max(1, BLOCK // size)
        for begin in range(0, len(mine), step):
            others = mine[begin : begin + step]
            block = _sides(cover, others, everybody)
            good = (row[None, :] > -FAR) & (block > -FAR) & (row[None, :] + block + row[others, None] >= limit)
            place, third = np.nonzero(good)
            trios = np.stack((np.full(len(place), one), others[place], third), axis=1)
            for trio, excess in zip(trios.tolist(), folded(_excess(cover, *trios.T)), strict=True):
                if excess > least:
                    yield tuple(sorted(trio)), excess


def _excess(cover: Covering, a: Ints, b: Ints, c: Ints) -> Ints:
    nobody = np.full(len(a), len(cover.ids), dtype=np.int64)
    rows = trio_weights(cover, a, b, c)
    for one in (a, b, c, nobody):
        rows -= cover.prices[one]
    share = cover.nest.shared
    # Of nested sets, each with two or three of the four has room for one pair less, and one with all four for two less:
    # that is what the best way to pair the four off shares.
    ways = [share(a, b) + share(c, nobody), share(a, c) + share(b, nobody), share(b, c) + share(a, nobody)]
    taken = [
        max(tuple(one), tuple(two), tuple(three))
        for one, two, three in zip(*(way.tolist() for way in ways), strict=True)
    ]
    return rows - np.array(taken, dtype=np.int64).reshape(rows.shape)


def _strong(cover: Covering, limit: int) -> Iterator[tuple[int, Ints]]:
    """Sides that have a third of the limit: from each person to those who come later. Every trio that reaches it has
    one."""
    everybody = np.arange(len(cover.ids))
    step = max(1, BLOCK // max(1, len(everybody)))
    for start in range(0, len(everybody), step):
        rows = everybody[start : start + step]
        block = _sides(cover, rows, everybody)
        good = (block > -FAR) & (3 * block >= limit) & (everybody[None, :] > rows[:, None])
        for place in np.flatnonzero(good.any(axis=1)).tolist():
            yield int(rows[place]), np.flatnonzero(good[place])


def _sides(cover: Covering, rows: Ints, columns: Ints) -> Ints:
    """What each pair adds at most to the first limb of a trio, times six: its own wishes, a third of those that all
    three must meet, and half of the prices of the two. -FAR where they must not meet."""
    fold, a, b = cover.fold, rows[:, None], columns[None, :]
    total = -3 * (cover.prices[a, 0] + cover.prices[b, 0])
    for place, (limb, factor) in enumerate(zip(fold.limbs, fold.factors, strict=True)):
        if limb:
            break
        if place == 0:
            total += 12 * factor
        elif place <= len(cover.tiers.measures):
            measure = cover.tiers.measures[place - 1]
            total += (4 if isinstance(measure, Different) else 12) * factor * measure.values(a, b)
        else:
            total += 12 * factor * cover.tiers.ties(a, b, fold.lot_bits)
    total[cover.tiers.forbidden(a, b)] = -FAR
    return total
