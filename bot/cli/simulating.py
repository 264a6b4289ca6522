"""`counterpart simulate`: a whole round in virtual time, with a progress bar."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.given import a_date, a_number, a_share, odd_one, out_folder, read_file, read_kit, reason, some_weeks
from bot.cli.words import Refusal, complain, in_words, progress, say, table
from bot.errors import Problem
from bot.language.markup import plain
from bot.program.forms import FormRead, read_form
from bot.program.rounds import last_day
from bot.program.wording import Wording
from bot.simulate import Choices, chosen, dates_for, simulate
from topics.model import Kit

FILES = ("participants.csv", "partnerships.csv", "decisions.csv", "ledger.jsonl", "summary.json")
MOST_PEOPLE, MOST_SEED = 1_000_000, 2**31 - 1

KitName = Annotated[str, typer.Option("--kit", help="A kit that comes with Counterpart, or a kit's folder.")]
Applicants = Annotated[Path, typer.Option("--applicants", help="The CSV export of the application form.")]
Seed = Annotated[int, typer.Option("--seed", help="The number from which all chance follows.")]
Odd = Annotated[str | None, typer.Option("--odd", help="What happens to the odd one out: trio or waitlist.")]
Starts = Annotated[str | None, typer.Option("--starts", help="The round's first day, YYYY-MM-DD.")]


def simulate_command(
    applicants: Applicants,
    out: Annotated[Path, typer.Option("--out", help="The folder to write to.")],
    kit: KitName = "librarians",
    seed: Seed = 1,
    capacity: Annotated[int | None, typer.Option("--capacity", help="Places; 0 means no limit.")] = None,
    country_cap: Annotated[float | None, typer.Option("--country-cap", help="One country's largest share.")] = None,
    starts: Starts = None,
    weeks: Annotated[int | None, typer.Option("--weeks", help="How long the round runs.")] = None,
    odd: Odd = None,
) -> None:
    """Plays a whole round in virtual time on real applications, and writes what happened."""
    with in_words():
        choices = Choices(
            seed=a_number(seed, "--seed", 0, MOST_SEED) or 0,
            starts=a_date(starts, "--starts") if starts is not None else None,
            weeks=some_weeks(weeks),
            capacity=a_number(capacity, "--capacity", 0, MOST_PEOPLE),
            country_cap=a_share(country_cap, "--country-cap"),
            odd=odd_one(odd),
        )
        content = read_kit(kit)
        data = read_file(applicants)
        read = read_form(data, content)
        _check_dates(content, read, choices)
        _report_rows(read)
        summary = _play(content, data, out_folder(out), choices)
        _show(summary, out)


def _check_dates(kit: Kit, read: FormRead, choices: Choices) -> None:
    if not read.rows:
        return
    dates = dates_for(chosen(kit, choices), read, choices)
    if all(row.at >= dates.closes_at for row in read.rows):
        raise Refusal(
            f"All applications of the file are late for a round that starts on {dates.starts_on}: its applications "
            f"close after {last_day(dates.closes_at)}. Give a later --starts."
        )


def _report_rows(read: FormRead) -> None:
    unused = [problem for problem in read.problems if not problem.used]
    for problem in unused:
        complain(f"line {problem.line}: {problem.reason}")
    if unused:
        complain(f"{len(unused)} of {len(read.rows) + len(unused)} rows cannot be used; the others are played.")


def _play(kit: Kit, data: bytes, out: Path, choices: Choices) -> Mapping[str, Any]:
    try:
        with progress("Setting the stage") as bar:

            def tell(at: datetime, share: float) -> None:
                bar.tell(f"{at:%a %d %b %Y}", share)

            summary = asyncio.run(simulate(kit, data, out, choices, tell))
            bar.tell("Played to the end", 1.0)
            return summary
    except Problem as problem:
        raise Refusal(plain(Wording(kit).say(problem.key, **problem.values))) from None
    except OSError as problem:
        raise Refusal(f"{problem.filename or out} cannot be written: {reason(problem)}.") from None


def _show(summary: Mapping[str, Any], out: Path) -> None:
    rows: dict[str, object] = {"rows in the file": summary["rows_in_file"]}
    for part, word in (("participants", "participants"), ("partnerships", "partnerships"), ("messages", "messages")):
        counts: Mapping[str, int] = summary[part]
        rows[word] = sum(counts.values())
        rows |= {f"  {name}": count for name, count in counts.items()}
    rows["virtual days"] = summary["virtual_days"]
    rows["seconds it took"] = summary["real_seconds"]
    table("The round", rows)
    say(f"Written to {out}: {', '.join(FILES)}")
