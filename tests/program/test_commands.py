"""What is written after `/mentoring`: which command it is, and with what."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Problem
from bot.program.access import Who
from bot.program.command import Argument, Call, Command, find, parse
from bot.program.turn import Turn


async def _nothing(turn: Turn, call: Call) -> None:
    """A handler that is never called here."""


def command(name: str, *arguments: Argument) -> Command:
    return Command(name, Who.ANYONE, "Help.", _nothing, arguments)


TABLE = (command("round"), command("round open"), command("pair"), command("pairs"), command("match pair"))
PAIR = command("match pair", Argument("first", ""), Argument("second", ""), Argument("third", "", required=False))
OPEN = command(
    "round open",
    Argument("starts", "", required=False),
    Argument("weeks", "", required=False),
    Argument("odd", "", required=False, options=("trio", "waitlist")),
    Argument("name", "", required=False),
)
AWAY = command("away", Argument("dates", "", rest=True))
NOTE = command("note", Argument("number", ""), Argument("text", "", rest=True))


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("round", "round", ""),
        ("Round   OPEN  weeks:3", "round open", "weeks:3"),
        ("round\u00a0open", "round open", ""),
        ("round opened", "round", "opened"),
        ("  pairs live", "pairs", "live"),
        ("pair\t3", "pair", "3"),
        ("match pair a  b", "match pair", "a  b"),
    ],
)
def test_the_longest_name_wins(text: str, name: str, rest: str) -> None:
    found, left = find(TABLE, text)
    assert (found.name, left) == (name, rest)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("rond open", "round open"), ("pars", "pairs"), ("matchpair", "match pair"), ("match", "match pair")],
)
def test_an_unknown_command_with_a_suggestion(text: str, meant: str) -> None:
    with pytest.raises(Problem) as caught:
        find(TABLE, text)
    assert caught.value.key == "command.unknown"
    assert caught.value.values == {"command": text, "meant": meant}


@pytest.mark.parametrize("text", ["xyzzy", "", "🎉", "x" * 9_000])
def test_an_unknown_command_like_no_other(text: str) -> None:
    with pytest.raises(Problem) as caught:
        find(TABLE, text)
    assert caught.value.values["meant"] == "" and len(caught.value.values["command"]) <= 60


@pytest.mark.parametrize(
    ("which", "text", "arguments"),
    [
        (PAIR, "a@example.org b@example.org", {"first": "a@example.org", "second": "b@example.org"}),
        (PAIR, '"Ana Lima" "Bo O\'Brien"', {"first": "Ana Lima", "second": "Bo O'Brien"}),
        (PAIR, "Bo's Ann's", {"first": "Bo's", "second": "Ann's"}),
        (PAIR, "“Ana Lima” „Bo“ «Cy Ng»", {"first": "Ana Lima", "second": "Bo", "third": "Cy Ng"}),
        (PAIR, 'second:"B C" A', {"first": "A", "second": "B C"}),
        (PAIR, r'"a\b" "c\"', {"first": r"a\b", "second": "c\\"}),
        (OPEN, "", {}),
        (OPEN, "2027-09-01 17", {"starts": "2027-09-01", "weeks": "17"}),
        (OPEN, "weeks:3 starts:2027-09-01", {"weeks": "3", "starts": "2027-09-01"}),
        (OPEN, "Weeks:3 ODD:Trio", {"weeks": "3", "odd": "trio"}),
        (OPEN, "starts: 2027-09-01 weeks: 3", {"starts": "2027-09-01", "weeks": "3"}),
        (OPEN, 'name:"Spring: two" 2027-09-01', {"name": "Spring: two", "starts": "2027-09-01"}),
        (AWAY, "5 October to 'the 20th'", {"dates": "5 October to 'the 20th'"}),
        (NOTE, '3 that is "it", he said', {"number": "3", "text": "that is it, he said"}),
    ],
)
def test_arguments(which: Command, text: str, arguments: dict[str, str]) -> None:
    assert parse(which, text) == arguments


@pytest.mark.parametrize(
    ("which", "text", "key", "values"),
    [
        (PAIR, "", "command.missing", {"argument": "first"}),
        (PAIR, "a", "command.missing", {"argument": "second"}),
        (PAIR, '"" b', "command.missing", {"argument": "first"}),
        (PAIR, "a b c d", "command.extra", {"word": "d"}),
        (PAIR, 'a "b', "command.quotes", {}),
        (OPEN, "odd:never", "command.option", {"argument": "odd", "options": "trio, waitlist"}),
        (OPEN, "1 2 trio x y", "command.extra", {"word": "y"}),
        (AWAY, "   ", "command.missing", {"argument": "dates"}),
        (command("status"), "please", "command.extra", {"word": "please"}),
    ],
)
def test_arguments_that_do_not_fit(which: Command, text: str, key: str, values: dict[str, Any]) -> None:
    with pytest.raises(Problem) as caught:
        parse(which, text)
    assert caught.value.key == key
    assert values.items() <= caught.value.values.items()


@given(st.text(max_size=300))
def test_nothing_that_is_typed_is_a_fault(text: str) -> None:
    for which in (PAIR, OPEN, AWAY, NOTE):
        try:
            given_ = parse(which, text)
        except Problem:
            continue
        assert given_.keys() <= {argument.name for argument in which.arguments}


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), min_size=2, max_size=3))
def test_quoted_names_come_through(names: list[str]) -> None:
    text = " ".join(f'"{name} x"' for name in names)
    assert list(parse(PAIR, text).values()) == [f"{name} x" for name in names]


def test_usage() -> None:
    assert PAIR.usage == "/mentoring match pair <first> <second> [third]"
