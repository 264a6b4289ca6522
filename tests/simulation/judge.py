"""The judge of a simulated round: it reads the platform's own ledger, and knows nothing of the core's tables.

What a run in bad weather must have in common with an undisturbed run of the same plot, and what in itself:

* Every act's business key reached the platform at most once.
* To each address the same acts came, by kind and key without the numbers that rows happen to get: none less, none more.
  In conversations and rooms they came in the same order.
* Nobody was written to in their night, unless they had asked for it.
* No community and no address was written to faster than the platform allows: by each process that writes at the same
  time as another, since nothing decides yet which of several owns a pace. An act that was told to wait waited.
* An act of unknown outcome was looked up, and not found, before it was sent again; what stayed unknown was told.
* Every event was acknowledged, and the engine never failed.

So the invariants of the house are judged from outside: that nothing is acknowledged before it is stored, or handled
twice (1), and that a change and its acts go together (2), by the comparison; keys, look-ups and what is unknown (3),
order, paces and waits (4), quiet nights (6) by a rule each. A lost lease that writes (5) shows as a deed done again.

These differences are legitimate, and no others: times, since people's plans go by the hour and not by the minute; the
numbers in keys; the order at the desk and in the hall, where what several people cause meets; and what the desk is told
of an act that was tried so often that the core tells (`TOLD`). Partnerships are looked at when a quarter of the UTC day
begins: where a process was away just then, what follows from a look (`FROM_A_LOOK`) may come at another one. In weather
that holds acts up for more than half an hour people see them in another hour and do other things: there, only what a
run owes by itself is judged (`RULES`).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from bot.engine.courier import UNKNOWN_TOLD
from bot.language.acts import Post
from bot.language.places import Place
from tests.journeys.evidence import common, hour
from tests.simulation.plot import bare
from tests.simulation.run import Outcome
from tests.simulation.wire import PER_ADDRESS, PER_SECOND

WIDEST = (7, 23)
"""Everybody's day: the kit's widest window ends at 21 o'clock, and up to two hours late is not too late."""
TOLD = "unknown:"
"""How the keys begin of what tells the desk that nobody knows."""
FROM_A_LOOK = frozenset({"nudge", "case", "notice", "thanks", "reply"})
"""Kinds of acts that asking about silence may bring about, or leave out."""
_QUARTER, _A_MOMENT = 6 * 3_600, 60
_SLACK = 1.0
"""So many more than the pace allows may arrive at once: a request is on its way for a moment of its own."""


def judge(found: Outcome, calm: Outcome) -> list[str]:
    """What is wrong with a run, compared with the undisturbed one; empty where all is well."""
    own = [f"{rule.__name__}: {complaint}" for rule in RULES for complaint in rule(found)]
    compared = list(_same(found, calm))
    if compared and _away_at_a_quarter(found):
        compared = list(_same(found, calm, FROM_A_LOOK))
    return own + [f"compared: {complaint}" for complaint in compared]


def _away_at_a_quarter(seen: Outcome) -> bool:
    """Whether somebody was away when partnerships are looked at, or died in that very moment."""
    return any(
        (until.timestamp() % _QUARTER) < (until - since).total_seconds() + _A_MOMENT for since, until in seen.absences
    )


def nothing_twice(seen: Outcome) -> Iterator[str]:
    """No business key twice."""
    for key, count in Counter(entry.act.key for entry in seen.ledger).items():
        if count > 1:
            yield f"{key} was done {count} times"


def _same(seen: Outcome, calm: Outcome, leave_out: frozenset[str] = frozenset()) -> Iterator[str]:
    expected, found = by_address(calm, leave_out), by_address(seen, leave_out)
    for address in sorted(expected.keys() | found.keys()):
        want, got = Counter(expected.get(address, ())), Counter(found.get(address, ()))
        for one, count in sorted((want - got).items()):
            yield f"{address} lacks {one[0]} {one[1]}" + (f" ({count} times)" if count > 1 else "")
        for one, count in sorted((got - want).items()):
            yield f"{address} has got {one[0]} {one[1]}, which nobody should" + (f" ({count})" if count > 1 else "")
        if want == got and Place(address.split("/")[2]) in (Place.DIRECT, Place.ROOM):
            yield from _order(address, expected[address], found[address])


def _order(address: str, want: Sequence[tuple[str, str]], got: Sequence[tuple[str, str]]) -> Iterator[str]:
    for number, (one, other) in enumerate(zip(want, got, strict=True), 1):
        if one != other:
            yield f"{address}: number {number} is {' '.join(other)} and should be {' '.join(one)}"
            return


def the_desk_hears_of_what_stays_unknown(seen: Outcome) -> Iterator[str]:
    """It is told of no other acts than of those that were tried so often."""
    tries = Counter(asked.key for asked in seen.town.asked)
    doubtful = {asked.address for asked in seen.town.asked if tries[asked.key] >= UNKNOWN_TOLD}
    for entry in seen.ledger:
        if entry.act.key.startswith(TOLD) and not any(address in entry.act.key for address in doubtful):
            yield f"{entry.act.key}: there was no reason to say so"


