"""The platform's side: it keeps the ledger, which is the judge, and now and then lets a connection break."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

LOST = 0.05
"""The share of answers that get lost, as often before the deed as after it."""


class Platform:
    """Whom it has heard, and what was done."""

    def __init__(self, *, lost: float = LOST) -> None:
        self.ledger: list[tuple[str, str, int]] = []
        """Every deed in its order: key, address, and the process that asked for it."""
        self.gateways: dict[asyncio.StreamWriter, int] = {}
        """The processes that are connected."""
        self.unacknowledged: dict[str, dict[str, str]] = {}
        self.port = 0
        self._lost = lost
        self._chance = Random(7)
        self._receipts: dict[str, str] = {}
        self._changed = asyncio.Condition()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    def say(self, event: str, user: str, community: str) -> None:
        """Somebody asks for help: told until it is acknowledged, as platforms do."""
        self.unacknowledged[event] = {"event": event, "user": user, "community": community}
        for writer in self.gateways:
            self._tell(writer, event)

    def tell_again(self) -> None:
        """Deliver once more what was not acknowledged."""
        for event in list(self.unacknowledged):
            for writer in self.gateways:
                self._tell(writer, event)

    @property
    def keys(self) -> Counter[str]:
        """How often each deed was done."""
        return Counter(key for key, _, _ in self.ledger)

    async def until(self, true: Callable[[], bool], seconds: float) -> None:
        """Wait until something is so, looked at whenever something happens. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(true)

    async def _happened(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _tell(self, writer: asyncio.StreamWriter, event: str) -> None:
        writer.write(json.dumps(self.unacknowledged[event]).encode() + b"\n")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):  # the other end was killed
            while line := await reader.readline():
                answer = await self._hear(json.loads(line), writer)
                if answer is None:
                    break
                if answer:
                    writer.write(json.dumps(answer).encode() + b"\n")
        self.gateways.pop(writer, None)
        writer.close()
        await self._happened()

    async def _hear(self, said: dict[str, Any], writer: asyncio.StreamWriter) -> dict[str, Any] | None:
        """The answer; empty for none, None where the connection breaks."""
        match said["op"]:
            case "connect":
                self.gateways[writer] = said["pid"]
                for event in self.unacknowledged:
                    self._tell(writer, event)
            case "ack":
                self.unacknowledged.pop(said["event"], None)
            case "find":
                return {"receipt": self._receipts.get(said["key"], "")}
            case _:
                chance = self._chance.random()
                if chance < self._lost / 2:
                    return None
                self.ledger.append((said["key"], said["to"], said["pid"]))
                self._receipts[said["key"]] = f"m{len(self.ledger)}"
                await self._happened()
                return None if chance < self._lost else {"receipt": self._receipts[said["key"]]}
        await self._happened()
        return {}
