"""Journeys of pairs in trouble, written once and played on every platform: nobody waits for ever, nor in the dark."""

from datetime import timedelta

from bot.testing import (
    BOSS,
    DAY,
    PARTNERS,
    Seat,
    Venue,
    Where,
    all_apply,
    heard,
    pair,
    set_up,
)
from topics.model import Kit


async def nobody_waits_for_ever(venue: Venue, kit: Kit) -> None:
    """Of one pair only one comes, of the other nobody: the ladder from its first step to its end, without a decision.

    Whoever never came is asked in private and, in the end, let go kindly. Whoever waits is told, and chooses somebody
    else with one click; two who never spoke are parted kindly. The coordinators see what became of it all.
    """
    await set_up(venue)
    await all_apply(venue, kit)
    await pair(venue)
    waiting, silent, others = await _one_writes(venue)
    await venue.until(venue.now() + 3 * DAY)
    for seat in (silent, *others):
        await heard(venue, seat, "you have not written there yet")
    await venue.until(venue.now() + 2 * DAY)
    offer = await heard(venue, waiting, "You did nothing wrong")
    assert "Find me another partner" in offer.labels and "I would rather wait" in offer.labels, offer.labels
    await heard(venue, BOSS, f"{silent.name} has not written since", Where.DESK)
    await venue.restart()
    await venue.press(waiting, "Find me another partner")
    await heard(venue, waiting, "I look for somebody for you")
    await heard(venue, BOSS, f"{waiting.name} chose another partner", Where.DESK)
    await venue.until(venue.now() + 8 * DAY)
    await heard(venue, silent, "Nobody is cross with you")
    for seat in others:
        await heard(venue, seat, "It has been quiet between you")
    await venue.until(venue.now() + timedelta(days=4))
    for seat in PARTNERS:
        assert not await venue.is_open(seat), f"the room of {seat.key} is closed, after a goodbye"


async def _one_writes(venue: Venue) -> tuple[Seat, Seat, list[Seat]]:
    """One of the cast writes in their room. Returns them, their partner, and the two others."""
    waiting = PARTNERS[0]
    both = await venue.members(waiting)
    await venue.say(waiting, "Hello! I look forward to our talks.", Where.ROOM)
    silent = next(seat for seat in PARTNERS if seat.key in both and seat is not waiting)
    return waiting, silent, [seat for seat in PARTNERS if seat.key not in both]
