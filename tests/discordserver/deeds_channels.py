"""Deeds with channels: making, changing, moving and deleting them, and who may see them."""

from collections.abc import Iterable

from tests.discordserver import shapes
from tests.discordserver.deeds_guilds import GuildDeeds
from tests.discordserver.state import CATEGORY, DM, TEXT, THREADS, Channel, Guild, Overwrite


class ChannelDeeds(GuildDeeds):
    """Channels, categories and direct conversations."""

    def create_channel(
        self, guild: Guild, name: str, kind: int = TEXT, *, parent: str = "", overwrites: Iterable[Overwrite] = (),
        topic: str = "", position: int | None = None, nsfw: bool = False,
    ) -> Channel:  # fmt: skip
        """A new channel or category; CHANNEL_CREATE is told. Without a place it stands below those of its kind."""
        alike = [each.position for each in guild.channels.values() if (each.type == CATEGORY) == (kind == CATEGORY)]
        place = max(alike, default=-1) + 1 if position is None else position
        channel = Channel(self.new_id(), kind, guild.id, name, parent, place, topic, nsfw)
        channel.overwrites = {each.id: each for each in overwrites}
        guild.channels[channel.id] = self.channels[channel.id] = channel
        self.emit("CHANNEL_CREATE", shapes.channel_shape(self, channel), guild=guild.id, channel=channel.id)
        return channel

    def update_channel(self, channel: Channel, **changes: object) -> None:
        """Change fields of `Channel` by their names; CHANNEL_UPDATE is told, of a thread THREAD_UPDATE."""
        for name, value in changes.items():
            if not hasattr(channel, name):
                raise TypeError(f"a channel has no {name}")
            setattr(channel, name, value)
        self.channel_changed(channel)

    def channel_changed(self, channel: Channel) -> None:
        """Tell what a channel or thread is like now."""
        data = shapes.channel_shape(self, channel)
        if channel.type in THREADS:
            data.pop("member", None)
        name = "THREAD_UPDATE" if channel.type in THREADS else "CHANNEL_UPDATE"
        self.emit(name, data, guild=channel.guild, channel=channel.id)

    def move_channel(self, channel: Channel, *, position: int | None = None, parent: str | None = None) -> None:
        """A channel gets another place; told only if it is another."""
        before = channel.position, channel.parent
        channel.position = channel.position if position is None else position
        channel.parent = channel.parent if parent is None else parent
        if before != (channel.position, channel.parent):
            self.channel_changed(channel)

    def delete_channel(self, channel: Channel) -> None:
        """A channel or thread is gone; channels of a category stay, threads of a channel go with it."""
        guild = self.guilds[channel.guild]
        if channel.type in THREADS:
            data = {"id": channel.id, "guild_id": guild.id, "parent_id": channel.parent, "type": channel.type}
            self.emit("THREAD_DELETE", data, guild=guild.id, channel=channel.id)
            del guild.threads[channel.id]
        else:
            self.emit("CHANNEL_DELETE", shapes.channel_shape(self, channel), guild=guild.id, channel=channel.id)
            del guild.channels[channel.id]
            for thread in [each for each in guild.threads.values() if each.parent == channel.id]:
                del guild.threads[thread.id], self.channels[thread.id]
        del self.channels[channel.id]
        for child in [each for each in guild.channels.values() if each.parent == channel.id]:
            child.parent = ""
            self.channel_changed(child)

    def set_overwrite(self, channel: Channel, overwrite: Overwrite) -> None:
        """Allow or deny something to a role or a member in a channel."""
        if channel.overwrites.get(overwrite.id) != overwrite:
            channel.overwrites[overwrite.id] = overwrite
            self.channel_changed(channel)

    def delete_overwrite(self, channel: Channel, overwrite: str) -> None:
        """What was allowed or denied is so no more."""
        if channel.overwrites.pop(overwrite, None):
            self.channel_changed(channel)

    def direct(self, user: str) -> Channel:
        """The direct conversation of the bot and somebody, made if there is none. Bots are not told of it."""
        for channel in self.channels.values():
            if channel.type == DM and channel.recipients == [user]:
                return channel
        channel = Channel(self.new_id(), DM, recipients=[user])
        self.channels[channel.id] = channel
        return channel
