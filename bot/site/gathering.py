"""Reads what the site tells: one program's rows become its facts. Nothing is changed."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col
from sqlmodel import select as select_rows
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evaluation.history import funnel_of
from bot.program.certificates import Verified
from bot.program.histories import people_of
from bot.program.historyrows import RoundRows, read_rows
from bot.program.invitations import invitable, invitation_texts
from bot.program.stories_public import published_stories
from bot.program.wording import Wording
from bot.site.facts import Invitation, Issued, News, PastRound, RoundNow, SiteFacts, phase_of
from storage.certificates import Certificate
from storage.communications import Announcement
from storage.database import Database, table_of
from storage.people import Community, Program
from storage.rounds import Round
from storage.stories import Story
from topics.model import Kit

Stamp = tuple[Any, ...]
"""What the pages follow from, as far as it must be seen at once when it changes."""

_OF_STORY = ("id", "revision", "published_at", "title", "edited_title", "signed", "countries", "picture", "picture_alt")


@dataclass(frozen=True, slots=True)
class Where:
    """Where a site stands, and how it looks: see `SiteFacts`. An empty address is that of the kit, if it has one."""

    address: str = ""
    theme: str = ""
    served: bool = False
    mount: str = "/"


async def gather(
    session: AsyncSession,
    wording: Wording,
    program: Program,
    now: datetime,
    where: Where,
    past: Sequence[PastRound] = (),
) -> SiteFacts:
    """Everything about one program's site at this moment. `past` are the rounds that are over."""
    kit = wording.kit
    community = await session.get_one(Community, program.community_id)
    newest = await _newest(session, program)
    invitations: tuple[Invitation, ...] = ()
    if newest is not None and invitable(newest, now):
        texts = invitation_texts(wording, newest, community.name, now)
        invitations = tuple(Invitation(name, text) for name, text in texts.items())
    return SiteFacts(
        kit=kit,
        key=f"{community.platform}:{community.external_id}:{program.id}",
        community=community.name,
        address=where.address or kit.site.address,
        served=where.served,
        mount=where.mount,
        theme=where.theme or kit.theme,
        round=_now(newest, now) if newest is not None else None,
        past=tuple(past),
        news=await _news(session, program) if kit.site.announcements else (),
        invitations=invitations,
        stories=await published_stories(session, program),
        certificates=() if where.served else await _certificates(session, program),
    )


async def past_round(database: Database, kit: Kit, round_id: int) -> PastRound:
    """The numbers of a round that is over, in a transaction of its own: there may be thousands of people in it.

    They are counted in another thread, so that nobody has to wait for it.
    """
    async with database.transaction() as session:
        round_row = await session.get_one(Round, round_id)
        rows = await read_rows(session, round_row)
    return await asyncio.to_thread(_counted, kit, round_row, rows)


def _counted(kit: Kit, round_row: Round, rows: RoundRows) -> PastRound:
    people = people_of(kit, rows)
    countries = Counter(person.country for person in people)
    return PastRound(
        round_row.name, round_row.starts_on, round_row.ends_on, funnel_of(people), tuple(sorted(countries.items()))
    )


async def ended_rounds(session: AsyncSession, program: Program) -> tuple[int, ...]:
    """The ids of the rounds that are over, the newest first."""
    rows = await session.exec(
        select_rows(Round.id)
        .where(Round.program_id == program.id, Round.state == "ended")
        .order_by(col(Round.id).desc())
    )
    return tuple(number for number in rows if number is not None)


async def stamp(session: AsyncSession, program: Program) -> Stamp:
    """Cheap to ask before every page: whoever takes back a story or an announcement finds it gone at once."""
    stories, announcements, rounds = table_of(Story), table_of(Announcement), table_of(Round)
    seen: list[Stamp] = []
    connection = await session.connection()
    for statement in (
        select(*(stories.c[name] for name in _OF_STORY), func.length(stories.c.text), func.length(stories.c.edited))
        .where(stories.c.program_id == program.id, stories.c.state == "published")
        .order_by(stories.c.id),
        select(announcements.c.id, announcements.c.sent_at, func.length(announcements.c.text))
        .where(announcements.c.program_id == program.id, announcements.c.state == "sent")
        .order_by(announcements.c.id),
        select(rounds).where(rounds.c.program_id == program.id).order_by(rounds.c.id),
    ):
        seen += [tuple(row) for row in await connection.execute(statement)]
    return tuple(str(each) for each in seen)


async def _newest(session: AsyncSession, program: Program) -> Round | None:
    rows = await session.exec(
        select_rows(Round).where(Round.program_id == program.id).order_by(col(Round.id).desc()).limit(1)
    )
    return rows.first()


def _now(round_row: Round, now: datetime) -> RoundNow | None:
    phase = phase_of(round_row.state, round_row.opens_at, round_row.closes_at, now)
    if phase is None:
        return None
    return RoundNow(
        round_row.name,
        phase,
        round_row.opens_at,
        round_row.closes_at,
        round_row.starts_on,
        round_row.ends_on,
        round_row.capacity,
        round_row.country_cap,
    )


async def _certificates(session: AsyncSession, program: Program) -> tuple[Issued, ...]:
    """Those that were issued, in the order of their codes."""
    rows = await session.exec(
        select_rows(Certificate, Round)
        .join(Round, col(Round.id) == Certificate.round_id)
        .where(
            Certificate.program_id == program.id, Certificate.state == "issued", col(Certificate.issued_at).is_not(None)
        )
        .order_by(col(Certificate.code))
    )
    return tuple(
        Issued(
            row.code,
            Verified(row.name, program.name, of.name, of.starts_on, of.ends_on, row.issued_at.date()),
        )
        for row, of in rows
        if row.issued_at is not None
    )


async def _news(session: AsyncSession, program: Program) -> tuple[News, ...]:
    """What was told to everybody and not called off, the newest first."""
    rows = await session.exec(
        select_rows(Announcement)
        .where(
            Announcement.program_id == program.id,
            Announcement.audience == "everybody",
            Announcement.state == "sent",
            col(Announcement.sent_at).is_not(None),
            # The words of old ones are cleared up.
            Announcement.text != "",
        )
        .order_by(col(Announcement.sent_at).desc(), col(Announcement.id).desc())
    )
    return tuple(News(row.id or 0, row.text, row.sent_at) for row in rows if row.sent_at is not None)
