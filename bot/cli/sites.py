"""`counterpart site build`: the program's public site as files, for any web server."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.app import kit_of
from bot.cli.given import out_folder, read_file, reason
from bot.cli.rounds import ProgramNumber, chosen_program, ready
from bot.cli.service import settled
from bot.cli.words import Refusal, complain, in_words, say
from bot.engine.clock import SystemClock
from bot.program.wording import Wording
from bot.settings import Settings, variable
from bot.site.facts import SiteFacts
from bot.site.gathering import Where, ended_rounds, gather, past_round
from bot.site.pages import pages
from bot.site.writing import NotOurs, check_folder, write_site
from topics.keys import Wrong
from topics.schema import web_address

site = typer.Typer(help="The program's public site.", no_args_is_help=True)


@site.command("build")
def build_command(
    out: Annotated[Path, typer.Option("--out", help="The folder for the site: new, empty, or of an earlier build.")],
    program: ProgramNumber = None,
    base_url: Annotated[
        str | None, typer.Option("--base-url", help="Where the site will stand; else as the kit says.")
    ] = None,
    theme: Annotated[
        Path | None, typer.Option("--theme", help="A CSS file with your colours; else that of the kit.")
    ] = None,
) -> None:
    """Makes the program's public site: a folder of files that any web server can show."""
    with in_words():
        settings = settled()
        where = Where(address=_address(base_url) if base_url else "", theme=_css(theme) if theme else "")
        try:
            check_folder(out_folder(out).resolve())
            facts = asyncio.run(_facts(settings, program, where))
            files = pages(facts)
            write_site(out, files)
        except NotOurs as problem:
            raise Refusal(str(problem)) from None
        except OSError as problem:
            raise Refusal(f"{out} cannot be written: {reason(problem)}. Nothing was changed.") from None
        say(f"The site of {facts.kit.name} is in {out}: {len(files)} files. Open {out / 'index.html'} to see it.")
        if not facts.address:
            complain(
                "Its address is not known, so there is no list of pages for search engines, and the feed has no full"
                " addresses. Give it with --base-url, or as `address` in the table [site] of the kit."
            )


async def _facts(settings: Settings, number: int | None, where: Where) -> SiteFacts:
    kits = kit_of(settings.kit)
    async with ready(settings) as database:
        async with database.transaction() as session:
            program = await chosen_program(session, number)
            ended = await ended_rounds(session, program)
        if program.kit not in kits:
            raise Refusal(f"The program goes by the kit “{program.kit}”: name that one in {variable('kit')}.")
        wording = Wording(kits[program.kit])
        # One transaction for each: a bot that runs beside this must not wait for long.
        past = [await past_round(database, wording.kit, each) for each in ended]
        async with database.transaction() as session:
            return await gather(session, wording, program, SystemClock().now(), where, past)


def _address(text: str) -> str:
    try:
        return web_address(text)
    except Wrong as wrong:
        raise Refusal(f"--base-url {wrong}.") from None


def _css(path: Path) -> str:
    try:
        return read_file(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(f"--theme {path}: this is not UTF-8 text. Save the file with the encoding UTF-8.") from None
