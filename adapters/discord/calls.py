"""The one place where the outward half calls Discord: at its pace, once, with an answer that the courier understands.

The calls go through the library's own client, but it must decide nothing: it would repeat what it does not know to be
done, and sleep by the machine's clock while the courier waits. So the answer is taken at the door, where aiohttp tells
of it (`trace`), and the library is left there by an exception. What it has acquired it gives back on the way out.
"""

import asyncio
import json as jsonlib
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import structlog
from discord.http import Route

from adapters.discord.controls import Json
from adapters.discord.line import Line
from adapters.discord.paces import Deed, Paces
from adapters.discord.problems import verdict
from bot.language.adapter import Gone, Refused, Retry, Unknown

PATIENCE = 10.0
"""Seconds of real time in which a call is answered."""
AGAIN = 15.0
"""Seconds after which a call that did not get through is tried again."""
PAGE = 100
"""Messages that are read at once."""
LIMITED, BANNED = 429, 600.0
"""The status of a refusal for haste; and how long to wait where not Discord refuses, but the guard before it."""

_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)
"""The connection was never made, so that Discord has heard nothing."""
_BROKEN = (TimeoutError, aiohttp.ClientError, OSError)
_COUNTED = frozenset({401, 403, LIMITED})
"""Refusals of which Discord takes only so many."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class File:
    """A file that is sent along."""

    name: str
    content: bytes
    type: str = "image/png"


@dataclass(frozen=True, slots=True)
class Answer:
    """What Discord said. `code` is its number for a problem, 0 for none."""

    status: int
    data: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def json(self) -> Json:
        """The answer, where it is an object."""
        return cast(Json, self.data) if isinstance(cast(object, self.data), dict) else {}

    @property
    def items(self) -> list[Json]:
        """The answer, where it is a list of objects."""
        return cast(list[Json], self.data) if isinstance(cast(object, self.data), list) else []

    @property
    def code(self) -> int:
        """Discord's number for what is wrong; 0 where nothing is, or it gave none."""
        return int(self.json.get("code") or 0) if self.status >= 400 else 0

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with a form: where, and Discord's word for it. Its sentences are left out: they may quote."""
        return tuple(_faults(self.json.get("errors")))


@dataclass(slots=True)
class _Attempt:
    """One call on its way through the library."""

    sent: bool = False
    answer: Answer | None = None


class _Answered(Exception):
    """Raised where an answer comes in, to leave the library. Whoever called finds it in the attempt."""


def trace() -> aiohttp.TraceConfig:
    """What the library's client must be built with (`http_trace`). It concerns only the calls that are made here."""
    config = aiohttp.TraceConfig()

    async def sending(_: object, context: SimpleNamespace, __: object) -> None:
        if isinstance(attempt := context.trace_request_ctx, _Attempt):
            attempt.sent = True

    async def answered(_: object, context: SimpleNamespace, told: aiohttp.TraceRequestEndParams) -> None:
        if isinstance(attempt := context.trace_request_ctx, _Attempt):
            body = await told.response.read()
            attempt.answer = Answer(told.response.status, _read(body), dict(told.response.headers))
            raise _Answered

    async def failed(_: object, context: SimpleNamespace, told: aiohttp.TraceRequestExceptionParams) -> None:
        # On some systems the library would repeat what a broken connection leaves unknown.
        if isinstance(context.trace_request_ctx, _Attempt) and isinstance(told.exception, OSError):
            raise _Failed(told.exception)

    config.on_request_start.append(sending)
    config.on_request_end.append(answered)
    config.on_request_exception.append(failed)
    return config


class _Failed(Exception):
    """A connection that broke, in a wrapping that the library does not know."""

    def __init__(self, problem: BaseException) -> None:
        super().__init__(type(problem).__name__)
        self.problem = problem


