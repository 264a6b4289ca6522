"""The settings of one Counterpart process: read once from the environment and `.env`, checked, and handed in.

Every setting is a variable named `COUNTERPART_` and the field's name in capitals; the environment goes before `.env`.
`.env.example` and the operator's guide describe each one.
"""

import os
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "COUNTERPART_"
_SECRET = ("_TOKEN", "_SECRET", "_KEY", "_PASSWORD")
_KEY_LENGTH = 32
ROLES = ("gateway", "worker", "calendar")
DRIVERS = ("sqlite+aiosqlite", "postgresql+psycopg")


class SettingsError(Exception):
    """One or more settings are missing or wrong. The text names each variable, what is wrong and what to write."""


class Settings(BaseSettings):
    """What the operator decides. What a team decides (questions, dates, places) is in its kit and its rounds."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    database_url: SecretStr = Field(
        default=SecretStr("sqlite+aiosqlite:///counterpart.db"),
        description=(
            "Where everything is kept: sqlite+aiosqlite:///FILE for one machine (a relative FILE lies in the data"
            " folder), or postgresql+psycopg://NAME:PASSWORD@HOST/DATABASE."
        ),
    )
    data_dir: Path = Field(
        default=Path(),
        description="The folder for the database file and for everything that is written. It must exist.",
    )
    adapters: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("local",),
        description="The platforms to connect, separated by commas: local (the playground), slack, discord.",
    )
    roles: Annotated[tuple[str, ...], NoDecode] = Field(
        default=ROLES,
        description=(
            "What this process does, separated by commas: gateway (connects platforms), worker (handles events, sends),"
            " calendar (sees what is due)."
        ),
    )
    kit: str = Field(
        default="librarians",
        description=(
            "What programs ask and say: the name of a kit that comes with Counterpart, or a kit's folder. Several,"
            " separated by commas, can run side by side; a new community begins with the first."
        ),
    )
    host: str = Field(
        default="127.0.0.1",
        description="The address on which web pages are served. Only 127.0.0.1 keeps the playground to this machine.",
    )
    port: int = Field(
        default=8765,
        ge=0,
        le=65535,
        description="The port on which web pages are served, 0 to 65535; 0 takes any free one.",
    )
    health_host: str = Field(
        default="127.0.0.1",
        description="The address on which health and numbers are served. Only 127.0.0.1 keeps them to this machine.",
    )
    health_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="The port on which health and numbers (/healthz, /readyz, /metrics) are served; 0 turns it off.",
    )
    site: Literal["on", "off"] = Field(
        default="off",
        description=(
            "Whether the programs' public site is served under /site, at the address and port of web pages: on or off."
        ),
    )
    keep_days: int = Field(
        default=30,
        ge=7,
        le=3650,
        description="For how many days the words of messages and finished doings are kept, 7 to 3650.",
    )
    forget_key: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "The key of the marks that stay of people who were forgotten: any 32 characters or more. Without it, one is"
            " kept in the database."
        ),
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="How much is logged: debug, info, warning or error. What participants write is never logged.",
    )
    log_format: Literal["console", "json"] = Field(
        default="console",
        description="How it is logged: console (for people) or json (a line each, for a log collector).",
    )

    @field_validator("log_level", "log_format", "site", mode="before")
    @classmethod
    def _lowercase(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("adapters", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return _names(value, "platform") if isinstance(value, str) else value

    @field_validator("roles", mode="before")
    @classmethod
    def _known_roles(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        names = _names(value, "role")
        for name in names:
            if name not in ROLES:
                raise ValueError(f"there is no role “{name}”")
        return names

    @field_validator("forget_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < _KEY_LENGTH:
            raise ValueError(f"it has fewer than {_KEY_LENGTH} characters")
        return value

    @field_validator("data_dir")
    @classmethod
    def _folder(cls, value: Path) -> Path:
        if not value.is_dir():
            raise ValueError("there is no such folder")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr) -> SecretStr:
        try:
            url = make_url(value.get_secret_value())
        except (ArgumentError, ValueError):
            raise ValueError("it is not a database address") from None
        if url.drivername not in DRIVERS:
            raise ValueError(f"it must begin with {' or '.join(DRIVERS)}")
        return value

    def database(self) -> str:
        """The database address to connect to, with its password, and a relative SQLite file placed in `data_dir`."""
        url = make_url(self.database_url.get_secret_value())
        name = url.database
        if url.drivername.startswith("sqlite") and name and name != ":memory:" and not name.startswith("file:"):
            url = url.set(database=str(self.data_dir / name))
        return url.render_as_string(hide_password=False)


def _names(value: str, what: str) -> tuple[str, ...]:
    names = tuple(part.strip().lower() for part in value.split(",") if part.strip())
    if not names:
        raise ValueError(f"it names no {what}")
    if len(set(names)) < len(names):
        raise ValueError(f"it names a {what} twice")
    return names


def variable(field: str) -> str:
    """The name of the environment variable that sets this field."""
    return PREFIX + field.upper()


def read_settings(env_file: Path | None = Path(".env")) -> Settings:
    """The settings from the environment and from `env_file` (None: from the environment alone).

    Raises SettingsError, with sentences to show to the operator, when one is missing or wrong.
    """
    try:
        # pydantic-settings takes `_env_file` without declaring it.
        return Settings(_env_file=env_file)  # pyright: ignore[reportCallIssue] - pydantic-settings takes it, and its types do not say so
    except ValidationError as wrong:
        raise SettingsError(explain(wrong)) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{env_file} is not a UTF-8 text file. Save it as UTF-8, then start again.") from None


def secrets(env_file: Path | None = Path(".env")) -> tuple[str, ...]:
    """The values that must never be shown, those of adapters too: whatever is named a token, key or secret."""
    given = {**(dotenv_values(env_file) if env_file and env_file.is_file() else {}), **os.environ}
    named = (value for name, value in given.items() if name.startswith(PREFIX) and name.endswith(_SECRET))
    return tuple({part.strip() for value in named if value for part in value.split(",") if part.strip()})


def explain(wrong: ValidationError) -> str:
    """What is wrong with the settings, a sentence or two for each variable. Never shows a value: it may be a secret."""
    errors = wrong.errors(include_input=False, include_url=False)
    located = [(str(error["loc"][0]) if error["loc"] else "", error) for error in errors]
    return "\n".join(_sentence(field, error["type"], error["msg"]) for field, error in located)


def _sentence(field: str, kind: str, message: str) -> str:
    name = variable(field) if field else "A setting"
    known = Settings.model_fields.get(field)
    advice = f" What to write: {known.description}" if known and known.description else ""
    if kind == "missing":
        return f"{name} is missing.{advice}"
    reason = message.removeprefix("Value error, ")
    return f"{name} is wrong: {reason[0].lower()}{reason[1:]}.{advice}"
