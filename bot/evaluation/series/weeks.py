"""Activity over the weeks of a round: how much was written in rooms, and in how many of them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.evaluation.disclosure import LEAST
from bot.evaluation.history import PairFacts, RoundHistory, TopicDay
from bot.evaluation.series.said import Said, Table, alternative, counted, nothing, percent

NAME, TITLE = "weeks", "Activity over the weeks"
WHOLE = 7
WEEK = timedelta(days=WHOLE)
FEWEST = (LEAST + 1) // 2
"""So many partnerships must there be in a week: fewer would be fewer than five people."""


@dataclass(frozen=True, slots=True)
class Week:
    """One week of the round, which begins on `day`: the messages in rooms, the partnerships that there were, and in
    how many of them somebody wrote; all three are 0 where there were too few partnerships to tell of them. `topics` are
    the numbers of the topics that went out in it."""

    number: int
    day: date
    messages: int
    partnerships: int
    active: int
    topics: tuple[int, ...]
    days: int = 7
    """How many days it has: the last week of a round may have fewer."""

    @property
    def share(self) -> float | None:
        """How many of the partnerships wrote, 0 to 1; None where there were none, and of a week that is not whole."""
        return self.active / self.partnerships if self.partnerships and self.days == WHOLE else None


@dataclass(frozen=True, slots=True)
class WeekSeries:
    """The weeks in order, and the topics with their days."""

    weeks: tuple[Week, ...]
    topics: tuple[TopicDay, ...]
    said: Said


def week_series(history: RoundHistory) -> WeekSeries:
    """Sum up the weeks of all partnerships, each by the day on which it began."""
    number = max(1, -(-((history.ends_on - history.starts_on).days + 1) // 7))
    messages, there, active = [0] * number, [0] * number, [0] * number
    for pair in history.pairs:
        for week, count in _weeks_of(pair, history.starts_on):
            if 0 <= week < number:
                messages[week] += count
                there[week] += 1
                active[week] += count > 0
    for week, count in enumerate(there):
        if count < FEWEST:
            messages[week] = there[week] = active[week] = 0
    days = [history.starts_on + WEEK * week for week in range(number)]
    topics = tuple(topic for topic in history.topics if days[0] <= topic.day < days[-1] + WEEK)
    weeks = tuple(
        Week(
            week + 1,
            day,
            messages[week],
            there[week],
            active[week],
            _topics_in(topics, day),
            min(WHOLE, (history.ends_on - day).days + 1),
        )
        for week, day in enumerate(days)
    )
    return WeekSeries(weeks, topics, _said(history, weeks, topics))


def _weeks_of(pair: PairFacts, starts_on: date) -> list[tuple[int, int]]:
    """The weeks of one partnership: which week of the round each began in, and how many messages it had."""
    if pair.announced_at is None:
        return []
    begin = datetime.combine(starts_on, time(), UTC)
    length = max((len(member.weekly) for member in pair.members), default=0)
    found: list[tuple[int, int]] = []
    for place in range(length):
        count = sum(member.weekly[place] for member in pair.members if place < len(member.weekly))
        found.append(((pair.announced_at + WEEK * place - begin) // WEEK, count))
    return found


def _topics_in(topics: tuple[TopicDay, ...], day: date) -> tuple[int, ...]:
    return tuple(topic.number for topic in topics if day <= topic.day < day + WEEK)


def _said(history: RoundHistory, weeks: tuple[Week, ...], topics: tuple[TopicDay, ...]) -> Said:
    with_pairs = [week for week in weeks if week.partnerships]
    total = sum(week.messages for week in weeks)
    if not any(pair.announced_at is not None for pair in history.pairs):
        return nothing(NAME, TITLE, "No partners have been introduced yet.")
    if not with_pairs:
        return nothing(NAME, TITLE, f"Fewer than {LEAST} people have a partner, so their weeks are not shown.")
    if not total:
        return nothing(NAME, TITLE, "Nothing has been written in the rooms yet.")
    headline = f"{counted(total, 'message')} in {counted(len(with_pairs), 'week')}"
    whole = [(week, week.share) for week in with_pairs if week.share is not None]
    if whole:
        (first, share), (last, later) = whole[0], whole[-1]
        headline += f": in week {first.number}, {percent(share)} of the partnerships wrote"
        headline += f"; in week {last.number}, {percent(later)} did" if last is not first else ""
    items = [
        f"week {week.number}: {week.messages:,}, {week.active:,} of {counted(week.partnerships, 'partnership')}"
        for week in with_pairs
    ]
    caption = (
        "Messages in the rooms of partnerships, counted by their times; what is said elsewhere is not seen here. "
        f"A week of a partnership counts where it began. Weeks with fewer than {FEWEST} partnerships are left out."
    )
    if weeks[-1].days < WHOLE:
        caption += f" The last week has only {counted(weeks[-1].days, 'day')}, so no share is shown for it."
    if topics:
        caption += f" Lines mark the days of topics: {'; '.join(f'{topic.number} {topic.title}' for topic in topics)}."
    rows = tuple(
        (
            f"{week.number} (from {week.day.isoformat()})",
            f"{week.messages:,}",
            f"{week.active:,} of {week.partnerships:,}",
            percent(week.share) if week.share is not None else "",
            ", ".join(map(str, week.topics)),
        )
        for week in weeks
    )
    table = Table(("Week", "Messages", "Partnerships that wrote", "Share", "Topics"), rows)
    return Said(NAME, TITLE, f"{headline}.", alternative(f"{headline}.", items), caption, table)
