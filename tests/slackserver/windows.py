"""Modals and home tabs: opening, stacking, changing and closing them, whoever asks for it."""

import json
from typing import Any, Literal, cast

from tests.slackserver.blocks import view_faults
from tests.slackserver.content import completed
from tests.slackserver.errors import ApiError, invalid
from tests.slackserver.state import Json, Team, Trigger, View
from tests.slackserver.typing_in import initial_state
from tests.slackserver.world import World

MOST = 3
"""Modals on top of each other."""
LARGEST = 250_000


def checked(world: World, view: Any, kind: Literal["modal", "home"]) -> Json:
    """The content of a view as it is kept."""
    if not isinstance(view, dict):
        raise invalid("[ERROR] must be an object [json-pointer:/view]")
    content = cast(Json, view)
    wrong = view_faults(content)
    if content.get("type") != kind and not wrong:
        wrong = [f"[ERROR] must be of type {kind} [json-pointer:/view/type]"]
    if wrong:
        raise invalid(*wrong)
    if len(json.dumps(content)) > LARGEST:
        raise ApiError("view_too_large")
    return {**content, "blocks": completed(world.counts, content["blocks"])}


def take_trigger(world: World, team: Team, trigger_id: str) -> Trigger:
    """Use up a trigger id, if it is still good."""
    trigger = team.triggers.get(trigger_id)
    if trigger is None:
        raise ApiError("invalid_trigger_id")
    if trigger.exchanged:
        raise ApiError("exchanged_trigger_id")
    if world.now() > trigger.expires:
        raise ApiError("expired_trigger_id")
    trigger.exchanged = True
    return trigger


def open_modal(world: World, team: Team, user: str, content: Json) -> View:
    """Open a modal in place of those that are open."""
    team.modals[user] = []
    return push_modal(world, team, user, content)


def push_modal(world: World, team: Team, user: str, content: Json) -> View:
    """Lay a modal on top of those that are open."""
    stack = team.modals.setdefault(user, [])
    if len(stack) >= MOST:
        raise ApiError("push_limit_reached")
    view = _made(world, team, "modal", user, content)
    if stack:
        view.root, view.previous = stack[0].root, stack[-1].id
    stack.append(view)
    return view


def publish_home(world: World, team: Team, user: str, content: Json, hash_: str = "") -> View:
    """Show a home tab to a user in place of the earlier one."""
    if earlier := team.homes.get(user):
        change(world, team, earlier, content, hash_)
        return earlier
    view = _made(world, team, "home", user, content)
    team.homes[user] = view
    return view


def change(world: World, team: Team, view: View, content: Json, hash_: str = "") -> None:
    """Replace what a view shows. What was typed stays where block and action are still the same."""
    if hash_ and hash_ != view.hash:
        raise ApiError("hash_conflict")
    _free(team, str(content.get("external_id") or ""), view)
    view.state = {
        block: {action: view.state.get(block, {}).get(action, value) for action, value in actions.items()}
        for block, actions in initial_state(content["blocks"]).items()
    }
    view.content = content
    view.errors = {}
    view.hash = world.counts.next("hash.")
    view.external_id = str(content.get("external_id") or "")


def find(team: Team, view_id: str = "", external_id: str = "") -> View | None:
    """An open modal or a home tab, by its id or by the one that the app gave it."""
    views = [view for stack in team.modals.values() for view in stack] + list(team.homes.values())
    return next(
        (each for each in views if each.id == view_id or (external_id and each.external_id == external_id)), None
    )


def close(team: Team, view: View) -> None:
    """Take a modal away, with whatever lies above it."""
    stack = team.modals.get(view.user, [])
    if view in stack:
        del stack[stack.index(view) :]


def _made(world: World, team: Team, kind: Literal["modal", "home"], user: str, content: Json) -> View:
    external = str(content.get("external_id") or "")
    _free(team, external)
    view_id = world.counts.next("V")
    state = initial_state(content["blocks"])
    return View(view_id, kind, user, content, world.counts.next("hash."), view_id, external_id=external, state=state)


def _free(team: Team, external_id: str, own: View | None = None) -> None:
    found = find(team, external_id=external_id) if external_id else None
    if found is not None and found is not own:
        raise ApiError("duplicate_external_id")
