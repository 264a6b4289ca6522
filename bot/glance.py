"""Where a round stands, put together for the playground's page."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.language.rehearsal import Counter, Entry, Glance, Step
from bot.program.evaluation import Figures, figures
from bot.program.rounds import date_label, dates_of
from bot.program.timetable import ANYWHERE_FIRST, moments
from storage.rounds import Proposal, Round
from storage.traffic import Occurrence, OutboxAct
from topics.model import Kit

STEPS = (
    ("applications", "Applications"),
    ("pairing", "Pairing"),
    ("rooms", "Rooms"),
    ("topics", "Topics"),
    ("survey", "Survey"),
    ("end", "End"),
)
SHOWN = 8
TITLES = {
    "announce": "Applications open",
    "closing_soon": "Reminder: applications close soon",
    "close": "Applications close, pairs are proposed",
    "start": "Rooms open",
    "topic": "Topic {subject}: {title}",
    "arrival": "Survey on arriving",
    "arrival_reminder": "Reminder of that survey",
    "arrival_last_reminder": "Last reminder of that survey",
    "middle": "Survey in the middle",
    "middle_reminder": "Reminder of that survey",
    "middle_last_reminder": "Last reminder of that survey",
    "closing": "Closing survey",
    "closing_reminder": "Reminder of the closing survey",
    "closing_last_reminder": "Last reminder of the closing survey",
    "end": "The round ends, rooms are archived",
}
"""What the page's calendar calls the moments of a round."""
HINTS = {
    "applications": (
        "Apply as Alex: press Apply, or say “apply”. Next lets time pass, and the others apply too. When you have seen"
        " enough, close applications as the coordinator: /mentoring round close"
    ),
    "pairing": "The proposal is on the coordinators' desk, with the reason for each pair. Press Approve there.",
    "rooms": "Press Next until the rooms open. Read the introduction, and write to your partner, or keep silent.",
    "topics": (
        "Next goes on to what happens next: topics, a word to somebody who is quiet, a case on the desk with buttons"
        " for the coordinator."
    ),
    "survey": "The closing survey is out. Alex has it too, in the conversation with the bot.",
    "end": "The round is over: rooms are archived, everybody was thanked. /mentoring report shows it in numbers.",
}
"""What a visitor could do at each step."""


async def look(session: AsyncSession, kit: Kit, now: datetime) -> Glance:
    """Look at the newest round: its step, its numbers, what comes next and what just happened."""
    rows = await session.exec(select(Round).order_by(col(Round.id).desc()).limit(1))
    round_row = rows.first()
    if round_row is None:
        return Glance()
    counted = await figures(session, round_row)
    handled = {(kind, subject): at for kind, subject, at in await _handled(session, round_row)}
    place = await _place(session, round_row, counted, {kind for kind, _ in handled})
    ends = datetime.combine(round_row.ends_on, time(), UTC)
    share = (now - round_row.opens_at) / max(ends - round_row.opens_at, timedelta(days=1))
    return Glance(
        round=round_row.name,
        state=round_row.state,
        dates=f"{date_label(round_row.starts_on)} – {date_label(round_row.ends_on)}",
        hint=HINTS[STEPS[place][0]],
        progress=max(0.0, min(1.0, share)),
        steps=_steps(place, round_row),
        counters=_counters(counted, await _messages(session)),
        coming=_coming(kit, round_row, set(handled)),
        happened=_happened(kit, handled),
    )


async def _place(session: AsyncSession, round_row: Round, counted: Figures, done: set[str]) -> int:
    """At which of `STEPS` the round is."""
    if round_row.state == "ended":
        return 5
    if "closing" in done:
        return 4
    if counted.partnerships.get("arriving", 0) + counted.partnerships.get("live", 0):
        return 3
    approved = await session.exec(
        select(Proposal.id).where(Proposal.round_id == round_row.id, Proposal.state == "approved").limit(1)
    )
    if approved.first() is not None:
        return 2
    return 1 if "close" in done else 0


def _steps(place: int, round_row: Round) -> tuple[Step, ...]:
    over = round_row.state == "ended"
    return tuple(
        Step(name, title, "done" if over or number < place else "now" if number == place else "next")
        for number, (name, title) in enumerate(STEPS)
    )


def _counters(counted: Figures, messages: int) -> tuple[Counter, ...]:
    made = sum(counted.partnerships.values())
    return (
        Counter("applications", sum(counted.applications.values())),
        Counter("with a place", counted.applications.get("accepted", 0)),
        Counter("partnerships that came to life", counted.ever_live, made),
        Counter("open cases", counted.cases.get("open", 0) + counted.cases.get("snoozed", 0)),
        Counter("messages of the bot", messages),
    )


async def _messages(session: AsyncSession) -> int:
    rows = await session.exec(select(func.count()).select_from(OutboxAct).where(OutboxAct.state == "sent"))
    return rows.one()


async def _handled(session: AsyncSession, round_row: Round) -> list[tuple[str, str, datetime]]:
    rows = await session.exec(
        select(Occurrence.kind, Occurrence.subject, Occurrence.handled_at)
        .where(Occurrence.round_id == round_row.id)
        .order_by(col(Occurrence.id))
    )
    return list(rows)


def _coming(kit: Kit, round_row: Round, handled: set[tuple[str, str]]) -> tuple[Entry, ...]:
    waiting = [m for m in moments(kit, dates_of(round_row)) if (m.kind, m.subject) not in handled]
    return tuple(Entry(_seen_at(m.kind, m.at), _title(kit, m.kind, m.subject)) for m in waiting[:SHOWN])


def _happened(kit: Kit, handled: dict[tuple[str, str], datetime]) -> tuple[Entry, ...]:
    # What has no title is of no interest on the page: the daily look at who waits for a partner.
    newest = [(what, at) for what, at in handled.items() if what[0] in TITLES][-SHOWN:]
    return tuple(Entry(at, _title(kit, kind, subject)) for (kind, subject), at in reversed(newest))


def _seen_at(kind: str, at: datetime) -> datetime:
    """Topics and rooms become due when their day begins anywhere; people's calendars have the day itself."""
    return at + ANYWHERE_FIRST if kind in ("topic", "start") else at


def _title(kit: Kit, kind: str, subject: str) -> str:
    topic = next((topic.title for topic in kit.topics if str(topic.number) == subject), subject)
    return TITLES[kind].format(subject=subject, title=topic)
