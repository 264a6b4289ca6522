"""Odd application files are played all the same: whoever can take part does, and everybody else is told why not."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bot.program.forms import FormError
from bot.simulate import NothingToPlay
from tests.form_samples import file_of, line_of
from tests.journeys.evidence import Rules, read, table
from tests.journeys.played import Played, play
from tests.journeys.playground import journal, playground, posts

ANA, BO, CARO, DINA = (
    {"Name": "Ana", "Email": "ana@example.org", "Country": "France", "Time_zone": "Europe/Paris", "Former": ""},
    {"Name": "Bo", "Email": "bo@example.org", "Country": "Sweden", "Time_zone": "Europe/Stockholm", "Former": ""},
    {"Name": "Caro", "Email": "caro@example.org", "Country": "Peru", "Time_zone": "America/Lima", "Former": ""},
    {"Name": "Dina", "Email": "dina@example.org", "Country": "Japan", "Time_zone": "Asia/Tokyo", "Former": ""},
)
LATE, NO = {"Timestamp": "2026-08-03 10:00:00"}, {"Are_you_fluent": "No"}
Person = Mapping[str, str]


async def played(folder: Path, *people: Person) -> Played:
    return await play(folder, file_of(*(line_of(**person) for person in people)), weeks=2)


@pytest.mark.parametrize(
    ("people", "statuses", "partnerships"),
    [
        ([ANA], {"accepted": 1}, 0),
        ([ANA, BO], {"accepted": 2}, 1),
        ([ANA, BO, CARO], {"accepted": 3}, 1),
        ([ANA, BO | {"Former": "ANA@example.org "}], {"accepted": 2}, 0),
        ([ANA, BO, CARO, DINA | {"Please": "ana@example.org, bo@example.org, caro@example.org"}], {"accepted": 4}, 1),
        ([ANA | NO, BO | NO], {"ineligible": 2}, 0),
        ([ANA, BO | LATE, CARO], {"accepted": 2, "late": 1}, 1),
        ([ANA, BO, ANA | {"Email": "Ana@Example.org ", "Timestamp": "2026-07-09 08:00:00"}], None, 1),
        ([ANA | {"Name": "\x00\x07\u202e<!channel>"}, BO | {"Name": "=1+1"}], {"accepted": 2}, 1),
        ([ANA | {"Name": "x" * 100_000}, BO | {"Professional": "music, =cmd, \x1b[31m"}], None, 1),
    ],
    ids=[
        "one alone",
        "two",
        "three",
        "two former partners",
        "one whom nobody may meet",
        "nobody eligible",
        "one late",
        "one twice",
        "signs",
        "cells",
    ],
)
async def test_few_people(
    tmp_path: Path, people: Sequence[Person], statuses: Mapping[str, int] | None, partnerships: int
) -> None:
    round_played = await played(tmp_path, *people)
    seen = read(round_played.applicants, round_played.out, Rules())
    found = Counter(status for _, status in seen.statuses)
    assert found.total() == len(people)
    assert statuses is None or found == statuses
    assert len(seen.pairs) == partnerships
    expected = {"accepted_people_are_placed"} if partnerships == 0 or len(people) == 4 else set[str]()
    rules = {complaint.partition(":")[0] for complaint in round_played.complaints(Rules(topics=("1", "10")))}
    assert rules <= expected


async def test_neighbours_are_partners_where_there_is_nobody_else(tmp_path: Path) -> None:
    round_played = await played(tmp_path, ANA, BO | {"Country": "France", "Time_zone": "Europe/Paris"})
    assert round_played.complaints(Rules(topics=("1", "10"))) == []
    assert len(table(round_played.out / "partnerships.csv")) == 1


async def test_rows_that_cannot_be_read_are_named_by_line(tmp_path: Path) -> None:
    rows = [ANA, BO, CARO | {"Email": "=1+1"}, DINA | {"Timestamp": "yesterday"}]
    round_played = await played(tmp_path, *rows)
    assert round_played.complaints(Rules(topics=("1", "10"))) == []
    lost = [row["reason"] for row in table(round_played.out / "participants.csv") if row["status"] == "unreadable"]
    assert [reason.partition(":")[0] for reason in lost] == ["line 4", "line 5"]
    assert len(round_played.summary()["rows_with_problems"]) == 2


@pytest.mark.parametrize(
    ("data", "problem"),
    [(file_of(line_of(**ANA, Timestamp="never")), NothingToPlay), (b"\xff\xd8\xff\xe0 no table", FormError)],
)
async def test_a_file_that_cannot_be_played_leaves_nothing_behind(
    tmp_path: Path, data: bytes, problem: type[Exception]
) -> None:
    with pytest.raises(problem):
        await play(tmp_path, data)
    assert not (tmp_path / "out").exists()


async def test_nonsense_at_the_playground_changes_nothing_but_is_answered(tmp_path: Path) -> None:
    (tmp_path / "playground").mkdir()
    async with playground(tmp_path) as running:
        before = len(posts(journal(tmp_path)))
        refused = [
            ("say", {"account": "alex", "place": "room/none", "text": "hello"}, 409),
            ("say", {"account": "nobody", "place": "direct/nobody", "text": "hello"}, 409),
            ("press", {"account": "alex", "place": "hall/hall", "message": "m9", "token": "x", "values": ["y"]}, 409),
            ("clock", {"do": "run", "speed": -1}, 400),
            ("clock", {"do": "fly"}, 400),
            ("say", {"account": "alex", "place": "direct/alex", "text": "x" * 10_000_000}, 413),
        ]
        for work, asked, status in refused:
            answer = await running.client.post(f"/{work}", json=asked)
            assert answer.status_code == status, (work, asked, answer.text)
            assert len(answer.json()["error"]) > 20
        assert len(posts(journal(tmp_path))) == before
        await running.do("command", account="alex", place="direct/alex", text="round close")
        assert "Only coordinators" in _words(tmp_path)
        await running.do("say", account="alex", place="direct/alex", text="\x00\x1b[2J @everyone <!channel> =1+1")
        assert "I did not understand" in _words(tmp_path)


async def test_a_broken_kit_stops_the_playground_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(AssertionError) as stopped:
        async with playground(tmp_path, kit="no-such-kit"):
            pass
    assert "no kit of this name" in str(stopped.value)
    assert "Traceback" not in str(stopped.value)
    assert await asyncio.to_thread(lambda: list(tmp_path.iterdir())) == []


def _words(folder: Path) -> str:
    """The newest message of the bot."""
    message = posts(journal(folder))[-1].act.message
    return " ".join(element.markdown for element in message.elements if element.type == "text")
