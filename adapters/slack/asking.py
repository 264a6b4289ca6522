"""Asking Slack something once, for the way in: what it says, or why it says nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.language.payload import Json, as_object, word

LIMITED = "ratelimited"
_UNREADABLE = (SlackClientError, AttributeError, ValueError)
"""What the library raises over an answer that is no JSON object."""


class NoAnswer(Exception):
    """Slack refused, or was not reached. `code` is its own error code, or the kind of problem."""

    def __init__(self, code: str, seconds: float = 0.0) -> None:
        super().__init__(code)
        self.code = code
        self.seconds = seconds
        """How long Slack wants to be left alone."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack said."""

    body: Json
    headers: Mapping[str, str]


async def ask(client: AsyncWebClient, method: str, args: Json | None = None, token: str = "") -> Answer:
    """The answer of a method of the Web API. Raises NoAnswer; nothing in it bears what was sent.

    `token` goes in the place of the client's own.
    """
    # Of what the library's methods take and return, its types say little.
    call = cast(Any, client).api_call
    try:
        answer = await call(method, data=args or {}, params={"token": token} if token else None)
        return Answer(as_object(answer.data), {name.lower(): str(value) for name, value in answer.headers.items()})
    except SlackApiError as problem:
        raise _refusal(cast(Any, problem).response) from None
    except (TimeoutError, aiohttp.ClientError, OSError, *_UNREADABLE) as problem:
        raise NoAnswer(type(problem).__name__) from None


def _refusal(response: Any) -> NoAnswer:
    """Why Slack refused. Where it answers with a page of HTML, the library hands on what aiohttp has."""
    data: object = getattr(response, "data", None)
    headers: Mapping[str, str] = getattr(response, "headers", None) or {}
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0) or 0)
    code = word(as_object(data), "error") or f"status {status}"
    seconds = str(headers.get("Retry-After", ""))
    if status == 429:
        return NoAnswer(LIMITED, float(seconds) if seconds.isdecimal() else 30.0)
    return NoAnswer(code)
