"""Communities: where the bot is installed, where it was taken out, and how a new one is set up."""

import re
from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import select

from bot.engine.courier import Outcome
from bot.errors import Problem
from bot.language.acts import OpenRoom
from bot.language.events import Event, Installed, Uninstalled
from bot.language.markup import defang, plain, tidy_line
from bot.language.places import Address, Place
from bot.program.access import Action, Who, allowed
from bot.program.command import Argument, Call, Command
from bot.program.confidential import carry_over
from bot.program.halls import choose
from bot.program.partnerships import load, start_anew
from bot.program.people import account_in, identify, make_coordinator, standing
from bot.program.programs import program_at
from bot.program.routes import Continuation
from bot.program.turn import Turn, desk_of, hall_of
from storage.partnerships import Partnership
from storage.people import Community, Program
from topics.model import Kit

DESK_NAME = "mentoring-desk"
_NAME = 80


async def installed(turn: Turn, event: Installed) -> None:
    """Make a new community and its program known, or take up again what stood still while one was gone.

    Whoever installed the bot coordinates; where the platform does not say who, an administrator sets it up.
    """
    community = await _community(turn, event.address)
    if community is None:
        community = await turn.add(
            Community(
                platform=event.address.platform,
                external_id=event.address.community,
                name=tidy_line(event.name, _NAME),
                hall=event.address.id,
            )
        )
        kit = turn.kits.chosen
        await carry_over(turn, await turn.add(Program(community_id=community.id or 0, kit=kit.slug, name=kit.name)))
    community.name = tidy_line(event.name, _NAME) or community.name
    programs = await turn.programs(community.id)
    if community.gone_at is not None:
        community.gone_at = None
        for program in programs:
            await _go_on(turn, program, event.event_id)
    # What was looked up before it was there must be looked up again.
    turn.work.cache.pop(("community", community.platform, community.external_id), None)
    known = await identify(turn, event.actor) if event.actor.user else None
    if known is not None:
        await make_coordinator(turn, programs[0], known.account.person_id)


async def uninstalled(turn: Turn, event: Uninstalled) -> None:
    """Mark a community as gone: its rounds stand still, nobody there counts as silent, others are untouched."""
    community = await _community(turn, event.address)
    if community is not None and community.gone_at is None:
        community.gone_at = turn.now


async def placed(turn: Turn, event: Event, community: Community) -> Event:
    """The event with its address named as the core knows it: only the core knows which channels are desks."""
    address = event.address
    if address.id and address.place in (Place.ROOM, Place.HALL):
        desks = [desk_of(program, community) for program in await turn.programs(community.id)]
        if address.id in desks:
            return replace(event, address=replace(address, place=Place.DESK))
    return event


async def setup(turn: Turn, call: Call) -> None:
    """`setup`: make whoever asks a coordinator, take this channel as the hall, and open the coordinators' desk.

    While a round is on that was announced in another channel, it is asked first whether that shall be so.

    With the name of another kit, that is done for its program, which begins here if it was not here yet.
    """
    program = await _meant(turn, call)
    community = await turn.get(Community, program.community_id)
    await make_coordinator(turn, program, call.account.person_id)
    move = await choose(turn, call, program)
    had_desk = bool(desk_of(program, community))
    await gather_desk(turn, program, call.key)
    several = len(await turn.programs(community.id)) > 1
    if several:
        # What they do next is most likely for this one: a round is soon opened in the wrong program.
        call.account.program_id = program.id
    text = turn.say(
        program,
        "setup.done",
        coordinators=len(await turn.coordinators(program)),
        hall=hall_of(program, community),
        here=hall_of(program, community) == call.address.id,
        desk=had_desk,
        several=several,
    )
    call.reply(turn, text)
    if move is not None:
        call.reply(turn, turn.say(program, "setup.move"), move, part=":move")


async def _meant(turn: Turn, call: Call) -> Program:
    """The program that is to be set up. Raises Problem where it cannot be, or not by whoever asks."""
    wanted = call.arguments.get("program", "").strip()
    kit = turn.kits.called(wanted) if wanted else turn.kit(call.program)
    if kit is None:
        raise Problem("setup.unknown", wanted=wanted[:60], kits=turn.kits.names)
    community = await turn.get(Community, call.program.community_id)
    programs = await turn.programs(community.id)
    found = next((program for program in programs if program.kit == kit.slug), None)
    if found is not None and found is not call.program:
        who = replace(await standing(turn, found, call.person), owner=call.actor.owner)
        if not allowed(who, Action(Who.OWNER)).allowed:
            raise Problem("setup.not_yours", name=turn.kit(found).name)
    other = await program_at(turn, community, call.address)
    if other is not None and other is not found and call.address.place is Place.HALL:
        raise Problem("setup.taken", name=turn.kit(other).name, wanted=kit.name, kit=kit.slug)
    return found if found is not None else await _begin(turn, call, community, kit)


