"""A platform in a package of its own, whose other end is in the tests: lines of JSON over a local connection."""

import asyncio
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from bot.language.acts import Act, Receipt
from bot.language.adapter import Capabilities, Ground, Receive, Retry, Unknown
from bot.language.events import Commanded
from bot.language.places import Actor

NAME = "pigeon"


class Pigeons:
    """The adapter. The environment says where the platform is, and whether sending needs no connection."""

    name = NAME

    def __init__(self) -> None:
        self.capabilities = Capabilities(sends_apart=os.environ.get("PIGEON_APART", "1") == "1")
        self._taking: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        """Nothing is needed."""

    async def start(self, receive: Receive) -> None:
        """Take events in: each is acknowledged once it is stored."""
        reader, writer = await _connected()
        _write(writer, {"op": "connect", "pid": os.getpid()})
        self._taking = asyncio.create_task(_take(reader, writer, receive))

    async def stop(self) -> None:
        """Let go."""
        if self._taking is not None:
            self._taking.cancel()
            with suppress(asyncio.CancelledError):  # it was cancelled just now
                await self._taking

    async def perform(self, act: Act) -> Receipt:
        """Have it done."""
        answer = await _asked({"op": "perform", "key": act.key, "to": str(act.address), "pid": os.getpid()})
        return Receipt(datetime.now(UTC), str(answer["receipt"]))

    async def find(self, act: Act, since: datetime | None = None) -> Receipt | None:
        """Whether it was done."""
        answer = await _asked({"op": "find", "key": act.key})
        return Receipt(datetime.now(UTC), str(answer["receipt"])) if answer["receipt"] else None


async def _connected() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(os.environ["PIGEON_PORT"]))


def _write(writer: asyncio.StreamWriter, said: Mapping[str, object]) -> None:
    writer.write(json.dumps(said).encode() + b"\n")


async def _asked(question: Mapping[str, object]) -> dict[str, Any]:
    try:
        reader, writer = await _connected()
    except OSError:
        raise Retry(1.0) from None
    try:
        _write(writer, question)
        line = await reader.readline()
    except OSError:
        line = b""
    finally:
        writer.close()
    if not line:
        raise Unknown("the connection broke")
    return json.loads(line)


async def _take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, receive: Receive) -> None:
    try:
        while line := await reader.readline():
            told = json.loads(line)
            actor = Actor(NAME, told["community"], told["user"])
            event = Commanded(told["event"], datetime.now(UTC), actor, actor.direct, "help")
            with suppress(Exception):  # what could not be stored is not acknowledged, and comes again
                await receive([event])
                _write(writer, {"op": "ack", "event": event.event_id})
    finally:
        writer.close()


def build(ground: Ground) -> Pigeons:
    """The adapter."""
    return Pigeons()
