"""Messages on their way: posted once, put in the place of others, given as the answer to an interaction, looked up."""

from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from adapters.discord import render
from adapters.discord.calls import Calls, File
from adapters.discord.controls import Json
from adapters.discord.line import Line, Reply
from adapters.discord.marks import Mark, act_mark, message_of, nonce, reference
from adapters.discord.problems import TOKEN_OVER, UNKNOWN_MESSAGE, verdict
from bot.language.acts import Edit, Post, Receipt
from bot.language.adapter import Gone
from bot.language.files import picture_type

EARLIER = timedelta(minutes=1)
"""By how much Discord's clock and the program's may differ."""
PAGES = 10
"""Pages of a hundred messages that are looked through for one."""
_LOADING = 1 << 7
"""The flag of an answer that is still to come (“thinking …”)."""
_KNOWN, _SHOWN = 5_000, 1_000
_ORIGINAL = "@original"
_OVER = (*TOKEN_OVER, UNKNOWN_MESSAGE)
"""An interaction that cannot be answered any more."""


@dataclass(frozen=True, slots=True)
class _Parcel:
    """What is sent: the message, and the files that belong to it."""

    payload: Json
    files: tuple[File, ...]

    @property
    def marked(self) -> bool:
        """Whether it bears the mark of its act."""
        return any(True for _ in _custom_ids(self.payload))


class Sending:
    """Sends messages, and remembers for a while what only this process can know of them.

    That is which message is whose (of two with the same words), and by which secret one that only its reader sees can
    be changed: after a restart neither is known any more.
    """

    def __init__(self, calls: Calls, line: Line) -> None:
        self._calls = calls
        self._line = line
        self._sent: OrderedDict[str, str] = OrderedDict()
        self._shown: OrderedDict[str, tuple[Reply, str]] = OrderedDict()

    async def post(self, channel: str, act: Post, takes: Collection[int] = ()) -> Receipt | int:
        """Post a message; the receipt, or the code among `takes` with which that was refused."""
        parcel = _packed(act)
        answer = await self._calls.call(
            "POST",
            "/channels/{channel_id}/messages",
            json=parcel.payload | {"nonce": nonce(act.key), "enforce_nonce": True},
            files=parcel.files,
            once=True,
            takes=takes,
            deed="message",
            where=channel,
            channel_id=channel,
        )
        return answer.code or self._receipt(act.key, answer.json)

    async def edit(self, act: Edit, takes: Collection[int] = ()) -> Receipt | int:
        """Put another message in the place of one; the receipt, or the code among `takes` with which it was refused.

        Raises Gone where it is not there, or cannot be reached any more.
        """
        parcel = _packed(act)
        if (shown := self._shown.get(act.target)) is not None:
            reply, message = shown
            answer = await self._answer("PATCH", _path(message), reply, parcel, once=False)
            if answer is None:
                raise Gone(verdict("PATCH", _path(), UNKNOWN_MESSAGE).text)
            return Receipt(_time(answer, "edited_timestamp"), act.target)
        channel, message = message_of(act.target)
        answer = await self._calls.call(
            "PATCH",
            "/channels/{channel_id}/messages/{message_id}",
            json=parcel.payload,
            files=parcel.files,
            takes=takes,
            deed="edit",
            where=channel,
            channel_id=channel,
            message_id=message,
        )
        return answer.code or Receipt(_time(answer.json, "edited_timestamp"), act.target)

    async def reply(self, reply: Reply, act: Post) -> Receipt | None:
        """Answer an interaction, so that nobody else sees it; None where that is over.

        The answer that is waited for is put in the place of “thinking …”, as often as need be. All others are new.
        """
        parcel = _packed(act)
        if reply.waiting:
            answer = await self._answer("PATCH", _path(_ORIGINAL), reply, parcel, once=False)
        else:
            flags = parcel.payload["flags"] | render.ONLY_FOR_ONE
            private = _Parcel(parcel.payload | {"flags": flags}, parcel.files)
            answer = await self._answer("POST", _path(), reply, private, once=True)
        if answer is None:
            return None
        receipt = self._receipt(act.key, answer)
        if int(answer.get("flags") or 0) & render.ONLY_FOR_ONE:
            self._shown[receipt.reference] = reply, _ORIGINAL if reply.waiting else str(answer["id"])
            while len(self._shown) > _SHOWN:
                self._shown.popitem(last=False)
        return receipt

    # Looking up

    async def find_reply(self, reply: Reply, act: Post) -> Receipt | None:
        """The receipt if this is what stands where an interaction's answer was waited for."""
        answer = await self._calls.call(
            "GET", _path(_ORIGINAL), takes=_OVER, webhook_id=reply.application, webhook_token=reply.token
        )
        if answer.code or int(answer.json.get("flags") or 0) & _LOADING:
            return None
        return self._receipt(act.key, answer.json) if _is(answer.json, act, _packed(act)) else None

    async def find(self, channel: str, act: Post, since: datetime | None) -> Receipt | None:
        """The receipt if this message was posted here, not before `since`."""
        parcel = _packed(act)
        async for message in self._calls.history(channel, PAGES):
            if since is not None and _time(message) < since - EARLIER:
                return None
            whose = self._sent.get(reference(channel, str(message["id"])), act.key)
            if self._is_own(message) and whose == act.key and _is(message, act, parcel):
                return self._receipt(act.key, message)
        return None

    def _is_own(self, message: Json) -> bool:
        author = str(cast(Json, message.get("author") or {}).get("id"))
        return author == self._line.user or str(message.get("application_id")) == self._line.application

    async def _answer(self, method: str, path: str, reply: Reply, parcel: _Parcel, *, once: bool) -> Json | None:
        """The message that answers an interaction; None where that cannot be answered any more."""
        answer = await self._calls.call(
            method, path, json=parcel.payload, files=parcel.files, once=once, takes=_OVER,
            params={"wait": "true"} if method == "POST" else None, webhook_id=reply.application,
            webhook_token=reply.token,
        )  # fmt: skip
        return None if answer.code else answer.json

    def _receipt(self, key: str, message: Json) -> Receipt:
        found = Receipt(_time(message), reference(str(message["channel_id"]), str(message["id"])))
        self._sent[found.reference] = key
        while len(self._sent) > _KNOWN:
            self._sent.popitem(last=False)
        return found


