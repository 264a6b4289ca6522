"""What can be typed for an argument of a command: the things that there are, for platforms that offer them."""

from collections.abc import Iterable, Sequence
from typing import assert_never

from sqlmodel import col, select

from bot.language.adapter import Offer
from bot.language.commands import Names
from bot.language.markup import plain
from bot.program.access import Action, Standing, Who, allowed
from bot.program.ambassadorcases import mine_in, of_their_people
from bot.program.applications import country_in
from bot.program.caselist import waiting
from bot.program.command import Command
from bot.program.discussion import calendar_of
from bot.program.pairing import names_of
from bot.program.partnerships import of_round
from bot.program.people import Known, standing
from bot.program.rounds import current_round, date_label, running_round
from bot.program.tierwords import tier_label
from bot.program.turn import Turn
from bot.world.countries import country_name
from storage.people import Person
from storage.rounds import Application, Proposal, ProposedGroup, Round
from topics.model import QuestionKind

MOST = 25
"""Offers made at once."""
_LABEL = 100
_DESK = (Who.AMBASSADOR, Who.COORDINATOR)


async def offers_for(
    turn: Turn, known: Known, command: Command, names: Names, typed: str, commands: Sequence[Command]
) -> Sequence[Offer]:
    """The things that an argument of `command` can name and that contain what is typed. Nothing for who may not."""
    may = await standing(turn, known.program, known.person)
    if not allowed(may, Action(command.who)).allowed:
        return ()
    if names == "command":
        usable = [each for each in commands if each.who not in _DESK or allowed(may, Action(each.who)).allowed]
        return _fitting((Offer(each.name, f"{each.name}: {each.help}") for each in usable), typed)
    if names == "case":
        found = await _cases(turn, known) if may.coordinator else await _their_cases(turn, known, may)
        return _fitting(found, typed)
    if names in ("kit", "program"):
        kits = turn.kits.names if names == "kit" else [each.kit for each in await turn.programs(known.community.id)]
        return _fitting((Offer(each, turn.kits[each].kit.name) for each in kits), typed)
    # Partnerships and topics are of the round that runs; all else is about the newest.
    paired = names in ("pair", "topic")
    round_row = await (running_round if paired else current_round)(turn, known.program)
    if round_row is None:
        return ()
    match names:
        case "participant":
            found = await _participants(turn, known, round_row, may)
        case "pair":
            found = await _pairs(turn, round_row)
        case "proposed":
            found = await _proposed(turn, round_row)
        case "topic":
            found = _topics(turn, known, round_row)
        case "wish":
            kit = turn.kit(known.program)
            found = [Offer(wish.name, f"{wish.name}: {tier_label(kit, wish)}") for wish in kit.wishes]
        case "":
            found = []
        case _:
            assert_never(names)
    return _fitting(found, typed)


def _fitting(offers: Iterable[Offer], typed: str) -> Sequence[Offer]:
    """Those with what was typed in them; what begins with it first."""
    wanted = " ".join(typed.casefold().split())
    found = [each for each in offers if wanted in each.label.casefold() or wanted in each.value.casefold()]
    found.sort(key=lambda each: not (each.value.casefold().startswith(wanted)))
    return [Offer(each.value, each.label[:_LABEL]) for each in found[:MOST]]


async def _participants(turn: Turn, known: Known, round_row: Round, may: Standing) -> list[Offer]:
    rows = await turn.session.exec(
        select(Person, Application)
        .join(Application, col(Application.person_id) == Person.id)
        .where(Application.round_id == round_row.id, Application.status == "accepted")
        .order_by(Person.name, col(Person.id))
    )
    kit = turn.kit(known.program)
    asks = kit.question_of_kind(QuestionKind.COUNTRY) is not None
    countries = [(person, country_in(kit, application.answers)) for person, application in rows]
    return [
        Offer(person.email or person.name, _named(person.name, country_name(country) if asks else ""))
        for person, country in countries
        if allowed(may, Action(Who.AMBASSADOR, countries=frozenset({country}))).allowed
    ]


def _named(name: str, country: str) -> str:
    return f"{name} ({country})" if country else name


async def _pairs(turn: Turn, round_row: Round) -> list[Offer]:
    return [
        Offer(
            str(partners.row.number),
            f"{partners.row.number}: {_and(seat.person.name or seat.account.name for seat in partners.seats)}",
        )
        for partners in await of_round(turn, round_row.id, with_ended=True)
    ]


async def _proposed(turn: Turn, round_row: Round) -> list[Offer]:
    rows = await turn.session.exec(
        select(ProposedGroup)
        .join(Proposal, col(Proposal.id) == ProposedGroup.proposal_id)
        .where(Proposal.round_id == round_row.id, Proposal.state == "draft")
        .order_by(col(ProposedGroup.number))
    )
    groups = list(rows)
    names = await names_of(turn, [person for group in groups for person in group.people])
    return [
        Offer(str(each.number), f"{each.number}: {_and(names.get(str(person), '?') for person in each.people)}")
        for each in groups
    ]


def _topics(turn: Turn, known: Known, round_row: Round) -> list[Offer]:
    kit = turn.kit(known.program)
    titles = {topic.number: topic.title for topic in kit.topics}
    return [
        Offer(str(number), f"{number}: {plain(titles.get(number, ''))}, {date_label(day)}")
        for number, day in calendar_of(kit, round_row)
    ]


async def _cases(turn: Turn, known: Known) -> list[Offer]:
    found: list[Offer] = []
    for each in await waiting(turn, known.program, known.person.id):
        case, about = each.case, each.partners
        people = _and(seat.person.name or seat.account.name for seat in about.seats) if about else ""
        kind = plain(turn.say(known.program, f"case.kind.{case.kind}"))
        found.append(Offer(str(case.id), f"{case.id}: {kind}{f', {people}' if people else ''}"))
    return found


async def _their_cases(turn: Turn, known: Known, may: Standing) -> list[Offer]:
    """What an ambassador may know of: the cases of their people, with the names of these alone."""
    found: list[Offer] = []
    for each in await of_their_people(turn, known.program, may):
        people = _and(person.name for person in await mine_in(turn, known.program, may, each))
        kind = plain(turn.say(known.program, f"case.kind.{each.case.kind}"))
        found.append(Offer(str(each.case.id), f"{each.case.id}: {kind}, {people}"))
    return found


def _and(names: Iterable[str]) -> str:
    return " & ".join(names)
