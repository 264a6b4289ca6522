"""That a backup was put back: a note beside the events that came in, as it is one too.

A database that was put back knows nothing of what was done since. What was due in between is made up for, and all that
comes of it is looked up first; so is what falls due for a while after that. The note goes with the old events when
those are cleared away.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.engine.cause import known_until, restored
from storage.database import table_of
from storage.traffic import InboxEvent, Occurrence, OutboxAct

DECIDING = timedelta(days=14)
_PLATFORM, _COMMUNITY = "counterpart", "restored"
_events, _acts, _occurrences = table_of(InboxEvent), table_of(OutboxAct), table_of(Occurrence)
_ours = (_events.c.platform == _PLATFORM, _events.c.community == _COMMUNITY)
_NOTED = select(_events.c.event_id, _events.c.received_at).where(*_ours).order_by(_events.c.id.desc()).limit(1)
_SIGNS = (
    select(func.max(_events.c.received_at)).where(_events.c.platform != _PLATFORM),
    select(func.max(_acts.c.sent_at)),
    select(func.max(_occurrences.c.handled_at)),
)


@dataclass(frozen=True, slots=True)
class Restored:
    """Nothing is known of what happened between `known` and `at`."""

    known: datetime
    at: datetime

    @property
    def until(self) -> datetime:
        """Until when something may fall due that was done in between.

        What was decided then is decided anew: as much later as the database was behind, and as long after that as a
        decision takes in which people are asked.
        """
        return self.at + (self.at - self.known) + DECIDING


async def last_sign(connection: AsyncConnection) -> datetime | None:
    """The last moment of which this database knows something; None when nothing has happened yet."""
    moments = [(await connection.execute(sign)).scalar_one() for sign in _SIGNS]
    return max((moment for moment in moments if moment is not None), default=None)


async def note(connection: AsyncConnection, found: Restored) -> None:
    """Note that this database was put back. Doing it again moves the end of what is not known."""
    await connection.execute(_events.delete().where(*_ours))
    row = {"platform": _PLATFORM, "community": _COMMUNITY, "event_id": restored(found.known), "received_at": found.at}
    await connection.execute(_events.insert(), row | {"payload": "", "state": "done", "attempts": 0, "error": ""})


async def noted(connection: AsyncConnection) -> Restored | None:
    """What was noted last."""
    row = (await connection.execute(_NOTED)).first()
    known = known_until(row.event_id) if row is not None else None
    return Restored(known, row.received_at) if row is not None and known is not None else None
