"""Journeys through what goes wrong with rooms and platforms, a failure each: written once, played on every platform.

Which failure of the field each of them plays stands in the table of `docs/journeys.md`.
"""

from datetime import timedelta

from bot.testing import ANA, BEN, BOSS, CLEO, Venue, Where, heard, nothing_came_twice
from bot.testing_ladder import the_case
from bot.testing_steps import (
    OPEN,
    Journey,
    Restless,
    approved,
    case_about,
    days,
    greet,
    in_rooms,
    nothing_to_decide,
    pairs_of,
    partner_of,
    partners_of,
    times_heard,
    unheard,
)
from topics.model import Kit

THREE = (ANA, BEN, CLEO)
NEVER = "you have not written there yet"
INTRODUCED = "this is your room"


async def both_or_neither(venue: Venue, kit: Kit) -> None:
    """The platform lets only one of two into a room: nobody is introduced before both are in, and the desk hears.

    That the platform cannot be asked who is in is no fact about anybody.
    """
    await approved(venue, kit, (ANA, BEN))
    venue.shut_out(BEN)
    await venue.until(OPEN)
    assert await venue.members(ANA) == {ANA.key}
    await unheard(venue, ANA, INTRODUCED, Where.ROOM)
    venue.outage()
    await days(venue, 1.5)
    await unheard(venue, BOSS, "Case ", Where.DESK)
    venue.outage(over=True)
    await days(venue, 1)
    case = await case_about(venue, f"{BEN.name} did not come in")
    assert f"{ANA.name} did" not in case.text and "Open a room again" in case.labels, case
    await unheard(venue, ANA, INTRODUCED, Where.ROOM)
    venue.shut_out(BEN, out=False)
    await venue.press(BOSS, "Open a room again", Where.DESK)
    await days(venue, 1)
    assert await venue.members(ANA) == {ANA.key, BEN.key}
    for seat in (ANA, BEN):
        assert await times_heard(venue, seat, INTRODUCED, Where.ROOM) == 1, "announced once, when both are in"
        await unheard(venue, seat, NEVER, Where.PRIVATE)


async def a_room_is_lost(venue: Venue, kit: Kit) -> None:
    """Somebody deletes a room: partners and desk hear, a new one takes its place, and the work goes on there."""
    await in_rooms(venue, kit, (ANA, BEN))
    await greet(venue, ANA, BEN)
    await venue.lose_room(ANA)
    await days(venue, 1)
    for seat, partner in ((ANA, BEN), (BEN, ANA)):
        await heard(venue, seat, f"Your room with {partner.name} is gone")
    await case_about(venue, "the room is gone")
    await venue.restart()
    await venue.press(BOSS, "Open a room again", Where.DESK)
    await days(venue, 1)
    for seat in (ANA, BEN):
        assert await venue.members(seat) == {ANA.key, BEN.key}
        assert await times_heard(venue, seat, "takes the place of the old one", Where.ROOM) == 1
    await nothing_to_decide(venue)
    await days(venue, 11, ANA, BEN)
    for seat in (ANA, BEN):
        await heard(venue, seat, "Topic 2", Where.ROOM)
        await unheard(venue, seat, "How is it going with your partnership?", Where.PRIVATE)


async def nobody_spoke(venue: Venue, kit: Kit) -> None:
    """Two who never wrote: asked after 48 hours and not before, a case after 72, which comes before newer ones."""
    await in_rooms(venue, kit)
    talking, never = await pairs_of(venue)
    await greet(venue, *talking)
    await venue.until(OPEN + timedelta(days=1, hours=9))
    for seat in never:
        await unheard(venue, seat, NEVER, Where.PRIVATE)
    await venue.until(OPEN + timedelta(days=2, hours=12))
    for seat in never:
        await heard(venue, seat, NEVER)
    await unheard(venue, BOSS, "Case ", Where.DESK)
    await venue.until(OPEN + timedelta(days=3, hours=12))
    case = await case_about(venue, "somebody has not written yet")
    for seat in never:
        assert f"{seat.name} has not written since the introduction" in case.text, case
    await venue.lose_room(talking[0])
    await days(venue, 1)
    await case_about(venue, "the room is gone")
    await venue.fill(BOSS, "cases", {}, Where.DESK)
    listed = (await heard(venue, BOSS, "2 open cases", Where.DESK, Where.PRIVATE)).text
    assert listed.index("somebody has not written yet") < listed.index("the room is gone"), listed
    for seat in talking:
        await unheard(venue, seat, NEVER, Where.PRIVATE)


