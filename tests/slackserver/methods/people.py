"""Methods about the users of a workspace."""

from collections.abc import Mapping

from tests.slackserver.calls import Call, Handler
from tests.slackserver.errors import ApiError
from tests.slackserver.methods.paging import page
from tests.slackserver.shapes import user_shape
from tests.slackserver.state import Json, User


def info(call: Call) -> Json:
    return {"user": _shown(call, call.user(call.text("user")))}


def list_(call: Call) -> Json:
    found, metadata = page(call, list(call.team.users.values()))
    members = [_shown(call, each) for each in found]
    return {"members": members, "cache_ts": call.world.epoch(), "response_metadata": metadata}


def lookup_by_email(call: Call) -> Json:
    wanted = call.text("email").casefold()
    for user in call.team.users.values():
        if user.email.casefold() == wanted and not user.deleted:
            return {"user": _shown(call, user)}
    raise ApiError("users_not_found")


def _shown(call: Call, user: User) -> Json:
    email = "users:read.email" in call.installation.scopes
    return user_shape(call.team, user, email=email, locale=call.flag("include_locale"))


HANDLERS: Mapping[str, Handler] = {
    "users.info": info,
    "users.list": list_,
    "users.lookupByEmail": lookup_by_email,
}
