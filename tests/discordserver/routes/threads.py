"""Threads: making them, who is in them, and lists of them."""

from collections.abc import Iterable

from tests.discordserver import permissions as may
from tests.discordserver import shapes
from tests.discordserver.calls import Answer, Call, Route
from tests.discordserver.deeds_messages import Draft
from tests.discordserver.deeds_threads import info_of
from tests.discordserver.errors import ApiError, Invalid, invalid
from tests.discordserver.intents import GUILD_MEMBERS
from tests.discordserver.snowflake import is_snowflake
from tests.discordserver.state import PRIVATE_THREAD, PUBLIC_THREAD, TEXT, THREAD_CREATED, THREADS, Channel, Json

ACTIVE = 1000
"""Threads of a guild that are not archived."""
DURATIONS = (60, 1440, 4320, 10080)
"""Minutes after which a thread in which nothing is said is archived."""


def create(call: Call) -> Answer:
    """A thread without a message: private unless `type` says 11. The bot is in it."""
    parent = call.channel()
    if parent.type != TEXT:
        raise ApiError(50024)
    kind = call.number("type", PRIVATE_THREAD)
    check_thread(call)
    if kind not in THREADS:
        raise invalid("BASE_TYPE_CHOICES", f"Value must be one of {sorted(THREADS)}.", "type")
    private = kind == PRIVATE_THREAD
    call.need(parent, may.CREATE_PRIVATE_THREADS if private else may.CREATE_PUBLIC_THREADS)
    check_room(call, parent.guild)
    thread = call.world.create_thread(
        parent,
        call.text("name"),
        call.bot,
        kind=kind,
        invitable=call.flag("invitable", True),
        auto_archive_duration=call.number("auto_archive_duration", parent.default_auto_archive_duration or 4320),
        rate_limit_per_user=call.number("rate_limit_per_user", parent.rate_limit_per_user),
    )
    if not private:
        reference = {"type": 0, "channel_id": thread.id, "guild_id": thread.guild}
        call.world.post(parent, call.bot, Draft(thread.name, type=THREAD_CREATED, reference=reference))
    return Answer(shapes.thread_shape(thread, call.bot), 201)


def check_thread(call: Call, *, partly: bool = False) -> None:
    """Check what is said of a thread: its name, and when it is archived."""
    wrong = Invalid()
    name = call.text("name").strip()
    if not 1 <= len(name) <= 100 and not (partly and call.body.get("name") is None):
        wrong.length(1, 100, "name")
    if call.body.get("auto_archive_duration") not in (None, *DURATIONS):
        wrong.choice(DURATIONS, "auto_archive_duration")
    if not 0 <= call.number("rate_limit_per_user") <= 21600:
        wrong.add("NUMBER_TYPE_MAX", "int value should be less than or equal to 21600.", "rate_limit_per_user")
    wrong.check()


def check_room(call: Call, guild: str) -> None:
    """Whether the guild may have one more thread that is not archived; 160006."""
    if len(call.world.active_threads(guild)) >= ACTIVE:
        raise ApiError(160006)


def check_open(channel: Channel) -> None:
    """50083 for a thread that is archived: it must be brought back first."""
    if channel.thread and channel.thread.archived:
        raise ApiError(50083)


def modify(call: Call, thread: Channel) -> Answer:
    """Rename a thread, archive it, bring it back, lock it … (part of PATCH /channels/{channel_id})."""
    world, info = call.world, info_of(thread)
    check_thread(call, partly=True)
    body = {name: value for name, value in call.body.items() if value is not None}
    manages = bool(call.granted(thread) & may.MANAGE_THREADS)
    if not manages and (set(body) - {"archived"} or body.get("archived")) and thread.owner != call.bot:
        raise ApiError(50013)
    if not manages and ("locked" in body or "rate_limit_per_user" in body or info.locked):
        raise ApiError(50013)
    archived = bool(body.get("archived", info.archived))
    if info.archived and archived and set(body) - {"archived", "locked"}:
        raise ApiError(50083)
    if info.archived and not archived:
        check_room(call, thread.guild)
    name = str(body.get("name", thread.name)).strip()
    if name != thread.name:
        call.limits.rename(call.operation, thread)
        world.rename_thread(thread, name, call.bot)
    changed = {"invitable", "auto_archive_duration"} & set(body)
    for each in changed:
        setattr(info, each, body[each])
    if "rate_limit_per_user" in body:
        thread.rate_limit_per_user = int(body["rate_limit_per_user"])
    world.archive(thread, archived=archived, locked=body.get("locked"))
    if changed or "rate_limit_per_user" in body:
        world.channel_changed(thread)
    return Answer(shapes.thread_shape(thread, call.bot))


def join(call: Call) -> Answer:
    """The bot comes into a thread that it sees."""
    thread = call.thread()
    check_open(thread)
    call.world.join_thread(thread, call.bot)
    return Answer()


def leave(call: Call) -> Answer:
    """The bot goes out."""
    thread = call.thread()
    check_open(thread)
    call.world.leave_thread(thread, call.bot)
    return Answer()


def add(call: Call) -> Answer:
    """Bring a member of the guild into a thread; they must see the channel it stands in."""
    thread = call.thread(may.SEND_MESSAGES)
    check_open(thread)
    guild, user = call.world.guilds[thread.guild], call.path["user_id"]
    call.world.user(user)
    if user not in guild.members:
        raise ApiError(10007)
    info = info_of(thread)
    closed = thread.type == PRIVATE_THREAD and not info.invitable and thread.owner != call.bot
    if closed and not call.granted(thread) & may.MANAGE_THREADS:
        raise ApiError(50013)
    if not may.sees(guild, guild.channels[thread.parent], user):
        raise ApiError(50001)
    call.world.add_to_thread(thread, user, call.bot)
    return Answer()


