"""A pairing problem: who is there, what the kit wishes for, and what must or must not be."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from itertools import combinations
from typing import Literal, cast

from topics.model import Kit, QuestionKind, Rule, Wish

NEVER_AGAIN = "never a former or blocked partner"
"""The name of the one rule that no lock may break."""
GROUP_SIZES = (2, 3)

Odd = Literal["trio", "waitlist"]


class PairingError(ValueError):
    """The problem contradicts itself. The text is one plain sentence for a coordinator."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody to be placed.

    `id` is a stable key (an e-mail address, or a row's key). `answers` are those of the application by question name,
    as the kit stores them: a string, or several.
    """

    id: str
    answers: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict[str, str | tuple[str, ...]])

    def one(self, question: str) -> str:
        """The answer to a question with one answer, tidied for comparing; empty where there is none."""
        return next(iter(self.many(question)), "")

    def many(self, question: str) -> tuple[str, ...]:
        """The answers to a question, tidied for comparing, each once, in the person's order."""
        answer = self.answers.get(question, ())
        given = (answer,) if isinstance(answer, str) else answer
        return tuple(dict.fromkeys(word for word in (part.strip().casefold() for part in given) if word))


@dataclass(frozen=True, slots=True)
class Problem:
    """All that the solver knows.

    `wishes` come in order of priority. `forbidden` holds pairs of ids that must not meet again; ids of people who are
    not here do no harm. `locked` holds pairs or trios that stand as given. Overlaps are counted on the day `on` (the
    round's first Monday). `odd` says what happens to the odd one out; `seed` breaks ties.

    Raises PairingError when the parts contradict each other.
    """

    people: tuple[Candidate, ...]
    wishes: tuple[Wish, ...]
    on: date
    forbidden: frozenset[frozenset[str]] = frozenset()
    locked: tuple[tuple[str, ...], ...] = ()
    odd: Odd = "trio"
    seed: int = 0

    def __post_init__(self) -> None:
        _check_people(self.people)
        _check_wishes(self.wishes)
        _check_locks(self)
        if self.odd not in ("trio", "waitlist"):
            raise PairingError(f"The odd one out can make a “trio” or go to the “waitlist”, not “{self.odd}”.")

    def allowed(self, one: str, other: str) -> bool:
        """Whether two people may be partners at all."""
        return one != other and frozenset((one, other)) not in self.forbidden

    def by_id(self) -> dict[str, Candidate]:
        """Everybody by id."""
        return {person.id: person for person in self.people}

    def shuffled(self) -> tuple[Candidate, ...]:
        """Everybody in an order that depends on the seed and the ids alone, so that nobody is last by name or time."""
        return tuple(sorted(self.people, key=lambda person: (lot(self.seed, person.id), person.id)))


def lot(seed: int, key: str) -> int:
    """The number, below 2**63, that `key` draws under this seed."""
    return int.from_bytes(blake2b(f"{seed}:{key}".encode(), digest_size=8).digest(), "big") >> 1


def problem_of(
    kit: Kit,
    people: Iterable[Candidate],
    *,
    on: date,
    forbidden: Iterable[Iterable[str]] = (),
    locked: Iterable[Sequence[str]] = (),
    odd: str | None = None,
    seed: int = 0,
    ids_by_email: Mapping[str, str] | None = None,
) -> Problem:
    """The problem of a kit and the people to place.

    Whoever is named in an answer to one of the kit's questions about people (former partners, people not to be paired
    with) is kept apart from the one who answered, in both directions; `forbidden` adds pairs, those of earlier rounds
    say. Where ids are not e-mail addresses, `ids_by_email` tells whose they are. `odd` is the kit's unless given.

    Raises PairingError, also when a wish names a question that the kit does not have.
    """
    _check_questions(kit)
    everyone = tuple(people)
    ids = {person.id.strip().casefold(): person.id for person in everyone}
    ids |= {email.strip().casefold(): key for email, key in (ids_by_email or {}).items()}
    apart = {frozenset(pair) for pair in forbidden} | set(_named_pairs(kit, everyone, ids))
    return Problem(
        people=everyone,
        wishes=kit.wishes,
        on=on,
        forbidden=frozenset(pair for pair in apart if len(pair) > 1),
        locked=tuple(tuple(ids.get(name.strip().casefold(), name) for name in group) for group in locked),
        odd=cast("Odd", odd or kit.plan.odd),
        seed=seed,
    )


def _named_pairs(kit: Kit, people: Sequence[Candidate], ids: Mapping[str, str]) -> Iterator[frozenset[str]]:
    questions = [question.name for question in kit.questions if question.kind is QuestionKind.PEOPLE]
    for person in people:
        for question in questions:
            for answer in person.many(question):
                for email in answer.replace(";", ",").split(","):
                    if (named := ids.get(email.strip())) is not None:
                        yield frozenset((person.id, named))


def _check_questions(kit: Kit) -> None:
    known = [question.name for question in kit.questions]
    for wish in kit.wishes:
        for name in (wish.question, wish.of, wish.asked_by):
            if name and name not in known:
                raise PairingError(
                    f"The wish “{wish.name}” asks about the question “{name}”, which the kit does not have. "
                    f"It has: {', '.join(known) or 'none'}."
                )


def _check_people(people: Sequence[Candidate]) -> None:
    seen: set[str] = set()
    for person in people:
        if not person.id:
            raise PairingError("Somebody has no id: give each person an e-mail address.")
        if person.id in seen:
            raise PairingError(f"{person.id} is there twice: keep one application of each person.")
        seen.add(person.id)


def _check_wishes(wishes: Sequence[Wish]) -> None:
    seen: set[str] = set()
    for wish in wishes:
        if wish.name in seen:
            raise PairingError(f"The wish “{wish.name}” is there twice: name each wish once.")
        seen.add(wish.name)
        if not wish.question:
            raise PairingError(f"The wish “{wish.name}” names no question: say which answers it compares.")
        if wish.rule is Rule.WISHED and not wish.of:
            raise PairingError(f"The wish “{wish.name}” needs “of”: the question that tells what a partner is.")


def _check_locks(problem: Problem) -> None:
    known = {person.id for person in problem.people}
    taken: set[str] = set()
    for group in problem.locked:
        told = " and ".join(group) or "nobody"
        if len(group) not in GROUP_SIZES:
            raise PairingError(f"A locked group has two or three people, not {len(group)} ({told}).")
        for key in group:
            if key not in known:
                raise PairingError(f"The lock of {told} names {key}, who is not among the people to pair.")
            if key in taken:
                raise PairingError(f"{key} is locked twice: a person can be in one locked group only.")
            taken.add(key)
        for one, other in combinations(group, 2):
            if not problem.allowed(one, other):
                raise PairingError(f"{one} and {other} cannot be locked together, by the rule “{NEVER_AGAIN}”.")
