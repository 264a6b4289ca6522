"""Tokens in the database: encrypted whenever they are written, whoever writes them."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Dialect, Table, Text
from sqlalchemy.types import TypeDecorator

from bot.language.adapter import NotConnected

SECRET_COLUMNS = ("bot_token", "bot_refresh_token", "user_token", "user_refresh_token", "incoming_webhook_url")


class Sealed(TypeDecorator[str]):
    """Text that is encrypted in the database. The first key encrypts, each of them can decrypt."""

    impl = Text
    cache_ok = False

    def __init__(self, keys: Sequence[str] = ()) -> None:
        super().__init__()
        self._box = MultiFernet([Fernet(key) for key in keys]) if keys else None

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt what is written."""
        if value is None or self._box is None:
            return None
        return self._box.encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt what is read. Raises NotConnected where no key fits."""
        if value is None or self._box is None:
            return None
        try:
            return self._box.decrypt(value.encode()).decode()
        except InvalidToken:
            raise NotConnected(
                "COUNTERPART_SLACK_ENCRYPTION_KEY does not open the tokens in the database. Write the key with which "
                "they were kept behind the new one, with a comma between them. If it is lost, install the app anew in "
                "each workspace."
            ) from None


def seal(table: Table, keys: Sequence[str]) -> None:
    """Let a table keep its tokens encrypted; they become longer by that."""
    for name in SECRET_COLUMNS:
        if name in table.c:
            table.c[name].type = Sealed(keys)
