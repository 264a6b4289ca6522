"""Checking that a pairing is the best there is. It shares nothing with the solver but the measures of the wishes.

Every two people who may be paired are weighed anew and held against the prices of the certificate, in blocks. What the
prices come to is then more than any pairing can be worth; where it is what the pairing is worth, that is the best.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from bot.program.matching.covering import Covering, Unproved, covering_of, folded, trio_weights, weighed
from bot.program.matching.pairing import Pairing
from bot.program.matching.problem import Problem, lot
from bot.program.matching.proof import NOBODY, Certificate
from bot.program.matching.rivals import rivals
from bot.program.matching.tiers import Ints, Tiers, barred_pairs, bounds_at_sight, measure_of, trio_values


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check of a pairing came to.

    `bounds` are what no pairing can exceed, tier after tier: people placed, then one for each wish. Where `fault` is
    not empty, something is wrong with the pairing or the certificate, nothing is proved, and there are no bounds.
    """

    totals: tuple[int, ...]
    bounds: tuple[int, ...]
    fault: str = ""

    @property
    def optimal(self) -> bool:
        """Whether it is proved that no pairing is better in any tier."""
        return not self.fault and self.totals == self.bounds

    @property
    def proved_tiers(self) -> int:
        """How many tiers, from the first, are proved to be the best."""
        tier = 0
        while tier < len(self.bounds) and self.totals[tier] == self.bounds[tier]:
            tier += 1
        return tier

    def words(self, names: tuple[str, ...]) -> str:
        """The verdict in plain words. `names` are those of the wishes, in order."""
        if self.fault:
            return f"Nothing is proved: {self.fault}"
        if self.optimal:
            return "Optimal: no other pairing is better, by any wish in its order."
        tier = self.proved_tiers
        tiers = ("people placed", *names)
        known = f"Optimal in {_listed(tiers[:tier])}; " if tier else ""
        short = self.bounds[tier] - self.totals[tier]
        share = 100 * short / max(self.bounds[tier], 1)
        text = f"{known}within {short} ({share:.2f} %) of the best possible in {tiers[tier]}."
        return text[0].upper() + text[1:]


def check(problem: Problem, pairing: Pairing) -> Verdict:
    """Hold a pairing and its certificate against the problem."""
    try:
        _check_groups(problem, pairing)
        everybody = problem.people
        index = {person.id: place for place, person in enumerate(everybody)}
        groups = [tuple(index[key] for key in group.ids) for group in pairing.groups]
        tiers = _tiers(problem, tuple(index))
        totals = _totals(tiers, groups)
        if pairing.totals != totals:
            raise Unproved(f"the pairing comes to {totals}, not to {pairing.totals}.")
        if pairing.certificate is None:
            raise Unproved("there is no certificate.")
        given = _totals(tiers, [group for group, one in zip(groups, pairing.groups, strict=True) if one.locked])
        bounds = _bounds(problem, pairing, pairing.certificate)
        bounds = tuple(bound + more for bound, more in zip(bounds, given, strict=True))
        if bounds < totals:
            raise Unproved("the certificate denies what the pairing reaches.")
    except Unproved as fault:
        return Verdict(pairing.totals, (), str(fault))
    return Verdict(totals, bounds)


def _check_groups(problem: Problem, pairing: Pairing) -> None:
    placed = [key for group in pairing.groups for key in group.ids]
    everybody = sorted([*placed, *(waiting.id for waiting in pairing.waiting)])
    if everybody != sorted(person.id for person in problem.people):
        raise Unproved("not everybody is there exactly once.")
    locked = sorted(tuple(sorted(group)) for group in problem.locked)
    if locked != sorted(tuple(sorted(group.ids)) for group in pairing.groups if group.locked):
        raise Unproved("the locked groups are not the ones that were given.")
    for group in pairing.groups:
        if not all(problem.allowed(one, other) for one, other in combinations(group.ids, 2)):
            raise Unproved(f"{' and '.join(group.ids)} must not be partners.")
    free = len(everybody) - sum(len(group) for group in problem.locked)
    sizes = sorted(len(group.ids) for group in pairing.groups if not group.locked)
    most = 1 if free % 2 and problem.odd == "trio" else 0
    if any(size not in (2, 3) for size in sizes) or sizes.count(3) > most:
        raise Unproved("there are groups of a size that the problem does not allow.")


def _tiers(problem: Problem, ids: tuple[str, ...]) -> Tiers:
    known = problem.by_id()
    people = tuple(known[key] for key in ids)
    return Tiers(
        size=len(people),
        measures=tuple(measure_of(wish, people, problem.on) for wish in problem.wishes),
        barred=barred_pairs(people, problem.forbidden),
        lots=np.array([lot(problem.seed, key) for key in ids], dtype=np.uint64),
    )


def _totals(tiers: Tiers, groups: list[tuple[int, ...]]) -> tuple[int, ...]:
    a, b = _columns(groups, 2)
    x, y, z = _columns(groups, 3)
    values = zip(tiers.values(a, b), trio_values(tiers, x, y, z), strict=True)
    return (2 * len(a) + 3 * len(x), *(int(two.sum() + three.sum()) for two, three in values))


def _columns(groups: list[tuple[int, ...]], size: int) -> list[Ints]:
    return list(np.array([group for group in groups if len(group) == size], dtype=np.int64).reshape(-1, size).T)


def _bounds(problem: Problem, pairing: Pairing, certificate: Certificate) -> tuple[int, ...]:
    """What no pairing of the people outside locked groups can exceed, by tier."""
    held = {key for group in problem.locked for key in group}
    ids = tuple(person.id for person in problem.people if person.id not in held)
    odd = len(ids) % 2 == 1
    if set(certificate.prices) != {*ids, *([NOBODY] if odd else [])}:
        raise Unproved("the certificate is about other people.")
    tiers = _tiers(problem, ids)
    cover = covering_of(tiers, ids, certificate, lot(problem.seed, NOBODY))
    cover.check_all()
    index = {key: place for place, key in enumerate(ids)}
    bounds = [cover.without_nobody()]
    if odd and problem.odd == "trio":
        groups = [tuple(index[key] for key in group.ids) for group in pairing.groups if not group.locked]
        reached = _reached(cover, groups)
        bounds += rivals(cover, certificate, reached)
    most = cover.fold.tiers(max(bounds))
    placeable = len(ids) - 1 if odd and problem.odd == "waitlist" else len(ids)
    return min(most, bounds_at_sight(tiers, placeable, cover.fold.most[:-1]))


def _reached(cover: Covering, groups: list[tuple[int, ...]]) -> tuple[int, ...]:
    """The weight of the groups, folded."""
    a, b = _columns(groups, 2)
    x, y, z = _columns(groups, 3)
    rows = np.concatenate((weighed(cover, a, b), trio_weights(cover, x, y, z)))
    return tuple(int(limb) for limb in rows.astype(object).sum(axis=0)) if len(rows) else (0,) * rows.shape[1]


def _listed(words: tuple[str, ...]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


__all__ = ["Certificate", "Verdict", "check", "folded"]
