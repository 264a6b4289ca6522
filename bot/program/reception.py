"""The reception: each event is brought to the part of the program that it is for."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog
from sqlalchemy import bindparam
from sqlmodel import col, select

from bot.engine.cause import cause_of
from bot.engine.courier import Outcome
from bot.engine.work import Work
from bot.errors import Problem
from bot.flows.scalars import is_blank
from bot.flows.state import Typed
from bot.language.events import (
    Answered,
    Commanded,
    Event,
    Installed,
    Joined,
    Left,
    Opened,
    RoomGone,
    Said,
    Uninstalled,
)
from bot.language.places import Place
from bot.program import command as commands_
from bot.program.access import Action, Standing, allowed
from bot.program.command import Call, Command
from bot.program.communities import installed, placed, uninstalled
from bot.program.conversations import Conversations
from bot.program.home import show_home
from bot.program.partnerships import expect
from bot.program.people import Known, identify, makes_known, preload, standing
from bot.program.routes import Continuation, Press, Pressed
from bot.program.trouble import faulted
from bot.program.turn import Turn
from bot.program.whose import known_at
from bot.program.wording import Kits
from storage.traffic import FlowRun

log = structlog.get_logger()
_RUNS = select(FlowRun).where(col(FlowRun.id).in_(bindparam("ids", expanding=True)))

Spoken = Callable[[Turn, Known, str, str, FlowRun | None], Awaitable[bool]]
"""Understands a word said to the bot outside a question: (turn, who, text, key, the conversation that waits).

