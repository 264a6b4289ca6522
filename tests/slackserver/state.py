"""What the imagined Slack remembers, in plain dataclasses. Nothing here does anything."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]
"""A JSON object as it travels."""
Clock = Callable[[], datetime]
"""Says what time it is: aware, in UTC."""
Kind = Literal["public_channel", "private_channel", "im", "mpim"]
"""The kinds of conversations, by the names that the `types` argument has for them."""


@dataclass
class User:
    """A member of a workspace: a person, a guest, or a bot."""

    id: str
    name: str
    real_name: str
    email: str = ""
    tz: str = "Europe/London"
    tz_offset: int = 0
    locale: str = "en-GB"
    is_bot: bool = False
    deleted: bool = False
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_email_confirmed: bool = True
    bot_id: str = ""
    updated: int = 0


@dataclass
class Note:
    """A topic or a purpose: what it says, who set it, and when."""

    value: str = ""
    creator: str = ""
    last_set: int = 0

    def shown(self) -> Json:
        return {"value": self.value, "creator": self.creator, "last_set": self.last_set}


@dataclass
class Message:
    """A message in a channel. `ephemeral_for` names the one who sees it, where it is not for all."""

    channel: str
    ts: str
    text: str
    user: str
    blocks: list[Json] = field(default_factory=list[Json])
    attachments: list[Json] = field(default_factory=list[Json])
    metadata: Json | None = None
    bot_id: str = ""
    username: str = ""
    subtype: str = ""
    extra: Json = field(default_factory=dict[str, Any])
    """Fields that only some subtypes have (`inviter`, `topic`, `files` …)."""
    thread_ts: str = ""
    edited: Json | None = None
    ephemeral_for: str = ""
    client_msg_id: str = ""


@dataclass
class Bookmark:
    """A link at the top of a channel."""

    id: str
    channel: str
    title: str
    link: str
    emoji: str = ""
    created: int = 0


@dataclass
class Channel:
    """A conversation of any kind. `messages` are in order of their time stamps."""

    id: str
    name: str
    kind: Kind
    creator: str
    created: int
    members: list[str] = field(default_factory=list[str])
    archived: bool = False
    is_general: bool = False
    previous_names: list[str] = field(default_factory=list[str])
    topic: Note = field(default_factory=Note)
    purpose: Note = field(default_factory=Note)
    messages: list[Message] = field(default_factory=list[Message])
    ephemerals: list[Message] = field(default_factory=list[Message])
    bookmarks: list[Bookmark] = field(default_factory=list[Bookmark])
    pins: list[str] = field(default_factory=list[str])
    last_ts: str = ""


@dataclass
class View:
    """A modal or a home tab. `state` is what its reader has typed and chosen; `errors` is shown beside the blocks."""

    id: str
    type: Literal["modal", "home"]
    user: str
    content: Json
    hash: str
    root: str
    previous: str = ""
    external_id: str = ""
    state: dict[str, Json] = field(default_factory=dict[str, Json])
    errors: dict[str, str] = field(default_factory=dict[str, str])
    response_url: str = ""

    @property
    def callback_id(self) -> str:
        return str(self.content.get("callback_id") or "")

    @property
    def private_metadata(self) -> str:
        return str(self.content.get("private_metadata") or "")

    @property
    def title(self) -> str:
        title: Json = self.content.get("title") or {}
        return str(title.get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        return self.content.get("blocks") or []


@dataclass
class Trigger:
    """Permission to open a modal for somebody: for three seconds, once."""

    id: str
    user: str
    expires: datetime
    exchanged: bool = False
    view: str = ""
    """The modal from which it came, if any."""


@dataclass
class ResponseUrl:
    """Permission to answer an interaction: five times in thirty minutes. `message` is what it came from."""

    id: str
    user: str
    channel: str
    expires: datetime
    message: Message | None = None
    uses: int = 0


@dataclass
class Upload:
    """A file on its way in, or in. `content` is empty until it has been uploaded."""

    id: str
    name: str
    length: int
    title: str = ""
    mimetype: str = ""
    alt_txt: str = ""
    content: bytes | None = None
    user: str = ""
    shared: list[str] = field(default_factory=list[str])


@dataclass
class Installation:
    """The app in one workspace: its token, what it may do, and its bot user."""

    token: str
    scopes: set[str]
    bot_user: str
    bot_id: str
    installer: str = ""
    state: Literal["active", "revoked", "uninstalled"] = "active"


@dataclass
class App:
    """The app as its settings page shows it."""

    id: str
    name: str
    client_id: str
    client_secret: str
    signing_secret: str
    app_token: str
    verification_token: str
    scopes: set[str]
    subscriptions: set[str]
    app_scopes: set[str] = field(default_factory=lambda: {"connections:write"})
    socket_mode: bool = True
    home_enabled: bool = True
    messages_enabled: bool = True
    redirect_uris: set[str] = field(default_factory=set[str])
    """Empty: every redirect URL is taken."""


@dataclass
class Rules:
    """What the owners of a workspace forbid."""

    private_channels: bool = True
    public_channels: bool = True
    posting: set[str] = field(default_factory=set[str])
    """Channels in which only some may post."""


@dataclass
class Team:
    """One workspace with everything in it."""

    id: str
    name: str
    domain: str
    enterprise: str = ""
    installations: list[Installation] = field(default_factory=list[Installation])
    users: dict[str, User] = field(default_factory=dict[str, User])
    channels: dict[str, Channel] = field(default_factory=dict[str, Channel])
    homes: dict[str, View] = field(default_factory=dict[str, View])
    modals: dict[str, list[View]] = field(default_factory=dict[str, list[View]])
    """By user: the stack of open modals, the topmost last."""
    triggers: dict[str, Trigger] = field(default_factory=dict[str, Trigger])
    uploads: dict[str, Upload] = field(default_factory=dict[str, Upload])
    choices: dict[tuple[str, str], dict[str, Json]] = field(default_factory=dict[tuple[str, str], dict[str, Json]])
    """By user and message (`channel/ts`): what they have chosen and typed in it, as `state.values` shows it."""
    rules: Rules = field(default_factory=Rules)

    @property
    def installation(self) -> Installation | None:
        """The app's present installation, if it is installed."""
        return next((each for each in reversed(self.installations) if each.state == "active"), None)


@dataclass
class Counts:
    """Numbers for ids, a row for each prefix, so that every run gives the same ids."""

    of: Counter[str] = field(default_factory=Counter[str])

    def next(self, prefix: str) -> str:
        """An id as Slack writes them: a letter or two, and capital letters and digits."""
        self.of[prefix] += 1
        return f"{prefix}{0x0A00000000 + self.of[prefix]:010X}"
