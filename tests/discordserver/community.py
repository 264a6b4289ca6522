"""A guild for tests: who and what is in it, the people's hands, and what its moderators do."""

from collections.abc import Iterable

from tests.discordserver import permissions
from tests.discordserver.deeds_messages import WRITTEN
from tests.discordserver.errors import Impossible
from tests.discordserver.person import Person
from tests.discordserver.pressed import Interactions
from tests.discordserver.routes.channels import named
from tests.discordserver.state import CATEGORY, TEXT, Channel, Guild, Member, Message, Overwrite, Role, User
from tests.discordserver.world import World

Place = Channel | str
"""A channel, category or thread, or its id or name."""


class Community:
    """One guild. `guild` is its state, to be looked at freely. The app is told of everything that is done here."""

    def __init__(self, world: World, interactions: Interactions, guild: Guild) -> None:
        self.guild = guild
        self._world = world
        self._interactions = interactions

    @property
    def id(self) -> str:
        return self.guild.id

    # People

    def add_member(self, name: str, global_name: str = "", *, roles: Iterable[Role] = (), user_id: str = "") -> Person:
        """Somebody new joins; they have no account before."""
        user = self._world.add_user(name, global_name, user_id=user_id)
        self.join(user, roles=roles)
        return self.person(user.id)

    def join(self, user: User | Person, *, roles: Iterable[Role] = ()) -> Member:
        """Somebody who has an account joins, perhaps again."""
        return self._world.add_member(self.guild, user.id, [each.id for each in roles])

    def leave(self, user: User | Person) -> None:
        """Somebody goes, or is thrown out."""
        self._world.remove_member(self.guild, user.id)

    def person(self, user_id: str) -> Person:
        """The hands of one of the users."""
        return Person(self._world, self._interactions, self._world.users[user_id])

    # Roles

    def add_role(self, name: str, allowed: int = 0, *, mentionable: bool = False) -> Role:
        """A new role, with these permissions, at the bottom."""
        return self._world.add_role(self.guild, name, allowed, mentionable=mentionable)

    def give(self, user: User | Person, *roles: Role) -> None:
        """Somebody gets roles."""
        now = self.guild.members[user.id].roles
        wanted = dict.fromkeys([*now, *(each.id for each in roles)])
        self._world.update_member(self.guild, user.id, roles=wanted)

    def take(self, user: User | Person, *roles: Role) -> None:
        """Somebody loses roles."""
        gone = {each.id for each in roles}
        kept = [each for each in self.guild.members[user.id].roles if each not in gone]
        self._world.update_member(self.guild, user.id, roles=kept)

    @property
    def bot_role(self) -> Role:
        """The role that came with the bot."""
        for each in self.guild.roles.values():
            if each.bot:
                return each
        raise Impossible("the bot is not here")

    def allow_bot(self, allowed: int) -> None:
        """The bot may do these things in the guild from now on, and nothing else."""
        self._world.update_role(self.guild, self.bot_role, allowed=allowed)

    def remove_bot(self) -> None:
        """The bot is thrown out."""
        self._world.remove_bot(self.guild)

    def invite_bot(self, allowed: int) -> None:
        """The bot comes in, with these permissions."""
        self._world.invite_bot(self.guild, allowed)

    # Channels

    def add_channel(
        self, name: str, *, category: Place | None = None, only: Iterable[Role | Person | User] | None = None,
        topic: str = "",
    ) -> Channel:  # fmt: skip
        """A text channel. With `only`, it is hidden from all but these (name the bot too, by `bot_role`)."""
        overwrites: list[Overwrite] = []
        if only is not None:
            overwrites.append(Overwrite(self.id, 0, deny=permissions.VIEW_CHANNEL))
            for each in only:
                overwrites.append(Overwrite(each.id, 0 if isinstance(each, Role) else 1, permissions.VIEW_CHANNEL))
        parent = self.channel(category).id if category else ""
        return self._world.create_channel(
            self.guild, named(name, TEXT), parent=parent, overwrites=overwrites, topic=topic
        )

    def add_category(self, name: str) -> Channel:
        """A category."""
        return self._world.create_channel(self.guild, name, CATEGORY)

    def channel(self, place: Place) -> Channel:
        """A channel, category or thread, by its id or name."""
        for each in [*self.guild.channels.values(), *self.guild.threads.values()]:
            if place is each or place in (each.id, each.name):
                return each
        raise Impossible(f"there is no channel {place}")

    def delete_channel(self, place: Place) -> None:
        """A channel or thread is deleted."""
        self._world.delete_channel(self.channel(place))

    def rename_channel(self, place: Place, name: str) -> None:
        """A channel gets another name."""
        self._world.update_channel(self.channel(place), name=name)

    def deny(self, place: Place, who: Role | Person | User, denied: int) -> None:
        """Something is forbidden to a role or member in a channel, and nothing else is said of them there."""
        kind = 0 if isinstance(who, Role) else 1
        self._world.set_overwrite(self.channel(place), Overwrite(who.id, kind, deny=denied))

    def allow(self, place: Place, who: Role | Person | User, allowed: int) -> None:
        """Something is allowed to a role or member in a channel, and nothing else is said of them there."""
        kind = 0 if isinstance(who, Role) else 1
        self._world.set_overwrite(self.channel(place), Overwrite(who.id, kind, allow=allowed))

    def archive(self, place: Place, *, locked: bool = False) -> None:
        """A thread is archived, and perhaps locked."""
        self._world.archive(self.channel(place), locked=locked or None)

    # Looking

    def messages(self, place: Place) -> list[Message]:
        """The messages of a channel, as they are now, without those of Discord itself."""
        return [each for each in self.channel(place).messages.values() if each.type in WRITTEN]

    @property
    def threads(self) -> list[Channel]:
        """All threads, archived or not."""
        return list(self.guild.threads.values())
