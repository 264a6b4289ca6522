"""When things happen in a round: pure, from the kit and the round's dates."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.program.routes import Moment
from topics.model import Kit, RoundPlan, Survey

ANYWHERE_FIRST = timedelta(hours=14)
"""How far ahead of UTC the earliest zone is: a day begins there this much before it begins in UTC."""
REMINDERS = ("reminder", "last_reminder")
"""What the first and the second reminder of a survey are called; there is no third."""
_WEEK = 7
_APART = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class RoundDates:
    """The dates of a round. Applications count from `opens_at` until just before `closes_at`."""

    opens_at: datetime
    closes_at: datetime
    starts_on: date
    ends_on: date


def round_dates(plan: RoundPlan, starts_on: date, weeks: int) -> RoundDates:
    """The dates of a round that starts on that day. Both ends of the application window are whole UTC days."""
    opens = starts_on - timedelta(days=plan.applications_open_days_before)
    last = starts_on - timedelta(days=plan.applications_close_days_before)
    return RoundDates(day_start(opens), day_start(last + timedelta(days=1)), starts_on, starts_on + weeks * 7 * DAY)


DAY = timedelta(days=1)


def day_start(day: date) -> datetime:
    """The first instant of that day in UTC."""
    return datetime.combine(day, time(), UTC)


def day_anywhere(day: date) -> datetime:
    """The first instant at which it is that day anywhere on Earth."""
    return day_start(day) - ANYWHERE_FIRST


def first_start(plan: RoundPlan, after: date) -> date:
    """The first day after `after` on which the kit's rounds start (its month and day)."""
    month, day = (int(part) for part in plan.starts.split("-"))
    year = after.year
    # The 29th of February comes after eight years at the latest.
    while day > monthrange(year, month)[1] or date(year, month, day) <= after:
        year += 1
    return date(year, month, day)


def first_weekday(day: date, weekday: int) -> date:
    """The first such weekday (0 is Monday) on `day` or after it."""
    return day + timedelta(days=(weekday - day.weekday()) % _WEEK)


def first_monday(starts_on: date) -> date:
    """The round's first Monday: the day for which waking-hours overlap is counted."""
    return first_weekday(starts_on, 0)


def topic_days(kit: Kit, starts_on: date, ends_on: date) -> tuple[tuple[int, date], ...]:
    """Which topic comes on which local day: (number, day), in order.

    The first comes with the introduction, the last (reflection) on the last fitting weekday before the end, and the
    others every `every_days` between them, as many as fit.
    """
    rhythm, numbers = kit.rhythm, [topic.number for topic in kit.topics]
    if not numbers:
        return ()
    plan = [(numbers[0], starts_on)]
    last = ends_on - timedelta(days=rhythm.last_before_end_days)
    last -= timedelta(days=(last.weekday() - rhythm.weekday) % _WEEK)
    last = max(last, starts_on + DAY)
    day = first_weekday(starts_on + timedelta(days=rhythm.first_after_days), rhythm.weekday)
    for number in numbers[1:-1]:
        if day + _APART > last:
            break
        plan.append((number, day))
        day += timedelta(days=rhythm.every_days)
    if len(numbers) > 1:
        plan.append((numbers[-1], last))
    return tuple(plan)


def moments(kit: Kit, dates: RoundDates) -> tuple[Moment, ...]:
    """Everything that is due in a round, in order of time."""
    plan, week = kit.plan, timedelta(days=7)
    due = [
        Moment("announce", dates.opens_at),
        Moment("close", dates.closes_at, grace=52 * week),
        Moment("start", day_anywhere(dates.starts_on), grace=4 * week),
        Moment("end", day_start(dates.ends_on + DAY), grace=52 * week),
    ]
    reminder = dates.closes_at - timedelta(days=plan.closing_reminder_days)
    if reminder > dates.opens_at:
        due.append(Moment("closing_soon", reminder, grace=timedelta(days=plan.closing_reminder_days)))
    due += [
        Moment("topic", day_anywhere(day), str(number))
        for number, day in topic_days(kit, dates.starts_on, dates.ends_on)[1:]
    ]
    for survey in kit.surveys:
        due += _of_survey(survey, dates)
    return tuple(sorted(due, key=lambda moment: (moment.at, moment.kind, moment.subject)))


def _of_survey(survey: Survey, dates: RoundDates) -> list[Moment]:
    """The day of a survey, and those of its reminders before the round ends. An exit survey has no day."""
    if survey.when == "exit":
        return []
    middle = dates.starts_on + (dates.ends_on - dates.starts_on) / 2
    base = dates.ends_on if survey.when == "closing" else middle
    day = max(base - timedelta(days=survey.days_before_end), dates.starts_on + DAY)
    if survey.when == "arrival":
        day = dates.starts_on + timedelta(days=survey.days_after_start)
        if day >= dates.ends_on:
            return []
    due = [Moment(survey.when, day_start(day), survey.name)]
    for kind in REMINDERS[: survey.reminders]:
        day += timedelta(days=survey.remind_after_days)
        if day < dates.ends_on:
            due.append(Moment(f"{survey.when}_{kind}", day_start(day), survey.name))
    return due
