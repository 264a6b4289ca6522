"""Places and types made coarser until every group of a data set has five people at least (Sweeney 2002). Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from bot.evaluation.disclosure import LEAST, hidden
from bot.world.regions import ELSEWHERE

OTHER = "other"
"""The type of those whose own one would tell of too few."""


@dataclass(frozen=True, slots=True)
class Group:
    """What is told of where somebody lives and what they are: a country, a part of the world or `elsewhere`; a type."""

    place: str
    type: str


Settled = Mapping[int, str]
"""The types that people of one place keep, by their position."""


def coarsened(people: Sequence[Group], region: Callable[[str], str], random: Random) -> tuple[Group, ...]:
    """The group of each person, so that each one that is there has at least LEAST people.

    A place is told of all its people or of none of them. It is told where at least one type has enough people; the
    others there become `other`, with as many more people (chosen at random) as it takes to be enough. A place that
    cannot be told becomes its part of the world, and that becomes `elsewhere`. Whoever knows how many people each
    country has, as far as that may be shown (`disclosure.hidden`), can subtract them from what is told and is left
    with nobody, or with LEAST people: so countries whose numbers are hidden are never told, and nowhere are there
    only a few of their people. Raises ValueError for fewer than LEAST people.
    """
    if len(people) < LEAST:
        raise ValueError(f"{len(people)} people are fewer than {LEAST}")
    away = {*hidden(Counter(group.place for group in people)), ELSEWHERE}

    def few(positions: Iterable[int]) -> bool:
        return 0 < sum(1 for position in positions if people[position].place in away) < LEAST

    places: dict[str, Settled] = {}
    rest = dict(enumerate(people))
    steps: Sequence[Callable[[str], str]] = (str, region)
    for wider in steps:
        for place, members in _by(rest, wider):
            if place in away or few(members):
                continue
            settled = _settled(members, random)
            if settled is not None:
                places[place] = settled
                rest = {position: group for position, group in rest.items() if position not in settled}
    while rest and (len(rest) < LEAST or few(rest)):
        # Those who are left are too few: the smallest place that mends this goes with them, with all its people.
        mending = [
            place for place, there in places.items() if not few(rest) or any(people[p].place in away for p in there)
        ]
        smallest = min(mending, key=lambda place: (len(places[place]), place))
        rest |= {position: people[position] for position in places.pop(smallest)}
    if rest:
        places[ELSEWHERE] = _settled(rest, random) or dict.fromkeys(rest, OTHER)
    told = {position: Group(place, own) for place, settled in places.items() for position, own in settled.items()}
    return tuple(told[position] for position in range(len(people)))


def _by(rest: Mapping[int, Group], wider: Callable[[str], str]) -> Iterable[tuple[str, dict[int, Group]]]:
    found: dict[str, dict[int, Group]] = defaultdict(dict)
    for position, group in rest.items():
        found[wider(group.place)][position] = group
    return sorted(found.items())


def _settled(members: Mapping[int, Group], random: Random) -> Settled | None:
    """The types that the people of a place keep; None where no type there has enough people."""
    types: dict[str, list[int]] = defaultdict(list)
    for position, group in members.items():
        types[group.type].append(position)
    others = [position for group in types.values() if len(group) < LEAST for position in group]
    kept = {own: group for own, group in types.items() if len(group) >= LEAST}
    if others:
        others += kept.pop(OTHER, [])
    while 0 < len(others) < LEAST and kept:
        largest = max(kept, key=lambda own: (len(kept[own]), own))
        lacking = LEAST - len(others)
        if len(kept[largest]) - lacking < LEAST:
            others += kept.pop(min(kept, key=lambda own: (len(kept[own]), own)))
            continue
        lent = set(random.sample(kept[largest], lacking))
        others += lent
        kept[largest] = [position for position in kept[largest] if position not in lent]
    if not kept:
        return None
    return dict.fromkeys(others, OTHER) | {position: own for own, group in kept.items() for position in group}
