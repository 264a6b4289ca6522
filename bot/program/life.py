"""The whole life of partnerships as one bundle for the composition root."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.engine.calendar import Watch
from bot.program import (
    ambassadorcases,
    answered,
    asking,
    care,
    casedesk,
    cases,
    casesshown,
    closing,
    comments,
    confidential,
    discussion,
    habits,
    introductions,
    leaving,
    pairdesk,
    repairing,
    rooms,
    surveys,
    thirds,
    topicdesk,
    wish,
)
from bot.program.casenews import CaseNewsWatch
from bot.program.checkins import PartnershipWatch
from bot.program.command import Command
from bot.program.conversations import Conversation
from bot.program.ending import Rematch
from bot.program.meeting import desk as meeting
from bot.program.routes import Continuation, Due, Pressed
from bot.program.wording import Kits


@dataclass(frozen=True, slots=True)
class Life:
    """Commands, buttons, continuations, moments, conversations and watches of partnerships."""

    commands: tuple[Command, ...]
    conversations: tuple[Conversation, ...]
    buttons: Mapping[str, Pressed]
    continuations: Mapping[str, Continuation]
    moments: Mapping[str, Due]
    watches: tuple[Watch, ...]


def life(kits: Kits, rematch: Rematch) -> Life:
    """Everything about partnerships. `rematch` pairs those who look for a partner."""
    checkin, leave = asking.checkin(rematch), leaving.conversation(rematch)
    helpme, desk = confidential.conversation(rematch), casedesk.conversation()
    return Life(
        commands=(
            *confidential.commands(helpme),
            *habits.COMMANDS,
            *meeting.COMMANDS,
            *leaving.commands(leave),
            *pairdesk.COMMANDS,
            *topicdesk.COMMANDS,
            *comments.COMMANDS,
        ),
        conversations=(checkin, leave, helpme, desk, wish.CONVERSATION, *surveys.CONVERSATIONS),
        buttons={
            **discussion.BUTTONS,
            **habits.BUTTONS,
            **meeting.BUTTONS,
            **care.buttons(rematch),
            **ambassadorcases.buttons(rematch),
            **casedesk.buttons(desk),
            **casesshown.BUTTONS,
            **repairing.buttons(rematch),
            **thirds.BUTTONS,
        },
        continuations={
            **answered.CONTINUATIONS,
            **asking.CONTINUATIONS,
            **cases.CONTINUATIONS,
            **discussion.CONTINUATIONS,
            **introductions.CONTINUATIONS,
            **meeting.CONTINUATIONS,
            **rooms.CONTINUATIONS,
        },
        moments={**discussion.MOMENTS, **surveys.MOMENTS, **closing.MOMENTS},
        watches=(
            PartnershipWatch(kits, checkin),
            care.CaseWatch(kits),
            CaseNewsWatch(kits),
            ambassadorcases.KeeperWatch(kits),
        ),
    )
