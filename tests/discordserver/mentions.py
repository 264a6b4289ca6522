"""Whom a message calls: read from its words, as far as `allowed_mentions` and the author's permissions let it."""

import re
from collections.abc import Iterator
from typing import Any, cast

from tests.discordserver import permissions
from tests.discordserver.core import Core
from tests.discordserver.state import REPLY, Channel, Guild, Json, Message

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)")
_TEXT = 10


def read(core: Core, channel: Channel, message: Message) -> None:
    """Set the message's `mentions`, `mention_roles` and `mention_everyone`."""
    text = "\n".join([message.content, *texts(message.components)])
    guild = core.guild_of(channel)
    allowed = _Allowed(message.allowed_mentions)
    users = [each for each in dict.fromkeys(_USER.findall(text)) if each in core.users and allowed.user(each)]
    if (replied := _replied(channel, message)) and allowed.replied and replied not in users:
        users.append(replied)
    message.mentions = users
    message.mention_roles = []
    message.mention_everyone = False
    if guild:
        everything = bool(permissions.in_channel(guild, channel, message.author) & permissions.MENTION_EVERYONE)
        found = dict.fromkeys(_ROLE.findall(text))
        message.mention_roles = [each for each in found if _calls(guild, each, everything) and allowed.role(each)]
        message.mention_everyone = everything and allowed.everyone and bool(_EVERYONE.search(text))


def texts(components: list[Json]) -> Iterator[str]:
    """The texts in components that are shown (and read for mentions), from top to bottom."""
    for each in components:
        if each.get("type") == _TEXT:
            yield str(each.get("content", ""))
        yield from texts(cast(list[Json], each.get("components") or []))


def _replied(channel: Channel, message: Message) -> str:
    if message.type != REPLY or not message.reference:
        return ""
    found = channel.messages.get(str(message.reference.get("message_id")))
    return found.author if found and found.author != message.author else ""


def _calls(guild: Guild, role: str, everything: bool) -> bool:
    return role in guild.roles and (everything or guild.roles[role].mentionable)


class _Allowed:
    """`allowed_mentions`, read. Without any, all is allowed."""

    def __init__(self, given: Json | None) -> None:
        self._given = given
        parse = [] if given is None else cast(list[str], given.get("parse") or [])
        self._users = given is None or "users" in parse
        self._roles = given is None or "roles" in parse
        self.everyone = given is None or "everyone" in parse
        # Without allowed_mentions a reply calls whom it answers; with them only if they say so.
        self.replied = given is None or bool(given.get("replied_user", False))

    def user(self, user: str) -> bool:
        return self._users or user in self._listed("users")

    def role(self, role: str) -> bool:
        return self._roles or role in self._listed("roles")

    def _listed(self, kind: str) -> list[str]:
        listed: list[Any] = (self._given or {}).get(kind) or []
        return [str(each) for each in listed]
