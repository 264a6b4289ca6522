"""How a round would come out if applications closed now: pure, by the same rules and the same search as in earnest."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from bot.program.matching import PATIENCE, Candidate, Group, Problem, Waiting, solve
from bot.program.matching.recruiting import Gain, gains
from bot.program.matching.tiers import asks_similar, different_answer, measure_of, wanted
from bot.program.places import Standing, country_limit
from topics.model import Rule, Wish

MOST_PEOPLE = 3_000
"""People up to whom it is worked out whom to recruit: about ten seconds. With more it would take minutes."""


@dataclass(frozen=True, slots=True)
class Missed:
    """What of a wish would not be met: `missed` of `asked`. For `wished`, by the answer that was asked for."""

    wish: Wish
    missed: int
    asked: int
    by_answer: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the pairing of those who have a place would come to."""

    groups: int
    trios: int
    waiting: tuple[Waiting, ...]
    missed: tuple[Missed, ...]
    gains: tuple[Gain, ...] | None
    """Whom it would help to recruit; None where there are too many people to find that out."""


def outlook(problem: Problem) -> Outlook:
    """Pair these people, and say who and what is left over, and whom it would help to recruit."""
    pairing = solve(problem, time_limit=PATIENCE)
    known = problem.by_id()
    groups = [tuple(known[key] for key in group.ids) for group in pairing.groups]
    return Outlook(
        groups=len(groups),
        trios=sum(len(group) > 2 for group in groups),
        waiting=pairing.waiting,
        missed=tuple(_missed(problem, wish, groups, pairing.groups) for wish in problem.wishes),
        gains=gains(problem) if len(problem.people) <= MOST_PEOPLE else None,
    )


def _missed(problem: Problem, wish: Wish, groups: Sequence[tuple[Candidate, ...]], ids: Sequence[Group]) -> Missed:
    match wish.rule:
        case Rule.DIFFERENT:
            alike = [group for group in groups if len({different_answer(wish, one) for one in group}) < len(group)]
            return Missed(wish, len(alike), len(groups))
        case Rule.OVERLAP:
            return Missed(wish, sum(not meet for meet in _meeting(problem, wish, ids)), len(groups))
        case Rule.WISHED:
            return _unmet_answers(wish, groups)
        case Rule.SIMILAR:
            askers = [(one, group) for group in groups for one in group if asks_similar(wish, one)]
            lonely = [one for one, group in askers if not _shares(wish, one, group)]
            return Missed(wish, len(lonely), len(askers))


def _unmet_answers(wish: Wish, groups: Sequence[tuple[Candidate, ...]]) -> Missed:
    asked = [(wanted(wish, one), one, group) for group in groups for one in group if wanted(wish, one)]
    unmet = Counter(
        answer
        for answer, one, group in asked
        if all(other.one(wish.of) != answer for other in group if other is not one)
    )
    return Missed(wish, unmet.total(), len(asked), tuple(sorted(unmet.items(), key=lambda each: (-each[1], each[0]))))


def _shares(wish: Wish, one: Candidate, group: tuple[Candidate, ...]) -> bool:
    return any(set(one.many(wish.question)) & set(other.many(wish.question)) for other in group if other is not one)


def _meeting(problem: Problem, wish: Wish, groups: Sequence[Group]) -> list[bool]:
    """For each group, whether each two of it have hours in common."""
    measure = measure_of(wish, problem.people, problem.on)
    index = {person.id: place for place, person in enumerate(problem.people)}
    found: list[bool] = []
    for group in groups:
        a, b = np.array(list(combinations([index[key] for key in group.ids], 2)), dtype=np.int64).T
        found.append(bool(measure.values(a, b).all()))
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """Those who want a place, and how the places would be given now."""

    countries: Mapping[int, str]
    """Everybody's country, by application."""
    standings: Mapping[int, Standing]
    capacity: int
    country_cap: float

    @property
    def placed(self) -> int:
        """How many have a place."""
        return sum(standing.status == "accepted" for standing in self.standings.values())

    def kept_out(self, reason: str) -> int:
        """How many wait for a place for that reason: `full`, or `country`."""
        return sum(standing.reason == reason for standing in self.standings.values())

    @property
    def limit(self) -> int:
        """How many of one country can have a place; 0 for any number."""
        return country_limit(self.country_cap, self.capacity, len(self.standings))

    @property
    def over(self) -> tuple[tuple[str, int], ...]:
        """The countries from which more people applied than can have a place, with how many applied."""
        counts = Counter(self.countries.values())
        return tuple((country, count) for country, count in counts.most_common() if self.limit and count > self.limit)


@dataclass(frozen=True, slots=True)
class Mix:
    """How often each answer to a question was given: the most frequent, and the rest together."""

    question: str
    most: tuple[tuple[str, int], ...]
    others: int
    """How many different answers there are beside those."""
    rest: int
    """How many people gave one of those."""


def mix_of(question: str, answers: Sequence[str], shown: int) -> Mix:
    """The mix of these answers, of which the `shown` most frequent are told one by one."""
    counts = sorted(Counter(answers).items(), key=lambda each: (-each[1], each[0]))
    # One answer that stands alone is told by its name rather than as "1 other".
    cut = len(counts) if len(counts) <= shown + 1 else shown
    return Mix(question, tuple(counts[:cut]), len(counts) - cut, sum(count for _, count in counts[cut:]))


def helpful(found: Sequence[Gain], wish: Wish) -> tuple[tuple[Gain, ...], tuple[Gain, ...]]:
    """The kinds that help most by a wish, all alike, and the other ones. None help where all are alike."""
    here = [gain for gain in found if gain.kind.wish is wish]
    if not here or not any(here[0].more):
        return (), tuple(here)
    best = tuple(gain for gain in here if gain.more == here[0].more)
    return best, tuple(gain for gain in here if gain.more != here[0].more)