def _packed(act: Post | Edit) -> _Parcel:
    shown = render.message(act.message, act.address.community, act.key)
    files = [
        File(each.name, each.content, picture_type(each.content) or "application/octet-stream")
        for each in shown.pictures
    ]
    files += [File(each.name, each.data, each.media_type) for each in shown.documents]
    return _Parcel(shown.payload(), tuple(files))


def _path(message: str = "") -> str:
    return "/webhooks/{webhook_id}/{webhook_token}" + (f"/messages/{message}" if message else "")


def _is(message: Json, act: Post, parcel: _Parcel) -> bool:
    """Whether this is the act's message: by its nonce where that is told, by the mark that it bears, by its words."""
    if message.get("nonce") is not None and str(message["nonce"]) == nonce(act.key):
        return True
    if parcel.marked:
        marks = [Mark.parse(custom_id) for custom_id in _custom_ids(message)]
        return any(mark is not None and mark.act == act_mark(act.key) for mark in marks)
    return _looks(message) == _looks(parcel.payload)


def _looks(message: Json) -> tuple[str, Sequence[str], int]:
    embeds = cast(list[Json], message.get("embeds") or [])
    words = [str(each.get("description") or "").strip() for each in embeds]
    return str(message.get("content") or "").strip(), words, len(cast(list[Json], message.get("attachments") or []))


def _custom_ids(message: Json) -> Iterator[str]:
    for row in cast(list[Json], message.get("components") or []):
        for component in cast(list[Json], row.get("components") or []):
            if component.get("custom_id"):
                yield str(component["custom_id"])


def _time(message: Json, field: str = "") -> datetime:
    stamp = message.get(field) or message["timestamp"]
    return datetime.fromisoformat(str(stamp)).astimezone(UTC)
