"""The door: each event of the gateway goes to whoever sees to it, in the order in which it comes."""

from collections.abc import Callable
from datetime import datetime

from adapters.discord.inside import Inside
from adapters.discord.interactions import Interactions
from adapters.discord.keeping import Keeping
from adapters.discord.marks import PLATFORM
from adapters.discord.messages import Messages
from adapters.discord.permissions import VIEW_CHANNEL
from adapters.discord.places import PRIVATE_THREAD, hall_of
from bot.language.events import Event, Installed, Joined, Left, RoomGone, Uninstalled
from bot.language.markup import tidy_line
from bot.language.payload import Json, flag, number, part, parts, word
from bot.language.places import Actor, Address, Place

TEXT_CHANNEL, PUBLIC_THREAD = 0, 11
_ROOMS = (TEXT_CHANNEL, PUBLIC_THREAD, PRIVATE_THREAD)
_OF_A_MEMBER = 1
"""The kind of permissions that are for one member."""


class Door:
    """Hears what the gateway tells.

    `arrived` is called for each server that has become available, `returned` where a session begins.
    """

    def __init__(
        self,
        inside: Inside,
        interactions: Interactions,
        messages: Messages,
        keeping: Keeping,
        arrived: Callable[[Json], None],
        returned: Callable[[Json], None],
    ) -> None:
        self._inside = inside
        self._interactions = interactions
        self._messages = messages
        self._keeping = keeping
        self._arrived = arrived
        self._returned = returned
        self._joined: dict[str, str] = {}

    def hear(self, event: str, told: Json) -> None:
        """Begin to see to what has happened. The library has not heard of it yet."""
        match event:
            case "INTERACTION_CREATE":
                self._interactions.take(told)
            case "MESSAGE_CREATE":
                self._messages.take(told)
            case "READY":
                self._returned(told)
            case "GUILD_CREATE":
                self._available(told)
            case "GUILD_DELETE" if not flag(told, "unavailable"):
                self._keep(self._taken_out(told))
            case "CHANNEL_UPDATE":
                for change in self._changed(told):
                    self._keep(change)
            case "CHANNEL_DELETE" | "THREAD_DELETE" if number(told, "type") in _ROOMS:
                self._keep(gone(_room(word(told, "guild_id"), word(told, "id")), self._inside.clock.now()))
            case "THREAD_UPDATE" if locked(told):
                self._keep(gone(_room(word(told, "guild_id"), word(told, "id")), self._inside.clock.now(), told))
            case _:
                pass

    def _keep(self, event: Event) -> None:
        self._inside.lanes.put(f"guild {event.actor.community}", self._keeping.keep_this(event))

    def _available(self, told: Json) -> None:
        if flag(told, "unavailable"):
            return
        guild, joined = word(told, "id"), word(told, "joined_at")
        self._joined[guild] = joined
        name, now = tidy_line(word(told, "name")), self._inside.clock.now()
        self._keep(Installed(f"installed:{guild}:{joined}", now, _nobody(guild), hall_of(guild), name))
        self._arrived(told)

    def _taken_out(self, told: Json) -> Uninstalled:
        guild, now = word(told, "id"), self._inside.clock.now()
        joined = self._joined.pop(guild, "") or now.isoformat()
        return taken_out(guild, joined, now)

    def _changed(self, told: Json) -> list[Event]:
        """Who was let into a channel or put out of it, by what the library remembers of it."""
        guild, channel = word(told, "guild_id"), word(told, "id")
        known, bot = self._inside.places.channel(guild, channel), self._inside.places.bot
        if known is None or number(told, "type") != TEXT_CHANNEL:
            return []
        overwrites = {str(target.id): allowed for target, allowed in known.overwrites.items()}
        before = {user for user, allowed in overwrites.items() if allowed.view_channel}
        now = {
            word(each, "id")
            for each in parts(told, "permission_overwrites")
            if each.get("type") == _OF_A_MEMBER and int(word(each, "allow") or 0) & VIEW_CHANNEL
        }
        roles = {str(role.id) for role in known.guild.roles}
        at, room = self._inside.clock.now(), _room(guild, channel)
        return [
            kind(f"{name}:{channel}:{user}:{at.isoformat()}", at, Actor(PLATFORM, guild, user), room)
            for kind, name, users in ((Left, "left", before - now - roles), (Joined, "joined", now - before))
            for user in sorted(users - {bot})
        ]


def gone(room: Address, now: datetime, thread: Json | None = None) -> RoomGone:
    """That a room is gone: deleted, or, where it is a `thread`, locked. Each is one event, however often it is told."""
    stamp = word(part(thread or {}, "thread_metadata"), "archive_timestamp")
    identity = f"gone:{room.id}:{stamp}" if stamp else f"gone:{room.id}"
    return RoomGone(identity, now, _nobody(room.community), room)


def taken_out(guild: str, joined: str, now: datetime) -> Uninstalled:
    """That the bot was taken out of a server into which it had come then."""
    return Uninstalled(f"uninstalled:{guild}:{joined}", now, _nobody(guild), hall_of(guild))


def locked(thread: Json) -> bool:
    """Whether nobody can write in a thread any more. One that is only archived wakes when somebody writes."""
    told = part(thread, "thread_metadata")
    return flag(told, "archived") and flag(told, "locked")


def _nobody(guild: str) -> Actor:
    """Discord does not say who did it."""
    return Actor(PLATFORM, guild, "")


def _room(guild: str, channel: str) -> Address:
    return Address(PLATFORM, guild, Place.ROOM, channel)
