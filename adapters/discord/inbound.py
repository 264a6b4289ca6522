"""What happens in servers and private conversations, as events. What people write to each other is left at the door."""

import re
from datetime import datetime

from adapters.discord.fetching import reference_of
from adapters.discord.marks import PLATFORM
from adapters.discord.people import name_of
from adapters.discord.places import said_at
from bot.language.commands import NAME
from bot.language.events import MOST_FILES, TEXT_LIMIT, Commanded, Joined, Left, Said, SentFile
from bot.language.markup import tidy, tidy_line
from bot.language.payload import Json, flag, number, part, parts, word
from bot.language.places import Actor, Address, Place

DEFAULT, ADDED, REMOVED, REPLY = 0, 1, 2, 19
"""Types of messages: what somebody wrote, and that somebody was put into a thread or out of it."""
_SPOKEN = (DEFAULT, REPLY)
_NAMED = re.compile(r"<(?:@[!&]?(\d+)|#(\d+)|(/[\w -]+):\d+|a?(:\w+:)\d+)>")


def by_a_person(message: Json) -> bool:
    """Whether somebody wrote it, no bot, webhook or Discord itself."""
    author = part(message, "author")
    own = flag(author, "bot") or flag(author, "system") or bool(message.get("webhook_id"))
    return bool(word(author, "id")) and not own


def spoken(message: Json) -> bool:
    """Whether it is something that a person wrote, not a note of Discord about what somebody did."""
    return by_a_person(message) and number(message, "type") in _SPOKEN


def author_of(message: Json, guild: str) -> Actor:
    """Who wrote a message, of whom nothing more is known yet."""
    author = part(message, "author")
    return Actor(PLATFORM, guild, word(author, "id"), name_of(author, part(message, "member")))


def said(message: Json, actor: Actor, address: Address, now: datetime, bot: str) -> Said | Commanded | None:
    """What somebody wrote, as an event; None for what nobody need hear of. The same whenever the message is read."""
    identity, at = f"message:{word(message, 'id')}", said_at(message, now)
    if not spoken(message) or address.place is Place.HALL:
        return None
    if address.place is not Place.DIRECT:
        return Said(identity, at, actor, address)
    # Cut before tidying too: ever so much need not be looked at letter by letter.
    raw = word(message, "content")
    text = tidy(words_of(raw[: 4 * TEXT_LIMIT], message, bot), TEXT_LIMIT + 1)
    if (command := command_in(text)) is not None:
        return Commanded(identity, at, actor, address, command[:TEXT_LIMIT])
    cut = len(text) > TEXT_LIMIT or len(raw) > 4 * TEXT_LIMIT
    return Said(identity, at, actor, address, text[:TEXT_LIMIT], cut, len(raw) if cut else 0, _files_of(message))


def _files_of(message: Json) -> tuple[SentFile, ...]:
    """The files of a message to the bot, so that they are found again in it."""
    place = word(message, "channel_id"), word(message, "id")
    return tuple(
        SentFile(
            reference_of(*place, word(each, "id")),
            tidy_line(word(each, "filename"), 80),
            word(each, "content_type").partition(";")[0][:80],
            number(each, "size"),
        )
        for each in parts(message, "attachments")[:MOST_FILES]
    )


def moved(message: Json, address: Address, now: datetime) -> Joined | Left | None:
    """Discord's note in a thread that somebody was put into it, or out of it: without it nobody tells."""
    kind = number(message, "type")
    people = parts(message, "mentions")
    if kind not in (ADDED, REMOVED) or address.place is not Place.ROOM or not people:
        return None
    user = people[0]
    if flag(user, "bot"):
        return None
    actor = Actor(PLATFORM, address.community, word(user, "id"), name_of(user, part(user, "member")))
    made = Joined if kind == ADDED else Left
    return made(f"message:{word(message, 'id')}", said_at(message, now), actor, address)


def words_of(text: str, message: Json, bot: str) -> str:
    """What people read of a text: names as they are shown, and without the mention that only calls the bot."""
    if "<" not in text:
        return text
    names = {word(user, "id"): name_of(user, part(user, "member")) for user in parts(message, "mentions")}

    def shown(found: re.Match[str]) -> str:
        user, channel, command, emoji = found.groups()
        if user:
            return "" if user == bot else f"@{names.get(user) or user}"
        return f"#{channel}" if channel else command or emoji or ""

    return _NAMED.sub(shown, text)


def command_in(text: str) -> str | None:
    """What follows `/mentoring` in a text that begins with it, None in any other text."""
    head, _, rest = text.strip().partition(" ")
    return rest.strip() if head == f"/{NAME}" else None
