"""What people say to many, or to one through the bot, and who the ambassadors are, as one bundle; stories among it."""

from collections.abc import Mapping

from bot.program import (
    ambassadordesk,
    announcing,
    contact,
    invitations,
    registrants,
    storyconsent,
    storydesk,
    storyposts,
    storywriting,
)
from bot.program.command import Command
from bot.program.conversations import Conversation
from bot.program.routes import Continuation, Pressed

COMMANDS: tuple[Command, ...] = (
    *registrants.COMMANDS,
    *contact.COMMANDS,
    *announcing.COMMANDS,
    *invitations.COMMANDS,
    *ambassadordesk.COMMANDS,
    *storywriting.COMMANDS,
    *storydesk.COMMANDS,
)
CONVERSATIONS: tuple[Conversation, ...] = (
    *contact.CONVERSATIONS,
    announcing.CONVERSATION,
    ambassadordesk.CONVERSATION,
    storywriting.WRITE,
    storydesk.DESK,
)
BUTTONS: Mapping[str, Pressed] = {
    **contact.BUTTONS,
    **announcing.BUTTONS,
    **ambassadordesk.BUTTONS,
    "story": storyconsent.pressed,
    **storywriting.BUTTONS,
    **storydesk.BUTTONS,
}
CONTINUATIONS: Mapping[str, Continuation] = storyposts.CONTINUATIONS
