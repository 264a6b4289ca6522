"""Methods for modals and the home tab."""

from collections.abc import Mapping

from tests.slackserver import windows
from tests.slackserver.calls import Call, Handler
from tests.slackserver.errors import ApiError, invalid
from tests.slackserver.shapes import view_shape
from tests.slackserver.state import Json, Trigger, View


def open_(call: Call) -> Json:
    content = windows.checked(call.world, call.args["view"], "modal")
    trigger = _trigger(call)
    return _answer(call, windows.open_modal(call.world, call.team, trigger.user, content))


def push(call: Call) -> Json:
    content = windows.checked(call.world, call.args["view"], "modal")
    trigger = _trigger(call)
    # Only what was done inside a modal allows another on top of it.
    if not trigger.view or windows.find(call.team, trigger.view) is None:
        raise ApiError("not_found")
    return _answer(call, windows.push_modal(call.world, call.team, trigger.user, content))


def update(call: Call) -> Json:
    view_id, external_id = call.text("view_id"), call.text("external_id")
    if not view_id and not external_id:
        raise invalid("[ERROR] either view_id or external_id is needed [json-pointer:/view_id]")
    view = windows.find(call.team, view_id, external_id)
    if view is None:
        raise ApiError("not_found")
    content = windows.checked(call.world, call.args["view"], view.type)
    windows.change(call.world, call.team, view, content, call.text("hash"))
    return _answer(call, view)


def publish(call: Call) -> Json:
    if not call.world.app.home_enabled:
        raise ApiError("not_enabled")
    user = call.team.users.get(call.text("user_id"))
    if user is None or user.is_bot:
        raise invalid("[ERROR] invalid `user_id` [json-pointer:/user_id]")
    content = windows.checked(call.world, call.args["view"], "home")
    return _answer(call, windows.publish_home(call.world, call.team, user.id, content, call.text("hash")))


def _trigger(call: Call) -> Trigger:
    trigger_id = call.text("trigger_id")
    if not trigger_id:
        raise invalid("[ERROR] missing required field: trigger_id")
    return windows.take_trigger(call.world, call.team, trigger_id)


def _answer(call: Call, view: View) -> Json:
    return {"view": view_shape(call.world.app, call.team, view, call.installation)}


HANDLERS: Mapping[str, Handler] = {
    "views.open": open_,
    "views.push": push,
    "views.update": update,
    "views.publish": publish,
}
