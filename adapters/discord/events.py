"""The events of a server: everybody in it sees them, so that only what a pair asks for comes there, without names."""

from datetime import UTC, datetime, timedelta

from adapters.discord.calls import Calls
from adapters.discord.line import Line
from adapters.discord.marks import act_mark
from bot.language.acts import DropEvent, PlanEvent, Receipt
from bot.language.adapter import Clock, Refused
from bot.language.cutting import shortened

TITLE, WORDS, PLACE = 100, 1_000, 100
"""Characters that an event's name, description and place can have."""
UNKNOWN_EVENT = 10070
_ALL = "/guilds/{guild_id}/scheduled-events"
_ONE = f"{_ALL}/{{guild_scheduled_event_id}}"
_EXTERNAL, _MEMBERS = 3, 2
"""An event in no channel of the server; one that the server's members can see. There is no narrower kind of it."""
_OVER = (3, 4)
"""Statuses of events that have taken place, or were called off."""


class Events:
    """Puts events into a server, finds them again, and takes them out."""

    def __init__(self, calls: Calls, line: Line, clock: Clock) -> None:
        self._calls = calls
        self._line = line
        self._clock = clock

    async def plan(self, act: PlanEvent) -> Receipt:
        """Put an event in. Raises Refused where it has begun, or the server has all the events that it can have."""
        if act.begins <= self._clock.now():
            raise Refused("It has begun already.")
        body = {
            "name": shortened(act.title, TITLE),
            "description": _marked(act),
            "scheduled_start_time": _stamp(act.begins),
            "scheduled_end_time": _stamp(act.begins + timedelta(minutes=act.minutes)),
            "privacy_level": _MEMBERS,
            "entity_type": _EXTERNAL,
            "entity_metadata": {"location": shortened(act.place, PLACE)},
        }
        answer = await self._calls.call("POST", _ALL, json=body, once=True, guild_id=act.address.community)
        return Receipt(self._clock.now(), str(answer.json["id"]))

    async def find(self, act: PlanEvent) -> Receipt | None:
        """The receipt if the event is there: it bears the mark of its act."""
        events = (await self._calls.call("GET", _ALL, guild_id=act.address.community)).items
        for event in events:
            ours = str(event.get("creator_id")) == self._line.user and event.get("status") not in _OVER
            if ours and str(event.get("description")).endswith(_mark(act)):
                return Receipt(self._clock.now(), str(event["id"]))
        return None

    async def drop(self, act: DropEvent) -> Receipt:
        """Take an event out; one that is not there any more is out."""
        guild = act.address.community
        await self._calls.call(
            "DELETE", _ONE, takes=(UNKNOWN_EVENT,), guild_id=guild, guild_scheduled_event_id=act.target
        )
        return Receipt(self._clock.now(), act.target)


def _marked(act: PlanEvent) -> str:
    mark = _mark(act)
    return f"{shortened(act.words, WORDS - len(mark) - 2)}\n\n{mark}"


def _mark(act: PlanEvent) -> str:
    return f"({act_mark(act.key)})"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
