"""A WebSocket to the gateway without any library in between, for what no library would send or show."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.discordserver.houses import House
from tests.discordserver.listener import QUIET
from tests.discordserver.state import Json


class Wire:
    """One connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, op: int, data: Any) -> None:
        await self.socket.send_json({"op": op, "d": data})

    async def hear(self) -> Json:
        return json.loads((await self.socket.receive()).data)

    async def until(self, event: str) -> Json:
        while (frame := await self.hear())["t"] != event:
            pass
        return frame

    async def log_in(self, house: House, **more: Any) -> Json:
        await self.say(2, {**identity(house), **more})
        return (await self.until("READY"))["d"]

    async def code(self) -> int | None:
        """How the server closes the connection."""
        while not self.socket.closed:
            await self.socket.receive()
        return self.socket.close_code


def identity(house: House, intents: int = QUIET.value) -> Json:
    """What an IDENTIFY says."""
    properties = {"os": "linux", "browser": "test", "device": "test"}
    return {"token": house.world.app.token, "intents": intents, "properties": properties}


@asynccontextmanager
async def wired(house: House, query: str = "v=10&encoding=json") -> AsyncGenerator[Wire]:
    """A connection that has said hello, unless it is compressed."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{house.server.gateway.address}?{query}") as socket,
    ):
        wire = Wire(socket)
        if "compress" not in query:
            assert (await wire.hear())["op"] == 10
        yield wire
