"""What somebody may do: computed from roles and overwrites, in threads from those of the channel they stand in."""

from collections.abc import Iterable

from tests.discordserver.state import PRIVATE_THREAD, THREADS, Channel, Guild, Overwrite

CREATE_INVITE, KICK_MEMBERS, BAN_MEMBERS, ADMINISTRATOR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MANAGE_CHANNELS, MANAGE_GUILD, ADD_REACTIONS = 1 << 4, 1 << 5, 1 << 6
VIEW_CHANNEL, SEND_MESSAGES, MANAGE_MESSAGES = 1 << 10, 1 << 11, 1 << 13
EMBED_LINKS, ATTACH_FILES, READ_MESSAGE_HISTORY, MENTION_EVERYONE = 1 << 14, 1 << 15, 1 << 16, 1 << 17
MANAGE_NICKNAMES, MANAGE_ROLES, MANAGE_WEBHOOKS, USE_COMMANDS = 1 << 27, 1 << 28, 1 << 29, 1 << 31
MANAGE_EVENTS, MANAGE_THREADS, CREATE_PUBLIC_THREADS, CREATE_PRIVATE_THREADS = 1 << 33, 1 << 34, 1 << 35, 1 << 36
SEND_MESSAGES_IN_THREADS, CREATE_EVENTS, PIN_MESSAGES = 1 << 38, 1 << 44, 1 << 51

ALL = (1 << 53) - 1
"""Every permission that there is, and what may come."""

EVERYONE = (
    CREATE_INVITE | ADD_REACTIONS | VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_MESSAGE_HISTORY
    | USE_COMMANDS | CREATE_PUBLIC_THREADS | SEND_MESSAGES_IN_THREADS
)  # fmt: skip
"""What @everyone may in a new guild, more or less."""

PRIVATE = (
    VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_MESSAGE_HISTORY | ADD_REACTIONS | USE_COMMANDS
)  # fmt: skip
"""What both may do in a direct conversation."""


def in_guild(guild: Guild, user: str) -> int:
    """Somebody's permissions in the guild, before any channel's overwrites. Nobody's, if they are no member."""
    member = guild.members.get(user)
    if member is None:
        return 0
    if user == guild.owner:
        return ALL
    granted = guild.roles[guild.id].permissions
    for role in member.roles:
        granted |= guild.roles[role].permissions
    return ALL if granted & ADMINISTRATOR else granted


def in_channel(guild: Guild, channel: Channel, user: str) -> int:
    """Somebody's permissions in a channel or thread; 0 where they cannot see it.

    In a thread SEND_MESSAGES stands for SEND_MESSAGES_IN_THREADS. A private thread is seen by those who are in it, and
    by those who have MANAGE_THREADS.
    """
    if channel.type not in THREADS:
        return _channel(guild, channel, user)
    parent = guild.channels.get(channel.parent)
    granted = _channel(guild, parent, user) if parent else 0
    info = channel.thread
    if info is None or (channel.type == PRIVATE_THREAD and user not in info.members and not granted & MANAGE_THREADS):
        return 0
    granted &= ~SEND_MESSAGES
    return granted | SEND_MESSAGES if granted & SEND_MESSAGES_IN_THREADS else granted


def sees(guild: Guild, channel: Channel, user: str) -> bool:
    """Whether somebody sees a channel or thread of the guild."""
    return bool(in_channel(guild, channel, user) & VIEW_CHANNEL)


def highest(guild: Guild, user: str) -> int:
    """The position of somebody's highest role; the owner stands above all."""
    if user == guild.owner:
        return 1 << 31
    member = guild.members.get(user)
    return max((guild.roles[role].position for role in member.roles), default=0) if member else 0


def _channel(guild: Guild, channel: Channel, user: str) -> int:
    granted = in_guild(guild, user)
    if granted & ADMINISTRATOR or not guild.members.get(user):
        return granted
    overwrites = channel.overwrites
    granted = _apply(granted, [overwrites[guild.id]] if guild.id in overwrites else [])
    granted = _apply(granted, [overwrites[role] for role in guild.members[user].roles if role in overwrites])
    granted = _apply(granted, [overwrites[user]] if user in overwrites else [])
    return granted if granted & VIEW_CHANNEL else 0


def _apply(granted: int, overwrites: Iterable[Overwrite]) -> int:
    allow = deny = 0
    for each in overwrites:
        allow |= each.allow
        deny |= each.deny
    return granted & ~deny | allow
