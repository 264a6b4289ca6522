"""The time that partners chose, as it is kept with their partnership. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.program.meeting.series import Series

_FIRST = "%Y-%m-%dT%H:%M"


def series_in(meeting: Mapping[str, Any]) -> Series | None:
    """The series that is kept; None where none was chosen, or it was dropped."""
    if "zone" not in meeting:
        return None
    first = datetime.strptime(meeting["first"], _FIRST)  # noqa: DTZ007 - as the clock of its zone shows it
    return Series(meeting["zone"], first, meeting["weeks"], meeting["count"], meeting["minutes"])


def chosen(before: Mapping[str, Any], series: Series, person_id: int | None, at: datetime) -> dict[str, Any]:
    """What is kept once somebody chose a series. The person is kept by number: names can change, and be forgotten."""
    return {
        "zone": series.zone,
        "first": f"{series.first:{_FIRST}}",
        "weeks": series.weeks,
        "count": series.count,
        "minutes": series.minutes,
        "by": person_id,
        "at": at.isoformat(),
        **_next(before),
    }


def dropped(before: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept once there is no fixed time any more: how often calendars were told something."""
    return _next(before) if before else {}


def sequence_in(meeting: Mapping[str, Any]) -> int:
    """How often the time was changed since it was first chosen."""
    return int(meeting.get("sequence", 0))


def option_of(series: Series) -> str:
    """A series as the value of a button: by whose clock, and its first time there."""
    return f"{series.zone} {series.first:{_FIRST}}"


def from_option(value: str) -> tuple[str, datetime] | None:
    """What `option_of` wrote; None for anything else."""
    zone, _, first = value.partition(" ")
    try:
        return zone, datetime.strptime(first, _FIRST)  # noqa: DTZ007 - as the clock of its zone shows it
    except ValueError:
        return None


def _next(before: Mapping[str, Any]) -> dict[str, Any]:
    return {"sequence": sequence_in(before) + 1 if before else 0}
