"""A plain HTTP client of the small Discord, for tests of the server itself."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.discordserver.community import Community
from tests.discordserver.houses import Clock
from tests.discordserver.server import DiscordServer


class Rest:
    """Calls operations as the bot. `ok` gives the answer's JSON, `fails` the error's code."""

    def __init__(self, server: DiscordServer, client: httpx.AsyncClient) -> None:
        self._server = server
        self._client = client

    async def call(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """One request, whatever comes of it."""
        headers = {"Authorization": f"Bot {self._server.app.token}", **options.pop("headers", {})}
        if body is not None:
            headers["Content-Type"] = "application/json"
            options["content"] = json.dumps(body)
        return await self._client.request(method, self._server.api_url + path, headers=headers, **options)

    async def ok(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """A request that must succeed."""
        answer = await self.call(method, path, body, **options)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def fails(self, method: str, path: str, body: Any = None, **options: Any) -> int:
        """A request that must be refused."""
        answer = await self.call(method, path, body, **options)
        assert answer.is_client_error, answer.text
        return int(answer.json()["code"])

    async def wrong(self, method: str, path: str, body: Any, *place: str | int) -> str:
        """A request that must be refused with 50035; the code of the error that lies at this place in the form."""
        answer = await self.call(method, path, body)
        found = answer.json()
        assert (answer.status_code, found["code"]) == (400, 50035), answer.text
        errors = found["errors"]
        for step in place:
            errors = errors[str(step)]
        return str(errors["_errors"][0]["code"])


class Stage:
    """A guild with a hall in which ana is."""

    def __init__(self, server: DiscordServer, rest: Rest, clock: Clock) -> None:
        self.server, self.rest, self.clock = server, rest, clock
        self.guild: Community = server.add_guild("Libraries of the North")
        self.hall = self.guild.add_channel("hall")
        self.ana = self.guild.add_member("ana")
        self.path = f"/channels/{self.hall.id}/messages"

    async def send(self, content: str = "hello", **more: Any) -> Any:
        """The bot writes in the hall."""
        return await self.rest.ok("POST", self.path, {"content": content, **more})


@asynccontextmanager
async def open_stage(*, limits: bool = False) -> AsyncGenerator[Stage]:
    """A running server, with a clock that stands still."""
    clock = Clock()
    async with (
        DiscordServer(clock, limits=limits) as server,
        httpx.AsyncClient(trust_env=False, verify=False) as client,
    ):
        yield Stage(server, Rest(server, client), clock)
