"""The kit's wishes as whole numbers for pairs of people, computed for whole blocks of pairs at a time.

Tier 0, the people placed, is counted by the solver; here is one tier per wish, in the kit's order:

different   1 where the two answers differ, else 0. A missing answer is the answer `unknown`.
wished      how many of the two (0 to 2) find in the other what they asked for.
similar     the Jaccard index of the two sets of answers in units of 1/27,720, once for each of the two who asks for it.
            27,720 is the least common multiple of 1 to 12, so unions of up to 12 need no rounding.
overlap     minutes of the day in which both are within the wish's hours.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.program.matching.hours import MINUTES, working_minutes
from bot.program.matching.problem import Candidate
from topics.model import Rule, Wish

UNIT = 27_720
"""Units of similarity in a Jaccard index of 1."""
UNKNOWN = "unknown"
YES = "yes"
_WORD = 64

Ints = NDArray[np.int64]


class Measure(Protocol):
    """One tier: a value for each pair of people, who are named by their index."""

    @property
    def top(self) -> int:
        """The highest value that any pair can have."""
        ...

    def values(self, a: Ints, b: Ints) -> Ints:
        """Values of the pairs (a, b), whose shapes are broadcast together. Symmetric in a and b."""
        ...


@dataclass(frozen=True, slots=True)
class Different:
    """`codes[i]` stands for the answer of person i."""

    codes: Ints
    top: int = 1

    def values(self, a: Ints, b: Ints) -> Ints:
        """See `Measure`."""
        return (self.codes[a] != self.codes[b]).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Wished:
    """`wants[i]` is what person i asks of a partner (-1: no wish), `has[i]` what they are themselves."""

    wants: Ints
    has: Ints
    top: int = 2

    def values(self, a: Ints, b: Ints) -> Ints:
        """See `Measure`."""
        return (self.wants[a] == self.has[b]).astype(np.int64) + (self.wants[b] == self.has[a])


@dataclass(frozen=True, slots=True)
class Similar:
    """Sets of answers as bits: `bits` has shape (words, people); `sizes` counts them; `asks[i]` is 1 or 0."""

    bits: NDArray[np.uint64]
    sizes: Ints
    asks: Ints
    top: int = 2 * UNIT

    def values(self, a: Ints, b: Ints) -> Ints:
        """See `Measure`."""
        common = np.zeros(np.broadcast_shapes(a.shape, b.shape), dtype=np.int64)
        for word in self.bits:
            common += np.bitwise_count(word[a] & word[b])
        union = np.maximum(self.sizes[a] + self.sizes[b] - common, 1)
        return (2 * UNIT * common + union) // (2 * union) * (self.asks[a] + self.asks[b])


@dataclass(frozen=True, slots=True)
class Overlap:
    """`zones[i]` is the row of person i's time zone in `minutes`, the table of common minutes of each two zones."""

    zones: Ints
    minutes: Ints
    top: int

    def values(self, a: Ints, b: Ints) -> Ints:
        """See `Measure`."""
        return self.minutes[self.zones[a], self.zones[b]]


def measure_of(wish: Wish, people: Sequence[Candidate], on: date) -> Measure:
    """The tier of one wish among these people."""
    match wish.rule:
        case Rule.DIFFERENT:
            return Different(_codes([different_answer(wish, person) for person in people]))
        case Rule.WISHED:
            has = [person.one(wish.of) for person in people]
            # An empty answer is nobody's wish, so that its code never equals a wanted one.
            codes = {word: code for code, word in enumerate(sorted(set(has) - {""}))}
            wants = [wanted(wish, person) for person in people]
            return Wished(
                np.array([codes.get(word, -1) for word in wants], dtype=np.int64),
                np.array([codes.get(word, -2) for word in has], dtype=np.int64),
            )
        case Rule.SIMILAR:
            return _similar(wish, people)
        case Rule.OVERLAP:
            return _overlap(wish, people, on)


def different_answer(wish: Wish, person: Candidate) -> str:
    """What a `different` wish compares."""
    return person.one(wish.question) or UNKNOWN


def wanted(wish: Wish, person: Candidate) -> str:
    """What a person asks of a partner by a `wished` wish, `same` resolved; empty where they have no wish."""
    asked = person.one(wish.question)
    if not asked or asked == wish.anything.strip().casefold():
        return ""
    return person.one(wish.of) if asked == wish.same.strip().casefold() else asked


def asks_similar(wish: Wish, person: Candidate) -> bool:
    """Whether a person asks for a partner who is similar. Everybody does where the wish names no such question."""
    return not wish.asked_by or person.one(wish.asked_by) == YES


def _codes(words: Sequence[str]) -> Ints:
    codes = {word: code for code, word in enumerate(sorted(set(words)))}
    return np.array([codes[word] for word in words], dtype=np.int64)


