"""`counterpart slack …`: what is needed to create the app."""

import json
from typing import Annotated

import typer
import yaml
from cryptography.fernet import Fernet

from adapters.slack.manifest import manifest
from adapters.slack.settings import Way
from bot.language.commands import CommandSpec


def command_line(commands: tuple[CommandSpec, ...]) -> typer.Typer:
    """The commands, to be hooked in under `counterpart slack`."""
    app = typer.Typer(help="Helps to connect Slack.", no_args_is_help=True)

    @app.command("manifest")
    def manifest_command(
        http: Annotated[bool, typer.Option("--http", help="For an app that Slack calls, not for Socket Mode.")] = False,
        many: Annotated[bool, typer.Option("--many", help="With --http: an app that many workspaces install.")] = False,
        url: Annotated[str, typer.Option(help="With --http: where Slack reaches it, https://m.example.org.")] = "",
        as_yaml: Annotated[bool, typer.Option("--yaml", help="YAML, not JSON.")] = False,
    ) -> None:
        """Prints the app's manifest, to be pasted at api.slack.com/apps: “Create New App”, “From a manifest”."""
        way = Way.SOCKETS if not http else Way.OAUTH if many else Way.HTTP
        address = url.rstrip("/")
        if http and not address.startswith("https://"):
            raise typer.BadParameter("With --http, give the address at which Slack reaches it: --url https://…")
        if many and not http:
            raise typer.BadParameter("--many needs --http: people who install the app come to its web page.")
        if url and not http:
            raise typer.BadParameter("--url needs --http: with Socket Mode the bot calls Slack.")
        made = manifest(commands, way, address)
        text = yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=120) if as_yaml else _as_json(made)
        typer.echo(text.rstrip())

    @app.command("key")
    def key_command() -> None:
        """Prints a new key for COUNTERPART_SLACK_ENCRYPTION_KEY, which keeps the tokens of many workspaces."""
        typer.echo(Fernet.generate_key().decode())

    return app


def _as_json(made: object) -> str:
    return json.dumps(made, indent=2, ensure_ascii=False)
