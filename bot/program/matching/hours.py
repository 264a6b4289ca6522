"""Working hours of two time zones, minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

MINUTES = 24 * 60


def working_minutes(zone: str, on: date, hours: tuple[time, time]) -> NDArray[np.bool_]:
    """For each minute of the UTC day `on`, whether a clock in `zone` stands within `hours` (end excluded).

    Shape (1440,). An unknown or empty zone has no working minute. Hours that end before they begin run over midnight.
    """
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return np.zeros(MINUTES, dtype=np.bool_)
    local = (np.arange(MINUTES) + _offsets(place, on)) % MINUTES
    begin, end = (hour.hour * 60 + hour.minute for hour in hours)
    if begin <= end:
        return (local >= begin) & (local < end)
    return (local >= begin) | (local < end)


def overlap_minutes(one: str, other: str, on: date, hours: tuple[time, time]) -> int:
    """Minutes of the UTC day `on` in which clocks in both zones stand within `hours`."""
    if not (one and other):
        return 0
    return int(np.count_nonzero(working_minutes(one, on, hours) & working_minutes(other, on, hours)))


def _offsets(place: ZoneInfo, on: date) -> NDArray[np.int64]:
    """Minutes by which the zone is ahead of UTC in each minute of the UTC day `on`."""
    midnight = datetime(on.year, on.month, on.day, tzinfo=UTC)
    first, last = (_ahead(place, midnight + timedelta(minutes=minute)) for minute in (0, MINUTES - 1))
    if first == last:
        return np.full(MINUTES, first, dtype=np.int64)
    # The clocks change on this very day: ask for each minute.
    return np.array([_ahead(place, midnight + timedelta(minutes=minute)) for minute in range(MINUTES)], dtype=np.int64)


def _ahead(place: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(place).utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)