def remove(call: Call) -> Answer:
    """Take somebody out: with MANAGE_THREADS, or from a private thread of one's own."""
    thread = call.thread()
    check_open(thread)
    own = thread.type == PRIVATE_THREAD and thread.owner == call.bot
    if not own and not call.granted(thread) & may.MANAGE_THREADS:
        raise ApiError(50013)
    call.world.user(call.path["user_id"])
    call.world.remove_from_thread(thread, call.path["user_id"], call.bot)
    return Answer()


def member(call: Call) -> Answer:
    """Somebody's membership; 10007 if they are not in the thread."""
    thread = call.thread()
    if found := info_of(thread).members.get(call.path["user_id"]):
        return Answer(_member_shape(call, thread, found.user))
    raise ApiError(10007)


def members(call: Call) -> Answer:
    """Everybody in a thread. Needs the privileged intent for members."""
    thread = call.thread()
    if not call.world.app.privileged & GUILD_MEMBERS:
        raise ApiError(50001)
    found = sorted(info_of(thread).members, key=int)
    if call.query.get("with_member", "").lower() in ("true", "1"):
        after, limit = call.query.get("after", "0"), call.limit(100, 100)
        found = [each for each in found if int(each) > int(after)][:limit]
    return Answer([_member_shape(call, thread, each) for each in found])


def _member_shape(call: Call, thread: Channel, user: str) -> Json:
    shape = shapes.thread_member_shape(thread, info_of(thread).members[user])
    guild = call.world.guilds[thread.guild]
    if call.query.get("with_member", "").lower() in ("true", "1") and user in guild.members:
        shape["member"] = shapes.member_shape(call.world, guild.members[user])
    return shape


def active(call: Call) -> Answer:
    """The threads of a guild that are not archived, as far as the bot sees them."""
    guild = call.guild()
    found = [each for each in call.world.active_threads(guild.id) if may.sees(guild, each, call.bot)]
    return Answer(_list(call, sorted(found, key=lambda each: int(each.id), reverse=True)))


def archived_public(call: Call) -> Answer:
    """The public archived threads of a channel, the last archived first."""
    return _archived(call, PUBLIC_THREAD, may.READ_MESSAGE_HISTORY)


def archived_private(call: Call) -> Answer:
    """All private archived threads of a channel, the last archived first. Needs MANAGE_THREADS."""
    return _archived(call, PRIVATE_THREAD, may.READ_MESSAGE_HISTORY | may.MANAGE_THREADS)


def archived_joined(call: Call) -> Answer:
    """The private archived threads that the bot is in, the newest first."""
    parent = call.channel(may.READ_MESSAGE_HISTORY)
    mine = [each for each in _threads(call, parent, PRIVATE_THREAD) if call.bot in info_of(each).members]
    if before := call.query.get("before"):
        if not is_snowflake(before):
            raise invalid("NUMBER_TYPE_COERCE", f'Value "{before}" is not snowflake.', "before")
        mine = [each for each in mine if int(each.id) < int(before)]
    return _page(call, sorted(mine, key=lambda each: int(each.id), reverse=True))


def _archived(call: Call, kind: int, needed: int) -> Answer:
    parent = call.channel(needed)
    found = sorted(_threads(call, parent, kind), key=lambda each: info_of(each).changed, reverse=True)
    if before := call.query.get("before"):
        found = [each for each in found if shapes.time_shape(info_of(each).changed) < before]
    return _page(call, found)


def _threads(call: Call, parent: Channel, kind: int) -> list[Channel]:
    threads = call.world.guilds[parent.guild].threads.values()
    return [each for each in threads if each.parent == parent.id and each.type == kind and info_of(each).archived]


def _page(call: Call, threads: list[Channel]) -> Answer:
    limit = call.limit(50, 100, least=2)
    return Answer({**_list(call, threads[:limit]), "has_more": len(threads) > limit})


def _list(call: Call, threads: Iterable[Channel]) -> Json:
    found = list(threads)
    mine = [(each, info_of(each).members[call.bot]) for each in found if call.bot in info_of(each).members]
    return {
        "threads": [shapes.thread_shape(each, call.bot, member=False) for each in found],
        "members": [shapes.thread_member_shape(each, member) for each, member in mine],
        "has_more": False,
    }


_CHANNEL = "/channels/{channel_id}"
_MEMBERS = f"{_CHANNEL}/thread-members"

ROUTES = [
    Route("POST", f"{_CHANNEL}/threads", create),
    Route("PUT", f"{_MEMBERS}/@me", join),
    Route("DELETE", f"{_MEMBERS}/@me", leave),
    Route("PUT", f"{_MEMBERS}/{{user_id}}", add),
    Route("DELETE", f"{_MEMBERS}/{{user_id}}", remove),
    Route("GET", f"{_MEMBERS}/{{user_id}}", member),
    Route("GET", _MEMBERS, members),
    Route("GET", "/guilds/{guild_id}/threads/active", active),
    Route("GET", f"{_CHANNEL}/threads/archived/public", archived_public),
    Route("GET", f"{_CHANNEL}/threads/archived/private", archived_private),
    Route("GET", f"{_CHANNEL}/users/@me/threads/archived/private", archived_joined),
]
