"""Private channels as rooms, in categories that the bot makes for them. A mark in its topic tells a room from others.

The name alone would not: somebody may have made a channel of that name, which is none of ours.
"""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from adapters.discord.calls import AGAIN, Answer, Calls
from adapters.discord.controls import Json
from adapters.discord.guilds import Guilds
from adapters.discord.line import Line
from adapters.discord.markdown import safe
from adapters.discord.permissions import (
    ATTACH_FILES,
    EMBED_LINKS,
    MANAGE_CHANNELS,
    READ_MESSAGE_HISTORY,
    SEND_MESSAGES,
    SEND_MESSAGES_IN_THREADS,
    VIEW_CHANNEL,
)
from adapters.discord.permissions import CREATE_PRIVATE_THREADS as PRIVATE_THREADS
from adapters.discord.problems import (
    CATEGORY_FULL,
    INVALID_FORM,
    SERVER_FULL,
    UNKNOWN_CHANNEL,
    UNKNOWN_OVERWRITE,
    verdict,
)
from bot.language.acts import OpenRoom
from bot.language.adapter import Clock, Refused, Retry, Unknown
from bot.language.cutting import shortened

TEXT, CATEGORY = 0, 4
"""Types of channels."""
CATEGORY_NAME = "Mentoring rooms"
IN_CATEGORY, NEARLY_FULL = 45, 480
"""Rooms in a category (Discord takes 50), and channels of a server (500) from which on there shall be no more rooms."""
TOPIC = 900
MARK = "Kept by Counterpart · "

ADD_REACTIONS, USE_COMMANDS, PUBLIC_THREADS = 1 << 6, 1 << 31, 1 << 35
TALK = (
    VIEW_CHANNEL | SEND_MESSAGES | READ_MESSAGE_HISTORY | ATTACH_FILES | EMBED_LINKS | ADD_REACTIONS | USE_COMMANDS
)  # fmt: skip
"""What members of a room may do in it, as far as the bot itself may: it cannot give what it does not have."""
READ = VIEW_CHANNEL | READ_MESSAGE_HISTORY
SILENT = SEND_MESSAGES | SEND_MESSAGES_IN_THREADS | ADD_REACTIONS | PUBLIC_THREADS | PRIVATE_THREADS
"""What they may not do any more in a closed one."""
_ROLE, _MEMBER = 0, 1
_MARKED = re.compile(re.escape(MARK) + r"([\w-]+)")
_KEPT = timedelta(minutes=1)


@dataclass
class _Server:
    """The channels of a server: rooms by name, categories for them with how many they hold, and how many all are."""

    read_at: datetime
    rooms: dict[str, str] = field(default_factory=dict[str, str])
    categories: dict[str, int] = field(default_factory=dict[str, int])
    channels: int = 0


