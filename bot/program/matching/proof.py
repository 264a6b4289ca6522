"""What proves that a pairing is the best there is: prices, as plain data that can be kept and checked later.

Everybody has a price, and so may odd sets of people. If the prices of two people, and of the sets that hold both, come
to at least what the two are worth together, for every two who may be paired, then no pairing can be worth more than all
prices together, an odd set counted as often as it has room for pairs (Edmonds, "Maximum matching and a polyhedron with
0,1-vertices", 1965).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Price = tuple[int, ...]
"""Limbs (`scale`), in halves of the units in which pairs are weighed."""
NOBODY = ""
"""Whom the odd one is paired with who waits, or whose place a trio takes."""


@dataclass(frozen=True, slots=True)
class OddSet:
    """An odd number of people, at least three, in order of their ids, and the price of each pair among them."""

    ids: tuple[str, ...]
    price: Price


@dataclass(frozen=True, slots=True)
class Beside:
    """Prices for the others when three people form a trio: those that are not as in the certificate they belong to.

    `dropped` are the places of odd sets that do not count, `sets` others that do.
    """

    trio: tuple[str, ...]
    prices: Mapping[str, Price]
    dropped: tuple[int, ...] = ()
    sets: tuple[OddSet, ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """Prices of everybody outside locked groups.

    Where their number is odd, `prices` has one of NOBODY too. `limbs` and `factors` say how tiers are folded into
    limbs: people placed, one tier for each wish, and lots of `lot_bits` bits. `beside` tells, for each trio that the
    prices alone do not rule out, what the others can be worth beside it. Smaller sets come first.
    """

    limbs: tuple[int, ...]
    factors: tuple[int, ...]
    lot_bits: int
    prices: Mapping[str, Price]
    sets: tuple[OddSet, ...] = ()
    beside: tuple[Beside, ...] = ()

    def plain(self) -> dict[str, Any]:
        """The certificate in lists, numbers and texts, as JSON has them."""
        return {
            "limbs": list(self.limbs),
            "factors": list(self.factors),
            "lot_bits": self.lot_bits,
            "prices": _plain_prices(self.prices),
            "sets": _plain_sets(self.sets),
            "beside": [
                {
                    "trio": list(one.trio),
                    "prices": _plain_prices(one.prices),
                    "dropped": list(one.dropped),
                    "sets": _plain_sets(one.sets),
                }
                for one in self.beside
            ],
        }


def certificate_of(plain: Mapping[str, Any]) -> Certificate:
    """The certificate that `plain` wrote. Raises KeyError, TypeError or ValueError where it is none."""
    return Certificate(
        limbs=_numbers(plain["limbs"]),
        factors=_numbers(plain["factors"]),
        lot_bits=int(plain["lot_bits"]),
        prices=_prices(plain["prices"]),
        sets=_odd_sets(plain["sets"]),
        beside=tuple(
            Beside(
                tuple(str(key) for key in one["trio"]),
                _prices(one["prices"]),
                _numbers(one["dropped"]),
                _odd_sets(one["sets"]),
            )
            for one in plain["beside"]
        ),
    )


def _plain_prices(prices: Mapping[str, Price]) -> dict[str, list[int]]:
    return {key: list(price) for key, price in prices.items()}


def _plain_sets(sets: Sequence[OddSet]) -> list[dict[str, Any]]:
    """Nested sets are told by the numbers of the sets in them, so that the whole is not longer than it must be."""
    outermost: dict[str, int] = {}
    plain: list[dict[str, Any]] = []
    for number, one in enumerate(sets):
        inner = sorted({outermost[key] for key in one.ids if key in outermost})
        held = {key for other in inner for key in sets[other].ids}
        if not held.issubset(one.ids):
            inner, held = [], set[str]()
        plain.append({"sets": inner, "ids": [key for key in one.ids if key not in held], "price": list(one.price)})
        outermost |= dict.fromkeys(one.ids, number)
    return plain


def _odd_sets(plain: Sequence[Mapping[str, Any]]) -> tuple[OddSet, ...]:
    sets: list[OddSet] = []
    for one in plain:
        ids = {str(key) for key in one["ids"]}
        for number in _numbers(one["sets"]):
            if not 0 <= number < len(sets):
                raise ValueError("an odd set is said to hold one that comes later")
            ids |= set(sets[number].ids)
        sets.append(OddSet(tuple(sorted(ids)), _numbers(one["price"])))
    return tuple(sets)


def _numbers(values: Sequence[Any]) -> tuple[int, ...]:
    return tuple(int(value) for value in values)


def _prices(plain: Mapping[str, Any]) -> dict[str, Price]:
    return {str(key): _numbers(price) for key, price in plain.items()}
