"""Talks of one person with the bot: direct messages, or a private thread in the public channel for closed ones."""

import asyncio
from datetime import datetime, timedelta
from typing import cast

from adapters.discord.calls import Calls
from adapters.discord.controls import Json
from adapters.discord.guilds import Guilds
from adapters.discord.marks import PLATFORM, message_of, short
from adapters.discord.paces import Deed
from adapters.discord.problems import (
    DIRECT_CLOSED,
    MISSING_ACCESS,
    NO_SHARED_SERVER,
    THREAD_ARCHIVED,
    UNKNOWN_CHANNEL,
    verdict,
)
from adapters.discord.sending import Sending
from adapters.discord.threads import Threads
from bot.language.acts import Post, Receipt
from bot.language.adapter import Clock, Gone, Knowledge, Refused, Retry
from bot.language.markup import tidy_line
from bot.language.places import Address, Place

CLOSED_FOR = timedelta(days=1)
"""After that it is tried again whether somebody takes direct messages."""
NO_HALL = (
    "This person takes no direct messages, and there is no public channel for a private thread in their place. Go to "
    "the public channel, and type /mentoring setup there."
)
_CLOSED = (DIRECT_CLOSED, NO_SHARED_SERVER)
_CONVERSATION = 1
"""The type of a channel that is a conversation of two."""
_NAME = 60


class Directs:
    """Writes to one person where nobody else reads it."""

    def __init__(
        self, calls: Calls, sending: Sending, threads: Threads, guilds: Guilds, knowledge: Knowledge, clock: Clock
    ) -> None:
        self._calls = calls
        self._sending = sending
        self._threads = threads
        self._guilds = guilds
        self._knowledge = knowledge
        self._clock = clock
        self._channels: dict[str, str] = {}
        self._closed: dict[str, datetime] = {}
        self._inside: set[tuple[str, str]] = set()
        self._making = asyncio.Lock()

    async def post(self, act: Post, user: str) -> Receipt:
        """Write to somebody. A closed conversation is no error."""
        if not self._is_closed(user):
            channel = await self._open(act, user, prompted=act.prompted)
            sent = await self._sending.post(channel, act, takes=_CLOSED) if channel else DIRECT_CLOSED
            if isinstance(sent, Receipt):
                self._closed.pop(user, None)
                return sent
            self._closed[user] = self._clock.now()
        return await self._post_in_thread(act, user)

    async def find(self, act: Post, user: str, since: datetime | None) -> Receipt | None:
        """The receipt if this was written to somebody, in one place or the other."""
        try:
            channel = await self._open(act, user, prompted=True)
            found = await self._sending.find(channel, act, since) if channel else None
        except Gone:
            found = None
        if found is not None:
            return found
        guild = act.address.community
        hall = await self._knowledge.hall(PLATFORM, guild)
        thread = await self._threads.find(guild, hall, _code(user)) if hall else ""
        try:
            return await self._sending.find(thread, act, since) if thread else None
        except Gone:
            return None

    def _is_closed(self, user: str) -> bool:
        at = self._closed.get(user)
        return at is not None and self._clock.now() - at < CLOSED_FOR

    async def _open(self, act: Post, user: str, *, prompted: bool) -> str:
        """The conversation with somebody, learned once; empty where none can be had."""
        if user not in self._channels and (known := await self._earlier(act.address.community, user)):
            self._channels[user] = known
        if user not in self._channels:
            deed: Deed = "prompted direct" if prompted else "direct"
            what = {"recipient_id": user}
            answer = await self._calls.call("POST", "/users/@me/channels", json=what, takes=_CLOSED, deed=deed)
            if answer.code:
                return ""
            self._channels[user] = str(answer.json["id"])
        return self._channels[user]

    async def _earlier(self, guild: str, user: str) -> str:
        """The conversation in which the bot wrote to somebody before: to ask for it anew looks like beginning one."""
        last = await self._knowledge.reference(Address(PLATFORM, guild, Place.DIRECT, user))
        channel, _ = message_of(last)
        if not channel.isdecimal():
            return ""
        path, takes = "/channels/{channel_id}", (UNKNOWN_CHANNEL, MISSING_ACCESS)
        found = await self._calls.call("GET", path, takes=takes, channel_id=channel)
        # It may have been the thread in the place of a closed conversation.
        return channel if not found.code and found.json.get("type") == _CONVERSATION else ""

    # The thread

    async def _post_in_thread(self, act: Post, user: str) -> Receipt:
        guild = act.address.community
        hall = await self._knowledge.hall(PLATFORM, guild)
        for _ in range(2):
            thread = await self._thread(guild, hall, user)
            sent = await self._sending.post(thread, act, takes=(UNKNOWN_CHANNEL, THREAD_ARCHIVED))
            if isinstance(sent, Receipt):
                return sent
            # It was deleted, or is in the archive: it is made anew, or brought back.
            self._inside.discard((thread, user))
            if sent == UNKNOWN_CHANNEL:
                self._threads.forget(guild, _code(user))
        raise Retry(15.0, "the private thread is not there")

    async def _thread(self, guild: str, hall: str, user: str) -> str:
        """The thread with somebody in it. One at a time: two of them would each make one."""
        async with self._making:
            return await self._made(guild, hall, user)

    async def _made(self, guild: str, hall: str, user: str) -> str:
        thread = await self._threads.find(guild, hall, _code(user)) if hall else ""
        if thread and (thread, user) in self._inside:
            return thread
        if (member := await self._guilds.member(guild, user)) is None:
            raise Gone(verdict("POST", "", NO_SHARED_SERVER).text)
        if not hall:
            raise Refused(NO_HALL)
        if thread and not await self._threads.ready(thread):
            self._threads.forget(guild, _code(user))
            thread = ""
        if not thread:
            thread = await self._threads.create(guild, hall, f"Counterpart and {_name(member)}", _code(user))
        if problem := await self._threads.bring(guild, thread, user):
            raise Refused(f"This person takes no direct messages. {problem}")
        self._inside.add((thread, user))
        return thread


def _code(user: str) -> str:
    """By which somebody's thread is known: their name may change."""
    return short(user)


def _name(member: Json) -> str:
    account = cast(Json, member.get("user") or {})
    return tidy_line(str(member.get("nick") or account.get("global_name") or account.get("username") or "you"), _NAME)
