"""Channels and categories: making, changing, moving and deleting them, and who is allowed what in them."""

import re
from typing import Any

from tests.discordserver import permissions as may
from tests.discordserver import shapes
from tests.discordserver.calls import Answer, Call, Route, objects
from tests.discordserver.errors import ApiError, Invalid, invalid
from tests.discordserver.routes import threads
from tests.discordserver.state import CATEGORY, DM, TEXT, THREADS, Channel, Guild, Json, Overwrite

CHANNELS, IN_CATEGORY, OVERWRITES = 500, 50, 1000
"""How many there may be: in a guild (categories count, threads do not), in a category, in a channel."""


def read(call: Call) -> Answer:
    """One channel, thread or direct conversation."""
    return Answer(shapes.channel_shape(call.world, call.channel()))


def listed(call: Call) -> Answer:
    """The channels and categories of a guild, also those that the bot cannot see."""
    guild = call.guild()
    return Answer([shapes.channel_shape(call.world, each) for each in guild.channels.values()])


def create(call: Call) -> Answer:
    """A text channel (type 0) or category (4). In a category it has that one's overwrites, unless others are given."""
    guild = call.guild(may.MANAGE_CHANNELS)
    kind = call.number("type", TEXT)
    if kind not in (TEXT, CATEGORY):
        raise invalid("BASE_TYPE_CHOICES", f"Value must be one of {(TEXT, CATEGORY)} here.", "type")
    if len(guild.channels) >= CHANNELS:
        raise ApiError(30013)
    _check(call, partly=False)
    parent = _parent(guild, call.text("parent_id"), kind)
    overwrites = _overwrites(call, guild, _grantable(call, guild))
    if call.body.get("permission_overwrites") is None and parent:
        overwrites = [Overwrite(each.id, each.type, each.allow, each.deny) for each in parent.overwrites.values()]
    channel = call.world.create_channel(
        guild,
        named(call.text("name"), kind),
        kind,
        parent=parent.id if parent else "",
        overwrites=overwrites,
        topic=call.text("topic"),
        position=call.body.get("position"),
        nsfw=call.flag("nsfw"),
    )
    return Answer(shapes.channel_shape(call.world, channel), 201)


def named(name: str, kind: int) -> str:
    """A name as Discord makes it: of text channels small, and with hyphens for spaces."""
    name = name.strip()
    return name if kind == CATEGORY else re.sub(r"[\s-]+", "-", name).lower()


def modify(call: Call) -> Answer:
    """Change a channel; of threads see there."""
    channel = call.channel()
    if channel.type in THREADS:
        return threads.modify(call, channel)
    if channel.type == DM:
        raise ApiError(50003)
    call.need(channel, may.MANAGE_CHANNELS)
    _check(call, partly=True)
    guild = call.world.guilds[channel.guild]
    changes: Json = {}
    if call.body.get("name") is not None:
        changes["name"] = named(call.text("name"), channel.type)
    if "topic" in call.body:
        changes["topic"] = call.text("topic")
    if "parent_id" in call.body:
        parent = _parent(guild, call.text("parent_id"), channel.type, channel)
        changes["parent"] = parent.id if parent else ""
    for name in ("position", "nsfw", "rate_limit_per_user", "default_auto_archive_duration"):
        if call.body.get(name) is not None:
            changes[name] = call.body[name]
    if call.body.get("permission_overwrites") is not None:
        call.need(channel, may.MANAGE_ROLES)
        found = _overwrites(call, guild, _grantable(call, guild, channel))
        changes["overwrites"] = {each.id: each for each in found}
    if any(changes.get(name, getattr(channel, name)) != getattr(channel, name) for name in ("name", "topic")):
        call.limits.rename(call.operation, channel)
    call.world.update_channel(channel, **changes)
    return Answer(shapes.channel_shape(call.world, channel))


def delete(call: Call) -> Answer:
    """Delete a channel or thread. A direct conversation is only closed, and is there again when it is next opened."""
    channel = call.channel()
    shape = shapes.channel_shape(call.world, channel)
    if channel.type != DM:
        call.need(channel, may.MANAGE_THREADS if channel.type in THREADS else may.MANAGE_CHANNELS)
        call.world.delete_channel(channel)
    return Answer(shape)


def move(call: Call) -> Answer:
    """Give channels other places, perhaps in other categories (`lock_permissions`: with that one's overwrites)."""
    guild = call.guild(may.MANAGE_CHANNELS)
    moves: list[tuple[Channel, Json]] = []
    for each in call.listed:
        channel = guild.channels.get(str(each.get("id")))
        if channel is None:
            raise ApiError(10003)
        if each.get("parent_id") is not None:
            _parent(guild, str(each["parent_id"]), channel.type, channel)
        moves.append((channel, each))
    for channel, each in moves:
        parent = str(each["parent_id"] or "") if "parent_id" in each else None
        if each.get("lock_permissions") and (parent or channel.parent) in guild.channels:
            above = guild.channels[parent or channel.parent].overwrites.values()
            channel.overwrites = {one.id: Overwrite(one.id, one.type, one.allow, one.deny) for one in above}
        call.world.move_channel(channel, position=each.get("position"), parent=parent)
    return Answer()


