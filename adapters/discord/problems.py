"""What Discord's error codes mean for an act: try again, gone, or refused. Each with a sentence for coordinators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from adapters.discord.permissions import (
    ATTACH_FILES,
    CREATE_EVENTS,
    CREATE_PRIVATE_THREADS,
    EMBED_LINKS,
    MANAGE_CHANNELS,
    MANAGE_ROLES,
    MANAGE_THREADS,
    NEEDS,
    READ_MESSAGE_HISTORY,
    SEND_MESSAGES,
    SEND_MESSAGES_IN_THREADS,
)

Kind = Literal["retry", "gone", "refused"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a code means. `text` is for coordinators: it says what to do, and bears nothing of what was sent."""

    kind: Kind
    text: str
    seconds: float = 0.0
    """How long to wait before it is tried again."""


UNKNOWN_CHANNEL, UNKNOWN_MEMBER, UNKNOWN_MESSAGE, UNKNOWN_USER, UNKNOWN_WEBHOOK = 10003, 10007, 10008, 10013, 10015
MISSING_ACCESS, DIRECT_CLOSED, MISSING_PERMISSIONS, NO_SHARED_SERVER = 50001, 50007, 50013, 50278
SERVER_FULL, THREADS_FULL, THREAD_ARCHIVED, INVALID_FORM = 30013, 160006, 50083, 50035
UNKNOWN_OVERWRITE = 10009
"""Nothing can be allowed to somebody who is not in the server."""
TOKEN_OVER = frozenset({10015, 50027, 10062})
"""The interaction that was to be answered is over."""
NOT_THERE = frozenset({UNKNOWN_MEMBER, UNKNOWN_USER})
"""There is no such person in the server."""
CATEGORY_FULL = "CHANNEL_PARENT_MAX_CHANNELS"
"""What stands in an invalid form when a category takes no more channels."""

_FAULT = "This is a fault of Counterpart, not of yours: please report it"
_ROLE = "In the server's settings, under Roles"
_GONE: Mapping[int, str] = {
    UNKNOWN_CHANNEL: "There is no such channel any more",
    10004: "Counterpart is not in this server any more, or the server was deleted",
    UNKNOWN_MEMBER: "This person is not in the server any more",
    UNKNOWN_MESSAGE: "The message was deleted",
    UNKNOWN_USER: "There is no such account any more",
    UNKNOWN_WEBHOOK: "What was to be answered is over",
    NO_SHARED_SERVER: "This person is in no server any more in which Counterpart is",
}
_REFUSED: Mapping[int, str] = {
    20001: "Discord does not let bots do this",
    20026: "Discord has flagged Counterpart for abuse. Its owner must write to Discord's support",
    MISSING_ACCESS: "Counterpart cannot see this channel. In the channel's settings, under Permissions, add "
    "Counterpart and allow “View Channel”",
    DIRECT_CLOSED: "This person takes no direct messages from this server",
    MISSING_PERMISSIONS: f"Counterpart lacks a permission. {_ROLE}, give Counterpart's role what the invite link asked "
    "for, and see that no channel takes it away",
    30007: "The channel has as many webhooks as Discord allows",
    SERVER_FULL: "The server has 500 channels, as many as Discord allows. Delete channels that are not needed any "
    "more, or choose threads as rooms (COUNTERPART_DISCORD_ROOMS=threads)",
    30035: "The server has as many roles as Discord allows",
    30038: "The server has a hundred events to come, as many as Discord allows",
    30060: "The channel has as many exceptions to its permissions as Discord allows. Remove those not needed any more",
    THREADS_FULL: "The server has as many active threads as Discord allows. Close threads that are not needed any more",
    160005: "The thread is locked. Whoever may manage threads can unlock it",
    50008: "This is no channel in which messages can be written",
    50024: "This is not the right kind of channel. Choose a text channel as the public channel: /mentoring setup",
    50027: "What was to be answered is over",
    50033: "This account cannot be written to",
    THREAD_ARCHIVED: "The thread is archived. Whoever may manage threads can open it again",
    60003: "The server asks for two-factor authentication of whoever manages it. The owner of Counterpart's "
    "application must turn it on for their own Discord account",
    200000: "The server's AutoMod does not let Counterpart write this. In the server's settings, under AutoMod, "
    "exempt Counterpart's role",
    200001: "The server's AutoMod does not take this name. In the server's settings, under AutoMod, exempt "
    "Counterpart's role",
    240000: "Discord takes no such link",
}
_SOON, _LATER, _LONG = 15.0, 60.0, 600.0
_RETRY: Mapping[int, tuple[str, float]] = {
    40003: ("Discord asks Counterpart to begin conversations more slowly", _LATER),
    20016: ("The channel is in slow mode", _LATER),
    20022: ("Discord asks Counterpart to write more slowly", _LATER),
    20028: ("Discord asks Counterpart to write more slowly in this channel", _LATER),
    20029: ("Discord asks Counterpart to write more slowly in this server", _LATER),
    31001: ("Discord asks for patience", _LATER),
    31002: ("Discord asks for patience", _LATER),
    40001: ("Discord does not accept Counterpart's token", _LONG),
    40062: ("Discord asks for patience", _LATER),
    40333: ("Discord does not let Counterpart in at present", _LONG),
    110001: ("The application is not there at present", _LONG),
    130000: ("Discord is overloaded", _LATER),
}
"""Not done, and it goes better later."""
NOT_LET_IN = 600.0
"""Seconds until it is tried again when the token is not accepted."""

