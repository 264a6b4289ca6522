"""Partnerships as the program sees them: read with their people, however many at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from bot.errors import NotAllowed, Problem
from bot.language.markup import Markdown
from bot.language.places import Address
from bot.program.access import Action, Who, allowed
from bot.program.routes import Press
from bot.program.turn import Turn
from storage.partnerships import Member, Partnership
from storage.people import Account, Person, Program
from storage.rounds import Application, Round
from topics.model import Kit

STATES = ("opening", "arriving", "live", "ended")
_CHUNK, _DIGITS = 500, 18
_EXPECTED = "expected partnerships"
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Seat:
    """One person in a partnership, with the rows that belong to it."""

    member: Member
    person: Person
    account: Account

    @property
    def zone(self) -> str:
        """The person's time zone, UTC where it is unknown."""
        return self.person.zone or "UTC"


@dataclass(frozen=True, slots=True)
class Partners:
    """A partnership with everybody who is, or was, in it."""

    row: Partnership
    seats: tuple[Seat, ...]

    @property
    def id(self) -> int:
        """The partnership's id."""
        return self.row.id or 0

    @property
    def subject(self) -> str:
        """What the acts about this partnership name as their subject."""
        return subject_of(self.id)

    @property
    def active(self) -> tuple[Seat, ...]:
        """Those who have not left."""
        return tuple(seat for seat in self.seats if seat.member.left_at is None)

    @property
    def zones(self) -> tuple[str, ...]:
        """The time zones of those who have not left, in a fixed order."""
        return tuple(sorted({seat.zone for seat in self.active}))

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.row.state == "ended"

    def seat(self, person_id: int | None) -> Seat | None:
        """The place of that person among those who have not left."""
        return next((seat for seat in self.active if seat.member.person_id == person_id), None)

    def others(self, person_id: int | None) -> tuple[Seat, ...]:
        """Everybody who has not left, but this person."""
        return tuple(seat for seat in self.active if seat.member.person_id != person_id)

    def room(self) -> Address | None:
        """Where the partners talk, once it is there."""
        return Address.parse(self.row.room) if self.row.room else None


def subject_of(partnership_id: int) -> str:
    """The subject of the acts about a partnership."""
    return f"partnership:{partnership_id}"


def id_of(subject: str) -> int | None:
    """The partnership that a subject names: `partnership:12`, `checkin:12:7`. None where it names none."""
    parts = subject.split(":")
    return int(parts[1]) if len(parts) > 1 and parts[0] in ("partnership", "checkin") and parts[1].isdecimal() else None


def full_hour(at: datetime) -> datetime:
    """The first full hour from a moment on: what is looked at by the hour is looked at together."""
    floor = at.replace(minute=0, second=0, microsecond=0)
    return floor if floor == at else floor + _HOUR


_WITH_PEOPLE = (
    select(Partnership, Member, Person, Account)
    .join(Member, col(Member.partnership_id) == Partnership.id)
    .join(Person, col(Person.id) == Member.person_id)
    .join(Account, col(Account.id) == Member.account_id)
    .where(col(Partnership.id).in_(bindparam("ids", expanding=True)))
    .order_by(col(Partnership.id), col(Member.id))
)


def quarter_day(at: datetime) -> datetime:
    """The first of 00:00, 06:00, 12:00 and 18:00 UTC from a moment on: soon enough where nobody waits for an hour."""
    hour = full_hour(at)
    return hour + _HOUR * (-hour.hour % 6)


async def load(turn: Turn, ids: Iterable[int]) -> dict[int, Partners]:
    """Partnerships with their people, by id, in a few queries however many they are.

    What was read stays at hand to the end of the transaction: who is in a partnership never changes, their rows do.
    Those that are expected are read with the first that is not at hand.
    """
    cache, wanted = turn.work.cache, sorted(set(ids))
    missing = [identity for identity in wanted if ("partners", identity) not in cache]
    if missing:
        expected: set[int] = cache.pop(_EXPECTED, set[int]())
        missing = sorted({*missing, *(each for each in expected if ("partners", each) not in cache)})
    for start in range(0, len(missing), _CHUNK):
        rows = await turn.session.exec(_WITH_PEOPLE, params={"ids": missing[start : start + _CHUNK]})
        found: dict[int, Partners] = {}
        for partnership, member, person, account in rows:
            cache[Person, person.id], cache[Account, account.id] = person, account
            seats = found[partnership.id].seats if partnership.id in found else ()
            found[partnership.id or 0] = Partners(partnership, (*seats, Seat(member, person, account)))
        for identity, partners in found.items():
            cache["partners", identity] = partners
    cached = {identity: cache.get(("partners", identity)) for identity in wanted}
    return {identity: partners for identity, partners in cached.items() if partners is not None}


