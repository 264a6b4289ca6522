"""One turn: everything the program needs while it handles one event, one due moment or one receipt."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import ceil
from typing import Any, TypeVar

from sqlalchemy import bindparam
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.work import Work
from bot.errors import Problem
from bot.language.acts import Post
from bot.language.adapter import Capabilities
from bot.language.files import MOST_BYTES
from bot.language.markup import Markdown, moment
from bot.language.messages import Element, say
from bot.language.places import Actor, Address, Place
from bot.program.wording import Kits, Wording
from bot.world.daytime import is_night, next_daytime
from storage.files import StoredFile
from storage.people import Account, Community, Person, Program, Role
from topics.model import Kit

Row = TypeVar("Row", bound=SQLModel)

_PROGRAMS = select(Program).where(Program.community_id == bindparam("community")).order_by(col(Program.id))


class Turn:
    """The unit of work with the kits, and the few things every part of the program does with them."""

    def __init__(self, work: Work, kits: Kits) -> None:
        self.work = work
        self.kits = kits
        self.happened_at = work.now
        """When what is being handled happened: an event that was stored in time counts as in time."""
        self.posted: list[Post] = []
        """What was enqueued for the event that is being handled."""

    @property
    def session(self) -> AsyncSession:
        """The transaction's session."""
        return self.work.session

    @property
    def now(self) -> datetime:
        """The time of this turn."""
        return self.work.now

    async def get(self, row: type[Row], identity: int | None) -> Row:
        """The row with that id. Raises NoResultFound where there is none.

        The session forgets rows that nobody holds; the ones read here are held to the end of the transaction.
        """
        key = (row, identity)
        if key not in self.work.cache:
            self.work.cache[key] = await self.session.get_one(row, identity)
        return self.work.cache[key]

    async def add(self, row: Row) -> Row:
        """Store a new row, so that it has its id."""
        self.session.add(row)
        await self.session.flush()
        return row

    async def keep_file(
        self,
        program: Program,
        key: str,
        name: str,
        media_type: str,
        content: bytes,
        drop_after: datetime | None = None,
        person_id: int | None = None,
    ) -> StoredFile:
        """Store a file, which a `Picture` or `Document` of this turn may name by its key; in the place of one that has
        the key already. `person_id` is whom it is about, None if it tells of nobody.

        Raises Problem for one that is larger than `MOST_BYTES`.
        """
        if len(content) > MOST_BYTES:
            size, most = (ceil(each / 2**20 * 10) / 10 for each in (len(content), MOST_BYTES))
            raise Problem("files.too_large", name=name, size=size, most=most)
        if (before := (await self.session.exec(select(StoredFile).where(StoredFile.key == key))).first()) is not None:
            await self.session.delete(before)
            await self.session.flush()
        return await self.add(
            StoredFile(
                program_id=program.id or 0, person_id=person_id, key=key, name=name, media_type=media_type,
                content=content, made_at=self.now, drop_after=drop_after,
            )
        )  # fmt: skip

    def wording(self, program: Program) -> Wording:
        """How this program puts things."""
        return self.kits[program.kit]

    def kit(self, program: Program) -> Kit:
        """The program's content."""
        return self.kits[program.kit].kit

    def able(self, platform: str) -> Capabilities:
        """What that platform can."""
        return self.kits.able(platform)

    def reply(
        self, actor: Actor, asked_at: Address, kind: str, key: str, *parts: str | Element, prompted: bool = True
    ) -> None:
        """Answer somebody so that nobody else sees it: where they asked, if the platform can, else in private."""
        in_place = asked_at.place is not Place.DIRECT and self.able(asked_at.platform).replies_in_place
        address, only_for = (asked_at, actor.user) if in_place else (actor.direct, "")
        self.post(address, kind, key, *parts, prompted=prompted, only_for=only_for)

    def say(self, program: Program, key: str, **values: Any) -> Markdown:
        """A text of the program's kit, filled in."""
        return self.kits[program.kit].say(key, **values)

    def moment(self, platform: str, at: datetime) -> Markdown:
        """A moment as its readers see it in their own time; nothing where the platform cannot show that."""
        return moment(at) if self.able(platform).local_times else Markdown("")

    async def direct(self, account: Account) -> Address:
        """Where the bot talks with this account alone."""
        community = await self.get(Community, account.community_id)
        return Address(community.platform, community.external_id, Place.DIRECT, account.external_id)

    async def hall(self, program: Program) -> Address:
        """The program's public channel."""
        community = await self.get(Community, program.community_id)
        return Address(community.platform, community.external_id, Place.HALL, hall_of(program, community))

    async def desk(self, program: Program) -> Address:
        """The coordinators' channel."""
        community = await self.get(Community, program.community_id)
        return Address(community.platform, community.external_id, Place.DESK, desk_of(program, community))

    async def programs(self, community_id: int | None) -> Sequence[Program]:
        """The programs of a community, the first first."""
        key = ("programs", community_id)
        if key not in self.work.cache:
            rows = await self.session.exec(_PROGRAMS, params={"community": community_id})
            self.work.cache[key] = tuple(rows)
        return self.work.cache[key]

    async def heading(self, program: Program) -> Markdown:
        """Which program it is that writes in private; empty where the community has but one."""
        several = len(await self.programs(program.community_id)) > 1
        return self.say(program, "programs.heading") if several else Markdown("")

    def post(
        self,
        address: Address,
        kind: str,
        key: str,
        *parts: str | Element,
        due_at: datetime | None = None,
        subject: str = "",
        then: str = "",
        prompted: bool = False,
        only_for: str = "",
    ) -> None:
        """Enqueue a message. `prompted` for what answers something its reader did a moment ago."""
        act = Post(key, kind, address, say(*parts), only_for=only_for, prompted=prompted)
        self.send(act, due_at=due_at, subject=subject, then=then)

    def send(self, act: Post, *, due_at: datetime | None = None, subject: str = "", then: str = "") -> None:
        """Enqueue a message that is put together already."""
        self.posted.append(act)
        self.work.enqueue(act, due_at=due_at, subject=subject, then=then)

    async def tell(
        self,
        program: Program,
        account: Account,
        kind: str,
        key: str,
        *parts: str | Element,
        not_before: datetime | None = None,
        subject: str = "",
        then: str = "",
    ) -> datetime:
        """Write to somebody who did not ask for it just now: in their daytime. Returns when it is due."""
        person = await self.get(Person, account.person_id)
        due_at = self.daytime(self.kit(program), [person.zone], not_before)
        parts = (await self.heading(program), *parts)
        self.post(await self.direct(account), kind, key, *parts, due_at=due_at, subject=subject, then=then)
        return due_at

    async def tell_desk(
        self, program: Program, kind: str, key: str, *parts: str | Element, subject: str = "", then: str = ""
    ) -> datetime:
        """Write to the coordinators' channel when it is daytime for a coordinator. Returns when it is due."""
        people = await self.coordinators(program)
        moments = [self.daytime(self.kit(program), [person.zone]) for person in people]
        due_at = min(moments, default=self.now)
        self.post(await self.desk(program), kind, key, *parts, due_at=due_at, subject=subject, then=then)
        return due_at

    def daytime(self, kit: Kit, zones: Iterable[str], not_before: datetime | None = None) -> datetime:
        """The soonest moment, from now or `not_before`, at which it is daytime in all of these zones.

        The widest of the kit's windows is used only for people whose days hardly meet.
        """
        places = [zone or "UTC" for zone in zones]
        start, windows = max(not_before or self.now, self.now), kit.rhythm.daytime
        usual = windows[:-1] or windows
        at = next_daytime(places, usual, start)
        return next_daytime(places, windows, start) if any(is_night(zone, at, usual) for zone in places) else at

    async def coordinators(self, program: Program) -> list[Person]:
        """The people who coordinate this program."""
        rows = await self.session.exec(
            select(Person)
            .join(Role, col(Role.person_id) == Person.id)
            .where(Role.program_id == program.id, Role.role == "coordinator")
            .order_by(col(Person.id))
        )
        return list(rows)


def hall_of(program: Program, community: Community) -> str:
    """The id of the program's public channel; empty where none was chosen yet."""
    return community.hall if program.hall is None else program.hall


def desk_of(program: Program, community: Community) -> str:
    """The id of the coordinators' channel; empty where it was not opened yet."""
    return community.desk if program.desk is None else program.desk
