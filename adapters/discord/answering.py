"""First answers to interactions, and what follows them.

They go over a session of their own, since Discord counts them apart: no rate limit of anything else holds them up.
"""

import asyncio
from dataclasses import dataclass

import aiohttp
import discord
import structlog
from discord.http import Route
from discord.webhook.async_ import AsyncWebhookAdapter

from adapters.discord.line import Reply
from bot.language.payload import Json

MESSAGE, THINKING, SEEN, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
"""Kinds of first answers."""
EPHEMERAL = 1 << 6
WITHIN = 2.5
"""Seconds that one answer may take: Discord waits three, some of which are over already."""
ATTEMPTS, SHORTLY = 4, 0.1
"""How often a first answer is given where the connection breaks, and the seconds between."""
AFTERWARDS = 10.0
ANSWERED_ALREADY = 40060

_FIRST = "/interactions/{webhook_id}/{webhook_token}/callback"
_AFTER = "/webhooks/{webhook_id}/{webhook_token}"
_ORIGINAL = f"{_AFTER}/messages/@original"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Handle:
    """What is needed to answer an interaction. The token is a secret."""

    id: str
    token: str
    application: str


class Answering:
    """Answers interactions."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._adapter = AsyncWebhookAdapter()

    async def answer(self, handle: Handle, kind: int, data: Json | None = None) -> bool:
        """Give the first answer. Returns whether Discord took it."""
        payload: Json = {"type": kind} if data is None else {"type": kind, "data": data}
        try:
            async with asyncio.timeout(WITHIN):
                await self._call_stubbornly(handle, payload)
        except (discord.HTTPException, *_UNREACHED) as problem:
            if isinstance(problem, discord.HTTPException) and problem.code == ANSWERED_ALREADY:
                return True
            log.warning("interaction_not_answered", platform="discord", kind=kind, error=_told(problem))
            return False
        return True

    async def say(self, handle: Handle, text: str) -> bool:
        """Give a sentence as the first answer, to be seen by nobody else."""
        return await self.answer(handle, MESSAGE, whisper(text))

    async def amend(self, handle: Handle, text: str, *, original: bool) -> None:
        """Say something after a first answer that showed nothing: in its place, or after it."""
        if original:
            await self._afterwards("PATCH", _ORIGINAL, Reply(handle.application, handle.token), _plain(text))
        else:
            await self._afterwards("POST", _AFTER, Reply(handle.application, handle.token), whisper(text))

    async def take_away(self, reply: Reply) -> None:
        """Take away the “thinking …” of an interaction."""
        await self._afterwards("DELETE", _ORIGINAL, reply)

    async def stop(self) -> None:
        """Answer nothing more."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _afterwards(self, method: str, path: str, reply: Reply, payload: Json | None = None) -> None:
        try:
            async with asyncio.timeout(AFTERWARDS):
                await self._call(method, path, reply.application, reply.token, payload)
        except (discord.HTTPException, *_UNREACHED) as problem:
            log.warning("interaction_not_followed", platform="discord", error=_told(problem))

    async def _call_stubbornly(self, handle: Handle, payload: Json) -> None:
        """Give the first answer, again where the connection broke: Discord takes no second one, and says so."""
        for _ in range(ATTEMPTS - 1):
            try:
                await self._call("POST", _FIRST, handle.id, handle.token, payload)
                return
            except (aiohttp.ClientError, OSError):
                await asyncio.sleep(SHORTLY)
        await self._call("POST", _FIRST, handle.id, handle.token, payload)

    async def _call(self, method: str, path: str, identity: str, token: str, payload: Json | None) -> None:
        route = Route(method, path, webhook_id=identity, webhook_token=token)
        await self._adapter.request(route, self._open(), payload=payload)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self._session


def whisper(text: str) -> Json:
    """A message that only the one who is answered sees."""
    return {**_plain(text), "flags": EPHEMERAL}


def _plain(text: str) -> Json:
    return {"content": text, "allowed_mentions": {"parse": []}}


_UNREACHED = (TimeoutError, aiohttp.ClientError, OSError, ValueError)


def _told(problem: BaseException) -> str:
    # The text of some of them has the address, in which the token stands.
    if isinstance(problem, discord.HTTPException):
        return f"{problem.status}, code {problem.code}"
    return type(problem).__name__
