"""Interactions: what people have done with the application's commands, buttons, lists and forms, and how it answered.

An application has three seconds for its first answer, by the server's clock and in real time; then its token serves for
fifteen minutes in all. A test need not wait: `expire()` gives up at once what is unanswered.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from tests.discordserver.core import Core
from tests.discordserver.errors import ApiError
from tests.discordserver.gateway import Gateway
from tests.discordserver.modals import Modal
from tests.discordserver.state import Attachment, Channel, Json, Message

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
"""Types of interactions."""
REPLY, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
"""Types of answers."""

PATIENCE = timedelta(seconds=3)
LIFE = timedelta(minutes=15)


@dataclass(eq=False)
class Pressed:
    """One interaction, and how far it has come.

    `answer` is what the application answered at first: an object with its `type` and `data`. `messages` are those that
    it has written with the token, the answer included; `modal` is the form that it opened.
    """

    id: str
    token: str
    kind: int
    user: str
    channel: Channel
    created: datetime
    payload: Json
    message: Message | None = None
    """The message in which something was pressed, or from which the form came."""
    metadata: Json = field(default_factory=dict[str, Any])
    """What messages that answer it say of it (`interaction_metadata`)."""
    name: str = ""
    """The command, with its subcommands: `mentoring round open`."""
    state: Literal["sent", "answered", "lost"] = "sent"
    answer: Json = field(default_factory=dict[str, Any])
    took: timedelta | None = None
    """How long the first answer took, by the server's clock."""
    original: Message | None = None
    """What `@original` means: the answer, or the message that it changes."""
    thinking: bool = False
    """Whether “thinking …” is shown, since the answer was only put off."""
    messages: list[Message] = field(default_factory=list[Message])
    modal: Modal | None = None
    choices: list[Json] = field(default_factory=list[Json])
    timer: asyncio.TimerHandle | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def acknowledged(self) -> bool:
        """Whether it was answered in time."""
        return self.state == "answered"

    @property
    def type(self) -> int:
        """The type of the answer: 4 a message, 5 and 6 put off, 7 a change, 8 choices, 9 a form; 0 for none."""
        return int(self.answer.get("type") or 0)


class Interactions:
    """All interactions so far."""

    def __init__(self, core: Core, gateway: Gateway) -> None:
        self._gateway = gateway
        self.all: list[Pressed] = []
        self.modals: dict[str, Modal] = {}
        """The form that is open on somebody's screen, by user."""
        self.uploads: dict[str, Attachment] = {}
        """Files that people have handed in with commands and forms."""
        self._core = core

    @property
    def open(self) -> list[Pressed]:
        """Those that wait for their first answer."""
        return [each for each in self.all if each.state == "sent"]

    @property
    def thinking(self) -> list[Pressed]:
        """Those whose answer was put off and has not come, while it still may."""
        now = self._core.now()
        return [each for each in self.all if each.thinking and now - each.created <= LIFE]

    @property
    def lost(self) -> list[Pressed]:
        """Those to which people were told that the application did not answer."""
        return [each for each in self.all if each.state == "lost"]

    async def deliver(self, pressed: Pressed) -> Pressed:
        """Send an interaction to the application, and wait until it is answered or has failed."""
        self.send(pressed)
        await pressed.over.wait()
        return pressed

    def send(self, pressed: Pressed) -> None:
        """Send an interaction to the application. Without a session that could hear of it, it fails at once."""
        self.all.append(pressed)
        guild = pressed.channel.guild
        if not self._gateway.hears(guild):
            self._give_up(pressed)
            return
        self._core.emit("INTERACTION_CREATE", pressed.payload, guild=guild)
        loop = asyncio.get_running_loop()
        pressed.timer = loop.call_later(PATIENCE.total_seconds(), self._give_up, pressed)

    def expire(self, which: Sequence[Pressed] | None = None) -> None:
        """Give up what is unanswered, as after three seconds."""
        for each in self.open if which is None else which:
            self._give_up(each)

    async def settled(self) -> None:
        """Wait until every interaction is answered or has failed."""
        while waiting := self.open:
            await waiting[0].over.wait()

    def close(self) -> None:
        """Nobody waits any more."""
        self.expire()

    def unanswered(self, identity: str, token: str) -> Pressed:
        """The interaction that a callback is for, if it can still be answered."""
        found = next((each for each in self.all if each.id == identity and each.token == token), None)
        if found is None:
            raise ApiError(10062)
        if found.state == "answered":
            raise ApiError(40060)
        if found.state == "lost" or self._core.now() - found.created > PATIENCE:
            self._give_up(found)
            raise ApiError(10062)
        return found

    def answered(self, application: str, token: str) -> Pressed:
        """The interaction whose token may be used to write more."""
        found = next((each for each in self.all if each.token == token), None)
        if application != self._core.app.id:
            raise ApiError(10015)
        if found is None or self._core.now() - found.created > LIFE:
            raise ApiError(50027)
        if found.state != "answered":
            raise ApiError(10015)
        return found

    def acknowledge(self, pressed: Pressed, answer: Json) -> None:
        """The application has answered."""
        pressed.answer = answer
        pressed.took = self._core.now() - pressed.created
        self._end(pressed, "answered")

    def _give_up(self, pressed: Pressed) -> None:
        if pressed.state == "sent":
            self._end(pressed, "lost")

    def _end(self, pressed: Pressed, state: Literal["answered", "lost"]) -> None:
        pressed.state = state
        if pressed.timer:
            pressed.timer.cancel()
            pressed.timer = None
        pressed.over.set()
