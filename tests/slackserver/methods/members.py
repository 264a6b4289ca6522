"""Methods about who is in a conversation."""

from collections.abc import Mapping

from tests.slackserver import deeds
from tests.slackserver.calls import Call, Handler
from tests.slackserver.errors import ApiError
from tests.slackserver.methods.paging import page
from tests.slackserver.shapes import channel_shape
from tests.slackserver.state import Channel, Json


def invite(call: Call) -> Json:
    """Bring users in: all of them or none, unless `force` says that those who can come shall come."""
    channel = _group(call)
    if channel.archived:
        raise ApiError("is_archived")
    if call.bot not in channel.members:
        raise ApiError("not_in_channel")
    users = _listed(call.text("users"))
    if not users:
        raise ApiError("no_user")
    wrong = {user: code for user in users if (code := _cannot_come(call, channel, user))}
    coming = [user for user in users if user not in wrong]
    if wrong and not (call.flag("force") and coming):
        errors = [{"user": user, "ok": False, "error": code} for user, code in wrong.items()]
        raise ApiError(next(iter(wrong.values())), errors=errors)
    for user in coming:
        deeds.join(call.world, call.team, channel, user, call.bot)
    answer: Json = {"channel": channel_shape(call.team, channel, call.bot)}
    if wrong:
        answer["errors"] = [{"user": user, "ok": False, "error": code} for user, code in wrong.items()]
    return answer


def _cannot_come(call: Call, channel: Channel, user_id: str) -> str:
    user = call.team.users.get(user_id)
    if user_id == call.bot:
        return "cant_invite_self"
    if user is None:
        return "user_not_found"
    if user.deleted:
        # Whoever was deactivated cannot be invited, and the reference has no code that says just this.
        return "cant_invite"
    if user.is_ultra_restricted:
        return "ura_max_channels"
    return "already_in_channel" if user_id in channel.members else ""


def kick(call: Call) -> Json:
    channel = _group(call)
    user = call.text("user")
    if call.bot not in channel.members:
        raise ApiError("not_in_channel")
    if user == call.bot:
        raise ApiError("cant_kick_self")
    if channel.is_general:
        raise ApiError("cant_kick_from_general")
    call.user(user)
    if user not in channel.members:
        raise ApiError("not_in_channel")
    deeds.leave(call.world, call.team, channel, user, by=call.bot)
    return {}


def join(call: Call) -> Json:
    channel = call.team.channels.get(call.text("channel"))
    if channel is None or channel.kind == "private_channel":
        raise ApiError("channel_not_found")
    if channel.kind != "public_channel":
        raise ApiError("method_not_supported_for_channel_type")
    if channel.archived:
        raise ApiError("is_archived")
    deeds.join(call.world, call.team, channel, call.bot)
    return {"channel": channel_shape(call.team, channel, call.bot)}


def leave(call: Call) -> Json:
    channel = _group(call)
    if channel.is_general:
        raise ApiError("cant_leave_general")
    if channel.archived:
        raise ApiError("is_archived")
    if call.bot not in channel.members:
        return {"not_in_channel": True}
    deeds.leave(call.world, call.team, channel, call.bot)
    return {}


def members(call: Call) -> Json:
    channel = call.channel()
    found, metadata = page(call, channel.members)
    return {"members": list(found), "response_metadata": metadata}


def open_(call: Call) -> Json:
    """The conversation with these users, which is opened if there is none yet."""
    if channel_id := call.text("channel"):
        channel = call.team.channels.get(channel_id)
        if channel is None or channel.kind not in ("im", "mpim") or call.bot not in channel.members:
            raise ApiError("channel_not_found")
        return _opened(call, channel, new=False)
    users = [user for user in _listed(call.text("users")) if user != call.bot]
    if not users:
        raise ApiError("users_list_not_supplied")
    if len(users) > 8:
        raise ApiError("too_many_users")
    for user_id in users:
        user = call.user(user_id)
        if user.deleted:
            raise ApiError("user_disabled")
        if user.is_bot:
            raise ApiError("cannot_dm_bot")
    call.need_scope("im" if len(users) == 1 else "mpim")
    channel, new = deeds.direct(call.world, call.team, [call.bot, *users])
    return _opened(call, channel, new)


def _opened(call: Call, channel: Channel, new: bool) -> Json:
    known = {} if new else {"no_op": True, "already_open": True}
    if call.flag("return_im"):
        return {**known, "channel": channel_shape(call.team, channel, call.bot)}
    return {**known, "channel": {"id": channel.id}}


def close(call: Call) -> Json:
    """Direct conversations only disappear from a list: nothing that the app could notice changes."""
    channel = call.channel()
    if channel.kind not in ("im", "mpim"):
        raise ApiError("method_not_supported_for_channel_type")
    return {}


def _group(call: Call) -> Channel:
    channel = call.channel()
    if channel.kind in ("im", "mpim"):
        raise ApiError("method_not_supported_for_channel_type")
    return channel


def _listed(text: str) -> list[str]:
    return list(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))


HANDLERS: Mapping[str, Handler] = {
    "conversations.invite": invite,
    "conversations.kick": kick,
    "conversations.join": join,
    "conversations.leave": leave,
    "conversations.members": members,
    "conversations.open": open_,
    "conversations.close": close,
}
