"""The best pairs of a pool: solved on likely pairs, priced on all, until no pair that was left out could do better."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bot.program.matching.core import fractional, pool, search
from bot.program.matching.core.nest import nest_of
from bot.program.matching.core.state import GONE, LABEL, MATE, NONE, Ints, State, copied, new_state, with_graph
from bot.program.matching.core.values import LIMBS
from bot.program.matching.lowering import Weighing, weighing_of
from bot.program.matching.parts import placed_in_parts
from bot.program.matching.survey import Audit, Pairs, all_pairs, audited, likely_pairs, pairs_of
from bot.program.matching.tiers import Tiers

SMALL = 120
"""Pools up to this size are solved on all pairs at once."""
EACH, STRAYS, ADDED = 10, 2, 6
BALANCING = 10
STRETCH = 64
"""Searches between two looks at the clock."""

WHOLE = 25_000
"""Larger pools are matched in halves, with prices that hold for all pairs; the last few people are placed in parts."""
SLIGHT = 1_000
"""Prices of such pools are good enough if they must be raised by no more than this part of them."""
MOST_IN_PARTS = 3_000
"""If more people are without a partner when the time is up, each takes the best who is left."""

Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Matched:
    """A matching, with prices that cover the listed pairs, and all others when they are raised by `worst`.

    It is the best there is if nothing is to be raised and it is `done`. Prices are in halves of a weight.
    """

    pairs: Pairs
    state: State
    worst: Ints
    done: bool
    mates: Ints | None = None
    """Everybody's partner where that is not as the state has it, since a search was stopped."""

    @property
    def partner(self) -> Ints:
        """Everybody's partner, by index, or -1."""
        return self.mates if self.mates is not None else self.state.node[: len(self.state.start) - 1, MATE]

    @property
    def out(self) -> Ints:
        """Who was taken out."""
        return np.flatnonzero(self.state.node[: len(self.state.start) - 1, LABEL] == GONE)

    def prices(self) -> Ints:
        """Prices that cover every pair."""
        return self.state.price[: len(self.worst)] + self.worst

    @property
    def proved(self) -> bool:
        """Whether no pairing of these people can be better."""
        return self.done and not self.worst.any()


def matched(weighing: Weighing, seed: int, stop: Stop, tell: Callable[[float], None], *, whole: int = WHOLE) -> Matched:
    """The best pairs, or the best that were found when `stop` said so. Pools of more than `whole` people are not
    brought to the very best."""
    size = weighing.size
    pairs = all_pairs(weighing) if size <= SMALL else likely_pairs(weighing, EACH, STRAYS, seed)
    tell(0.2)
    state = new_state(*_graph(weighing, pairs), np.zeros((size, LIMBS), dtype=np.int64))
    fractional.balance(state, BALANCING)
    found = _in_halves(weighing, pairs, state, stop, size > whole)
    tell(0.5)
    fractional.make_whole(found.state)
    if found.done and size <= whole:
        return settled(weighing, found, stop)
    # Where it is done in halves, all pairs were looked at, so the prices hold for them, and few are left alone.
    return completed(weighing, found if found.done else _priced(weighing, found))


def _in_halves(weighing: Weighing, pairs: Pairs, state: State, stop: Stop, nearly: bool) -> Matched:
    """The best matching in halves on all pairs, which few blossoms then make whole; `nearly` is enough if so said."""
    nothing = np.zeros((weighing.size, LIMBS), dtype=np.int64)
    while True:
        root = 0
        while root < weighing.size:
            root = fractional.start(state, root, STRETCH)
            if stop():
                return Matched(pairs, state, nothing, False)
        audit = None if weighing.size <= SMALL else audited(weighing, state, ADDED, stop)
        if audit is None or (nearly and _slight(audit, state)):
            return Matched(pairs, state, nothing if audit is None else audit.worst, not stop())
        if not audit.worst.any():
            return Matched(pairs, state, nothing, not stop())
        pairs, state = _widened(weighing, pairs, state, audit)
        fractional.restore(state)


