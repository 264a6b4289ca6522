"""The command line `counterpart`: every command is listed here, once."""

import typer

from bot import logs
from bot.cli import kits, matching, rounds, service, simulating

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
app.command("report")(rounds.report_command)
app.command("migrate")(service.migrate_command)
app.command("doctor")(service.doctor_command)
kit.command("check")(kits.check_command)
kit.command("list")(kits.list_command)
app.add_typer(kit, name="kit")


@app.callback()
def _prepare() -> None:
    logs.configure()


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
