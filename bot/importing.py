"""`counterpart import`: applications that came by a form are taken into a round, each at the time it was sent."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlmodel import col, select

from bot.engine.clock import Clock
from bot.engine.work import unit_of_work
from bot.program import admission
from bot.program.applications import Sent, early_reason, late_reason, record, replaced_reason
from bot.program.forms import FormRow, RowProblem, latest, read_form
from bot.program.rounds import current_round, day_label, last_day
from bot.program.turn import Turn
from bot.program.wording import Kits
from storage.database import Database
from storage.people import Account, Person, Program
from storage.rounds import Application, Round, Submission

SOURCE = "form"
Item = TypeVar("Item")


class NoRound(Exception):
    """There is no round that applications could be taken into. The text says why."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one row: a status of its application, or late, early, duplicate, unreadable."""

    line: int
    email: str
    status: str
    reason: str = ""
    new: bool = True
    """False for a row that an earlier import had taken in."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: each row's fate, by line; the round and its state; how many have no account here yet."""

    round: str
    state: str
    fates: tuple[Fate, ...]
    odd: tuple[RowProblem, ...]
    """What was odd about rows that were taken all the same."""
    without_account: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A row with the rows of its person."""

    row: FormRow
    person: Person
    account: Account | None


async def import_form(database: Database, clock: Clock, kits: Kits, program_id: int, data: bytes) -> Imported:
    """Take the rows of a form's export into the program's current round, in the order of their times; all or none.

    A row that was taken in before is recognised by person and time. People without an account here are kept, and hear
    where they stand once they come; the others are told in their daytime. Raises FormError for a file that is no such
    export, NoRound when the program has no round, or one that is over.
    """
    async with unit_of_work(database, clock) as work:
        turn = Turn(work, kits)
        program = await turn.get(Program, program_id)
        read = read_form(data, turn.kit(program))
        round_row = await current_round(turn, program)
        if round_row is None or round_row.state == "ended":
            over = f"“{round_row.name}” is over" if round_row else "The program has no round"
            raise NoRound(f"{over}. A coordinator opens one in the chat: /mentoring round open.")
        taking = _Taking(turn, program, round_row)
        unreadable = [Fate(p.line, "", "unreadable", p.reason) for p in read.problems if not p.used]
        fates = await taking.take(read.rows)
        return Imported(
            round_row.name,
            round_row.state,
            tuple(sorted([*unreadable, *fates], key=lambda fate: fate.line)),
            tuple(problem for problem in read.problems if problem.used),
            taking.without_account,
        )


class _Taking:
    """One import under way."""

    def __init__(self, turn: Turn, program: Program, round_row: Round) -> None:
        self._turn = turn
        self._program = program
        self._round = round_row
        self._kit = turn.kit(program)
        self._taken: list[tuple[_Row, Application]] = []
        self._counted: dict[int, datetime] = {}
        self.without_account = 0

    async def take(self, rows: Sequence[FormRow]) -> list[Fate]:
        """Take every row, decide the line, and have everybody told once."""
        people = await self._people(rows)
        in_time = [row for row in rows if self._round.opens_at <= row.at < self._round.closes_at]
        winners = {row.line for row in latest(in_time)[0]}
        known = await self._known()
        self._counted = await self._all_counted()
        fates: list[Fate] = []
        seen: list[tuple[FormRow, Submission]] = []
        for row in sorted(rows, key=lambda row: (row.at, row.line)):
            one = people[row.email]
            mark = (one.person.id or 0, row.at)
            if known[mark]:
                seen.append((row, known[mark].pop(0)))
                continue
            self._turn.happened_at = row.at
            fate = await self._take_one(_Row(row, one.person, one.account), row.line in winners)
            if fate is not None:
                fates.append(fate)
        await self._decide()
        fates += await self._seen_before(seen)
        fates += [Fate(one.row.line, one.row.email, a.status, a.reason) for one, a in self._taken]
        self.without_account = sum(1 for one in people.values() if one.account is None)
        return fates

    async def _take_one(self, one: _Row, winner: bool) -> Fate | None:
        """Take one row in. None when its fate is decided together with the others'."""
        row, turn = one.row, self._turn
        sent = Sent(one.person, row.answers, one.account, SOURCE, row.name)
        if row.at < self._round.opens_at:
            reason = early_reason(self._round)
            record(turn, self._round, self._kit, sent, "early", reason)
            await self._tell(one, "apply.early", opens=day_label(self._round.opens_at), round=self._round.name)
            return Fate(row.line, row.email, "early", reason)
        if row.at >= self._round.closes_at:
            reason = late_reason(self._round)
            record(turn, self._round, self._kit, sent, "late", reason)
            await self._tell(one, "apply.late", closed=last_day(self._round.closes_at), round=self._round.name)
            return Fate(row.line, row.email, "late", reason)
        counted = self._counted.get(one.person.id or 0)
        if not winner or (counted is not None and counted >= row.at):
            reason = replaced_reason(counted) if winner and counted else "a later row of this file counts"
            record(turn, self._round, self._kit, sent, "duplicate", reason)
            return Fate(row.line, row.email, "duplicate", reason)
        self._counted[one.person.id or 0] = row.at
        self._taken.append((one, await admission.take(turn, self._program, self._round, sent)))
        return None

    async def _decide(self) -> None:
        """Decide the line with those who came now, and tell each of them who was not told by that already."""
        turn, closed = self._turn, self._round.state not in ("planned", "open")
        turn.happened_at = turn.now
        if not self._taken:
            return
        await admission.fill_places(turn, self._program, self._round, final=closed)
        for one, application in self._taken:
            if application.status == "received" and closed:
                # A round that runs gives no more places by country.
                application.status, application.reason = "waitlisted", "full"
            application.seek(turn.now if admission.seeks(self._round, application) else None)
            if one.account is not None and application.told != application.status:
                key = f"form:{application.id}:{_stamp(one.row.at)}"
                await admission.tell_status(
                    turn, self._program, self._round, application, one.account, key=key, prompted=False
                )

    async def _tell(self, one: _Row, text: str, **values: str) -> None:
        if one.account is None:
            return
        key = f"form:{self._round.id}:{one.person.id}:{_stamp(one.row.at)}:{text}"
        said = self._turn.say(self._program, text, **values)
        await self._turn.tell(self._program, one.account, "notice", key, said)

    async def _people(self, rows: Sequence[FormRow]) -> Mapping[str, _Row]:
        """Everybody in the file, made known, with their account in this community if they have one."""
        session = self._turn.session
        first = {row.email: row for row in reversed(rows)}
        people: dict[str, Person] = {}
        accounts: dict[int, Account] = {}
        for some in batched(first):
            found = await session.exec(select(Person).where(col(Person.email).in_(some)))
            people |= {person.email or "": person for person in found}
        new = {
            email: Person(email=email, name=row.name, created_at=self._turn.now)
            for email, row in first.items()
            if email not in people
        }
        session.add_all(new.values())
        await session.flush()
        for some in batched(person.id for person in people.values()):
            found = await session.exec(
                select(Account)
                .where(Account.community_id == self._program.community_id, col(Account.person_id).in_(some))
                .where(col(Account.gone_at).is_(None))
                .order_by(col(Account.id))
            )
            accounts |= {account.person_id: account for account in found}
        everybody = people | new
        return {
            email: _Row(row, everybody[email], accounts.get(everybody[email].id or 0)) for email, row in first.items()
        }

    async def _known(self) -> dict[tuple[int, datetime], list[Submission]]:
        """What earlier imports have taken in, by person and time, in the order of their rows."""
        rows = await self._turn.session.exec(
            select(Submission)
            .where(Submission.round_id == self._round.id, Submission.source == SOURCE)
            .order_by(col(Submission.id))
        )
        known: dict[tuple[int, datetime], list[Submission]] = defaultdict(list)
        for submission in rows:
            known[submission.person_id, submission.at].append(submission)
        return known

    async def _seen_before(self, seen: Sequence[tuple[FormRow, Submission]]) -> list[Fate]:
        """Where the rows that were taken in before stand now."""
        rows = await self._turn.session.exec(select(Application).where(Application.round_id == self._round.id))
        applications = {application.person_id: application for application in rows}
        fates: list[Fate] = []
        for row, submission in seen:
            status, why = submission.outcome, submission.reason
            if submission.outcome == "counted":
                status, why = applications[submission.person_id].status, applications[submission.person_id].reason
            fates.append(Fate(row.line, row.email, status, why, new=False))
        return fates

    async def _all_counted(self) -> dict[int, datetime]:
        """When the application of each person that counts so far was sent."""
        rows = await self._turn.session.exec(
            select(Application.person_id, Application.submitted_at).where(Application.round_id == self._round.id)
        )
        return dict(list(rows))


def batched(items: Iterable[Item], size: int = 500) -> Iterator[list[Item]]:
    """The items in lists of at most `size`: a statement takes only so many values."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def _stamp(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%S")
