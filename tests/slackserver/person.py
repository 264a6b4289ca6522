"""A person's hands and eyes: what somebody does in their Slack client, and what they see there.

Each deed waits until the app has acknowledged what it was told of it, or the server has put it off or given it up.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from tests.slackserver import deeds, events, interactions, windows
from tests.slackserver.content import checked_text
from tests.slackserver.delivery import Parcel
from tests.slackserver.errors import ApiError, Impossible
from tests.slackserver.responding import answer
from tests.slackserver.shapes import file_shape
from tests.slackserver.state import Channel, Installation, Json, Message, Team, Upload, User, View
from tests.slackserver.typing_in import (
    Field,
    Given,
    action,
    entered,
    fields,
    initial_state,
    is_empty,
    pressed,
    rich_text,
    sought,
)
from tests.slackserver.world import World

Outcome = TypeVar("Outcome")
Place = Channel | str
"""A channel, or its id or name."""


class Person:
    """Somebody at their Slack client."""

    def __init__(self, world: World, team: Team, user: User) -> None:
        self.id = user.id
        self.user = user
        self._world = world
        self._team = team

    @property
    def direct(self) -> Channel:
        """The direct conversation with the bot, which opens when it is first looked at."""
        bot = self._team.installations[-1].bot_user
        return deeds.direct(self._world, self._team, [bot, self.id])[0]

    # What they see

    def channel(self, place: Place) -> Channel:
        """A channel they are in."""
        channels = self._team.channels
        named = [each for each in channels.values() if each.name == place]
        found = place if isinstance(place, Channel) else channels.get(place) or (named[0] if named else None)
        if found is None or found.id not in channels or self.id not in found.members:
            raise Impossible(f"{self.user.name} is in no channel {place if isinstance(place, str) else place.name}")
        return found

    def messages(self, place: Place) -> list[Message]:
        """The messages of a channel, without those of Slack itself and those that only some see."""
        return [each for each in self.channel(place).messages if not each.subtype.startswith("channel_")]

    def dm(self) -> list[Message]:
        """The messages of the direct conversation with the bot."""
        return self.messages(self.direct)

    def ephemerals(self, place: Place) -> list[Message]:
        """The messages in a channel that only they see."""
        return [each for each in self.channel(place).ephemerals if each.ephemeral_for == self.id]

    def home(self) -> View | None:
        """The app's home tab, if the app has published one for them."""
        return self._team.homes.get(self.id)

    def modal(self) -> View | None:
        """The topmost modal."""
        stack = self._team.modals.get(self.id)
        return stack[-1] if stack else None

    # What they write

    async def say(
        self, place: Place, text: str, thread: Message | None = None, *, files: Sequence[tuple[str, str, bytes]] = ()
    ) -> Message:
        """Write a message. `@name` becomes a mention, as it does in Slack's clients; all else shows as it is.

        `files` are sent with it, each with its name, its media type, and what is in it; then the text may be empty.
        """
        channel = self._writable(place)
        if channel.kind == "im" and not self._world.app.messages_enabled:
            raise Impossible("the app takes no messages")
        try:
            typed = checked_text(self._encoded(text)) if text or not files else ""
        except ApiError as error:
            raise Impossible(error.code) from error
        message = Message(
            channel=channel.id,
            ts=self._world.stamp(channel),
            text=typed,
            user=self.id,
            blocks=[{**rich_text(text), "block_id": self._world.counts.next("b")}],
            thread_ts=(thread.thread_ts or thread.ts) if thread else "",
            client_msg_id=self._world.counts.next("client-"),
        )
        if files:
            shapes = [file_shape(self._world.url, self._team, self._upload(channel, *each)) for each in files]
            message.subtype, message.extra = "file_share", {"files": shapes, "upload": False}
        await self._do(lambda: deeds.post(self._world, self._team, channel, message))
        return message

    def _upload(self, channel: Channel, name: str, mimetype: str, content: bytes) -> Upload:
        upload = Upload(self._world.counts.next("F"), name, len(content), name, mimetype, content=content, user=self.id)
        upload.shared.append(channel.id)
        self._team.uploads[upload.id] = upload
        return upload

    async def edit(self, message: Message, text: str) -> None:
        """Change a message of their own."""
        channel = self._own(message)
        changes: Json = {"text": self._encoded(text), "blocks": [{**message.blocks[0], **rich_text(text)}]}
        await self._do(lambda: deeds.edit(self._world, self._team, channel, message, self.id, changes))

    async def delete(self, message: Message) -> None:
        """Delete a message of their own."""
        channel = self._own(message)
        await self._do(lambda: deeds.remove(self._world, self._team, channel, message))

    async def command(self, name: str, text: str = "", place: Place | None = None) -> Parcel:
        """Give a slash command: in a channel, or in the direct conversation."""
        channel = self._writable(self.direct if place is None else place)
        if "commands" not in self._installation.scopes:
            raise Impossible(f"{name} is not a valid command")
        payload = interactions.command(self._world, self._team, self.user, channel, name, text)
        parcel = await self._world.delivery.deliver(Parcel("slash_commands", payload))
        if parcel.acknowledged:
            answer(self._world, self._team, self.id, channel, parcel.answer)
        return parcel

    # What they press, choose and send

    async def press(self, shown: Message | View, what: str) -> Parcel:
        """Press a button by its label, choose the so labelled option from a list, or press by an action's id."""
        field = pressed(self._current(shown).blocks, what)
        value: Json = {}
        if field.option is not None:
            value = {"type": field.kind, "selected_option": field.option}
            if field.kind != "overflow":
                self._state(shown)[field.block_id][field.action_id] = value
        elif field.kind != "button":
            value = self._state(shown)[field.block_id][field.action_id]
        return await self._interact(shown, field, value)

    async def choose(self, shown: Message | View, what: str, given: Given) -> Parcel | None:
        """Enter something: labels of options, a date, words. `what` is the id or label of a block, or an action's id.

        The app hears of it at once, and the outcome is returned, unless it stands in an input block: then it is told
        with whatever is pressed or sent next.
        """
        field = sought(self._current(shown).blocks, what)
        value = entered(field, given)
        self._state(shown).setdefault(field.block_id, {})[field.action_id] = value
        return await self._interact(shown, field, value) if field.dispatches else None

    async def submit(self, view: View, values: Mapping[str, Given] | None = None) -> Parcel:
        """Fill in a modal, by the ids or labels of its blocks, and send it."""
        if view is not self.modal():
            raise Impossible("this modal is not the topmost one")
        for what, given in (values or {}).items():
            field = sought(view.blocks, what)
            view.state.setdefault(field.block_id, {})[field.action_id] = entered(field, given)
        for field in fields(view.blocks):
            required = field.block["type"] == "input" and not field.block.get("optional")
            if required and is_empty(view.state[field.block_id][field.action_id]):
                raise Impossible(f"{field.block_id} must be filled in")
        view.errors = {}
        payload = interactions.submission(self._world, self._team, self.user, self._installation, view)
        parcel = await self._world.delivery.deliver(Parcel("interactive", payload))
        if parcel.acknowledged:
            self._after_submit(view, parcel.answer)
        return parcel

    async def close(self, view: View, *, all_: bool = False) -> Parcel | None:
        """Close a modal, or `all_` of the stack. The app is told if the view wants that."""
        stack = self._team.modals.get(self.id, [])
        windows.close(self._team, stack[0] if all_ and stack else view)
        if not view.content.get("notify_on_close"):
            return None
        payload = interactions.closing(self._world, self._team, self.user, self._installation, view, all_=all_)
        return await self._world.delivery.deliver(Parcel("interactive", payload))

    async def open_home(self, tab: str = "home") -> View | None:
        """Look at the app's home tab (or its `messages` tab)."""
        view = self.home() if tab == "home" else None
        direct = self.direct
        await self._do(lambda: events.home_opened(self._world, self._team, self.id, direct, tab, view))
        return self.home()

    # Where they go

    async def join(self, place: Place) -> None:
        """Come into a public channel."""
        found = [each for each in self._team.channels.values() if place in (each, each.id, each.name)]
        if not found or found[0].kind != "public_channel" or found[0].archived:
            raise Impossible("only public channels that are not archived can be joined")
        await self._do(lambda: deeds.join(self._world, self._team, found[0], self.id))

    async def leave(self, place: Place) -> None:
        """Leave a channel."""
        channel = self.channel(place)
        await self._do(lambda: deeds.leave(self._world, self._team, channel, self.id))

    async def invite(self, place: Place, user_id: str) -> None:
        """Bring somebody (or the bot) into a channel they are in."""
        channel = self._writable(place)
        await self._do(lambda: deeds.join(self._world, self._team, channel, user_id, self.id))

    @property
    def _installation(self) -> Installation:
        if self.user.deleted:
            raise Impossible(f"{self.user.name} has been deactivated")
        if (installation := self._team.installation) is None:
            raise Impossible("the app is not installed")
        return installation

    async def _do(self, deed: Callable[[], Outcome]) -> Outcome:
        """Do it, and wait for everything that the app is told because of it."""
        delivery = self._world.delivery
        before = len(delivery.parcels)
        outcome = deed()
        for parcel in delivery.parcels[before:]:
            await delivery.ended(parcel)
        return outcome

    async def _interact(self, shown: Message | View, field: Field, value: Json) -> Parcel:
        done = action(field, value, self._world.stamp())
        if isinstance(shown, View):
            payload = interactions.in_view(self._world, self._team, self.user, self._installation, shown, done)
        else:
            channel = self.channel(shown.channel)
            state = self._state(shown)
            payload = interactions.in_message(self._world, self._team, self.user, channel, shown, state, done)
        return await self._world.delivery.deliver(Parcel("interactive", payload))

    def _after_submit(self, view: View, body: Json) -> None:
        """What the client does with what the app said when it took a form."""
        kind = body.get("response_action")
        if kind == "errors":
            view.errors = dict(body.get("errors") or {})
            unknown = set(view.errors) - {str(block.get("block_id")) for block in view.blocks}
            self._world.violations += (f"errors for a block that is not there: {each}" for each in sorted(unknown))
        elif kind == "clear":
            self._team.modals[self.id] = []
        elif kind in ("update", "push"):
            try:
                content = windows.checked(self._world, body.get("view"), "modal")
            except ApiError as error:
                self._world.violations.append(f"response_action {kind}: {error.more}")
                return
            if kind == "update":
                windows.change(self._world, self._team, view, content)
            else:
                windows.push_modal(self._world, self._team, self.id, content)
        else:
            windows.close(self._team, view)

    def _state(self, shown: Message | View) -> dict[str, Json]:
        """What they have entered so far, which is kept as long as the same blocks stand there."""
        if isinstance(shown, View):
            return shown.state
        kept = self._team.choices.setdefault((self.id, f"{shown.channel}/{shown.ts}"), {})
        state = {
            block: {name: kept.get(block, {}).get(name, value) for name, value in actions.items()}
            for block, actions in initial_state(shown.blocks).items()
        }
        self._team.choices[self.id, f"{shown.channel}/{shown.ts}"] = state
        return state

    def _current(self, shown: Message | View) -> Message | View:
        """What is shown, if it still is."""
        if isinstance(shown, View):
            there: Sequence[Message | View | None] = [*self._team.modals.get(self.id, []), self.home()]
        else:
            there = [*self.channel(shown.channel).messages, *self.ephemerals(shown.channel)]
        if not any(each is shown for each in there):
            raise Impossible("this is not shown any more")
        return shown

    def _writable(self, place: Place) -> Channel:
        channel = self.channel(place)
        if self.user.deleted or channel.archived:
            raise Impossible(f"{self.user.name} cannot write in {channel.name or channel.id}")
        return channel

    def _own(self, message: Message) -> Channel:
        if message.user != self.id:
            raise Impossible("this message is somebody else's")
        return self._writable(message.channel)

    def _encoded(self, text: str) -> str:
        """Typed words as Slack keeps them: three signs escaped, and names behind an @ as mentions."""
        names = {user.name: user.id for user in self._team.users.values()}
        safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return re.sub(r"@([\w.-]+)", lambda found: f"<@{names[found[1]]}>" if found[1] in names else found[0], safe)
