"""The settings of the Discord adapter: which bot it is, and how it lives in servers."""

import ipaddress
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from bot.language.adapter import NotConnected
from bot.language.settings import config, read

PREFIX = "COUNTERPART_DISCORD_"
API_URL = "https://discord.com/api/v10"
AUTO = "auto"
PORTAL = "https://discord.com/developers/applications"
"""Where operators look after their application."""
_INSIDE = (".internal", ".local", ".localhost", ".lan")


class DiscordSettings(BaseSettings):
    """What the operator copies from the pages of their application, and how rooms are made."""

    model_config = config(PREFIX)

    token: SecretStr | None = Field(
        default=None,
        description=f"The bot's token: {PORTAL}, your application, page “Bot”, “Reset Token”.",
    )
    rooms: Literal["auto", "channels", "threads"] = Field(
        default="auto",
        description="What rooms are: channels, threads, or auto (threads for rounds with too many pairs for channels).",
    )
    rooms_threshold: int = Field(
        default=400,
        ge=0,
        le=450,
        description="With rooms=auto: the number of pairs up to which rooms are channels. A server has 500 at most.",
    )
    shards: str = Field(
        default="0",
        description=(
            "How many connections share the servers: 0 for a single one, a number, or auto for as many as Discord"
            " recommends. From 2,500 servers on, Discord demands several."
        ),
    )
    api_url: str = Field(
        default=API_URL,
        description=f"Where Discord's HTTP API is: {API_URL}, or that of a proxy.",
    )
    gateway_url: str | None = Field(
        default=None,
        description="Where Discord's gateway is, such as wss://gateway.discord.gg; without it, Discord is asked.",
    )

    @field_validator("token")
    @classmethod
    def _token(cls, value: SecretStr | None) -> SecretStr | None:
        bare = value.get_secret_value().strip().removeprefix("Bot ").strip() if value else ""
        if any(sign.isspace() or not sign.isprintable() for sign in bare):
            raise ValueError("it has a space or line break within")
        return SecretStr(bare) if bare else None

    @field_validator("rooms", mode="before")
    @classmethod
    def _lowercase(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("shards")
    @classmethod
    def _shards(cls, value: str) -> str:
        value = value.strip().lower()
        if value != AUTO and not (value.isascii() and value.isdecimal() and int(value) <= 1_000):
            raise ValueError("it is neither a number up to 1000 nor auto")
        return value

    @field_validator("api_url")
    @classmethod
    def _api(cls, value: str) -> str:
        return _checked(value, "https", "http")

    @field_validator("gateway_url")
    @classmethod
    def _gateway(cls, value: str | None) -> str | None:
        return _checked(value, "wss", "ws") if value else None


def _checked(url: str, safe: str, open_: str) -> str:
    """The address without a slash at its end. Unencrypted ones may not leave the operator's own network."""
    url = url.strip().rstrip("/")
    try:
        found = urlsplit(url)
        host = found.hostname or ""
    except ValueError:
        found, host = None, ""
    if found is None or not host or found.scheme not in (safe, open_) or "?" in url or "#" in url:
        raise ValueError(f"it does not begin with {safe}://, or is no address")
    if found.scheme == open_ and not _inside(host):
        raise ValueError(f"it does not begin with {safe}://, and would send the token unencrypted over the internet")
    return url


def _inside(host: str) -> bool:
    """Whether a host is on this machine or in its own network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(_INSIDE)


def variable(field: str) -> str:
    """The name of the environment variable that sets this field."""
    return PREFIX + field.upper()


def read_settings(env_file: Path | None = Path(".env")) -> DiscordSettings:
    """The settings from the environment and from `env_file`. Raises NotConnected when one is wrong or missing."""
    settings = read(DiscordSettings, env_file)
    if settings.token is None:
        raise NotConnected(
            f"Discord is not set up. Create an application at {PORTAL}, open its page “Bot”, choose “Reset Token”, and"
            f" write the token into {variable('token')}. Then `counterpart discord invite` prints the link with which"
            " the bot comes into a server."
        )
    return settings
