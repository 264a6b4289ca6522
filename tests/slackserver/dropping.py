"""Breaking a TCP connection as a network does: with a reset, and without an answer."""

import socket
import struct

from aiohttp import web

_ON_WITH_ZERO_SECONDS = struct.pack("ii", 1, 0)


def drop(request: web.BaseRequest) -> None:
    """Reset the connection of this request."""
    transport = request.transport
    if transport is None:
        return
    under: socket.socket | None = transport.get_extra_info("socket")
    if under is not None:
        # Lingering for no time at all makes the system send RST where it would send FIN.
        under.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ON_WITH_ZERO_SECONDS)
    transport.abort()
