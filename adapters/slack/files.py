"""Small files that come along with messages: their bytes go up first, and are shared once their message stands."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeVar, cast

import aiohttp

from adapters.slack.calls import AGAIN, Calls, Json
from adapters.slack.mrkdwn import calm
from adapters.slack.workspaces import Workspace
from bot.language.acts import Receipt
from bot.language.adapter import Retry
from bot.language.cutting import shortened
from bot.language.messages import Document, Picture

ALT = 1_000
"""Characters of what describes a picture."""
_OK = 200
_KNOWN = 200
"""So many uploads, and so many messages without their files, are remembered."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that Slack has, and that nobody sees yet."""

    id: str
    name: str


def content_of(element: object) -> bytes:
    """The bytes of a picture or document; empty for anything else, and for what was dropped: nothing is uploaded."""
    if isinstance(element, Picture):
        return element.content
    return element.data if isinstance(element, Document) else b""


Key = TypeVar("Key")
Value = TypeVar("Value")


class Files:
    """Uploads files and shares them. An upload that is never shared is seen by nobody, so that it can be repeated.

    What was uploaded, and which messages still lack their files, is remembered to save work; nothing is lost with it.
    """

    def __init__(self, calls: Calls, patience: float) -> None:
        self._calls = calls
        self._patience = patience
        self._uploaded: dict[tuple[str, str, str], Uploaded] = {}
        self._begun: dict[tuple[str, str], Receipt] = {}

    def begin(self, workspace: Workspace, key: str, receipt: Receipt) -> None:
        """Remember that the message of this act stands, and its files do not."""
        _remember(self._begun, (workspace.team, key), receipt)

    def begun(self, workspace: Workspace, key: str) -> Receipt | None:
        """The message of this act, where a look-up has just found it without its files."""
        return self._begun.pop((workspace.team, key), None)

    async def upload(self, workspace: Workspace, key: str, file: Picture | Document) -> Uploaded:
        """Bring a file of the act `key` to Slack. Raises Refused where the workspace takes none, else Retry."""
        known = (workspace.team, key, file.file or file.name)
        if known not in self._uploaded:
            _remember(self._uploaded, known, await self._upload(workspace, file))
        return self._uploaded[known]

    async def _upload(self, workspace: Workspace, file: Picture | Document) -> Uploaded:
        content = content_of(file)
        asked: Json = {"filename": file.name, "length": len(content)}
        if isinstance(file, Picture):
            asked["alt_txt"] = shortened(calm(file.alt), ALT)
        answer = await self._calls.call(workspace, "files.getUploadURLExternal", asked)
        client = cast(Any, workspace.client)
        try:
            async with (
                asyncio.timeout(self._patience),
                aiohttp.ClientSession() as session,
                session.post(
                    str(answer["upload_url"]), data=BytesIO(content), proxy=client.proxy, ssl=client.ssl or True
                ) as got,
            ):
                status = got.status
        except (TimeoutError, aiohttp.ClientError, OSError) as problem:
            raise Retry(AGAIN, f"a file could not be brought to Slack ({type(problem).__name__})") from None
        if status != _OK:
            raise Retry(AGAIN, f"a file could not be brought to Slack (status {status})")
        return Uploaded(str(answer["file_id"]), file.name)

    async def share(self, workspace: Workspace, channel: str, files: Sequence[Uploaded]) -> None:
        """Show the files in a channel, in one message. Raises as `Calls.call` does; done twice, it shows them twice."""
        named = [{"id": each.id, "title": each.name} for each in files]
        await self._calls.call(workspace, "files.completeUploadExternal", {"files": named, "channel_id": channel})


def _remember(memory: dict[Key, Value], key: Key, value: Value) -> None:
    memory[key] = value
    while len(memory) > _KNOWN:
        del memory[next(iter(memory))]
