"""Commands, buttons, lists and forms: stored first, then acknowledged, and always answered within three seconds.

Where storing takes long, Discord is told to wait (`THINKING`, `SEEN`). That promises nothing: nothing is shown as done,
the question keeps its buttons, and if it cannot be stored after all, the person is told so.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog

from adapters.discord import pressing
from adapters.discord.answering import CHOICES, MODAL, SEEN, THINKING, UPDATE, Answering, Handle
from adapters.discord.commands import given
from adapters.discord.forms import answer_form
from adapters.discord.inside import Inside
from adapters.discord.line import Reply
from adapters.discord.marks import FORM, MANY, PLATFORM, WRITE, Mark
from adapters.discord.offers import choices
from adapters.discord.people import name_of
from adapters.discord.places import done_at
from adapters.discord.replies import KnownReplies
from bot.language.commands import NAME
from bot.language.events import Answered, Commanded, Event
from bot.language.markup import tidy_line
from bot.language.payload import Json, number, part, word
from bot.language.places import Actor, Address, Place

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
"""Kinds of interactions."""
PATIENCE = 1.8
"""Seconds that storing may take before Discord is told to wait."""
STORING = 30.0
"""Seconds after which storing counts as failed."""
STALE = "This belongs to something that is over, or that I did not make. Use /mentoring status to see where you stand."
ELSEWHERE = "I am not in that server any more. Ask those who run it to invite me again."
NOWHERE = "I cannot tell which server you mean. Give this command in the server in which you take part."
UNKNOWN = "I do not know this command any more. Close this, and type /mentoring once more to see what there is."
WRONG = "Something went wrong, and I have not kept that. Please try again. (id {fault})"

log = structlog.get_logger()

Make = Callable[[], Awaitable[Event | str]]
"""Makes the event, or says in a sentence for the person why there is none."""


class Interactions:
    """Takes interactions, in the order in which they come."""

    def __init__(self, inside: Inside, answering: Answering, replies: KnownReplies, patience: float = PATIENCE) -> None:
        self._inside = inside
        self._answering = answering
        self._replies = replies
        self._patience = patience

    def take(self, told: Json) -> None:
        """Begin to see to an interaction: what is to be stored keeps its place in its account's order."""
        handle = Handle(word(told, "id"), word(told, "token"), word(told, "application_id"))
        kind = number(told, "type")
        if kind == COMMAND:
            self._store(told, handle, lambda: self._commanded(told))
        elif kind in (COMPONENT, SUBMIT):
            self._pressed(told, handle)
        elif kind == AUTOCOMPLETE:
            self._inside.lanes.aside(self._offer(told, handle))

    def _pressed(self, told: Json, handle: Handle) -> None:
        mark, answer = pressing.mark_of(told), self._answering
        values = pressing.values_of(told, mark) if mark is not None else None
        form = answer_form(mark) if mark is not None and mark.kind == WRITE else None
        if mark is not None and values is not None and (mark.kind == FORM) == (number(told, "type") == SUBMIT):
            self._store(told, handle, lambda: self._answered(told, mark, values))
        elif form is not None:
            self._inside.lanes.aside(_quietly(answer.answer(handle, MODAL, form)))
        elif mark is not None and mark.kind == MANY:
            self._inside.lanes.aside(_quietly(answer.answer(handle, UPDATE, pressing.with_chosen(told))))
        else:
            self._inside.lanes.aside(_quietly(answer.say(handle, STALE)))

    # Events

    async def _commanded(self, told: Json) -> Event | str:
        data = part(told, "data")
        found = given(data, self._inside.commands) if word(data, "name") == NAME else None
        if found is None:
            return UNKNOWN
        actor = await self.actor(told)
        if not actor.community:
            return NOWHERE
        if _in_private(told):
            actor = (await self._inside.people.known(actor.community, actor.user)).put_on(actor)
        command, values, _ = found
        at, address = done_at(told, self._inside.clock.now()), self._address(told, actor)
        return Commanded(f"interaction:{word(told, 'id')}", at, actor, address, command.line(values))

    async def _answered(self, told: Json, mark: Mark, values: tuple[str, ...]) -> Event | str:
        actor = await self.actor(told, mark)
        if not actor.community:
            return NOWHERE
        if self._inside.places.guild(actor.community) is None:
            return ELSEWHERE
        if mark.guild and mark.guild != actor.community:
            return STALE
        at, address = done_at(told, self._inside.clock.now()), self._address(told, actor)
        identity, message = f"interaction:{word(told, 'id')}", pressing.message_in(told)
        return Answered(identity, at, actor, address, mark.token, values, message)

    async def actor(self, told: Json, mark: Mark | None = None) -> Actor:
        """Who did it, and in which server; in private that of the mark, or the one that they mean."""
        inside, member = self._inside, part(told, "member")
        user, guild = part(member, "user") or part(told, "user"), word(told, "guild_id")
        actor = Actor(PLATFORM, guild, word(user, "id"), name_of(user, member), locale=_locale(told))
        if guild:
            inside.communities.note(actor.user, guild)
            return inside.people.note(guild, user, member).put_on(actor)
        community = (mark.guild if mark is not None else "") or await inside.communities.of(actor.user)
        return inside.people.remembered(community, actor.user).put_on(replace(actor, community=community))

    def _address(self, told: Json, actor: Actor) -> Address:
        if _in_private(told):
            return actor.direct
        channel = part(told, "channel")
        return self._inside.places.address(actor, word(told, "channel_id") or word(channel, "id"), channel)

    # Storing and acknowledging

    def _store(self, told: Json, handle: Handle, make: Make) -> None:
        user = _user(told)
        opened = self._replies.opening(user)
        storing = self._inside.lanes.put(user, self._stored(told, make))

        async def acknowledge() -> None:
            try:
                await self._acknowledge(told, handle, storing)
            finally:
                self._replies.opened(user, opened)

        self._inside.lanes.aside(acknowledge())

    async def _stored(self, told: Json, make: Make) -> Event | str:
        """The event, once it is stored; or a sentence for the person."""
        try:
            async with asyncio.timeout(STORING):
                event = await make()
                if not isinstance(event, str):
                    await self._inside.receive([event])
                return event
        except Exception as problem:  # whatever it was, the person must hear of it
            fault = word(told, "id")[-6:]
            # The text of the problem may hold what somebody wrote.
            kind, error = number(told, "type"), type(problem).__name__
            log.error("not_stored", platform="discord", kind=kind, error=error, fault=fault)
            return WRONG.format(fault=fault)

    async def _acknowledge(self, told: Json, handle: Handle, storing: "asyncio.Task[Event | str]") -> None:
        command = number(told, "type") == COMMAND or not part(told, "message")
        hidden = command and not _in_private(told)
        first = (THINKING, {"flags": 1 << 6} if hidden else {}) if command else (SEEN, None)
        await asyncio.wait({storing}, timeout=self._patience)
        late = not storing.done()
        taken = late and await self._answering.answer(handle, *first)
        outcome = await storing
        if isinstance(outcome, str):
            if late:
                await self._answering.amend(handle, outcome, original=command)
            else:
                await self._answering.say(handle, outcome)
        elif taken or (not late and await self._answering.answer(handle, *first)):
            private = outcome.address.place is Place.DIRECT
            reply = Reply(handle.application, handle.token, waiting=command)
            self._replies.put(_user(told), word(told, "channel_id"), reply, private=private)

    # While somebody types

    async def _offer(self, told: Json, handle: Handle) -> None:
        found: list[Json] = []
        try:
            async with asyncio.timeout(self._patience):
                actor = await self.actor(told)
                found = await choices(told, actor, self._inside)
        except Exception as problem:  # whatever it was, the person can type it themselves
            log.warning("nothing_offered", platform="discord", error=type(problem).__name__)
        await self._answering.answer(handle, CHOICES, {"choices": found})


async def _quietly(answering: Awaitable[bool]) -> None:
    await answering


def _user(told: Json) -> str:
    return word(told, "member", "user", "id") or word(told, "user", "id")


def _in_private(told: Json) -> bool:
    return not word(told, "guild_id")


def _locale(told: Json) -> str:
    return tidy_line(word(told, "locale"), 40)
