"""Rooms: private channels, or private threads where channels would not fit. Each step can be taken again."""

from typing import Literal

from adapters.discord.calls import Calls
from adapters.discord.channels import Channels, Full
from adapters.discord.guilds import Guilds
from adapters.discord.line import Line
from adapters.discord.threads import PRIVATE, Threads
from bot.language.acts import CloseRoom, OpenRoom, Receipt
from bot.language.adapter import Clock, Refused
from bot.language.places import Address, Place

RoomKind = Literal["auto", "channels", "threads"]
"""What rooms are. `auto`: channels up to a threshold, above it threads, of which a server takes more."""
THRESHOLD = 400
NO_HALL = "No public channel has been chosen yet. Go to the public channel, and type /mentoring setup there."
_DESK = "desk"
"""The kind of act that opens the coordinators' channel: it is a channel in any case."""


class Rooms:
    """Opens and closes rooms."""

    def __init__(
        self, calls: Calls, line: Line, guilds: Guilds, threads: Threads, clock: Clock, kind: RoomKind, threshold: int
    ) -> None:
        self._calls = calls
        self._clock = clock
        self._guilds = guilds
        self._channels = Channels(calls, line, guilds, clock)
        self._threads = threads
        self._kind = kind
        self._threshold = threshold

    async def open(self, act: OpenRoom) -> Receipt:
        """Open the room, or find it; let in who is not in it yet, and say who is."""
        guild, hall = act.address.community, act.address.id
        if (room := await self._channels.find(guild, act.name)) is not None:
            members, notes = await self._guilds.present(guild, act.members)
            await self._channels.let_in(guild, room, members)
            return self._opened(act, str(room["id"]), members, notes)
        if (thread := await self._known_thread(act)) and await self._threads.ready(thread):
            return await self._filled(act, thread)
        self._threads.forget(guild, act.name)
        if self._in_threads(act):
            return await self._thread(act)
        try:
            self._calls.paces.check("channel", guild)
            members, notes = await self._guilds.present(guild, act.members)
            return self._opened(act, await self._channels.create(act, members), members, notes)
        except Full as full:
            if act.kind == _DESK or not hall:
                raise Refused(full.text) from None
            return await self._thread(act, f"{full.text} Meanwhile a private thread in the public channel is the room.")

    def doubt(self, act: OpenRoom) -> None:
        """It is not known whether this was done: look afresh before it is done again."""
        self._channels.doubt(act.address.community)
        self._threads.doubt(act.address.community)

    async def close(self, act: CloseRoom) -> Receipt:
        """Lock the room: what was written stays, and nobody writes more. A closed room stays closed."""
        room = (await self._calls.call("GET", "/channels/{channel_id}", channel_id=act.address.id)).json
        note = ""
        if room.get("type") == PRIVATE:
            note = await self._threads.close(room)
        else:
            await self._channels.close(act.address.community, room)
        return Receipt(self._clock.now(), act.address.id, note=note)

    async def _known_thread(self, act: OpenRoom) -> str:
        """The thread that is this room already; empty if there is none."""
        guild, hall = act.address.community, act.address.id
        try:
            return await self._threads.find(guild, hall, act.name) if hall else ""
        except Refused:
            # Whoever needs no threads need not be allowed to look through them.
            if self._in_threads(act):
                raise
            return ""

    def _in_threads(self, act: OpenRoom) -> bool:
        if act.kind == _DESK or self._kind == "channels":
            return False
        return self._kind == "threads" or act.beside > self._threshold

    async def _thread(self, act: OpenRoom, note: str = "") -> Receipt:
        guild, hall = act.address.community, act.address.id
        if not hall:
            raise Refused(NO_HALL)
        self._calls.paces.check("thread", hall)
        return await self._filled(act, await self._threads.create(guild, hall, act.title, act.name), note)

    async def _filled(self, act: OpenRoom, thread: str, note: str = "") -> Receipt:
        """The receipt of a thread into which everybody was brought who can come."""
        wrong = {user: await self._threads.bring(act.address.community, thread, user) for user in act.members}
        present = tuple(user for user, problem in wrong.items() if not problem)
        return self._opened(act, thread, present, [note, *wrong.values()])

    def _opened(self, act: OpenRoom, room: str, present: tuple[str, ...], notes: list[str]) -> Receipt:
        address = Address(act.address.platform, act.address.community, Place.ROOM, room)
        return Receipt(self._clock.now(), room, address, present, " ".join(note for note in notes if note))
