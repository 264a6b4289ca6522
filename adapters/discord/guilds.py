"""What is asked of a server before something is done in it: what Counterpart may do there, and who is in it."""

from datetime import datetime, timedelta
from typing import cast

from adapters.discord.calls import Calls
from adapters.discord.controls import Json
from adapters.discord.line import Line
from adapters.discord.permissions import ADMINISTRATOR, NEEDS
from adapters.discord.problems import NOT_THERE, lacks
from bot.language.adapter import Clock, Refused

KEPT = timedelta(minutes=1)
"""How long it is remembered what Counterpart may do: somebody may be about to put it right."""
EVERYTHING = (1 << 53) - 1


class Guilds:
    """Asks about servers."""

    def __init__(self, calls: Calls, line: Line, clock: Clock) -> None:
        self._calls = calls
        self._line = line
        self._clock = clock
        self._granted: dict[str, tuple[datetime, int]] = {}

    async def granted(self, guild: str, *, needs: int = 0, purpose: str = "") -> int:
        """The bot's permissions in the server, as bits. Raises Refused, with the name, where one of `needs` lacks."""
        known = self._granted.get(guild)
        if known is None or self._clock.now() - known[0] >= KEPT or known[1] & needs != needs:
            known = self._granted[guild] = (self._clock.now(), await self._ask(guild))
        if missing := needs & ~known[1]:
            raise Refused(lacks([need.bit for need in NEEDS if need.bit & missing], purpose) + ".")
        return known[1]

    async def member(self, guild: str, user: str) -> Json | None:
        """Somebody in the server; None if they are not in it, of which the other half is told."""
        path = "/guilds/{guild_id}/members/{user_id}"
        answer = await self._calls.call("GET", path, takes=NOT_THERE, guild_id=guild, user_id=user)
        if answer.code:
            self._line.suspect(guild, user)
            return None
        return answer.json

    async def present(self, guild: str, users: tuple[str, ...]) -> tuple[tuple[str, ...], list[str]]:
        """Who of these is in the server; and a sentence for each who is not."""
        there = [user for user in users if await self.member(guild, user) is not None]
        return tuple(there), [absent(user) for user in users if user not in there]

    async def _ask(self, guild: str) -> int:
        server = (await self._calls.call("GET", "/guilds/{guild_id}", guild_id=guild)).json
        if str(server.get("owner_id")) == self._line.user:
            return EVERYTHING
        bot = await self.member(guild, self._line.user) or {}
        roles = {guild, *(str(role) for role in cast(list[object], bot.get("roles") or []))}
        granted = 0
        for role in cast(list[Json], server.get("roles") or []):
            if str(role["id"]) in roles:
                granted |= int(role["permissions"])
        return EVERYTHING if granted & ADMINISTRATOR else granted


def absent(user: str) -> str:
    """The sentence for somebody who cannot be in a room since they have left."""
    return f"One of them (account {user}) is not in the server any more."