async def an_unknown_is_no_silence(venue: Venue, kit: Kit) -> None:
    """The platform is out of order when it is time to ask: no case comes of it. The clock starts on arrival."""
    await in_rooms(venue, kit, (ANA, BEN))
    await greet(venue, ANA)
    await venue.until(OPEN + timedelta(days=1, hours=9))
    venue.outage()
    await days(venue, 2)
    await unheard(venue, BEN, NEVER, Where.PRIVATE)
    venue.outage(over=True)
    for _ in range(16):
        await venue.until(venue.now() + timedelta(hours=3))
        if await times_heard(venue, BEN, NEVER):
            break
    assert await times_heard(venue, BEN, NEVER) == 1
    await days(venue, 0.25)
    await unheard(venue, BOSS, "Case ", Where.DESK)
    await days(venue, 2)
    case = await case_about(venue, f"{BEN.name} has not written since")
    assert f"{ANA.name} has not" not in case.text, case
    await unheard(venue, ANA, NEVER, Where.PRIVATE)


async def somebody_is_gone(venue: Venue, kit: Kit) -> None:
    """Somebody leaves the community: it is noticed, the partner is told and chooses somebody else. When that one
    leaves, too, they stop.
    """
    await in_rooms(venue, kit, THREE)
    ((stays, goes),) = await pairs_of(venue, THREE)
    (free,) = {*THREE} - {stays, goes}
    await greet(venue, stays, goes)
    await venue.leave(goes)
    await days(venue, 2)
    told = await heard(venue, stays, f"{goes.name} has left this community")
    assert told.labels == ("Find me another partner", "I stop"), told
    await case_about(venue, f"{goes.name} left the community")
    await venue.press(stays, "Find me another partner")
    await days(venue, 2)
    assert await partner_of(venue, stays) is free
    await heard(venue, free, INTRODUCED, Where.ROOM)
    await nothing_to_decide(venue)
    assert await partners_of(venue, goes) == ()
    await venue.leave(free)
    await days(venue, 2)
    await heard(venue, stays, f"{free.name} has left this community")
    await venue.press(stays, "I stop")
    await heard(venue, stays, "You have left the round")
    await days(venue, 4)
    assert not await venue.is_open(stays)
    await nothing_to_decide(venue)


async def a_restart_before_every_deed(venue: Venue, kit: Kit) -> None:
    """The bot's process ends before whatever anybody does: nothing is lost, and nothing comes twice."""
    await the_case(Restless(venue), kit)
    await nothing_came_twice(venue)


async def everything_twice(venue: Venue, kit: Kit) -> None:
    """The platform tells everything that people do twice: each of it is done once."""
    venue.double()
    await in_rooms(venue, kit, (ANA, BEN))
    await greet(venue, ANA, BEN)
    await venue.press(ANA, "Every three weeks", Where.ROOM)
    await venue.fill(BEN, "another-partner", {})
    await venue.press(BEN, "I would rather wait")
    await days(venue, 1)
    assert await times_heard(venue, BEN, "chose how often you want to be in touch", Where.ROOM) == 1
    assert await times_heard(venue, BEN, "Shall I find you another partner") == 1
    assert await times_heard(venue, BEN, "everything stays as it is") == 1
    for seat in (ANA, BEN):
        assert await times_heard(venue, seat, "you have a place in") == 1
        assert await times_heard(venue, seat, INTRODUCED, Where.ROOM) == 1
    await venue.fill(BOSS, "pair", {"number": "1"}, Where.DESK)
    told = (await heard(venue, BOSS, "Partnership 1", Where.DESK, Where.PRIVATE)).text
    assert told.count("1 message,") == 2, told


FAILURES = (
    Journey(both_or_neither),
    Journey(a_room_is_lost),
    Journey(nobody_spoke),
    Journey(an_unknown_is_no_silence),
    Journey(somebody_is_gone),
    Journey(a_restart_before_every_deed),
    Journey(everything_twice),
)
"""All of them."""
