"""Invitations to copy: dates and the way to apply are filled in, and no words get out of their block."""

from datetime import UTC, datetime

import pytest

from bot.language.markup import plain
from bot.language.messages import Text
from bot.program.invitations import TEXTS
from tests.program.desk import BOSS, Desk, opened


def blocks(desk: Desk) -> list[str]:
    """The blocks of the newest answer, as they are copied."""
    message = desk.shown(desk.direct(BOSS))[-1].message
    assert message is not None
    texts = [part.markdown for part in message.elements if isinstance(part, Text)]
    return [text[4:-4] for text in texts if text.startswith("```\n") and text.endswith("\n```")]


async def test_each_text_has_the_dates_and_how_to_apply() -> None:
    async with opened("cap:0") as desk:
        assert "people can apply until Monday 18 January 2027" in await desk.command(BOSS, "invitations")
        copied = blocks(desk)
        assert len(copied) == len(TEXTS)
        for text in copied:
            assert "18 January 2027" in text and "1 February 2027" in text and "write “apply” to the bot" in text
            assert plain(f"```\n{text}\n```").strip() == text, "all of it is shown as code, by every platform"
            assert "\\" not in text and "{" not in text and "  " not in text and "\n\n\n" not in text
        assert copied[0].startswith("Dear colleagues,\n\n") and "120 places" in copied[0]


@pytest.mark.parametrize("to", ["Library *Association* of Kenya", "```\n@everyone", "<!channel>" * 30])
async def test_an_organisation_is_addressed_whatever_it_is_called(to: str) -> None:
    async with opened("cap:0") as desk:
        await desk.command(BOSS, f"invitations {to}")
        copied = blocks(desk)
        assert len(copied) == len(TEXTS) and not any("`" in text for text in copied)
        name = " ".join(to.replace("`", "\u2019").split())[:80]
        assert copied[0].startswith(f"Dear colleagues of {name},\n\n")


async def test_a_round_to_come_says_from_when() -> None:
    async with opened("starts:2027-09-01", now=datetime(2027, 4, 1, tzinfo=UTC)) as desk:
        await desk.command(BOSS, "invitations")
        assert "They can apply from Sunday 18 July 2027 to Wednesday 18 August 2027" in blocks(desk)[0]


async def test_there_is_nothing_to_invite_to_when_nobody_can_apply() -> None:
    async with opened(None) as desk:
        assert "Nobody can apply at the moment" in await desk.command(BOSS, "invitations")
        await desk.command(BOSS, "round open cap:0")
        await desk.command(BOSS, "round close")
        assert "Nobody can apply at the moment" in await desk.command(BOSS, "invitations")