class Full(Exception):
    """The server takes no more channels. `text` is for coordinators."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Channels:
    """Finds, makes and closes rooms that are channels."""

    def __init__(self, calls: Calls, line: Line, guilds: Guilds, clock: Clock) -> None:
        self._calls = calls
        self._line = line
        self._guilds = guilds
        self._clock = clock
        self._servers: dict[str, _Server] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    def doubt(self, guild: str) -> None:
        """Something may have been made that is not known of."""
        self._servers.pop(guild, None)

    async def find(self, guild: str, name: str) -> Json | None:
        """The room of this name, if it is there."""
        async with self._lock(guild):
            server = await self._server(guild)
        if (channel := server.rooms.get(name)) is None:
            return None
        answer = await self._calls.call("GET", "/channels/{channel_id}", takes=(UNKNOWN_CHANNEL,), channel_id=channel)
        if answer.code:
            # It was deleted: as if it had never been.
            server.rooms.pop(name, None)
            return None
        return answer.json

    async def create(self, act: OpenRoom, members: tuple[str, ...]) -> str:
        """Make the room with these members in it. Raises Full; Retry where it is not known whether it was made."""
        guild = act.address.community
        self._calls.paces.check("channel", guild)
        granted = await self._guilds.granted(
            guild, needs=VIEW_CHANNEL | SEND_MESSAGES | MANAGE_CHANNELS, purpose="open private channels"
        )  # fmt: skip
        async with self._lock(guild):
            server = await self._server(guild)
            if server.channels >= NEARLY_FULL and self._clock.now() - server.read_at >= _KEPT:
                self.doubt(guild)
                server = await self._server(guild)
            if server.channels >= NEARLY_FULL:
                raise Full(verdict("POST", "/guilds/{guild_id}/channels", SERVER_FULL).text)
            overwrites = self._overwrites(guild, members, granted)
            for _ in range(2):
                category = await self._category(guild, server, granted)
                what: Json = {
                    "name": act.name, "type": TEXT, "topic": _topic(act), "parent_id": category,
                    "permission_overwrites": overwrites,
                }  # fmt: skip
                answer = await self._make(guild, what)
                if answer.code != INVALID_FORM:
                    break
                # Others have put channels there, too.
                server.categories[category] = IN_CATEGORY
            else:
                raise Refused(verdict("POST", "/guilds/{guild_id}/channels", INVALID_FORM).text)
            room = str(answer.json["id"])
            server.rooms[act.name] = room
            server.categories[category] += 1
            server.channels += 1
        return room

    async def let_in(self, guild: str, room: Json, members: tuple[str, ...]) -> None:
        """Give these people what members of a room have, as far as they have it not."""
        known = {str(each["id"]): each for each in cast(list[Json], room.get("permission_overwrites") or [])}
        needed = VIEW_CHANNEL | SEND_MESSAGES
        for user in members:
            has = known.get(user, {"allow": 0, "deny": 0})
            if int(has["allow"]) & needed != needed or int(has["deny"]) & needed:
                granted = await self._guilds.granted(guild, needs=needed, purpose="let people into rooms")
                await self._allow(str(room["id"]), user, TALK & granted, 0)

    async def close(self, guild: str, room: Json) -> None:
        """Let the members of a room read what is there, and write no more. What was written stays."""
        granted = await self._guilds.granted(guild)
        allow, deny = READ & granted, SILENT & granted
        for each in cast(list[Json], room.get("permission_overwrites") or []):
            user = str(each["id"])
            if int(each["type"]) != _MEMBER or user == self._line.user:
                continue
            if (int(each["allow"]), int(each["deny"])) != (allow, deny):
                await self._silence(str(room["id"]), user, allow, deny)

    # One step each

    async def _allow(self, room: str, user: str, allow: int, deny: int) -> None:
        path = "/channels/{channel_id}/permissions/{overwrite_id}"
        what = {"type": _MEMBER, "allow": allow, "deny": deny}
        await self._calls.call("PUT", path, json=what, channel_id=room, overwrite_id=user)

    async def _silence(self, room: str, user: str, allow: int, deny: int) -> None:
        """Let somebody read only. Whoever has left the server can be allowed nothing: they are struck from the room, so
        that it is closed to them, too, if they come back.
        """
        path, takes = "/channels/{channel_id}/permissions/{overwrite_id}", (UNKNOWN_OVERWRITE,)
        what = {"type": _MEMBER, "allow": allow, "deny": deny}
        answer = await self._calls.call("PUT", path, json=what, takes=takes, channel_id=room, overwrite_id=user)
        if answer.code:
            await self._calls.call("DELETE", path, takes=takes, channel_id=room, overwrite_id=user)

    async def _category(self, guild: str, server: _Server, granted: int) -> str:
        """A category with room for another."""
        for category, held in server.categories.items():
            if held < IN_CATEGORY:
                return category
        number = len(server.categories) + 1
        name = CATEGORY_NAME if number == 1 else f"{CATEGORY_NAME} {number}"
        what: Json = {
            "name": name, "type": CATEGORY, "permission_overwrites": self._overwrites(guild, (), granted),
        }  # fmt: skip
        answer = await self._make(guild, what)
        if answer.code:
            raise Refused(verdict("POST", "/guilds/{guild_id}/channels", answer.code).text)
        category = str(answer.json["id"])
        server.categories[category] = 0
        server.channels += 1
        return category

    async def _make(self, guild: str, what: Json) -> Answer:
        """Make a channel; the answer may be that its category is full. Raises Full."""
        path = "/guilds/{guild_id}/channels"
        takes = (SERVER_FULL, INVALID_FORM)
        try:
            answer = await self._calls.call(
                "POST", path, json=what, once=True, takes=takes, deed="channel", where=guild, guild_id=guild
            )
        except Unknown as problem:
            self.doubt(guild)
            raise Retry(AGAIN, str(problem)) from None
        if answer.code == SERVER_FULL:
            raise Full(verdict("POST", path, SERVER_FULL).text)
        if answer.code and not any(CATEGORY_FULL in fault for fault in answer.faults):
            raise Refused(verdict("POST", path, answer.code).text)
        return answer

    def _overwrites(self, guild: str, members: tuple[str, ...], granted: int) -> list[Json]:
        """Nobody sees it but these and the bot."""
        own = (TALK | MANAGE_CHANNELS) & granted
        return [
            {"id": guild, "type": _ROLE, "allow": 0, "deny": VIEW_CHANNEL},
            {"id": self._line.user, "type": _MEMBER, "allow": own, "deny": 0},
            *({"id": user, "type": _MEMBER, "allow": TALK & granted, "deny": 0} for user in members),
        ]

    # What there is

    def _lock(self, guild: str) -> asyncio.Lock:
        return self._locks.setdefault(guild, asyncio.Lock())

    async def _server(self, guild: str) -> _Server:
        if (server := self._servers.get(guild)) is None:
            answer = await self._calls.call("GET", "/guilds/{guild_id}/channels", guild_id=guild)
            server = self._servers[guild] = self._sorted(answer.items)
        return server

    def _sorted(self, channels: list[Json]) -> _Server:
        server = _Server(self._clock.now(), channels=len(channels))
        for channel in sorted(channels, key=lambda each: int(each["id"]), reverse=True):
            marked = _MARKED.search(str(channel.get("topic") or ""))
            if channel["type"] == TEXT and marked:
                # Of two of a name the older one is meant: the other was made in error.
                server.rooms[marked[1]] = str(channel["id"])
        for channel in sorted(channels, key=lambda each: int(each["id"])):
            known = {str(each["id"]) for each in cast(list[Json], channel.get("permission_overwrites") or [])}
            # A category that only bears the name, without the bot being named in it, is somebody else's.
            ours = str(channel["name"]).startswith(CATEGORY_NAME) and self._line.user in known
            if channel["type"] == CATEGORY and ours:
                held = sum(str(each.get("parent_id")) == str(channel["id"]) for each in channels)
                server.categories[str(channel["id"])] = held
        return server


def _topic(act: OpenRoom) -> str:
    return f"{shortened(safe(act.title), TOPIC)}\n{MARK}{act.name}".strip()