class Calls:
    """Calls Discord."""

    def __init__(self, line: Line, paces: Paces, patience: float = PATIENCE) -> None:
        self.paces = paces
        self._line = line
        self._patience = patience
        self._hashes: dict[str, str] = {}
        self._flying: Counter[str] = Counter()

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        files: Sequence[File] = (),
        params: Mapping[str, str] | None = None,
        once: bool = False,
        takes: Collection[int] = (),
        deed: Deed | None = None,
        where: str = "",
        **names: str,
    ) -> Answer:
        """The answer of a call. Raises Retry, Gone, Refused; Unknown for what is to be done `once`, and may be done.

        `names` fill the path. A code among `takes` is an answer too. Nothing that is raised or logged bears what was
        sent.
        """
        route = Route(method, path, **names)
        # Answers to interactions are not counted among the fifty a second.
        exempt = "webhook_token" in names
        self.paces.take(self._way(route), deed=deed, where=where, exempt=exempt)
        name = f"{route.key}:{route.major_parameters}"
        self._flying[name] += 1
        try:
            answer = await self._ask(route, json, files, params, once)
            self._learn(route, answer, self._flying[name] - 1)
        finally:
            self._flying[name] -= 1
            # Only what is positive is kept.
            self._flying += Counter()
        if answer.status < 400:
            return answer
        if answer.status == LIMITED:
            raise self._slower(route, answer)
        if answer.code and answer.code in takes:
            return answer
        raise self._problem(route, answer, once)

    async def history(self, channel: str, pages: int) -> AsyncIterator[Json]:
        """The messages of a channel, the latest first; at most so many pages of them."""
        before: dict[str, str] = {}
        for _ in range(pages):
            path, query = "/channels/{channel_id}/messages", {"limit": str(PAGE), **before}
            found = (await self.call("GET", path, params=query, channel_id=channel)).items
            for message in found:
                yield message
            if len(found) < PAGE:
                return
            before = {"before": str(found[-1]["id"])}

    async def _ask(
        self, route: Route, json: object, files: Sequence[File], params: Mapping[str, str] | None, once: bool
    ) -> Answer:
        attempt = _Attempt()
        kwargs: dict[str, Any] = {"trace_request_ctx": attempt}
        if params:
            kwargs["params"] = dict(params)
        if files:
            kwargs["form"] = _form(json, files)
        elif json is not None:
            kwargs["json"] = json
        problem: BaseException | None = None
        try:
            async with asyncio.timeout(self._patience):
                # The library's `request` takes whatever the HTTP client takes. It returns only where nothing traces it.
                return Answer(200, await cast(Any, self._line.http).request(route, **kwargs))
        except _Answered:
            pass
        except discord.RateLimited as limited:
            # Others have used up this way: the library says so before it sends anything.
            raise Retry(limited.retry_after, "Discord is asked no faster than it allows") from None
        except discord.HTTPException as refused:
            return Answer(refused.status, {"code": refused.code})
        except _Failed as failed:
            problem = failed.problem
        except (*_BROKEN, discord.DiscordException) as broken:
            problem = broken
        if attempt.answer is not None:
            return attempt.answer
        if not attempt.sent or isinstance(problem, _NOT_SENT):
            raise Retry(AGAIN, "Discord could not be reached")
        raise _lost(once, f"the connection to Discord broke ({type(problem).__name__})")

    # What an answer says

    def _way(self, route: Route) -> str:
        """What Discord counts calls by: it tells in its answers which routes it counts together."""
        return f"{self._hashes.get(route.key, route.key)}:{route.major_parameters}"

    def _learn(self, route: Route, answer: Answer, flying: int) -> None:
        if bucket := answer.headers.get("X-RateLimit-Bucket"):
            self._hashes[route.key] = bucket
        calls, after = answer.headers.get("X-RateLimit-Remaining"), answer.headers.get("X-RateLimit-Reset-After")
        if answer.status != LIMITED and calls is not None and after is not None:
            # Calls that are still on their way are not counted there yet.
            self.paces.learn(self._way(route), max(0, int(calls) - flying), float(after))
        counts = answer.status in _COUNTED and answer.headers.get("X-RateLimit-Scope") != "shared"
        if counts and (pause := self.paces.refused()):
            log.error("discord_refuses_too_much", platform="discord", pause=pause)

    def _slower(self, route: Route, answer: Answer) -> Retry:
        said = answer.json.get("retry_after") or answer.headers.get("Retry-After") or 0
        # Where it is not in Discord's form, its guard has shut the door for everybody.
        seconds = float(said) if answer.json else max(float(said), BANNED)
        everywhere = not answer.json or answer.json.get("global") or answer.headers.get("X-RateLimit-Global")
        if everywhere:
            self.paces.shut_all(seconds)
        else:
            self.paces.shut(self._way(route), seconds)
        log.info("discord_ratelimited", way=route.key, seconds=seconds, everywhere=bool(everywhere))
        return Retry(seconds, f"Discord asks for {seconds:g} s of patience")

    def _problem(self, route: Route, answer: Answer, once: bool) -> Exception:
        if answer.status >= 500:
            return _lost(once, f"Discord has a fault of its own (status {answer.status})")
        found = verdict(route.method, route.path, answer.code, answer.status)
        log.warning("discord_refused", way=route.key, status=answer.status, code=answer.code, faults=answer.faults)
        match found.kind:
            case "retry":
                return Retry(found.seconds, found.text)
            case "gone":
                return Gone(found.text)
            case "refused":
                return Refused(found.text)


def _lost(once: bool, reason: str) -> Retry | Unknown:
    """Whether it was done is not known: what would be done twice must be looked up, all else is called again."""
    return Unknown(reason) if once else Retry(AGAIN, reason)


def _read(body: bytes) -> Any:
    try:
        return jsonlib.loads(body) if body else None
    except ValueError:
        return None


def _form(payload: object, files: Sequence[File]) -> list[Json]:
    parts: list[Json] = [{"name": "payload_json", "value": jsonlib.dumps(payload)}]
    for number, file in enumerate(files):
        part: Json = {"name": f"files[{number}]", "value": BytesIO(file.content), "filename": file.name}
        parts.append(part | {"content_type": file.type})
    return parts


def _faults(errors: object, where: str = "") -> list[str]:
    if not isinstance(errors, dict):
        return []
    found: list[str] = []
    for key, value in cast(Json, errors).items():
        if key == "_errors":
            found += [f"{where}: {each.get('code')}" for each in cast(list[Json], value)]
        else:
            found += _faults(value, f"{where}.{key}".lstrip("."))
    return found
