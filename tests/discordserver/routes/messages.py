"""Messages: writing, reading, changing, deleting."""

from collections.abc import Mapping
from datetime import timedelta

from tests.discordserver import intents, shapes
from tests.discordserver import permissions as may
from tests.discordserver.calls import Answer, Call, Route
from tests.discordserver.contents import changes, draft
from tests.discordserver.core import message_in
from tests.discordserver.deeds_messages import WRITTEN, Draft
from tests.discordserver.errors import ApiError, invalid
from tests.discordserver.routes.threads import check_open, check_room
from tests.discordserver.snowflake import is_snowflake
from tests.discordserver.state import CATEGORY, DM, EPHEMERAL, REPLY, THREADS, Channel, Json, Message

NONCES = timedelta(minutes=5)
"""How long a nonce that is enforced is remembered."""


def create(call: Call) -> Answer:
    """Write a message. With `enforce_nonce`, a nonce that was used lately brings back the message of that time."""
    channel = call.channel()
    if channel.type == CATEGORY:
        raise ApiError(50008)
    if channel.type == DM:
        check_taken(call, channel)
    call.need(channel, may.SEND_MESSAGES)
    if before := _sent_before(call, channel):
        return Answer(_shown(call, before))
    made = draft(call.world, call.body, call.files)
    made.flags &= ~EPHEMERAL
    needed = (may.ATTACH_FILES if made.attachments else 0) | (may.EMBED_LINKS if made.embeds else 0)
    call.need(channel, needed)
    _refer(call, channel, made)
    if channel.type in THREADS:
        _check_thread(call, channel)
    message = call.world.post(channel, call.bot, made)
    if call.flag("enforce_nonce") and made.nonce is not None:
        call.world.nonces[channel.id, str(made.nonce)] = message, call.world.now()
    return Answer(_shown(call, message))


def check_taken(call: Call, channel: Channel) -> None:
    """Whether the other in a direct conversation takes messages: 50278 without a common guild, 50007 if they do not."""
    user = call.world.users[channel.recipients[0]]
    common = [each for each in call.world.guilds.values() if call.bot in each.members and user.id in each.members]
    if not common:
        raise ApiError(50278)
    if not user.takes_dms or user.blocks_bot:
        raise ApiError(50007)


def _sent_before(call: Call, channel: Channel) -> Message | None:
    nonces, nonce = call.world.nonces, call.body.get("nonce")
    if nonce is None or not call.flag("enforce_nonce"):
        return None
    for key, (_, at) in list(nonces.items()):
        if call.world.now() - at > NONCES:
            del nonces[key]
    found = nonces.get((channel.id, str(nonce)))
    return found[0] if found else None


def _refer(call: Call, channel: Channel, made: Draft) -> None:
    given: Json = call.body.get("message_reference") or {}
    if not given:
        return
    if not call.granted(channel) & may.READ_MESSAGE_HISTORY:
        raise ApiError(160002, message="Cannot reply without permission to read message history")
    message = channel.messages.get(str(given.get("message_id")))
    if message is None or str(given.get("channel_id") or channel.id) != channel.id:
        if given.get("fail_if_not_exists") is False:
            return
        raise invalid("REPLIES_UNKNOWN_MESSAGE", "Unknown message", "message_reference")
    made.type = REPLY
    made.reference = {"type": 0, "message_id": message.id, "channel_id": channel.id}
    if channel.guild:
        made.reference["guild_id"] = channel.guild


def _check_thread(call: Call, thread: Channel) -> None:
    info = thread.thread
    if info and info.locked and not call.granted(thread) & may.MANAGE_THREADS:
        raise ApiError(160005)
    if info and info.archived:
        check_room(call, thread.guild)


def read(call: Call) -> Answer:
    """One message."""
    return Answer(_shown(call, call.message(call.channel(may.READ_MESSAGE_HISTORY))))


def history(call: Call) -> Answer:
    """Messages of a channel, the newest first. Without READ_MESSAGE_HISTORY there are none."""
    channel = call.channel()
    limit = call.limit(50, 100)
    for name in ("before", "after", "around"):
        if name in call.query and not is_snowflake(call.query[name]):
            raise invalid("NUMBER_TYPE_COERCE", f'Value "{call.query[name]}" is not snowflake.', name)
    if not call.granted(channel) & may.READ_MESSAGE_HISTORY:
        return Answer([])
    found = _some(list(channel.messages.values()), call.query, limit)
    return Answer([_shown(call, each) for each in reversed(found)])


