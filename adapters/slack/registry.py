"""Where the bot is installed, as the parts that take things in see it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from adapters.slack.workspaces import Workspaces
from bot.language.events import Installed


class Registry(Workspaces, Protocol):
    """The workspaces, and what becomes of them."""

    async def start(self) -> Sequence[Installed]:
        """Find out where the bot is installed, to be told to the core. Raises NotConnected."""
        ...

    async def stop(self) -> None:
        """Let go of everything."""
        ...

    async def outlived(self, team: str, at: datetime) -> bool:
        """Whether the bot is installed in this workspace although it was taken out at that time: anew, that is."""
        ...

    async def forget(self, team: str) -> None:
        """The bot was taken out of this workspace, or its token is void."""
        ...
