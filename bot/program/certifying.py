"""Certificates: who completed a round is asked what name shall stand on theirs, and gets it in private.

A sheet takes half a second to draw, so it is drawn outside of the transaction, some at a time.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.work import Work
from bot.errors import NotAllowed, Problem
from bot.flows.scalars import is_blank
from bot.language.markup import tidy_line
from bot.language.messages import Choices, Document, Element, Option
from bot.program.access import Who
from bot.program.certificates import new_code
from bot.program.command import Argument, Call, Command
from bot.program.completion import completed
from bot.program.papers import Draw, Paper, Undrawn
from bot.program.partnerships import Partners, Seat
from bot.program.rounds import day_label
from bot.program.routes import Press, Pressed
from bot.program.turn import Turn
from bot.program.wording import Kits
from storage.certificates import Certificate
from storage.partnerships import Member, Partnership
from storage.people import Account, Program
from storage.rounds import Round
from topics.model import Kit

AT_ONCE = 10
"""Sheets that are drawn in one go: some seconds."""
KEPT = timedelta(days=30)
"""How long the file is kept; it can be made again at any time."""
LONGEST = 80
"""Characters of a name on a sheet."""
FILE = "certificate.pdf"
_DIGITS = 18
_WORD = re.compile(r"^name\b[:\s]*", re.IGNORECASE)


async def ask(turn: Turn, program: Program, round_row: Round, every: Sequence[Partners]) -> None:
    """A round is over: whoever completed it is asked whether the name is right. Nothing where the kit sends none."""
    plan = turn.kit(program).certificates
    done = {seat.member.person_id: seat for partners in every for seat in _who_completed(partners)}
    if not plan.send or not done:
        return
    rows = {person: _new(turn, program, round_row, seat, plan.name_days) for person, seat in done.items()}
    turn.session.add_all(rows.values())
    await turn.session.flush()
    button = Option("make", turn.wording(program).plain("certificate.button.make"), "primary")
    for person, seat in done.items():
        row = rows[person]
        due = day_label(row.due_at or turn.now)
        text = turn.say(program, "certificate.ask", round=round_row.name, name=row.name, on=due)
        buttons = Choices(f"certificate:{row.id}", (button,))
        await turn.tell(program, seat.account, "certificate", f"certificate:{row.id}:ask", text, buttons)


def _who_completed(partners: Partners) -> list[Seat]:
    return [seat for seat in partners.seats if completed(partners.row, seat.member) and seat.account.gone_at is None]


def _new(turn: Turn, program: Program, round_row: Round, seat: Seat, days: int) -> Certificate:
    asked = turn.daytime(turn.kit(program), [seat.zone])
    return Certificate(
        program_id=program.id or 0,
        round_id=round_row.id or 0,
        person_id=seat.member.person_id,
        code=new_code(),
        name=tidy_line(seat.person.name or seat.account.name, LONGEST),
        made_at=turn.now,
        due_at=asked + timedelta(days=days),
    )


@dataclass(frozen=True, slots=True)
class Certifying:
    """Makes certificates; `draw` makes the sheet."""

    draw: Draw

    def commands(self) -> tuple[Command, ...]:
        """The command by which people get theirs again, or with another name."""
        name = Argument("name", "The name as it shall be printed.", required=False, rest=True)
        words = "Sends you the certificate of the round that you completed, again or with another name."
        return (Command("certificate", Who.ANYONE, words, self._wanted, (name,), "/mentoring certificate"),)

    def buttons(self) -> Mapping[str, Pressed]:
        """The button that says that the name is right."""
        return {"certificate": self._pressed}

    async def _pressed(self, turn: Turn, press: Press) -> None:
        number = press.parts[0] if press.parts else ""
        row = await turn.session.get(Certificate, int(number)) if number.isdecimal() and len(number) < _DIGITS else None
        if row is None or row.program_id != press.program.id:
            raise Problem("certificate.none")
        if row.person_id != press.person.id:
            raise NotAllowed("access.not_yours")
        if row.state == "issued":
            raise Problem("certificate.made")
        await self._give(turn, press.program, row, press.account, press.key)

    async def _wanted(self, turn: Turn, call: Call) -> None:
        rows = await turn.session.exec(
            select(Certificate)
            .where(Certificate.person_id == call.person.id, Certificate.program_id == call.program.id)
            .order_by(col(Certificate.id).desc())
            .limit(1)
        )
        row = rows.first()
        if row is None:
            raise Problem("certificate.none")
        if given := call.arguments.get("name", ""):
            name = _WORD.sub("", given.strip())
            if is_blank(name) or len(name) > LONGEST:
                raise Problem("certificate.which_name", most=LONGEST)
            row.name = tidy_line(name, LONGEST)
        await self._give(turn, call.program, row, call.account, call.key)

    async def _give(self, turn: Turn, program: Program, row: Certificate, account: Account, key: str) -> None:
        paper = await _paper(turn, program, row)
        drawn: bytes | Undrawn = turn.work.computed(paper, partial(self.draw, paper))
        await _issue(turn, program, row, account, drawn, f"{key}:certificate", prompted=True)

    def draw_all(self, papers: Sequence[Paper]) -> list[bytes | Undrawn]:
        """Several sheets."""
        return [self.draw(paper) for paper in papers]


class CertificateWatch:
    """Makes the certificates of those who did not say whether the name is right."""

    name = "certificates"
    rows = (Certificate,)

    def __init__(self, kits: Kits, certifying: Certifying) -> None:
        self._kits = kits
        self._certifying = certifying

    async def next(self, session: AsyncSession, now: datetime) -> datetime | None:
        """When the next of them is made."""
        return (await session.exec(select(func.min(Certificate.due_at)))).first()

    async def ring(self, work: Work) -> None:
        """Make some of those that are due."""
        turn = Turn(work, self._kits)
        found = await turn.session.exec(
            select(Certificate)
            .where(col(Certificate.due_at) <= turn.now)
            .order_by(col(Certificate.due_at), col(Certificate.id))
            .limit(AT_ONCE)
        )
        due: list[tuple[Certificate, Program, Account]] = []
        for row in found:
            program = await turn.get(Program, row.program_id)
            account = await _account(turn, program, row)
            if account is None:
                # They have left. If they come back, they can ask for it.
                row.due_at = None
            else:
                due.append((row, program, account))
        papers = tuple([await _paper(turn, program, row) for row, program, _ in due])
        sheets: list[bytes | Undrawn] = []
        if papers:
            sheets = work.computed(papers, partial(self._certifying.draw_all, papers))
        for (row, program, account), drawn in zip(due, sheets, strict=True):
            await _issue(turn, program, row, account, drawn, f"certificate:{row.id}:sent", prompted=False)


async def _issue(
    turn: Turn,
    program: Program,
    row: Certificate,
    account: Account,
    drawn: bytes | Undrawn,
    key: str,
    *,
    prompted: bool,
) -> None:
    """It counts from now on; the sheet goes to the person, or its words where there is none."""
    row.state, row.due_at, row.edition = "issued", None, row.edition + 1
    row.issued_at = row.issued_at or turn.now
    round_row, site = await turn.get(Round, row.round_id), _site(turn.kit(program))
    values = {"round": round_row.name, "name": row.name, "code": row.code, "site": site}
    address = await turn.direct(account)
    parts: tuple[str | Element, ...]
    if isinstance(drawn, str) or not turn.able(address.platform).documents:
        why = drawn if isinstance(drawn, str) else "files"
        dates = {"starts": _day(round_row.starts_on), "ends": _day(round_row.ends_on)}
        parts = (turn.say(program, "certificate.in_words", of=program.name, why=why, **values, **dates),)
    else:
        file = await turn.keep_file(
            program, f"certificate:{row.id}:{row.edition}", FILE, "application/pdf", drawn,
            drop_after=turn.now + KEPT, person_id=row.person_id,
        )  # fmt: skip
        parts = turn.say(program, "certificate.here", **values), Document(FILE, "application/pdf", file=file.key)
    if prompted:
        turn.post(address, "certificate", key, *parts, prompted=True)
    else:
        await turn.tell(program, account, "certificate", key, *parts)


async def _paper(turn: Turn, program: Program, row: Certificate) -> Paper:
    """What stands on the sheet. The same words for as long as nothing changes, so that it need not be drawn twice."""
    round_row, kit = await turn.get(Round, row.round_id), turn.kit(program)
    issued_on = (row.issued_at or turn.now).date()
    values = {"round": round_row.name, "program": program.name, "site": _site(kit), "contact": kit.contact}

    def said(part: str, **more: object) -> str:
        return turn.wording(program).plain(f"certificate.sheet.{part}", **values, **more)

    dates = {"starts": _day(round_row.starts_on), "ends": _day(round_row.ends_on)}
    return Paper(
        program=program.name,
        title=said("title"),
        opening=said("opening"),
        name=row.name,
        body=said("body", topics=await _topics(turn, row), **dates),
        issued=said("issued", on=_day(issued_on)),
        code_label=said("code"),
        code=row.code,
        confirming=said("confirming"),
        issued_at=datetime.combine(issued_on, time(), UTC),
    )


async def _topics(turn: Turn, row: Certificate) -> int:
    """How many topics the partners said that they talked about."""
    rows = await turn.session.exec(
        select(Partnership, Member)
        .join(Member, col(Member.partnership_id) == Partnership.id)
        .where(Partnership.round_id == row.round_id, Member.person_id == row.person_id)
    )
    return max((len(set(pair.talked)) for pair, member in rows if completed(pair, member)), default=0)


async def _account(turn: Turn, program: Program, row: Certificate) -> Account | None:
    rows = await turn.session.exec(
        select(Account)
        .where(
            Account.person_id == row.person_id,
            Account.community_id == program.community_id,
            col(Account.gone_at).is_(None),
        )
        .order_by(col(Account.id).desc())
        .limit(1)
    )
    return rows.first()


def _site(kit: Kit) -> str:
    """Where the program's site confirms codes; empty where the kit names no site."""
    return f"{kit.site.address}certificates/" if kit.site.address else ""


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
