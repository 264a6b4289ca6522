"""The platform of the simulation: rooms, what was put where, and what people did that nobody has stored yet.

Its ledger is what the judge goes by: it knows nothing of the core and of its tables. Requests reach it over a `Wire`,
and once sent they are done even if their process dies meanwhile.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from adapters.local.crowd import Action, Command, Delete, Leave, Press, Say, Seen
from adapters.local.inbound import event_of
from adapters.local.records import Account, Acted
from bot.language.acts import Act, CloseRoom, DropEvent, Edit, FetchFile, OpenRoom, PlanEvent, Post, Receipt, ShowHome
from bot.language.adapter import Gone, Refused
from bot.language.events import Event
from bot.language.places import Address, Place
from tests.simulation.loop import Life, VirtualLoop
from tests.simulation.weather import Weather

PLATFORM, COMMUNITY = "town", "square"


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed, as it reached the platform."""

    at: datetime
    act: Act
    readers: tuple[str, ...]


@dataclass(slots=True)
class Asked:
    """One request of a process. `outcome`: done, not done, unknown; empty as long as, or because, nobody was told."""

    at: datetime
    life: str
    what: str
    key: str
    address: str
    lane: str
    outcome: str = ""
    wait: float = 0.0
    """So many seconds it was told to wait before the next one."""


@dataclass(slots=True)
class Room:
    """A private room."""

    address: Address
    members: tuple[str, ...]
    closed: bool = False


class Crowd(Protocol):
    """The people."""

    def see(self, seen: Seen) -> Sequence[Action]:
        """What one of them will do about a message, each at its time."""
        ...


@dataclass(slots=True)
class Line:
    """Where events are handed in: the socket of one process."""

    life: Life
    receive: Callable[[Sequence[Event]], Coroutine[Any, Any, None]]


