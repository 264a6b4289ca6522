"""How an application answers interactions: the callback, and what it writes with the token afterwards."""

from collections.abc import Mapping

from aiohttp import web

from tests.discordserver import contents, shapes
from tests.discordserver.calls import Answer, Call, Route, objects
from tests.discordserver.deeds_messages import Draft
from tests.discordserver.errors import ApiError, Invalid, invalid
from tests.discordserver.modals import Modal, check_modal
from tests.discordserver.payloads import UPLOADS
from tests.discordserver.pressed import (
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFER,
    DEFER_UPDATE,
    MODAL,
    REPLY,
    SUBMIT,
    UPDATE,
    Interactions,
    Pressed,
)
from tests.discordserver.state import COMMAND as COMMANDED
from tests.discordserver.state import EPHEMERAL, LOADING, Json, Message
from tests.discordserver.state import REPLY as ANSWERED

MOST_CHOICES = 25
_VALUES: Mapping[int, tuple[type, ...]] = {3: (str,), 4: (int,), 10: (int, float)}
"""What the choices of an option of each type are."""
_ALLOWED: Mapping[int, frozenset[int]] = {
    COMMAND: frozenset({REPLY, DEFER, MODAL}),
    COMPONENT: frozenset({REPLY, DEFER, DEFER_UPDATE, UPDATE, MODAL}),
    AUTOCOMPLETE: frozenset({CHOICES}),
    SUBMIT: frozenset({REPLY, DEFER, DEFER_UPDATE, UPDATE}),
}
"""Which answers each type of interaction takes."""


class Answering:
    """The routes by which applications answer interactions."""

    def __init__(self, interactions: Interactions) -> None:
        self._interactions = interactions

    def routes(self) -> list[Route]:
        """All of them; none asks for the bot's token, and none is limited."""
        token = "/webhooks/{webhook_id}/{webhook_token}"
        handlers = (
            ("POST", "/interactions/{interaction_id}/{interaction_token}/callback", self._callback),
            ("POST", token, self._follow_up),
            ("GET", f"{token}/messages/@original", self._read),
            ("PATCH", f"{token}/messages/@original", self._change),
            ("DELETE", f"{token}/messages/@original", self._delete),
            ("GET", f"{token}/messages/{{message_id}}", self._read),
            ("PATCH", f"{token}/messages/{{message_id}}", self._change),
            ("DELETE", f"{token}/messages/{{message_id}}", self._delete),
        )
        return [Route(method, template, handler, auth=False, exempt=True) for method, template, handler in handlers]

    def add_to(self, application: web.Application) -> None:
        """Let the application serve the files that people hand in."""
        application.router.add_get(f"/{UPLOADS}/{{application_id}}/{{upload_id}}/{{name}}", self._upload)

    async def _upload(self, request: web.Request) -> web.Response:
        upload = self._interactions.uploads.get(request.match_info["upload_id"])
        if upload is None:
            return web.Response(status=404)
        return web.Response(body=upload.content, content_type=upload.type or "application/octet-stream")

    # The first answer

    def _callback(self, call: Call) -> Answer:
        pressed = self._interactions.unanswered(call.path["interaction_id"], call.path["interaction_token"])
        kind = call.body.get("type")
        allowed = set(_ALLOWED[pressed.kind])
        if pressed.kind == SUBMIT and pressed.message is None:
            # A form that a command opened has no message that could be changed.
            allowed -= {DEFER_UPDATE, UPDATE}
        if kind not in allowed:
            raise invalid("BASE_TYPE_CHOICES", f"Value must be one of {sorted(allowed)}.", "type")
        data: Json = call.body.get("data") or {}
        answer = {"type": kind, "data": data}
        message = self._first(call, pressed, int(kind), data)
        self._interactions.acknowledge(pressed, answer)
        if call.query.get("with_response") not in ("1", "true", "True"):
            return Answer()
        return Answer(_told(call, pressed, kind, message))

    def _first(self, call: Call, pressed: Pressed, kind: int, data: Json) -> Message | None:
        """Do what the answer says. What it says is wrong is no answer."""
        if kind == REPLY:
            pressed.original = self._post(call, pressed, _draft(call, data, "data"), first=True)
        elif kind == DEFER:
            deferred = Draft(flags=LOADING | int(data.get("flags") or 0) & EPHEMERAL)
            pressed.original = self._post(call, pressed, deferred, first=True)
            pressed.thinking = True
        elif kind == UPDATE and pressed.message:
            _change(call, pressed.message, data, "data")
            pressed.original = pressed.message
        elif kind == DEFER_UPDATE:
            pressed.original = pressed.message
        elif kind == CHOICES:
            pressed.choices = check_choices(pressed, data)
        elif kind == MODAL:
            self._open(pressed, check_modal(data))
        return pressed.original

    def _open(self, pressed: Pressed, shape: Json) -> None:
        """Show a form, in the place of any other."""
        if old := self._interactions.modals.get(pressed.user):
            old.open = False
        pressed.modal = Modal(
            str(shape["custom_id"]), str(shape["title"]), shape["components"], pressed.user, pressed.channel,
            pressed.message, pressed.metadata,
        )  # fmt: skip
        self._interactions.modals[pressed.user] = pressed.modal

    # What comes later

    def _follow_up(self, call: Call) -> Answer:
        pressed = self._answered(call)
        if pressed.thinking and pressed.original:
            # The first one is what was put off: it stands where “thinking …” stood, and is as private as that.
            self._resolve(call, pressed, call.body)
            return Answer(shapes.message_shape(call.world, pressed.original))
        return Answer(shapes.message_shape(call.world, self._post(call, pressed, _draft(call, call.body), first=False)))

    def _read(self, call: Call) -> Answer:
        return Answer(shapes.message_shape(call.world, self._meant(call, self._answered(call))))

    def _change(self, call: Call) -> Answer:
        pressed = self._answered(call)
        message = self._meant(call, pressed)
        if pressed.thinking and message is pressed.original:
            self._resolve(call, pressed, call.body)
        else:
            _change(call, message, call.body)
        return Answer(shapes.message_shape(call.world, message))

    def _delete(self, call: Call) -> Answer:
        pressed = self._answered(call)
        message = self._meant(call, pressed)
        pressed.thinking = pressed.thinking and message is not pressed.original
        call.world.delete(message)
        return Answer()

    # How it is done

    def _answered(self, call: Call) -> Pressed:
        return self._interactions.answered(call.path["webhook_id"], call.path["webhook_token"])

    def _meant(self, call: Call, pressed: Pressed) -> Message:
        wanted = call.path.get("message_id")
        known = [pressed.original] if wanted is None else [pressed.original, *pressed.messages]
        for each in known:
            channel = call.world.channels.get(each.channel) if each else None
            if each is None or channel is None or wanted not in (None, each.id):
                continue
            if each in channel.ephemerals or each.id in channel.messages:
                return each
        raise ApiError(10008)

    def _resolve(self, call: Call, pressed: Pressed, body: Json) -> None:
        """What was put off comes in the place of “thinking …”."""
        message = self._meant(call, pressed)
        draft = _draft(call, body)
        pressed.thinking = False
        call.world.edit(
            message, content=draft.content, embeds=draft.embeds, components=draft.components,
            attachments=draft.attachments, flags=message.flags & ~LOADING | draft.flags & ~EPHEMERAL,
            allowed_mentions=draft.allowed_mentions,
        )  # fmt: skip

    def _post(self, call: Call, pressed: Pressed, draft: Draft, *, first: bool) -> Message:
        app = call.world.app.id
        draft.application = draft.webhook = app
        draft.interaction = dict(pressed.metadata)
        draft.ephemeral_for = pressed.user if draft.flags & EPHEMERAL else ""
        answered = pressed.message if first else pressed.original
        if first and pressed.kind == COMMAND:
            draft.type = COMMANDED
        elif answered and not answered.ephemeral_for:
            draft.type = ANSWERED
            draft.reference = {"type": 0, "message_id": answered.id, "channel_id": answered.channel}
            if pressed.channel.guild:
                draft.reference["guild_id"] = pressed.channel.guild
        if not first and pressed.original:
            draft.interaction["original_response_message_id"] = pressed.original.id
        message = call.world.post(pressed.channel, call.bot, draft)
        pressed.messages.append(message)
        return message


