"""What Slack tells of an account: asked once in a while, and never at the price of an event."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from adapters.slack.asking import NoAnswer, ask
from adapters.slack.workspaces import Workspace
from bot.language.adapter import Clock
from bot.language.markup import tidy_line
from bot.language.payload import Json, flag, part, word
from bot.language.places import Actor
from bot.world.zones import is_zone

FRESH = timedelta(minutes=10)
"""How long what was told stays true enough."""
PATIENCE = 1.0
"""Seconds that an event waits for it: Slack wants an acknowledgement within three."""
MOST = 20_000
"""Accounts that are remembered."""
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an account; nothing where Slack did not say."""

    name: str = ""
    email: str = ""
    zone: str = ""
    locale: str = ""
    owner: bool = False
    bot: bool = False

    def put_on(self, actor: Actor) -> Actor:
        """The actor with these facts."""
        return replace(actor, name=self.name, email=self.email, zone=self.zone, locale=self.locale, owner=self.owner)


def facts_of(user: Json, team: str) -> Facts:
    """What `users.info` tells of an account, as somebody in the workspace `team`.

    What another workspace vouches for does not count here: neither an address nor that somebody runs it.
    """
    profile, zone = part(user, "profile"), word(user, "tz")
    name = word(profile, "real_name") or word(user, "real_name") or word(profile, "display_name") or word(user, "name")
    home = _at_home(user, team)
    return Facts(
        name=tidy_line(name),
        email=tidy_line(word(profile, "email"), 320) if home and flag(user, "is_email_confirmed") else "",
        zone=zone if is_zone(zone) else "",
        locale=tidy_line(word(user, "locale"), 40),
        owner=home and (flag(user, "is_admin") or flag(user, "is_owner")),
        bot=flag(user, "is_bot"),
    )


def _at_home(user: Json, team: str) -> bool:
    teams: object = part(user, "enterprise_user").get("teams")
    of_organization = isinstance(teams, list) and team in teams
    return not flag(user, "is_stranger") and (word(user, "team_id") in ("", team) or of_organization)


class People:
    """Knows accounts by workspace and id. Asks `users.info` once for each, in the background if need be."""

    def __init__(self, clock: Clock, patience: float = PATIENCE) -> None:
        self._clock = clock
        self._patience = patience
        self._known: dict[_Key, tuple[datetime, Facts]] = {}
        self._asking: dict[_Key, asyncio.Task[None]] = {}
        self._not_before: dict[str, datetime] = {}
        self._gone: set[_Key] = set()

    def remembered(self, team: str, user: str) -> Facts:
        """What was last told of an account, without asking."""
        return self._known.get((team, user), (None, Facts()))[1]

    async def known(self, workspace: Workspace, user: str) -> Facts:
        """What Slack tells of an account now, or told before if it does not answer soon."""
        key, now = (workspace.team, user), self._clock.now()
        told, not_before = self._known.get(key), self._not_before.get(workspace.team)
        if not user or (told and now - told[0] < FRESH) or (not_before and now < not_before):
            return self.remembered(*key)
        # Whoever asks for the same account waits for the same answer, so that what somebody did stays in order.
        task = self._asking.get(key) or self._ask(workspace, user)
        try:
            async with asyncio.timeout(self._patience):
                await asyncio.shield(task)
        except TimeoutError:
            pass  # what is remembered has to do
        return self.remembered(*key)

    def note(self, team: str, user: Json) -> bool:
        """Take over what an event tells of an account. Returns whether it is back after it was deactivated."""
        key = team, word(user, "id")
        if flag(user, "deleted"):
            self._gone.add(key)
            self._known.pop(key, None)
            return False
        self._remember(key, user)
        back = key in self._gone
        self._gone.discard(key)
        return back

    async def stop(self) -> None:
        """Ask nothing more."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ask(self, workspace: Workspace, user: str) -> asyncio.Task[None]:
        key = workspace.team, user
        task = asyncio.create_task(self._asked(workspace, user))
        self._asking[key] = task
        task.add_done_callback(lambda _: self._asking.pop(key, None))
        return task

    async def _asked(self, workspace: Workspace, user: str) -> None:
        try:
            answer = await ask(workspace.client, "users.info", {"user": user, "include_locale": "true"})
        except NoAnswer as problem:
            self._not_before[workspace.team] = self._clock.now() + timedelta(seconds=problem.seconds)
        else:
            self._remember((workspace.team, user), part(answer.body, "user"))

    def _remember(self, key: _Key, user: Json) -> None:
        self._known.pop(key, None)
        self._known[key] = self._clock.now(), facts_of(user, key[0])
        if len(self._known) > MOST:
            del self._known[next(iter(self._known))]
