"""Picking people, roles, channels and files: in options of commands, in lists, and in forms."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from tests.discordserver.core import Core
from tests.discordserver.errors import Impossible
from tests.discordserver.payloads import resolved
from tests.discordserver.state import Attachment, Channel, Json

Of = tuple[str, ...]
"""What can be picked: some of `users`, `roles`, `channels` and `attachments`."""
IN_COMPONENTS: Mapping[int, Of] = {
    5: ("users",), 6: ("roles",), 7: ("users", "roles"), 8: ("channels",), 19: ("attachments",),
}  # fmt: skip
IN_OPTIONS: Mapping[int, Of] = {
    6: ("users",), 7: ("channels",), 8: ("roles",), 9: ("users", "roles"), 11: ("attachments",),
}  # fmt: skip


class Picker:
    """Finds what somebody means, in the guild of a channel. `uploads` keeps the files that people hand in."""

    def __init__(self, core: Core, viewer: str, uploads: dict[str, Attachment]) -> None:
        self._core = core
        self._viewer = viewer
        self._uploads = uploads

    def pick(self, channel: Channel, of: Of, given: Any) -> str:
        """The id of something, given by its name, its id or itself; files as a name and content."""
        if of == ("attachments",):
            file = given if isinstance(given, Attachment) else Attachment(self._core.new_id(), *given)
            self._uploads[file.id] = file
            return file.id
        wanted = str(getattr(given, "id", given)).lstrip("@#")
        for identity, name in self._known(channel, of):
            if wanted in (identity, name):
                return identity
        raise Impossible(f"there is no {given} to be picked")

    def pick_all(self, channel: Channel, of: Of, given: Any) -> list[str]:
        """The same for one or several."""
        several = isinstance(given, Sequence) and not isinstance(given, (str, tuple))
        return [self.pick(channel, of, each) for each in (cast(Sequence[Any], given) if several else [given])]

    def resolved(self, channel: Channel, picked: Iterable[tuple[Of, Sequence[str]]]) -> Json:
        """What the picked ids stand for, as part of an interaction's data; nothing if nothing was picked."""
        guild = self._core.guilds.get(channel.guild)
        found: dict[str, list[str]] = {"users": [], "roles": [], "channels": [], "attachments": []}
        for of, ids in picked:
            for each in ids:
                is_role = "roles" in of and guild is not None and each in guild.roles
                found["roles" if is_role else of[0]].append(each)
        files = {each: self._uploads[each] for each in found.pop("attachments")}
        meant = resolved(self._core, channel.guild, self._viewer, **found, attachments=files)
        return {"resolved": meant} if meant else {}

    def _known(self, channel: Channel, of: Of) -> Iterator[tuple[str, str]]:
        guild = self._core.guilds.get(channel.guild)
        if "users" in of:
            yield from ((each.id, each.name) for each in self._core.users.values())
        if guild and "roles" in of:
            yield from ((each.id, each.name) for each in guild.roles.values())
        if guild and "channels" in of:
            yield from ((each.id, each.name) for each in [*guild.channels.values(), *guild.threads.values()])
