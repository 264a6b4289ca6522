"""Communities: where the bot is installed, where it was taken out, and how a new one is set up."""

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import col, select

from bot.engine.courier import Outcome
from bot.language.acts import OpenRoom
from bot.language.events import Event, Installed, Uninstalled
from bot.language.markup import defang, plain, tidy_line
from bot.language.places import Address, Place
from bot.program.access import Who
from bot.program.command import Call, Command
from bot.program.partnerships import load, start_anew
from bot.program.people import account_in, identify, make_coordinator
from bot.program.routes import Continuation
from bot.program.turn import Turn
from storage.partnerships import Partnership
from storage.people import Community, Program

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
        await turn.add(Program(community_id=community.id or 0, kit=kit.slug, name=kit.name))
    community.name = tidy_line(event.name, _NAME) or community.name
    program = await _program(turn, community)
    if community.gone_at is not None:
        community.gone_at = None
        await _go_on(turn, program, event.event_id)
    # What was looked up before it was there must be looked up again.
    turn.work.cache.pop(("community", community.platform, community.external_id), None)
    known = await identify(turn, event.actor) if event.actor.user else None
    if known is not None:
        await make_coordinator(turn, program, known.account.person_id)


async def uninstalled(turn: Turn, event: Uninstalled) -> None:
    """Mark a community as gone: its rounds stand still, nobody there counts as silent, others are untouched."""
    community = await _community(turn, event.address)
    if community is not None and community.gone_at is None:
        community.gone_at = turn.now


def placed(event: Event, community: Community) -> Event:
    """The event with its address named as the core knows it: only the core knows which channel is the desk."""
    address = event.address
    if address.id == community.desk and address.place in (Place.ROOM, Place.HALL) and community.desk:
        return replace(event, address=replace(address, place=Place.DESK))
    return event


async def setup(turn: Turn, call: Call) -> None:
    """`setup`: make whoever asks a coordinator, take this channel as the hall, and open the coordinators' desk."""
    community = await turn.get(Community, call.program.community_id)
    await make_coordinator(turn, call.program, call.account.person_id)
    here = call.address.place is Place.HALL and bool(call.address.id)
    if here:
        community.hall = call.address.id
    had_desk = bool(community.desk)
    await gather_desk(turn, call.program, call.key)
    text = turn.say(
        call.program,
        "setup.done",
        coordinators=len(await turn.coordinators(call.program)),
        hall=community.hall,
        here=here,
        desk=had_desk,
    )
    call.reply(turn, text)


async def gather_desk(turn: Turn, program: Program, key: str) -> None:
    """Open the coordinators' private channel, or bring those into it who are not there yet."""
    community = await turn.get(Community, program.community_id)
    if turn.able(community.platform).has_desk:
        return
    await turn.session.flush()
    accounts = [await account_in(turn, community, person) for person in await turn.coordinators(program)]
    members = tuple(account.external_id for account in accounts if account is not None)
    title = plain(turn.say(program, "setup.desk_title"))
    act = OpenRoom(
        key=f"desk:{community.id}:{key}",
        kind="desk",
        address=await turn.hall(program),
        name=DESK_NAME,
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
    if community.desk != room.id:
        community.desk = room.id
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
    community = await turn.get(Community, program.community_id)
    if community.desk:
        await turn.tell_desk(program, "notice", f"back:{community.id}:{key}", turn.say(program, "setup.back"))


async def _community(turn: Turn, address: Address) -> Community | None:
    rows = await turn.session.exec(
        select(Community).where(Community.platform == address.platform, Community.external_id == address.community)
    )
    return rows.first()


async def _program(turn: Turn, community: Community) -> Program:
    rows = await turn.session.exec(
        select(Program).where(Program.community_id == community.id).order_by(col(Program.id)).limit(1)
    )
    return rows.one()


COMMANDS = (
    Command(
        "setup",
        Who.OWNER,
        "Sets the program up here, or once more: this channel becomes the public one, the coordinators get theirs.",
        setup,
        (),
        "/mentoring setup",
    ),
)
CONTINUATIONS: Mapping[str, Continuation] = {"desk_opened": desk_opened}
