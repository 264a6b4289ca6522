"""Deeds in guilds: who is there, and with which roles."""

from collections.abc import Iterable

from tests.discordserver import guild_shapes, permissions, shapes
from tests.discordserver.core import Core
from tests.discordserver.errors import Impossible
from tests.discordserver.state import Guild, Member, Role, User


class GuildDeeds(Core):
    """Accounts, guilds, members and roles."""

    def add_user(self, name: str, global_name: str = "", *, user_id: str = "", bot: bool = False) -> User:
        """Let there be an account. Its other fields can be set freely afterwards."""
        user = User(user_id or self.new_id(), name, global_name or name.title(), bot)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, owner: str, *, everyone: int = permissions.EVERYONE) -> Guild:
        """Let there be a guild, with its owner and @everyone, and no channels. The bot is not in it yet."""
        guild = Guild(self.new_id(), name, owner, self.now())
        guild.roles[guild.id] = Role(guild.id, "@everyone", everyone)
        guild.members[owner] = Member(owner, self.now())
        self.guilds[guild.id] = guild
        return guild

    def invite_bot(self, guild: Guild, allowed: int) -> Member:
        """The bot comes into the guild, with a role of its own that has these permissions; GUILD_CREATE is told."""
        bot = self.bot
        role = Role(self.new_id(), self.app.name, allowed, len(guild.roles), managed=True, bot=bot.id)
        guild.roles[role.id] = role
        member = Member(bot.id, self.now(), [role.id])
        guild.members[bot.id] = member
        self.emit("GUILD_CREATE", guild_shapes.guild_create(self, guild), guild=guild.id)
        return member

    def remove_bot(self, guild: Guild) -> None:
        """The bot is thrown out; GUILD_DELETE is told."""
        self.emit("GUILD_DELETE", {"id": guild.id}, guild=guild.id)
        self._leave(guild, self.app.bot)
        for role in [each.id for each in guild.roles.values() if each.bot == self.app.bot]:
            del guild.roles[role]
        for command in [each.id for each in self.app.commands.values() if each.guild == guild.id]:
            del self.app.commands[command]

    def add_member(self, guild: Guild, user: str, roles: Iterable[str] = ()) -> Member:
        """Somebody joins."""
        member = Member(user, self.now(), list(roles))
        guild.members[user] = member
        data = {**shapes.member_shape(self, member), "guild_id": guild.id}
        self.emit("GUILD_MEMBER_ADD", data, guild=guild.id, users={user})
        return member

    def update_member(
        self, guild: Guild, user: str, *, roles: Iterable[str] | None = None, nick: str | None = None
    ) -> None:
        """Somebody gets other roles or another name in the guild."""
        member = guild.members[user]
        member.roles = member.roles if roles is None else list(roles)
        member.nick = member.nick if nick is None else nick
        data = {**shapes.member_shape(self, member), "guild_id": guild.id}
        self.emit("GUILD_MEMBER_UPDATE", data, guild=guild.id, users={user})

    def remove_member(self, guild: Guild, user: str) -> None:
        """Somebody leaves or is thrown out, and is out of all threads with it."""
        if user == guild.owner:
            raise Impossible("the owner cannot leave")
        data = {"guild_id": guild.id, "user": shapes.user_shape(self.users[user])}
        self.emit("GUILD_MEMBER_REMOVE", data, guild=guild.id, users={user})
        self._leave(guild, user)

    def _leave(self, guild: Guild, user: str) -> None:
        guild.members.pop(user, None)
        for thread in guild.threads.values():
            if thread.thread:
                thread.thread.members.pop(user, None)

    def add_role(self, guild: Guild, name: str, allowed: int = 0, *, mentionable: bool = False) -> Role:
        """A new role, at the bottom."""
        for each in guild.roles.values():
            each.position += each.id != guild.id
        role = Role(self.new_id(), name, allowed, 1, mentionable=mentionable)
        guild.roles[role.id] = role
        data = {"guild_id": guild.id, "role": shapes.role_shape(role)}
        self.emit("GUILD_ROLE_CREATE", data, guild=guild.id)
        return role

    def update_role(
        self, guild: Guild, role: Role, *, name: str | None = None, allowed: int | None = None,
        position: int | None = None, mentionable: bool | None = None,
    ) -> None:  # fmt: skip
        """A role gets another name, other permissions, or another place."""
        role.name = role.name if name is None else name
        role.permissions = role.permissions if allowed is None else allowed
        role.position = role.position if position is None else position
        role.mentionable = role.mentionable if mentionable is None else mentionable
        data = {"guild_id": guild.id, "role": shapes.role_shape(role)}
        self.emit("GUILD_ROLE_UPDATE", data, guild=guild.id)

    def delete_role(self, guild: Guild, role: str) -> None:
        """A role is gone, from members and channels too."""
        self.emit("GUILD_ROLE_DELETE", {"guild_id": guild.id, "role_id": role}, guild=guild.id)
        del guild.roles[role]
        for member in guild.members.values():
            member.roles = [each for each in member.roles if each != role]
        for channel in guild.channels.values():
            channel.overwrites.pop(role, None)

    def rename_guild(self, guild: Guild, name: str) -> None:
        """The guild is called something else."""
        guild.name = name
        self.emit("GUILD_UPDATE", guild_shapes.guild_shape(self, guild), guild=guild.id)
