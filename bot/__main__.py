"""The command line `counterpart`: every command is listed here, once."""

from importlib.metadata import entry_points

import typer

from bot import logs
from bot.app import command_table
from bot.cli import exporting, keeping, kits, letters, matching, moving, reporting, rounds, service, simulating, sites

PLATFORMS = "counterpart.cli"
"""The entry-point group of the platforms' own command lines: each makes a `typer.Typer` from the command table."""
HELP = "Peer-mentoring programs across borders, inside Slack and Discord."

app = typer.Typer(
    name="counterpart", help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
kit = typer.Typer(help="Looks at kits: what a program asks and says.", no_args_is_help=True)

app.command("demo")(service.demo_command)
app.command("run")(service.run_command)
app.command("simulate")(simulating.simulate_command)
app.command("match")(matching.match_command)
app.command("import")(rounds.import_command)
app.command("report")(reporting.report_command)
app.command("export")(exporting.export_command)
app.command("migrate")(service.migrate_command)
app.command("backup")(keeping.backup_command)
app.command("restore")(keeping.restore_command)
app.command("copy")(moving.copy_command)
app.command("doctor")(service.doctor_command)
kit.command("check")(kits.check_command)
kit.command("list")(kits.list_command)
kit.command("suggest")(exporting.suggest_command)
app.add_typer(kit, name="kit")
app.add_typer(letters.outbox, name="outbox")
app.add_typer(letters.inbox, name="inbox")
app.add_typer(sites.site, name="site")


@app.callback()
def _prepare() -> None:
    logs.configure()


def add_platforms() -> None:
    """Add the command line of each platform that has one: `counterpart slack manifest`. Raises nothing.

    A platform whose library is not installed has none, and `counterpart run` says how to install it.
    """
    for point in sorted(entry_points(group=PLATFORMS), key=lambda point: point.name):
        try:
            make = point.load()
        except ImportError:
            continue
        app.add_typer(make(command_table()), name=point.name)


def main() -> None:
    """Run the command line."""
    add_platforms()
    app()


if __name__ == "__main__":
    main()
