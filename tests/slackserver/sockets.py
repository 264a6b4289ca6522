"""Socket Mode: the WebSockets that an app opens, and the envelopes that go over them."""

import asyncio
import json
from typing import Any, Literal, cast

from aiohttp import WSMsgType, web

from tests.slackserver.delivery import Parcel
from tests.slackserver.dropping import drop
from tests.slackserver.state import Json
from tests.slackserver.world import World

MOST = 10
"""Connections that one app may have."""
Reason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


class Connection:
    """One open socket. A `zombie` stays open but delivers nothing; a `mute` one does not even answer pings."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.zombie = False
        self.mute = False
        self.leaving = False
        self.unacknowledged: dict[str, tuple[Parcel, int]] = {}
        self.pings: list[str] = []
        self._socket = socket
        self._request = request
        self._frames: asyncio.Queue[str | None] = asyncio.Queue()

    @property
    def open(self) -> bool:
        return not self._socket.closed

    def say(self, frame: Json) -> None:
        """Put a frame at the end of what is to be sent."""
        if not self.zombie:
            self._frames.put_nowait(json.dumps(frame))

    def hang_up(self) -> None:
        """Close properly, after what is to be sent."""
        self._frames.put_nowait(None)

    def drop(self) -> None:
        """Break the TCP connection without a word."""
        drop(self._request)

    async def send_frames(self) -> None:
        while (frame := await self._frames.get()) is not None:
            await self._socket.send_str(frame)
        await self._socket.close()

    async def pong(self, data: bytes) -> None:
        self.pings.append(data.decode("utf-8", "replace"))
        if not self.mute:
            await self._socket.pong(data)


class Sockets:
    """The carrier of Socket Mode. Each envelope goes over one of the connections, in turn."""

    def __init__(self, world: World) -> None:
        self.connections: list[Connection] = []
        self.next_are_zombies = False
        """Sockets opened from now on stay silent."""
        self._world = world
        self._tickets: set[str] = set()
        self._turn = 0

    def ticket(self) -> str:
        """The address of a new connection, good for one use."""
        ticket = self._world.counts.next("ticket-")
        self._tickets.add(ticket)
        return f"{self._world.url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={self._world.app.id}"

    def ready(self) -> bool:
        return any(each.open and not each.leaving for each in self.connections)

    def carry(self, parcel: Parcel) -> None:
        usable = [each for each in self.connections if each.open and not each.leaving]
        self._turn += 1
        connection = usable[self._turn % len(usable)]
        envelope = self._world.counts.next("envelope-")
        connection.unacknowledged[envelope] = parcel, parcel.attempt
        frame: Json = {
            "envelope_id": envelope,
            "payload": parcel.payload,
            "type": parcel.kind,
            "accepts_response_payload": parcel.kind != "events_api",
        }
        if parcel.kind == "events_api":
            frame |= {"retry_attempt": parcel.attempt, "retry_reason": parcel.reason}
        connection.say(frame)

    def disconnect(self, reason: Reason, connection: Connection | None = None) -> None:
        """Tell one connection, or all, that it will be closed. It gets nothing new unless this is only a warning.

        `link_disabled` is what is said when Socket Mode is switched off: it closes all of them.
        """
        for each in [connection] if connection else list(self.connections):
            each.say({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-test"}})
            each.leaving = reason != "warning"
            if reason in ("link_disabled", "too_many_websockets"):
                each.hang_up()
        if reason == "link_disabled":
            self._world.app.socket_mode = False

    def drop(self) -> None:
        """Break all connections without a word."""
        for each in list(self.connections):
            each.drop()

    def haunt(self, *, mute: bool = False) -> None:
        """Let all connections stay open and deliver nothing from now on."""
        for each in self.connections:
            each.zombie, each.mute = True, mute

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from the handshake to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=404)
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        connection = Connection(socket, request)
        sender = asyncio.create_task(connection.send_frames())
        try:
            self._admit(connection)
            await self._listen(socket, connection)
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
            self._forget(connection)
        return socket

    async def close(self) -> None:
        """Close all connections properly."""
        for each in list(self.connections):
            each.hang_up()

    def _admit(self, connection: Connection) -> None:
        if len(self.connections) >= MOST:
            self.disconnect("too_many_websockets", connection)
            return
        self.connections.append(connection)
        hello = {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": "applink-test", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._world.app.id},
        }
        connection.say(hello)
        connection.zombie = self.next_are_zombies
        self._world.delivery.carrier_is_ready()

    async def _listen(self, socket: web.WebSocketResponse, connection: Connection) -> None:
        async for message in socket:
            if message.type == WSMsgType.PING:
                await connection.pong(cast(bytes, message.data))
            elif message.type == WSMsgType.TEXT:
                self._acknowledged(connection, cast(str, message.data))

    def _acknowledged(self, connection: Connection, text: str) -> None:
        try:
            frame: Any = json.loads(text)
            envelope = str(frame["envelope_id"])
        except (ValueError, KeyError, TypeError):
            self._world.violations.append(f"a socket frame that is no acknowledgement: {text[:100]}")
            return
        if (found := connection.unacknowledged.pop(envelope, None)) is None:
            self._world.violations.append(f"an acknowledgement of an unknown envelope: {envelope}")
            return
        parcel, attempt = found
        self._world.delivery.acknowledge(parcel, attempt, frame.get("payload") or {})

    def _forget(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
        for parcel, attempt in connection.unacknowledged.values():
            self._world.delivery.fail(parcel, attempt, "connection_failed")
