"""The data of INTERACTION_CREATE: what the application is told of what somebody did."""

from collections.abc import Iterable, Mapping

from tests.discordserver import permissions, shapes
from tests.discordserver.core import Core
from tests.discordserver.pressed import COMPONENT, SUBMIT, Pressed
from tests.discordserver.state import Attachment, Channel, Json, Message

UPLOAD_LIMIT = 10 * 1024 * 1024
UPLOADS = "ephemeral-attachments"
"""Where files that people hand in can be read."""
IN_GUILD, IN_DM = 0, 1
"""Contexts of interactions."""


def begin(
    core: Core, kind: int, user: str, channel: Channel, data: Json, *, message: Message | None = None,
    source: Json | None = None, name: str = "",
) -> Pressed:  # fmt: skip
    """An interaction that is about to be sent: `name` is a command's, `source` the metadata of what opened a modal."""
    identity = core.new_id()
    token = f"token-{identity}-{'x' * 60}"
    owners = {"0": channel.guild or "0"}
    metadata: Json = {
        "id": identity,
        "type": kind,
        "user": shapes.user_shape(core.users[user]),
        "authorizing_integration_owners": owners,
    }
    if kind == COMPONENT and message:
        metadata["interacted_message_id"] = message.id
    if kind == SUBMIT and source:
        metadata["triggering_interaction_metadata"] = source
    payload: Json = {
        "id": identity,
        "application_id": core.app.id,
        "type": kind,
        "token": token,
        "version": 1,
        "data": data,
        "channel_id": channel.id,
        "channel": _channel(core, channel, user),
        "locale": core.users[user].locale,
        "context": IN_GUILD if channel.guild else IN_DM,
        "authorizing_integration_owners": owners,
        "attachment_size_limit": UPLOAD_LIMIT,
        "entitlements": [],
        "entitlement_sku_ids": [],
        **_who(core, channel, user),
    }
    if message:
        payload["message"] = shapes.message_shape(core, message)
    return Pressed(identity, token, kind, user, channel, core.now(), payload, message, metadata, name)


def resolved(
    core: Core, guild_id: str, viewer: str, *, users: Iterable[str] = (), roles: Iterable[str] = (),
    channels: Iterable[str] = (), attachments: Mapping[str, Attachment] | None = None,
) -> Json:  # fmt: skip
    """What the ids in an interaction stand for; nothing, if there are none."""
    guild = core.guilds.get(guild_id)
    found: Json = {"users": {}, "members": {}, "roles": {}, "channels": {}, "attachments": {}}
    for each in users:
        found["users"][each] = shapes.user_shape(core.users[each])
        if guild and each in guild.members:
            member = shapes.member_shape(core, guild.members[each], user=False)
            member["permissions"] = str(permissions.in_guild(guild, each))
            found["members"][each] = {key: value for key, value in member.items() if key not in ("deaf", "mute")}
    for each in roles:
        if guild:
            found["roles"][each] = shapes.role_shape(guild.roles[each])
    for each in channels:
        found["channels"][each] = _channel(core, core.channels[each], viewer)
    for key, each in (attachments or {}).items():
        found["attachments"][key] = upload_shape(core, each)
    return {kind: of_kind for kind, of_kind in found.items() if of_kind}


def upload_shape(core: Core, upload: Attachment) -> Json:
    """A file that somebody hands in with a command or a form; nobody else sees it."""
    url = f"{core.url}/{UPLOADS}/{core.app.id}/{upload.id}/{upload.name}"
    shape: Json = {"id": upload.id, "filename": upload.name, "size": len(upload.content), "url": url, "proxy_url": url}
    return {**shape, "ephemeral": True, "content_type": upload.type or "application/octet-stream"}


def _channel(core: Core, channel: Channel, viewer: str) -> Json:
    shape = shapes.channel_shape(core, channel)
    shape.pop("permission_overwrites", None)
    guild = core.guild_of(channel)
    granted = permissions.in_channel(guild, channel, viewer) if guild else permissions.PRIVATE
    return {**shape, "permissions": str(granted)}


def _who(core: Core, channel: Channel, user: str) -> Json:
    """Who did it, and where: a member of a guild, or a user in a direct conversation."""
    guild = core.guild_of(channel)
    if guild is None:
        return {"user": shapes.user_shape(core.users[user]), "app_permissions": str(permissions.PRIVATE)}
    member = shapes.member_shape(core, guild.members[user])
    member["permissions"] = str(permissions.in_channel(guild, channel, user))
    return {
        "guild_id": guild.id,
        "guild": {"id": guild.id, "locale": guild.locale, "features": list(guild.features)},
        "guild_locale": guild.locale,
        "member": member,
        "app_permissions": str(permissions.in_channel(guild, channel, core.app.bot)),
    }
