"""How Slack shows what it remembers: users, channels, messages and views as JSON."""

from urllib.parse import quote

from tests.slackserver.state import App, Channel, Installation, Json, Message, Team, Upload, User, View

CHANNEL_TYPE = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
"""What `channel_type` says in message events."""


def user_shape(team: Team, user: User, *, email: bool, locale: bool = False) -> Json:
    """A user as `users.info` shows them. The e-mail address is for apps with `users:read.email`."""
    profile: Json = {
        "title": "",
        "phone": "",
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "avatar_hash": f"a{user.id.lower()}",
        "status_text": "",
        "status_emoji": "",
        "team": team.id,
    }
    if email and user.email:
        profile["email"] = user.email
    if user.is_bot:
        profile["bot_id"] = user.bot_id
    shape: Json = {
        "id": user.id,
        "team_id": team.id,
        "name": user.name,
        "deleted": user.deleted,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": user.updated,
    }
    if user.deleted:
        # Slack tells little of those who have gone.
        return shape
    shape |= {
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": user.tz_offset,
        "is_admin": user.is_admin,
        "is_owner": user.is_owner,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_email_confirmed": user.is_email_confirmed,
        "who_can_share_contact_card": "EVERYONE",
    }
    if locale:
        shape["locale"] = user.locale
    return shape


def channel_shape(team: Team, channel: Channel, viewer: str) -> Json:
    """A conversation as `conversations.info` shows it to `viewer`."""
    shape: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_org_shared": False,
        "context_team_id": team.id,
        "updated": channel.created * 1000,
    }
    if channel.kind == "im":
        other = next((each for each in channel.members if each != viewer), viewer)
        deleted = other in team.users and team.users[other].deleted
        return {**shape, "user": other, "is_user_deleted": deleted, "priority": 0}
    return {
        **shape,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind != "mpim",
        "is_group": channel.kind == "mpim",
        "is_private": channel.kind != "public_channel",
        "is_general": channel.is_general,
        "is_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "unlinked": 0,
        "creator": channel.creator,
        "is_member": viewer in channel.members,
        "topic": channel.topic.shown(),
        "purpose": channel.purpose.shown(),
        "previous_names": channel.previous_names,
    }


def message_shape(app: App, team: Team, message: Message) -> Json:
    """A message as history shows it, without its metadata."""
    shape: Json = {"type": "message", "text": message.text, "ts": message.ts, "team": team.id}
    if message.subtype:
        shape["subtype"] = message.subtype
    if message.user and message.subtype != "bot_message":
        shape["user"] = message.user
    if message.client_msg_id:
        shape["client_msg_id"] = message.client_msg_id
    if message.bot_id:
        shape |= {"bot_id": message.bot_id, "app_id": app.id, "bot_profile": bot_profile(app, team, message.bot_id)}
    if message.username:
        shape["username"] = message.username
    if message.blocks:
        shape["blocks"] = message.blocks
    if message.attachments:
        shape["attachments"] = message.attachments
    if message.thread_ts:
        shape["thread_ts"] = message.thread_ts
    if message.edited:
        shape["edited"] = message.edited
    return {**shape, **message.extra}


def bot_profile(app: App, team: Team, bot_id: str) -> Json:
    """The bot as it is shown beside its messages."""
    return {
        "id": bot_id,
        "app_id": app.id,
        "name": app.name,
        "icons": {},
        "deleted": False,
        "updated": 0,
        "team_id": team.id,
    }


def view_shape(app: App, team: Team, view: View, installation: Installation) -> Json:
    """A modal or home tab as payloads and answers show it."""
    content = view.content
    return {
        "id": view.id,
        "team_id": team.id,
        "type": view.type,
        "title": content.get("title"),
        "submit": content.get("submit"),
        "close": content.get("close"),
        "blocks": view.blocks,
        "private_metadata": view.private_metadata,
        "callback_id": view.callback_id,
        "state": {"values": view.state},
        "hash": view.hash,
        "clear_on_close": bool(content.get("clear_on_close")),
        "notify_on_close": bool(content.get("notify_on_close")),
        "submit_disabled": bool(content.get("submit_disabled")),
        "root_view_id": view.root,
        "previous_view_id": view.previous or None,
        "app_id": app.id,
        "external_id": view.external_id,
        "app_installed_team_id": team.id,
        "bot_id": installation.bot_id,
    }


def file_shape(world_url: str, team: Team, upload: Upload) -> Json:
    """A file, as it stands in messages and in the answer of `files.info`."""
    address = f"{world_url}/files-pri/{team.id}/{upload.id}"
    return {
        "id": upload.id,
        "name": upload.name,
        "title": upload.title,
        "mimetype": upload.mimetype,
        "size": upload.length,
        "mode": "hosted",
        "user": upload.user,
        "alt_txt": upload.alt_txt,
        "url_private": f"{address}/{quote(upload.name)}",
        "url_private_download": f"{address}/download/{quote(upload.name)}",
    }
