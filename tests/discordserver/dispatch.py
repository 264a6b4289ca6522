"""What a session is told: what happens, as far as its intents and the bot's permissions let it know."""

from collections.abc import Collection

from tests.discordserver import guild_shapes, intents, permissions, shapes
from tests.discordserver.core import Core
from tests.discordserver.identify import guilds_of
from tests.discordserver.session import Session
from tests.discordserver.state import Channel, Json

_IN_CHANNELS = ("MESSAGE_", "TYPING_", "THREAD_")
"""How the events begin of which only those hear who see the channel. Of channels themselves bots hear in any case."""


def as_told(
    core: Core, session: Session, event: str, data: Json, guild: str, channel: str, users: Collection[str]
) -> Json | None:
    """The data of an event as the session is told it; None if it is not told."""
    bot = core.app.bot
    if event == "INTERACTION_CREATE":
        return data
    if guild and bot not in core.guilds[guild].members:
        return None
    if not intents.wanted(event, session.intents, in_guild=bool(guild), users=users, bot=bot):
        return None
    if guild and core.guilds[guild].unavailable:
        return None
    if event == "GUILD_CREATE":
        return _came(session, data, guild)
    if event == "GUILD_DELETE" and not data.get("unavailable"):
        session.guilds.discard(guild)
    place = core.channels.get(channel)
    if event.startswith(_IN_CHANNELS) and place and not _sees(core, place, event, users):
        return None
    if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
        return intents.shown(data, session.intents, bot)
    if event == "THREAD_MEMBERS_UPDATE" and not session.intents & intents.GUILD_MEMBERS:
        return _only_about(data, bot)
    return data


def opening(core: Core, session: Session, address: str) -> list[tuple[str, Json]]:
    """The events that follow an IDENTIFY: READY, and GUILD_CREATE for every guild that is not out of order.

    Of the members it names only the bot, as Discord does for all who may not know about presences.
    """
    mine = guilds_of(core, session.shard)
    ready: Json = {
        "v": 10,
        "user": shapes.me_shape(core.bot),
        "user_settings": {},
        "guilds": [{"id": guild.id, "unavailable": True} for guild in mine],
        "session_id": session.id,
        "session_type": "normal",
        "resume_gateway_url": address,
        "shard": list(session.shard),
        "private_channels": [],
        "presences": [],
        "relationships": [],
        "application": {"id": core.app.id, "flags": guild_shapes.app_flags(core.app)},
        "_trace": ["gateway-of-a-test"],
    }
    session.guilds.update(guild.id for guild in mine)
    there = [guild for guild in mine if not guild.unavailable and session.intents & intents.GUILDS]
    return [("READY", ready), *(("GUILD_CREATE", guild_shapes.guild_create(core, guild)) for guild in there)]


def _came(session: Session, data: Json, guild: str) -> Json:
    """A guild that comes back is told as available again; one that is new to the session says nothing of that."""
    new = guild not in session.guilds
    session.guilds.add(guild)
    return {key: value for key, value in data.items() if key != "unavailable"} if new else data


def _sees(core: Core, channel: Channel, event: str, users: Collection[str]) -> bool:
    if not channel.guild:
        return True
    # Who is taken out of a private thread is told so, though they no longer see it.
    if event == "THREAD_MEMBERS_UPDATE" and core.app.bot in users:
        return True
    return permissions.sees(core.guilds[channel.guild], channel, core.app.bot)


def _only_about(data: Json, bot: str) -> Json:
    """A change of a thread's members without those whom a bot may not know."""
    told = {**data, "removed_member_ids": [each for each in data.get("removed_member_ids") or [] if each == bot]}
    told["added_members"] = [each for each in data.get("added_members") or [] if each.get("user_id") == bot]
    return told
