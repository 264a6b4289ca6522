"""The playground as a venue for the journeys."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Literal

from adapters.local.crowd import Command, Delete, Leave, Say
from adapters.local.faults import Fault, Faults, Trouble
from adapters.local.records import Account
from adapters.local.render import Words
from adapters.local.world import Room
from bot.language.commands import spec_of
from bot.language.events import SentFile
from bot.language.files import picture_type
from bot.language.messages import Choices, Document, Message, Picture
from bot.language.places import Address, Place
from bot.testing import BEGINS, KIT, PARTNERS, Seat, Shown, Where
from tests.program.desk import Desk
from topics.model import Kit


class LocalVenue:
    """`bot.testing.Venue` on the local platform."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._words = Words(desk.adapter.capabilities)

    async def say(self, who: Seat, text: str, where: Where = Where.PRIVATE) -> None:
        await self._desk.adapter.act(Say(who.key, self._at(who, where), text, self.now()))
        await self._desk.settle()

    async def send_picture(self, who: Seat, name: str, content: bytes) -> None:
        file = SentFile(f"sent:{name}", name, picture_type(content), len(content))
        address = self._at(who, Where.PRIVATE)
        await self._desk.adapter.act(Say(who.key, address, "", self.now(), (file,)), {file.reference: content})
        await self._desk.settle()

    async def press(self, who: Seat, label: str, where: Where = Where.PRIVATE) -> None:
        for shown in reversed(self._desk.shown(self._at(who, where))):
            for choices in shown.questions:
                for option in choices.options if isinstance(choices, Choices) else ():
                    if option.label == label:
                        await self._desk.press_on(who.key, shown, choices.token, option.value)
                        return
        raise LookupError(f"{who.key} has no {label!r}")

    async def fill(self, who: Seat, command: str, values: Mapping[str, str], where: Where = Where.PRIVATE) -> None:
        found = spec_of(tuple(each.spec for each in self._desk.house.program.commands), command)
        assert found is not None
        await self._desk.adapter.act(Command(who.key, self._at(who, where), found[0].line(values), self.now()))
        await self._desk.settle()

    # What goes wrong

    async def leave(self, who: Seat) -> None:
        await self._desk.adapter.act(Leave(who.key, self.now()))
        await self._desk.settle()

    async def lose_room(self, who: Seat) -> None:
        await self._desk.adapter.act(Delete(who.key, self._at(who, Where.ROOM), self.now()))
        await self._desk.settle()

    def shut_out(self, who: Seat, *, out: bool = True) -> None:
        # Nobody is told of it: the platform only asks in those who are here.
        away = self._desk.adapter.platform.world.away
        away.add(who.key) if out else away.discard(who.key)

    def outage(self, *, over: bool = False) -> None:
        both: tuple[Literal["perform", "find"], ...] = ("perform", "find")
        faults = tuple(Fault(Trouble.DROP, times=0, on=on, seconds=1800) for on in both)
        self._desk.adapter.fail(Faults() if over else Faults(faults))

    def double(self) -> None:
        self._desk.twice = True

    def events(self) -> None:
        return None

    # What they see

    async def shown(self, who: Seat, where: Where = Where.PRIVATE) -> Sequence[Shown]:
        at = self._at(who, where)
        return [
            Shown(self._words.of(shown.message), _labels(shown.questions), _files(shown.message))
            for shown in (self._desk.shown(at) if at.id else ())
            if shown.message is not None and shown.only_for in ("", who.key)
        ]

    async def members(self, who: Seat) -> frozenset[str]:
        room = self._room(who)
        return frozenset(room.members) if room is not None else frozenset()

    async def is_open(self, who: Seat) -> bool:
        room = self._room(who)
        return room is not None and not room.closed

    def now(self) -> datetime:
        return self._desk.clock.now()

    async def until(self, at: datetime) -> None:
        await self._desk.until(at)

    async def restart(self) -> None:
        await self._desk.restart()

    def _room(self, who: Seat) -> Room | None:
        rooms = [room for room in self._desk.adapter.platform.world.rooms.values() if who.key in room.members]
        return rooms[-1] if rooms else None

    def _at(self, who: Seat, where: Where) -> Address:
        match where:
            case Where.PRIVATE:
                return self._desk.direct(who.key)
            case Where.DESK:
                return self._desk.desk
            case Where.HALL:
                return self._desk.hall
            case Where.ROOM:
                room = self._room(who)
                return room.address if room is not None else Address("local", "playground", Place.ROOM, "")


def _labels(questions: Sequence[object]) -> tuple[str, ...]:
    return tuple(option.label for choices in questions if isinstance(choices, Choices) for option in choices.options)


def _files(message: Message) -> tuple[str, ...]:
    return tuple(element.name for element in message.elements if isinstance(element, Document | Picture))


@asynccontextmanager
async def local_venue(kits: Mapping[str, Kit] | None = None) -> AsyncIterator[LocalVenue]:
    """A playground with the cast on it, and its bot."""
    more = [Account(seat.key, seat.name, seat.email, seat.zone) for seat in PARTNERS]
    desk = Desk(KIT, BEGINS, more, kits)
    try:
        yield LocalVenue(await desk.open(None))
    finally:
        await desk.database.close()
