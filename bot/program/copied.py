"""The rows that a round is played from: read from the program's database, and written into a scratch one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import SQLModel, col, select

from bot.program.marks import MARK_KEY
from bot.program.turn import Turn
from storage.database import table_of
from storage.forgetting import Keepsake, NoRepeat
from storage.partnerships import Member, Partnership
from storage.people import Absence, Account, Apart, Community, Person, Program, Role
from storage.rounds import Application, Lock, Proposal, ProposedGroup, Round
from storage.traffic import FlowRun, Occurrence, OutboxAct

_CHUNK = 500

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Copied:
    """Everything about one round, table by table, in an order in which it can be written."""

    tables: Sequence[tuple[str, Rows]]

    def rows(self, row: type[Any]) -> Rows:
        """The copied rows of a table."""
        name = table_of(row).name
        return next((rows for table, rows in self.tables if table == name), ())


async def copy_round(turn: Turn, program: Program, round_row: Round) -> Copied:
    """Read what the rest of a round follows from, and nothing of any other round or program. Nothing is changed."""
    connection = await turn.session.connection()

    async def read(row: type[Any], *which: ColumnElement[bool]) -> Rows:
        table = table_of(row)
        found = await connection.execute(table.select().where(*which).order_by(*table.primary_key.columns))
        return [dict(each) for each in found.mappings()]

    here, of_round = program.id, round_row.id
    applications = await read(Application, col(Application.round_id) == of_round)
    roles = await read(Role, col(Role.program_id) == here)
    runs = await read(
        FlowRun,
        col(FlowRun.round_id) == of_round,
        col(FlowRun.flow) == "registration",
        col(FlowRun.status).in_(("open", "stopped")),
    )
    everybody = (
        select(Application.person_id)
        .where(Application.round_id == of_round)
        .union(
            select(Role.person_id).where(Role.program_id == here),
            select(FlowRun.person_id).where(FlowRun.round_id == of_round, FlowRun.flow == "registration"),
        )
    )
    # Of further programs, in which some take part too, nothing is copied.
    accounts = [{**each, "program_id": None} for each in await read(Account, col(Account.person_id).in_(everybody))]
    people = await read(Person, col(Person.id).in_(everybody))
    communities = {program.community_id, *(account["community_id"] for account in accounts)}
    proposals = select(Proposal.id).where(Proposal.round_id == of_round)
    partnerships = await read(Partnership, col(Partnership.round_id) == of_round)
    made = select(Partnership.id).where(Partnership.round_id == of_round)
    known = {person["id"] for person in people}
    tables: list[tuple[type[Any], Rows]] = [
        (Community, await read(Community, col(Community.id).in_(communities))),
        (Person, people),
        (Account, accounts),
        (Program, await read(Program, col(Program.id) == here)),
        (Role, roles),
        (Absence, await read(Absence, col(Absence.program_id) == here, col(Absence.person_id).in_(everybody))),
        (Apart, [_within(each, known) for each in await read(Apart, *_apart(here, everybody))]),
        # Whoever was forgotten and is back is kept apart by marks, and by the key that made them.
        (NoRepeat, [_within(each, known) for each in await read(NoRepeat, col(NoRepeat.program_id) == here)]),
        (Keepsake, await read(Keepsake, col(Keepsake.name) == MARK_KEY)),
        (Round, await read(Round, col(Round.id) == of_round)),
        (Application, applications),
        (Proposal, await read(Proposal, col(Proposal.round_id) == of_round)),
        (ProposedGroup, await read(ProposedGroup, col(ProposedGroup.proposal_id).in_(proposals))),
        (Lock, await read(Lock, col(Lock.round_id) == of_round)),
        (Partnership, partnerships),
        (Member, await read(Member, col(Member.partnership_id).in_(made))),
        (FlowRun, runs),
        (Occurrence, await read(Occurrence, col(Occurrence.round_id) == of_round)),
        (OutboxAct, await _rooms_to_come(connection, [each["id"] for each in partnerships])),
    ]
    return Copied([(table_of(row).name, rows) for row, rows in tables])


def _apart(program_id: int | None, everybody: Any) -> tuple[ColumnElement[bool], ...]:
    return col(Apart.program_id) == program_id, col(Apart.person_id).in_(everybody)


def _within(row: Mapping[str, Any], known: set[int]) -> Mapping[str, Any]:
    """The row without the id of somebody who is not copied; whom it is about, their address tells."""
    return row if row["other_id"] in known else {**row, "other_id": None}


async def _rooms_to_come(connection: AsyncConnection, partnerships: Sequence[int]) -> Rows:
    """The rooms that an approved proposal has asked for, and that are not open yet."""
    table = table_of(OutboxAct)
    found: list[Mapping[str, Any]] = []
    for start in range(0, len(partnerships), _CHUNK):
        subjects = [f"partnership:{each}" for each in partnerships[start : start + _CHUNK]]
        rows = await connection.execute(
            table.select().where(table.c.subject.in_(subjects), table.c.state == "waiting").order_by(table.c.id)
        )
        found += [dict(each) for each in rows.mappings()]
    return found


async def write(connection: AsyncConnection, copied: Copied) -> None:
    """Write copied rows, with the ids they have, into an empty database."""
    tables = SQLModel.metadata.tables
    for name, rows in copied.tables:
        for start in range(0, len(rows), _CHUNK):
            await connection.execute(insert(tables[name]), list(rows[start : start + _CHUNK]))
