"""The outward half: what the core wants done happens in Slack."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import cast

from adapters.slack import marks, render
from adapters.slack.calls import PATIENCE, Calls, Json
from adapters.slack.fetching import fetch
from adapters.slack.files import Files, content_of
from adapters.slack.paces import Paces
from adapters.slack.problems import AWAY
from adapters.slack.rooms import Rooms
from adapters.slack.workspaces import Workspace, Workspaces
from bot.language.acts import Act, CloseRoom, DropEvent, Edit, FetchFile, OpenRoom, PlanEvent, Post, Receipt, ShowHome
from bot.language.adapter import Clock, Gone, Lost, Refused, Retry, Unknown
from bot.language.messages import Document, Picture
from bot.language.places import Address, Place

DEADLINE = 22.0
"""Seconds of real time for one act; the courier waits 25."""
_AGAIN = 15.0
_PAGE = 200
_OWN_MESSAGES = 200
"""So many of the bot's own messages are looked through for one that may be there or not; the latest first."""
_NOT_THERE = frozenset({"channel_not_found", "is_archived", "not_in_channel", "user_not_in_channel"})
"""Nothing can be shown to this person in this channel."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Found:
    """A message that was posted earlier, and whether all its files are there."""

    receipt: Receipt
    files: bool


class Outbound:
    """`perform` and `find` of `bot.language.adapter.Adapter`, for Slack. Keeps no state that a restart would miss."""

    def __init__(
        self, workspaces: Workspaces, clock: Clock, *, patience: float = PATIENCE, deadline: float = DEADLINE
    ) -> None:
        self._workspaces = workspaces
        self._clock = clock
        self._calls = Calls(Paces(clock), patience)
        self._rooms = Rooms(self._calls, clock)
        self._files = Files(self._calls, patience)
        self._patience = patience
        self._deadline = deadline
        self._directs: dict[tuple[str, str], str] = {}

    async def perform(self, act: Act) -> Receipt:
        """Do the deed. Raises Retry, Gone, Refused or Unknown."""
        workspace = await self._workspace(act)
        try:
            async with asyncio.timeout(self._deadline):
                match act:
                    case Post():
                        return await self._post(workspace, act)
                    case Edit():
                        return await self._edit(workspace, act)
                    case OpenRoom():
                        return await self._rooms.open(workspace, act)
                    case CloseRoom():
                        return await self._rooms.close(workspace, act)
                    case ShowHome():
                        return await self._show_home(workspace, act)
                    case PlanEvent() | DropEvent():
                        raise Refused("Slack has no events.")
                    case FetchFile():
                        content = await fetch(self._calls, workspace, act, self._patience)
                        return Receipt(self._clock.now(), act.reference, content=content)
        except TimeoutError:
            if isinstance(act, Post):
                raise Unknown("Slack did not answer in time") from None
            # All others can be done again.
            raise Retry(_AGAIN, "Slack did not answer in time") from None

    async def find(self, act: Act, since: datetime | None = None) -> Receipt | None:
        """The receipt of this act if it was done, None if it was not, or if it can simply be done again.

        Messages bear their keys, so that `since` is not needed here.
        """
        workspace = await self._workspace(act)
        try:
            async with asyncio.timeout(self._deadline):
                match act:
                    case Post() if _only_shown(act):
                        return await self._find_shown(workspace, act)
                    case Post():
                        return await self._find_post(workspace, act, act.address)
                    case OpenRoom():
                        return await self._rooms.look_up(workspace, act)
                    case _:
                        return None
        except TimeoutError:
            raise Retry(_AGAIN, "Slack did not answer in time") from None

    async def _workspace(self, act: Act) -> Workspace:
        workspace = await self._workspaces.workspace(act.address.community)
        if workspace is None:
            raise Retry(AWAY, "Counterpart is not installed in this workspace at present.")
        return workspace

    # Messages

    async def _post(self, workspace: Workspace, act: Post) -> Receipt:
        files = _brought(act)
        if files and not _only_shown(act):
            return await self._post_with_files(workspace, act, files)
        # What only one person sees can have no file.
        arguments = _arguments(render.message(act.message, unfold=True))
        if not _only_shown(act):
            return await self._say(workspace, act, _channel(act.address), arguments)
        where = {"channel": _channel(act.address), "user": act.only_for}
        answer = await self._calls.call(workspace, "chat.postEphemeral", where | arguments, takes=_NOT_THERE)
        if answer.get("error"):
            # A command can be given where the bot is not: its answer comes in private then.
            return await self._say(workspace, act, act.only_for, arguments)
        return _receipt(str(answer["message_ts"]))

    async def _post_with_files(self, workspace: Workspace, act: Post, brought: Sequence[Picture | Document]) -> Receipt:
        """Post a message, and its files in one message after it. What a look-up found to be begun is completed."""
        receipt = self._files.begun(workspace, act.key)
        try:
            files = [await self._files.upload(workspace, act.key, each) for each in brought]
            channel = await self._conversation(workspace, act.address)
            if receipt is None:
                receipt = await self._say(workspace, act, channel, _arguments(render.message(act.message)))
            await self._files.share(workspace, channel, files)
        except Retry as problem:
            if receipt is None:
                raise
            # The message stands: before anything is tried again, it is looked up.
            raise Unknown(str(problem)) from problem
        except Refused as problem:
            if receipt is not None:
                return replace(receipt, note=str(problem))
            words = _arguments(render.message(act.message, unfold=True))
            return replace(await self._say(workspace, act, _channel(act.address), words), note=str(problem))
        return receipt

    async def _say(self, workspace: Workspace, act: Post, channel: str, arguments: Json) -> Receipt:
        """Post a message. `channel` may be a person: Slack puts it into their conversation with the bot."""
        metadata = {"event_type": marks.KEY_EVENT, "event_payload": {"key": act.key}}
        where: Json = {"channel": channel, "metadata": metadata, "unfurl_links": False, "unfurl_media": False}
        answer = await self._calls.call(workspace, "chat.postMessage", arguments | where | {"mrkdwn": False})
        if str(answer["channel"]) != channel:
            self._directs[workspace.team, channel] = str(answer["channel"])
        return _receipt(str(answer["ts"]))

    async def _edit(self, workspace: Workspace, act: Edit) -> Receipt:
        where = {"channel": await self._conversation(workspace, act.address), "ts": act.target}
        await self._calls.call(workspace, "chat.update", where | _arguments(render.message(act.message)))
        return Receipt(self._clock.now(), act.target)

    async def _show_home(self, workspace: Workspace, act: ShowHome) -> Receipt:
        arguments: Json = {"user_id": act.address.id, "view": render.home(act.message)}
        answer = await self._calls.call(workspace, "views.publish", arguments)
        return Receipt(self._clock.now(), str(answer["view"]["id"]))

    async def _conversation(self, workspace: Workspace, address: Address) -> str:
        """The id of the channel at an address. Of the conversation with a person it is learned once."""
        if address.place is not Place.DIRECT:
            return _channel(address)
        key = (workspace.team, address.id)
        if key not in self._directs:
            answer = await self._calls.call(workspace, "conversations.open", {"users": address.id})
            self._directs[key] = str(answer["channel"]["id"])
        return self._directs[key]

    # Looking up

    async def _find_shown(self, workspace: Workspace, act: Post) -> Receipt | None:
        """What only one person saw is in no history; but it may have come to them in private."""
        direct = Address(act.address.platform, act.address.community, Place.DIRECT, act.only_for)
        receipt = await self._find_post(workspace, act, direct)
        if receipt is None:
            raise Lost("what is shown to one person in a channel cannot be looked up in Slack")
        return receipt

    async def _find_post(self, workspace: Workspace, act: Post, address: Address) -> Receipt | None:
        try:
            found = await self._search(workspace, await self._conversation(workspace, address), act)
        except Gone:
            # There is no such place any more: it can be tried once more, and will be found to be gone.
            return None
        if found is not None and not found.files:
            # Performed again, it only gets the files that it lacks.
            self._files.begin(workspace, act.key, found.receipt)
            return None
        return found.receipt if found is not None else None

    async def _search(self, workspace: Workspace, channel: str, act: Post) -> _Found | None:
        """Look through the bot's latest messages in a channel for the one of this act, and the files after it."""
        own, marked, newer = 0, 0, Json()
        arguments: Json = {"channel": channel, "limit": _PAGE, "include_all_metadata": True}
        async for answer in self._calls.pages(workspace, "conversations.history", arguments):
            for message in cast(list[Json], answer["messages"]):
                if not _is_own(message, workspace):
                    continue
                own += not message.get("files")
                metadata = cast(Json, message.get("metadata") or {})
                marked += metadata.get("event_type") == marks.KEY_EVENT
                if cast(Json, metadata.get("event_payload") or {}).get("key") == act.key:
                    return _Found(_receipt(str(message["ts"])), _files_of(act) <= _files_in(newer))
                newer = message
            if own >= _OWN_MESSAGES:
                break
        if own and not marked:
            # Every message bears its key. If none shows it, that they show nothing proves nothing.
            raise Unknown("Slack does not show the marks of messages. Does the app have metadata.message:read?")
        return None


