"""A workspace for tests: who and what is in it, the people's hands, and what its owners do."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from tests.slackserver import deeds, events
from tests.slackserver.errors import Impossible
from tests.slackserver.person import Person, Place
from tests.slackserver.state import Channel, Installation, Kind, Message, Team, User
from tests.slackserver.world import World


class Workspace:
    """One workspace. `team` is its state, to be looked at freely."""

    def __init__(self, world: World, team: Team) -> None:
        self.team = team
        self._world = world

    @property
    def id(self) -> str:
        return self.team.id

    @property
    def installation(self) -> Installation:
        """The app in this workspace: its token, its scopes, its bot."""
        if found := self.team.installation:
            return found
        raise Impossible("the app is not installed")

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.installation.token

    @property
    def bot(self) -> str:
        """The bot's user id."""
        return self.installation.bot_user

    # Setting up; the app is told nothing of it

    def add_user(self, user_id: str, name: str, real_name: str = "", **more: object) -> User:
        """Let somebody be there. `more` are fields of `User`: `tz`, `locale`, `is_restricted` …"""
        user = User(user_id, name, real_name or name.title(), email=f"{name}@example.org")
        zone = ZoneInfo(str(more.get("tz", user.tz)))
        user.tz_offset = int((self._world.now().astimezone(zone).utcoffset() or timedelta()).total_seconds())
        for field, value in more.items():
            if not hasattr(user, field):
                raise TypeError(f"a user has no {field}")
            setattr(user, field, value)
        self.team.users[user_id] = user
        return user

    def add_channel(
        self, name: str, members: Iterable[str] = (), *, private: bool = False, bot: bool = False, general: bool = False
    ) -> Channel:
        """Let a channel be there, with the bot in it or not."""
        kind: Kind = "private_channel" if private else "public_channel"
        people = [*members, *([self.bot] if bot else [])]
        channel = deeds.new_channel(self._world, self.team, name, kind, people[0] if people else "")
        channel.members = people
        channel.is_general = general
        return channel

    def person(self, user_id: str) -> Person:
        """The hands of one of the users."""
        return Person(self._world, self.team, self.team.users[user_id])

    def channel(self, place: Place) -> Channel:
        """A channel by its id or name."""
        for each in self.team.channels.values():
            if place in (each, each.id, each.name):
                return each
        raise Impossible(f"there is no channel {place}")

    def messages(self, place: Place) -> list[Message]:
        """The messages of a channel, as they are now, without those of Slack itself."""
        return [each for each in self.channel(place).messages if not each.subtype.startswith("channel_")]

    # What happens; the app is told of it

    async def welcome(self, user_id: str, name: str, real_name: str = "", **more: object) -> User:
        """Somebody new comes into the workspace."""
        user = self.add_user(user_id, name, real_name, **more)
        await self._told(lambda: events.team_joined(self._world, self.team, user))
        return user

    async def deactivate(self, user_id: str) -> None:
        """An account is closed: its owner is out of all channels, and can do nothing more.

        The app is told of the account, but not of the channels.
        """
        user = self.team.users[user_id]
        user.deleted = True
        user.updated = self._world.epoch()
        for channel in self.team.channels.values():
            if channel.kind not in ("im", "mpim") and user_id in channel.members:
                channel.members.remove(user_id)
        await self._told(lambda: events.user_changed(self._world, self.team, user))

    async def reactivate(self, user_id: str) -> None:
        """A closed account is opened again; it is in no channel."""
        user = self.team.users[user_id]
        user.deleted = False
        await self._told(lambda: events.user_changed(self._world, self.team, user))

    async def archive(self, place: Place, by: str) -> None:
        """Somebody archives a channel."""
        channel = self.channel(place)
        await self._told(lambda: deeds.archive(self._world, self.team, channel, by))

    async def unarchive(self, place: Place, by: str) -> None:
        """Somebody opens an archived channel again."""
        channel = self.channel(place)
        await self._told(lambda: deeds.unarchive(self._world, self.team, channel, by))

    async def rename(self, place: Place, name: str, by: str) -> None:
        """Somebody gives a channel another name."""
        channel = self.channel(place)
        await self._told(lambda: deeds.rename(self._world, self.team, channel, name, by))

    async def delete(self, place: Place, by: str = "") -> None:
        """An owner deletes a channel with everything in it."""
        channel = self.channel(place)
        await self._told(lambda: deeds.delete(self._world, self.team, channel, by))

    async def remove_from(self, place: Place, user_id: str, by: str = "") -> None:
        """Somebody is removed from a channel; it may be the bot."""
        channel = self.channel(place)
        await self._told(lambda: deeds.leave(self._world, self.team, channel, user_id, by))

    async def uninstall(self) -> None:
        """An owner removes the app: its token is void, and its bot is gone."""
        installation = self.installation
        await self._told(lambda: deeds.uninstall(self._world, self.team, installation))

    async def revoke_tokens(self) -> None:
        """The bot's token is made void."""
        installation = self.installation
        await self._told(lambda: deeds.revoke(self._world, self.team, installation))

    def forbid_private_channels(self, forbidden: bool = True) -> None:
        """The owners let nobody make private channels any more."""
        self.team.rules.private_channels = not forbidden

    async def _told(self, deed: Callable[[], object]) -> None:
        delivery = self._world.delivery
        before = len(delivery.parcels)
        deed()
        for parcel in delivery.parcels[before:]:
            await delivery.ended(parcel)