def expect(turn: Turn, subjects: Iterable[str]) -> None:
    """The partnerships that these subjects name may be asked for, one by one, in this transaction."""
    expected: set[int] = turn.work.cache.setdefault(_EXPECTED, set[int]())
    expected.update(identity for subject in subjects if (identity := id_of(subject)) is not None)


async def one(turn: Turn, identity: int | None) -> Partners | None:
    """One partnership with its people."""
    return (await load(turn, [identity])).get(identity) if identity is not None else None


async def of_round(turn: Turn, round_id: int | None, *, with_ended: bool = False) -> list[Partners]:
    """Every partnership of a round with its people, by number."""
    statement = select(Partnership.id).where(Partnership.round_id == round_id)
    if not with_ended:
        statement = statement.where(Partnership.state != "ended")
    ids = [identity for identity in await turn.session.exec(statement) if identity is not None]
    return sorted((await load(turn, ids)).values(), key=lambda partners: partners.row.number)


async def of_person(turn: Turn, program: Program, person_id: int | None) -> list[Partners]:
    """The partnerships, not ended, of which somebody is a member; the newest first."""
    rows = await turn.session.exec(
        select(Partnership.id)
        .join(Member, col(Member.partnership_id) == Partnership.id)
        .where(
            Partnership.program_id == program.id,
            Partnership.state != "ended",
            Member.person_id == person_id,
            col(Member.left_at).is_(None),
        )
    )
    found = await load(turn, [identity for identity in rows if identity is not None])
    return sorted(found.values(), key=lambda partners: -partners.id)


async def numbered(turn: Turn, round_row: Round, number: int) -> Partners | None:
    """The partnership of that number in a round."""
    rows = await turn.session.exec(
        select(Partnership.id).where(Partnership.round_id == round_row.id, Partnership.number == number)
    )
    return await one(turn, rows.first())


def names(turn: Turn, program: Program, seats: Iterable[Seat]) -> Markdown:
    """The names of some people, joined as in a sentence."""
    nobody = turn.say(program, "forgotten.somebody")
    known = [seat.person.name or seat.account.name or (nobody if seat.account.gone_at else "") for seat in seats]
    return turn.say(program, "partners.names", names=known)


def pace_of(kit: Kit, row: Partnership) -> tuple[str, int]:
    """The agreed rhythm's label, and the days of silence that call for a word."""
    value = row.pace or kit.checkins.default_pace
    pace = next((each for each in kit.checkins.paces if each.value == value), kit.checkins.paces[0])
    return pace.label, pace.quiet_days


async def answers(turn: Turn, round_id: int | None, people: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """What people answered in their application for a round, by person."""
    found: dict[int, Mapping[str, Any]] = {}
    for start in range(0, len(people), _CHUNK):
        rows = await turn.session.exec(
            select(Application).where(
                Application.round_id == round_id, col(Application.person_id).in_(people[start : start + _CHUNK])
            )
        )
        found |= {application.person_id: application.answers for application in rows}
    return found


async def own(turn: Turn, press: Press) -> tuple[Partners, Seat]:
    """The partnership that a button is about, and the place in it of whoever pressed.

    Raises NotAllowed for somebody else's, Problem for one that is over.
    """
    number = press.parts[0] if press.parts else ""
    partners = await one(turn, int(number)) if number.isdecimal() and len(number) < _DIGITS else None
    if partners is None or partners.row.program_id != press.program.id:
        raise NotAllowed("access.not_yours")
    if partners.ended and any(seat.member.person_id == press.person.id for seat in partners.seats):
        raise Problem("partnership.over")
    decision = allowed(press.standing, Action(Who.PARTNER, partnership=partners.id))
    seat = partners.seat(press.person.id)
    if not decision.allowed or seat is None:
        raise NotAllowed(decision.reason or "access.not_yours")
    return partners, seat


def start_anew(partners: Partners, at: datetime) -> None:
    """Count silence from `at`, as if nobody had been asked."""
    row = partners.row
    row.quiet_until = max(row.quiet_until or at, at)
    row.step, row.check_at = "", quarter_day(at)
    for seat in partners.seats:
        seat.member.asks, seat.member.asked_at = 0, None
