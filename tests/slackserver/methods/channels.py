"""Methods that make channels and change what they are called, say and allow."""

import re
from collections.abc import Mapping

from tests.slackserver import deeds
from tests.slackserver.calls import Call, Handler
from tests.slackserver.errors import ApiError
from tests.slackserver.shapes import channel_shape
from tests.slackserver.state import Channel, Json, Kind

_PUNCTUATION = re.compile(r"[\W_]+")


def checked_name(call: Call, name: str) -> str:
    """The name if a channel may be called so, or the error that says what is wrong with it."""
    if not name:
        raise ApiError("invalid_name_required")
    if len(name) > 80:
        raise ApiError("invalid_name_maxlength")
    if _PUNCTUATION.fullmatch(name):
        raise ApiError("invalid_name_punctuation")
    if any(not (each.isalnum() or each in "-_") or each.isupper() for each in name):
        raise ApiError("invalid_name_specials")
    # A name is taken even by a channel that is archived, or that the app cannot see.
    if any(each.name == name for each in call.team.channels.values()):
        raise ApiError("name_taken")
    return name


def create(call: Call) -> Json:
    private = call.flag("is_private")
    kind: Kind = "private_channel" if private else "public_channel"
    family = "groups:write" if private else "channels:manage"
    if family not in call.installation.scopes:
        raise ApiError("missing_scope", needed=family, provided=",".join(sorted(call.installation.scopes)))
    rules = call.team.rules
    if not (rules.private_channels if private else rules.public_channels):
        raise ApiError("restricted_action")
    name = checked_name(call, call.text("name"))
    channel = deeds.create(call.world, call.team, name, kind, call.bot)
    return {"channel": channel_shape(call.team, channel, call.bot)}


def rename(call: Call) -> Json:
    channel = _changeable(call)
    if channel.creator != call.bot:
        raise ApiError("not_authorized")
    deeds.rename(call.world, call.team, channel, checked_name(call, call.text("name")), call.bot)
    return {"channel": channel_shape(call.team, channel, call.bot)}


def archive(call: Call) -> Json:
    channel = call.channel()
    _not_direct(channel)
    if channel.archived:
        raise ApiError("already_archived")
    if channel.is_general:
        raise ApiError("cant_archive_general")
    if call.bot not in channel.members:
        raise ApiError("not_in_channel")
    deeds.archive(call.world, call.team, channel, call.bot)
    return {}


def unarchive(call: Call) -> Json:
    """Only somebody who is still among the members of the channel can do it."""
    channel = call.channel()
    _not_direct(channel)
    if not channel.archived:
        raise ApiError("not_archived")
    if call.bot not in channel.members:
        raise ApiError("channel_not_found")
    deeds.unarchive(call.world, call.team, channel, call.bot)
    return {}


def set_topic(call: Call) -> Json:
    return _set_note(call, "topic", call.text("topic"))


def set_purpose(call: Call) -> Json:
    return _set_note(call, "purpose", call.text("purpose"))


def _set_note(call: Call, which: str, value: str) -> Json:
    channel = _changeable(call)
    if len(value) > 250:
        raise ApiError("too_long")
    deeds.set_note(call.world, call.team, channel, which, value, call.bot)
    return {"channel": channel_shape(call.team, channel, call.bot)}


def _changeable(call: Call) -> Channel:
    channel = call.channel()
    _not_direct(channel)
    if channel.archived:
        raise ApiError("is_archived")
    if call.bot not in channel.members:
        raise ApiError("not_in_channel")
    return channel


def _not_direct(channel: Channel) -> None:
    if channel.kind in ("im", "mpim"):
        raise ApiError("method_not_supported_for_channel_type")


HANDLERS: Mapping[str, Handler] = {
    "conversations.create": create,
    "conversations.rename": rename,
    "conversations.archive": archive,
    "conversations.unarchive": unarchive,
    "conversations.setTopic": set_topic,
    "conversations.setPurpose": set_purpose,
}
