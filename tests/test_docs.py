"""The documentation keeps up: settings, kit keys, commands, the command line, and links between pages."""

import re
from functools import cache
from pathlib import Path

import pytest
import typer
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from typer.core import TyperCommand, TyperGroup

from adapters.discord import settings as discord
from adapters.slack import settings as slack
from bot.__main__ import add_platforms, app
from bot.health.metrics import Metrics
from bot.program.access import Who
from bot.program.command import Command
from bot.program.commands import program
from bot.program.wording import Kits
from bot.settings import Settings, variable
from tests.source import ROOT, tracked_files
from topics.schema import SCHEMA

KIT_GUIDE, OPERATOR_GUIDE = Path("docs/kits.md"), Path("docs/operating.md")
COORDINATOR_GUIDE, SLACK_GUIDE, DISCORD_GUIDE = (
    Path("docs/coordinating.md"),
    Path("docs/slack.md"),
    Path("docs/discord.md"),
)
GROUPS = {
    Who.ANYONE: "For everybody",
    Who.PARTNER: "For those who have a partner",
    Who.AMBASSADOR: "For ambassadors and coordinators",
    Who.COORDINATOR: "For coordinators",
    Who.OWNER: "For whoever runs the place",
}


add_platforms()


@cache
def page(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def pages() -> list[Path]:
    """Every page that people read; the kits' own texts are content, not documentation."""
    return [path for path in tracked_files() if path.suffix == ".md" and path.parts[0] != "topics"]


def default_of(field: str) -> str:
    """A setting's default as it is written in `.env`."""
    value = Settings.model_fields[field].default
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return ",".join(value) if isinstance(value, tuple) else str(value)


@pytest.mark.parametrize("field", Settings.model_fields)
def test_each_setting_stands_in_the_operators_guide(field: str) -> None:
    description = Settings.model_fields[field].description
    assert f"| `{variable(field)}` | `{default_of(field)}` | {description} |" in page(OPERATOR_GUIDE)


def test_the_example_holds_each_setting_with_its_default() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    written = {line.split("=", 1)[0]: line.split("=", 1)[1] for line in lines if line and not line.startswith("#")}
    assert written == {variable(field): default_of(field) for field in Settings.model_fields}


def test_each_number_stands_in_the_operators_guide() -> None:
    """In its table, with what it means, and nothing else is there."""
    rows = [line for line in page(OPERATOR_GUIDE).splitlines() if line.startswith("| `counterpart_")]
    assert rows == [f"| `{name}` | {what} |" for name, what in Metrics().described.items()]


PLATFORM_SETTINGS = [
    *((SLACK_GUIDE, slack.variable(name), field) for name, field in slack.SlackSettings.model_fields.items()),
    *((DISCORD_GUIDE, discord.variable(name), field) for name, field in discord.DiscordSettings.model_fields.items()),
]


@pytest.mark.parametrize(("guide", "name", "field"), PLATFORM_SETTINGS, ids=lambda value: str(value)[:60])
def test_each_setting_of_a_platform_stands_in_its_page_and_in_the_example(
    guide: Path, name: str, field: FieldInfo
) -> None:
    default = "" if field.default is None else str(field.default)
    shown = f"`{default}`" if default else "–"
    assert f"| `{name}` | {shown} | {field.description} |" in page(guide)
    assert f"#{name}={default}\n" in (ROOT / ".env.example").read_text(encoding="utf-8")


def test_no_page_names_a_setting_that_does_not_exist() -> None:
    known = {variable(field) for field in Settings.model_fields}
    known |= {name for _, name, _ in PLATFORM_SETTINGS}
    named = {(str(path), name) for path in pages() for name in re.findall(r"COUNTERPART_[A-Z_]*[A-Z]", page(path))}
    assert {(path, name) for path, name in named if name not in known} == set()


@pytest.mark.parametrize(("table", "key"), [(table, key.name) for table, keys in SCHEMA.items() for key in keys])
def test_each_kit_key_is_explained(table: str, key: str) -> None:
    """In the part of the kit guide whose heading names its table."""
    parts = re.split(r"^#+ ", page(KIT_GUIDE), flags=re.MULTILINE)
    about = [part for part in parts if f"`{table}`" in part.partition("\n")[0]]
    assert about, f"no heading of {KIT_GUIDE} names `{table}`"
    assert any(f"`{key}`" in part for part in about), f"{KIT_GUIDE} says nothing of `{key}` under `{table}`"


def commands() -> tuple[Command, ...]:
    """The command table, as the program itself has it; no kit is needed for that."""
    return program(Kits({})).commands


@pytest.mark.parametrize("who", list(Who))
def test_the_coordinators_guide_has_each_command_in_its_table(who: Who) -> None:
    """Under the heading of those who may give it, in the order of the help, and nothing else."""
    part = page(COORDINATOR_GUIDE).partition(f"### {GROUPS[who]}\n")[2].partition("\n#")[0]
    rows = [line for line in part.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{command.usage}` | {command.help} |" for command in commands() if command.who is who]


def test_no_page_shows_a_command_that_does_not_exist() -> None:
    names = {command.name for command in commands()}
    shown = {(str(path), words) for path in pages() for words in re.findall(r"`/mentoring ([a-z][a-z -]*)", page(path))}
    unknown = [(path, words) for path, words in shown if not any(f"{words} ".startswith(f"{name} ") for name in names)]
    assert unknown == []


def command_line() -> list[tuple[str, TyperCommand]]:
    """Every command of the command line with its full name; groups are gone through."""
    found: list[tuple[str, TyperCommand]] = []

    def walk(name: str, command: object) -> None:
        if isinstance(command, TyperGroup):
            for child, below in command.commands.items():
                walk(f"{name} {child}", below)
        elif isinstance(command, TyperCommand) and not command.hidden:
            found.append((name, command))

    walk("counterpart", typer.main.get_command(app))
    return found


@pytest.mark.parametrize(("name", "command"), command_line())
def test_each_command_line_command_is_documented(name: str, command: TyperCommand) -> None:
    """With a heading of its own in the operator's guide, and each of its options below it."""
    parts = re.split(r"^#+ ", page(OPERATOR_GUIDE), flags=re.MULTILINE)
    about = [part for part in parts if part.startswith(f"`{name}`")]
    assert about, f"{OPERATOR_GUIDE} has no heading `{name}`"
    options = [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
    missing = [option for option in options if option != "--help" and f"`{option}" not in about[0]]
    assert missing == []


def test_no_heading_names_a_command_line_command_that_does_not_exist() -> None:
    headings = re.findall(r"^#+ `(counterpart [a-z -]+)`", page(OPERATOR_GUIDE), flags=re.MULTILINE)
    assert set(headings) - {name for name, _ in command_line()} == set()


def test_links_between_pages_lead_somewhere() -> None:
    broken = [
        f"{path}: {target}"
        for path in pages()
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page(path))
        if not (ROOT / path).parent.joinpath(target).exists()
    ]
    assert broken == []
