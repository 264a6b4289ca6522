"""What people write, to the bot and in rooms: heard live, or read later where the connection was down."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from discord.http import HTTPClient

from adapters.discord.asking import NoAnswer, ask
from adapters.discord.inbound import author_of, by_a_person, moved, said, spoken
from adapters.discord.inside import Inside
from adapters.discord.interactions import NOWHERE, WRONG
from adapters.discord.keeping import Keeping
from bot.language.adapter import Retry
from bot.language.events import Commanded, Event, Said
from bot.language.payload import Json, part, word
from bot.language.places import Place

UNREADABLE = (
    "I cannot read what you write here. Please use the buttons beneath my messages, or begin your answer with <@{bot}>."
)
AGAIN = timedelta(hours=1)
"""How long somebody is not told the same again."""

log = structlog.get_logger()


class Messages:
    """Makes events of messages, and sees that they are stored."""

    def __init__(self, inside: Inside, keeping: Keeping, http: Callable[[], HTTPClient]) -> None:
        self._inside = inside
        self._keeping = keeping
        self._http = http
        self._told: dict[tuple[str, str], datetime] = {}

    def take(self, message: Json) -> None:
        """Begin to see to a message: it keeps its place in the order of what its author does."""
        user = word(message, "author", "id")
        if by_a_person(message) and user != self._inside.places.bot:
            self._inside.lanes.put(user, self._heard(message))

    async def event_of(self, message: Json, guild: str) -> Event | None:
        """The event that a message is; None where the core need not hear of it."""
        inside, now = self._inside, self._inside.clock.now()
        user = word(message, "author", "id")
        actor = author_of(message, guild or await inside.communities.of(user))
        if not actor.community:
            return None
        if guild:
            inside.people.note(guild, part(message, "author"), part(message, "member"))
        actor = inside.people.remembered(actor.community, user).put_on(actor)
        address = inside.places.address(actor, word(message, "channel_id")) if guild else actor.direct
        if (event := moved(message, address, now)) is not None:
            return event
        event = said(message, actor, address, now, inside.places.bot)
        if isinstance(event, Commanded) and not guild:
            return Commanded(
                event.event_id,
                event.at,
                (await inside.people.known(actor.community, user)).put_on(actor),
                event.address,
                event.text,
            )
        return event

    async def _heard(self, message: Json) -> None:
        guild, channel = word(message, "guild_id"), word(message, "channel_id")

        async def made() -> Event | None:
            event = await self.event_of(message, guild)
            if event is None and not guild and spoken(message):
                await self._tell(channel, NOWHERE)
            if guild and isinstance(event, Said) and _says_nothing(event):
                # What is written in a thread is not shown to bots, unless it calls them.
                await self._tell(channel, UNREADABLE.format(bot=self._inside.places.bot))
                return None
            return event

        if not await self._keeping.keep(made) and not guild:
            await self._tell(channel, WRONG.format(fault=word(message, "id")[-6:]))

    async def _tell(self, channel: str, text: str) -> None:
        """Say something in a conversation, once in a while."""
        now = self._inside.clock.now()
        self._told = {key: at for key, at in self._told.items() if now - at < AGAIN}
        if (channel, text[:20]) in self._told:
            return
        self._told[channel, text[:20]] = now
        body: Json = {"content": text, "allowed_mentions": {"parse": []}}
        try:
            await ask(self._http(), "POST", "/channels/{channel_id}/messages", body=body, channel_id=channel)
        except (NoAnswer, Retry) as problem:
            log.warning("not_told", platform="discord", reason=str(problem))


def _says_nothing(event: Said) -> bool:
    """Whether nothing of what was written to the bot can be seen."""
    return event.address.place is Place.DIRECT and not event.text and not event.files
