"""The journey of a story, written once and played on every platform: agreed to, published, and taken down at once."""

from html import unescape

from bot.testing import ANA, BOSS, DAY, PARTNERS, Seat, Venue, Where, all_apply, heard, nothing_came_twice, pair, set_up
from topics.model import Kit

TITLE = "Two bells, one hour"
WORDS = "We rang our bells at the same hour. @everyone should try it! <!channel> *Really.*"
SEEN = "Two brass bells on a windowsill."
GONE = "A story stood here"


async def a_story_is_told(venue: Venue, kit: Kit, picture: bytes, *, restarts: bool = False) -> None:
    """Ana writes about her partnership, and sends a picture. Her partner agrees with one press, a coordinator
    publishes it with one.

    Everybody reads it in the hall, word for word. Then the partner changes their mind, and it is gone. With `restarts`
    the bot's process ends again and again.
    """
    await set_up(venue)
    await all_apply(venue, kit)
    await pair(venue)
    partner = await _partner(venue)
    await _ana_writes(venue, picture, restarts=restarts)
    await venue.until(venue.now() + DAY)
    asked = await heard(venue, partner, TITLE)
    assert {"Yes", "Yes, but leave me out", "No"} <= set(asked.labels), asked.labels
    assert await in_hall(venue, partner) == [], "nothing is public before all have agreed"
    await venue.press(partner, "Yes")
    await venue.until(venue.now() + DAY)
    if restarts:
        await venue.restart()
    await heard(venue, BOSS, TITLE, Where.DESK)
    assert await in_hall(venue, partner) == [], "nor before a coordinator has read it"
    await venue.press(BOSS, "Publish it", Where.DESK)
    await _everybody_reads_it(venue)
    if restarts:
        await venue.restart()
    await venue.fill(partner, "story withdraw", {})
    await venue.press(partner, "Take it down")
    for seat in PARTNERS:
        assert await in_hall(venue, seat) == [], f"{seat.key} still reads it"
        await heard(venue, seat, GONE, Where.HALL)
    await venue.until(venue.now() + DAY)
    await heard(venue, ANA, "Please do not ask why")
    await heard(venue, BOSS, "since somebody whose story it is wished so", Where.DESK)
    await nothing_came_twice(venue)


async def _partner(venue: Venue) -> Seat:
    both = await venue.members(ANA)
    return next(seat for seat in PARTNERS if seat.key in both and seat is not ANA)


async def _ana_writes(venue: Venue, picture: bytes, *, restarts: bool) -> None:
    """By the command, in words, buttons and a file."""
    await venue.fill(ANA, "story", {})
    await venue.say(ANA, TITLE)
    if restarts:
        await venue.restart()
    await venue.say(ANA, WORDS)
    await venue.send_picture(ANA, "bells.png", picture)
    await heard(venue, ANA, "What can be seen in the picture?")
    await venue.say(ANA, SEEN)
    await venue.press(ANA, f"{ANA.name}, {ANA.country}")
    await venue.press(ANA, "Submit")
    await heard(venue, ANA, "Nothing is public yet")


async def _everybody_reads_it(venue: Venue) -> None:
    for seat in PARTNERS:
        (text,) = await in_hall(venue, seat)
        assert WORDS in unescape(text.replace("\u2060", "").replace("\\", "")), "and yet it reads as it was written"
        assert f"{ANA.name}, {ANA.country}" in text


async def in_hall(venue: Venue, who: Seat) -> list[str]:
    """What somebody reads of the story in the public channel."""
    return [shown.text for shown in await venue.shown(who, Where.HALL) if TITLE in shown.text]
