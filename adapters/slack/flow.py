"""The way in which somebody installs the app in their workspace: to Slack, and back with a code for a token."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from adapters.slack.asking import NoAnswer, ask
from adapters.slack.manifest import SCOPES
from adapters.slack.quiet import client_for, library_log
from adapters.slack.settings import SlackSettings
from adapters.slack.store import STATE_LIFE, Installations
from bot.language.adapter import Clock
from bot.language.payload import Json, flag, part, word
from bot.language.settings import shown

INSTALL = "/slack/install"
REDIRECT = "/slack/oauth_redirect"

log = structlog.get_logger()
Announce = Callable[[str], Awaitable[None]]
"""Tells the core of the installation in a workspace. When it raises, whoever installs is asked to try again."""


class Installing(AsyncOAuthFlow):
    """Bolt's flow, which keeps the installation and tells the core of it before it says that all is well."""

    def __init__(
        self,
        settings: SlackSettings,
        store: Installations,
        states: AsyncOAuthStateStore,
        clock: Clock,
        announce: Announce,
    ) -> None:
        super().__init__(
            client=client_for("", settings.api_url),
            logger=library_log(),
            settings=AsyncOAuthSettings(
                client_id=settings.client_id or "",
                client_secret=shown(settings.client_secret),
                scopes=SCOPES,
                user_scopes=[],
                redirect_uri=f"{settings.public_url}{REDIRECT}",
                install_path=INSTALL,
                redirect_uri_path=REDIRECT,
                authorization_url=settings.authorize_url,
                # There is nothing to read on a page in between.
                install_page_rendering_enabled=False,
                installation_store=store,
                state_store=states,
                state_expiration_seconds=STATE_LIFE,
                logger=library_log(),
            ),
        )
        self._clock = clock
        self._announce = announce

    async def run_installation(self, code: str) -> Installation | None:
        """Exchange the code for a token; None where Slack does not take it."""
        try:
            # The library's own method sends the secret in a way that aiohttp is about to give up.
            granted = (await ask(self.client, "oauth.v2.access", self._exchange(code))).body
            who = (await ask(self.client, "auth.test", token=word(granted, "access_token"))).body
        except NoAnswer as problem:
            log.warning("not_installed", platform="slack", error=problem.code)
            return None
        if flag(granted, "is_enterprise_install") or not word(granted, "team", "id"):
            log.warning("not_installed", platform="slack", error="for a whole organization")
            return None
        return _installation(granted, who, self._clock.now())

    async def store_installation(self, request: AsyncBoltRequest, installation: Installation) -> None:
        """Keep it and tell the core. Raises BoltError where that fails: then it is done once more."""
        try:
            await super().store_installation(request, installation)
            await self._announce(installation.team_id or "")
        except Exception as problem:  # whatever it was, whoever installs must hear of it
            log.error("installation_not_stored", platform="slack", error=type(problem).__name__)
            raise BoltError("the installation could not be stored") from None

    def _exchange(self, code: str) -> Json:
        return {
            "code": code,
            "client_id": self.settings.client_id,
            "client_secret": self.settings.client_secret,
            "redirect_uri": self.settings.redirect_uri or "",
        }


def _installation(granted: Json, who: Json, now: datetime) -> Installation:
    enterprise = part(granted, "enterprise")
    return Installation(
        app_id=word(granted, "app_id"),
        enterprise_id=word(enterprise, "id") or None,
        enterprise_name=word(enterprise, "name") or None,
        team_id=word(granted, "team", "id"),
        team_name=word(granted, "team", "name"),
        bot_token=word(granted, "access_token"),
        bot_id=word(who, "bot_id"),
        bot_user_id=word(granted, "bot_user_id") or word(who, "user_id"),
        bot_scopes=word(granted, "scope"),
        user_id=word(granted, "authed_user", "id"),
        is_enterprise_install=False,
        token_type=word(granted, "token_type"),
        installed_at=now,
    )
