"""Puts the Slack adapter together: the way in, and the way out, over the same workspaces."""

from dataclasses import replace
from datetime import datetime

from adapters.slack.inward import Inward
from adapters.slack.marks import PLATFORM
from adapters.slack.outbound import Outbound
from adapters.slack.render import CAPABILITIES
from adapters.slack.settings import SlackSettings, Way, read_settings
from bot.language.acts import Act, Receipt
from bot.language.adapter import Capabilities, Ground, Receive


class SlackAdapter:
    """Slack, as the core sees it."""

    def __init__(self, settings: SlackSettings, ground: Ground) -> None:
        self.inward = Inward(settings, ground)
        # Slack sends each event once, to whichever server it reaches; over sockets it would choose one of them.
        self._capabilities = replace(CAPABILITIES, one_connection=settings.way is Way.SOCKETS)
        self._outward = Outbound(self.inward.workspaces, ground.clock)

    @property
    def name(self) -> str:
        """The platform's name."""
        return PLATFORM

    @property
    def capabilities(self) -> Capabilities:
        """What Slack can show, and how fast it may be written to."""
        return self._capabilities

    async def start(self, receive: Receive) -> None:
        """Connect, tell where the bot is installed, and hand in what happens. Raises NotConnected."""
        await self.inward.start(receive)

    async def stop(self) -> None:
        """Take no more events and let go of Slack."""
        await self.inward.stop()

    async def prepare(self) -> None:
        """Get to know the workspaces, to send without being connected. Raises NotConnected."""
        await self.inward.workspaces.start()

    async def perform(self, act: Act) -> Receipt:
        """Do the deed. Raises Retry, Gone, Refused or Unknown."""
        return await self._outward.perform(act)

    async def find(self, act: Act, since: datetime | None = None) -> Receipt | None:
        """The receipt of this act if it was done earlier, None if it certainly was not. Raises Unknown or Retry."""
        return await self._outward.find(act, since)


def build(ground: Ground) -> SlackAdapter:
    """The adapter, as the environment and `.env` set it up. Raises NotConnected where they do not say enough."""
    return SlackAdapter(read_settings(), ground)
