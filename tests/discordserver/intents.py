"""Intents: which events an application has asked for, and what it is shown of messages."""

from collections.abc import Iterable

from tests.discordserver.state import Json

GUILDS, GUILD_MEMBERS, GUILD_MODERATION, GUILD_EXPRESSIONS = 1 << 0, 1 << 1, 1 << 2, 1 << 3
GUILD_INTEGRATIONS, GUILD_WEBHOOKS, GUILD_INVITES, GUILD_VOICE_STATES = 1 << 4, 1 << 5, 1 << 6, 1 << 7
GUILD_PRESENCES, GUILD_MESSAGES, GUILD_MESSAGE_REACTIONS, GUILD_MESSAGE_TYPING = 1 << 8, 1 << 9, 1 << 10, 1 << 11
DIRECT_MESSAGES, DIRECT_MESSAGE_REACTIONS, DIRECT_MESSAGE_TYPING = 1 << 12, 1 << 13, 1 << 14
MESSAGE_CONTENT, GUILD_SCHEDULED_EVENTS = 1 << 15, 1 << 16
AUTO_MODERATION_CONFIGURATION, AUTO_MODERATION_EXECUTION = 1 << 20, 1 << 21
GUILD_MESSAGE_POLLS, DIRECT_MESSAGE_POLLS = 1 << 24, 1 << 25

PRIVILEGED = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT
"""Those that must be switched on for the application before it may ask for them."""
ALL = (
    (1 << 17) - 1
    | AUTO_MODERATION_CONFIGURATION
    | AUTO_MODERATION_EXECUTION
    | GUILD_MESSAGE_POLLS
    | DIRECT_MESSAGE_POLLS
)

_BY_PREFIX: tuple[tuple[str, int, int], ...] = (
    ("GUILD_MEMBERS_CHUNK", 0, 0),
    ("GUILD_MEMBER_", GUILD_MEMBERS, 0),
    ("GUILD_BAN_", GUILD_MODERATION, 0),
    ("GUILD_AUDIT_LOG_", GUILD_MODERATION, 0),
    ("GUILD_EMOJIS_", GUILD_EXPRESSIONS, 0),
    ("GUILD_STICKERS_", GUILD_EXPRESSIONS, 0),
    ("GUILD_INTEGRATIONS_", GUILD_INTEGRATIONS, 0),
    ("INTEGRATION_", GUILD_INTEGRATIONS, 0),
    ("GUILD_SCHEDULED_EVENT_", GUILD_SCHEDULED_EVENTS, 0),
    ("WEBHOOKS_", GUILD_WEBHOOKS, 0),
    ("INVITE_", GUILD_INVITES, 0),
    ("VOICE_", GUILD_VOICE_STATES, 0),
    ("PRESENCE_", GUILD_PRESENCES, 0),
    ("GUILD_", GUILDS, 0),
    ("CHANNEL_PINS_", GUILDS, DIRECT_MESSAGES),
    ("CHANNEL_", GUILDS, DIRECT_MESSAGES),
    ("THREAD_", GUILDS, 0),
    ("MESSAGE_REACTION_", GUILD_MESSAGE_REACTIONS, DIRECT_MESSAGE_REACTIONS),
    ("MESSAGE_POLL_", GUILD_MESSAGE_POLLS, DIRECT_MESSAGE_POLLS),
    ("MESSAGE_", GUILD_MESSAGES, DIRECT_MESSAGES),
    ("TYPING_", GUILD_MESSAGE_TYPING, DIRECT_MESSAGE_TYPING),
    ("AUTO_MODERATION_RULE_", AUTO_MODERATION_CONFIGURATION, 0),
    ("AUTO_MODERATION_ACTION_", AUTO_MODERATION_EXECUTION, 0),
)
"""How the names of events begin, and the intent that each needs in a guild and in a private conversation; 0: none."""


def wanted(event: str, intents: int, *, in_guild: bool, users: Iterable[str], bot: str) -> bool:
    """Whether a session with these intents is sent an event about `users`; `bot` is the bot's own id."""
    if event in ("GUILD_MEMBER_UPDATE", "THREAD_MEMBERS_UPDATE") and bot in users:
        # What happens to the bot itself is told whether or not it may know the members.
        return event == "GUILD_MEMBER_UPDATE" or bool(intents & GUILDS)
    if event == "THREAD_MEMBERS_UPDATE" and not intents & GUILD_MEMBERS:
        return False
    needed = next((need for start, *need in _BY_PREFIX if event.startswith(start)), [0, 0])[0 if in_guild else 1]
    return not needed or bool(intents & needed)


def shown(message: Json, intents: int, bot: str) -> Json:
    """A message as a session with these intents is shown it: without MESSAGE_CONTENT, some are blank.

    The bot reads what it wrote itself, what is written to it in private, and what mentions it (a reply does, unless its
    writer switches that off). The message that is replied to is judged by itself.
    """
    cut = dict(message)
    if isinstance(replied := message.get("referenced_message"), dict):
        cut["referenced_message"] = shown({**replied, "guild_id": message.get("guild_id")}, intents, bot)
        cut["referenced_message"].pop("guild_id")
    if intents & MESSAGE_CONTENT or message.get("guild_id") is None:
        return cut
    author: Json = message.get("author") or {}
    if author.get("id") == bot or any(each.get("id") == bot for each in message.get("mentions") or []):
        return cut
    cut |= {"content": "", "embeds": [], "attachments": [], "components": []}
    cut.pop("poll", None)
    return cut
