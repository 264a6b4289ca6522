"""Cases and what became of them."""

from collections import Counter
from dataclasses import dataclass

from bot.evaluation.disclosure import LEAST
from bot.evaluation.history import CaseFacts, RoundHistory
from bot.evaluation.series.groups import ranked
from bot.evaluation.series.names import readable
from bot.evaluation.series.said import Said, Table, alternative, counted, nothing

NAME, TITLE = "cases", "Cases and what became of them"
IN_CONFIDENCE = frozenset({"misconduct", "word"})
"""Kinds that are told in confidence: in a picture they would be too easy to find."""
KINDS = {
    "not_in_room": "Somebody was not in the room",
    "no_room": "A room could not be opened",
    "room_gone": "A room was gone",
    "left_room": "Somebody left the room",
    "never_arrived": "Somebody had not written yet",
    "silent": "Somebody fell silent",
    "unreachable": "A message did not arrive",
    "left": "Somebody left the community",
    "other_partner": "Somebody wanted another partner",
    "wants_a_word": "Somebody asked for a word",
    "undelivered": "Something was not delivered",
    "fault": "The bot was at fault",
}
FATES = ("settled by itself", "decided by coordinators", "open")
BY_ITSELF = frozenset({"itself", "settled", "faded", "unsaid"})
"""Outcomes of cases that the program settled."""
MOST = 12


@dataclass(frozen=True, slots=True)
class CaseBar:
    """The cases of one kind by what became of them, in the order of `FATES`."""

    name: str
    counts: tuple[int, ...]

    @property
    def count(self) -> int:
        """All of them."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class CaseSeries:
    """The kinds of cases, the most frequent first."""

    bars: tuple[CaseBar, ...]
    said: Said


def case_series(history: RoundHistory) -> CaseSeries:
    """Count the cases by kind. Kinds of which there are fewer than five are put together."""
    cases = [case for case in history.cases if case.kind not in IN_CONFIDENCE]
    groups = ranked(Counter(case.kind for case in cases), MOST)
    kept = [kind for kind, _ in groups.shown]
    bars = [_bar(KINDS.get(kind, readable(kind)), [case for case in cases if case.kind == kind]) for kind in kept]
    if groups.rest:
        name = counted(groups.rest_groups, "other kind" if kept else "kind")
        bars.append(_bar(name, [case for case in cases if case.kind not in kept]))
    return CaseSeries(tuple(bars), _said(cases, bars))


def fate_of(case: CaseFacts) -> int:
    """Which of `FATES` a case had."""
    if case.state != "closed":
        return 2
    return 0 if not case.asked or case.outcome in BY_ITSELF else 1


def _bar(name: str, cases: list[CaseFacts]) -> CaseBar:
    counts = Counter(fate_of(case) for case in cases)
    return CaseBar(name, tuple(counts[fate] for fate in range(len(FATES))))


def _said(cases: list[CaseFacts], bars: list[CaseBar]) -> Said:
    if not cases:
        return nothing(NAME, TITLE, "There have been no cases.")
    if len(cases) < LEAST:
        return nothing(NAME, TITLE, f"There were {counted(len(cases), 'case')}: too few to be shown by kind.")
    totals = [sum(bar.counts[fate] for bar in bars) for fate in range(len(FATES))]
    told = ", ".join(f"{total:,} {name}" for total, name in zip(totals, FATES, strict=True) if total)
    headline = f"{counted(len(cases), 'case')}: {told}."
    items = [f"{bar.name}: {bar.count:,} ({_parts(bar)})" for bar in bars]
    caption = (
        "What coordinators had to look at, or the program settled without them. "
        f"Kinds with fewer than {LEAST} cases are shown together. What was told in confidence is not counted here."
    )
    rows = tuple((bar.name, f"{bar.count:,}", *(f"{count:,}" for count in bar.counts)) for bar in bars)
    table = Table(("Kind", "Cases", "Settled by itself", "Decided by coordinators", "Open"), rows)
    return Said(NAME, TITLE, headline, alternative(headline, items), caption, table)


def _parts(bar: CaseBar) -> str:
    return ", ".join(f"{count:,} {name}" for count, name in zip(bar.counts, FATES, strict=True) if count)
