"""Everything the program can be asked for, in one table each: commands, buttons, moments, conversations, watches."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.engine.calendar import Watch
from bot.engine.courier import Outcome
from bot.language.places import Place
from bot.program import (
    communities,
    explaining,
    forecast,
    forgetting,
    halls,
    matchdesk,
    milestones,
    mydata,
    outreach,
    registration,
    rooms,
    rounddesk,
    sentpictures,
    strangers,
)
from bot.program.certifying import CertificateWatch, Certifying
from bot.program.command import Command
from bot.program.conversations import Conversations
from bot.program.exporting import Exports, MakeExport, without_export
from bot.program.frontdesk import FrontDesk
from bot.program.life import life
from bot.program.papers import Draw, undrawn
from bot.program.placing import rematch
from bot.program.pool import PoolWatch
from bot.program.programs import community_of
from bot.program.reception import Reception
from bot.program.rehearsing import Rehearsals, Rehearse, nothing_to_play_with
from bot.program.reporting import MakeReport, Reports, without_pictures
from bot.program.rounds import RoundWatch
from bot.program.routes import Due, Pressed
from bot.program.storyconsent import StoryWatch
from bot.program.trouble import undeliverable
from bot.program.turn import Turn
from bot.program.whose import program_of_outcome
from bot.program.wording import Kits


@dataclass(frozen=True, slots=True)
class Program:
    """The whole program, ready to be wired to the engine."""

    reception: Reception
    watches: tuple[Watch, ...]

    @property
    def commands(self) -> tuple[Command, ...]:
        """The command table: help, docs and platforms all read this one."""
        return self.reception.commands


_DESK = (*rounddesk.COMMANDS, *matchdesk.COMMANDS, *explaining.COMMANDS, *forecast.COMMANDS)
"""The coordinators' commands about a round, up to its pairs."""
_OTHERS = (*outreach.COMMANDS, *communities.COMMANDS, *mydata.COMMANDS, *forgetting.COMMANDS)


def program(
    kits: Kits,
    rehearse: Rehearse = nothing_to_play_with,
    make_report: MakeReport = without_pictures,
    make_export: MakeExport = without_export,
    draw: Draw = undrawn,
) -> Program:
    """All parts of the program. `rehearse` plays a round on a copy of its rows; the others make what is asked for."""
    pairs = life(kits, rematch)
    conversations = Conversations(
        (*registration.CONVERSATIONS, *pairs.conversations, *forgetting.CONVERSATIONS, *outreach.CONVERSATIONS)
    )
    front, rehearsals, certifying = FrontDesk(conversations), Rehearsals(rehearse), Certifying(draw)
    commands = (
        *front.commands(),
        *pairs.commands,
        *_DESK,
        *rehearsals.commands(),
        *Reports(make_report).commands(),
        *Exports(make_export).commands(),
        *certifying.commands(),
        *_OTHERS,
    )
    front.know(commands)
    buttons: Mapping[str, Pressed] = {
        **front.buttons(),
        **matchdesk.BUTTONS,
        **rehearsals.buttons(),
        **pairs.buttons,
        **outreach.BUTTONS,
        **certifying.buttons(),
        **halls.BUTTONS,
    }
    moments: Mapping[str, Due] = {**milestones.MOMENTS, **pairs.moments}
    reception = Reception(
        kits=kits,
        commands=commands,
        conversations=conversations,
        buttons=buttons,
        continuations={
            **pairs.continuations,
            **communities.CONTINUATIONS,
            **forgetting.CONTINUATIONS,
            **outreach.CONTINUATIONS,
            sentpictures.FETCHED: conversations.picture_came,
        },
        spoken=front.spoken,
        room=rooms.on_event,
        gone=strangers.on_event,
        preload_rooms=rooms.preload,
        undelivered=undelivered,
    )
    rounds = (RoundWatch(kits, moments), PoolWatch(kits), CertificateWatch(kits, certifying))
    people = (StoryWatch(kits), forgetting.ForgetWatch(kits, rematch))
    return Program(reception, (*rounds, forecast.ForecastWatch(kits), *pairs.watches, *people))


async def undelivered(turn: Turn, outcome: Outcome) -> None:
    """Something can never be delivered, and nothing else takes care of it: the coordinators have a case about it.

    Where nobody knows yet whether it was delivered, they hear of it, once a day.
    """
    address = outcome.act.address
    if address.place is Place.DESK or outcome.then in forgetting.CONTINUATIONS:
        return
    community = await community_of(turn, address.platform, address.community)
    owner = await program_of_outcome(turn, community, outcome) if community is not None else None
    if owner is None:
        return
    if not outcome.unknown:
        await undeliverable(turn, owner, outcome)
        return
    text = turn.say(owner, "error.unknown", kind=outcome.act.kind, to=address.id, reason=outcome.reason)
    await turn.tell_desk(owner, "notice", f"unknown:{address}:{turn.now.date()}", text)
