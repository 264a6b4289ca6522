"""Private threads of the public channel: rooms where channels would not fit, talks where direct messages are closed.

A thread has no topic. It is known by the end of its name, which is always the same, and by whose it is.
"""

import asyncio
from typing import cast

from adapters.discord.calls import AGAIN, Calls
from adapters.discord.controls import Json
from adapters.discord.line import Line
from adapters.discord.markdown import label
from adapters.discord.problems import MISSING_ACCESS, MISSING_PERMISSIONS, NOT_THERE, UNKNOWN_CHANNEL, verdict
from bot.language.adapter import Gone, Refused, Retry, Unknown
from bot.language.cutting import size

PRIVATE = 12
"""The type of a private thread."""
LONGEST = 10_080
"""Minutes without a word after which a thread goes into the archive: a week, the longest that there is."""
NAME = 100
MARK = " · "
"""Stands between the words of a thread's name and its code."""
_PAGES = 50
_CANNOT_SEE = "They cannot see the public channel: let their roles see it."


class Threads:
    """Finds, makes and closes private threads.

    Which there are is read once for each public channel, and read again when it is in doubt.
    """

    def __init__(self, calls: Calls, line: Line) -> None:
        self._calls = calls
        self._line = line
        self._known: dict[tuple[str, str], dict[str, str]] = {}
        self._listing = asyncio.Lock()

    def doubt(self, guild: str) -> None:
        """Something may have been made that is not known of."""
        self._known = {key: known for key, known in self._known.items() if key[0] != guild}

    def forget(self, guild: str, code: str) -> None:
        """This thread is not there any more."""
        for key, known in self._known.items():
            if key[0] == guild:
                known.pop(code, None)

    async def find(self, guild: str, hall: str, code: str) -> str:
        """The thread with this code; empty if there is none."""
        async with self._listing:
            if (guild, hall) not in self._known:
                self._known[guild, hall] = await self._own(guild, hall)
        return self._known[guild, hall].get(code, "")

    async def create(self, guild: str, hall: str, words: str, code: str) -> str:
        """A new thread, in which only the bot is. Raises Retry where it is not known whether it was made."""
        name = f"{label(words, NAME - size(MARK + code))}{MARK}{code}"
        what: Json = {"name": name, "type": PRIVATE, "invitable": False, "auto_archive_duration": LONGEST}
        path = "/channels/{channel_id}/threads"
        try:
            made = await self._calls.call(
                "POST", path, json=what, once=True, deed="thread", where=hall, channel_id=hall
            )  # fmt: skip
        except Unknown as problem:
            self.doubt(guild)
            raise Retry(AGAIN, str(problem)) from None
        thread = str(made.json["id"])
        self._known.setdefault((guild, hall), {})[code] = thread
        return thread

    async def ready(self, thread: str) -> bool:
        """Bring a thread back from the archive. False if it was deleted. Raises Gone if it is locked."""
        answer = await self._calls.call("GET", "/channels/{channel_id}", takes=(UNKNOWN_CHANNEL,), channel_id=thread)
        if answer.code:
            return False
        archived, locked = _state(answer.json)
        if locked:
            raise Gone("The thread is locked. Whoever may manage threads can unlock it.")
        if archived:
            await self._change(thread, {"archived": False})
        return True

    async def bring(self, guild: str, thread: str, user: str) -> str:
        """Bring somebody in. Returns a sentence if they cannot come."""
        path = "/channels/{channel_id}/thread-members/{user_id}"
        takes = (*NOT_THERE, MISSING_ACCESS)
        answer = await self._calls.call("PUT", path, takes=takes, channel_id=thread, user_id=user)
        if answer.code in NOT_THERE:
            self._line.suspect(guild, user)
            return f"One of them (account {user}) is not in the server any more."
        if answer.code:
            return f"One of them (account {user}) could not be brought into the thread. {_CANNOT_SEE}"
        return ""

    async def close(self, thread: Json) -> str:
        """Lock a thread and put it into the archive. Returns a sentence if it could only be put there."""
        identity = str(thread["id"])
        archived, locked = _state(thread)
        if archived and locked:
            return ""
        if archived:
            # In the archive nothing else of it can be changed.
            await self._change(identity, {"archived": False})
        answer = await self._change(identity, {"archived": True, "locked": True}, takes=(MISSING_PERMISSIONS,))
        if not answer:
            return ""
        await self._change(identity, {"archived": True})
        return verdict("PATCH", "/channels/{channel_id}", answer).text

    async def _change(self, thread: str, what: Json, takes: tuple[int, ...] = ()) -> int:
        path = "/channels/{channel_id}"
        return (await self._calls.call("PATCH", path, json=what, takes=takes, channel_id=thread)).code

    async def _own(self, guild: str, hall: str) -> dict[str, str]:
        """The bot's own threads, by their codes."""
        active = await self._calls.call("GET", "/guilds/{guild_id}/threads/active", guild_id=guild)
        found = cast(list[Json], active.json.get("threads") or [])
        before: dict[str, str] = {}
        for _ in range(_PAGES):
            path = "/channels/{channel_id}/users/@me/threads/archived/private"
            takes = (UNKNOWN_CHANNEL, MISSING_ACCESS)
            page = await self._calls.call("GET", path, params={"limit": "100", **before}, takes=takes, channel_id=hall)
            threads = cast(list[Json], page.json.get("threads") or [])
            found += threads
            if not threads or not page.json.get("has_more"):
                return self._by_code(found)
            before = {"before": str(threads[-1]["id"])}
        raise Refused("The public channel has more archived threads than Counterpart can look through.")

    def _by_code(self, threads: list[Json]) -> dict[str, str]:
        own = [each for each in threads if str(each.get("owner_id")) == self._line.user and each.get("type") == PRIVATE]
        # Of two of a name the older one is meant: the other was made in error.
        own.sort(key=lambda thread: int(thread["id"]), reverse=True)
        return {str(each["name"]).rpartition(MARK)[2]: str(each["id"]) for each in own}


def _state(thread: Json) -> tuple[bool, bool]:
    """Whether a thread is in the archive, and whether it is locked."""
    told = cast(Json, thread.get("thread_metadata") or {})
    return bool(told.get("archived")), bool(told.get("locked"))
