"""Reading an adapter's settings from the environment and `.env`, and saying in words what is wrong with them.

Each adapter declares its own class of settings, with a prefix and a description for each field.
"""

from pathlib import Path
from typing import TypeVar

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.language.adapter import NotConnected

Kind = TypeVar("Kind", bound=BaseSettings)


def config(prefix: str) -> SettingsConfigDict:
    """How an adapter's settings are read. `prefix` begins the names of their variables."""
    return SettingsConfigDict(
        env_prefix=prefix,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )


def read(kind: type[Kind], env_file: Path | None) -> Kind:
    """The settings from the environment and from `env_file`. Raises NotConnected when one of them is wrong."""
    try:
        # pydantic-settings takes `_env_file` without declaring it.
        return kind(_env_file=env_file)  # pyright: ignore[reportCallIssue] - pydantic-settings takes it, and its types do not say so
    except ValidationError as wrong:
        raise NotConnected(explained(kind, wrong)) from None
    except UnicodeDecodeError:
        raise NotConnected(f"{env_file} is not a UTF-8 text file. Save it as UTF-8, then start again.") from None


def explained(kind: type[BaseSettings], wrong: ValidationError) -> str:
    """What is wrong, a sentence or two for each variable. Never shows a value: it may be a secret."""
    prefix, lines = kind.model_config.get("env_prefix", ""), list[str]()
    for error in wrong.errors(include_input=False, include_url=False):
        field = str(error["loc"][0]) if error["loc"] else ""
        reason = error["msg"].removeprefix("Value error, ")
        known = kind.model_fields.get(field)
        advice = f" What to write: {known.description}" if known and known.description else ""
        lines.append(f"{prefix}{field.upper()} is wrong: {reason[0].lower()}{reason[1:]}.{advice}")
    return "\n".join(lines)


def shown(secret: SecretStr | None) -> str:
    """The secret itself; empty where there is none."""
    return secret.get_secret_value() if secret is not None else ""
