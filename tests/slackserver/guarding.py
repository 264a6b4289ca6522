"""What goes wrong on purpose, applied to any request; and the request's line in the records."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web

from tests.slackserver.dropping import drop
from tests.slackserver.faults import Faults, Kind
from tests.slackserver.records import Records, Request, masked
from tests.slackserver.state import Json
from tests.slackserver.world import World

PAGE = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Server Error</body></html>"
Do = Callable[[], Awaitable[web.Response]]
Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class Guard:
    """Stands before everything that answers requests."""

    world: World
    faults: Faults
    records: Records

    async def answer(self, request: web.Request, name: str, args: Json, team: str, do: Do) -> web.Response:
        """Let `do` answer, unless this request is to go wrong. `name` is what the plan and the records call it."""
        fault = self.faults.pick(name, args)
        response = await do() if fault is None or fault.after else _failed(fault)
        broken = fault is not None and fault.name.startswith("reset")
        self.records.add(
            Request(
                at=self.world.now(),
                method=name,
                team=team,
                args=masked(args),
                status=0 if broken else response.status,
                error=_error(response),
                fault=str(fault or ""),
            )
        )
        if broken:
            drop(request)
        elif fault and fault.release:
            if fault.reached:
                fault.reached.set()
            await fault.release.wait()
        return response

    def around(self, name: str, handler: Handler) -> Handler:
        """A handler of what stands beside the Web API, guarded."""

        async def guarded(request: web.Request) -> web.Response:
            args = await json_body(request) if request.content_type == "application/json" else dict(request.query)
            team = request.match_info.get("team", "")
            return await self.answer(request, name, args, team, lambda: handler(request))

        return guarded


async def json_body(request: web.Request) -> Json:
    """The JSON object in a request; an empty one where there is none."""
    try:
        found: Any = json.loads(await request.text() or "{}")
    except ValueError:
        return {}
    return cast(Json, found) if isinstance(found, dict) else {}


def _failed(fault: Kind) -> web.Response:
    """The answer to a request that goes wrong before anything is done."""
    match fault.name:
        case "ratelimited":
            answer: Json = {"ok": False, "error": "ratelimited"}
            return web.json_response(answer, status=429, headers={"Retry-After": str(fault.number)})
        case "error":
            return web.json_response({"ok": False, "error": fault.code})
        case "html":
            return web.Response(text=PAGE, content_type="text/html")
        case _:
            # Of a broken connection nothing is seen, whatever is here.
            return web.Response(status=fault.number or 500)


def _error(response: web.Response) -> str:
    """The error code in an answer: in its JSON, or its words where it is none."""
    text = (response.text or "") if response.content_type in ("application/json", "text/plain") else ""
    if response.content_type == "application/json":
        return str(json.loads(text).get("error", ""))
    return text if response.status >= 400 else ""
