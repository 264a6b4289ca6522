"""The ground that everything stands on: the state, the clock, ids, and the way in which deeds are told."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from tests.discordserver.errors import ApiError
from tests.discordserver.snowflake import Snowflakes
from tests.discordserver.state import App, Channel, Clock, Guild, Json, Message, User


class Listener(Protocol):
    """Hears of everything that happens, and decides who else does."""

    def __call__(
        self, event: str, data: Json, *, guild: str = "", channel: str = "", users: Collection[str] = ()
    ) -> None:
        """An event in Discord's words; `users` are those whom it is about, where that matters."""
        ...


class Core:
    """State without deeds. `channels` holds all there are: of guilds, threads, and direct conversations."""

    def __init__(self, app: App, clock: Clock) -> None:
        self.app = app
        self.clock = clock
        self.url = ""
        """Where the server is (http://…), without a path."""
        self.users: dict[str, User] = {}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.violations: list[str] = []
        """What the app did that Discord does not document, and where this server strayed from the specification."""
        self.listeners: list[Listener] = []
        self.snowflakes = Snowflakes()
        self.nonces: dict[tuple[str, str], tuple[Message, datetime]] = {}
        """Messages of the bot by channel and nonce, and when they were sent, for those whose nonce is enforced."""

    def now(self) -> datetime:
        return self.clock()

    def new_id(self) -> str:
        """A new snowflake."""
        return self.snowflakes.next(self.clock())

    def emit(self, event: str, data: Json, *, guild: str = "", channel: str = "", users: Collection[str] = ()) -> None:
        """Tell what has happened: to the gateway, and whoever else listens.

        What goes away is told before it does, so that the listeners still see who could see it.
        """
        for listener in self.listeners:
            listener(event, data, guild=guild, channel=channel, users=users)

    @property
    def bot(self) -> User:
        """The app's bot."""
        return self.users[self.app.bot]

    def user(self, user_id: str) -> User:
        """The user, or 10013."""
        if user := self.users.get(user_id):
            return user
        raise ApiError(10013)

    def guild(self, guild_id: str) -> Guild:
        """The guild, or 10004."""
        if guild := self.guilds.get(guild_id):
            return guild
        raise ApiError(10004)

    def channel(self, channel_id: str) -> Channel:
        """The channel or thread, or 10003."""
        if channel := self.channels.get(channel_id):
            return channel
        raise ApiError(10003)

    def guild_of(self, channel: Channel) -> Guild | None:
        """The guild of a channel; none for direct conversations."""
        return self.guilds[channel.guild] if channel.guild else None


def message_in(channel: Channel, message_id: str) -> Message:
    """The message in this channel, or 10008."""
    if message := channel.messages.get(message_id):
        return message
    raise ApiError(10008)
