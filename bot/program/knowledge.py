"""What platforms may ask of the program, beside what it tells them: `bot.language.adapter.Knowledge`. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, func, select

from bot.engine.clock import Clock
from bot.engine.work import Work
from bot.language.adapter import KnownRoom, Offer
from bot.language.places import Actor, Address, Place
from bot.program.command import Command
from bot.program.offers import offers_for
from bot.program.people import identify
from bot.program.programs import community_of
from bot.program.turn import Turn, desk_of
from bot.program.whose import known_in
from bot.program.wording import Kits
from storage.database import Database
from storage.partnerships import Member, Partnership
from storage.people import Account, Community, Program
from storage.rounds import Application, Round
from storage.traffic import FlowRun, OutboxAct

ASKED_FOR = timedelta(days=60)
"""How long an answer is waited for, as far as a platform is concerned that has missed what was written."""
_TAKING_PART = ("received", "accepted", "waitlisted")


class ProgramKnowledge:
    """Answers the questions of platforms, each in a short transaction of its own."""

    def __init__(self, database: Database, clock: Clock, kits: Kits, commands: Sequence[Command]) -> None:
        self._database = database
        self._clock = clock
        self._kits = kits
        self._commands = tuple(commands)

    async def hall(self, platform: str, community: str) -> str:
        """The id of the public channel of a community; empty where none was chosen yet."""
        async with self._database.transaction() as session:
            found = await session.exec(select(Community.hall).where(_is(platform, community)))
            return found.first() or ""

    async def community_of(self, platform: str, user: str) -> str:
        """The community in which this account was active last; empty for a stranger."""
        latest = func.max(FlowRun.changed_at)
        async with self._database.transaction() as session:
            found = await session.exec(
                select(Community.external_id)
                .join(Account, col(Account.community_id) == Community.id)
                .outerjoin(FlowRun, col(FlowRun.account_id) == Account.id)
                .where(
                    Community.platform == platform,
                    Account.external_id == user,
                    col(Account.gone_at).is_(None),
                    col(Community.gone_at).is_(None),
                )
                .group_by(col(Community.id), col(Community.external_id), col(Account.id))
                # Without a conversation: the account that was made last. (A null comes first or last as the database
                # likes, therefore its own column.)
                .order_by(latest.is_(None), latest.desc(), col(Account.id).desc())
                .limit(1)
            )
            return found.first() or ""

    async def reference(self, address: Address) -> str:
        """What the platform called the message that the bot put last at an address; empty if it is not known."""
        async with self._database.transaction() as session:
            rows = await session.exec(
                select(OutboxAct.reference)
                .where(OutboxAct.lane == str(address), OutboxAct.state == "sent", OutboxAct.reference != "")
                .order_by(col(OutboxAct.id).desc())
                .limit(1)
            )
            return rows.first() or ""

    async def communities(self, platform: str) -> Sequence[str]:
        """The communities in which the bot is, as far as the core knows; by id."""
        async with self._database.transaction() as session:
            rows = await session.exec(
                select(Community.external_id)
                .where(Community.platform == platform, col(Community.gone_at).is_(None))
                .order_by(col(Community.id))
            )
            return list(rows)

    async def rooms(self, platform: str, community: str) -> Sequence[KnownRoom]:
        """The rooms that should be there, the coordinators' desk among them."""
        begins = f"{platform}/{community}/"
        async with self._database.transaction() as session:
            heard = func.max(Member.last_wrote_at)
            rows = await session.exec(
                select(Partnership.room, heard)
                .join(Member, col(Member.partnership_id) == Partnership.id)
                .where(Partnership.state != "ended", col(Partnership.room).startswith(begins, autoescape=True))
                .group_by(col(Partnership.id), col(Partnership.room))
                .order_by(col(Partnership.id))
            )
            found = [KnownRoom(Address.parse(room), at) for room, at in rows]
            programs = await session.exec(
                select(Program, Community).join(Community).where(_is(platform, community)).order_by(col(Program.id))
            )
            desks = [desk_of(program, of) for program, of in programs]
        return [*found, *(KnownRoom(Address(platform, community, Place.DESK, desk)) for desk in desks if desk)]

    async def accounts(self, platform: str, community: str) -> Sequence[str]:
        """The accounts that take part in a round that has not ended, and have not left; by id."""
        async with self._database.transaction() as session:
            rows = await session.exec(
                select(Account.external_id)
                .join(Community, col(Community.id) == Account.community_id)
                .join(Application, col(Application.account_id) == Account.id)
                .join(Round, col(Round.id) == Application.round_id)
                .where(
                    _is(platform, community),
                    col(Account.gone_at).is_(None),
                    Round.state != "ended",
                    col(Application.status).in_(_TAKING_PART),
                )
                .distinct()
                .order_by(col(Account.external_id))
            )
            return list(rows)

    async def asked(self, platform: str, community: str) -> Sequence[str]:
        """The accounts, by id, that the bot has asked something that they have not answered yet."""
        async with self._database.transaction() as session:
            rows = await session.exec(
                select(Account.external_id)
                .join(Community, col(Community.id) == Account.community_id)
                .join(FlowRun, col(FlowRun.account_id) == Account.id)
                .where(
                    _is(platform, community),
                    col(Account.gone_at).is_(None),
                    FlowRun.status == "open",
                    FlowRun.changed_at > self._clock.now() - ASKED_FOR,
                )
                .distinct()
                .order_by(col(Account.external_id))
            )
            return list(rows)

    async def offers(
        self, actor: Actor, command: str, argument: str, given: Mapping[str, str], channel: str = ""
    ) -> Sequence[Offer]:
        """What this actor could write for an argument, of which `given[argument]` is written already: 25 at most."""
        found = next((each for each in self._commands if each.name == command), None)
        wanted = next((each for each in found.arguments if each.name == argument), None) if found else None
        if found is None or wanted is None or not wanted.names:
            return ()
        async with self._database.transaction() as session:
            turn = Turn(Work(session, self._clock.now()), self._kits)
            community = await community_of(turn, actor.platform, actor.community)
            # Without the name: asking changes nothing.
            known = await identify(turn, replace(actor, name=""), made_known=False) if community is not None else None
            if known is None:
                return ()
            if channel:
                known = await known_in(turn, known, Address(actor.platform, actor.community, Place.ROOM, channel))
            return await offers_for(turn, known, found, wanted.names, given.get(argument, ""), self._commands)


def _is(platform: str, community: str) -> ColumnElement[bool]:
    return (col(Community.platform) == platform) & (col(Community.external_id) == community)
