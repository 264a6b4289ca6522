"""Finding the best pairing: as many people placed as can be, then one wish of the kit after another, and proving it.

A blossom algorithm on likely pairs gives prices (duals); all other pairs are held against them in blocks, and those
that speak against the result are added until none does. Then the prices prove that no pairing is better. Where the
number of people is odd, one is paired with "nobody", and either waits or makes a trio, whichever is better and the kit
allows.
"""

import time

import numpy as np

from bot.program.matching.lowering import weighing_of
from bot.program.matching.matcher import WHOLE, Stop, matched
from bot.program.matching.nobody import with_nobody
from bot.program.matching.pairing import Group, Pairing, Progress, Wait, Waiting
from bot.program.matching.problem import Candidate, PairingError, Problem, lot
from bot.program.matching.solution import Solution
from bot.program.matching.tiers import Tiers, barred_pairs, bounds_at_sight, measure_of, trio_values
from bot.program.matching.trios import Choice, choose_trio
from bot.program.matching.witness import witness

PATIENCE = 60.0
"""Seconds that whoever waits for a pairing in a conversation is let wait. What is not proved by then is said."""


def solve(problem: Problem, progress: Progress | None = None, *, time_limit: float | None = None) -> Pairing:
    """The best pairing, with its proof. The same people, wishes and seed give the same groups in any order of rows.

    `progress` is told the step and the share of the work that is behind. At most one trio is made besides locked ones,
    and only where the number of people outside locks is odd; locked groups stand and take nobody in. After
    `time_limit` seconds the best pairing so far is taken, with what is proved of it; the proof takes a while longer.
    """
    tell = progress or silent
    tell("Comparing answers", 0.0)
    held = {key for group in problem.locked for key in group}
    people = tuple(person for person in problem.shuffled() if person.id not in held)
    solution = solved(problem, people, _stop_after(time_limit), tell)
    tell("Writing down the proof", 0.95)
    pairing = pairing_of(problem, solution)
    tell("Done", 1.0)
    return pairing


def solved(problem: Problem, people: tuple[Candidate, ...], stop: Stop, tell: Progress) -> Solution:
    """The best groups of these people, locks aside. `people` are in the order of their lots."""
    odd = len(people) % 2 == 1
    tiers = tiers_of(problem, people)
    try:
        weighing = weighing_of(with_nobody(tiers, lot(problem.seed, "")) if odd else tiers)
    except OverflowError as error:
        raise PairingError("The kit has more wishes than can be weighed exactly for this many people.") from error
    found = matched(weighing, problem.seed, stop, lambda share: tell("Pairing", 0.1 + 0.6 * share))
    choice: Choice | None = None
    if odd and problem.odd == "trio" and len(people) > 2:
        tell("Choosing the trio", 0.7)
        choice = choose_trio(weighing, found, (lambda: True) if len(people) > WHOLE else stop)
    return Solution(people, tiers, weighing, found, choice, odd)


def tiers_of(problem: Problem, people: tuple[Candidate, ...]) -> Tiers:
    """The tiers of a problem among these people."""
    return Tiers(
        size=len(people),
        measures=tuple(measure_of(wish, people, problem.on) for wish in problem.wishes),
        barred=barred_pairs(people, problem.forbidden),
        lots=np.array([lot(problem.seed, person.id) for person in people], dtype=np.uint64),
    )


def silent(step: str, share: float) -> None:
    """Tells nobody."""


def _stop_after(seconds: float | None) -> Stop:
    if seconds is None:
        return lambda: False
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end


def pairing_of(problem: Problem, solution: Solution) -> Pairing:
    """A solution in the people's own ids, with the locked groups, and with its proof."""
    everybody = problem.shuffled()
    index = {person.id: place for place, person in enumerate(everybody)}
    locked = sorted(tuple(sorted(index[key] for key in group)) for group in problem.locked)
    free = sorted(tuple(sorted(index[solution.people[i].id] for i in group)) for group in solution.groups)
    free.sort(key=len)
    given = _locked_totals(problem, locked, everybody)
    totals = tuple(a + b for a, b in zip(totals_of(solution.tiers, list(solution.groups)), given, strict=True))
    most = solution.weighing.scale.bound(solution.most)
    placeable = len(solution.people) - (len(solution.people) % 2 if problem.odd == "waitlist" else 0)
    bounds = min(most, bounds_at_sight(solution.tiers, placeable, solution.weighing.scale.most))
    placed = {place for group in (*locked, *free) for place in group}
    waiting = [place for place in range(len(everybody)) if place not in placed]
    held = {place for group in locked for place in group}
    return Pairing(
        groups=tuple(Group(tuple(everybody[i].id for i in group), group in locked) for group in [*locked, *free]),
        waiting=tuple(Waiting(everybody[i].id, _why(problem, everybody, held, i, len(waiting))) for i in waiting),
        totals=totals,
        bounds=tuple(bound + more for bound, more in zip(bounds[:-1], given, strict=True)),
        certificate=witness(solution),
    )


def _locked_totals(
    problem: Problem, locked: list[tuple[int, ...]], everybody: tuple[Candidate, ...]
) -> tuple[int, ...]:
    members = [place for group in locked for place in group]
    index = {place: number for number, place in enumerate(members)}
    tiers = tiers_of(problem, tuple(everybody[place] for place in members))
    return totals_of(tiers, [tuple(index[place] for place in group) for group in locked])


def totals_of(tiers: Tiers, groups: list[tuple[int, ...]]) -> tuple[int, ...]:
    """People placed, and each wish's total."""
    a, b = np.array([group for group in groups if len(group) == 2], dtype=np.int64).reshape(-1, 2).T
    x, y, z = np.array([group for group in groups if len(group) == 3], dtype=np.int64).reshape(-1, 3).T
    values = zip(tiers.values(a, b), trio_values(tiers, x, y, z), strict=True)
    return (2 * len(a) + 3 * len(x), *(int(two.sum() + three.sum()) for two, three in values))


def _why(problem: Problem, people: tuple[Candidate, ...], held: set[int], one: int, waiting: int) -> Wait:
    if len(people) == 1:
        return Wait.ALONE
    open_to = [
        place for place, other in enumerate(people) if place != one and problem.allowed(people[one].id, other.id)
    ]
    if not open_to:
        return Wait.APART
    if all(place in held for place in open_to):
        return Wait.LOCKED
    odd = (len(people) - len(held)) % 2 == 1
    return Wait.ODD if odd and waiting == 1 and problem.odd == "waitlist" else Wait.TAKEN
