"""`counterpart match`: partnerships for the applications of a file, without a bot or a database."""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.given import a_date, a_number, odd_one, out_folder, read_file, read_kit, write_file
from bot.cli.simulating import MOST_SEED, Applicants, KitName, Odd, Seed, Starts
from bot.cli.words import Refusal, complain, in_words, progress, say, table
from bot.matchfile import Matched, Prepared, paired, prepare
from bot.program.matching import pairs_csv
from bot.program.proofwords import step_words, verdict, waiting_words
from bot.program.tierwords import tier_label, tier_total, tier_unit
from bot.simulate import Choices
from bot.world.names import clean_email

BAD_INPUT = 2
_MOST_SECONDS = 7 * 24 * 3600
_REPORT = "bot.matchreport.page"
"""Loaded only when a report is wanted: the library that draws its pictures is large, and an extra."""


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
    time_limit: Annotated[
        int | None, typer.Option("--time-limit", help="Seconds after which the best found so far is taken.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="An HTML page to write: the pairing explained.")
    ] = None,
) -> None:
    """Proposes partnerships for the applications of a file, and proves them, without a bot or a database."""
    with in_words(BAD_INPUT):
        choices = Choices(
            seed=a_number(seed, "--seed", 0, MOST_SEED) or 0,
            starts=a_date(starts, "--starts") if starts is not None else None,
            odd=odd_one(odd),
        )
        limit = a_number(time_limit, "--time-limit", 1, _MOST_SECONDS)
        content = read_kit(kit)
        locked = [_lock(text) for text in lock or ()]
        data = read_file(applicants)
        _check_places(applicants, out, report)
        page_of = _report_maker() if report else None
        prepared = prepare(content, data, locked, choices)
        with progress("Comparing answers") as bar:
            matched = paired(prepared, bar.tell, limit)
            page = ""
            if page_of is not None:
                bar.tell("Drawing the report", 0.95)
                page = page_of(matched, applicants.name)
            bar.tell("Done", 1.0)
        _write(out, pairs_csv(prepared.problem, matched.pairing))
        if report is not None:
            _write(report, page)
        _tell_rows(prepared)
        _show(matched)
        say(f"Written to {out}" + (f" and {report}" if report else ""))


def _lock(text: str) -> tuple[str, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    emails = [clean_email(part) for part in parts]
    wrong = [part for part, email in zip(parts, emails, strict=True) if email is None]
    if wrong:
        raise Refusal(f"--lock {text}: {wrong[0]} is no e-mail address. Write two or three, separated by commas.")
    return tuple(email for email in emails if email)


def _check_places(applicants: Path, out: Path, report: Path | None) -> None:
    """Whatever keeps a file from being written is said before the work begins."""
    for option, path, what in (("--out", out, "the CSV file"), ("--report", report, "the HTML file")):
        if path is None:
            continue
        if path.is_dir():
            raise Refusal(f"{option} {path} is a folder. Name {what} to write.")
        if path.exists() and not os.access(path, os.W_OK):
            raise Refusal(f"{option} {path} cannot be written: you have no permission for it.")
        if path.exists() and path.samefile(applicants):
            raise Refusal(f"{option} {path} is the file of the applications itself. Name another file to write.")
        out_folder(path.parent)
    if report is not None and report.resolve() == out.resolve():
        raise Refusal(f"--out and --report are both {out}. Name two files.")


def _report_maker() -> Callable[[Matched, str], str]:
    if find_spec("matplotlib") is None:
        raise Refusal(
            "--report draws pictures, and the library for it is not installed: pip install 'counterpart[report]'."
        )
    return import_module(_REPORT).report_html


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, text)


def _tell_rows(prepared: Prepared) -> None:
    """Every row that is left out, and every oddity of those that count, by line."""
    for one in prepared.left_out:
        who = f" {one.email}" if one.email else ""
        complain(f"line {one.line}:{who} {one.fate}: {one.reason}")
    for one in prepared.odd:
        complain(f"line {one.line}: {one.email} {one.reason} (taken all the same)")
    if not prepared.rows:
        complain("There is nobody to pair, so the table has no pairs.")


def _show(matched: Matched) -> None:
    prepared, pairing = matched.prepared, matched.pairing
    rows: dict[str, object] = {"rows in the file": prepared.rows_in_file}
    rows |= {f"  {fate}": count for fate, count in sorted(Counter(one.fate for one in prepared.left_out).items())}
    rows["people to pair"] = len(prepared.problem.people)
    rows["pairs"] = sum(1 for group in pairing.groups if len(group.ids) == 2)
    rows["trios"] = sum(1 for group in pairing.groups if len(group.ids) > 2)
    rows["locked by hand"] = sum(1 for group in pairing.groups if group.locked)
    rows["people who wait"] = len(pairing.waiting)
    table("The pairing", rows)
    if prepared.rows:
        table("What was reached, the most important first", _steps(matched))
        say(verdict(prepared.kit, matched.proof, bool(prepared.problem.locked)))
    lines = {row.email: row.line for row in prepared.rows}
    for one in pairing.waiting:
        say(f"{one.id} (line {lines[one.id]}) waits: {waiting_words(prepared.problem, one)}")


def _steps(matched: Matched) -> Mapping[str, object]:
    return {
        f"{number}. {tier_label(matched.prepared.kit, step.wish)}": (
            f"{(reached := tier_total(step.wish, step.reached))} {tier_unit(step.wish, reached)}, {step_words(step)}"
        )
        for number, step in enumerate(matched.proof.steps, start=1)
    }
