"""Trios that could still be better than a pairing, for the check of its certificate."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bot.program.matching.covering import (
    BLOCK,
    Covering,
    Unproved,
    Worth,
    folded,
    nest_of,
    prices_of,
    signs,
    trio_weights,
)
from bot.program.matching.proof import NOBODY, Beside, Certificate
from bot.program.matching.tiers import Different, Ints

FAR = 1 << 60
MOST_TRIOS = 1_000_000_000
"""Third people of strong sides that are looked at."""


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
    excess = _most(cover, tuple(a - b for a, b in zip(reached, whole, strict=True)), known)
    if excess is not None:
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


def _most(cover: Covering, least: Worth, known: set[tuple[int, ...]]) -> Worth | None:
    """The most that a trio which is not known is worth beyond the prices of its people and of nobody, if it is more
    than `least`."""
    size = len(cover.ids)
    asked = _asked(cover)
    limit = 6 * (least[0] + int(asked[size]))
    everybody = np.arange(size)
    strong: list[tuple[int, Ints]] = []
    sides, best = 0, -FAR
    for one, mine, side in _strong(cover, asked, limit):
        sides, best = sides + len(mine), max(best, side)
        if sides * size > MOST_TRIOS:
            strong.clear()
        else:
            strong.append((one, mine))
    if sides * size > MOST_TRIOS:
        # Too many to look at them all: none has more than three times the best side.
        return (best // 2 + 1 - int(asked[size]), *([FAR] * (cover.fold.width - 1)))
    most: Worth | None = None
    for one, mine in strong:
        row = _sides(cover, asked, np.array([one]), everybody)[0]
        step = max(1, BLOCK // size)
        for begin in range(0, len(mine), step):
            others = mine[begin : begin + step]
            block = _sides(cover, asked, others, everybody)
            good = (row[None, :] > -FAR) & (block > -FAR) & (row[None, :] + block + row[others, None] >= limit)
            place, third = np.nonzero(good)
            trios = np.stack((np.full(len(place), one), others[place], third), axis=1)
            found = _best_of(trios, _excess(cover, *trios.T), least if most is None else most, known)
            most = most if found is None else found
    return most


def _best_of(trios: Ints, excess: Ints, least: Worth, known: set[tuple[int, ...]]) -> Worth | None:
    """The largest excess above `least` among trios that are not known."""
    over = signs(excess - np.array(least, dtype=np.int64)) > 0
    trios, excess = trios[over], excess[over]
    for place in np.lexsort(excess.T[::-1])[::-1].tolist():
        if tuple(sorted(trios[place].tolist())) not in known:
            return tuple(excess[place].tolist())
    return None


def _excess(cover: Covering, a: Ints, b: Ints, c: Ints) -> Ints:
    nobody = np.full(len(a), len(cover.ids), dtype=np.int64)
    rows = trio_weights(cover, a, b, c)
    for one in (a, b, c, nobody):
        rows -= cover.prices[one]
    share = cover.nest.shared
    # Of nested sets, each with two or three of the four has room for one pair less, and one with all four for two less:
    # that is what the best way to pair the four off shares.
    taken = share(a, b) + share(c, nobody)
    for other in (share(a, c) + share(b, nobody), share(b, c) + share(a, nobody)):
        taken = np.where((signs(other - taken) > 0)[:, None], other, taken)
    return rows - taken


def _strong(cover: Covering, asked: Ints, limit: int) -> Iterator[tuple[int, Ints, int]]:
    """Sides that have a third of the limit, and the best of them: from each person to those who come later. Every trio
    that reaches it has one."""
    everybody = np.arange(len(cover.ids))
    step = max(1, BLOCK // max(1, len(everybody)))
    for start in range(0, len(everybody), step):
        rows = everybody[start : start + step]
        block = _sides(cover, asked, rows, everybody)
        good = (block > -FAR) & (3 * block >= limit) & (everybody[None, :] > rows[:, None])
        for place in np.flatnonzero(good.any(axis=1)).tolist():
            mine = np.flatnonzero(good[place])
            yield int(rows[place]), mine, int(block[place, mine].max())


def _sides(cover: Covering, asked: Ints, rows: Ints, columns: Ints) -> Ints:
    """What each pair adds at most to the first limb of a trio, times six: its own wishes, a third of those that all
    three must meet, and half of what the two ask for. -FAR where they must not meet."""
    fold, a, b = cover.fold, rows[:, None], columns[None, :]
    total = -3 * (asked[a] + asked[b])
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


def _asked(cover: Covering) -> Ints:
    """The first limbs of what three people and nobody ask for at least: their prices, and those of large odd sets.

    A set takes the price of one pair if it holds two or three of the four, of two pairs if it holds all: so never less
    than half of its price for each who is in it, less half for each who is not.
    """
    asked = cover.prices[:, 0].copy()
    index = {key: place for place, key in enumerate((*cover.ids, NOBODY))}
    for one in cover.sets:
        if 2 * len(one.ids) > len(asked):
            half = one.price[0] // 2
            asked -= half
            asked[[index[key] for key in one.ids]] += 2 * half
    return asked
