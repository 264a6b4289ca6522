"""The door: every payload is stored before it is acknowledged, and nothing else is done with it here.

Bolt acknowledges an event before its listener runs, so that a crash would lose it. A middleware comes earlier: if it
cannot store the event, Bolt answers with an error (over HTTP) or not at all (over a socket), and Slack sends it again.
"""

import asyncio
import json
from dataclasses import dataclass, replace
from typing import Any, cast

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from adapters.slack.asking import NoAnswer, ask
from adapters.slack.forms import Origin, answer_form, command_form, digest, given
from adapters.slack.inbound import command_of, event_of
from adapters.slack.marks import COMMAND_FORM, WRITE, Field, kind_of, token_of
from adapters.slack.people import People
from adapters.slack.places import actor_in, happened_at, team_of
from adapters.slack.pressing import origin_of
from adapters.slack.quiet import library_log
from adapters.slack.registry import Registry
from adapters.slack.workspaces import Workspace
from bot.language.adapter import Clock, Receive
from bot.language.commands import CommandSpec, spec_of, wants_form
from bot.language.events import Commanded, Event, Joined, Left, RoomGone, Said, Uninstalled
from bot.language.payload import Json, part, parts, word
from bot.language.places import Place

OPENING = 1.5
"""Seconds in which a form must have opened. What else is done must fit into the three that Slack waits, too."""
_NOT_HERE = "This app is not installed here any more. An administrator of the workspace can install it again."
_FORGOTTEN = frozenset({"app_uninstalled", "tokens_revoked"})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Door:
    """Takes payloads in, whichever way they come."""

    workspaces: Registry
    people: People
    commands: tuple[CommandSpec, ...]
    clock: Clock
    receive: Receive

    async def take(self, payload: Json) -> BoltResponse:
        """Store what a payload tells, and say how it is acknowledged: an error where it could not be stored."""
        try:
            return await self._take(payload)
        except Exception as problem:  # whatever it was, Slack must send it again
            # The text of the problem may hold what somebody wrote.
            log.error("not_stored", platform="slack", kind=word(payload, "type"), error=type(problem).__name__)
            return BoltResponse(status=500, body="")

    async def _take(self, payload: Json) -> BoltResponse:
        workspace = await self.workspaces.workspace(team_of(payload))
        if word(payload, "event", "type") in _FORGOTTEN:
            return await self._forget(payload)
        if workspace is None:
            log.warning("not_installed", platform="slack", community=team_of(payload))
            return _acknowledged(_NOT_HERE if "command" in payload else "")
        if word(payload, "type") == "view_submission" and word(payload, "view", "callback_id") == COMMAND_FORM:
            return await self._command_sent(payload, workspace)
        if await self._opens_form(payload, workspace):
            return _acknowledged()
        event = event_of(payload, workspace.bot_user, self.clock.now())
        if isinstance(event, Commanded):
            event = self._explained(event)
        if event is not None:
            await self._hand_in(event, payload, workspace)
        return _acknowledged()

    async def _hand_in(self, event: Event, payload: Json, workspace: Workspace) -> None:
        user = part(payload, "event", "user")
        if user:
            back = self.people.note(workspace.team, user)
            if isinstance(event, Joined) and not back:
                return
        if isinstance(event, Left | RoomGone) or (isinstance(event, Said) and event.address.place is not Place.DIRECT):
            facts = self.people.remembered(workspace.team, event.actor.user)
        else:
            facts = await self.people.known(workspace, event.actor.user)
        if not facts.bot or isinstance(event, RoomGone):
            await self.receive([replace(event, actor=facts.put_on(event.actor))])

    async def _forget(self, payload: Json) -> BoltResponse:
        now, team = self.clock.now(), team_of(payload)
        event = event_of(payload, "", now)
        told = happened_at(str(payload.get("event_time") or ""), now)
        # Slack tells of it again for a while: by then the bot may have been installed anew.
        if isinstance(event, Uninstalled) and not await self.workspaces.outlived(team, told):
            await self.receive([event])
            await self.workspaces.forget(team)
        return _acknowledged()

    # Forms

    async def _opens_form(self, payload: Json, workspace: Workspace) -> bool:
        """Open the form that is wanted, if any. Where that fails, a command is explained instead."""
        view: Json | None = None
        pressed = False
        if "command" in payload:
            view = self._form_for(command_of(payload, self.clock.now()))
        elif word(payload, "type") == "block_actions":
            for action in parts(payload, "actions"):
                if kind_of(word(action, "action_id")) == WRITE:
                    view, pressed = _form_to_write(payload, action), True
        if view is None:
            return pressed
        return await _opened(workspace, word(payload, "trigger_id"), view) or pressed

    def _form_for(self, event: Commanded) -> Json | None:
        found = spec_of(self.commands, event.text)
        if found is None or not wants_form(*found):
            return None
        return command_form(found[0], Origin(event.address, found[0].name))

    def _explained(self, event: Commanded) -> Commanded:
        """Where its form did not open, how a command is typed: it is not given without what the form asks for."""
        found = spec_of(self.commands, event.text)
        return replace(event, text=f"help {found[0].name}") if found and wants_form(*found) else event

    async def _command_sent(self, payload: Json, workspace: Workspace) -> BoltResponse:
        view, actor = part(payload, "view"), actor_in(payload, word(payload, "user", "id"))
        line, errors = given(view, self.commands)
        if errors:
            return BoltResponse(status=200, body={"response_action": "errors", "errors": errors})
        origin = Origin.from_json(word(view, "private_metadata"), actor)
        address = origin.address if origin else actor.direct
        event = Commanded(digest(view), self.clock.now(), actor, address, line)
        await self._hand_in(event, payload, workspace)
        return _acknowledged()


def bolt_app(door: Door, signing_secret: str = "") -> AsyncApp:
    """Bolt around the door. What Slack tells never gets further than the middleware."""

    async def known() -> AuthorizeResult:
        # Whether the bot is installed is for the door to say, whatever comes.
        return AuthorizeResult(enterprise_id=None, team_id=None)

    async def take(body: Json) -> BoltResponse:
        return await door.take(body)

    app = AsyncApp(
        logger=library_log(),
        name="counterpart",
        # Over a socket nothing is signed: the connection itself was opened with the app's token.
        request_verification_enabled=bool(signing_secret),
        signing_secret=signing_secret,
        authorize=known,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
    )
    # Of what it takes, the library's types say nothing.
    cast(Any, app).middleware(take)
    return app


def _form_to_write(payload: Json, action: Json) -> Json | None:
    actor = actor_in(payload, word(payload, "user", "id"))
    token = token_of(word(action, "block_id"))
    try:
        field = Field.from_json(word(action, "value"))
    except (ValueError, TypeError):
        return None
    return answer_form(field, origin_of(payload, actor, token)) if token else None


async def _opened(workspace: Workspace, trigger: str, view: Json) -> bool:
    """Whether the form has opened. Its permission is good for one try."""
    try:
        async with asyncio.timeout(OPENING):
            await ask(workspace.client, "views.open", {"trigger_id": trigger, "view": json.dumps(view)})
    except (NoAnswer, TimeoutError) as problem:
        reason = problem.code if isinstance(problem, NoAnswer) else "timeout"
        log.warning("form_not_opened", platform="slack", community=workspace.team, reason=reason)
        return False
    return True


def _acknowledged(text: str = "") -> BoltResponse:
    return BoltResponse(status=200, body=text)
