"""Files that people send to the bot in their private conversation: brought from where Discord keeps them."""

import asyncio
import re

import aiohttp

from adapters.discord.calls import AGAIN, Calls
from adapters.discord.line import Line
from bot.language.acts import FetchFile, Receipt
from bot.language.adapter import Clock, Gone, Refused, Retry
from bot.language.fetched import at_most, may_lie_at
from bot.language.payload import number, parts, word

HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
_REFERENCE = re.compile(r"(\d+)/(\d+)/(\d+)", re.ASCII)
_CHUNK = 65_536
_OK, _GONE = 200, (403, 404, 410)


def reference_of(channel: str, message: str, attachment: str) -> str:
    """How a file is found again. Its address would be good for a day only: Discord is asked for a fresh one."""
    return f"{channel}/{message}/{attachment}"


class Fetching:
    """Brings files. The bot's token is not sent along: their addresses are signed."""

    def __init__(self, calls: Calls, line: Line, clock: Clock, patience: float, base: str = "") -> None:
        self._calls = calls
        self._line = line
        self._clock = clock
        self._patience = patience
        self._base = base

    async def fetch(self, act: FetchFile) -> Receipt:
        """What is in a file. Raises Retry, Gone, Refused; nothing that is raised bears its address."""
        found = _REFERENCE.fullmatch(act.reference)
        if found is None:
            raise Gone("There is no such file.")
        channel, message, attachment = found.groups()
        answer = await self._calls.call(
            "GET", "/channels/{channel_id}/messages/{message_id}", channel_id=channel, message_id=message
        )
        file = next((each for each in parts(answer.json, "attachments") if word(each, "id") == attachment), None)
        if file is None:
            raise Gone("The file is not there any more.")
        if number(file, "size") > act.most_bytes:
            raise Refused("the file is too large")
        content = await self._read(word(file, "url"), act.most_bytes)
        return Receipt(self._clock.now(), act.reference, content=content)

    async def _read(self, url: str, most: int) -> bytes:
        if not may_lie_at(url, HOSTS, self._base):
            raise Refused("the file is not kept by Discord")
        http = self._line.http
        try:
            async with (
                asyncio.timeout(self._patience),
                aiohttp.ClientSession() as session,
                session.get(url, allow_redirects=False, proxy=http.proxy, proxy_auth=http.proxy_auth) as got,
            ):
                if got.status == _OK:
                    return await at_most(most, got.content.iter_chunked(_CHUNK), "Discord")
                status = got.status
        except (TimeoutError, aiohttp.ClientError, OSError) as problem:
            raise Retry(AGAIN, f"a file could not be brought from Discord ({type(problem).__name__})") from None
        if status in _GONE:
            raise Gone("The file is not there any more.")
        raise Retry(AGAIN, f"a file could not be brought from Discord (status {status})")
