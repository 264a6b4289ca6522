"""The settings of the Slack adapter: which app it is, and which way in follows from that."""

from enum import StrEnum
from pathlib import Path

from cryptography.fernet import Fernet
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from bot.language.adapter import NotConnected
from bot.language.settings import config, read

PREFIX = "COUNTERPART_SLACK_"
_LOCAL = ("http://127.0.0.1", "http://localhost")


class Way(StrEnum):
    """How Slack reaches the bot."""

    SOCKETS = "sockets"
    """Socket Mode: the bot calls Slack. One workspace, and no address of its own is needed."""
    HTTP = "http"
    """Slack calls the bot. One workspace."""
    OAUTH = "oauth"
    """Slack calls the bot, which people install in their workspaces by themselves."""


class SlackSettings(BaseSettings):
    """What the operator copies from the pages of their app at api.slack.com/apps."""

    model_config = config(PREFIX)

    bot_token: SecretStr | None = Field(
        default=None,
        description="The “Bot User OAuth Token” of the page “Install App”; it begins with xoxb-.",
    )
    app_token: SecretStr | None = Field(
        default=None,
        description=(
            "For Socket Mode: an “App-Level Token” with the scope connections:write, of the page “Basic Information”;"
            " it begins with xapp-."
        ),
    )
    signing_secret: SecretStr | None = Field(
        default=None,
        description="For HTTP: the “Signing Secret” of the page “Basic Information”.",
    )
    client_id: str | None = Field(
        default=None,
        description="For many workspaces: the “Client ID” of the page “Basic Information”.",
    )
    client_secret: SecretStr | None = Field(
        default=None,
        description="For many workspaces: the “Client Secret” of the page “Basic Information”.",
    )
    encryption_key: SecretStr | None = Field(
        default=None,
        description=(
            "For many workspaces: the key with which their tokens are kept; `counterpart slack key` makes one. To"
            " change it, write the new key before the old one, with a comma between them."
        ),
    )
    api_url: str = Field(
        default="https://slack.com/api/",
        description="Where Slack's Web API is: https://slack.com/api/, or https://slack-gov.com/api/ for GovSlack.",
    )
    host: str = Field(
        default="127.0.0.1",
        description="For HTTP: the address to listen at. Only 127.0.0.1 keeps it to the reverse proxy on this machine.",
    )
    port: int = Field(
        default=3000,
        ge=0,
        le=65535,
        description="For HTTP: the port to listen at, 0 to 65535; 0 takes any free one.",
    )
    public_url: str | None = Field(
        default=None,
        description="For many workspaces: where people reach this bot, such as https://mentoring.example.org.",
    )

    @field_validator("bot_token", "app_token")
    @classmethod
    def _token(cls, value: SecretStr | None, info: object) -> SecretStr | None:
        wanted = "xoxb-" if getattr(info, "field_name", "") == "bot_token" else "xapp-"
        if value is not None and not value.get_secret_value().startswith(wanted):
            raise ValueError(f"it does not begin with {wanted}")
        return value

    @field_validator("encryption_key")
    @classmethod
    def _key(cls, value: SecretStr | None) -> SecretStr | None:
        for key in keys_of(value):
            try:
                Fernet(key)
            except ValueError:
                raise ValueError("it is no key for encryption") from None
        return value

    @field_validator("api_url", "public_url")
    @classmethod
    def _url(cls, value: str | None, info: object) -> str | None:
        if value is None:
            return None
        if not value.startswith(("https://", *_LOCAL)):
            raise ValueError("it does not begin with https://")
        address = value.rstrip("/")
        return f"{address}/" if getattr(info, "field_name", "") == "api_url" else address

    @property
    def way(self) -> Way:
        """Which way in follows from what is set. Raises NotConnected where that makes no sense."""
        if problem := _contradiction(self):
            raise NotConnected(problem)
        if self.app_token is not None:
            return Way.SOCKETS
        return Way.OAUTH if self.client_id else Way.HTTP

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys for tokens: the first one encrypts, each of them can decrypt."""
        return keys_of(self.encryption_key)

    @property
    def authorize_url(self) -> str:
        """Where people agree to install the app."""
        return f"{self.api_url.removesuffix('api/')}oauth/v2/authorize"


def keys_of(value: SecretStr | None) -> tuple[str, ...]:
    """The keys in a list with commas."""
    return tuple(key.strip() for key in value.get_secret_value().split(",") if key.strip()) if value else ()


def variable(field: str) -> str:
    """The name of the environment variable that sets this field."""
    return PREFIX + field.upper()


def read_settings(env_file: Path | None = Path(".env")) -> SlackSettings:
    """The settings from the environment and from `env_file`. Raises NotConnected when one is wrong or missing."""
    settings = read(SlackSettings, env_file)
    if problem := _contradiction(settings):
        raise NotConnected(problem)
    return settings


def _contradiction(settings: SlackSettings) -> str:
    """What is missing, or does not go together; empty when all is well."""
    has = {name for name in SlackSettings.model_fields if getattr(settings, name) not in (None, "")}
    many = has & {"client_id", "client_secret", "encryption_key"}
    if {"app_token", "signing_secret"} <= has:
        return (
            f"{variable('app_token')} is for Socket Mode and {variable('signing_secret')} for HTTP: keep the one, and "
            "take the other away."
        )
    if many and "bot_token" in has:
        return (
            f"{variable('bot_token')} is for one workspace and {_names(sorted(many))} for many: keep the one, and take "
            "the other away."
        )
    if many:
        return _missing(has, ("client_id", "client_secret", "encryption_key", "signing_secret", "public_url"), "many")
    if has & {"app_token", "signing_secret"}:
        return _missing(has, ("bot_token",), "one")
    return (
        f"Slack is not set up. For one workspace by Socket Mode, set {_names(['bot_token', 'app_token'])}: create the"
        " app from `counterpart slack manifest` at https://api.slack.com/apps and copy both from its pages. With"
        f" {variable('signing_secret')} in the place of the app token, Slack calls you by HTTP instead."
    )


def _missing(has: set[str], needed: tuple[str, ...], workspaces: str) -> str:
    lacking = [name for name in needed if name not in has]
    if not lacking:
        return ""
    described = " ".join(f"{variable(name)}: {SlackSettings.model_fields[name].description}" for name in lacking)
    return f"To connect {workspaces} workspace{'s' if workspaces == 'many' else ''}, something is missing. {described}"


def _names(fields: list[str]) -> str:
    return " and ".join(variable(field) for field in fields)
