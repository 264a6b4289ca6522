"""Meeting times in words and signs: the hours as strips, suggestions, and a chosen time on everybody's clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.language.markup import Markdown, plain
from bot.program.meeting.exchange import exchange
from bot.program.meeting.hours import (
    QUARTER,
    Guest,
    Level,
    Period,
    Table,
    by_hour,
    number,
    on_clock,
    over,
    periods,
    spans,
    together,
    weekday,
)
from bot.program.meeting.series import Finder, Series
from bot.program.meeting.strips import Panel, Strip
from bot.program.partnerships import Seat, names
from bot.program.rounds import date_label
from bot.program.turn import Turn
from bot.world.zones import load_zone, zone_city
from storage.people import Program

SIGNS = {Level.WORK: "█", Level.DAY: "▓", Level.EDGE: "░", Level.NIGHT: "·"}
RULER = "0─────6─────12────18────"
"""The hours of a day, one sign each, of which every sixth is named."""
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Sitting:
    """Partners who want to meet, in a fixed order, and what finds them a time."""

    turn: Turn
    program: Program
    seats: tuple[Seat, ...]
    finder: Finder

    @property
    def levels(self) -> Table:
        """The quarter hours of a working day."""
        return self.finder.levels

    @property
    def guests(self) -> tuple[Guest, ...]:
        """The partners as the finder knows them."""
        return self.finder.guests

    def say(self, key: str, **values: object) -> Markdown:
        """A text of the program's kit."""
        return self.turn.say(self.program, key, **values)

    def name(self, place: int) -> Markdown:
        """The name of the partner at that place."""
        return names(self.turn, self.program, [self.seats[place]])


@dataclass(frozen=True, slots=True)
class Run:
    """Meetings that are at the same time of somebody's week.

    `since` is the day of the first, empty at the beginning; `weekday` is empty where it is that of the run before.
    """

    since: str
    weekday: str
    time: str
    edge: bool


