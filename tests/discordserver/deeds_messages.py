"""Deeds with messages, and the messages that Discord itself writes about what happens."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from tests.discordserver import mentions, shapes
from tests.discordserver import permissions as may
from tests.discordserver.deeds_threads import ThreadDeeds, info_of
from tests.discordserver.state import (
    COMMAND,
    DEFAULT,
    PINNED,
    RECIPIENT_ADD,
    RECIPIENT_REMOVE,
    RENAMED,
    REPLY,
    THREADS,
    Attachment,
    Channel,
    Json,
    Message,
)

WRITTEN = frozenset({DEFAULT, REPLY, COMMAND})
"""Types of messages that somebody wrote; all others are Discord's own."""


@dataclass
class Draft:
    """What a message consists of; names and meanings are those of `Message`."""

    content: str = ""
    embeds: Sequence[Json] = ()
    components: Sequence[Json] = ()
    attachments: Sequence[Attachment] = ()
    flags: int = 0
    type: int = DEFAULT
    allowed_mentions: Json | None = None
    reference: Json | None = None
    nonce: str | int | None = None
    interaction: Json | None = None
    application: str = ""
    webhook: str = ""
    ephemeral_for: str = ""
    tts: bool = False
    mentions: Sequence[str] = field(default=())
    """Only for Discord's own messages: otherwise they are read from the content."""


class MessageDeeds(ThreadDeeds):
    """Writing, changing, deleting and pinning."""

    def post(self, channel: Channel, author: str, draft: Draft | str) -> Message:
        """Somebody writes a message; MESSAGE_CREATE is told, except of those that only one person sees.

        In a thread it brings the thread back from the archive, and its author, and whom it mentions, into the thread.
        """
        given = Draft(draft) if isinstance(draft, str) else draft
        message = Message(self.new_id(), channel.id, author, self.now())
        for each in fields(Draft):
            value = getattr(given, each.name)
            setattr(message, each.name, list(value) if isinstance(value, (list, tuple)) else value)
        if given.type in WRITTEN:
            mentions.read(self, channel, message)
        if message.ephemeral_for:
            channel.ephemerals.append(message)
            return message
        if channel.type in THREADS:
            self._said_in_thread(channel, message)
        channel.messages[message.id] = message
        channel.last_message = message.id
        self._tell("MESSAGE_CREATE", message)
        return message

    def _said_in_thread(self, thread: Channel, message: Message) -> None:
        info = info_of(thread)
        if info.archived and message.type in WRITTEN:
            self.archive(thread, archived=False)
        info.active = self.now()
        message.position = info.total_sent
        info.message_count += 1
        info.total_sent += 1
        if message.type not in WRITTEN:
            return
        guild = self.guilds[thread.guild]
        parent = guild.channels[thread.parent]
        brings = (
            thread.type == 11 or info.invitable or may.in_channel(guild, parent, message.author) & may.MANAGE_THREADS
        )
        called = [each for each in message.mentions if each in guild.members and may.sees(guild, parent, each)]
        for user in [message.author, *(called if brings else [])]:
            if user in guild.members:
                self.join_thread(thread, user)

    def edit(
        self, message: Message, *, content: str | None = None, embeds: Sequence[Json] | None = None,
        components: Sequence[Json] | None = None, attachments: Sequence[Attachment] | None = None,
        flags: int | None = None, allowed_mentions: Json | None = None,
    ) -> Message:  # fmt: skip
        """A message is changed; MESSAGE_UPDATE is told. What is None stays as it is."""
        message.content = message.content if content is None else content
        message.embeds = message.embeds if embeds is None else list(embeds)
        message.components = message.components if components is None else list(components)
        message.attachments = message.attachments if attachments is None else list(attachments)
        message.flags = message.flags if flags is None else flags
        if content is not None:
            message.allowed_mentions = allowed_mentions
            mentions.read(self, self.channels[message.channel], message)
        message.edited = self.now()
        if not message.ephemeral_for:
            self._tell("MESSAGE_UPDATE", message)
        return message

    def delete(self, message: Message) -> None:
        """A message is gone; MESSAGE_DELETE is told. The channel's `last_message` stays, as in Discord."""
        channel = self.channels[message.channel]
        if message.ephemeral_for:
            channel.ephemerals.remove(message)
            return
        data: Json = {"id": message.id, "channel_id": channel.id}
        if channel.guild:
            data["guild_id"] = channel.guild
        self.emit("MESSAGE_DELETE", data, guild=channel.guild, channel=channel.id)
        del channel.messages[message.id]
        if channel.thread:
            channel.thread.message_count -= 1

    def pin(self, message: Message, by: str) -> None:
        """A message is pinned, which Discord tells in the channel."""
        if message.pinned:
            return
        channel = self.channels[message.channel]
        message.pinned = channel.last_pin = self.now()
        self._pins_changed(channel, message)
        reference: Json = {"type": 0, "message_id": message.id, "channel_id": channel.id}
        if channel.guild:
            reference["guild_id"] = channel.guild
        self.post(channel, by, Draft(type=PINNED, reference=reference))

    def unpin(self, message: Message) -> None:
        """A message is pinned no more."""
        if message.pinned:
            message.pinned = None
            self._pins_changed(self.channels[message.channel], message)

    def _pins_changed(self, channel: Channel, message: Message) -> None:
        self._tell("MESSAGE_UPDATE", message)
        last = shapes.time_shape(channel.last_pin) if channel.last_pin else None
        data: Json = {"channel_id": channel.id, "last_pin_timestamp": last}
        if channel.guild:
            data["guild_id"] = channel.guild
        self.emit("CHANNEL_PINS_UPDATE", data, guild=channel.guild, channel=channel.id)

    def add_to_thread(self, thread: Channel, user: str, by: str) -> None:
        """Somebody brings somebody else into a thread, which Discord tells in it."""
        if self.join_thread(thread, user) and user != by:
            self.post(thread, by, Draft(type=RECIPIENT_ADD, mentions=[user]))

    def remove_from_thread(self, thread: Channel, user: str, by: str) -> None:
        """Somebody takes somebody else out of a thread, which Discord tells in it."""
        if self.leave_thread(thread, user) and user != by:
            self.post(thread, by, Draft(type=RECIPIENT_REMOVE, mentions=[user]))

    def rename_thread(self, thread: Channel, name: str, by: str) -> None:
        """A thread gets another name, which Discord tells in it."""
        if name != thread.name:
            self.update_channel(thread, name=name)
            self.post(thread, by, Draft(name, type=RENAMED))

    def _tell(self, event: str, message: Message) -> None:
        channel = self.channels[message.channel]
        data = shapes.message_shape(self, message, event=True)
        about = {message.author, *message.mentions}
        self.emit(event, data, guild=channel.guild, channel=channel.id, users=about)
