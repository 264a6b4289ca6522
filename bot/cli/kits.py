"""`counterpart kit …`: looking at kits."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.given import read_kit
from bot.cli.words import complain, in_words, say
from topics.kit import built_in_kits, check_kit


def check_command(path: Annotated[Path, typer.Argument(help="The kit's folder.", metavar="PATH")]) -> None:
    """Names file and line of every mistake in a kit's folder."""
    with in_words():
        problems = check_kit(path)
        for problem in problems:
            complain(str(problem))
        if problems:
            complain(f"{len(problems)} to correct." if len(problems) > 1 else "One thing to correct.")
            raise typer.Exit(1)
        kit = read_kit(str(path))
        say(
            f"{path}: “{kit.name}” can be used. It has {len(kit.questions)} questions, {len(kit.topics)} topics and "
            f"{len(kit.surveys)} surveys."
        )


def list_command() -> None:
    """Lists the kits that come with Counterpart."""
    with in_words():
        for name in built_in_kits():
            kit = read_kit(name)
            say(f"{name}: {kit.name}. {kit.tagline}")