def allow(call: Call) -> Answer:
    """Allow and deny something to a role or member. Only what the bot may itself."""
    channel = _guild_channel(call)
    call.need(channel, may.MANAGE_ROLES)
    guild = call.world.guilds[channel.guild]
    body = {**call.body, "id": call.path["overwrite_id"]}
    overwrite = _overwrite(guild, body, _grantable(call, guild, channel), ())
    if overwrite.id not in channel.overwrites and len(channel.overwrites) >= OVERWRITES:
        raise ApiError(30060)
    call.world.set_overwrite(channel, overwrite)
    return Answer()


def disallow(call: Call) -> Answer:
    """Take away what was allowed and denied to a role or member."""
    channel = _guild_channel(call)
    call.need(channel, may.MANAGE_ROLES)
    if call.path["overwrite_id"] not in channel.overwrites:
        raise ApiError(10009)
    call.world.delete_overwrite(channel, call.path["overwrite_id"])
    return Answer()


def _guild_channel(call: Call) -> Channel:
    channel = call.channel()
    if channel.type == DM:
        raise ApiError(50003)
    if channel.type in THREADS:
        raise ApiError(50024)
    return channel


def _check(call: Call, *, partly: bool) -> None:
    wrong = Invalid()
    if call.body.get("name") is None and not partly:
        wrong.required("name")
    elif call.body.get("name") is not None and not 1 <= len(call.text("name").strip()) <= 100:
        wrong.length(1, 100, "name")
    if len(call.text("topic")) > 1024:
        wrong.add("BASE_TYPE_MAX_LENGTH", "Must be 1024 or fewer in length.", "topic")
    if not 0 <= call.number("rate_limit_per_user") <= 21600:
        wrong.add("NUMBER_TYPE_MAX", "int value should be less than or equal to 21600.", "rate_limit_per_user")
    if call.body.get("default_auto_archive_duration") not in (None, *threads.DURATIONS):
        wrong.choice(threads.DURATIONS, "default_auto_archive_duration")
    wrong.check()


def _parent(guild: Guild, parent: str, kind: int, channel: Channel | None = None) -> Channel | None:
    """The category that is meant, if the channel may be in it."""
    if not parent:
        return None
    found = guild.channels.get(parent)
    if found is None:
        raise invalid("CHANNEL_PARENT_INVALID", "Category does not exist", "parent_id")
    if found.type != CATEGORY or kind == CATEGORY:
        raise invalid("CHANNEL_PARENT_INVALID_TYPE", "Not a category", "parent_id")
    children = [each for each in guild.channels.values() if each.parent == parent and each is not channel]
    if len(children) >= IN_CATEGORY:
        words = f"Maximum number of channels in category reached ({IN_CATEGORY})"
        raise invalid("CHANNEL_PARENT_MAX_CHANNELS", words, "parent_id")
    return found


def _grantable(call: Call, guild: Guild, channel: Channel | None = None) -> int:
    """What the bot may allow and deny: what it may itself, in the guild or the category. MANAGE_ROLES only as admin."""
    granted = may.in_guild(guild, call.bot)
    if channel and channel.parent:
        granted |= may.in_channel(guild, guild.channels[channel.parent], call.bot)
    return granted if granted & may.ADMINISTRATOR else granted & ~may.MANAGE_ROLES


def _overwrites(call: Call, guild: Guild, granted: int) -> list[Overwrite]:
    given = objects(call.body.get("permission_overwrites"))
    if len(given) > OVERWRITES:
        raise ApiError(30060)
    return [_overwrite(guild, each, granted, ("permission_overwrites", number)) for number, each in enumerate(given)]


def _overwrite(guild: Guild, given: Json, granted: int, path: tuple[str | int, ...]) -> Overwrite:
    """Read one overwrite: of a role or member that there is, with nothing that the bot may not do itself."""
    kind = given.get("type")
    if kind not in (0, 1):
        raise invalid("BASE_TYPE_CHOICES", "Value must be one of (0, 1).", *path, "type")
    found = Overwrite(str(given["id"]), kind, _bits(given, "allow", path), _bits(given, "deny", path))
    if found.id not in (guild.members if kind else guild.roles):
        raise ApiError(10009)
    if (found.allow | found.deny) & ~granted:
        raise ApiError(50013)
    return found


def _bits(given: Json, name: str, path: tuple[str | int, ...]) -> int:
    value: Any = given.get(name)
    if value is None:
        return 0
    if not str(value).isdecimal():
        raise invalid("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.', *path, name)
    return int(value)


ROUTES = [
    Route("GET", "/guilds/{guild_id}/channels", listed),
    Route("POST", "/guilds/{guild_id}/channels", create),
    Route("PATCH", "/guilds/{guild_id}/channels", move),
    Route("GET", "/channels/{channel_id}", read),
    Route("PATCH", "/channels/{channel_id}", modify),
    Route("DELETE", "/channels/{channel_id}", delete),
    Route("PUT", "/channels/{channel_id}/permissions/{overwrite_id}", allow),
    Route("DELETE", "/channels/{channel_id}/permissions/{overwrite_id}", disallow),
]
