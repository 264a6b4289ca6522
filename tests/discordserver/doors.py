"""The door of the gateway: what a client says over a WebSocket, and what it is answered."""

import asyncio
import copy
import json
from typing import Any, cast

from aiohttp import WSMsgType, web

from tests.discordserver import connection as frames
from tests.discordserver import dispatch
from tests.discordserver.connection import Connection
from tests.discordserver.core import Core
from tests.discordserver.identify import Identity, Refused, Starts, identity, resuming
from tests.discordserver.members import chunks
from tests.discordserver.session import Session
from tests.discordserver.state import Json

PATH = "/gateway"
ENDING = frozenset({1000, 4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014})
"""Codes with which the server ends not only the connection, but the session."""


class Door:
    """Lets clients in, and keeps the sessions and their connections."""

    def __init__(self, core: Core, heartbeat: float) -> None:
        self.heartbeat = heartbeat
        self.grace = 1.0
        """After two intervals without a heartbeat, so many seconds more; then the connection is closed."""
        self.sessions: list[Session] = []
        self.connections: list[Connection] = []
        self.starts = Starts(core.now)
        self.beats = asyncio.Event()
        """Set whenever a client has said what it has read, or a connection has gone."""
        self.failing = 0
        """How many of the next attempts to log in are answered with an invalid session."""
        self.refusal = (0, 0)
        """A code, and how many of the next attempts to log in are refused with it."""
        self._core = core

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from the handshake to its end."""
        socket = web.WebSocketResponse(max_msg_size=4096 * 4, autoping=False)
        await socket.prepare(request)
        link = Connection(socket, request, compressed=request.query.get("compress") == "zlib-stream")
        sender = asyncio.create_task(link.send_frames())
        self.connections.append(link)
        try:
            if request.query.get("v") != "10" or request.query.get("encoding") != "json":
                self._core.violations.append(f"gateway: {request.query_string} is not version 10 in JSON")
                link.hang_up(4012, "Invalid API version")
            link.say(frames.HELLO, {"heartbeat_interval": int(self.heartbeat * 1000), "_trace": ["gateway-of-a-test"]})
            await self._listen(socket, link)
        finally:
            self._forget(link, socket.close_code)
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
        return socket

    async def left(self) -> None:
        """Wait until no connection is open."""
        while self.connections:
            self.beats.clear()
            await self.beats.wait()

    async def _listen(self, socket: web.WebSocketResponse, link: Connection) -> None:
        watch = _Watch(link, 2 * self.heartbeat + self.grace)
        try:
            async for message in socket:
                if message.type == WSMsgType.PING:
                    await link.pong(message.data)
                elif message.type == WSMsgType.PONG:
                    self._read_until(link, int(message.data))
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    continue
                try:
                    frame = _read(message.data)
                    if frame["op"] == frames.HEARTBEAT:
                        watch.beat()
                    elif link.too_fast():
                        raise Refused(4008, "Rate limited.")
                    self._heard(link, int(frame["op"]), frame.get("d"))
                except Refused as refused:
                    self._core.violations += refused.violations
                    link.hang_up(refused.code, refused.reason)
        finally:
            watch.end()

    def _read_until(self, link: Connection, number: int) -> None:
        for session in self.sessions:
            if session.connection is link:
                session.seen = max(session.seen, min(number, session.seq))
        self.beats.set()

    def _heard(self, link: Connection, op: int, data: Any) -> None:
        session = next((each for each in self.sessions if each.connection is link), None)
        if op == frames.HEARTBEAT:
            if isinstance(data, int):
                self._read_until(link, data)
            link.say(frames.ACK)
        elif op in (frames.IDENTIFY, frames.RESUME):
            if session:
                raise Refused(4005, "Already authenticated.")
            if op == frames.IDENTIFY:
                self._identify(link, identity(data))
            else:
                self._resume(link, data)
        elif session is None:
            raise Refused(4003, "Not authenticated.")
        elif op == frames.MEMBERS:
            for chunk in chunks(self._core, session.intents, data):
                session.tell("GUILD_MEMBERS_CHUNK", chunk)
        elif op not in (frames.PRESENCE, frames.VOICE_STATE):
            raise Refused(4001, "Unknown opcode.")

    def _identify(self, link: Connection, who: Identity) -> None:
        code, times = self.refusal
        if times:
            self.refusal = code, times - 1
            raise Refused(code, "Refused.")
        who.check(self._core, self.starts)
        if self.failing:
            self.failing -= 1
            link.say(frames.INVALID, False)
            return
        session = Session(f"session{len(self.sessions) + 1:08x}", who.intents, who.shard, link)
        self.sessions.append(session)
        opening = dispatch.opening(self._core, session, self.address)
        for event, data in opening:
            session.tell(event, copy.deepcopy(data))

    def _resume(self, link: Connection, data: Any) -> None:
        asked = resuming(data, self._core)
        session = next((each for each in self.sessions if each.id == asked.session), None)
        if session and asked.seq > session.seq:
            session.ended = True
            raise Refused(4007, "Invalid seq.")
        if session is None or not session.resumable(self._core.now(), asked.seq):
            link.say(frames.INVALID, False)
            return
        if session.connection:
            session.connection.hang_up(4000, "Resumed elsewhere.")
        session.resume(link, asked.seq)

    @property
    def address(self) -> str:
        """Where clients connect to."""
        return self._core.url.replace("http", "ws", 1) + PATH

    def _forget(self, link: Connection, code: int | None) -> None:
        self.connections.remove(link)
        for session in self.sessions:
            if session.connection is link:
                session.leave(self._core.now())
                goodbye = not link.ending and code in (1000, 1001)
                session.ended = session.ended or goodbye or link.code in ENDING
        self.beats.set()


def _read(text: str | bytes) -> Json:
    try:
        frame = json.loads(text)
    except ValueError:
        frame = None
    if not isinstance(frame, dict) or not isinstance(cast(Json, frame).get("op"), int):
        raise Refused(4002, "Error while decoding payload.", ["gateway: a frame that is no object with an op"])
    return cast(Json, frame)


class _Watch:
    """Ends a connection from which no heartbeat came for too long."""

    def __init__(self, link: Connection, patience: float) -> None:
        self._link, self._patience = link, patience
        self._timer: asyncio.TimerHandle | None = None
        self.beat()

    def beat(self) -> None:
        self.end()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._patience, self._link.hang_up, 4009, "Session timed out.")

    def end(self) -> None:
        if self._timer:
            self._timer.cancel()
