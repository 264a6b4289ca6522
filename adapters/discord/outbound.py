"""The outward half: what the core wants done happens in Discord."""

import asyncio
from collections import OrderedDict
from datetime import datetime
from typing import Literal

from adapters.discord.calls import PATIENCE, Calls
from adapters.discord.directs import Directs
from adapters.discord.events import Events
from adapters.discord.fetching import Fetching
from adapters.discord.guilds import Guilds
from adapters.discord.line import Line, Replies, Reply
from adapters.discord.marks import message_of
from adapters.discord.paces import Paces
from adapters.discord.problems import THREAD_ARCHIVED
from adapters.discord.rooms import NO_HALL, THRESHOLD, RoomKind, Rooms
from adapters.discord.sending import Sending
from adapters.discord.threads import Threads
from bot.language.acts import Act, CloseRoom, DropEvent, Edit, FetchFile, OpenRoom, PlanEvent, Post, Receipt, ShowHome
from bot.language.adapter import Clock, Gone, Knowledge, Lost, Refused, Retry, Unknown
from bot.language.places import Place

DEADLINE = 22.0
"""Seconds of real time for one act; the courier waits 25."""
_AGAIN = 15.0
_LATE = "Discord did not answer in time"
_REMEMBERED = 2_000

_Way = Reply | Literal["followed", "direct"]
"""How an act was tried: by the reply that was waited for, by another reply, or in the direct conversation."""


class Outbound:
    """`perform` and `find` of `bot.language.adapter.Adapter`, for Discord."""

    def __init__(
        self, line: Line, replies: Replies, clock: Clock, knowledge: Knowledge, *, rooms: RoomKind = "auto",
        threshold: int = THRESHOLD, patience: float = PATIENCE, deadline: float = DEADLINE,
        api_url: str = "",
    ) -> None:  # fmt: skip
        self._replies = replies
        self._deadline = deadline
        calls = Calls(line, Paces(clock), patience)
        guilds = Guilds(calls, line, clock)
        threads = self._threads = Threads(calls, line)
        self._sending = Sending(calls, line)
        self._directs = Directs(calls, self._sending, threads, guilds, knowledge, clock)
        self._rooms = Rooms(calls, line, guilds, threads, clock, rooms, threshold)
        self._events = Events(calls, line, clock)
        self._fetching = Fetching(calls, line, clock, patience, api_url)
        self._ways: OrderedDict[str, _Way] = OrderedDict()

    async def perform(self, act: Act) -> Receipt:
        """Do the deed. Raises Retry, Gone, Refused or Unknown."""
        try:
            async with asyncio.timeout(self._deadline):
                match act:
                    case Post():
                        return await self._post(act)
                    case Edit():
                        return await self._edit(act)
                    case OpenRoom():
                        return await self._rooms.open(act)
                    case CloseRoom():
                        return await self._rooms.close(act)
                    case ShowHome():
                        raise Refused("Discord has no home pages.")
                    case PlanEvent():
                        return await self._events.plan(act)
                    case DropEvent():
                        return await self._events.drop(act)
                    case FetchFile():
                        return await self._fetching.fetch(act)
        except TimeoutError:
            if isinstance(act, Post | PlanEvent):
                raise Unknown(_LATE) from None
            # All others can be done again, looking afresh for what may be there.
            if isinstance(act, OpenRoom):
                self._rooms.doubt(act)
            raise Retry(_AGAIN, _LATE) from None

    async def find(self, act: Act, since: datetime | None = None) -> Receipt | None:
        """The receipt of this act if it was done, None if it was not, or if it can simply be done again."""
        try:
            async with asyncio.timeout(self._deadline):
                match act:
                    case Post():
                        return await self._find(act, since)
                    case PlanEvent():
                        return await self._events.find(act)
                    case OpenRoom():
                        # Opening looks for the room by its name first: afresh, if it may have been made meanwhile.
                        self._rooms.doubt(act)
                        return None
                    case _:
                        return None
        except TimeoutError:
            raise Retry(_AGAIN, _LATE) from None

    # Messages

    async def _post(self, act: Post) -> Receipt:
        if act.address.place is not Place.DIRECT and not act.only_for:
            sent = await self._sending.post(_channel(act), act)
            if isinstance(sent, Receipt):
                return sent
            raise Refused(f"Discord did not take the message ({sent}).")
        if (reply := self._reply(act)) is not None:
            self._remember(act, reply if reply.waiting else "followed")
            if (receipt := await self._sending.reply(reply, act)) is not None:
                return receipt
        self._remember(act, "direct")
        return await self._directs.post(act, _reader(act))

    async def _edit(self, act: Edit) -> Receipt:
        edited = await self._sending.edit(act, takes=(THREAD_ARCHIVED,))
        if not isinstance(edited, Receipt) and await self._threads.ready(message_of(act.target)[0]):
            edited = await self._sending.edit(act)
        if isinstance(edited, Receipt):
            return edited
        raise Gone("There is no such thread any more.")

    def _reply(self, act: Post) -> Reply | None:
        """The interaction that this answers, if it does, and is still to be answered."""
        way = self._ways.get(act.key)
        if isinstance(way, Reply):
            # It is given out once, and may have to be used again.
            return way
        if act.address.place is Place.DIRECT:
            # What nobody asked for is no answer to a command that happens to wait.
            return self._replies.direct(act.address.id) if act.prompted else None
        return self._replies.take(act.only_for, act.address.id)

    def _remember(self, act: Post, way: _Way) -> None:
        self._ways[act.key] = way
        while len(self._ways) > _REMEMBERED:
            self._ways.popitem(last=False)

    # Looking up

    async def _find(self, act: Post, since: datetime | None) -> Receipt | None:
        if act.address.place is not Place.DIRECT and not act.only_for:
            try:
                return await self._sending.find(_channel(act), act, since)
            except Gone:
                # There is no such place any more: it can be tried once more, and will be found to be gone.
                return None
        way = self._ways.get(act.key)
        if isinstance(way, Reply) and (found := await self._sending.find_reply(way, act)) is not None:
            return found
        if isinstance(way, Reply):
            # Put in its place once more, it is there once.
            return None
        if way == "followed":
            raise Lost("what is shown to one person in a channel cannot be looked up in Discord")
        found = await self._directs.find(act, _reader(act), since)
        if found is None and way is None and act.address.place is not Place.DIRECT:
            raise Lost("what is shown to one person in a channel cannot be looked up in Discord")
        return found


def _reader(act: Post) -> str:
    return act.only_for or act.address.id


def _channel(act: Post) -> str:
    if not act.address.id:
        raise Refused(NO_HALL)
    return act.address.id
