"""The one place where Slack's Web API is called: at its pace, once, and with an answer that the courier understands."""

import asyncio
import re
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.paces import Paces
from adapters.slack.problems import RATE_LIMITED, verdict
from adapters.slack.workspaces import Workspace
from bot.language.adapter import Gone, Refused, Retry, Unknown

Json = dict[str, Any]
"""A JSON object as it travels."""

PATIENCE = 10.0
"""Seconds of real time in which a call is answered."""
AGAIN = 15.0
"""Seconds after which a call that did not get through is tried again."""

ONCE = frozenset({"chat.postMessage", "chat.postEphemeral", "files.completeUploadExternal"})
"""Methods that do it twice when they are called twice. All others may simply be called again."""
READING = frozenset(
    {
        "conversations.history", "conversations.info", "conversations.members", "files.info", "users.conversations",
        "users.info",
    }
)  # fmt: skip
"""Methods that take no JSON: their arguments stand in the query."""
FORMS = frozenset({"files.getUploadURLExternal"})
"""Methods that take no JSON, and change something: their arguments are those of a form."""

PAGES = 20
"""Pages of a list that are read at most."""

_POINTER = re.compile(r"json-pointer:([\w/-]+)")
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)
"""The connection was never made, so that Slack has heard nothing."""
_BROKEN = (TimeoutError, aiohttp.ClientError, OSError)
_UNREADABLE = (SlackClientError, AttributeError, ValueError)
"""What the library raises over an answer that is no JSON object."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What came in the place of an answer that says `ok`. `seconds` is how long to wait, 0 where that was not said."""

    status: int
    data: Json
    seconds: float

    @property
    def code(self) -> str:
        return str(self.data.get("error") or "") if self.status < 500 else ""


class Calls:
    """Calls Slack. `paces` are kept by all who call it with the same token."""

    def __init__(self, paces: Paces, patience: float = PATIENCE) -> None:
        self.paces = paces
        self._patience = patience

    async def call(self, workspace: Workspace, method: str, args: Json, *, takes: Collection[str] = ()) -> Json:
        """The answer of a method. Raises Retry, Gone, Refused, or Unknown.

        An error code among `takes` is an answer too: it stands in `error`. Nothing that is raised or logged bears
        what was sent.
        """
        self.paces.take(workspace.team, method, str(args.get("channel", "")))
        try:
            async with asyncio.timeout(self._patience):
                return await _ask(workspace.client, method, args)
        except SlackApiError as problem:
            refusal = _refusal(cast(Any, problem.response))
        except _NOT_SENT:
            raise Retry(AGAIN, "Slack could not be reached") from None
        except _BROKEN as problem:
            raise _lost(method, f"the connection to Slack broke ({type(problem).__name__})") from None
        except _UNREADABLE as problem:
            raise _lost(method, f"Slack's answer could not be read ({type(problem).__name__})") from None
        if refusal.code and refusal.code in takes:
            return refusal.data
        raise self._problem(workspace, method, refusal)

    async def pages(self, workspace: Workspace, method: str, args: Json) -> AsyncIterator[Json]:
        """The answers of a method that gives its list in pages, one by one. Raises Unknown if they do not end."""
        cursor = ""
        for _ in range(PAGES):
            answer = await self.call(workspace, method, args | ({"cursor": cursor} if cursor else {}))
            yield answer
            cursor = str(_metadata(answer).get("next_cursor") or "")
            if not cursor:
                return
        raise Unknown(f"{method} gave more than {PAGES} pages")

    def _problem(self, workspace: Workspace, method: str, refusal: _Refusal) -> Exception:
        """What is to be raised over a refusal."""
        if refusal.status == 429:
            return self._slower(workspace, method, refusal.seconds or verdict(method, "ratelimited").seconds)
        if not refusal.code:
            return _lost(method, f"Slack has a fault of its own (status {refusal.status})")
        found = verdict(method, refusal.code, str(refusal.data.get("needed") or ""))
        log.warning("slack_refused", method=method, team=workspace.team, code=refusal.code, at=_pointers(refusal.data))
        match found.kind:
            case "retry" if refusal.code in RATE_LIMITED:
                return self._slower(workspace, method, refusal.seconds or found.seconds)
            case "retry":
                return Retry(found.seconds, found.text)
            case "unsure":
                return _lost(method, found.text)
            case "gone":
                return Gone(found.text)
            case "refused":
                return Refused(found.text)

    def _slower(self, workspace: Workspace, method: str, seconds: float) -> Retry:
        self.paces.shut(workspace.team, method, seconds)
        log.info("slack_ratelimited", method=method, team=workspace.team, seconds=seconds)
        return Retry(seconds, f"Slack asks for {seconds:g} s of patience with {method}")


async def _ask(client: AsyncWebClient, method: str, args: Json) -> Json:
    call = cast(Any, client).api_call
    if method in READING:
        response: Any = await call(method, http_verb="GET", params=args)
    else:
        response = await (call(method, data=args) if method in FORMS else call(method, json=args))
    # Checked by the library: an object that says `ok`.
    return cast(Json, response.data)


def _refusal(response: Any) -> _Refusal:
    # The library hands over its own response, or the HTTP client's where there was no JSON in it.
    status = getattr(response, "status_code", None) or getattr(response, "status", 0)
    headers: Mapping[str, str] = getattr(response, "headers", None) or {}
    data: Any = getattr(response, "data", None)
    return _Refusal(int(status), cast(Json, data) if isinstance(data, dict) else {}, _retry_after(headers))


def _retry_after(headers: Mapping[str, str]) -> float:
    try:
        return max(0.0, float(headers.get("Retry-After", "")))
    except ValueError:
        return 0.0


def _lost(method: str, reason: str) -> Retry | Unknown:
    """Whether it was done is not known: what would be done twice must be looked up, all else is called again."""
    return Unknown(f"{method}: {reason}") if method in ONCE else Retry(AGAIN, f"{method}: {reason}")


def _pointers(data: Json) -> list[str]:
    """Where in the arguments Slack found fault. Its sentences are left out: they may quote."""
    found = cast(list[object], _metadata(data).get("messages") or [])
    return [str(pointer) for each in found for pointer in _POINTER.findall(str(each))]


def _metadata(data: Json) -> Json:
    return cast(Json, data.get("response_metadata") or {})
