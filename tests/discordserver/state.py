"""What the imagined Discord remembers, in plain dataclasses. Nothing here does anything.

Ids are snowflakes written as decimal strings, everywhere. "" stands for "none". Permissions are integers (bits).
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]
"""A JSON object as it travels."""
Clock = Callable[[], datetime]
"""Says what time it is: aware, in UTC."""

TEXT, DM, CATEGORY, PUBLIC_THREAD, PRIVATE_THREAD = 0, 1, 4, 11, 12
"""Types of channels."""
THREADS = frozenset({PUBLIC_THREAD, PRIVATE_THREAD})

DEFAULT, RECIPIENT_ADD, RECIPIENT_REMOVE, RENAMED, PINNED, JOINED, THREAD_CREATED, REPLY, COMMAND = (
    0, 1, 2, 4, 6, 7, 18, 19, 20,
)  # fmt: skip
"""Types of messages."""

EPHEMERAL, LOADING, SILENT, COMPONENTS_V2, SUPPRESS_EMBEDS = 1 << 6, 1 << 7, 1 << 12, 1 << 15, 1 << 2
"""Flags of messages."""


@dataclass
class User:
    """An account: a person or a bot."""

    id: str
    name: str
    global_name: str = ""
    bot: bool = False
    locale: str = "en-GB"
    """What their client is set to; interactions tell it."""
    takes_dms: bool = True
    """False: their privacy settings close direct messages from servers."""
    blocks_bot: bool = False
    system: bool = False


@dataclass
class Role:
    """A role in a guild. The one with the guild's own id is @everyone."""

    id: str
    name: str
    permissions: int = 0
    position: int = 0
    color: int = 0
    hoist: bool = False
    mentionable: bool = False
    managed: bool = False
    bot: str = ""
    """The bot to which a managed role belongs."""


@dataclass
class Member:
    """A user in a guild. @everyone is not among `roles`."""

    user: str
    joined: datetime
    roles: list[str] = field(default_factory=list[str])
    nick: str = ""
    pending: bool = False
    flags: int = 0


@dataclass
class Overwrite:
    """What is allowed or denied in one channel: to a role (type 0) or a member (type 1)."""

    id: str
    type: int
    allow: int = 0
    deny: int = 0


@dataclass
class ThreadMember:
    """Somebody who is in a thread."""

    user: str
    joined: datetime
    flags: int = 0


@dataclass
class ThreadInfo:
    """What only threads have: their state (`thread_metadata`) and who is in them."""

    created: datetime
    changed: datetime
    """`archive_timestamp`: when it was last archived or unarchived, or when it was created."""
    active: datetime
    """When something was last said in it, by which it is archived in the end."""
    auto_archive_duration: int = 4320
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    members: dict[str, ThreadMember] = field(default_factory=dict[str, ThreadMember])
    message_count: int = 0
    total_sent: int = 0


@dataclass
class Attachment:
    """A file in a message."""

    id: str
    name: str
    content: bytes
    type: str = ""
    description: str = ""


@dataclass
class Message:
    """A message. One with `ephemeral_for` is seen only by that user, and stands in `Channel.ephemerals`."""

    id: str
    channel: str
    author: str
    created: datetime
    content: str = ""
    type: int = DEFAULT
    flags: int = 0
    edited: datetime | None = None
    embeds: list[Json] = field(default_factory=list[Json])
    components: list[Json] = field(default_factory=list[Json])
    attachments: list[Attachment] = field(default_factory=list[Attachment])
    mentions: list[str] = field(default_factory=list[str])
    """Users who are called by it, as far as `allowed_mentions` lets it."""
    mention_roles: list[str] = field(default_factory=list[str])
    mention_everyone: bool = False
    allowed_mentions: Json | None = None
    pinned: datetime | None = None
    nonce: str | int | None = None
    reference: Json | None = None
    """`message_reference` as it was given."""
    application: str = ""
    """The application that wrote it by a webhook, if one did."""
    webhook: str = ""
    interaction: Json | None = None
    """`interaction_metadata`: what it answers."""
    ephemeral_for: str = ""
    tts: bool = False
    position: int = 0


@dataclass
class Channel:
    """A channel, category, direct conversation or thread. `messages` are in order of their ids."""

    id: str
    type: int
    guild: str = ""
    name: str = ""
    parent: str = ""
    """The category of a channel, or the channel of a thread."""
    position: int = 0
    topic: str = ""
    nsfw: bool = False
    rate_limit_per_user: int = 0
    default_auto_archive_duration: int | None = None
    overwrites: dict[str, Overwrite] = field(default_factory=dict[str, Overwrite])
    messages: dict[str, Message] = field(default_factory=dict[str, Message])
    ephemerals: list[Message] = field(default_factory=list[Message])
    last_message: str = ""
    """Stays when that message is deleted."""
    last_pin: datetime | None = None
    owner: str = ""
    """Who created a thread."""
    thread: ThreadInfo | None = None
    recipients: list[str] = field(default_factory=list[str])
    """The people in a direct conversation with the bot: one."""
    renamed: deque[datetime] = field(default_factory=deque[datetime])
    flags: int = 0


@dataclass
class Guild:
    """A server. `channels` holds its channels and categories, `threads` all its threads, archived or not."""

    id: str
    name: str
    owner: str
    created: datetime
    roles: dict[str, Role] = field(default_factory=dict[str, Role])
    members: dict[str, Member] = field(default_factory=dict[str, Member])
    channels: dict[str, Channel] = field(default_factory=dict[str, Channel])
    threads: dict[str, Channel] = field(default_factory=dict[str, Channel])
    locale: str = "en-GB"
    description: str = ""
    system_channel: str = ""
    unavailable: bool = False
    features: list[str] = field(default_factory=list[str])
    events: dict[str, Json] = field(default_factory=dict[str, Json])
    """What is to take place, as it is told."""


@dataclass
class Command:
    """An application command; `guild` is "" for a global one. `content` is what was sent, completed with defaults."""

    id: str
    version: str
    type: int
    name: str
    content: Json
    guild: str = ""


@dataclass
class App:
    """The application as its settings page shows it."""

    id: str
    name: str
    token: str
    bot: str
    """The bot's user id; here it is the application's id too, as with all newer applications."""
    owner: str
    public_key: str = "0" * 64
    privileged: int = 0
    """The privileged intents that are switched on, as bits (GUILD_MEMBERS 1 << 1, MESSAGE_CONTENT 1 << 15)."""
    description: str = ""
    public: bool = True
    commands: dict[str, Command] = field(default_factory=dict[str, Command])
