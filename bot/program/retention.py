"""How long things are kept: what came in, what went out and what was said is cleared up, a little at a time.

A row is gone through by its id, a window of ids in one transaction, so that nobody ever waits long for the database.
What guards against doing something twice stays: the ids of events as long as a platform might hand them in again, the
keys of acts as long as a calendar might plan them again.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.work import Work
from bot.evaluation.behaviour import kept_of, to_json
from storage.communications import Announcement
from storage.database import table_of
from storage.evaluation import Writing
from storage.files import StoredFile
from storage.forgetting import Keepsake
from storage.partnerships import Member, Partnership
from storage.rounds import Round
from storage.stories import Story
from storage.traffic import FlowRun, InboxEvent, Occurrence, OutboxAct

HOUR = time(3)
"""When it is cleared up, in UTC."""
WINDOW = 2_000
"""How many ids are gone through in one transaction."""
BREATH = timedelta(seconds=1)
"""How long others have the database before the next window."""
STANDING = timedelta(days=180)
"""How long the words of what stands in rooms and at the desk are kept: they may have to be edited."""
KEYS = timedelta(days=400)
"""How long the keys of acts and the moments of ended rounds are kept: longer than any round."""
_NAME = "clearing"
_OVER = ("sent", "cancelled", "dead")

_events, _acts = table_of(InboxEvent), table_of(OutboxAct)
_runs, _occurrences, _rounds = table_of(FlowRun), table_of(Occurrence), table_of(Round)
_files, _stories = table_of(StoredFile), table_of(Story)
_announcements = table_of(Announcement)
_told = _announcements.c
_pairs, _members, _writings = table_of(Partnership), table_of(Member), table_of(Writing)
_event, _act, _run, _occurrence = _events.c, _acts.c, _runs.c, _occurrences.c
_pair, _member, _writing = _pairs.c, _members.c, _writings.c

_Clear = Callable[[AsyncConnection, ColumnElement[bool], datetime, timedelta], Awaitable[None]]


class RetentionWatch:
    """Clears up once a day, window by window. `keep` is how long words and finished doings are kept.

    `window` is how many ids are gone through in one transaction.
    """

    name = "retention"
    rows = (Keepsake,)

    def __init__(self, keep: timedelta, *, window: int = WINDOW) -> None:
        self._keep = keep
        self._window_size = window

    async def next(self, session: AsyncSession, now: datetime) -> datetime | None:
        """The next window, or the next day's hour."""
        row = await session.get(Keepsake, _NAME)
        return datetime.fromisoformat(json.loads(row.value)["due"]) if row is not None else now

    async def ring(self, work: Work) -> None:
        """Clear up the next window of each table that is not done with for today."""
        row = await work.session.get(Keepsake, _NAME)
        begun: dict[str, int] = json.loads(row.value)["places"] if row is not None else {}
        connection = await work.session.connection()
        left: dict[str, int] = {}
        # A new day begins with all of them; after that, those that are not at their end.
        for name in begun or _CLEARED:
            reached = await self._window(connection, name, begun.get(name, 0), work.now)
            if reached is not None:
                left[name] = reached
        due = work.now + BREATH if left else _tomorrow(work.now)
        value = json.dumps({"due": due.isoformat(), "places": left})
        if row is None:
            work.session.add(Keepsake(name=_NAME, value=value))
        else:
            row.value = value

    async def _window(self, connection: AsyncConnection, name: str, begun: int, now: datetime) -> int | None:
        """Clear one window of a table. Returns where the next one begins, None at the end."""
        size = max(1, self._window_size // _SMALLER.get(name, 1))
        identity = _TABLES[name].c.id
        last = (await connection.execute(select(func.max(identity)))).scalar_one() or 0
        if name in _WHOLLY:
            last += 1
        # The newest row stays else in any case, so that SQLite never gives its id to another.
        first = (await connection.execute(select(func.min(identity)).where(identity > begun))).scalar_one()
        if first is None or first >= last:
            return None
        end = min(first + size, last)
        await _CLEARED[name](connection, and_(identity >= first, identity < end), now, self._keep)
        return end - 1 if end < last else None


async def _clear_events(connection: AsyncConnection, here: ColumnElement[bool], now: datetime, keep: timedelta) -> None:
    old = and_(here, _event.received_at < now - keep)
    await connection.execute(delete(_events).where(old, _event.state == "done"))
    # Nobody can look into one any more that failed to the last so long ago.
    await connection.execute(update(_events).where(old, _event.state == "parked").values(payload=""))


async def _clear_acts(connection: AsyncConnection, here: ColumnElement[bool], now: datetime, keep: timedelta) -> None:
    over = and_(here, _act.state.in_(_OVER))
    # The last message of each lane stays: platforms find a conversation again by it.
    later = _acts.alias("later")
    newest = select(func.max(later.c.id)).where(later.c.lane == _act.lane, later.c.state == "sent").scalar_subquery()
    await connection.execute(
        delete(_acts).where(over, _act.due_at < now - KEYS, or_(_act.state != "sent", _act.id < newest))
    )
    stands = or_(_act.lane.contains("/room/"), _act.lane.contains("/desk/"))
    await connection.execute(
        update(_acts)
        .where(over, _act.payload != "", _act.due_at < now - keep, or_(~stands, _act.due_at < now - STANDING))
        .values(payload="", receipt="")
    )


async def _clear_runs(connection: AsyncConnection, here: ColumnElement[bool], now: datetime, keep: timedelta) -> None:
    over = and_(here, _run.status.in_(("done", "over")))
    await connection.execute(delete(_runs).where(over, _run.changed_at < now - KEYS))
    await connection.execute(
        update(_runs).where(over, _run.changed_at < now - keep, _run.state != "").values(state="", subject="")
    )


async def _clear_occurrences(
    connection: AsyncConnection, here: ColumnElement[bool], now: datetime, keep: timedelta
) -> None:
    ended = select(_rounds.c.id).where(_rounds.c.state == "ended")
    await connection.execute(
        delete(_occurrences).where(here, _occurrence.handled_at < now - KEYS, _occurrence.round_id.in_(ended))
    )


async def _clear_files(connection: AsyncConnection, here: ColumnElement[bool], now: datetime, keep: timedelta) -> None:
    await connection.execute(delete(_files).where(here, _files.c.drop_after < now))


async def _clear_announcements(
    connection: AsyncConnection, here: ColumnElement[bool], now: datetime, keep: timedelta
) -> None:
    old = or_(_told.made_at < now - STANDING, and_(_told.state != "sent", _told.made_at < now - keep))
    await connection.execute(update(_announcements).where(here, _told.text != "", old).values(text=""))


async def _clear_stories(
    connection: AsyncConnection, here: ColumnElement[bool], now: datetime, keep: timedelta
) -> None:
    story = _stories.c
    words = dict.fromkeys(("title", "text", "edited_title", "edited", "signed", "picture", "picture_alt", "word"), "")
    old = and_(here, story.state.in_(("withdrawn", "declined")), story.ended_at < now - keep, story.text != "")
    pictures = select(story.picture).where(old, story.picture != "")
    await connection.execute(delete(_files).where(_files.c.key.in_(pictures)))
    await connection.execute(update(_stories).where(old).values(**words, countries=[]))


async def _thin_writings(
    connection: AsyncConnection, here: ColumnElement[bool], now: datetime, keep: timedelta
) -> None:
    """Of partnerships that are over for long, the times of messages go, and their numbers by week stay."""
    over = and_(here, _pair.state == "ended", _pair.ended_at < now - keep, _writing.partnership_id == _pair.id)
    rows = await connection.execute(
        select(_writing.partnership_id, _writing.member_id, _writing.at).select_from(_writings.join(_pairs, over))
    )
    wrote: dict[int, list[tuple[datetime, int]]] = {}
    for partnership, member, at in rows:
        wrote.setdefault(partnership, []).append((at, member))
    if not wrote:
        return
    seats = await connection.execute(
        select(_member.id, _member.asked, _member.left_at, _pair.id, _pair.announced_at, _pair.made_at, _pair.ended_at)
        .select_from(_members.join(_pairs, _member.partnership_id == _pair.id))
        .where(_pair.id.in_(list(wrote)))
    )
    changed: list[dict[str, Any]] = []
    for member, asked, left_at, pair, announced_at, made_at, ended_at in seats:
        began = announced_at or made_at
        times = [datetime.fromisoformat(at) for at in asked]
        kept = kept_of(wrote[pair], member, times, began, max(began, left_at or ended_at))
        changed.append({"of": member, "kept": to_json(kept)})
    statement = update(_members).where(_member.id == bindparam("of")).values(behaviour=bindparam("kept"))
    await connection.execute(statement, changed)
    await connection.execute(delete(_writings).where(_writing.partnership_id.in_(list(wrote))))


def _tomorrow(now: datetime) -> datetime:
    today = datetime.combine(now.date(), HOUR, now.tzinfo)
    return today if today > now else today + timedelta(days=1)


_TABLES = {
    "events": _events,
    "acts": _acts,
    "runs": _runs,
    "occurrences": _occurrences,
    "files": _files,
    "announcements": _announcements,
    "pairs": _pairs,
    "stories": _stories,
}
_SMALLER: Mapping[str, int] = {"pairs": 20}
"""By how much a window of a table is smaller, since a row of it stands for many of another."""
_CLEARED: Mapping[str, _Clear] = {
    "events": _clear_events,
    "acts": _clear_acts,
    "runs": _clear_runs,
    "occurrences": _clear_occurrences,
    "files": _clear_files,
    "announcements": _clear_announcements,
    "pairs": _thin_writings,
    "stories": _clear_stories,
}
_WHOLLY = ("files", "announcements", "pairs", "stories")
"""Tables whose ids are in no key, or that are only emptied: so is their newest row."""
