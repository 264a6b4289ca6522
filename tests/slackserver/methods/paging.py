"""Long lists in pages, with cursors as Slack has them."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from tests.slackserver.calls import Call
from tests.slackserver.errors import ApiError
from tests.slackserver.state import Json

Thing = TypeVar("Thing")


def page(call: Call, things: Sequence[Thing], default: int = 100, most: int = 1000) -> tuple[Sequence[Thing], Json]:
    """The page that `cursor` and `limit` ask for, and the `response_metadata` that leads to the next."""
    start = _read(call.text("cursor"))
    limit = call.number("limit", default)
    if limit < 1 or start > len(things):
        raise ApiError("invalid_limit" if limit < 1 else "invalid_cursor")
    end = start + min(limit, most)
    return things[start:end], {"next_cursor": _written(end) if end < len(things) else ""}


def _written(number: int) -> str:
    return base64.b64encode(f"next:{number}".encode()).decode()


def _read(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, number = base64.b64decode(cursor, validate=True).decode().split(":")
        if word != "next":
            raise ApiError("invalid_cursor")
        return int(number)
    except (binascii.Error, ValueError):
        raise ApiError("invalid_cursor") from None
