"""Rooms: private channels with a name that is always the same, or group conversations where channels are forbidden.

Each step can be taken again after a crash. Bringing people in is the last one, so that whoever is in proves the rest.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import cast

from adapters.slack import marks
from adapters.slack.calls import Calls, Json
from adapters.slack.mrkdwn import safe
from adapters.slack.problems import verdict
from adapters.slack.workspaces import Workspace
from bot.language.acts import CloseRoom, OpenRoom, Receipt
from bot.language.adapter import Clock, Gone, Refused
from bot.language.cutting import shortened
from bot.language.places import Address, Place

BOOKMARK = "My partnership"
_PURPOSE = 250
"""Characters of what a channel is for."""
_PAGE = 900
_STEPS = ("conversations.create", "conversations.setPurpose", "bookmarks.add", "conversations.invite")
"""What opening a room needs most, so that it is not begun when it cannot be ended."""
_FORBIDDEN = frozenset({"restricted_action", "cannot_create_channel"})
"""The workspace lets Counterpart make no channels."""
_NO_ACCOUNT = frozenset({"user_disabled", "user_not_found", "user_not_visible", "cannot_dm_bot"})
"""Of whom a group conversation is to be, somebody cannot be in it."""
_NOT_COMING = frozenset(
    {
        "already_in_channel", "app_cannot_join_channel", "cant_invite", "cant_invite_self", "invitee_cant_see_channel",
        "no_external_invite_permission", "no_user", "org_user_not_in_team", "ura_max_channels", "user_disabled",
        "user_is_restricted", "user_not_found",
    }
)  # fmt: skip
"""Why one person cannot be invited; it says nothing about the others."""


class Rooms:
    """Opens and closes rooms.

    Which channels are Counterpart's own is read once and then known: a room that its people have renamed is found by
    the name that it had, and not opened a second time.
    """

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock
        self._known: dict[str, dict[str, str]] = {}
        self._listing = asyncio.Lock()

    async def open(self, workspace: Workspace, act: OpenRoom) -> Receipt:
        """Open the room, or find it; bring in who is not there yet, and say who is."""
        self._calls.paces.check(workspace.team, _STEPS)
        name = marks.channel_name(act.name)
        room, fresh, forbidden = await self._find(workspace, name), False, ""
        if room is None:
            room, fresh, forbidden = await self._create(workspace, name)
        if room is None:
            return await self._group(workspace, act, forbidden)
        if room.get("is_archived"):
            raise Gone(
                f"The room #{name} is archived, and Slack does not let apps open it again. "
                "Whoever archived it can, in the channel's settings."
            )
        channel = str(room["id"])
        await self._furnish(workspace, room, act.title, fresh=fresh)
        inside: set[str] = set() if fresh else await self._members(workspace, channel)
        notes: list[str] = []
        if missing := [user for user in act.members if user not in inside]:
            notes = await self._invite(workspace, channel, missing)
            inside = await self._members(workspace, channel)
        return self._opened(act, channel, [user for user in act.members if user in inside], " ".join(notes))

    async def look_up(self, workspace: Workspace, act: OpenRoom) -> Receipt | None:
        """The receipt if the room is there with everybody in it. Else something is left to do, which is done again."""
        room = await self._find(workspace, marks.channel_name(act.name), afresh=True)
        if room is None or room.get("is_archived"):
            return None
        inside = await self._members(workspace, str(room["id"]))
        return self._opened(act, str(room["id"]), act.members) if inside.issuperset(act.members) else None

    async def close(self, workspace: Workspace, act: CloseRoom) -> Receipt:
        """Archive the room. A group conversation cannot be archived: it only leaves the list."""
        channel = {"channel": act.address.id}
        takes = ("already_archived", "method_not_supported_for_channel_type")
        answer = await self._calls.call(workspace, "conversations.archive", channel, takes=takes)
        if answer.get("error") == "method_not_supported_for_channel_type":
            await self._calls.call(workspace, "conversations.close", channel)
        return Receipt(self._clock.now(), act.address.id)

    # Finding and making it

    async def _create(self, workspace: Workspace, name: str) -> tuple[Json | None, bool, str]:
        """The channel and whether it is new; or None and why there can be none."""
        arguments: Json = {"name": name, "is_private": True}
        takes = {"name_taken", *_FORBIDDEN}
        answer = await self._calls.call(workspace, "conversations.create", arguments, takes=takes)
        error = str(answer.get("error") or "")
        if not error:
            room = cast(Json, answer["channel"])
            self._known[workspace.team][name] = str(room["id"])
            return room, True, ""
        if error in _FORBIDDEN:
            return None, False, error
        # It was made a moment ago, and the answer got lost; or it is somebody else's.
        if room := await self._find(workspace, name, afresh=True):
            return room, False, ""
        raise Refused(
            f"There is a channel #{name} already, which is not Counterpart's ({error}). "
            "Ask whoever made it to give it another name."
        )

    async def _find(self, workspace: Workspace, name: str, *, afresh: bool = False) -> Json | None:
        """The bot's own channel that has this name, or had it."""
        async with self._listing:
            if afresh or workspace.team not in self._known:
                self._known[workspace.team] = await self._own(workspace)
        known = self._known[workspace.team]
        if (channel := known.get(name)) is None:
            return None
        arguments = {"channel": channel}
        answer = await self._calls.call(workspace, "conversations.info", arguments, takes=("channel_not_found",))
        if answer.get("error"):
            # It was deleted, or the bot is no longer in it: as if it had never been.
            known.pop(name, None)
            return None
        room = cast(Json, answer["channel"])
        # Whoever archives a room and gives it another name has made room for a new one.
        return None if room.get("is_archived") and room.get("name") != name else room

    async def _own(self, workspace: Workspace) -> dict[str, str]:
        """The channels that the bot has made, by their names; earlier names count where nobody has them now."""
        now: dict[str, str] = {}
        before: dict[str, str] = {}
        arguments: Json = {"types": "private_channel", "exclude_archived": False, "limit": _PAGE}
        async for answer in self._calls.pages(workspace, "users.conversations", arguments):
            for channel in cast(list[Json], answer["channels"]):
                if channel.get("creator") == workspace.bot_user:
                    now[str(channel["name"])] = str(channel["id"])
                    earlier = cast(list[str], channel.get("previous_names") or [])
                    if not channel.get("is_archived"):
                        before |= dict.fromkeys(earlier, str(channel["id"]))
        return before | now

    # What is in it

    async def _furnish(self, workspace: Workspace, room: Json, title: str, *, fresh: bool) -> None:
        """Say what the room is for, and put a way to the app at its top. It is a room without these, too."""
        channel = str(room["id"])
        purpose = cast(Json, room.get("purpose") or {}).get("value")
        if title and not purpose:
            with suppress(Gone, Refused):  # a purpose is a nicety
                arguments = {"channel": channel, "purpose": shortened(safe(title), _PURPOSE)}
                await self._calls.call(workspace, "conversations.setPurpose", arguments)
        if workspace.app_id:
            with suppress(Gone, Refused):  # so is a bookmark
                await self._bookmark(workspace, channel, fresh=fresh)

    async def _bookmark(self, workspace: Workspace, channel: str, *, fresh: bool) -> None:
        if not fresh:
            answer = await self._calls.call(workspace, "bookmarks.list", {"channel_id": channel})
            if any(each.get("title") == BOOKMARK for each in cast(list[Json], answer["bookmarks"])):
                return
        link = f"https://slack.com/app_redirect?app={workspace.app_id}&team={workspace.team}"
        arguments = {"channel_id": channel, "title": BOOKMARK, "type": "link", "link": link}
        await self._calls.call(workspace, "bookmarks.add", arguments)

    async def _members(self, workspace: Workspace, channel: str) -> set[str]:
        found: set[str] = set()
        arguments: Json = {"channel": channel, "limit": _PAGE}
        async for answer in self._calls.pages(workspace, "conversations.members", arguments):
            found.update(cast(list[str], answer["members"]))
        return found

    async def _invite(self, workspace: Workspace, channel: str, users: Sequence[str]) -> list[str]:
        """Invite these people. Returns a sentence for each who cannot come."""
        arguments: Json = {"channel": channel, "users": ",".join(users), "force": True}
        answer = await self._calls.call(workspace, "conversations.invite", arguments, takes=_NOT_COMING)
        if (error := str(answer.get("error") or "")) and len(users) > 1:
            # All or nobody: then one after the other, so that one does not keep out the others.
            return [note for user in users for note in await self._invite(workspace, channel, [user])]
        wrong = {users[0]: error} if error else _wrong(answer)
        return [
            f"{user} could not be brought into the room. {verdict('conversations.invite', code).text}"
            for user, code in wrong.items()
            if code != "already_in_channel"
        ]

    # Where channels are forbidden

    async def _group(self, workspace: Workspace, act: OpenRoom, forbidden: str) -> Receipt:
        """A conversation of these people with the bot: it is the same one each time, and nobody can join it later."""
        reason = verdict("conversations.create", forbidden).text
        users, channel = list(act.members), ""
        try:
            if len(users) > 1:
                channel = await self._converse(workspace, users)
            if len(users) > 1 and not channel:
                users = [user for user in users if await self._is_active(workspace, user)]
                channel = await self._converse(workspace, users) if len(users) > 1 else ""
        except (Gone, Refused) as problem:
            raise Refused(f"{reason} A group conversation cannot be opened in its place: {problem}") from None
        if not channel:
            raise Refused(f"{reason} For a group conversation in its place there are too few people.")
        note = f"{reason} Meanwhile a group conversation is the room; it has no name, and it cannot be archived."
        return self._opened(act, channel, users, note)

    async def _converse(self, workspace: Workspace, users: Sequence[str]) -> str:
        """The conversation of these people; empty if one of them has no account any more."""
        arguments = {"users": ",".join(users)}
        answer = await self._calls.call(workspace, "conversations.open", arguments, takes=_NO_ACCOUNT)
        return "" if answer.get("error") else str(answer["channel"]["id"])

    async def _is_active(self, workspace: Workspace, user: str) -> bool:
        answer = await self._calls.call(workspace, "users.info", {"user": user}, takes=_NO_ACCOUNT)
        found = cast(Json, answer.get("user") or {"deleted": True})
        return not found.get("deleted") and not found.get("is_bot")

    def _opened(self, act: OpenRoom, channel: str, present: Sequence[str], note: str = "") -> Receipt:
        room = Address(act.address.platform, act.address.community, Place.ROOM, channel)
        return Receipt(self._clock.now(), channel, room, tuple(present), note)


def _wrong(answer: Json) -> dict[str, str]:
    """Who was not invited although others were, and why."""
    errors = cast(list[Json], answer.get("errors") or [])
    return {str(each.get("user")): str(each.get("error")) for each in errors}
