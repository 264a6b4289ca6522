"""The JSON of Discord's objects, as REST answers and events show them."""

from datetime import UTC, datetime

from tests.discordserver.core import Core
from tests.discordserver.state import (
    DM,
    REPLY,
    THREADS,
    Attachment,
    Channel,
    Guild,
    Json,
    Member,
    Message,
    Overwrite,
    Role,
    ThreadMember,
    User,
)


def time_shape(moment: datetime) -> str:
    """A time as Discord writes it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def user_shape(user: User) -> Json:
    """A user, as anybody sees them."""
    shape: Json = {
        "id": user.id,
        "username": user.name,
        "discriminator": "0",
        "global_name": None if user.bot else user.global_name or None,
        "avatar": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
    }
    return {**shape, "bot": True} if user.bot else shape


def me_shape(user: User) -> Json:
    """The bot, as it sees itself."""
    return {**user_shape(user), "mfa_enabled": False, "locale": "en-US", "verified": True, "email": None, "bot": True}


def member_shape(core: Core, member: Member, *, user: bool = True) -> Json:
    """A member of a guild; without `user` as messages bring it along."""
    shape: Json = {
        "roles": list(member.roles),
        "nick": member.nick or None,
        "avatar": None,
        "banner": None,
        "joined_at": time_shape(member.joined),
        "premium_since": None,
        "communication_disabled_until": None,
        "pending": member.pending,
        "flags": member.flags,
        "deaf": False,
        "mute": False,
    }
    return {**shape, "user": user_shape(core.users[member.user])} if user else shape


def role_shape(role: Role) -> Json:
    """A role."""
    shape: Json = {
        "id": role.id,
        "name": role.name,
        "permissions": str(role.permissions),
        "position": role.position,
        "color": role.color,
        "colors": {"primary_color": role.color, "secondary_color": None, "tertiary_color": None},
        "hoist": role.hoist,
        "managed": role.managed,
        "mentionable": role.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    return {**shape, "tags": {"bot_id": role.bot}} if role.bot else shape


def overwrite_shape(overwrite: Overwrite) -> Json:
    """What is allowed and denied to somebody in a channel."""
    return {
        "id": overwrite.id,
        "type": overwrite.type,
        "allow": str(overwrite.allow),
        "deny": str(overwrite.deny),
    }


def channel_shape(core: Core, channel: Channel) -> Json:
    """A channel, category, direct conversation or thread."""
    if channel.type in THREADS:
        return thread_shape(channel, core.app.bot)
    shape: Json = {
        "id": channel.id,
        "type": channel.type,
        "flags": channel.flags,
        "last_message_id": channel.last_message or None,
    }
    if channel.last_pin:
        shape["last_pin_timestamp"] = time_shape(channel.last_pin)
    if channel.type == DM:
        return {**shape, "recipients": [user_shape(core.users[each]) for each in channel.recipients]}
    shape |= {
        "guild_id": channel.guild,
        "name": channel.name,
        "parent_id": channel.parent or None,
        "position": channel.position,
        "topic": channel.topic or None,
        "nsfw": channel.nsfw,
        "rate_limit_per_user": channel.rate_limit_per_user,
        "permission_overwrites": [overwrite_shape(each) for each in channel.overwrites.values()],
    }
    if channel.default_auto_archive_duration:
        shape["default_auto_archive_duration"] = channel.default_auto_archive_duration
    return shape


def thread_shape(channel: Channel, viewer: str, *, member: bool = True) -> Json:
    """A thread, with the viewer's membership if they are in it."""
    info = channel.thread
    if info is None:
        raise TypeError(f"{channel.id} is no thread")
    metadata: Json = {
        "archived": info.archived,
        "archive_timestamp": time_shape(info.changed),
        "auto_archive_duration": info.auto_archive_duration,
        "locked": info.locked,
        "create_timestamp": time_shape(info.created),
    }
    if channel.type == 12:
        metadata["invitable"] = info.invitable
    shape: Json = {
        "id": channel.id,
        "type": channel.type,
        "guild_id": channel.guild,
        "parent_id": channel.parent,
        "owner_id": channel.owner,
        "name": channel.name,
        "last_message_id": channel.last_message or None,
        "rate_limit_per_user": channel.rate_limit_per_user,
        "flags": channel.flags,
        "message_count": info.message_count,
        "member_count": min(len(info.members), 50),
        "total_message_sent": info.total_sent,
        "thread_metadata": metadata,
    }
    if member and viewer in info.members:
        shape["member"] = thread_member_shape(channel, info.members[viewer])
    return shape


def thread_member_shape(thread: Channel, member: ThreadMember) -> Json:
    """Somebody's membership in a thread."""
    return {
        "id": thread.id,
        "user_id": member.user,
        "join_timestamp": time_shape(member.joined),
        "flags": member.flags,
    }


def attachment_shape(core: Core, message: Message, attachment: Attachment) -> Json:
    """A file in a message."""
    url = f"{core.url}/attachments/{message.channel}/{attachment.id}/{attachment.name}"
    shape: Json = {
        "id": attachment.id,
        "filename": attachment.name,
        "size": len(attachment.content),
        "url": url,
        "proxy_url": url,
    }
    if attachment.type:
        shape["content_type"] = attachment.type
    if attachment.description:
        shape["description"] = attachment.description
    return {**shape, "ephemeral": True} if message.ephemeral_for else shape


def message_shape(core: Core, message: Message, *, event: bool = False, nested: bool = False) -> Json:
    """A message: as REST answers show it, or as the events MESSAGE_CREATE and MESSAGE_UPDATE bring it."""
    channel = core.channels[message.channel]
    guild = core.guild_of(channel)
    shape: Json = {
        "id": message.id,
        "channel_id": message.channel,
        "type": message.type,
        "author": user_shape(core.users[message.author]),
        "content": message.content,
        "timestamp": time_shape(message.created),
        "edited_timestamp": time_shape(message.edited) if message.edited else None,
        "tts": message.tts,
        "mention_everyone": message.mention_everyone,
        "mentions": [_mentioned(core, guild, each, event) for each in message.mentions],
        "mention_roles": list(message.mention_roles),
        "attachments": [attachment_shape(core, message, each) for each in message.attachments],
        "embeds": message.embeds,
        "components": message.components,
        "pinned": message.pinned is not None,
        "flags": message.flags,
    }
    if message.nonce is not None:
        shape["nonce"] = message.nonce
    if message.webhook:
        shape |= {"webhook_id": message.webhook, "application_id": message.application}
    if message.interaction:
        shape["interaction_metadata"] = message.interaction
    if message.position or channel.type in THREADS:
        shape["position"] = message.position
    if message.reference:
        shape["message_reference"] = message.reference
        if message.type == REPLY and not nested:
            replied = channel.messages.get(str(message.reference.get("message_id")))
            shape["referenced_message"] = message_shape(core, replied, nested=True) if replied else None
    if event and guild:
        shape["guild_id"] = guild.id
        if author := guild.members.get(message.author):
            shape["member"] = member_shape(core, author, user=False)
    if event:
        shape["channel_type"] = channel.type
    return shape


def _mentioned(core: Core, guild: Guild | None, user: str, event: bool) -> Json:
    shape = user_shape(core.users[user])
    if event and guild and user in guild.members:
        shape["member"] = member_shape(core, guild.members[user], user=False)
    return shape
