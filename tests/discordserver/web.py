"""The REST API over HTTP: who calls, what goes wrong on purpose, what comes too fast, what is checked and recorded."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from aiohttp import hdrs, web

from tests.discordserver.calls import Answer, Call, File, Route
from tests.discordserver.errors import ApiError, Invalid
from tests.discordserver.faults import Faults, Kind
from tests.discordserver.limits import Banned, Limited, Limits
from tests.discordserver.records import Records, Request, masked
from tests.discordserver.snowflake import is_snowflake
from tests.discordserver.spec import Spec
from tests.discordserver.state import Json
from tests.discordserver.world import World
from tests.slackserver.dropping import drop

BASE = "/api/v10"
VIA = {"Via": "1.1 google"}
"""Discord's answers come through a proxy that says so; a library takes a 429 without it for a ban."""
_FILE = re.compile(r"files\[(\d)\]")
_BAD_GATEWAY = "<html><head><title>Bad Gateway</title></head><body>cloudflare</body></html>"


@dataclass
class _Given:
    """What came with a request."""

    body: Any = None
    """The JSON, whatever it is."""
    present: bool = False
    readable: bool = True
    files: list[File] = field(default_factory=list[File])


@dataclass(frozen=True, slots=True)
class Rest:
    """Answers everything below `BASE`."""

    world: World
    faults: Faults
    limits: Limits
    records: Records
    spec: Spec

    def add_to(self, application: web.Application, routes: list[Route]) -> None:
        """Let the application answer these routes. Among alike ones, those with fixed words come first."""
        for route in sorted(routes, key=lambda each: [part[0] == "{" for part in each.template[1:].split("/")]):
            application.router.add_route(route.method, BASE + route.template, self._handler(route))
        application.router.add_route("*", BASE + "/{rest:.*}", self._unknown)

    def _handler(self, route: Route) -> Any:
        async def handle(request: web.Request) -> web.Response:
            return await self._serve(request, route)

        return handle

    async def _serve(self, request: web.Request, route: Route) -> web.Response:
        path, query = dict(request.match_info), dict(request.query)
        given = await _given(request)
        args: Json = {**path, **query, **(given.body if isinstance(given.body, dict) else {})}
        if isinstance(given.body, list):
            args["list"] = given.body
        fault = self.faults.pick(route.operation, args)
        code = ""
        if fault is None or fault.after:
            response, code = self._answer(request, route, query, given)
        else:
            response, code = _failed(fault)
        self.limits.count_invalid(response.status)
        broken = fault is not None and fault.name.startswith("reset")
        self.records.add(
            Request(
                at=self.world.now(),
                method=route.operation,
                team=path.get("guild_id") or self._guild(path.get("channel_id", "")),
                args=masked(args),
                status=0 if broken else response.status,
                error=code,
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

    def _guild(self, channel: str) -> str:
        found = self.world.channels.get(channel)
        return found.guild if found else ""

    def _answer(
        self, request: web.Request, route: Route, query: dict[str, str], given: _Given
    ) -> tuple[web.Response, str]:
        headers: dict[str, str] = dict(VIA)
        try:
            if route.auth and request.headers.get(hdrs.AUTHORIZATION) != f"Bot {self.world.app.token}":
                return _json({"message": "401: Unauthorized", "code": 0}, 401, headers), "0"
            if not route.exempt:
                headers |= self.limits.take(route.operation, request.match_info)
            self.world.archive_idle()
            found = self._do(request, route, query, given)
        except ApiError as error:
            return _json(error.body(), error.status, headers), str(error.code)
        except Limited as limited:
            return _too_fast(limited, {**headers, **limited.headers}), "429"
        except Banned:
            return web.Response(status=429, text="error code: 1015"), "1015"
        self.world.violations += self.spec.answer(
            route.operation, found.number, found.body, given=found.body is not None
        )
        if found.body is None:
            return web.Response(status=found.number, headers=headers), ""
        return _json(found.body, found.number, headers), ""

    def _do(self, request: web.Request, route: Route, query: dict[str, str], given: _Given) -> Answer:
        wrong = Invalid()
        for name, value in request.match_info.items():
            if name.endswith("_id") and not is_snowflake(value):
                wrong.add("NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.', name)
        wrong.check()
        if not given.readable:
            raise ApiError(50109)
        self.world.violations += self.spec.request(route.operation, query, given.body, given=given.present)
        call = Call(
            world=self.world,
            limits=self.limits,
            operation=route.operation,
            path=dict(request.match_info),
            query=query,
            body=cast(Json, given.body) if isinstance(given.body, dict) else {},
            listed=_objects(given.body),
            files=given.files,
            reason=request.headers.get("X-Audit-Log-Reason", ""),
        )
        return route.handler(call)

    async def attachment(self, request: web.Request) -> web.Response:
        """A file of a message, as everybody who has the address can fetch it."""
        channel = self.world.channels.get(request.match_info["channel_id"])
        messages = [*channel.messages.values(), *channel.ephemerals] if channel else []
        for each in (attachment for message in messages for attachment in message.attachments):
            if each.id == request.match_info["attachment_id"]:
                return web.Response(body=each.content, content_type=each.type or "application/octet-stream")
        return web.Response(status=404)

    async def _unknown(self, request: web.Request) -> web.Response:
        self.world.violations.append(f"{request.method} {request.path.removeprefix(BASE)}: no such route here")
        return _json({"message": "404: Not Found", "code": 0}, 404, VIA)


async def _given(request: web.Request) -> _Given:
    """Read JSON, or a form with `payload_json` and files."""
    if request.content_type == "multipart/form-data":
        return await _form(request)
    if not (raw := await request.read()):
        return _Given()
    try:
        return _Given(json.loads(raw), present=True, readable=request.content_type == "application/json")
    except ValueError:
        return _Given(present=True, readable=False)


async def _form(request: web.Request) -> _Given:
    given = _Given({}, present=True)
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            number = _FILE.fullmatch(name)
            given.files.append(
                File(
                    int(number[1]) if number else len(given.files),
                    value.filename,
                    value.file.read(),
                    value.content_type,
                )
            )
        elif name == "payload_json":
            try:
                given.body = json.loads(str(value))
            except ValueError:
                given.readable = False
        else:
            given.body[name] = value
    return given


def _objects(body: object) -> list[Json]:
    return [each for each in cast(list[Any], body) if isinstance(each, dict)] if isinstance(body, list) else []


def _json(body: object, status: int, headers: Mapping[str, str]) -> web.Response:
    text = json.dumps(body, separators=(",", ":"))
    return web.Response(body=text.encode(), status=status, headers={**headers, hdrs.CONTENT_TYPE: "application/json"})


def _too_fast(limited: Limited, headers: Mapping[str, str]) -> web.Response:
    body: Json = {
        "message": "You are being rate limited.",
        "retry_after": round(limited.seconds, 3),
        "global": limited.scope == "global",
        "code": 0,
    }
    more = {"Retry-After": str(max(1, math.ceil(limited.seconds))), "X-RateLimit-Scope": limited.scope}
    if limited.scope == "global":
        more["X-RateLimit-Global"] = "true"
    return _json(body, 429, {**headers, **more})


def _failed(fault: Kind) -> tuple[web.Response, str]:
    """The answer to a request that goes wrong before anything is done."""
    match fault.name:
        case "ratelimited":
            return _too_fast(Limited(fault.seconds, fault.scope), VIA), "429"
        case "error":
            error = ApiError(fault.number)
            return _json(error.body(), error.status, VIA), str(error.code)
        case "status" if fault.number == 500:
            return _json({"message": "500: Internal Server Error", "code": 0}, 500, VIA), "0"
        case _:
            # Of a broken connection nothing is seen, whatever is here.
            return web.Response(status=fault.number or 500, text=_BAD_GATEWAY, content_type="text/html"), ""