def _only_shown(act: Post) -> bool:
    return bool(act.only_for) and act.address.place is not Place.DIRECT


def _channel(address: Address) -> str:
    if not address.id:
        raise Refused("No channel has been chosen yet. Go to the public channel, and type /mentoring setup there.")
    return address.id


def _is_own(message: Json, workspace: Workspace) -> bool:
    """Whether the bot posted this; what Slack writes itself about the bot's deeds has a subtype."""
    ours = bool(workspace.bot_id) and message.get("bot_id") == workspace.bot_id
    posted = message.get("subtype") in (None, "", "bot_message", "file_share")
    return posted and (ours or message.get("user") == workspace.bot_user)


def _arguments(shown: render.Shown) -> Json:
    return {"text": shown.text, "blocks": list(shown.blocks), "parse": "none", "link_names": False}


def _brought(act: Post) -> list[Picture | Document]:
    """What goes up with a message. Of what was dropped there is only its name."""
    return [each for each in act.message.elements if isinstance(each, Picture | Document) and content_of(each)]


def _files_of(act: Post) -> set[str]:
    """The names of the files that come after an act's message."""
    return set() if _only_shown(act) else {each.name for each in _brought(act)}


def _files_in(message: Json) -> set[str]:
    """The names of the files that a message shows; lanes keep their order, so that they belong to the one before."""
    return {str(each.get("name")) for each in cast(list[Json], message.get("files") or [])}


def _receipt(stamp: str) -> Receipt:
    return Receipt(_EPOCH + timedelta(microseconds=int(Decimal(stamp) * 1_000_000)), stamp)
