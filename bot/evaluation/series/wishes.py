"""Wishes met: how much of what people wished for their partner they got."""

from dataclasses import dataclass

from bot.evaluation.disclosure import LEAST, shown
from bot.evaluation.history import RoundHistory
from bot.evaluation.series.measures import Mean, mean_of
from bot.evaluation.series.names import readable
from bot.evaluation.series.said import Said, Table, alternative, counted, nothing, percent, percent_span

NAME, TITLE = "wishes", "Wishes met"


@dataclass(frozen=True, slots=True)
class WishMet:
    """One wish: the mean of how far it was met (0 to 1) over the partnerships in which somebody had it, and in how
    many it was met in full, in part and not at all."""

    name: str
    mean: Mean
    full: int
    part: int
    none: int


@dataclass(frozen=True, slots=True)
class WishSeries:
    """The wishes in the kit's order."""

    wishes: tuple[WishMet, ...]
    said: Said


def wish_series(history: RoundHistory) -> WishSeries:
    """Sum up, wish by wish, over all partnerships that were introduced."""
    shares: dict[str, list[float]] = {}
    people: dict[str, int] = {}
    for pair in history.pairs:
        if pair.announced_at is not None:
            for wish, share in pair.wishes.items():
                shares.setdefault(wish, []).append(share)
                people[wish] = people.get(wish, 0) + len(pair.members)
    wishes = tuple(
        WishMet(
            history.titles.get(wish) or readable(wish),
            mean,
            full=sum(1 for share in values if share >= 1 - 1e-9),
            part=sum(1 for share in values if 1e-9 < share < 1 - 1e-9),
            none=sum(1 for share in values if share <= 1e-9),
        )
        for wish, values in shares.items()
        if shown(people[wish]) and (mean := mean_of(values, 0.0, 1.0)) is not None
    )
    return WishSeries(wishes, _said(wishes, bool(shares)))


def wish_words(mean: Mean) -> str:
    """`83 % (79–88 %)`."""
    if mean.low is None or mean.high is None:
        return f"{percent(mean.value)} (all the same)"
    return f"{percent(mean.value)} ({percent_span(mean.low, mean.high)})"


def _said(wishes: tuple[WishMet, ...], any_wish: bool) -> Said:
    if not wishes:
        few = f"Fewer than {LEAST} people are in partnerships with a wish, so they are not shown."
        return nothing(NAME, TITLE, few if any_wish else "There are no partnerships with wishes yet.")
    best = max(wishes, key=lambda wish: wish.mean.value)
    least = min(wishes, key=lambda wish: wish.mean.value)
    headline = f"{best.name}: {percent(best.mean.value)} of what was wished for was met"
    headline += (
        f"; {least.name[:1].lower()}{least.name[1:]}: {percent(least.mean.value)}." if least is not best else "."
    )
    items = [
        f"{wish.name}: {wish_words(wish.mean)} in {counted(wish.mean.count, 'partnership')}, "
        f"{wish.full:,} in full, {wish.part:,} in part, {wish.none:,} not at all"
        for wish in wishes
    ]
    caption = (
        "How far each wish was met, on average over the partnerships in which somebody had it. A wish to be alike is "
        "met when something is in common, one for hours when they share some working time. "
        "Whiskers are 95 % intervals (Student’s t, cut at 0 and 100 %)."
    )
    rows = tuple(
        (wish.name, f"{wish.mean.count:,}", wish_words(wish.mean), f"{wish.full:,}", f"{wish.part:,}", f"{wish.none:,}")
        for wish in wishes
    )
    table = Table(("Wish", "Partnerships", "Met on average (95 % interval)", "In full", "In part", "Not at all"), rows)
    return Said(NAME, TITLE, headline, alternative(headline, items), caption, table)
