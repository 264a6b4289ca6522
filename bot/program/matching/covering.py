"""Prices held against all pairs: the part of a check that everything else rests on."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.program.matching.laminar import Laminar, laminar_of
from bot.program.matching.proof import NOBODY, Certificate, OddSet, Price
from bot.program.matching.tiers import Different, Ints, Tiers, trio_values

BLOCK = 1_000_000
"""Pairs weighed in one go; each needs some 150 bytes while it is."""
MOST_THREADS = 8
ROOM = 1 << 61

Worth = tuple[int, ...]


class Unproved(Exception):
    """What is wrong, in plain words."""


@dataclass(frozen=True, slots=True)
class Fold:
    """How tiers are folded into limbs: for each its limb, its factor and the most that it can total."""

    limbs: tuple[int, ...]
    factors: tuple[int, ...]
    most: tuple[int, ...]
    lot_bits: int
    width: int

    def rows(self, values: Sequence[Ints]) -> Ints:
        """Doubled weights of tier values, shape (…, width)."""
        total = np.zeros((*np.shape(values[0]), self.width), dtype=np.int64)
        for limb, factor, value in zip(self.limbs, self.factors, values, strict=True):
            total[..., limb] += 2 * factor * value
        return total

    def tiers(self, bound: Worth) -> tuple[int, ...]:
        """The tiers that no pairing can exceed in order if its doubled weight cannot exceed `bound`; lots left out."""
        left, free, found = list(bound), False, list[int]()
        for limb, factor, most in zip(self.limbs, self.factors, self.most, strict=True):
            value = most if free else min(most, left[limb] // (2 * factor))
            free = free or left[limb] // (2 * factor) > most
            left[limb] -= 2 * factor * value
            found.append(value)
        return tuple(found[:-1])


@dataclass(frozen=True, slots=True)
class Covering:
    """Prices of people (and of nobody, who comes last, where their number is odd), and of odd sets."""

    tiers: Tiers
    fold: Fold
    ids: tuple[str, ...]
    prices: Ints
    sets: tuple[OddSet, ...]
    nest: Laminar
    lots: NDArray[np.uint64]

    @property
    def with_nobody(self) -> bool:
        """Whether nobody is among them."""
        return len(self.prices) > self.tiers.size

    def check_all(self) -> None:
        """Raise Unproved unless every price is one and every allowed pair is covered."""
        self.check_prices()
        self.check_rows(np.arange(self.tiers.size), np.ones(self.tiers.size, dtype=np.bool_))
        if self.with_nobody:
            everybody = np.arange(self.tiers.size)
            excess = nobody_weights(self, everybody) - self.prices[:-1] - self.prices[-1]
            self._refuse(everybody, np.full(len(everybody), self.tiers.size), excess)

    def check_prices(self) -> None:
        """Raise Unproved unless nobody has a price below nothing."""
        if not (signs(self.prices) >= 0).all():
            raise Unproved("a price is below nothing.")

    def check_rows(self, rows: Ints, here: NDArray[np.bool_]) -> None:
        """Raise Unproved unless every allowed pair of `rows` with those who are `here` is covered."""
        columns = np.flatnonzero(here)
        step = max(1, BLOCK // max(1, len(columns)))
        # A pair of two of the rows is looked at once.
        later = bool(len(rows) == len(columns))

        def look(start: int) -> None:
            self._check_block(rows[start : start + step], columns[start:] if later else columns)

        with ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_THREADS)) as threads:
            for _ in threads.map(look, range(0, len(rows), step)):
                pass

    def _check_block(self, rows: Ints, columns: Ints) -> None:
        """Look at each pair of the two. Hardly any could exceed the prices, so each limb is looked at for those alone
        that the limbs before it have left over."""
        a, b = rows[:, None], columns[None, :]
        first = self._one_limb(a, b, 0)
        first -= self.prices[a, 0]
        first -= self.prices[b, 0]
        one, other = np.nonzero(first >= 0)
        over = first[one, other] > 0
        a, b = rows[one], columns[other]
        for limb in range(1, self.fold.width):
            left = self._one_limb(a, b, limb) - self.prices[a, limb] - self.prices[b, limb]
            keep = over | (left >= 0)
            a, b, over = a[keep], b[keep], (over | (left > 0))[keep]
        keep = over & ~self.tiers.forbidden(a, b)
        a, b = a[keep], b[keep]
        self._refuse(a, b, weighed(self, a, b) - self.prices[a] - self.prices[b])

    def _one_limb(self, a: Ints, b: Ints, limb: int) -> Ints:
        """One limb of the doubled weights of pairs."""
        total = np.zeros(np.broadcast_shapes(a.shape, b.shape), dtype=np.int64)
        for tier, (place, factor) in enumerate(zip(self.fold.limbs, self.fold.factors, strict=True)):
            if place != limb:
                continue
            if tier == 0:
                total += 4 * factor
            elif tier <= len(self.tiers.measures):
                total += 2 * factor * self.tiers.measures[tier - 1].values(a, b)
            else:
                total += 2 * factor * self.tiers.ties(a, b, self.fold.lot_bits)
        return total

    def _refuse(self, a: Ints, b: Ints, excess: Ints) -> None:
        over = signs(excess) > 0
        a, b, excess = a[over], b[over], excess[over]
        wrong = np.flatnonzero(signs(excess - self.nest.shared(a, b)) > 0)
        if len(wrong):
            names = (*self.ids, "nobody")
            raise Unproved(f"the prices do not cover {names[a[wrong[0]]]} and {names[b[wrong[0]]]}.")

    def bound(self, out: Sequence[int] = ()) -> Worth:
        """What no matching of all but some people can exceed."""
        gone = set(out)
        total = [0] * self.fold.width
        for place, price in enumerate(self.prices.tolist()):
            if place not in gone:
                total = [one + other for one, other in zip(total, price, strict=True)]
        everybody = (*self.ids, NOBODY)
        absent = {everybody[place] for place in gone}
        for one in self.sets:
            left = len(one.ids) - len(absent.intersection(one.ids))
            total = [limb + left // 2 * price for limb, price in zip(total, one.price, strict=True)]
        return tuple(total)

    def without_nobody(self) -> Worth:
        """What no pairs can exceed, somebody waiting where the number is odd."""
        whole = self.bound()
        if not self.with_nobody:
            return whole
        counted = [2, *(int(isinstance(one, Different)) for one in self.tiers.measures), 0]
        row = self.fold.rows([np.array([value], dtype=np.int64) for value in counted])[0]
        return tuple(a - b for a, b in zip(whole, row.tolist(), strict=True))


def covering_of(tiers: Tiers, ids: tuple[str, ...], certificate: Certificate, its_lot: int) -> Covering:
    """The prices of a certificate for these people. Raises Unproved where they are none."""
    fold = _fold(tiers, certificate)
    order = (*ids, NOBODY) if len(ids) % 2 else ids
    prices = prices_of([certificate.prices[key] for key in order], fold)
    return Covering(
        tiers=tiers,
        fold=fold,
        ids=ids,
        prices=prices,
        sets=certificate.sets,
        nest=nest_of(certificate.sets, order, fold),
        lots=np.append(tiers.lots, np.uint64(its_lot)),
    )


def prices_of(prices: Sequence[Price], fold: Fold) -> Ints:
    """Prices as rows. Raises Unproved where they have another form, or sums of them could overflow."""
    for price in prices:
        if len(price) != fold.width or any(abs(limb) >= ROOM >> 3 for limb in price):
            raise Unproved("a price is not of the form that it must have.")
    return np.array(prices, dtype=np.int64).reshape(-1, fold.width)


def nest_of(sets: Sequence[OddSet], order: Sequence[str], fold: Fold) -> Laminar:
    """The odd sets of a certificate. Raises Unproved where they are none."""
    index = {key: place for place, key in enumerate(order)}
    rows = prices_of([one.price for one in sets], fold)
    if not (signs(rows) >= 0).all():
        raise Unproved("the price of an odd set is below nothing.")
    members: list[list[int]] = []
    for one in sets:
        places = {index[key] for key in one.ids if key in index}
        if len(places) != len(one.ids) or len(places) % 2 == 0 or len(places) < 3:
            raise Unproved("an odd set is not one of at least three of these people.")
        members.append(sorted(places))
    nest = laminar_of(members, rows, len(order))
    if nest is None:
        raise Unproved("the odd sets cross each other, or their prices are too large.")
    return nest


def weighed(cover: Covering, a: Ints, b: Ints) -> Ints:
    """The doubled weights of pairs, folded."""
    values = [np.full(np.broadcast_shapes(a.shape, b.shape), 2), *cover.tiers.values(a, b)]
    return cover.fold.rows([*values, cover.tiers.ties(a, b, cover.fold.lot_bits)])


def trio_weights(cover: Covering, a: Ints, b: Ints, c: Ints) -> Ints:
    """The doubled weights of trios, folded."""
    tiers, bits = cover.tiers, cover.fold.lot_bits
    ties = tiers.ties(a, b, bits) + tiers.ties(a, c, bits) + tiers.ties(b, c, bits)
    return cover.fold.rows([np.full(a.shape, 3), *trio_values(tiers, a, b, c), ties])


def nobody_weights(cover: Covering, a: Ints) -> Ints:
    """The doubled weights of pairs with nobody: two people placed, and different from everybody."""
    mixed = Tiers(len(cover.lots), (), cover.tiers.barred, cover.lots)
    ties = mixed.ties(a, np.full(a.shape, len(cover.lots) - 1), cover.fold.lot_bits)
    wishes = [np.full(a.shape, int(isinstance(one, Different))) for one in cover.tiers.measures]
    return cover.fold.rows([np.full(a.shape, 2), *wishes, ties])


def folded(rows: Ints) -> Iterator[Worth]:
    """Rows of limbs as tuples, which compare as the limbs do."""
    return (tuple(row) for row in rows.tolist())


def _fold(tiers: Tiers, certificate: Certificate) -> Fold:
    """The folding of a certificate. Raises Unproved if it could trade a tier for later ones, or overflow."""
    tops = [2, *(measure.top for measure in tiers.measures), (1 << max(0, min(certificate.lot_bits, 32))) - 1]
    limbs, factors = certificate.limbs, certificate.factors
    width = len(next(iter(certificate.prices.values()), (0, 0, 0, 0)))
    most = tuple((tiers.size // 2 + 3) * top for top in tops)
    fits = len(limbs) == len(factors) == len(tops) and list(limbs) == sorted(limbs)
    if not fits or any(not 0 <= limb < width for limb in limbs) or not 1 <= certificate.lot_bits <= 32:
        raise Unproved("the certificate is about other wishes.")
    for place, (limb, factor) in enumerate(zip(limbs, factors, strict=True)):
        later = sum(factors[i] * most[i] for i in range(place + 1, len(tops)) if limbs[i] == limb)
        if factor <= later or 12 * factor * tops[place] >= ROOM:
            raise Unproved("the certificate weighs a later wish above an earlier one.")
    return Fold(limbs, factors, most, certificate.lot_bits, width)


def signs(rows: Ints) -> Ints:
    """The sign of each row of limbs: that of its first limb that is not 0."""
    signs = np.zeros(rows.shape[:-1], dtype=np.int64)
    for limb in range(rows.shape[-1] - 1, -1, -1):
        here = np.sign(rows[..., limb])
        signs = np.where(here != 0, here, signs)
    return signs