_NAMES: Mapping[int, str] = {need.bit: need.name for need in NEEDS}

_NEEDS: Mapping[tuple[str, str], tuple[tuple[int, ...], str]] = {
    ("POST", "/guilds/{guild_id}/channels"): ((MANAGE_CHANNELS,), "make channels"),
    ("POST", "/guilds/{guild_id}/scheduled-events"): ((CREATE_EVENTS,), "put anything into the server's events"),
    ("PUT", "/channels/{channel_id}/permissions/{overwrite_id}"): ((MANAGE_ROLES,), "say who may read a room"),
    ("POST", "/channels/{channel_id}/threads"): ((CREATE_PRIVATE_THREADS,), "make private threads there"),
    ("PATCH", "/channels/{channel_id}"): ((MANAGE_THREADS,), "lock a thread"),
    ("PUT", "/channels/{channel_id}/thread-members/{user_id}"): ((SEND_MESSAGES_IN_THREADS,), "bring people in"),
    ("POST", "/channels/{channel_id}/messages"): (
        (SEND_MESSAGES, SEND_MESSAGES_IN_THREADS, EMBED_LINKS, ATTACH_FILES),
        "write in this channel",
    ),
    ("GET", "/channels/{channel_id}/messages"): ((READ_MESSAGE_HISTORY,), "look for what it has written"),
    ("GET", "/channels/{channel_id}/users/@me/threads/archived/private"): (
        (READ_MESSAGE_HISTORY,),
        "look through the threads of the public channel",
    ),
}
"""Which permissions a call needs, and what for."""


def verdict(method: str, path: str, code: int, status: int = 400) -> Verdict:
    """What it means that this call was answered with this code. `status` counts where there is no code."""
    if status == 401 and code not in TOKEN_OVER:
        return Verdict("retry", _sentence("Discord does not accept Counterpart's token", code), NOT_LET_IN)
    if code in _RETRY:
        text, seconds = _RETRY[code]
        return Verdict("retry", _sentence(text, code), seconds)
    if code == MISSING_PERMISSIONS and (text := _lacking(method, path)):
        return Verdict("refused", _sentence(text, code))
    if code in _GONE:
        return Verdict("gone", _sentence(_GONE[code], code))
    if code in _REFUSED:
        return Verdict("refused", _sentence(_REFUSED[code], code))
    if not code and status in (403, 404):
        # Not Discord's own words: something on the way does not let it through.
        return Verdict("retry", f"Discord did not let Counterpart through (status {status}).", _LATER)
    return Verdict("refused", _sentence(f"Discord did not take what it was sent. {_FAULT}", code or status))


def lacks(permissions: Sequence[int], purpose: str) -> str:
    """The sentence for permissions that Counterpart's role does not have, or one of which it does not have."""
    names = " and ".join(f"“{_NAMES[each]}”" for each in permissions)
    return (
        f"Counterpart may not {purpose}. {_ROLE}, allow Counterpart's role {names}, and see that no category or "
        "channel takes it away"
    )


def _lacking(method: str, path: str) -> str:
    needed = _NEEDS.get((method, path))
    return lacks(*needed) if needed else ""


def _sentence(text: str, code: int) -> str:
    """The sentence, with Discord's own number in it: whoever looks for help finds it by that."""
    first, stop, rest = text.partition(". ")
    return f"{first} ({code}){stop}{rest}."
