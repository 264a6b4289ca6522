"""`counterpart discord …`: what is needed to bring the bot into a server."""

import asyncio
from typing import Annotated

import typer

from adapters.discord import permissions
from adapters.discord.commands import tree
from adapters.discord.lookup import logged_in
from adapters.discord.settings import read_settings
from bot.language.adapter import NotConnected
from bot.language.commands import NAME, CommandSpec
from bot.language.payload import Json, number, parts, word


def command_line(commands: tuple[CommandSpec, ...]) -> typer.Typer:
    """The commands, to be hooked in under `counterpart discord`."""
    app = typer.Typer(help="Helps to connect Discord.", no_args_is_help=True)

    @app.command("invite")
    def invite_command(
        application_id: Annotated[
            str,
            typer.Option("--application-id", help="The application's id; without it, Discord is asked by the token."),
        ] = "",
    ) -> None:
        """Prints the link with which the bot comes into a server, and what each permission in it is for."""
        if application_id and not application_id.isdecimal():
            raise typer.BadParameter("--application-id is a number: page “General Information” of your application.")
        try:
            application = application_id or asyncio.run(_application())
        except NotConnected as problem:
            typer.echo(str(problem), err=True)
            raise typer.Exit(1) from None
        typer.echo(permissions.invite_link(application))
        typer.echo(
            "\nOpen it as somebody who may manage the server. The bot asks for these permissions, and no others:"
        )
        for need in permissions.NEEDS:
            typer.echo(f"  {need.name}: {need.purpose}")

    @app.command("commands")
    def commands_command() -> None:
        """Prints the slash commands as Discord shows them."""
        for line in _lines(tree(commands), NAME):
            typer.echo(line)

    return app


async def _application() -> str:
    async with logged_in(read_settings()) as client:
        return str(client.application_id)


def _lines(option: Json, name: str) -> list[str]:
    """A line for each command below this one."""
    found: list[str] = []
    for each in parts(option, "options"):
        if number(each, "type") not in (1, 2):
            continue
        full = f"{name} {word(each, 'name')}"
        if number(each, "type") == 2:
            found += _lines(each, full)
            continue
        arguments = [word(a, "name") if a.get("required") else f"[{word(a, 'name')}]" for a in parts(each, "options")]
        found.append(f"/{' '.join([full, *arguments])}: {word(each, 'description')}")
    return found
