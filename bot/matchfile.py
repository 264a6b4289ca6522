"""`counterpart match`: from a form's export to a pairing, without a bot and without a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bot.program.forms import FormError, FormRead, FormRow, eligibility, latest, read_form
from bot.program.matching import Candidate, Pairing, Problem, Progress, problem_of, solve
from bot.program.proof import Proof, proof_of
from bot.program.rounds import day_label, last_day
from bot.program.timetable import RoundDates, first_monday, first_start, round_dates
from bot.simulate import Choices, dates_for
from topics.model import Kit

_SOLVING = 0.9
"""The share of the work that is not checking."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is not paired: its line, whose it is, what became of it and why."""

    line: int
    email: str
    fate: str
    reason: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was read: who is to be paired in which round, who is not, and what was odd about rows that count."""

    kit: Kit
    rows: tuple[FormRow, ...]
    left_out: tuple[LeftOut, ...]
    odd: tuple[LeftOut, ...]
    rows_in_file: int
    dates: RoundDates
    problem: Problem


@dataclass(frozen=True, slots=True)
class Matched:
    """What came of it, with its proof."""

    prepared: Prepared
    pairing: Pairing
    proof: Proof


def prepare(kit: Kit, data: bytes, locked: Sequence[Sequence[str]], choices: Choices) -> Prepared:
    """Read the file and put the problem. By the rules of a round: the kit's dates, each person's last application that
    came in time, if it is eligible.

    A file with headings and nobody below is an empty pool. Raises FormError for a file that cannot be read or none of
    whose rows can be used, PairingError for what contradicts itself.
    """
    read = read_form(data, kit)
    unreadable = tuple(problem for problem in read.problems if not problem.used)
    if not read.rows and unreadable:
        first = unreadable[0]
        raise FormError(f"No row of the file could be used. Line {first.line}: {first.reason}.")
    dates = dates_for(kit, read, choices) if read.rows else _dates_of_nobody(kit, choices)
    rows, left_out = sift(kit, read, dates)
    kept = {row.line: row.email for row in rows}
    return Prepared(
        kit=kit,
        rows=tuple(rows),
        left_out=tuple(left_out),
        odd=tuple(LeftOut(p.line, kept[p.line], "odd", p.reason) for p in read.problems if p.used and p.line in kept),
        rows_in_file=len(read.rows) + len(unreadable),
        dates=dates,
        problem=_problem(kit, rows, locked, first_monday(dates.starts_on), choices),
    )


def paired(prepared: Prepared, progress: Progress | None = None, time_limit: float | None = None) -> Matched:
    """Solve what was prepared, and have the result's certificate checked."""
    tell = progress or _silent
    pairing = solve(prepared.problem, lambda step, share: tell(step, _SOLVING * share), time_limit=time_limit)
    tell("Checking the proof", _SOLVING)
    return Matched(prepared, pairing, proof_of(prepared.problem, pairing))


def _silent(step: str, share: float) -> None:
    """Tells nobody."""


def sift(kit: Kit, read: FormRead, dates: RoundDates) -> tuple[Sequence[FormRow], Sequence[LeftOut]]:
    """The rows to pair, and those to leave out with the reason: unreadable, early, late, replaced, ineligible."""
    left = [LeftOut(p.line, "", "unreadable", p.reason) for p in read.problems if not p.used]
    in_time: list[FormRow] = []
    for row in read.rows:
        if row.at < dates.opens_at:
            left.append(LeftOut(row.line, row.email, "early", f"applications open on {day_label(dates.opens_at)}"))
        elif row.at >= dates.closes_at:
            left.append(LeftOut(row.line, row.email, "late", f"applications closed on {last_day(dates.closes_at)}"))
        else:
            in_time.append(row)
    kept, replaced = latest(in_time)
    left += [LeftOut(row.line, row.email, "duplicate", "a later application of this person counts") for row in replaced]
    eligible: list[FormRow] = []
    for row in kept:
        reason = eligibility(kit, row.answers, complete=True)
        if reason is None:
            eligible.append(row)
        else:
            left.append(LeftOut(row.line, row.email, "ineligible", reason))
    return eligible, sorted(left, key=lambda one: one.line)


def _dates_of_nobody(kit: Kit, choices: Choices) -> RoundDates:
    starts = choices.starts or first_start(kit.plan, datetime.now(UTC).date())
    return round_dates(kit.plan, starts, kit.plan.weeks)


def _problem(kit: Kit, rows: Sequence[FormRow], locked: Sequence[Sequence[str]], on: date, choices: Choices) -> Problem:
    people = [Candidate(row.email, row.answers) for row in rows]
    return problem_of(kit, people, on=on, locked=locked, odd=choices.odd, seed=choices.seed)