False if it means nothing.
"""
RoomEvent = Callable[[Turn, Known, Event], Awaitable[None]]
"""Takes note of what happened in a room: somebody wrote, came, left, or the room is gone."""


@dataclass(frozen=True, slots=True)
class Reception:
    """Where events go. All of it is handed in by the composition root."""

    kits: Kits
    commands: tuple[Command, ...]
    conversations: Conversations
    buttons: Mapping[str, Pressed]
    continuations: Mapping[str, Continuation]
    spoken: Spoken
    room: RoomEvent
    gone: Callable[[Turn, Event], Awaitable[None]]
    """Takes note of a room that is gone, whoever did that."""
    preload_rooms: Callable[[Turn, Sequence[Event]], Awaitable[None]]
    undelivered: Continuation

    async def handle(self, work: Work, events: Sequence[Event]) -> None:
        """Handle a batch of events, in order, in one transaction."""
        turn = Turn(work, self.kits)
        await preload(turn, events)
        await _preload_runs(turn, events)
        await self.preload_rooms(turn, events)
        for event in events:
            turn.happened_at = min(event.at, turn.now)
            turn.posted.clear()
            with work.caused_by(cause_of(event)):
                await self._receive(turn, event)

    async def settled(self, work: Work, outcomes: Sequence[Outcome]) -> None:
        """Go on after acts were performed, or turned out never to be."""
        turn = Turn(work, self.kits)
        expect(turn, (outcome.subject for outcome in outcomes))
        for outcome in outcomes:
            continuation = None if outcome.unknown else self.continuations.get(outcome.then)
            with work.caused_by(outcome.cause):
                if continuation is not None:
                    await continuation(turn, outcome)
                elif outcome.receipt is None:
                    await self.undelivered(turn, outcome)

    async def apologise(self, work: Work, event: Event, fault: str) -> None:
        """Tell the author of an event that could not be handled."""
        turn = Turn(work, self.kits)
        known = await identify(turn, event.actor)
        if known is not None:
            known = await known_at(turn, known, event)
            text = turn.say(known.program, "error.fault", fault=fault)
            turn.post(event.actor.direct, "reply", f"fault:{fault}", text, prompted=True)

    async def given_up(self, work: Work, event: Event, fault: str) -> None:
        """Tell the coordinators of an event that could not be handled, and will not be tried again."""
        turn = Turn(work, self.kits)
        known = await identify(turn, event.actor)
        if known is not None:
            await faulted(turn, await known_at(turn, known, event), event, fault)

    async def _receive(self, turn: Turn, event: Event) -> None:
        """Find out whose event it is, and bring it there."""
        if isinstance(event, Installed | Uninstalled):
            await (installed(turn, event) if isinstance(event, Installed) else uninstalled(turn, event))
            return
        coming = makes_known(event)
        known = await identify(turn, event.actor, made_known=coming)
        if known is None and not coming:
            await self.gone(turn, event)
        elif known is None:
            log.warning("no_program", platform=event.actor.platform, community=event.actor.community)
        else:
            event = await placed(turn, event, known.community)
            await self._one(turn, await known_at(turn, known, event), event)

    async def _one(self, turn: Turn, known: Known, event: Event) -> None:
        key = f"event:{event.actor.platform}:{event.actor.community}:{event.event_id}"
        try:
            match event:
                case Answered():
                    await self._pressed(turn, known, event, key)
                case Commanded():
                    await self._commanded(turn, known, event, key)
                case Said() if event.address.place is Place.DIRECT:
                    await self._said(turn, known, event, key)
                case Opened():
                    await show_home(turn, known, key)
                case Said() | Joined() | Left() | RoomGone():
                    await self.room(turn, known, event)
                case Installed() | Uninstalled():
                    pass
        except Problem as problem:
            # Raised before anything was changed: the person is told what to do instead.
            text = turn.say(known.program, problem.key, **problem.values)
            turn.reply(event.actor, event.address, "reply", f"{key}:problem", text)
        _point_to_private(turn, known, event, key)

    async def _pressed(self, turn: Turn, known: Known, event: Answered, key: str) -> None:
        name, *parts = event.token.split(":")
        handler = self.conversations.press if name == "flow" else self.buttons.get(name)
        if handler is None:
            raise Problem("flow.over")
        press = Press(
            key=key,
            at=event.at,
            actor=event.actor,
            account=known.account,
            person=known.person,
            program=known.program,
            # Whose question it is decides about answers to it; nothing else is needed, and most presses are answers.
            standing=Standing(known.account.person_id)
            if name == "flow"
            else await standing(turn, known.program, known.person),
            address=event.address,
            parts=tuple(parts),
            values=event.values,
            message=event.message,
        )
        await handler(turn, press)

    async def _commanded(self, turn: Turn, known: Known, event: Commanded, key: str) -> None:
        command, rest = commands_.find(self.commands, event.text.strip() or "help")
        who = replace(await standing(turn, known.program, known.person), owner=event.actor.owner)
        decision = allowed(who, Action(command.who))
        if not decision.allowed:
            raise Problem(decision.reason)
        call = Call(
            key=key,
            actor=event.actor,
            account=known.account,
            person=known.person,
            program=known.program,
            standing=who,
            address=event.address,
            arguments=commands_.parse(command, rest),
        )
        await command.handler(turn, call)

    async def _said(self, turn: Turn, known: Known, event: Said, key: str) -> None:
        waiting = await self.conversations.waiting(turn, known.program, known.account.person_id)
        if event.files:
            answered = waiting is not None and await self.conversations.sent(
                turn, known.program, waiting, known.account, event.files, key
            )
            words = not is_blank(event.text)
            if not answered:
                text = turn.say(known.program, "files.unasked", words=words)
                turn.post(event.actor.direct, "reply", f"{key}:files", text, prompted=True)
            if answered or not words:
                return
        if not event.cut and await self.spoken(turn, known, event.text, key, waiting):
            return
        if waiting is not None:
            typed = Typed(event.text, event.cut, event.length)
            await self.conversations.typed(turn, known.program, waiting, known.account, typed, key)
            return
        turn.post(event.actor.direct, "reply", f"{key}:reply", turn.say(known.program, "help.short"), prompted=True)


def _point_to_private(turn: Turn, known: Known, event: Event, key: str) -> None:
    """Whoever asks in a channel and is answered in private is told so where they look."""
    asked = isinstance(event, Answered | Commanded) and event.address.place is not Place.DIRECT
    if not asked or not turn.able(event.actor.platform).replies_in_place:
        return
    private = any(post.prompted and post.address == event.actor.direct for post in turn.posted)
    if private and not any(post.only_for for post in turn.posted):
        text = turn.say(known.program, "help.in_private")
        turn.reply(event.actor, event.address, "reply", f"{key}:private", text)


async def _preload_runs(turn: Turn, events: Sequence[Event]) -> None:
    """Read the conversations that a batch of answers belongs to, so that each is at hand."""
    numbers = {e.token.split(":")[1] for e in events if isinstance(e, Answered) and e.token.startswith("flow:")}
    ids = [int(number) for number in numbers if number.isdecimal() and len(number) < 18]
    if len(ids) > 1:
        # The session remembers the rows that it has read.
        turn.work.cache["runs"] = list(await turn.session.exec(_RUNS, params={"ids": sorted(ids)}))
        expect(turn, (run.subject for run in turn.work.cache["runs"]))
