"""`counterpart match`: partnerships for the applications of a file, without a bot or a database."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.given import a_date, a_number, odd_one, out_folder, read_file, read_kit, write_file
from bot.cli.simulating import MOST_SEED, Applicants, KitName, Odd, Seed, Starts
from bot.cli.words import Refusal, complain, in_words, progress, say, table
from bot.program.forms import FormRead, FormRow, eligibility, latest, read_form
from bot.program.matching import Candidate, Pairing, Problem, pairs_csv, problem_of, solve, waiting_sentence
from bot.program.matching.tiers import UNIT
from bot.program.rounds import day_label, last_day
from bot.program.timetable import RoundDates, first_monday
from bot.simulate import Choices, dates_for
from bot.world.names import clean_email
from topics.model import Kit, Rule


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is not paired: its line, whose it is, what became of it and why."""

    line: int
    email: str
    fate: str
    reason: str


def match_command(
    applicants: Applicants,
    out: Annotated[Path, typer.Option("--out", help="The CSV file to write.")],
    kit: KitName = "librarians",
    seed: Seed = 1,
    lock: Annotated[
        list[str] | None,
        typer.Option("--lock", help="Two or three addresses, with commas, that stay together. Repeatable."),
    ] = None,
    odd: Odd = None,
    starts: Starts = None,
) -> None:
    """Proposes partnerships for the applications of a file, without a bot or a database."""
    with in_words():
        choices = Choices(
            seed=a_number(seed, "--seed", 0, MOST_SEED) or 0,
            starts=a_date(starts, "--starts") if starts is not None else None,
            odd=odd_one(odd),
        )
        content = read_kit(kit)
        locked = [_lock(text) for text in lock or ()]
        read = read_form(read_file(applicants), content)
        if not read.rows:
            raise Refusal(f"{applicants}: no row could be used, so there is nobody to pair.")
        dates = dates_for(content, read, choices)
        rows, left_out = sift(content, read, dates)
        if out.is_dir():
            raise Refusal(f"--out {out} is a folder. Name the CSV file to write.")
        out_folder(out.parent)
        problem = _problem(content, rows, locked, first_monday(dates.starts_on), choices)
        with progress("Comparing answers") as bar:
            pairing = solve(problem, bar.tell)
        out.parent.mkdir(parents=True, exist_ok=True)
        write_file(out, pairs_csv(problem, pairing))
        _report(left_out, rows, pairing)
        _show(read, left_out, problem, pairing)
        say(f"Written to {out}")


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


def _lock(text: str) -> tuple[str, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    emails = [clean_email(part) for part in parts]
    wrong = [part for part, email in zip(parts, emails, strict=True) if email is None]
    if wrong:
        raise Refusal(f"--lock {text}: {wrong[0]} is no e-mail address. Write two or three, separated by commas.")
    return tuple(email for email in emails if email)


def _problem(
    kit: Kit, rows: Sequence[FormRow], locked: Sequence[Sequence[str]], on: date, choices: Choices
) -> Problem:
    people = [Candidate(row.email, row.answers) for row in rows]
    return problem_of(kit, people, on=on, locked=locked, odd=choices.odd, seed=choices.seed)


def _report(left_out: Sequence[LeftOut], rows: Sequence[FormRow], pairing: Pairing) -> None:
    lines = {row.email: row.line for row in rows}
    waiting = [LeftOut(lines[one.id], one.id, "waits", waiting_sentence(one)) for one in pairing.waiting]
    for one in sorted([*left_out, *waiting], key=lambda one: one.line):
        who = f" {one.email}" if one.email else ""
        complain(f"line {one.line}:{who} {one.fate}: {one.reason}")


def _show(read: FormRead, left_out: Sequence[LeftOut], problem: Problem, pairing: Pairing) -> None:
    unreadable = sum(1 for one in left_out if one.fate == "unreadable")
    rows: dict[str, object] = {"rows in the file": len(read.rows) + unreadable}
    rows |= {f"  {fate}": count for fate, count in sorted(Counter(one.fate for one in left_out).items())}
    rows["people to pair"] = len(problem.people)
    rows["pairs"] = sum(1 for group in pairing.groups if len(group.ids) == 2)
    rows["trios"] = sum(1 for group in pairing.groups if len(group.ids) > 2)
    rows["locked by hand"] = sum(1 for group in pairing.groups if group.locked)
    rows["people who wait"] = len(pairing.waiting)
    table("The pairing", rows | _wishes(problem, pairing))


def _wishes(problem: Problem, pairing: Pairing) -> dict[str, object]:
    shown: dict[str, object] = {}
    for wish, total in zip(problem.wishes, pairing.totals[1:], strict=True):
        what = {
            Rule.DIFFERENT: "pairs that differ",
            Rule.WISHED: "wishes met",
            Rule.SIMILAR: "similarity, summed over those who asked",
            Rule.OVERLAP: "minutes in common",
        }[wish.rule]
        shown[f"{wish.name}: {what}"] = f"{total / UNIT:.2f}" if wish.rule is Rule.SIMILAR else total
    return shown