async def _begin(turn: Turn, call: Call, community: Community, kit: Kit) -> Program:
    """One program more in this community, with channels of its own."""
    if turn.able(community.platform).has_desk:
        raise Problem("setup.one_desk", name=turn.kit(call.program).name)
    if call.address.place is not Place.HALL or not call.address.id:
        raise Problem("setup.elsewhere", wanted=kit.name, kit=kit.slug)
    program = await turn.add(
        Program(community_id=community.id or 0, kit=kit.slug, name=kit.name, hall=call.address.id, desk="")
    )
    turn.work.cache.pop(("programs", community.id), None)
    await carry_over(turn, program)
    return program


async def gather_desk(turn: Turn, program: Program, key: str) -> None:
    """Open the coordinators' private channel, or bring those into it who are not there yet."""
    community = await turn.get(Community, program.community_id)
    if turn.able(community.platform).has_desk:
        return
    await turn.session.flush()
    accounts = [await account_in(turn, community, person) for person in await turn.coordinators(program)]
    members = tuple(account.external_id for account in accounts if account is not None)
    title = plain(turn.say(program, "setup.desk_title"))
    own = program.desk is not None
    act = OpenRoom(
        key=f"desk:{program.id}:{program.kit}:{key}" if own else f"desk:{community.id}:{key}",
        kind="desk",
        address=await turn.hall(program),
        name=f"{DESK_NAME}-{_slug(program)}" if own else DESK_NAME,
        title=tidy_line(defang(title), _NAME),
        members=members,
    )
    turn.work.enqueue(act, subject=f"program:{program.id}", then="desk_opened")


async def desk_opened(turn: Turn, outcome: Outcome) -> None:
    """The desk is there: it is welcomed once. Or it cannot be opened: the coordinators hear why, each in private."""
    program = await turn.get(Program, int(outcome.subject.partition(":")[2]))
    community = await turn.get(Community, program.community_id)
    room = outcome.receipt.room if outcome.receipt else None
    if room is None:
        for person in await turn.coordinators(program):
            account = await account_in(turn, community, person)
            if account is not None:
                text = turn.say(program, "setup.desk_failed", reason=outcome.reason)
                key = f"{outcome.act.key}:failed:{person.id}"
                turn.post(await turn.direct(account), "notice", key, text, prompted=True)
        return
    if desk_of(program, community) != room.id:
        if program.desk is None:
            community.desk = room.id
        else:
            program.desk = room.id
        text = turn.say(program, "setup.desk_welcome")
        turn.post(await turn.desk(program), "welcome", f"desk:{community.id}:{room.id}:welcome", text, prompted=True)


async def _go_on(turn: Turn, program: Program, key: str) -> None:
    """Nobody could write while the bot was away, so silence counts from now."""
    rows = await turn.session.exec(
        select(Partnership.id).where(Partnership.program_id == program.id, Partnership.state != "ended")
    )
    for partners in (await load(turn, [identity for identity in rows if identity is not None])).values():
        if partners.row.announced_at is not None:
            start_anew(partners, turn.now)
    if (await turn.desk(program)).id:
        await turn.tell_desk(program, "notice", f"back:{program.id}:{key}", turn.say(program, "setup.back"))


async def _community(turn: Turn, address: Address) -> Community | None:
    rows = await turn.session.exec(
        select(Community).where(Community.platform == address.platform, Community.external_id == address.community)
    )
    return rows.first()


def _slug(program: Program) -> str:
    """The kit's slug as a part of a channel's name: two programs of a community never have the same kit."""
    return re.sub(r"[^a-z0-9]+", "-", program.kit.lower()).strip("-")


COMMANDS = (
    Command(
        "setup",
        Who.OWNER,
        "Sets the program up here, or once more: this channel becomes the public one, the coordinators get theirs.",
        setup,
        (
            Argument(
                "program",
                "Another kit of this installation, to begin its program here too.",
                False,
                rest=True,
                names="kit",
            ),
        ),
        "/mentoring setup",
    ),
)
CONTINUATIONS: Mapping[str, Continuation] = {"desk_opened": desk_opened}
