"""One call of a Web API method: its arguments read, its caller known, what it needs checked."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from tests.slackserver.errors import ApiError, invalid
from tests.slackserver.spec import ALWAYS_TAKEN, FAMILY, Method
from tests.slackserver.state import Channel, Installation, Json, Kind, Team, User
from tests.slackserver.world import World

STRUCTURED = {
    "blocks": "invalid_blocks_format",
    "metadata": "invalid_metadata_format",
    "attachments": "invalid_attachments",
    "view": "invalid_arguments",
    "files": "invalid_arguments",
}
"""Arguments that hold JSON, even in a form, and the error for what is none."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a method works with. Methods that need no workspace's token (`oauth.v2.access`) get none."""

    world: World
    method: Method
    args: Json
    caller: tuple[Team, Installation] | None

    @property
    def team(self) -> Team:
        return self._caller()[0]

    @property
    def installation(self) -> Installation:
        return self._caller()[1]

    @property
    def bot(self) -> str:
        """The id of the bot user who calls."""
        return self.installation.bot_user

    def text(self, name: str, default: str = "") -> str:
        value = self.args.get(name)
        return default if value is None else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        return bool(self.args.get(name, default))

    def number(self, name: str, default: int) -> int:
        return int(self.args.get(name) or default)

    def user(self, user_id: str) -> User:
        """The user of this id in the caller's workspace."""
        if user := self.team.users.get(user_id):
            return user
        raise ApiError("user_not_found")

    def channel(self, name: str = "channel") -> Channel:
        """The channel that an argument names, if the bot may see it and has a scope for its kind."""
        channel = self.team.channels.get(self.text(name).removeprefix("#"))
        if channel is None or (channel.kind != "public_channel" and self.bot not in channel.members):
            raise ApiError("channel_not_found")
        self.need_scope(channel.kind)
        return channel

    def need_scope(self, kind: Kind) -> None:
        """Check that among the scopes of which the method takes any there is one for this kind of channel."""
        fitting = [each for each in self.method.scopes if each.split(":")[0] == FAMILY[kind]]
        if fitting and not set(fitting) & self.installation.scopes:
            raise missing(fitting, self.installation)

    def _caller(self) -> tuple[Team, Installation]:
        if self.caller is None:
            raise ApiError("not_authed")
        return self.caller


Handler = Callable[[Call], Json]
"""Does what a method does, and returns its answer without `ok`. Raises ApiError."""


def missing(scopes: list[str] | tuple[str, ...], installation: Installation) -> ApiError:
    """The error that names the scope that is needed, and those that there are."""
    return ApiError("missing_scope", needed=",".join(scopes), provided=",".join(sorted(installation.scopes)))


def read_args(method: Method, given: Mapping[str, Any], violations: list[str]) -> Json:
    """The arguments in their types. Unknown ones are violations; missing or unreadable ones are errors."""
    args: Json = {}
    for name, value in given.items():
        if name not in method.args:
            if name not in ALWAYS_TAKEN:
                violations.append(f"{method.name}: the reference knows no argument {name!r}")
        elif value is not None:
            args[name] = _read(method, name, value)
    lacking = [name for name in method.required if args.get(name) is None]
    if lacking:
        raise invalid(*(f"[ERROR] missing required field: {name}" for name in lacking))
    return args


def _read(method: Method, name: str, value: Any) -> Any:
    types = method.args[name]
    if name in STRUCTURED and isinstance(value, str):
        return _structured(name, value) if value else None
    if name in STRUCTURED:
        return value
    if "boolean" in types and not isinstance(value, bool):
        return str(value).lower() in ("true", "1")
    if "integer" in types or "number" in types:
        try:
            return int(value)
        except (TypeError, ValueError):
            raise invalid(f"[ERROR] must be a number [json-pointer:/{name}]") from None
    if isinstance(value, list):
        return ",".join(str(each) for each in cast(list[Any], value))
    return value if isinstance(value, bool) else str(value)


def _structured(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        code = STRUCTURED[name]
        raise (invalid(f"[ERROR] must be valid JSON [json-pointer:/{name}]", code=code)) from None
