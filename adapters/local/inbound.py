"""What people do, as events for the core. Here the words that partners write to each other are left at the door."""

from adapters.local.crowd import Action, Command, Delete, Enter, Leave, Press, Say
from adapters.local.records import Account, Acted
from bot.language.events import TEXT_LIMIT, Answered, Commanded, Event, Joined, Left, RoomGone, Said
from bot.language.markup import tidy
from bot.language.places import Actor, Address, Place

COMMAND = "/mentoring"


def actor_of(account: Account, home: Address) -> Actor:
    """The account as events name it; `home` is any address of its community."""
    return Actor(home.platform, home.community, account.user, account.name, account.email, account.zone, account.locale)


def command_in(text: str) -> str | None:
    """What follows `/mentoring` in a text that begins with it, None in any other text."""
    head, _, rest = text.strip().partition(" ")
    return rest.strip() if head == COMMAND else None


def event_of(record: Acted, account: Account, hall: Address, event_id: str) -> Event:
    """The event that the core hears of an action."""
    action, at, actor = record.action, record.at, actor_of(account, hall)
    match action:
        case Say():
            return _said(action, Said(event_id, at, actor, action.address))
        case Press():
            values = tuple(tidy(value[: 4 * TEXT_LIMIT], TEXT_LIMIT) for value in action.values)
            return Answered(event_id, at, actor, action.address, action.token, values, action.message)
        case Command():
            return Commanded(event_id, at, actor, action.address, tidy(action.text[: 4 * TEXT_LIMIT], TEXT_LIMIT))
        case Leave():
            return Left(event_id, at, actor, action.address or hall)
        case Enter():
            return Joined(event_id, at, actor, action.address or hall)
        case Delete():
            return RoomGone(event_id, at, actor, action.address)


def _said(action: Say, said: Said) -> Said | Commanded:
    # Cut before tidying too: ten megabytes need not be looked at letter by letter.
    text = tidy(action.text[: 4 * TEXT_LIMIT], TEXT_LIMIT + 1)
    if (command := command_in(text)) is not None:
        return Commanded(said.event_id, said.at, said.actor, said.address, command[:TEXT_LIMIT])
    if action.address.place is not Place.DIRECT:
        return said
    cut = len(text) > TEXT_LIMIT or len(action.text) > 4 * TEXT_LIMIT
    whole = len(action.text) if cut else 0
    return Said(said.event_id, said.at, said.actor, said.address, text[:TEXT_LIMIT], cut, whole, action.files)


def where(action: Action, hall: Address) -> Address:
    """The place at which an action happens."""
    return action.address or hall


def words_of(action: Say) -> str:
    """A text as it stands in a conversation, with the names of the files that were sent with it."""
    return "\n".join(part for part in (action.text, *(f"[{file.name}]" for file in action.files)) if part)
