"""How a partnership comes to be: its rows, the marks that nobody meets twice, and the room that is opened."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlmodel import col, func, select

from bot.language.acts import OpenRoom
from bot.language.markup import defang, plain, tidy_line
from bot.language.places import Address
from bot.program.partnerships import Partners, Seat
from bot.program.turn import Turn
from bot.world.daytime import daytime_for
from storage.partnerships import Member, Partnership
from storage.people import Account, Apart, Person, Program
from storage.rounds import Application, Round

_SLUG, _TITLE, _CHUNK = 40, 80, 500


@dataclass(frozen=True, slots=True)
class NewPartnership:
    """People who are to be put together: their ids, and the figures and sentences that say why."""

    people: tuple[int, ...]
    score: Mapping[str, Any]


async def create(
    turn: Turn,
    program: Program,
    round_row: Round,
    groups: Sequence[NewPartnership],
    *,
    not_before: datetime,
    note: str = "",
) -> list[Partnership]:
    """Make partnerships, and have their rooms opened by day, not before `not_before`. They begin when all are in.

    Each two of a group are marked as former partners, in both directions, so that they never meet again by pairing.
    `note` is kept with the score (why a coordinator made it, say).
    """
    people = await _cast(turn, program, round_row, [person for group in groups for person in group.people])
    last = (
        await turn.session.exec(select(func.max(Partnership.number)).where(Partnership.round_id == round_row.id))
    ).one()
    rows = [
        Partnership(
            program_id=round_row.program_id,
            round_id=round_row.id or 0,
            number=(last or 0) + position,
            score={**group.score, **({"note": note} if note else {})},
            made_at=turn.now,
        )
        for position, group in enumerate(groups, start=1)
    ]
    turn.session.add_all(rows)
    await turn.session.flush()
    turn.work.cache.pop(("rooms of", round_row.id), None)
    made = [Partners(row, _seats(row, group, people)) for row, group in zip(rows, groups, strict=True)]
    turn.session.add_all([seat.member for partners in made for seat in partners.seats])
    await mark_former(turn, round_row, made)
    await _stop_seeking(turn, round_row, list(people))
    for person in people:
        turn.work.cache.pop(("standing", program.id, person), None)
    hall = await turn.hall(program)
    for partners in made:
        await open_room(turn, program, round_row, partners, hall, f"room:{partners.id}", not_before)
    return rows


async def open_room(
    turn: Turn,
    program: Program,
    round_row: Round,
    partners: Partners,
    hall: Address,
    key: str,
    not_before: datetime,
    *,
    look: str = "",
) -> None:
    """Have a room opened for those who have not left, in their daytime. The same key means the same room.

    With `look` the room of that key is asked for once more, to see who is in it.
    """
    names = [plain(seat.person.name or seat.account.name) for seat in partners.active]
    title = plain(turn.say(program, "room.title", names=names, round=round_row.name))
    act = OpenRoom(
        key=f"{key}{look}",
        kind="room",
        address=hall,
        name=room_name(round_row.name, partners.row.number, key),
        title=tidy_line(defang(title), _TITLE),
        members=tuple(seat.account.external_id for seat in partners.active),
        beside=await _rooms_of(turn, round_row),
    )
    due_at = turn.daytime(turn.kit(program), partners.zones, not_before)
    if not_before > turn.now:
        # There is time to choose: the hour of the day that suits all of them best.
        rhythm = turn.kit(program).rhythm
        due_at = daytime_for(partners.zones, rhythm.daytime, not_before, rhythm.hour).at
    turn.work.enqueue(act, due_at=due_at, subject=partners.subject, then="room_opened")


def room_name(round_name: str, number: int, key: str) -> str:
    """The platform's name of a room: lowercase letters, digits and hyphens, the same for the same key."""
    ascii_name = unicodedata.normalize("NFKD", round_name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:_SLUG].strip("-") or "round"
    checksum = hashlib.sha256(f"{round_name}/{number}/{key}".encode()).hexdigest()[:4]
    return f"{slug}-{number:03d}-{checksum}"


async def _rooms_of(turn: Turn, round_row: Round) -> int:
    """How many rooms the round has, those that are being made among them."""
    key = ("rooms of", round_row.id)
    if key not in turn.work.cache:
        statement = select(func.count(col(Partnership.id))).where(Partnership.round_id == round_row.id)
        turn.work.cache[key] = (await turn.session.exec(statement.where(Partnership.state != "ended"))).one()
    return turn.work.cache[key]


async def _cast(turn: Turn, program: Program, round_row: Round, people: Sequence[int]) -> dict[int, Seat]:
    """Everybody with the account they applied from, else the newest one they have in the program's community."""
    best: dict[int, tuple[tuple[bool, bool, int], Seat]] = {}
    for start in range(0, len(people), _CHUNK):
        rows = await turn.session.exec(
            select(Person, Account, Application)
            .join(Account, col(Account.person_id) == Person.id)
            .outerjoin(
                Application, (col(Application.person_id) == Person.id) & (col(Application.round_id) == round_row.id)
            )
            .where(col(Person.id).in_(people[start : start + _CHUNK]), Account.community_id == program.community_id)
        )
        for person, account, application in rows:
            applied = cast("Application | None", application)  # an outer join's row may lack it
            rank = (applied is not None and applied.account_id == account.id, account.gone_at is None, account.id or 0)
            if person.id is not None and (person.id not in best or best[person.id][0] < rank):
                member = Member(
                    program_id=round_row.program_id, partnership_id=0, person_id=person.id, account_id=account.id or 0
                )
                best[person.id] = rank, Seat(member, person, account)
    return {person: seat for person, (_, seat) in best.items()}


def _seats(row: Partnership, group: NewPartnership, people: Mapping[int, Seat]) -> tuple[Seat, ...]:
    for person in group.people:
        people[person].member.partnership_id = row.id or 0
    return tuple(people[person] for person in group.people)


async def mark_former(turn: Turn, round_row: Round, made: Sequence[Partners]) -> None:
    """Note that these are, or were, partners, in both directions, so that they never meet again by pairing."""
    people = [seat.member.person_id for partners in made for seat in partners.seats]
    known: set[tuple[int, str]] = set()
    for start in range(0, len(people), _CHUNK):
        rows = await turn.session.exec(
            select(Apart.person_id, Apart.other_email).where(
                Apart.program_id == round_row.program_id,
                Apart.why == "former",
                col(Apart.person_id).in_(people[start : start + _CHUNK]),
            )
        )
        known |= set(rows)
    for partners in made:
        for seat in partners.seats:
            for other in partners.others(seat.member.person_id):
                # Whoever has no address goes by their id, so that two such partners are two marks.
                email = other.person.email or f"person:{other.person.id}"
                if (seat.member.person_id, email) not in known:
                    known.add((seat.member.person_id, email))
                    turn.session.add(
                        Apart(
                            program_id=round_row.program_id,
                            person_id=seat.member.person_id,
                            other_email=email,
                            other_id=other.person.id,
                            why="former",
                            round_id=round_row.id,
                        )
                    )


async def _stop_seeking(turn: Turn, round_row: Round, people: Sequence[int]) -> None:
    rows = await turn.session.exec(
        select(Application).where(Application.round_id == round_row.id, col(Application.seeking).is_(True))
    )
    placed = set(people)
    for application in rows:
        if application.person_id in placed:
            application.seek(None)