def _some(messages: list[Message], asked: Mapping[str, str], limit: int) -> list[Message]:
    if around := asked.get("around"):
        older = [each for each in messages if int(each.id) < int(around)][-(limit // 2) :]
        newer = [each for each in messages if int(each.id) >= int(around)][: limit - limit // 2]
        return older + newer
    if before := asked.get("before"):
        messages = [each for each in messages if int(each.id) < int(before)]
    if after := asked.get("after"):
        return [each for each in messages if int(each.id) > int(after)][:limit]
    return messages[-limit:]


def edit(call: Call) -> Answer:
    """Change one of the bot's own messages."""
    channel = call.channel()
    message = call.message(channel)
    if message.author != call.bot:
        raise ApiError(50005)
    if message.type not in WRITTEN:
        raise ApiError(50021)
    check_open(channel)
    changed = call.world.edit(message, **changes(call.world, message, call.body, call.files))
    return Answer(_shown(call, changed))


def delete(call: Call) -> Answer:
    """Delete a message: an own one, or with MANAGE_MESSAGES any."""
    channel = call.channel()
    message = call.message(channel)
    if message.author != call.bot:
        if channel.type == DM:
            raise ApiError(50003)
        call.need(channel, may.MANAGE_MESSAGES)
    check_open(channel)
    call.world.delete(message)
    return Answer()


def typing(call: Call) -> Answer:
    """“… is typing”."""
    call.channel(may.SEND_MESSAGES)
    return Answer()


def pins(call: Call) -> Answer:
    """The pinned messages, the newest pin first."""
    pinned = _pinned(call)
    limit = call.limit(50, 50)
    if before := call.query.get("before"):
        pinned = [each for each in pinned if each.pinned and shapes.time_shape(each.pinned) < before]
    items = [
        {"pinned_at": shapes.time_shape(each.pinned), "message": _shown(call, each)}
        for each in pinned[:limit]
        if each.pinned
    ]
    return Answer({"items": items, "has_more": len(pinned) > limit})


def old_pins(call: Call) -> Answer:
    """The pinned messages, by the older route."""
    return Answer([_shown(call, each) for each in _pinned(call)])


def _pinned(call: Call) -> list[Message]:
    channel = call.channel()
    if not call.granted(channel) & may.READ_MESSAGE_HISTORY:
        return []
    found = [(each.pinned, each) for each in channel.messages.values() if each.pinned]
    return [each for _, each in sorted(found, key=lambda pair: pair[0], reverse=True)]


def pin(call: Call) -> Answer:
    """Pin a message. Since February 2026 this needs PIN_MESSAGES; MANAGE_MESSAGES is not enough."""
    channel = _pinnable(call)
    message = message_in(channel, call.path["message_id"])
    if message.type not in WRITTEN:
        raise ApiError(50021)
    if not message.pinned and sum(each.pinned is not None for each in channel.messages.values()) >= 250:
        raise ApiError(30003)
    call.world.pin(message, call.bot)
    return Answer()


def unpin(call: Call) -> Answer:
    """Pin it no more."""
    call.world.unpin(message_in(_pinnable(call), call.path["message_id"]))
    return Answer()


def _pinnable(call: Call) -> Channel:
    channel = call.channel()
    if channel.type != DM:
        call.need(channel, may.PIN_MESSAGES)
    check_open(channel)
    return channel


def _shown(call: Call, message: Message) -> Json:
    """A message as this application may read it: blank, if the privileged intent for contents is not switched on."""
    shape = shapes.message_shape(call.world, message)
    guild = call.world.channels[message.channel].guild
    if not guild:
        return shape
    shown = intents.shown({**shape, "guild_id": guild}, call.world.app.privileged, call.bot)
    del shown["guild_id"]
    return shown


_MESSAGES = "/channels/{channel_id}/messages"
_PINS = "/channels/{channel_id}/pins"

ROUTES = [
    Route("POST", _MESSAGES, create),
    Route("GET", _MESSAGES, history),
    Route("GET", f"{_MESSAGES}/{{message_id}}", read),
    Route("PATCH", f"{_MESSAGES}/{{message_id}}", edit),
    Route("DELETE", f"{_MESSAGES}/{{message_id}}", delete),
    Route("GET", f"{_MESSAGES}/pins", pins),
    Route("PUT", f"{_MESSAGES}/pins/{{message_id}}", pin),
    Route("DELETE", f"{_MESSAGES}/pins/{{message_id}}", unpin),
    Route("GET", _PINS, old_pins),
    Route("PUT", f"{_PINS}/{{message_id}}", pin),
    Route("DELETE", f"{_PINS}/{{message_id}}", unpin),
    Route("POST", "/channels/{channel_id}/typing", typing),
]
