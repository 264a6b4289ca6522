"""The workspaces in which the bot is installed, as the parts of the adapter see them."""

from dataclasses import dataclass
from typing import Protocol

from slack_sdk.web.async_client import AsyncWebClient


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace: its team id, its client (made without the library's own retries), and the bot's own user."""

    team: str
    client: AsyncWebClient
    bot_user: str
    bot_id: str = ""
    app_id: str = ""


class Workspaces(Protocol):
    """Finds a workspace by its team id, whichever way it was installed."""

    async def workspace(self, team: str) -> Workspace | None:
        """The workspace, None where the bot is not installed (any more)."""
        ...

    async def teams(self) -> tuple[str, ...]:
        """The team ids of all workspaces in which the bot is installed."""
        ...