@dataclass
class Town:
    """The platform. `accounts` are its people, `crowd` decides what they do."""

    loop: VirtualLoop
    weather: Weather
    accounts: dict[str, Account]
    crowd: Crowd
    ledger: list[Entry] = field(default_factory=list[Entry])
    asked: list[Asked] = field(default_factory=list[Asked])
    receipts: dict[str, Receipt] = field(default_factory=dict[str, Receipt])
    rooms: dict[str, Room] = field(default_factory=dict[str, Room])
    under_way: Counter[str] = field(default_factory=Counter[str])
    told: dict[str, Event] = field(default_factory=dict[str, Event])
    """Every event that ever happened, by id."""
    waiting: dict[str, Event] = field(default_factory=dict[str, Event])
    """Those that nobody has acknowledged."""
    lines: list[Line] = field(default_factory=list[Line])
    acknowledged: Counter[str] = field(default_factory=Counter[str])
    _numbers: Counter[str] = field(default_factory=Counter[str])

    hall = Address(PLATFORM, COMMUNITY, Place.HALL, "hall")
    desk = Address(PLATFORM, COMMUNITY, Place.DESK, "desk")

    # What the bot does

    def send(self, act: Act, after: float) -> asyncio.Future[Receipt]:
        """A request is on its way: it is done, or refused, `after` so many seconds, whoever dies meanwhile."""
        answer: asyncio.Future[Receipt] = self.loop.create_future()
        self.under_way[act.key] += 1
        self.loop.later(after, self._arrive, act, answer)
        return answer

    def _arrive(self, act: Act, answer: asyncio.Future[Receipt]) -> None:
        self.under_way[act.key] -= 1
        try:
            receipt = self._do(act)
        except (Gone, Refused) as problem:
            if not answer.done():
                answer.set_exception(problem)
                # Nobody may be there any more to hear it.
                answer.exception()
        else:
            if not answer.done():
                answer.set_result(receipt)

    def _do(self, act: Act) -> Receipt:
        now = self.loop.now()
        match act:
            case OpenRoom():
                room = self.rooms.get(act.name)
                if room is not None and room.closed:
                    raise Gone(f"the room {act.name} is closed")
                if room is None:
                    address = Address(PLATFORM, COMMUNITY, Place.ROOM, act.name)
                    room = self.rooms[act.name] = Room(address, act.members)
                room.members = tuple(dict.fromkeys((*room.members, *act.members)))
                receipt = Receipt(now, act.name, room.address, self.readers(room.address))
            case CloseRoom():
                if act.address.id not in self.rooms:
                    raise Gone(f"there is no room at {act.address}")
                self.rooms[act.address.id].closed = True
                receipt = Receipt(now, act.address.id)
            case ShowHome():
                raise Refused("there are no home pages here")
            case PlanEvent() | DropEvent() | FetchFile():
                raise Refused("there are no events here")
            case Post() | Edit():
                if not self.is_open(act.address):
                    raise Gone(f"nothing can be put at {act.address}")
                receipt = Receipt(now, act.target if isinstance(act, Edit) else self._number("m"))
        readers = self.readers(act.address, act.only_for if isinstance(act, Post) else "")
        self.ledger.append(Entry(now, act, readers))
        self.receipts.setdefault(act.key, receipt)
        if isinstance(act, Post | Edit):
            self._show(act, receipt.reference, readers)
        return receipt

    def _show(self, act: Post | Edit, reference: str, readers: Sequence[str]) -> None:
        now, edited = self.loop.now(), isinstance(act, Edit)
        for user in readers:
            seen = Seen(user, act.address, act.message, act.kind, act.key, now, "", reference, edited)
            for action in self.crowd.see(seen):
                self.plan(action)

    def is_open(self, address: Address) -> bool:
        """Whether something can be put there."""
        match address.place:
            case Place.DIRECT:
                return address.id in self.accounts
            case Place.ROOM:
                return address.id in self.rooms and not self.rooms[address.id].closed
            case _:
                return True

    def readers(self, address: Address, only_for: str = "") -> tuple[str, ...]:
        """Who can read there."""
        match address.place:
            case Place.DIRECT:
                users: Sequence[str] = (address.id,)
            case Place.ROOM:
                users = self.rooms[address.id].members
            case Place.DESK:
                users = [user for user, account in self.accounts.items() if account.role == "coordinator"]
            case Place.HALL:
                users = list(self.accounts)
        return tuple(user for user in users if user in self.accounts and only_for in ("", user))

    # What people do

    def plan(self, action: Action) -> None:
        """Somebody will do that, if it is possible then."""
        self.loop.at(action.at, self._act, action)

    def _act(self, action: Action) -> None:
        account = self.accounts.get(action.account)
        if isinstance(action, Delete):
            mine = (room.address for room in self.rooms.values() if action.account in room.members and not room.closed)
            action = replace(action, address=next(mine, action.address))
        if account is None or not self._possible(action):
            return
        event = event_of(Acted(self.loop.now(), action), account, self.hall, self._number(f"{action.account}."))
        match action:
            case Leave():
                del self.accounts[action.account]
            case Delete():
                self.rooms[action.address.id].closed = True
            case _:
                pass
        self.told[event.event_id] = self.waiting[event.event_id] = event
        self._mail((event.event_id,), self._delay(event.event_id))

    def _possible(self, action: Action) -> bool:
        match action:
            case Say() | Press() | Command() | Delete():
                return self.is_open(action.address)
            case _:
                return True

    # How the core hears of it

    def connect(self, line: Line) -> tuple[Event, ...]:
        """A process listens from now on. Returns what was left over until now."""
        self.lines.append(line)
        line.life.on_death.append(lambda: self.lines.remove(line))
        return tuple(self.waiting.values())

    def _delay(self, event_id: str) -> float:
        climate = self.weather.climate
        if self.weather.meets(f"twice:{event_id}", climate.twice):
            self._mail((event_id,), self.weather.seconds(0, 90), again=True)
        if self.weather.meets(f"slow:{event_id}", climate.slow):
            return self.weather.seconds(1, 200)
        return self.weather.latency()

    def _mail(self, ids: tuple[str, ...], after: float, again: bool = False) -> None:
        self.loop.later(after, self._deliver, ids, again)

    def _deliver(self, ids: tuple[str, ...], again: bool) -> None:
        # A duplicate comes although the event was acknowledged.
        events = [self.told[one] for one in ids if again or one in self.waiting]
        if not events or not self.lines:
            return
        weather = self.weather
        line = self.lines[0] if len(self.lines) == 1 else weather.chance.choice(self.lines)
        if weather.meets(f"forgotten:{ids[0]}", weather.climate.forgotten):
            # Into a socket that nobody reads any more; it is noticed after a while.
            self._mail(ids, weather.seconds(5, 240))
            return
        task = line.life.spawn(line.receive(events))
        task.add_done_callback(lambda done: self._answered(ids, done))

    def _answered(self, ids: tuple[str, ...], done: asyncio.Task[None]) -> None:
        stored = not done.cancelled() and done.exception() is None
        if stored and not self.weather.meets(f"unheard:{ids[0]}", self.weather.climate.unheard):
            self.acknowledge(ids)
        elif self.lines:
            self._mail(ids, self.weather.seconds(1, 120))

    def acknowledge(self, ids: Sequence[str]) -> None:
        """The core has said that these are stored."""
        for one in ids:
            self.acknowledged[one] += 1
            self.waiting.pop(one, None)

    def _number(self, of: str) -> str:
        self._numbers[of] += 1
        return f"{of}{self._numbers[of]}"
