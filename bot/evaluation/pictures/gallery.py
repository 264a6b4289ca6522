"""All pictures of a report, in the order in which they are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bot.evaluation.history import RoundHistory
from bot.evaluation.pictures.bars import (
    answer_picture,
    case_picture,
    country_picture,
    first_picture,
    funnel_picture,
    wish_picture,
)
from bot.evaluation.pictures.dots import contact_picture, earlier_picture, satisfaction_picture
from bot.evaluation.pictures.matrix import meeting_picture
from bot.evaluation.pictures.weeks import week_picture
from bot.evaluation.series.answers import answer_series
from bot.evaluation.series.cases import case_series
from bot.evaluation.series.contact import contact_series
from bot.evaluation.series.countries import country_series
from bot.evaluation.series.earlier import earlier_series
from bot.evaluation.series.first import first_series
from bot.evaluation.series.funnel import funnel_series
from bot.evaluation.series.meetings import meeting_series
from bot.evaluation.series.said import Said, Table
from bot.evaluation.series.satisfaction import satisfaction_series
from bot.evaluation.series.weeks import week_series
from bot.evaluation.series.wishes import wish_series


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture with its words. Where there is nothing to show, `png` is empty, and `alt` says why."""

    name: str
    title: str
    headline: str
    alt: str
    caption: str
    table: Table | None
    png: bytes


class _Series(Protocol):
    @property
    def said(self) -> Said: ...


S = TypeVar("S", bound=_Series)


def gallery(history: RoundHistory, earlier: Sequence[RoundHistory] = ()) -> tuple[Drawn, ...]:
    """Every picture of a round; beside earlier ones only where there are any."""
    drawn = (
        _drawn(funnel_series(history), funnel_picture),
        _drawn(country_series(history), country_picture),
        _drawn(meeting_series(history), meeting_picture),
        _drawn(first_series(history), first_picture),
        _drawn(week_series(history), week_picture),
        _drawn(satisfaction_series(history), satisfaction_picture),
        _drawn(answer_series(history), answer_picture),
        _drawn(contact_series(history), contact_picture),
        _drawn(wish_series(history), wish_picture),
        _drawn(case_series(history), case_picture),
    )
    return (*drawn, _drawn(earlier_series(history, earlier), earlier_picture)) if earlier else drawn


def _drawn(series: S, picture: Callable[[S], bytes]) -> Drawn:
    said = series.said
    png = b"" if said.empty else picture(series)
    return Drawn(said.name, said.title, said.headline, said.alt, said.caption, said.table, png)
