"""A person's hands: what somebody does in their Discord client.

What the application must answer (buttons, lists, commands, forms) is awaited: each returns a `Pressed` that says
whether and how it did. What it is only told of (messages, joining …) is on its way when the deed returns;
`server.settled()` waits until it has arrived. What cannot be done in Discord's client raises `Impossible`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.discordserver import permissions
from tests.discordserver.deeds_messages import Draft
from tests.discordserver.errors import Impossible
from tests.discordserver.eyes import Eyes, Place
from tests.discordserver.fields import (
    CHECKBOX,
    SELECTS,
    Field,
    Given,
    chosen,
    entered,
    fields,
    pressed,
    sought,
    submitted,
    usable,
)
from tests.discordserver.modals import Modal
from tests.discordserver.payloads import begin
from tests.discordserver.picking import IN_COMPONENTS, IN_OPTIONS
from tests.discordserver.pressed import AUTOCOMPLETE, COMMAND, COMPONENT, SUBMIT, Pressed
from tests.discordserver.state import REPLY, Attachment, Channel, Guild, Json, Message
from tests.discordserver.typed import filled, focused, typed

MOST_CHARACTERS = 2000


class Person(Eyes):
    """Somebody at their Discord client."""

    # What they write

    async def say(
        self,
        place: Place,
        text: str,
        reply_to: Message | None = None,
        *,
        ping: bool = True,
        files: Sequence[tuple[str, str, bytes]] = (),
    ) -> Message:
        """Write a message. `@name` becomes a mention; a reply mentions whom it answers, unless `ping` is off.

        `files` are sent with it, each with its name, its media type, and what is in it; then the text may be empty.
        """
        channel = self._writable(place)
        if not (text.strip() or files) or len(text) > MOST_CHARACTERS:
            raise Impossible(f"a message has 1 to {MOST_CHARACTERS} characters")
        draft = Draft(self._encoded(text))
        new = self._world.new_id
        draft.attachments = [Attachment(new(), name, content, media_type) for name, media_type, content in files]
        if reply_to:
            if reply_to.id not in channel.messages:
                raise Impossible("the message is not there to be replied to")
            draft.type = REPLY
            draft.reference = {"type": 0, "message_id": reply_to.id, "channel_id": channel.id}
            draft.allowed_mentions = {"parse": ["users", "roles", "everyone"], "replied_user": ping}
            if channel.guild:
                draft.reference["guild_id"] = channel.guild
        return self._world.post(channel, self.id, draft)

    async def edit(self, message: Message, text: str) -> None:
        """Change a message of their own."""
        self._own(message)
        self._world.edit(message, content=self._encoded(text))

    async def delete(self, message: Message) -> None:
        """Delete a message of their own, or put away one that only they see."""
        if message.ephemeral_for != self.id:
            self._own(message)
        self._world.delete(message)

    # What they press, choose, command and send

    async def press(self, message: Message, what: str) -> Pressed:
        """Press a button by its label, or choose the so labelled option from a list; a custom id does as well."""
        channel = self._shown(message)
        field, values = pressed(message.components, what)
        return await self._interact(channel, message, field, values)

    async def choose(self, message: Message, what: str, given: Given | None = None) -> Pressed:
        """Choose from a list, which is named by its custom id, its placeholder, or any of its options.

        Without `given`, `what` is the one option that is chosen. People, roles and channels are given by id or name.
        """
        channel = self._shown(message)
        field = usable(sought(message.components, what))
        values = chosen(field, self._ids(channel, field, [what] if given is None else given))
        return await self._interact(channel, message, field, values)

    async def command(self, name: str, place: Place | None = None, /, **options: Any) -> Pressed:
        """Give a slash command (`mentoring round open`), in the direct conversation unless a place is said.

        It must be registered, and offered to them there. Options are checked as the client checks them; choices are
        given by name or value, people, channels and roles by name, id, or themselves.
        """
        channel = self._place(place)
        line = typed(self._world, self.id, channel, name)
        done = filled(self._world, self._picker, line, channel, options)
        data = line.data(done, channel.guild)
        picked = [(IN_OPTIONS[each["type"]], [each["value"]]) for each in done if each["type"] in IN_OPTIONS]
        data |= self._picker.resolved(channel, picked)
        return await self._send(COMMAND, channel, data, name=line.name)

    async def autocomplete(
        self, command: str, option: str, text: str, place: Place | None = None, /, **options: Any
    ) -> list[str]:
        """What is offered while they type into an option: the names of the choices."""
        channel = self._place(place)
        line = typed(self._world, self.id, channel, command)
        data = line.data(focused(self._world, self._picker, line, channel, option, text, options), channel.guild)
        done = await self._send(AUTOCOMPLETE, channel, data)
        return [str(each["name"]) for each in done.choices]

    async def submit(self, modal: Modal, values: Mapping[str, Given] | None = None) -> Pressed:
        """Fill in a form, by the labels or custom ids of its fields, and send it. If that fails, it stays open."""
        if not modal.open or modal is not self.modal():
            raise Impossible("this form is not open any more")
        known = fields(modal.components)
        for what, given in (values or {}).items():
            field = sought(modal.components, what)
            modal.entered[field.custom_id] = entered(field, self._ids(modal.channel, field, given))
        for field in known:
            if field.custom_id not in modal.entered:
                begun = field.begun()
                modal.entered[field.custom_id] = begun if field.kind == CHECKBOX else entered(field, begun)
        data: Json = {"custom_id": modal.custom_id, "components": submitted(modal.components, modal.entered)}
        lists = [(each.kind, modal.entered[each.custom_id]) for each in known]
        lists = [(kind, value) for kind, value in lists if kind in IN_COMPONENTS]
        picked = [(IN_COMPONENTS[kind], value) for kind, value in lists if isinstance(value, list)]
        data |= self._picker.resolved(modal.channel, picked)
        done = await self._send(SUBMIT, modal.channel, data, message=modal.message, source=modal.source)
        if done.acknowledged:
            modal.open = False
            if self.modal() is modal:
                del self._interactions.modals[self.id]
        return done

    async def close(self, modal: Modal) -> None:
        """Close a form without sending it; the application is not told."""
        if modal is not self.modal():
            raise Impossible("this form is not open any more")
        modal.open = False
        del self._interactions.modals[self.id]

    # Where they go, and whom they let in

    def close_dms(self) -> None:
        """Take no direct messages from people and bots of servers any more."""
        self.user.takes_dms = False

    def open_dms(self) -> None:
        """Take direct messages again."""
        self.user.takes_dms = True

    def block_bot(self, *, blocked: bool = True) -> None:
        """Block the bot, or let it in again."""
        self.user.blocks_bot = blocked

    async def join(self, guild: Guild) -> None:
        """Come into a guild."""
        if self.id in guild.members:
            raise Impossible(f"{self.name} is in {guild.name} already")
        self._world.add_member(guild, self.id)

    async def leave(self, guild: Guild) -> None:
        """Leave a guild."""
        if self.id not in guild.members:
            raise Impossible(f"{self.name} is not in {guild.name}")
        self._world.remove_member(guild, self.id)

    async def leave_thread(self, place: Place) -> None:
        """Go out of a thread."""
        thread = self.channel(place)
        if not thread.thread or not self._world.leave_thread(thread, self.id):
            raise Impossible(f"{self.name} is in no thread {thread.name}")

    # How it is done

    def _ids(self, channel: Channel, field: Field, given: Given) -> Given:
        """What is given, by ids where people, roles, channels or files are picked."""
        return self._picker.pick_all(channel, of, given) if (of := IN_COMPONENTS.get(field.kind)) else given

    async def _interact(self, channel: Channel, message: Message, field: Field, values: list[str]) -> Pressed:
        kind = field.kind
        data: Json = {"custom_id": field.custom_id, "component_type": kind, "id": field.component.get("id", 0)}
        if kind in SELECTS:
            data["values"] = values
        if kind in IN_COMPONENTS:
            data |= self._picker.resolved(channel, [(IN_COMPONENTS[kind], values)])
        return await self._send(COMPONENT, channel, data, message=message)

    async def _send(
        self, kind: int, channel: Channel, data: Json, *, message: Message | None = None,
        source: Json | None = None, name: str = "",
    ) -> Pressed:  # fmt: skip
        begun = begin(self._world, kind, self.id, channel, data, message=message, source=source, name=name)
        return await self._interactions.deliver(begun)

    def _shown(self, message: Message) -> Channel:
        """The channel of a message that is still there for them."""
        channel = self._place(message.channel)
        if channel.messages.get(message.id) is not message and message not in self.ephemerals(channel):
            raise Impossible("this message is not shown any more")
        return channel

    def _writable(self, place: Place) -> Channel:
        channel = self._place(place)
        guild = self._world.guild_of(channel)
        if guild and not permissions.in_channel(guild, channel, self.id) & permissions.SEND_MESSAGES:
            raise Impossible(f"{self.name} may not write in {channel.name}")
        return channel

    def _own(self, message: Message) -> None:
        if message.author != self.id:
            raise Impossible("this message is somebody else's")
        self._shown(message)

    def _encoded(self, text: str) -> str:
        """Typed words as Discord keeps them: names of people and roles behind an @ as mentions."""
        names = {user.name: f"<@{user.id}>" for user in self._world.users.values()}
        for guild in self.guilds:
            names |= {role.name: f"<@&{role.id}>" for role in guild.roles.values() if role.id != guild.id}
        return re.sub(r"@([\w.-]+)", lambda found: names.get(found[1], found[0]), text)
