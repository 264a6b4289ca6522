"""The events of a guild, of those that are in none of its channels: listing, planning and dropping them."""

from datetime import datetime

from tests.discordserver import permissions as may
from tests.discordserver.calls import Answer, Call, Route
from tests.discordserver.errors import ApiError, Invalid, invalid
from tests.discordserver.state import Json

MOST = 100
"""Events of a guild that are still to come."""
EXTERNAL, SCHEDULED = 3, 1


def listed(call: Call) -> Answer:
    """The events that are not over."""
    return Answer(list(call.guild().events.values()))


def create(call: Call) -> Answer:
    """Plan an event somewhere else. It needs a place, an end, and a beginning that is to come."""
    guild = call.guild(may.CREATE_EVENTS)
    if call.number("entity_type") != EXTERNAL:
        raise invalid("BASE_TYPE_CHOICES", f"Value must be one of {(EXTERNAL,)} here.", "entity_type")
    wrong = Invalid()
    place: Json = call.body.get("entity_metadata") or {}
    if not place.get("location"):
        wrong.required("entity_metadata", "location")
    begins, ends = call.text("scheduled_start_time"), call.text("scheduled_end_time")
    if not ends:
        wrong.required("scheduled_end_time")
    elif not call.world.now() < datetime.fromisoformat(begins) < datetime.fromisoformat(ends):
        wrong.add("GUILD_SCHEDULED_EVENT_SCHEDULE_PAST", "Cannot schedule event in the past.", "scheduled_start_time")
    wrong.check()
    if len(guild.events) >= MOST:
        raise ApiError(30038)
    event: Json = {
        "id": call.world.new_id(),
        "guild_id": guild.id,
        "name": call.text("name"),
        "description": call.text("description") or None,
        "channel_id": None,
        "creator_id": call.bot,
        "image": None,
        "scheduled_start_time": begins,
        "scheduled_end_time": ends,
        "status": SCHEDULED,
        "entity_type": EXTERNAL,
        "entity_id": None,
        "recurrence_rule": None,
        "privacy_level": call.number("privacy_level"),
        "guild_scheduled_event_exceptions": [],
        "entity_metadata": {"location": place["location"]},
    }
    guild.events[event["id"]] = event
    return Answer(event)


def drop(call: Call) -> Answer:
    """Take out an event that the bot itself has planned, or any with Manage Events."""
    guild = call.guild()
    event = guild.events.get(call.path["guild_scheduled_event_id"])
    if event is None:
        raise ApiError(10070)
    if event["creator_id"] != call.bot or not may.in_guild(guild, call.bot) & may.CREATE_EVENTS:
        call.guild(may.MANAGE_EVENTS)
    del guild.events[event["id"]]
    return Answer()


ROUTES = [
    Route("GET", "/guilds/{guild_id}/scheduled-events", listed),
    Route("POST", "/guilds/{guild_id}/scheduled-events", create),
    Route("DELETE", "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}", drop),
]
