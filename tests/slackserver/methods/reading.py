"""Methods that show conversations and what was said in them."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import cast

from tests.slackserver.calls import Call, Handler
from tests.slackserver.errors import ApiError
from tests.slackserver.methods.paging import page
from tests.slackserver.shapes import channel_shape, message_shape
from tests.slackserver.spec import FAMILY
from tests.slackserver.state import Channel, Json, Kind, Message


def info(call: Call) -> Json:
    channel = call.channel()
    shape = channel_shape(call.team, channel, call.bot)
    if call.flag("include_num_members"):
        shape["num_members"] = len(channel.members)
    return {"channel": shape}


def list_(call: Call) -> Json:
    """All public channels, and the private ones and direct conversations that the bot is in."""
    kinds = _kinds(call)
    channels = [
        each
        for each in call.team.channels.values()
        if each.kind in kinds and (each.kind == "public_channel" or call.bot in each.members)
    ]
    return _listed(call, channels, call.bot)


def users_conversations(call: Call) -> Json:
    """The conversations that a user is in; of somebody else's only those that the bot shares."""
    user = call.text("user") or call.bot
    if user != call.bot:
        call.user(user)
    kinds = _kinds(call)
    channels = [
        each
        for each in call.team.channels.values()
        if each.kind in kinds and user in each.members and (each.kind == "public_channel" or call.bot in each.members)
    ]
    answer = _listed(call, channels, call.bot)
    for shape in cast(list[Json], answer["channels"]):
        shape.pop("is_member", None)
    return answer


def _listed(call: Call, channels: Iterable[Channel], viewer: str) -> Json:
    without_archived = call.flag("exclude_archived")
    found, metadata = page(call, [each for each in channels if not (without_archived and each.archived)])
    shapes = [channel_shape(call.team, each, viewer) for each in found]
    return {"channels": shapes, "response_metadata": metadata}


def _kinds(call: Call) -> Sequence[Kind]:
    asked = [each.strip() for each in call.text("types", "public_channel").split(",")]
    if any(each not in FAMILY for each in asked):
        raise ApiError("invalid_types")
    kinds = cast(list[Kind], asked)
    for kind in kinds:
        call.need_scope(kind)
    return kinds


def history(call: Call) -> Json:
    """Messages that are not answers in a thread, the latest first."""
    channel = _readable(call)
    tops = [each for each in channel.messages if each.thread_ts in ("", each.ts)]
    found = list(reversed(_between(call, tops)))
    part, metadata = page(call, found)
    answer: Json = {
        "messages": [_shown(call, each) for each in part],
        "has_more": bool(metadata["next_cursor"]),
        "pin_count": len(channel.pins),
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    }
    return {**answer, "response_metadata": metadata} if answer["has_more"] else answer


def replies(call: Call) -> Json:
    """A thread: its first message, then the answers, the earliest first."""
    channel = _readable(call)
    ts = call.text("ts")
    asked = next((each for each in channel.messages if each.ts == ts), None)
    if asked is None:
        raise ApiError("thread_not_found")
    root = asked.thread_ts or asked.ts
    first = [each for each in channel.messages if each.ts == root]
    answers = [each for each in channel.messages if each.thread_ts == root and each.ts != root]
    part, metadata = page(call, [*first, *_between(call, answers)])
    answer: Json = {"messages": [_shown(call, each) for each in part], "has_more": bool(metadata["next_cursor"])}
    return {**answer, "response_metadata": metadata} if answer["has_more"] else answer


def _readable(call: Call) -> Channel:
    channel = call.channel()
    if call.bot not in channel.members:
        raise ApiError("not_in_channel")
    return channel


def _between(call: Call, messages: Sequence[Message]) -> list[Message]:
    """The messages after `oldest` and before `latest`, with these two themselves only where `inclusive`."""
    oldest = _moment(call.text("oldest") or "0", "invalid_ts_oldest")
    latest = _moment(call.text("latest") or "Infinity", "invalid_ts_latest")
    inclusive = call.flag("inclusive")
    return [
        each
        for each in messages
        if oldest < Decimal(each.ts) < latest or (inclusive and Decimal(each.ts) in (oldest, latest))
    ]


def _moment(text: str, code: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ApiError(code) from None


def _shown(call: Call, message: Message) -> Json:
    """A message, with its metadata if that was asked for and the app may see it: its own, or with a scope for all."""
    shape = message_shape(call.world.app, call.team, message)
    own = message.bot_id == call.installation.bot_id
    may_see = own or "metadata.message:read" in call.installation.scopes
    if message.metadata and call.flag("include_all_metadata") and may_see:
        shape["metadata"] = message.metadata
    return shape


HANDLERS: Mapping[str, Handler] = {
    "conversations.info": info,
    "conversations.list": list_,
    "conversations.history": history,
    "conversations.replies": replies,
    "users.conversations": users_conversations,
}