def _similar(wish: Wish, people: Sequence[Candidate]) -> Similar:
    sets = [person.many(wish.question) for person in people]
    # What only one person says is in nobody's common part: it counts in their size alone.
    holders = Counter(word for words in sets for word in words)
    places = {word: place for place, word in enumerate(sorted(word for word, held in holders.items() if held > 1))}
    bits = np.zeros((-(-len(places) // _WORD), len(people)), dtype=np.uint64)
    for index, words in enumerate(sets):
        for place in (places[word] for word in words if word in places):
            bits[place // _WORD, index] |= np.uint64(1) << np.uint64(place % _WORD)
    sizes = np.array([len(words) for words in sets], dtype=np.int64)
    return Similar(bits, sizes, np.array([asks_similar(wish, person) for person in people], dtype=np.int64))


def _overlap(wish: Wish, people: Sequence[Candidate], on: date) -> Overlap:
    # Zone names are told apart by case on some systems, so the answer is taken as it was given.
    names = [zone_of(person, wish.question) for person in people]
    zones = _codes(names)
    working = np.zeros((max(len(set(names)), 1), MINUTES), dtype=np.float32)
    for row, name in enumerate(sorted(set(names))):
        working[row] = working_minutes(name, on, wish.hours)
    minutes = (working @ working.T).astype(np.int64)
    return Overlap(zones, minutes, int(minutes.max(initial=0)))


def zone_of(person: Candidate, question: str) -> str:
    """The time zone a person answered, as it was written; empty where there is none."""
    answer = person.answers.get(question, "")
    return (answer if isinstance(answer, str) else next(iter(answer), "")).strip()


@dataclass(frozen=True, slots=True)
class Tiers:
    """The tiers of a pool: `measures` in order, and `barred`, shape (m, 2), the pairs that must not be (both ways,
    sorted). People are named by their index in the pool; `lots[i]` is the number person i drew, for ties."""

    size: int
    measures: tuple[Measure, ...]
    barred: Ints
    lots: NDArray[np.uint64]

    def values(self, a: Ints, b: Ints) -> list[Ints]:
        """One array of values per wish, for the pairs (a, b) broadcast together."""
        return [measure.values(a, b) for measure in self.measures]

    def ties(self, a: Ints, b: Ints, bits: int) -> Ints:
        """A number below 2**bits for each pair that depends on the two lots alone (after Vigna's splitmix64)."""
        mixed = self.lots[a] + self.lots[b]
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        return (mixed >> np.uint64(64 - bits)).astype(np.int64)

    def forbidden(self, a: Ints, b: Ints) -> NDArray[np.bool_]:
        """Which of the pairs (a, b) must not be, a person with themselves among them."""
        keys = self.barred[:, 0] * self.size + self.barred[:, 1]
        wanted_keys = a * self.size + b
        place = np.minimum(np.searchsorted(keys, wanted_keys), max(len(keys) - 1, 0))
        known = keys[place] == wanted_keys if len(keys) else np.zeros(wanted_keys.shape, dtype=np.bool_)
        return known | (a == b)


def barred_pairs(people: Sequence[Candidate], forbidden: frozenset[frozenset[str]]) -> Ints:
    """Index pairs of those who must not meet, both ways, sorted; shape (m, 2)."""
    index = {person.id: place for place, person in enumerate(people)}
    found = {
        (index[one], index[other])
        for pair in forbidden
        if len(pair) == 2 and all(key in index for key in pair)
        for one, other in (tuple(pair), tuple(reversed(tuple(pair))))
    }
    return np.array(sorted(found), dtype=np.int64).reshape(-1, 2)


def bounds_at_sight(tiers: Tiers, count: int, most: Sequence[int]) -> tuple[int, ...]:
    """What no groups of `count` people can exceed: all are placed, and every group is of people who differ.

    `most` are bounds for each of the tiers alone.
    """
    differ = [isinstance(measure, Different) for measure in tiers.measures]
    wishes = (count // 2 if one else bound for one, bound in zip(differ, most[1:], strict=False))
    return (count if count > 1 else 0, *wishes, *most[len(differ) + 1 :])


def trio_values(tiers: Tiers, a: Ints, b: Ints, c: Ints) -> list[Ints]:
    """Each wish's value of trios: the sum over its three pairs, but 1 for `different` only if all three differ."""
    sides = zip(tiers.values(a, b), tiers.values(a, c), tiers.values(b, c), strict=True)
    return [
        np.minimum(np.minimum(ab, ac), bc) if isinstance(measure, Different) else ab + ac + bc
        for measure, (ab, ac, bc) in zip(tiers.measures, sides, strict=True)
    ]