def what_stays_unknown_is_told(seen: Outcome) -> Iterator[str]:
    """The desk hears of an act that stays unknown for twice as many attempts as the core waits, or more."""
    in_a_row: Counter[str] = Counter()
    told = {entry.act.key for entry in seen.ledger if entry.act.key.startswith(TOLD)}
    for asked in seen.town.asked:
        if asked.outcome in ("", "unknown"):
            in_a_row[asked.key] += 1
        elif asked.outcome == "done" or asked.what == "perform":
            in_a_row[asked.key] = 0
        at_desk = asked.address == str(seen.town.desk)
        if (
            in_a_row[asked.key] == 2 * UNKNOWN_TOLD + 1
            and not at_desk
            and not any(asked.address in key for key in told)
        ):
            yield f"{asked.key} was unknown {in_a_row[asked.key]} times in a row, and nobody was told"


def nights_are_quiet(seen: Outcome) -> Iterator[str]:
    """What nobody asked for came by day; in a room by the day of all, if their days have an hour in common."""
    zones = seen.plot.zones
    for entry in seen.ledger:
        act = entry.act
        if not isinstance(act, Post) or act.prompted or act.address.place is Place.HALL:
            continue
        there = [zones[user] for user in entry.readers]
        asleep = [zone.key for zone in there if not WIDEST[0] <= hour(entry.at, zone) < WIDEST[1]]
        if asleep and (len(there) == 1 or common(there, entry.at, *WIDEST)):
            yield f"{act.key} came at {entry.at} to {', '.join(asleep)}"


def paces_are_kept(seen: Outcome) -> Iterator[str]:
    """A bucket that is never overdrawn: so many at once, and so many a second."""
    lanes: dict[str, list[datetime]] = defaultdict(list)
    for asked in seen.town.asked:
        if asked.what == "perform":
            lanes["everybody"].append(asked.at)
            lanes[asked.lane].append(asked.at)
    for lane, moments in lanes.items():
        rate = (PER_SECOND if lane == "everybody" else PER_ADDRESS) * seen.town.weather.climate.workers
        tokens, last = max(1.0, rate), moments[0]
        for at in moments:
            tokens = min(max(1.0, rate), tokens + (at - last).total_seconds() * rate) - 1
            last = at
            if tokens < -_SLACK:
                yield f"{lane} was written to faster than {rate:g} a second at {at}"
                break


def who_must_wait_waits(seen: Outcome) -> Iterator[str]:
    """To an address that was told to come back later, that process sends nothing before. Another may not know of it."""
    until: dict[tuple[str, str], datetime] = {}
    for asked in seen.town.asked:
        lane = (asked.life, asked.lane)
        if lane in until and asked.at < until[lane]:
            yield f"{asked.key} was tried at {asked.at}, although {asked.lane} was to be left alone until {until[lane]}"
        if asked.wait:
            until[lane] = asked.at + timedelta(seconds=asked.wait)


def unknown_is_looked_up(seen: Outcome) -> Iterator[str]:
    """Between an attempt of unknown outcome and the next one, the act was looked up and not found."""
    doubtful: dict[str, datetime] = {}
    for asked in seen.town.asked:
        if asked.what == "find" and asked.outcome == "not done":
            doubtful.pop(asked.key, None)
        elif asked.what == "perform":
            if asked.key in doubtful:
                yield f"{asked.key} was sent at {asked.at}, and nobody had looked what became of {doubtful[asked.key]}"
            if asked.outcome in ("", "unknown"):
                doubtful[asked.key] = asked.at


def every_event_is_acknowledged(seen: Outcome) -> Iterator[str]:
    """Nothing that people did waits for ever."""
    for event_id in seen.town.waiting:
        yield f"{event_id} was never acknowledged"


def nothing_stumbles(seen: Outcome) -> Iterator[str]:
    """The engine itself never fails: the database is there, and no weather is a fault of ours."""
    yield from seen.faults


def by_address(seen: Outcome, leave_out: frozenset[str] = frozenset()) -> dict[str, list[tuple[str, str]]]:
    """What each address got, in order."""
    found: dict[str, list[tuple[str, str]]] = {}
    for entry in seen.ledger:
        if not entry.act.key.startswith(TOLD) and entry.act.kind not in leave_out:
            found.setdefault(str(entry.act.address), []).append((entry.act.kind, bare(entry.act.key)))
    return found


RULES: tuple[Callable[[Outcome], Iterator[str]], ...] = (
    nothing_twice,
    the_desk_hears_of_what_stays_unknown,
    what_stays_unknown_is_told,
    nights_are_quiet,
    paces_are_kept,
    who_must_wait_waits,
    unknown_is_looked_up,
    every_event_is_acknowledged,
    nothing_stumbles,
)