def check_choices(pressed: Pressed, data: Json) -> list[Json]:
    """The choices for an option that completes itself: at most 25, of the option's type."""
    wrong = Invalid()
    choices = objects(data.get("choices"))
    if len(choices) > MOST_CHOICES:
        wrong.length(0, MOST_CHOICES, "data", "choices")
    kind = _focused(pressed.payload["data"])
    for number, each in enumerate(choices):
        name, value = each.get("name"), each.get("value")
        if not isinstance(name, str) or not 1 <= len(name) <= 100:
            wrong.length(1, 100, "data", "choices", number, "name")
        if isinstance(value, bool) or not isinstance(value, _VALUES.get(kind, (str,))):
            wrong.add("BASE_TYPE_BAD", "The value is not of the option's type", "data", "choices", number, "value")
        elif isinstance(value, str) and not 1 <= len(value) <= 100:
            wrong.length(1, 100, "data", "choices", number, "value")
    wrong.check()
    return choices


def _focused(data: Json) -> int:
    """The type of the option that is being typed into."""
    waiting = objects(data.get("options"))
    while waiting:
        each = waiting.pop()
        if each.get("focused"):
            return int(each["type"])
        waiting += objects(each.get("options"))
    return 0


def _draft(call: Call, body: Json, *path: str) -> Draft:
    return contents.draft(call.world, body, call.files, path=path)


def _change(call: Call, message: Message, body: Json, *path: str) -> None:
    call.world.edit(message, **contents.changes(call.world, message, body, call.files, path=path))


def _told(call: Call, pressed: Pressed, kind: int, message: Message | None) -> Json:
    """What `with_response` answers."""
    interaction: Json = {"id": pressed.id, "type": pressed.kind, "channel_id": pressed.channel.id}
    if pressed.channel.guild:
        interaction["guild_id"] = pressed.channel.guild
    told: Json = {"interaction": interaction}
    if pressed.original:
        interaction["response_message_id"] = pressed.original.id
        interaction["response_message_loading"] = pressed.thinking
        interaction["response_message_ephemeral"] = bool(pressed.original.ephemeral_for)
    if message and kind in (REPLY, UPDATE):
        told["resource"] = {"type": kind, "message": shapes.message_shape(call.world, message)}
    return told
