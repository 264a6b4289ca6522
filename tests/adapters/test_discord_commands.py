"""The command table as Discord's slash command, and what somebody gives as a line of text."""

from typing import Any

import pytest

from adapters.discord.commands import given, path, same, takes_numbers, tree
from bot.app import command_table
from bot.language.adapter import NotConnected
from bot.language.commands import Argument, CommandSpec, spec_of
from bot.language.payload import Json
from bot.program.command import parse
from bot.program.commands import program
from bot.program.wording import Kits

TABLE = command_table()


def leaf(made: Json, *path: str) -> Json:
    for name in path:
        made = next(each for each in made["options"] if each["name"] == name)
    return made


def typed(*path: str, **values: Any) -> Json:
    """The data of an interaction in which this is given."""
    options: list[Json] = [{"name": name, "type": 3, "value": value} for name, value in values.items()]
    for number, name in enumerate(reversed(path)):
        options = [{"name": name, "type": 2 if number else 1, "options": options}]
    return {"name": "mentoring", "options": options}


def test_the_whole_table_fits() -> None:
    made = tree(TABLE)
    assert made["name"] == "mentoring"
    assert (made["contexts"], made["integration_types"]) == ([0, 1], [0])
    assert "default_member_permissions" not in made, "who may do what, the core decides"
    leaves = [each for option in made["options"] for each in ([option] if option["type"] == 1 else option["options"])]
    assert len(leaves) == len(TABLE)
    for each in [*made["options"], *leaves]:
        assert 1 <= len(each["description"]) <= 100
        assert len(each.get("options", [])) <= 25
        required = [bool(option.get("required")) for option in each.get("options", []) if option["type"] > 2]
        assert required == sorted(required, reverse=True), "what is required comes first"


def test_a_command_that_is_a_group_too() -> None:
    made = tree(TABLE)
    assert leaf(made, "round")["type"] == 2
    assert leaf(made, "round", "show")["description"] == "Shows the round at a glance."
    found = given(typed("round", "show"), TABLE)
    assert found is not None
    assert found[0].name == "round"
    assert leaf(made, "desk", "topics")["type"] == 1


def test_options_say_what_can_be_given() -> None:
    made = tree(TABLE)
    number = leaf(made, "desk", "case", "number")
    assert (number["type"], number["min_value"], number["required"]) == (4, 0, True)
    assert number["autocomplete"]
    state = leaf(made, "desk", "pairs", "state")
    assert [choice["value"] for choice in state["choices"]] == ["opening", "arriving", "live", "ended"]
    assert "required" not in state
    assert "2027-09-01" in leaf(made, "round", "extend", "date")["description"]
    assert leaf(made, "match", "pair", "first")["autocomplete"]
    assert takes_numbers(Argument("n", "A number.", kind="number"))


@pytest.mark.parametrize("command", TABLE, ids=lambda command: command.name)
def test_what_is_given_reaches_the_core_as_it_is(command: CommandSpec) -> None:
    """Through the line of text, for each command of the table."""
    samples = {"number": 7, "day": "2027-09-01", "email": "amina@example.org"}
    values = {a.name: a.options[0] if a.options else samples.get(a.kind, 'Bo "the" Lund') for a in command.arguments}
    found = given(typed(*path(command, TABLE), **values), TABLE)
    assert found is not None
    spec, read, focused = found
    assert spec == command
    assert focused == ""
    line = spec.line(read)
    again = spec_of(TABLE, line)
    assert again is not None
    assert again[0] == command
    core = next(each for each in program(Kits({})).commands if each.name == command.name)
    rest = len(command.arguments) == 1 and command.arguments[0].rest
    wanted = {name: str(value) if rest else str(value).replace('"', "’") for name, value in values.items()}
    assert {name: value for name, value in parse(core, again[1]).items() if value} == wanted


def test_what_is_being_typed() -> None:
    data = typed("match", "pair", first="Bo", second="Am")
    data["options"][0]["options"][0]["options"][1]["focused"] = True
    found = given(data, TABLE)
    assert found is not None
    assert (found[1], found[2]) == ({"first": "Bo", "second": "Am"}, "second")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"options": None},
        typed("unknown"),
        typed("match"),
        typed("match", "unknown"),
        {"options": [{"type": 1}]},
        {"options": ["apply"]},
    ],
)
def test_what_is_not_known(data: Json) -> None:
    assert given(data, TABLE) is None


def test_odd_values_are_read_with_care() -> None:
    found = given(typed("desk", "case", number=7.0, other="x"), TABLE)
    assert found is not None
    assert found[1] == {"number": "7"}
    found = given(typed("desk", "case", number=True), TABLE)
    assert found is not None
    assert found[0].line(found[1]) == "case"


def test_a_table_that_does_not_fit() -> None:
    many = [CommandSpec(f"deed{number}", "Does it.") for number in range(26)]
    with pytest.raises(NotConnected, match=r"at most 25 .*“mentoring” has more"):
        tree(many)
    long = [
        CommandSpec(f"deed{number}", "x" * 90, tuple(Argument(f"a{n}", "y" * 90) for n in range(5)))
        for number in range(20)
    ]
    with pytest.raises(NotConnected, match="at most 8000"):
        tree(long)
    with pytest.raises(NotConnected, match="would both be called “show”"):
        tree([CommandSpec("round", "One."), CommandSpec("round show", "Two.")])


def test_names_and_descriptions_that_discord_would_not_take() -> None:
    argument = Argument("Wanted Day", "On which day it is. " + "Much more about it. " * 9, kind="day")
    made = tree([CommandSpec("Odd.Name", "First sentence. " + "x" * 100, (argument,))])
    option = made["options"][0]
    assert (option["name"], option["description"]) == ("odd-name", "First sentence.")
    assert option["options"][0]["name"] == "wanted-day"
    assert option["options"][0]["description"].endswith("For example: 2027-09-01")
    found = given(typed("odd-name", **{"wanted-day": "2027-01-01"}), [CommandSpec("Odd.Name", "x", (argument,))])
    assert found is not None
    assert found[1] == {"Wanted Day": "2027-01-01"}


def test_what_discord_adds_makes_no_difference() -> None:
    ours = tree(TABLE)

    def theirs(option: Json) -> Json:
        more = {**option, "name_localizations": None, "required": option.get("required", False)}
        more["options"] = [theirs(each) for each in option.get("options", [])]
        return more

    there = {**theirs(ours), "id": "1", "version": "2", "nsfw": False, "default_member_permissions": None}
    assert same(ours, there)
    assert not same(ours, {**there, "description": "Another."})
    assert not same(ours, {**there, "default_member_permissions": "32"})
    there["options"][0]["options"][0]["required"] = True
    assert not same(ours, there)
    assert not same(ours, {})
