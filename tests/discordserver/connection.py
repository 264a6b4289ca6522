"""One WebSocket of the gateway: frames out, compressed or not, and the ways in which it can end."""

import asyncio
import json
import zlib
from collections import deque
from dataclasses import dataclass

from aiohttp import WSCloseCode, web

from tests.discordserver.state import Json
from tests.slackserver.dropping import drop

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE_STATE = 0, 1, 2, 3, 4
RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = 6, 7, 8, 9, 10, 11
"""Operation codes of the gateway."""

FRAMES_A_MINUTE = 120
"""More than so many from the client within a minute end the connection with 4008. Heartbeats are not counted here."""


@dataclass(frozen=True)
class _Ask:
    number: int


@dataclass(frozen=True)
class _End:
    code: int
    reason: str


class Connection:
    """An open socket. A `silent` one stays open, but nothing comes over it, not even an answer to heartbeats."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request, *, compressed: bool) -> None:
        self.silent = False
        self.ending = False
        self.code = 0
        """The code with which the server has closed it."""
        self._socket = socket
        self._request = request
        self._packer = zlib.compressobj() if compressed else None
        self._frames: asyncio.Queue[str | _Ask | _End] = asyncio.Queue()
        self._heard: deque[float] = deque()

    @property
    def open(self) -> bool:
        """Whether something said now would go out."""
        return not self._socket.closed and not self.ending and not self._gone

    def say(self, op: int, data: object = None, *, event: str | None = None, seq: int | None = None) -> None:
        """Put a frame at the end of what is to be sent."""
        if self.open and not self.silent:
            frame: Json = {"op": op, "d": data, "s": seq, "t": event}
            self._frames.put_nowait(json.dumps(frame, separators=(",", ":")))

    def ask(self, number: int) -> None:
        """Ask for a sign that all that was said so far has been read: a ping, of which the pong brings the number.

        Clients read frames one after the other, so they answer it only when they are through with those before.
        """
        if self.open and not self.silent:
            self._frames.put_nowait(_Ask(number))

    async def pong(self, data: bytes) -> None:
        """Answer the client's own ping."""
        if not self.silent:
            await self._socket.pong(data)

    def hang_up(self, code: int = WSCloseCode.GOING_AWAY, reason: str = "") -> None:
        """Close properly, after what is to be sent."""
        if not self.ending:
            self.ending, self.code = True, code
            self._frames.put_nowait(_End(code, reason))

    def drop(self) -> None:
        """Break the TCP connection without a word."""
        self.ending = True
        drop(self._request)

    async def send_frames(self) -> None:
        """Send what there is to be sent, until the connection ends."""
        while not isinstance(frame := await self._frames.get(), _End):
            if isinstance(frame, _Ask):
                await self._socket.ping(str(frame.number).encode())
            elif self._packer is None:
                await self._socket.send_str(frame)
            else:
                packed = self._packer.compress(frame.encode()) + self._packer.flush(zlib.Z_SYNC_FLUSH)
                await self._socket.send_bytes(packed)
        await self._socket.close(code=frame.code, message=frame.reason.encode())

    def too_fast(self) -> bool:
        """Count a frame from the client, and say whether it was one too many."""
        now = asyncio.get_running_loop().time()
        self._heard.append(now)
        while self._heard[0] <= now - 60:
            self._heard.popleft()
        return len(self._heard) > FRAMES_A_MINUTE

    @property
    def _gone(self) -> bool:
        return self._request.transport is None or self._request.transport.is_closing()
