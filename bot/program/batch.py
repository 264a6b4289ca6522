"""What is known of the people whom a batch of events is about: read for all of them when it is asked for the first.

Most of what people do comes in batches, each of which is one transaction. A query for every event would take long, and
would make the session write what was changed before it row by row. So whoever begins a batch says whom it is about
(`expect`), and whoever needs a row of a person's reads it for all who are expected (`of_person`).
"""

from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from bot.program.turn import Turn

Found = TypeVar("Found")

_EXPECTED = "people of the batch"
_CHUNK = 500


def expect(turn: Turn, people: Iterable[int]) -> None:
    """Something will be asked about these people, by their ids, in this transaction."""
    known: dict[int, None] = turn.work.cache.setdefault(_EXPECTED, {})
    known.update(dict.fromkeys(people))


async def of_person(
    turn: Turn,
    what: Hashable,
    person_id: int,
    read: Callable[[Sequence[int]], Awaitable[Mapping[int, Found]]],
) -> Found | None:
    """What `read` finds of that person, by their id; None where it finds nothing. Read once in a transaction.

    What is stored anew after that must be told by `note`; rows that are only changed are the same objects.
    """
    cache = turn.work.cache
    if (what, person_id) not in cache:
        expected: Iterable[int] = cache.get(_EXPECTED, ())
        wanted = [person_id, *(each for each in expected if each != person_id and (what, each) not in cache)]
        for start in range(0, len(wanted), _CHUNK):
            some = wanted[start : start + _CHUNK]
            found = await read(some)
            cache.update({(what, each): found.get(each) for each in some})
    return cache[what, person_id]


def note(turn: Turn, what: Hashable, person_id: int, found: object) -> None:
    """That is what `of_person` finds from now on."""
    turn.work.cache[what, person_id] = found


def note_more(turn: Turn, what: Hashable, person_id: int, row: object) -> None:
    """A row more of those that `of_person` finds of this person, in their order, if they were read before."""
    found: list[object] | None = turn.work.cache.get((what, person_id))
    if found is not None and not any(row is each for each in found):
        found.append(row)