def runs(guest: Guest, starts: Sequence[datetime], levels: Table) -> tuple[Run, ...]:
    """The times of a series on somebody's clock, a new one at each change of clocks."""
    found: list[Run] = []
    info, before = load_zone(guest.zone), ("", "")
    for at in starts:
        here = at.astimezone(info)
        day, clock = _DAYS[here.weekday()], f"{here:%H:%M}"
        if (day, clock) != before:
            edge = levels[(here.hour * 60 + here.minute) // QUARTER] is Level.EDGE
            since = date_label(here.date()) if found else ""
            found.append(Run(since, day if day != before[0] else "", clock, edge))
        before = day, clock
    return tuple(found)


def _periods(sitting: Sitting, viewer: int, last: datetime) -> tuple[Period, ...]:
    today = sitting.turn.now.astimezone(load_zone(sitting.guests[viewer].zone)).date()
    return periods(sitting.guests, today, last.date())


def panels(sitting: Sitting, viewer: int, last: datetime) -> tuple[Panel, ...]:
    """What `strips.draw` draws: no names, which a picture could not show in every script, but the places of clocks."""
    places = [zone_city(guest.zone) for guest in sitting.guests]
    order = [viewer, *(place for place in range(len(places)) if place != viewer)]
    found: list[Panel] = []
    for period in _periods(sitting, viewer, last):
        tables = [on_clock(sitting.levels, offset, period.offsets[viewer]) for offset in period.offsets]
        labels = {place: places[place] for place in order}
        labels[viewer] = plain(sitting.say("meeting.strip.you", place=places[viewer]))
        every = Strip(plain(sitting.say("meeting.strip.every", count=len(order))), together(tables))
        title = plain(sitting.say("meeting.strip.title", first=date_label(period.first), last=date_label(period.last)))
        found.append(Panel(title, (*(Strip(labels[place], tables[place]) for place in order), every)))
    return tuple(found)


def legend(sitting: Sitting) -> dict[Level, str]:
    """What the colours of the picture mean."""
    return {level: plain(_level(sitting, level)) for level in SIGNS if level in sitting.levels or level is Level.NIGHT}


def hours(sitting: Sitting, viewer: int, last: datetime, *, drawn: bool = False) -> list[Markdown]:
    """The hours of all partners on the viewer's clock, for each period between two clock changes.

    Where they are not `drawn` as a picture there is a strip of signs for each. `last` is a moment of the last day.
    """
    place = zone_city(sitting.guests[viewer].zone)
    signs = [(sign, _level(sitting, level), _hours(sitting.levels, level)) for level, sign in SIGNS.items()]
    known = [each for each in signs if each[2] or each[0] == SIGNS[Level.NIGHT]]
    head = sitting.say("meeting.head", ends=date_label(last.date()), zone=place, signs=known, drawn=drawn)
    found = _periods(sitting, viewer, last)
    return [head, *(_period(sitting, viewer, period, drawn=drawn) for period in found), _weekends(sitting)]


def _period(sitting: Sitting, viewer: int, period: Period, *, drawn: bool) -> Markdown:
    levels, mine = sitting.levels, period.offsets[viewer]
    tables = [on_clock(levels, offset, mine) for offset in period.offsets]
    bars = [
        (_bar(each), sitting.name(place), zone_city(guest.zone))
        for place, (guest, each) in enumerate(zip(sitting.guests, tables, strict=True))
    ]
    # Whoever looks is first, so that the eye compares the others with it.
    bars = [bars[viewer], *bars[:viewer], *bars[viewer + 1 :]]
    changed = [seat for seat, moved in zip(sitting.seats, period.changed, strict=True) if moved]
    both = together(tables)
    return sitting.say(
        "meeting.period",
        first=date_label(period.first),
        last=date_label(period.last),
        changed=names(sitting.turn, sitting.program, changed) if changed else "",
        drawn=drawn,
        ruler=Markdown(RULER),
        bars=bars,
        count=len(bars),
        together=_bar(both),
        at_work=_level(sitting, Level.WORK),
        work=_times(both, Level.WORK),
        awake=_times(both, Level.EDGE),
    )


def _weekends(sitting: Sitting) -> Markdown:
    by_days: dict[tuple[int, ...], list[Seat]] = {}
    for guest, seat in zip(sitting.guests, sitting.seats, strict=True):
        by_days.setdefault(tuple(sorted(guest.weekend)), []).append(seat)
    weekends = [
        (" and ".join(_DAYS[day] for day in days), names(sitting.turn, sitting.program, seats))
        for days, seats in by_days.items()
    ]
    return sitting.say("meeting.weekends", weekends=weekends)


def suggestion(sitting: Sitting, viewer: int, series: Series, place: int) -> Markdown:
    """One suggestion: its time on the viewer's clock, and what it is for each of the others."""
    first = _first(sitting, viewer, series)
    facts = _facts(sitting, series, sitting.guests[viewer].zone)
    return sitting.say("meeting.suggestion", number=place, weekday=first.weekday, time=first.time, **facts)


def option(sitting: Sitting, viewer: int, series: Series, place: int) -> str:
    """What stands on the button of a suggestion."""
    first = _first(sitting, viewer, series)
    return plain(sitting.say("meeting.option", number=place, weekday=first.weekday, time=first.time))


def announced(sitting: Sitting, series: Series, by: Seat, *, file: bool, again: bool) -> Markdown:
    """What stands in the room once somebody chose this series."""
    info = load_zone(series.zone)
    days = [f"{at.astimezone(info):%d %B}".lstrip("0") for at in series.starts()]
    name = names(sitting.turn, sitting.program, [by])
    return sitting.say(
        "meeting.chosen", name=name, file=file, again=again, days=days, **_facts(sitting, series, series.zone)
    )


def standing(sitting: Sitting, viewer: int, series: Series) -> Markdown:
    """The time that is chosen, for each of the partners."""
    return sitting.say("meeting.standing", **_facts(sitting, series, sitting.guests[viewer].zone))


def is_edgy(sitting: Sitting, series: Series) -> bool:
    """Whether some of the meetings are early or late for somebody."""
    levels = over(sitting.levels, series.minutes)
    return any(run.edge for guest in sitting.guests for run in runs(guest, series.starts(), levels))


def _facts(sitting: Sitting, series: Series, zone: str) -> dict[str, object]:
    """What the texts about a series say. The days of its first and last meeting are those of the clock of `zone`."""
    starts, levels = series.starts(), over(sitting.levels, series.minutes)
    info = load_zone(zone)
    return {
        "every": sitting.say("meeting.every", weeks=series.weeks),
        "count": series.count,
        "minutes": series.minutes,
        "edge": _level(sitting, Level.EDGE),
        "first": date_label(starts[0].astimezone(info).date()),
        "last": date_label(starts[-1].astimezone(info).date()),
        "guests": [
            {
                "name": sitting.name(place),
                "place": zone_city(guest.zone),
                "first": date_label(starts[0].astimezone(load_zone(guest.zone)).date()),
                "runs": runs(guest, starts, levels),
            }
            for place, guest in enumerate(sitting.guests)
        ],
    }


def _first(sitting: Sitting, viewer: int, series: Series) -> Run:
    return runs(sitting.guests[viewer], series.starts(), over(sitting.levels, series.minutes))[0]


def plan(sitting: Sitting, *, none: bool) -> Markdown:
    """How messages go round where no hour suits (`none`), or where the hours that do are early or late."""
    guests, start = sitting.guests, sitting.turn.now + timedelta(days=1)
    offsets = [period.offsets for period in periods(guests, start.date(), sitting.finder.term.last)]
    wished = sitting.finder.taste.weekdays[0]
    begin = next(day for day in range(number(start.date()), number(start.date()) + 7) if weekday(day) == wished)
    steps = [
        {
            "weekday": _DAYS[step.weekdays[0]],
            "until": _clock(step.until),
            "place": zone_city(guests[step.giver].zone),
            "giver": sitting.name(step.giver),
            "reader": sitting.name(step.reader),
            "reads_weekday": _DAYS[step.weekdays[1]],
            "reads": _clock(step.reads) if step.reads is not None else "",
            "reads_place": zone_city(guests[step.reader].zone),
        }
        for step in exchange(guests, sitting.levels, offsets, begin)
    ]
    every = sitting.say("meeting.every", weeks=sitting.finder.term.weeks)
    return sitting.say("meeting.exchange", none=none, every=every, steps=steps)


def _level(sitting: Sitting, level: Level) -> Markdown:
    return sitting.say(f"meeting.level.{level.name.lower()}")


def _bar(levels: Table) -> Markdown:
    return Markdown("".join(SIGNS[level] for level in by_hour(levels)))


def _times(levels: Table, worst: Level) -> str:
    """Times of day in words: "08:00–12:00 and 20:00–22:00"; empty where there are none."""
    found = spans(levels, worst)
    return " and ".join(f"{_clock(start)}–{_clock(end)}" for start, end in found)


def _hours(levels: Table, level: Level) -> str:
    """From when to when it is so good at least; empty where no hour is just that, and for the night."""
    return _times(levels, level) if level is not Level.NIGHT and level in levels else ""


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
