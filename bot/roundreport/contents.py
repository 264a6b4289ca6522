"""What stands in the report, whatever it is written on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.evaluation.disclosure import LEAST
from bot.evaluation.history import RoundHistory
from bot.evaluation.pictures.gallery import Drawn, gallery
from bot.evaluation.series.funnel import STAGES
from bot.evaluation.series.said import counted, percent
from bot.program.rounds import date_label, last_day

MADE_BY = "Made by Counterpart from times and choices that the program keeps. It knows no words of participants."


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in large letters, and what it counts."""

    number: str
    of: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The report: heading, dates in words, the most important numbers, the pictures, what the data suggests
    (paragraphs; empty: that part is left out), and the meaning of words."""

    program: str
    round: str
    dates: str
    made: str
    figures: tuple[Figure, ...]
    pictures: tuple[Drawn, ...]
    findings: tuple[str, ...]
    meanings: tuple[tuple[str, str], ...]
    small_groups: str

    @property
    def title(self) -> str:
        """The title of the whole."""
        return f"{self.program}: {self.round}"


def contents_of(
    history: RoundHistory, earlier: Sequence[RoundHistory], now: datetime, findings: Sequence[str] = ()
) -> Contents:
    """Count and draw everything. `earlier` are the rounds before, `findings` what an analysis says, by paragraph."""
    return Contents(
        program=history.program,
        round=history.name,
        dates=_dates(history),
        made=f"Made on {date_label(now.astimezone(UTC).date())}, {now.astimezone(UTC):%H:%M} UTC.",
        figures=_figures(history),
        pictures=gallery(history, earlier),
        findings=tuple(findings),
        meanings=_meanings(history),
        small_groups=f"Of fewer than {LEAST} people nothing is shown by group, so that nobody can be found here.",
    )


def _dates(history: RoundHistory) -> str:
    opened = date_label(history.opens_at.date())
    until = last_day(history.closes_at)
    over = "" if history.ended else " It is not over yet."
    return (
        f"Applications from {opened} to {until}; the round from {date_label(history.starts_on)} "
        f"to {date_label(history.ends_on)} (days in UTC).{over}"
    )


def _figures(history: RoundHistory) -> tuple[Figure, ...]:
    funnel = history.funnel
    pairs = [pair for pair in history.pairs if pair.announced_at is not None]
    live = sum(1 for pair in pairs if pair.live)
    figures = [
        Figure(f"{funnel.applied:,}", "person applied" if funnel.applied == 1 else "people applied"),
        Figure(f"{funnel.placed:,}", "had a partner"),
        Figure(f"{len(pairs):,}", "partnership" if len(pairs) == 1 else "partnerships"),
    ]
    if pairs:
        figures.append(Figure(percent(live / len(pairs)), "of them live: everybody wrote"))
    if history.ended and funnel.placed:
        figures.append(Figure(percent(funnel.completed / funnel.placed), "of those with a partner completed the round"))
    return tuple(figures)


def _meanings(history: RoundHistory) -> tuple[tuple[str, str], ...]:
    stages = [(name, f"{meaning}.") for _, name, meaning in STAGES]
    stages.append(
        ("Partnership", "two people, or three, who were brought together and introduced in a room of their own.")
    )
    stages.append(("Interval", "where the true value lies 95 times in 100, if those who answered are like the others."))
    if history.surveys:
        named = ", ".join(f"“{survey.title}” ({counted(survey.done, 'answer')})" for survey in history.surveys)
        stages.append(("Surveys", f"{named}."))
    return tuple((name, meaning[:1].upper() + meaning[1:]) for name, meaning in stages)
