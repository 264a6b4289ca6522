"""Announcements: to whom, how often, when; hostile words; called off."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from adapters.local.records import Account as Seat
from storage.communications import Announcement
from storage.traffic import OutboxAct
from tests.program.desk import BOSS, DAY, Desk, opened

NOON = datetime(2026, 12, 21, 13, tzinfo=UTC)
"""A good hour in Lisbon, late in Tokyo."""
HOSTILE = "*News* for <!channel> @everyone\n\n# Big [link](https://evil.example)\n| a | b |"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Alex and Ines (Portugal) and Bea (Japan) have applied; Cem withdrew, Dora never applied."""
    more = [Seat("ines", "Ines", "ines@example.org", "Europe/Lisbon")]
    async with opened("cap:0", now=NOON, more=more) as desk:
        for user in ("alex", "bea", "cem", "ines"):
            await desk.applied(user)
        await desk.says("cem", "withdraw")
        await desk.press("cem", "yes")
        yield desk


async def writes(desk: Desk, *answers: str) -> str:
    """Begin an announcement and answer what is asked. Returns the last thing that the bot says."""
    said = await desk.command(BOSS, "announce")
    for answer in answers:
        said = await desk.says(BOSS, answer)
    return said


def had(desk: Desk, words: str) -> dict[str, int]:
    """How often each of the people got these words."""
    people = ("alex", "bea", "cem", "dora", "ines")
    return {user: sum(words in text for text in desk.heard(user)) for user in people}


async def test_everybody_gets_it_once_by_day_however_often_it_is_pressed(desk: Desk) -> None:
    said = await writes(desk, "Everybody in this round", "The library is open.")
    assert "3 people" in said and "The library is open." in said
    assert "it stands there too, for all to read" in said, "whoever writes to everybody knows that it becomes public"
    assert sum(had(desk, "The library").values()) == 0, "nothing before it is pressed"
    assert "on its way to 3 people" in await desk.press(BOSS, "Send it (3)")
    assert "sent already, on Monday 21 December 2026, to 3" in await desk.forge(BOSS, "announce:1", "send")
    await desk.restart()
    await desk.until(desk.clock.now() + 2 * DAY)
    assert had(desk, "The library") == {"alex": 1, "bea": 1, "cem": 0, "dora": 0, "ines": 1}
    assert await desk.at_night() == []
    assert "Bo Boss announces something to everybody" in desk.last(desk.desk)


async def test_one_country(desk: Desk) -> None:
    said = await writes(desk, "One country", "Portugal", "Olá!")
    assert "2 people" in said and "for all to read" not in said
    await desk.press(BOSS, "send")
    await desk.until(desk.clock.now() + 2 * DAY)
    assert had(desk, "Olá!") == {"alex": 1, "bea": 0, "cem": 0, "dora": 0, "ines": 1}


async def test_a_country_of_nobody_makes_no_announcement(desk: Desk) -> None:
    said = await writes(desk, "country", "Chile", "Hola")
    assert "nobody to read it" in said and "Chile" in said
    assert await desk.rows(Announcement) == []


async def test_what_has_not_gone_out_is_called_off(desk: Desk) -> None:
    await writes(desk, "Everybody in this round", "A mistake")
    await desk.press(BOSS, "send")
    assert had(desk, "A mistake") == {"alex": 1, "bea": 0, "cem": 0, "dora": 0, "ines": 1}
    assert "2 had it already, 1 will not get it" in await desk.press(BOSS, "undo")
    await desk.until(desk.clock.now() + 2 * DAY)
    assert had(desk, "A mistake")["bea"] == 0
    assert "called off already" in await desk.forge(BOSS, "announce:1", "undo")
    assert "called off already" in await desk.forge(BOSS, "announce:1", "send")


async def test_when_all_have_it_nothing_can_be_called_off(desk: Desk) -> None:
    await writes(desk, "country", "Portugal", "Done")
    await desk.press(BOSS, "send")
    assert "nothing is left to call off" in await desk.forge(BOSS, "announce:1", "undo")


async def test_dropped_is_dropped(desk: Desk) -> None:
    await writes(desk, "Everybody in this round", "Never mind")
    assert "Nothing was sent" in await desk.press(BOSS, "drop")
    assert "It was dropped" in await desk.forge(BOSS, "announce:1", "send")
    assert "It was dropped" in await desk.forge(BOSS, "announce:1", "undo")
    await desk.until(desk.clock.now() + 2 * DAY)
    assert sum(had(desk, "Never mind").values()) == 0


async def test_pairs_get_it_in_their_rooms(desk: Desk) -> None:
    assert "nobody to read it" in await writes(desk, "pairs", "Too early")
    await desk.closed()
    await desk.command(BOSS, "match pair alex@example.org bea@example.org")
    await desk.command(BOSS, "match approve")
    await desk.until(datetime(2027, 2, 3, 9, tzinfo=UTC))
    said = await writes(desk, "All pairs, in their rooms", "To you both")
    assert "1 room**" in said or "1 room," in said
    await desk.press(BOSS, "send")
    await desk.until(desk.clock.now() + 2 * DAY)
    sent = [seen for seen in desk.seen if "To you both" in seen.text and seen.kind == "announcement"]
    rooms = [seen.address for seen in sent if "room" in str(seen.address)]
    assert len(rooms) == 1 and sum(had(desk, "To you both").values()) == 0


async def test_words_are_shown_as_they_are(desk: Desk) -> None:
    await writes(desk, "country", "Portugal", HOSTILE)
    await desk.press(BOSS, "send")
    told = desk.last("alex").replace("\u2060", "")
    assert told.partition("\n\n")[2].strip() == HOSTILE


async def test_only_coordinators(desk: Desk) -> None:
    await writes(desk, "Everybody in this round", "Hello")
    before = len(await desk.rows(OutboxAct))
    assert "Only coordinators" in await desk.forge("alex", "announce:1", "send")
    for token in ("announce:9", "announce", "announce:x", "announce:" + "1" * 30):
        assert "is over" in await desk.forge(BOSS, token, "send")
    assert "is over" in await desk.forge(BOSS, "announce:1", "explode")
    assert len(await desk.rows(OutboxAct)) - before == 6, "answers only"
    assert (await desk.rows(Announcement))[0].state == "draft"
