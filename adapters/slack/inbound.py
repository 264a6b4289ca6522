"""What happens in Slack, as events for the core. The words that people write to each other are left at the door."""

from datetime import datetime

from adapters.slack.marks import PLATFORM
from adapters.slack.payload import words_of
from adapters.slack.places import actor_in, hall_of, happened_at, place_of
from adapters.slack.pressing import pressed, written
from bot.language.commands import NAME
from bot.language.events import (
    MOST_FILES,
    TEXT_LIMIT,
    Commanded,
    Event,
    Joined,
    Left,
    Opened,
    RoomGone,
    Said,
    SentFile,
    Uninstalled,
)
from bot.language.markup import tidy, tidy_line
from bot.language.payload import Json, flag, number, part, parts, word
from bot.language.places import Actor, Address, Place

SPOKEN = ("", "file_share", "me_message", "thread_broadcast")
"""The subtypes of messages that somebody wrote; the others are about messages, or Slack's own."""
SLACKBOT = "USLACKBOT"
_LOST = ("channel_archive", "channel_deleted", "channel_left", "group_archive", "group_deleted", "group_left")


def command_of(payload: Json, now: datetime) -> Commanded:
    """A slash command. In a conversation of two people it is answered in the one with the bot."""
    actor = actor_in(payload, word(payload, "user_id"))
    address = place_of(actor, word(payload, "channel_id"), word(payload, "channel_name"))
    text = tidy(words_of(word(payload, "text")[: 4 * TEXT_LIMIT]), TEXT_LIMIT)
    identity = word(payload, "trigger_id") or f"{actor.user}:{now.timestamp()}"
    return Commanded(f"command:{identity}", now, actor, address, text)


def event_of(payload: Json, bot_user: str, now: datetime) -> Event | None:
    """The event that the core hears of a payload, None where it need not hear of it.

    Forms that give a command, and commands that want a form, are for the door: they are no events yet.
    """
    match word(payload, "type"):
        case "event_callback":
            return _happened(payload, part(payload, "event"), bot_user, now)
        case "block_actions":
            actor = actor_in(payload, word(payload, "user", "id"))
            return pressed(payload, actor, now)
        case "view_submission":
            return written(payload, actor_in(payload, word(payload, "user", "id")), now)
        case _:
            return command_of(payload, now) if "command" in payload else None


def _happened(payload: Json, event: Json, bot_user: str, now: datetime) -> Event | None:
    stamp = word(event, "ts") or word(event, "event_ts") or str(payload.get("event_time") or "")
    at, identity, kind = happened_at(stamp, now), _event_id(payload, event), word(event, "type")
    actor = actor_in(payload, word(event, "user"))
    room = Address(PLATFORM, actor.community, Place.ROOM, word(event, "channel"))
    if kind in _LOST:
        return _lost(RoomGone(identity, at, actor_in(payload, _who(event)), room), bot_user)
    match kind:
        case "message":
            return _said(event, Said(identity, at, actor, room), bot_user)
        case "member_joined_channel" if actor.user != bot_user:
            return Joined(identity, at, actor, room)
        case "member_left_channel" if actor.user == bot_user:
            return RoomGone(identity, at, actor_in(payload, word(event, "actor_id")), room)
        case "member_left_channel":
            return Left(identity, at, actor, room)
        case "user_change":
            return _changed(part(event, "user"), Joined(identity, at, actor, room))
        case "app_home_opened" if word(event, "tab") == "home":
            return Opened(identity, at, actor, actor.direct)
        case "app_uninstalled":
            return Uninstalled(identity, at, actor, hall_of(actor))
        case "tokens_revoked" if part(event, "tokens").get("bot"):
            return Uninstalled(identity, at, actor, hall_of(actor))
        case _:
            return None


def _event_id(payload: Json, event: Json) -> str:
    if identity := word(payload, "event_id"):
        return identity
    return ":".join([word(event, "type"), word(event, "channel"), word(event, "user"), word(event, "event_ts")])


def _who(event: Json) -> str:
    """Who did something to a channel; the kinds of events name them differently."""
    return word(event, "actor_id") or word(event, "user")


def _lost(event: RoomGone, bot_user: str) -> RoomGone | None:
    # What the bot closed or left is no news to the core.
    return None if event.actor.user == bot_user else event


def _changed(user: Json, event: Joined) -> Joined | Left | None:
    """Somebody was deactivated, or is active: only the door knows whether they were not before."""
    actor = Actor(PLATFORM, event.actor.community, word(user, "id"))
    if not actor.user or flag(user, "is_bot"):
        return None
    made = Left if flag(user, "deleted") else Joined
    return made(event.event_id, event.at, actor, hall_of(actor))


def _said(event: Json, said: Said, bot_user: str) -> Said | Commanded | None:
    kind = word(event, "channel_type")
    unheard = kind == "channel" or word(event, "subtype") not in SPOKEN
    if unheard or word(event, "bot_id") or said.actor.user in ("", bot_user, SLACKBOT):
        return None
    direct = kind == "im" or said.address.id.startswith("D")
    if direct and word(event, "thread_ts") not in ("", word(event, "ts")):
        return None
    # Cut before tidying too: ten megabytes need not be looked at letter by letter.
    raw = word(event, "text")
    text = tidy(words_of(raw[: 4 * TEXT_LIMIT]), TEXT_LIMIT + 1)
    address = said.actor.direct if direct else said.address
    if (command := command_in(text)) is not None:
        return Commanded(said.event_id, said.at, said.actor, address, command[:TEXT_LIMIT])
    if not direct:
        return said
    cut = len(text) > TEXT_LIMIT or len(raw) > 4 * TEXT_LIMIT
    whole = len(raw) if cut else 0
    return Said(said.event_id, said.at, said.actor, address, text[:TEXT_LIMIT], cut, whole, _files_of(event))


def _files_of(event: Json) -> tuple[SentFile, ...]:
    """The files of a message to the bot, by their ids: where they lie is asked when they are brought."""
    files = [each for each in parts(event, "files")[:MOST_FILES] if word(each, "id")]
    return tuple(
        SentFile(word(each, "id"), tidy_line(word(each, "name"), 80), word(each, "mimetype")[:80], number(each, "size"))
        for each in files
    )


def command_in(text: str) -> str | None:
    """What follows `/mentoring` in a text that begins with it, None in any other text."""
    head, _, rest = text.strip().partition(" ")
    return rest.strip() if head == f"/{NAME}" else None
