"""The Web API over HTTP: who calls, whether they may, what goes wrong on purpose, and what is written down."""

import base64
from collections.abc import Mapping

from aiohttp import hdrs, web

from tests.slackserver.calls import Call, Handler, missing, read_args
from tests.slackserver.errors import ApiError
from tests.slackserver.guarding import Guard, json_body
from tests.slackserver.limits import Limits
from tests.slackserver.spec import Method, faults_of_answer, methods
from tests.slackserver.state import Installation, Json, Team
from tests.slackserver.world import World

WITHOUT_TOKEN = frozenset({"oauth.v2.access", "api.test"})
APP_LEVEL = frozenset({"apps.connections.open"})


class WebApi:
    """Answers `/api/<method>`."""

    def __init__(self, world: World, handlers: Mapping[str, Handler], guard: Guard, limits: Limits) -> None:
        self._world = world
        self._handlers = handlers
        self._guard = guard
        self._limits = limits

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        name = request.match_info["method"]
        given = await _given(request, methods().get(name), self._world.violations)
        found = self._world.installation(_token(request, given))

        async def do() -> web.Response:
            return self._answer(request, name, given)

        return await self._guard.answer(request, name, given, found[0].id if found else "", do)

    def _answer(self, request: web.Request, name: str, given: Json) -> web.Response:
        method = methods().get(name)
        if method is None or name not in self._handlers:
            self._world.violations.append(f"{name}: no such method here")
            return web.json_response({"ok": False, "error": "unknown_method", "req_method": name})
        if request.method == hdrs.METH_GET and method.verb == "POST":
            self._world.violations.append(f"{name}: called with GET, specified as POST")
        headers = {"X-Accepted-OAuth-Scopes": ",".join(method.scopes)}
        try:
            caller = self._caller(method, _token(request, given))
            if caller:
                headers["X-OAuth-Scopes"] = ",".join(sorted(caller[1].scopes))
            if wait := self._limits.wait(method, caller[0].id if caller else "", str(given.get("channel", ""))):
                headers["Retry-After"] = str(wait)
                return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
            self._check_scopes(method, caller)
            args = read_args(method, given, self._world.violations)
            answer: Json = {"ok": True, **self._handlers[name](Call(self._world, method, args, caller))}
        except ApiError as error:
            answer = {"ok": False, "error": error.code, **error.more}
        self._world.violations += faults_of_answer(method, answer)
        return web.json_response(answer, headers=headers)

    def _caller(self, method: Method, token: str) -> tuple[Team, Installation] | None:
        app = self._world.app
        if method.name in WITHOUT_TOKEN:
            return None
        if not token:
            raise ApiError("not_authed")
        if token == app.app_token:
            if method.name not in APP_LEVEL:
                raise ApiError("not_allowed_token_type")
            if "connections:write" not in app.app_scopes:
                raise ApiError("missing_scope", needed="connections:write", provided=",".join(app.app_scopes))
            return None
        if (found := self._world.installation(token)) is None:
            raise ApiError("invalid_auth")
        if method.name in APP_LEVEL:
            raise ApiError("not_allowed_token_type")
        if found[1].state != "active":
            raise ApiError("token_revoked" if found[1].state == "revoked" else "account_inactive")
        return found

    def _check_scopes(self, method: Method, caller: tuple[Team, Installation] | None) -> None:
        if caller and method.scopes and not set(method.scopes) & caller[1].scopes:
            raise missing(method.scopes, caller[1])


async def _given(request: web.Request, method: Method | None, violations: list[str]) -> Json:
    """Everything that came along: in the query, in a form, in JSON, and a client's id and secret as basic auth."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        # Some methods read no JSON; Slack leaves its arguments aside without a word.
        if method is None or method.json:
            given |= await json_body(request)
        elif await request.read():
            violations.append(f"{method.name}: called with JSON, which it does not read")
    else:
        given |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    if (header := request.headers.get(hdrs.AUTHORIZATION, "")).startswith("Basic "):
        client_id, _, secret = _plain(header.removeprefix("Basic ")).partition(":")
        given |= {"client_id": client_id, "client_secret": secret}
    return given


def _plain(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except ValueError:
        return ""


def _token(request: web.Request, given: Json) -> str:
    header = request.headers.get(hdrs.AUTHORIZATION, "")
    return header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else str(given.get("token") or "")
