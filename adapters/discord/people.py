"""What Discord tells of an account, and which server is meant by somebody who writes in private."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from discord.http import HTTPClient

from adapters.discord.asking import UNKNOWN_MEMBER, UNKNOWN_USER, NoAnswer, ask
from adapters.discord.marks import PLATFORM
from adapters.discord.permissions import ADMINISTRATOR, granted_to, runs_it
from adapters.discord.places import Places
from bot.language.adapter import Clock, Knowledge, Retry
from bot.language.markup import tidy_line
from bot.language.payload import Json, as_object, part, word
from bot.language.places import Actor

FRESH = timedelta(minutes=10)
"""How long what was told stays true enough."""
ABSENT = timedelta(minutes=1)
PATIENCE = 1.0
"""Seconds that an event waits for one question."""
MOST = 20_000
"""Accounts that are remembered."""
SEARCHED = 10
"""Servers in which a stranger is looked for."""
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an account in a server."""

    name: str = ""
    owner: bool = False
    here: bool | None = None
    """Whether it is a member; None where Discord did not say."""

    def put_on(self, actor: Actor) -> Actor:
        """The actor with these facts; a name that came with the event goes first."""
        return replace(actor, name=actor.name or self.name, owner=self.owner)


class People:
    """Knows accounts by server and id: from what comes with events, and by asking."""

    def __init__(self, clock: Clock, places: Places, http: Callable[[], HTTPClient]) -> None:
        self._clock = clock
        self._places = places
        self._http = http
        self._known: dict[_Key, tuple[datetime, Facts]] = {}
        self._asking: dict[_Key, asyncio.Task[None]] = {}

    def note(self, guild: str, user: Json, member: Json) -> Facts:
        """Take over what an event in a server tells of its author."""
        identity = word(user, "id")
        granted = word(member, "permissions")
        before = self.remembered(guild, identity)
        owner = identity == self._places.owner(guild) or (
            runs_it(int(granted)) if granted.isdecimal() else before.owner
        )
        facts = Facts(name_of(user, member), owner, here=True)
        self._remember((guild, identity), facts)
        return facts

    def remembered(self, guild: str, user: str) -> Facts:
        """What was last told of an account, without asking."""
        return self._known.get((guild, user), (None, Facts()))[1]

    async def known(self, guild: str, user: str) -> Facts:
        """What Discord tells of an account now, or told before if it does not answer soon."""
        key, now = (guild, user), self._clock.now()
        told = self._known.get(key)
        if told is not None and now - told[0] < (FRESH if told[1].here else ABSENT):
            return told[1]
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.create_task(self._ask(key))
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.shield(task)
        except TimeoutError:
            pass  # what is remembered has to do
        return self.remembered(guild, user)

    async def stop(self) -> None:
        """Ask nothing more."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, key: _Key) -> None:
        guild, user = key
        path = "/guilds/{guild_id}/members/{user_id}"
        try:
            member = as_object(await ask(self._http(), "GET", path, guild_id=guild, user_id=user))
        except NoAnswer as problem:
            if problem.code in (UNKNOWN_MEMBER, UNKNOWN_USER):
                self._remember(key, Facts(here=False))
            return
        except Retry:
            return
        server = self._places.guild(guild)
        given: list[object] = member.get("roles") or []
        roles = [int(each) for each in given if isinstance(each, str) and each.isdecimal()]
        granted = granted_to(server, roles, int(user)) if server is not None else 0
        owner = bool(granted & ADMINISTRATOR) or runs_it(granted)
        self._remember(key, Facts(name_of(part(member, "user"), member), owner, here=True))

    def _remember(self, key: _Key, facts: Facts) -> None:
        self._known.pop(key, None)
        self._known[key] = self._clock.now(), facts
        if len(self._known) > MOST:
            del self._known[next(iter(self._known))]


class Communities:
    """Which server an account means in its private conversation with the bot, which belongs to none."""

    def __init__(self, places: Places, people: People, knowledge: Knowledge) -> None:
        self._places = places
        self._people = people
        self._knowledge = knowledge
        self._found: dict[str, str] = {}

    def note(self, user: str, guild: str) -> None:
        """This account has just done something in this server."""
        self._found.pop(user, None)
        self._found[user] = guild
        if len(self._found) > MOST:
            del self._found[next(iter(self._found))]

    async def of(self, user: str) -> str:
        """The server in which this account was active last, else one that it shares with the bot; empty for none."""
        guilds = self._places.guilds()
        found = await self._knowledge.community_of(PLATFORM, user)
        if found in guilds:
            return found
        if self._found.get(user) in guilds:
            return self._found[user]
        if len(guilds) == 1:
            return guilds[0]
        for guild in guilds[:SEARCHED]:
            if (await self._people.known(guild, user)).here:
                self.note(user, guild)
                return guild
        return ""


def name_of(user: Json, member: Json) -> str:
    """What an account is called: in the server, else everywhere."""
    return tidy_line(word(member, "nick") or word(user, "global_name") or word(user, "username"))
