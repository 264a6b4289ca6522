"""The funnel: how many came how far."""

from dataclasses import dataclass

from bot.evaluation.history import RoundHistory
from bot.evaluation.series.said import Said, Table, alternative, counted, nothing, percent

NAME, TITLE = "funnel", "How far people came"
STAGES = (
    ("applied", "Applied", "sent an application that counted"),
    ("eligible", "Eligible", "may take part by the rules of the program"),
    ("placed", "Placed", "had a partner, and both were introduced to each other"),
    ("live", "Live", "were in a partnership in which everybody wrote"),
    ("completed", "Completed", "stayed in such a partnership until the end of the round, and wrote"),
)
"""Each stage of the funnel, what it is called, and what it means."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: how many people reached it."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class FunnelSeries:
    """The stages in order; each is a part of the one before."""

    stages: tuple[Stage, ...]
    said: Said


def funnel_series(history: RoundHistory) -> FunnelSeries:
    """Count the people of a round by how far they came."""
    funnel = history.funnel
    counts = [getattr(funnel, key) for key, _, _ in STAGES]
    stages = tuple(Stage(name, count) for (_, name, _), count in zip(STAGES, counts, strict=True))
    return FunnelSeries(stages, _said(history, stages))


def share_of_first(stages: tuple[Stage, ...], stage: Stage) -> float:
    """How many of those who applied reached a stage, 0 to 1."""
    return stage.count / stages[0].count if stages[0].count else 0.0


def _said(history: RoundHistory, stages: tuple[Stage, ...]) -> Said:
    applied, _, placed, _, completed = (stage.count for stage in stages)
    if not applied:
        return nothing(NAME, TITLE, "Nobody has applied yet.")
    if not placed:
        headline = f"{counted(applied, 'person', 'people')} applied; nobody has a partner yet."
    elif not history.ended:
        headline = f"Of {counted(applied, 'person', 'people')} who applied, {placed:,} have had a partner so far."
    else:
        headline = (
            f"Of {counted(applied, 'person', 'people')} who applied, {placed:,} had a partner "
            f"and {completed:,} completed the round."
        )
    items = [f"{stage.name}: {stage.count:,} ({percent(share_of_first(stages, stage))} of applied)" for stage in stages]
    caption = "Each stage is a part of the one before; per cent are of those who applied."
    accepted = history.funnel.accepted
    if accepted > placed:
        waiting = "had a place, but no partner" if history.ended else "have a place, but have had no partner yet"
        caption += f" {accepted - placed:,} {waiting}."
    if not history.ended:
        caption += " The round is not over, so that nobody can have completed it yet."
    rows = [
        (stage.name, f"{stage.count:,}", percent(share_of_first(stages, stage)), _of_before(before, stage))
        for before, stage in zip((None, *stages[:-1]), stages, strict=True)
    ]
    table = Table(("Stage", "People", "Of applied", "Of the stage before"), tuple(rows))
    return Said(NAME, TITLE, headline, alternative(headline, items), caption, table)


def _of_before(before: Stage | None, stage: Stage) -> str:
    return percent(stage.count / before.count) if before is not None and before.count else ""
