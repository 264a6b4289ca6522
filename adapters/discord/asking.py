"""Asking Discord something once, for the way in: what it says, or why it says nothing."""

import asyncio
from typing import Any

import aiohttp
import discord
from discord.http import HTTPClient, Route

TIMEOUT = 10.0
"""Seconds that one question may take."""
LIMITED = 429
UNKNOWN_CHANNEL, UNKNOWN_GUILD, UNKNOWN_MEMBER, UNKNOWN_USER, MISSING_ACCESS = 10003, 10004, 10007, 10013, 50001


class NoAnswer(Exception):
    """Discord refused, or was not reached. Nothing in it bears what was sent."""

    def __init__(self, reason: str, status: int = 0, code: int = 0, seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        """The status and Discord's own error code, or the kind of problem."""
        self.status = status
        self.code = code
        self.seconds = seconds
        """How long Discord wants to be left alone."""


async def ask(
    http: HTTPClient, method: str, path: str, *, body: object = None, query: dict[str, str] | None = None, **ids: str
) -> Any:
    """What Discord answers. `ids` stand in the path: `/channels/{channel_id}`. Raises NoAnswer."""
    given: dict[str, Any] = {"json": body} if body is not None else {}
    if query:
        given["params"] = query
    try:
        async with asyncio.timeout(TIMEOUT):
            return await http.request(Route(method, path, **ids), **given)
    except discord.HTTPException as problem:
        raise refusal(problem) from None
    except discord.RateLimited as problem:
        raise NoAnswer("429", LIMITED, seconds=problem.retry_after) from None
    # The library has no session before it is logged in, and a closed one afterwards.
    except (TimeoutError, aiohttp.ClientError, OSError, RuntimeError, AttributeError) as problem:
        raise NoAnswer(type(problem).__name__) from None


def refusal(problem: discord.HTTPException) -> NoAnswer:
    """Why Discord refused."""
    reason = f"{problem.status}, code {problem.code}" if problem.code else str(problem.status)
    return NoAnswer(reason, problem.status, problem.code)
