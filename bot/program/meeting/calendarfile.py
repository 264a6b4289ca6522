"""A series of meetings as a calendar file (iCalendar, RFC 5545). Pure.

There is no name and no address in it: a file that somebody saved cannot be mended when a partner asks to be forgotten.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from bot.program.meeting.hours import clock_of
from bot.program.meeting.series import Series
from bot.world.zones import load_zone

NAME, MEDIA_TYPE = "meetings.ics", "text/calendar"
_PRODUCT = "-//Counterpart//Meeting times//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a calendar is told of the meetings of a partnership.

    `uid` names them for ever: a file with the same one and a higher `sequence` takes the place of an earlier.
    `at` is when this was decided; `cancelled` takes the meetings out of calendars.
    """

    uid: str
    sequence: int
    at: datetime
    title: str
    note: str
    cancelled: bool = False


def uid_of(partnership_id: int, made_at: datetime) -> str:
    """The calendar's name for the meetings of a partnership; different wherever else one has the same number."""
    made = made_at.astimezone(UTC)
    return str(uuid5(NAMESPACE_URL, f"counterpart:partnership:{partnership_id}:{made:%Y-%m-%dT%H:%M:%S.%f}"))


def calendar_file(series: Series, entry: Entry) -> str:
    """The file's text. The meetings keep their hour on the clock of `series.zone`, whose changes are in it."""
    starts = series.first.replace(tzinfo=UTC if series.zone == "UTC" else load_zone(series.zone))
    # The library declares what it takes as nothing in particular.
    event = cast("Any", Event())
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.at)
    event.add("last-modified", entry.at)
    event.add("dtstart", starts)
    event.add("dtend", starts + timedelta(minutes=series.minutes))
    event.add("rrule", {"freq": "weekly", "interval": series.weeks, "count": series.count})
    event.add("summary", entry.title)
    event.add("description", entry.note)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    calendar = cast("Any", Calendar())
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if entry.cancelled else "PUBLISH")
    if series.zone != "UTC":
        calendar.add_component(_zone(series))
    calendar.add_component(event)
    return calendar.to_ical().decode()


def _zone(series: Series) -> Any:
    """The zone with each change of its clock during the meetings: some calendars know none that is not explained.

    The library finds the changes by itself, but not those that are soon undone: Morocco's for Ramadan, say.
    """
    info, starts = load_zone(series.zone), series.starts()
    zone = cast("Any", Timezone())
    zone.add("tzid", series.zone)
    before: int | None = None
    for since, offset in clock_of(series.zone, series.first.date(), starts[-1].date()).changes:
        at = datetime.fromtimestamp(since * 60, UTC)
        here = at.astimezone(info)
        part = cast("Any", TimezoneDaylight() if here.dst() else TimezoneStandard())
        known = offset if before is None else before
        part.add("dtstart", (at + timedelta(minutes=known)).replace(tzinfo=None))
        part.add("tzoffsetfrom", timedelta(minutes=known))
        part.add("tzoffsetto", timedelta(minutes=offset))
        part.add("tzname", here.tzname())
        zone.add_component(part)
        before = offset
    return zone
