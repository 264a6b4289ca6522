"""What coordinators and ambassadors say to people by themselves, and who the ambassadors are, as one bundle."""

from collections.abc import Mapping

from bot.program import ambassadordesk, announcing, contact, invitations, registrants
from bot.program.command import Command
from bot.program.conversations import Conversation
from bot.program.routes import Pressed

COMMANDS: tuple[Command, ...] = (
    *registrants.COMMANDS,
    *contact.COMMANDS,
    *announcing.COMMANDS,
    *invitations.COMMANDS,
    *ambassadordesk.COMMANDS,
)
CONVERSATIONS: tuple[Conversation, ...] = (
    *contact.CONVERSATIONS,
    announcing.CONVERSATION,
    ambassadordesk.CONVERSATION,
)
BUTTONS: Mapping[str, Pressed] = {**contact.BUTTONS, **announcing.BUTTONS, **ambassadordesk.BUTTONS}
