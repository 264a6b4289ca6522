"""A thread with one person through the bot: who may, what is handed on, in whose name, and when."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from storage.communications import Contact
from storage.traffic import FlowRun
from tests.program.desk import BOSS, DAY, Desk, buttons, opened

HOSTILE = "Hello *all* <!channel> @everyone `x`\n\n1. **Is** [this](https://evil.example) all right?"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Alex, in Lisbon, and Bea, in Tokyo, have applied; it is early afternoon in Europe."""
    async with opened("cap:0", now=datetime(2026, 12, 20, 13, tzinfo=UTC)) as desk:
        await desk.applied("alex")
        await desk.applied("bea")
        yield desk


def plain_lines(told: str) -> list[str]:
    """The quoted lines of a message, without what keeps platforms from seeing a mention."""
    return [line.removeprefix("> ").strip() for line in told.replace("\u2060", "").split("\n") if line[:1] == ">"]


async def writes(desk: Desk, user: str, words: str, sender: str = "The coordinators") -> str:
    """Type the words, say from whom, and submit. Returns what the bot answers at the end."""
    await desk.says(user, words)
    await desk.press(user, sender)
    return await desk.press(user, "submit")


async def test_words_go_there_and_back_without_a_name(desk: Desk) -> None:
    asked = await desk.command(BOSS, "contact alex@example.org")
    assert "What shall I write to Alex" in asked
    assert "I send it to Alex now" in await writes(desk, BOSS, "How are you doing?\nWe miss you.")
    told = desk.last("alex")
    assert "The coordinators of Classrooms in Touch write to you" in told and "We miss you." in told
    assert "Bo" not in told
    assert "Bo Boss writes to Alex (as “the coordinators”)" in desk.last(desk.desk)
    assert "not your partner" in await desk.press("alex", "Answer")
    assert "have your answer" in await desk.says("alex", "All is well, thank you.")
    assert "Alex answers:" in desk.last(desk.desk)
    assert "All is well, thank you." in desk.last(desk.desk)
    assert "What shall I write to Alex" in await desk.press(BOSS, "Write back", desk.desk)
    await writes(desk, BOSS, "Good to hear.", "Bo Boss")
    assert "Bo Boss, coordinator of Classrooms in Touch write" in desk.last("alex")
    assert len(await desk.rows(Contact)) == 1, "one thread"


async def test_nobody_is_written_to_in_their_night(desk: Desk) -> None:
    await desk.until(datetime(2026, 12, 20, 16, tzinfo=UTC))
    await desk.command(BOSS, "contact bea@example.org")
    said = await writes(desk, BOSS, "A question.")
    assert "at a good hour of their day: Monday 21 December 2026" in said and "Tokyo, UTC+09:00" in said
    assert not any("A question." in text for text in desk.heard("bea"))
    await desk.until(desk.clock.now() + DAY)
    assert sum("A question." in text for text in desk.heard("bea")) == 1
    assert await desk.at_night() == []


async def test_words_are_shown_as_they_are(desk: Desk) -> None:
    await desk.command(BOSS, "contact alex@example.org")
    await writes(desk, BOSS, HOSTILE)
    for told in (desk.last("alex"), desk.last(desk.desk)):
        assert plain_lines(told) == HOSTILE.split("\n"), "nothing is taken for formatting, no line is lost"


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        ("nobody@example.org", "I do not know “nobody@example.org” here"),
        ("boss@example.org", "That is you"),
        ("", "needs who"),
        ("**x**" * 40, "I do not know"),
    ],
)
async def test_whom_it_cannot_write_to(desk: Desk, who: str, answer: str) -> None:
    assert answer in await desk.command(BOSS, f"contact {who}")
    assert await desk.rows(Contact) == []


async def test_only_coordinators_write_and_only_the_person_answers(desk: Desk) -> None:
    assert "Only coordinators" in await desk.command("bea", "contact alex@example.org")
    await desk.command(BOSS, "contact alex@example.org")
    await writes(desk, BOSS, "Hello")
    assert "belongs to somebody else" in await desk.forge("bea", "contact:1", "answer")
    assert "Only coordinators" in await desk.forge("bea", "contact:1", "write")
    for token in ("contact:99", "contact:x", "contact", "contact:" + "9" * 30):
        assert "is over" in await desk.forge("bea", token, "answer")
    assert not [run for run in await desk.rows(FlowRun) if run.flow == "contact_answer"]


async def test_a_second_question_takes_the_place_of_the_first(desk: Desk) -> None:
    await desk.command(BOSS, "contact alex@example.org")
    first = desk.shown(desk.direct(BOSS))[-1]
    await desk.command(BOSS, "contact alex@example.org")
    await writes(desk, BOSS, "Once only")
    before = len(desk.heard("alex"))
    token = next((choice.token for choice in buttons(first)), "flow:1:text:1")
    await desk.press_on(BOSS, first, token, "Twice")
    await desk.until(desk.clock.now() + DAY)
    assert len(desk.heard("alex")) == before


async def test_somebody_who_is_forgotten_leaves_no_words(desk: Desk) -> None:
    await desk.command(BOSS, "contact alex@example.org")
    await writes(desk, BOSS, "planted-question")
    await desk.press("alex", "Answer")
    await desk.says("alex", "planted-answer")
    await desk.press(BOSS, "Write back", desk.desk)
    await desk.says(BOSS, "planted-draft")
    await desk.command("alex", "forget-me")
    await desk.press("alex", "yes")
    await desk.until(desk.clock.now() + DAY)
    kept = str(await desk.counts())
    assert "planted" not in kept
    assert not any("planted" in str(shown.message) for shown in desk.shown(desk.desk)), "the desk is mended"
    assert "no longer here" in await desk.forge(BOSS, "contact:1", "write")
