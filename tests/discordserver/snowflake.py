"""Snowflakes: ids that tell when they were made, and sort by it."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Snowflakes:
    """Makes ids: each greater than the one before, whatever the clock does."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, now: datetime) -> str:
        """A new id, from this moment."""
        self._last = max(at(now), self._last + 1)
        return str(self._last)


def at(moment: datetime) -> int:
    """The smallest id of a moment."""
    return ((moment - EPOCH) // _MILLISECOND) << 22


def time_of(snowflake: str | int) -> datetime:
    """When an id was made."""
    return EPOCH + (int(snowflake) >> 22) * _MILLISECOND


def is_snowflake(value: object) -> bool:
    """Whether this can be an id, as text or number."""
    text = str(value)
    return not isinstance(value, bool) and text.isdecimal() and len(text) <= 20 and int(text) < 1 << 64
