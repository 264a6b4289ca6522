"""`counterpart export` and `counterpart kit suggest`: what the rounds of the configured database say, as files."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bot.app import kit_of
from bot.cli.given import out_folder, read_kit, write_file
from bot.cli.rounds import ProgramNumber, chosen_program, ready
from bot.cli.service import settled
from bot.cli.words import Refusal, complain, in_words, say
from bot.evaluation.history import RoundHistory
from bot.exporting import FILES, advice, can_evaluate, evaluated, exported, kit_files
from bot.program.histories import histories
from bot.settings import Settings, variable
from topics.kit import find_kit
from topics.model import Kit

_EXTRA = "pip install 'counterpart[report]'"
KitFolder = Annotated[str | None, typer.Option("--kit", help="The kit's folder; else the program's kit.")]


@dataclass(frozen=True, slots=True)
class _Gathered:
    """The rounds of a program that run or are over, and its kit with the folder of its files."""

    rounds: tuple[RoundHistory, ...]
    kit: Kit
    folder: Path


def export_command(
    out: Annotated[Path, typer.Option("--out", help="The folder to write to.")],
    program: ProgramNumber = None,
    kit: KitFolder = None,
) -> None:
    """Writes numbers, findings and an anonymised data set of the rounds of a program."""
    with in_words():
        folder = out_folder(out)
        found = asyncio.run(_gathered(settled(), program, kit))
        evaluation = evaluated(found.rounds, found.kit) if can_evaluate() else None
        files = exported(found.rounds, found.kit, evaluation, kit_files(found.folder))
        _write(folder, files)
        # What an earlier export left there and this one does not have would tell of other rounds.
        for name in set(FILES) - set(files):
            (folder / name).unlink(missing_ok=True)
        say(f"Written to {out}: {', '.join(sorted(files))}")
        if evaluation is None:
            complain(f"Findings are left out: the library that computes them is not installed ({_EXTRA}).")
        if "dataset.csv" not in files:
            complain("There is no data set: it needs a round that five people at least applied for.")


def suggest_command(
    out: Annotated[Path, typer.Option("--out", help="The diff to write.")],
    program: ProgramNumber = None,
    kit: KitFolder = None,
) -> None:
    """Says what the data suggests to change in the kit, and writes it as a diff."""
    with in_words():
        if not can_evaluate():
            raise Refusal(f"The library that compares rounds is not installed: {_EXTRA}.")
        if out.is_dir():
            raise Refusal(f"--out {out} is a folder. Name the file to write.")
        out_folder(out.parent)
        found = asyncio.run(_gathered(settled(), program, kit))
        suggestions = advice(evaluated(found.rounds, found.kit), found.kit, kit_files(found.folder))
        for sentence in suggestions.sentences:
            say(sentence)
        if suggestions.by_hand:
            raise Refusal(suggestions.by_hand)
        if suggestions.diff:
            _write(out.parent, {out.name: suggestions.diff})
            say(f"Written to {out}")


async def _gathered(settings: Settings, program: int | None, folder: str | None) -> _Gathered:
    async with ready(settings) as database, database.transaction() as session:
        chosen = await chosen_program(session, program)
        if folder is not None:
            kit, place = read_kit(folder), find_kit(folder)
        else:
            places = {kit.slug: name for name in settings.kit.split(",") for kit in kit_of(name.strip()).values()}
            if chosen.kit not in places:
                raise Refusal(f"The program goes by the kit “{chosen.kit}”: name that one in {variable('kit')}.")
            kit, place = read_kit(places[chosen.kit]), find_kit(places[chosen.kit])
        rounds = await histories(session, kit, chosen)
    if not rounds:
        raise Refusal("No round of the program has begun yet, so there is nothing to say.")
    return _Gathered(rounds, kit, place)


def _write(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        write_file(folder / name, text)
