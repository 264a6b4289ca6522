"""Events, interactions and commands over HTTP: signed requests to the URLs that the app's settings name."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

import aiohttp

from tests.slackserver.delivery import PATIENCE, Parcel
from tests.slackserver.state import Json
from tests.slackserver.world import World


@dataclass(frozen=True, slots=True)
class Urls:
    """Where the app listens: for events, for interactions, and for commands."""

    events: str
    interactions: str
    commands: str


def signature(secret: str, timestamp: str, body: str) -> str:
    """The value of `X-Slack-Signature` for this body at this time."""
    base = f"v0:{timestamp}:{body}"
    return "v0=" + hmac.new(secret.encode(), base.encode(), hashlib.sha256).hexdigest()


class Push:
    """The carrier of HTTP mode.

    `clock` says what time the signatures bear: that of this machine, since those who check them compare it with theirs.
    """

    def __init__(self, world: World, urls: Urls, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self._world = world
        self._urls = urls
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE))
        self._tasks: set[asyncio.Task[None]] = set()

    def ready(self) -> bool:
        return not self._session.closed

    def carry(self, parcel: Parcel) -> None:
        task = asyncio.get_running_loop().create_task(self._carry(parcel, parcel.attempt))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def challenge(self) -> None:
        """Ask the app's URL to prove itself, as Slack does before it takes one. Raises ValueError if it does not."""
        challenge = self._world.counts.next("challenge-")
        payload: Json = {
            "type": "url_verification",
            "token": self._world.app.verification_token,
            "challenge": challenge,
        }
        answer = await self._post(self._urls.events, json.dumps(payload), "application/json", {})
        if answer.status != 200 or challenge not in answer.text:
            raise ValueError(f"the URL did not answer the challenge: {answer.status} {answer.text[:100]}")

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    async def _carry(self, parcel: Parcel, attempt: int) -> None:
        headers: dict[str, str] = {}
        if attempt:
            headers = {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": parcel.reason}
        url, body, content_type = self._written(parcel)
        delivery = self._world.delivery
        try:
            answer = await self._post(url, body, content_type, headers)
        except TimeoutError:
            delivery.fail(parcel, attempt, "http_timeout")
        except aiohttp.ClientError:
            delivery.fail(parcel, attempt, "connection_failed")
        else:
            if 200 <= answer.status < 300:
                delivery.acknowledge(parcel, attempt, answer.said())
            else:
                delivery.fail(parcel, attempt, "http_error", final=answer.headers.get("x-slack-no-retry") == "1")

    def _written(self, parcel: Parcel) -> tuple[str, str, str]:
        form = "application/x-www-form-urlencoded"
        if parcel.kind == "events_api":
            return self._urls.events, json.dumps(parcel.payload), "application/json"
        if parcel.kind == "interactive":
            return self._urls.interactions, urlencode({"payload": json.dumps(parcel.payload)}), form
        # A form knows no booleans: Slack writes them as words.
        fields = {key: str(value).lower() if value in (True, False) else value for key, value in parcel.payload.items()}
        return self._urls.commands, urlencode(fields), form

    async def _post(self, url: str, body: str, content_type: str, headers: Mapping[str, str]) -> "_Answer":
        timestamp = str(int(self.clock()))
        signed = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._world.app.signing_secret, timestamp, body),
            **headers,
        }
        async with self._session.post(url, data=body.encode(), headers=signed) as response:
            return _Answer(response.status, await response.text(), dict(response.headers))


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    text: str
    headers: Mapping[str, str]

    def said(self) -> Json:
        """What the app said: an object, or `{"text": …}` for plain words."""
        if not self.text.strip():
            return {}
        try:
            found: Any = json.loads(self.text)
        except ValueError:
            return {"text": self.text}
        return cast(Json, found) if isinstance(found, dict) else {"text": self.text}
