"""What went wrong on our side, or on the platform's, put before the coordinators as a case."""

from sqlmodel import select

from bot.engine.courier import Outcome
from bot.language.events import Event
from bot.language.places import Place
from bot.program.cases import open_case
from bot.program.partnerships import Partners, one
from bot.program.people import Known
from bot.program.programs import community_of
from bot.program.rounds import day_label
from bot.program.turn import Turn
from storage.partnerships import Partnership
from storage.people import Account, Person, Program


async def undeliverable(turn: Turn, program: Program, outcome: Outcome) -> None:
    """Something can never be delivered: one case for each person or room, however much it was."""
    act = outcome.act
    person = await _person(turn, outcome)
    detail = turn.say(
        program,
        "case.detail.undelivered",
        kind=act.kind,
        to=person.name if person is not None and person.name else act.address.id,
        reason=outcome.reason,
        date=day_label(turn.now),
    )
    partners = await _partners(turn, program, outcome)
    await open_case(turn, program, "undelivered", partners=partners, person=person, detail=detail)


async def faulted(turn: Turn, known: Known, event: Event, fault: str) -> None:
    """What somebody did could not be handled, and is not tried again: one case for each person."""
    name = known.person.name or event.actor.user
    detail = turn.say(known.program, "case.detail.fault", name=name, fault=fault, date=day_label(event.at))
    await open_case(turn, known.program, "fault", person=known.person, detail=detail)


async def _person(turn: Turn, outcome: Outcome) -> Person | None:
    """Whoever should have got it."""
    address = outcome.act.address
    community = await community_of(turn, address.platform, address.community)
    if address.place is not Place.DIRECT or community is None:
        return None
    rows = await turn.session.exec(
        select(Person)
        .join(Account)
        .where(Account.community_id == community.id, Account.external_id == address.id, Account.person_id == Person.id)
    )
    return rows.first()


async def _partners(turn: Turn, program: Program, outcome: Outcome) -> Partners | None:
    """The partnership in whose room it should have been."""
    address = outcome.act.address
    if address.place is not Place.ROOM:
        return None
    rows = await turn.session.exec(
        select(Partnership.id).where(Partnership.program_id == program.id, Partnership.room == str(address))
    )
    return await one(turn, rows.first())
