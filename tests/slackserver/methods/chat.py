"""Methods that post, change and delete messages."""

from collections.abc import Mapping

from tests.slackserver import deeds
from tests.slackserver.calls import Call, Handler, missing
from tests.slackserver.content import checked_attachments, checked_blocks, checked_metadata, checked_text
from tests.slackserver.errors import ApiError
from tests.slackserver.shapes import message_shape
from tests.slackserver.state import Channel, Json, Message
from tests.slackserver.world import message_in


def post_message(call: Call) -> Json:
    channel = _where(call)
    if channel.archived:
        raise ApiError("is_archived")
    if channel.id in call.team.rules.posting:
        raise ApiError("restricted_action")
    if channel.kind == "im" and not call.world.app.messages_enabled:
        raise ApiError("messages_tab_disabled")
    thread = call.text("thread_ts")
    if thread and message_in(channel, thread) is None:
        raise ApiError("cannot_reply_to_message")
    message = _composed(call, channel)
    message.metadata = checked_metadata(call.args.get("metadata"))
    message.thread_ts = thread
    message.ts = call.world.stamp(channel)
    deeds.post(call.world, call.team, channel, message)
    return {"channel": channel.id, "ts": message.ts, "message": _with_metadata(call, message)}


def post_ephemeral(call: Call) -> Json:
    channel = _where(call)
    if channel.archived:
        raise ApiError("is_archived")
    user = call.text("user")
    if user not in channel.members or call.user(user).deleted:
        raise ApiError("user_not_in_channel")
    message = _composed(call, channel)
    message.ts = call.world.stamp(channel)
    message.ephemeral_for = user
    channel.ephemerals.append(message)
    return {"message_ts": message.ts}


def update(call: Call) -> Json:
    channel, message = _own(call, "cant_update_message")
    if channel.archived:
        raise ApiError("is_inactive")
    has = {name for name in ("text", "blocks", "attachments", "markdown_text") if call.args.get(name) is not None}
    if not has:
        raise ApiError("no_text")
    # What is not given stays as it was: to take buttons away, `blocks` must be given, and be empty.
    changes: Json = {}
    if "text" in has or "markdown_text" in has:
        changes["text"] = checked_text(call.text("text") or call.text("markdown_text"))
    if "blocks" in has:
        changes["blocks"] = checked_blocks(call.world.counts, call.args["blocks"], call.method.errors)
    if "attachments" in has:
        changes["attachments"] = checked_attachments(call.args["attachments"])
    if call.args.get("metadata") is not None:
        changes["metadata"] = checked_metadata(call.args["metadata"])
    deeds.edit(call.world, call.team, channel, message, call.bot, changes)
    shape = _with_metadata(call, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shape}


def delete(call: Call) -> Json:
    channel, message = _own(call, "cant_delete_message")
    deeds.remove(call.world, call.team, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    channel = call.channel()
    ts = call.text("message_ts")
    if message_in(channel, ts) is None:
        raise ApiError("message_not_found")
    link = f"https://{call.team.domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


def _where(call: Call) -> Channel:
    """The conversation that `channel` names: by its id, its `#name`, or the id of a user, whose direct one it opens."""
    asked = call.text("channel")
    if asked in call.team.users:
        # Writing to somebody who was deactivated succeeds: the conversation is still there, only nobody reads it.
        if call.team.users[asked].is_bot:
            raise ApiError("cannot_dm_bot")
        return deeds.direct(call.world, call.team, [call.bot, asked])[0]
    named = [each for each in call.team.channels.values() if each.name and f"#{each.name}" == asked]
    channel = named[0] if named else call.team.channels.get(asked)
    if channel is None:
        raise ApiError("channel_not_found")
    if call.bot not in channel.members:
        if channel.kind != "public_channel":
            raise ApiError("channel_not_found")
        if "chat:write.public" not in call.installation.scopes or call.method.name == "chat.postEphemeral":
            raise ApiError("not_in_channel")
    return channel


def _own(call: Call, code: str) -> tuple[Channel, Message]:
    channel = call.team.channels.get(call.text("channel"))
    if channel is None or (channel.kind != "public_channel" and call.bot not in channel.members):
        raise ApiError("channel_not_found")
    message = message_in(channel, call.text("ts"))
    if message is None:
        raise ApiError("message_not_found")
    if message.bot_id != call.installation.bot_id:
        raise ApiError(code)
    return channel, message


def _composed(call: Call, channel: Channel) -> Message:
    """The message that the arguments describe; it has no time stamp yet."""
    text, markdown = call.text("text"), call.text("markdown_text")
    blocks = checked_blocks(call.world.counts, call.args.get("blocks"), call.method.errors)
    attachments = checked_attachments(call.args.get("attachments"))
    if markdown and (text or blocks):
        raise ApiError("markdown_text_conflict")
    if not (text.strip() or markdown.strip() or blocks or attachments):
        raise ApiError("no_text")
    username = call.text("username")
    disguised = username or call.text("icon_url") or call.text("icon_emoji")
    if disguised and "chat:write.customize" not in call.installation.scopes:
        raise missing(["chat:write.customize"], call.installation)
    return Message(
        channel=channel.id,
        ts="",
        text=checked_text(text or markdown),
        user=call.bot,
        blocks=blocks,
        attachments=attachments,
        bot_id=call.installation.bot_id,
        username=username,
        subtype="bot_message" if username else "",
    )


def _with_metadata(call: Call, message: Message) -> Json:
    shape = message_shape(call.world.app, call.team, message)
    return {**shape, "metadata": message.metadata} if message.metadata else shape


HANDLERS: Mapping[str, Handler] = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
}
