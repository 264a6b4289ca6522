"""Puts the Discord adapter together: the way in, and the way out, over the same connection."""

from datetime import datetime

from adapters.discord import calls
from adapters.discord.inward import Inward, Tempo
from adapters.discord.marks import PLATFORM
from adapters.discord.outbound import Outbound
from adapters.discord.render import CAPABILITIES
from adapters.discord.settings import DiscordSettings, read_settings
from bot.language.acts import Act, Post, Receipt
from bot.language.adapter import Capabilities, Ground, Receive
from bot.language.places import Place


class DiscordAdapter:
    """Discord, as the core sees it."""

    def __init__(self, settings: DiscordSettings, ground: Ground, tempo: Tempo | None = None) -> None:
        self.inward = Inward(settings, ground, calls.trace, tempo)
        self._outward = Outbound(
            self.inward,
            self.inward.replies,
            ground.clock,
            ground.knowledge,
            rooms=settings.rooms,
            threshold=settings.rooms_threshold,
            api_url=settings.api_url,
        )

    @property
    def name(self) -> str:
        """The platform's name."""
        return PLATFORM

    @property
    def capabilities(self) -> Capabilities:
        """What Discord can show, and how fast it may be written to."""
        return CAPABILITIES

    async def start(self, receive: Receive) -> None:
        """Connect, tell where the bot is, and hand in what happens. Raises NotConnected."""
        await self.inward.start(receive)

    async def stop(self) -> None:
        """Take no more events and let go of Discord."""
        await self.inward.stop()

    async def perform(self, act: Act) -> Receipt:
        """Do the deed. Raises Retry, Gone, Refused or Unknown."""
        if isinstance(act, Post) and act.prompted:
            # What is stored is answered quickly: perhaps before Discord has been told that it came.
            await self.inward.replies.settled(_reader(act))
        return await self._outward.perform(act)

    async def find(self, act: Act, since: datetime | None = None) -> Receipt | None:
        """The receipt of this act if it was done earlier, None if it certainly was not. Raises Unknown or Retry."""
        return await self._outward.find(act, since)


def _reader(act: Post) -> str:
    return act.only_for or (act.address.id if act.address.place is Place.DIRECT else "")


def build(ground: Ground) -> DiscordAdapter:
    """The adapter, as the environment and `.env` set it up. Raises NotConnected where they do not say enough."""
    return DiscordAdapter(read_settings(), ground)