def _slight(audit: Audit, state: State) -> bool:
    """Whether prices must be raised by hardly anything to cover all pairs: by a little in their second limb alone."""
    more, prices = int(audit.worst[:, 1].sum()), int(state.price[: len(audit.worst), 1].sum())
    return not audit.worst[:, 0].any() and SLIGHT * more <= prices


def settled(weighing: Weighing, found: Matched, stop: Stop) -> Matched:
    """The best pairs, from any matching at prices that cover its listed pairs."""
    pairs, state = found.pairs, found.state
    while True:
        queue = 0
        while queue < weighing.size:
            if stop():
                return completed(weighing, _priced(weighing, Matched(pairs, state, found.worst, False)))
            queue = search.finish(state, queue, STRETCH)
        if len(pairs) == _most_pairs(weighing):
            return Matched(pairs, state, np.zeros((weighing.size, LIMBS), dtype=np.int64), True)
        audit = audited(weighing, state, ADDED)
        if audit is None or not audit.worst.any() or stop():
            return Matched(pairs, state, found.worst if audit is None else audit.worst, True)
        pairs, state = _widened(weighing, pairs, state, audit)
        search.restore(state, nest_of(state))


def without(weighing: Weighing, found: Matched, people: tuple[int, ...], stop: Stop) -> Matched:
    """The best pairs when some people are taken out, starting from what was found with them."""
    state = copied(found.state)
    for person in people:
        search.take_out(state, person)
    return settled(weighing, replace(found, state=state), stop)


def completed(weighing: Weighing, found: Matched) -> Matched:
    """The matching with those paired off, as well as it goes, whom a search that was stopped left without a partner."""
    mates = found.partner.copy()
    free = found.state.node[: weighing.size, LABEL] != GONE
    alone = np.flatnonzero((mates == NONE) & free)
    if 0 < len(alone) <= MOST_IN_PARTS:
        mates = placed_in_parts(weighing, found.state, mates, alone, _best_of_part)
    line = np.empty(weighing.size, dtype=np.int64)
    for person in np.flatnonzero((mates == NONE) & free).tolist():
        if mates[person] == NONE:
            pool.narrow_row(weighing.pool, person, line)
            line[(mates != NONE) | ~free] = pool.BARRED
            other = int(line.argmax())
            if line[other] != pool.BARRED:
                mates[person], mates[other] = other, person
    return replace(found, mates=mates, done=False)


def _best_of_part(tiers: Tiers) -> Ints:
    return matched(weighing_of(tiers), 0, lambda: False, lambda share: None).partner


def _priced(weighing: Weighing, found: Matched) -> Matched:
    audit = audited(weighing, found.state, 1)
    return replace(found, worst=found.worst if audit is None else audit.worst)


def _most_pairs(weighing: Weighing) -> int:
    return weighing.size * (weighing.size - 1) // 2 - len(weighing.tiers.barred) // 2


def _widened(weighing: Weighing, pairs: Pairs, state: State, audit: Audit) -> tuple[Pairs, State]:
    a, place = np.nonzero(audit.found != NONE)
    b = audit.found[a, place]
    wider = pairs_of(np.concatenate((pairs[:, 0], a)), np.concatenate((pairs[:, 1], b)), weighing.size)
    return wider, with_graph(state, *_graph(weighing, wider))


def _graph(weighing: Weighing, pairs: Pairs) -> tuple[Ints, Ints, Ints]:
    """Both ways of each pair, sorted: where each person's start, whom they lead to, and the doubled weights."""
    a, b = np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])
    weight = np.empty((len(pairs), LIMBS), dtype=np.int64)
    pool.weights(weighing.pool, a, b, weight)
    tail, head = np.concatenate((a, b)), np.concatenate((b, a))
    order = np.argsort(tail * weighing.size + head)
    start = np.searchsorted(tail[order], np.arange(weighing.size + 1)).astype(np.int64)
    return start, head[order], np.concatenate((weight, weight))[order]
