"""Journeys of who meets whom, and what they know of it: written once and played on every platform.

Which failure of the field each of them plays stands in the table of `docs/journeys.md`.
"""

from datetime import timedelta

from bot.testing import (
    ANA,
    BEN,
    BOSS,
    CLEO,
    DAN,
    DAY,
    PARTNERS,
    Seat,
    Venue,
    Where,
    all_apply,
    answer_all,
    heard,
    set_up,
)
from bot.testing_steps import (
    OPEN,
    SOON,
    Journey,
    approved,
    close_and_approve,
    days,
    greet,
    in_rooms,
    nothing_to_decide,
    pairs_of,
    partner_of,
    partners_of,
    times_heard,
    unheard,
    with_thirds,
    with_trios,
    with_wishes,
)
from topics.model import Kit

THREE = (ANA, BEN, CLEO)
INTRODUCED = "this is your room"
AGAIN = SOON + timedelta(days=14)
"""When the next round begins."""


async def the_same_two_never_meet_again(venue: Venue, kit: Kit) -> None:
    """The same four people in the next round: everybody has another partner."""
    await in_rooms(venue, kit)
    before = {seat: await partner_of(venue, seat) for seat in PARTNERS}
    await greet(venue, *PARTNERS)
    await _the_next_round(venue, kit, PARTNERS)
    for seat in PARTNERS:
        assert await partner_of(venue, seat) is not before[seat], "somebody else each time"
        assert await times_heard(venue, seat, INTRODUCED, Where.ROOM) == 1


async def three_count_as_partners(venue: Venue, kit: Kit) -> None:
    """Three who were partners, and a fourth, in the next round: none of the three meets another of them again.

    Two of them have to wait, and hear it.
    """
    await in_rooms(venue, kit, THREE)
    for seat in THREE:
        assert set(await partners_of(venue, seat)) == {*THREE} - {seat}
        assert "You are 3 partners" in (await heard(venue, seat, INTRODUCED, Where.ROOM)).text
    await greet(venue, *THREE)
    await _the_next_round(venue, kit, PARTNERS)
    found = await partner_of(venue, DAN)
    for seat in THREE:
        if seat is found:
            await heard(venue, seat, f"{DAN.name}", Where.ROOM)
        else:
            await heard(venue, seat, "We could not find a partner for you")


async def the_odd_one_knows(venue: Venue, kit: Kit) -> None:
    """Three apply and two are paired: the third hears where they stand, when the pairs are made and when asked."""
    await approved(venue, kit, THREE)
    await venue.restart()
    await venue.until(OPEN)
    (odd,) = [seat for seat in THREE if not await partners_of(venue, seat)]
    told = await heard(venue, odd, "We could not find a partner for you")
    assert "You stay on the list" in told.text
    assert await times_heard(venue, odd, "We could not find a partner for you") == 1
    await venue.fill(odd, "status", {})
    await heard(venue, odd, "We are looking for a partner for you", Where.PRIVATE, Where.HALL)
    for seat in THREE:
        if seat is not odd:
            await unheard(venue, seat, "We could not find a partner for you", Where.PRIVATE)


async def a_third_joins(venue: Venue, kit: Kit) -> None:
    """Somebody waits and nobody else is free: a pair is asked, both agree, and the three have a room of their own."""
    await in_rooms(venue, kit, THREE)
    ((one, other),) = await pairs_of(venue, THREE)
    (third,) = {*THREE} - {one, other}
    await greet(venue, one, other)
    await days(venue, 2, one, other)
    for seat in (one, other):
        asked = await heard(venue, seat, "May somebody join you two?")
        assert third.name not in asked.text and third.country in asked.text, asked
    await venue.press(one, "Yes, welcome")
    await days(venue, 1)
    assert await partner_of(venue, one) is other, "both have to agree"
    await venue.restart()
    await venue.press(other, "Yes, welcome")
    await days(venue, 1)
    await heard(venue, third, "would like you to join them")
    for seat in THREE:
        assert await venue.members(seat) == {each.key for each in THREE}
        assert await times_heard(venue, seat, "You are three now", Where.ROOM) == 1
    await greet(venue, *THREE)
    await days(venue, 4, *THREE)
    await nothing_to_decide(venue)


async def what_was_met_and_relaxed(venue: Venue, kit: Kit) -> None:
    """Both read in their room why they are together: what was met, and what was not possible."""
    await set_up(venue, {"starts": SOON.isoformat(), "closes": (SOON - 2 * DAY).isoformat(), "cap": "0"})
    wishes = {ANA: "Early years", BEN: "Upper secondary"}
    for seat, wish in wishes.items():
        await venue.say(seat, "apply")
        await answer_all(venue, kit, seat, buttons=False, given={"partner_level": wish})
    await close_and_approve(venue)
    proposal = await heard(venue, BOSS, "Wishes for a kind of partner", Where.DESK)
    assert "Wishes for a kind of partner: 1 of 2 met" in proposal.text, proposal
    await venue.until(OPEN)
    for seat in (ANA, BEN):
        told = (await heard(venue, seat, "Why you two", Where.ROOM)).text
        assert "You live in different countries" in told
        assert f"{ANA.name} wished for a partner with “Early years" in told
        assert f"{BEN.name} wished for a partner with “Upper secondary" in told
        assert "That was not possible this time" in told


async def one_is_forgotten(venue: Venue, kit: Kit) -> None:
    """One command forgets somebody: the partner's room stays, without them; and the two are never paired again."""
    await in_rooms(venue, kit, (ANA, BEN))
    await greet(venue, ANA, BEN)
    before = len(await venue.shown(BEN, Where.ROOM))
    await venue.fill(ANA, "forget-me", {})
    await venue.press(ANA, "Yes")
    await days(venue, 1)
    await heard(venue, ANA, "I have forgotten you")
    await heard(venue, BEN, "Your partner has left the program")
    room = await venue.shown(BEN, Where.ROOM)
    assert BEN.key in await venue.members(BEN) and len(room) >= before, "the room is still there to be read"
    assert not any(ANA.name in shown.text for shown in room), room
    await heard(venue, BEN, "asked to be forgotten", Where.ROOM)
    await _the_next_round(venue, kit, (ANA, BEN), paired=False)
    for seat in (ANA, BEN):
        await heard(venue, seat, "you have a place")
        assert await partners_of(venue, seat) == (), "a mark that nobody can read keeps them apart"


async def a_meeting_in_the_events(venue: Venue, kit: Kit) -> None:
    """They agree on a time. Where the platform has events the next meeting is among them, when they ask for it.

    Where it has none, the words in the room tell all that there is to know.
    """
    await in_rooms(venue, kit, (ANA, BEN))
    await greet(venue, ANA, BEN)
    await venue.fill(ANA, "times", {})
    offered = await heard(venue, ANA, "When can you meet?")
    await venue.press(ANA, next(label for label in offered.labels if label.startswith("1")))
    await days(venue, 1)
    told = await heard(venue, BEN, "chose a time for you to meet", Where.ROOM)
    assert "meetings of 60 minutes" in told.text and all(seat.name in told.text for seat in (ANA, BEN)), told
    if venue.events() is None:
        assert "Show in events" not in told.labels, "nothing is offered that cannot be done"
        return
    assert venue.events() == [], "everybody would see it: only on request"
    for seat in (BEN, ANA):
        await venue.press(seat, "Show in events", Where.ROOM)
        await days(venue, 0.1)
    await heard(venue, BEN, "Everybody in this community can see that it takes place", Where.PRIVATE, Where.ROOM)
    await heard(venue, ANA, "is in the events already", Where.PRIVATE, Where.ROOM)
    assert venue.events() == ["Mentoring meeting"], "once, and without names"
    await venue.press(BEN, "No fixed time", Where.ROOM)
    await days(venue, 1)
    assert venue.events() == [], "it goes when the time does"


async def _the_next_round(venue: Venue, kit: Kit, seats: tuple[Seat, ...], *, paired: bool = True) -> None:
    """The next round is opened while the first one runs, and is on the evening of its first day."""
    closes = AGAIN - 2 * DAY
    given = {"starts": AGAIN.isoformat(), "closes": closes.isoformat(), "cap": "0", "name": "The second round"}
    await venue.fill(BOSS, "round open", given, Where.DESK)
    await all_apply(venue, kit, seats=seats)
    if paired:
        await close_and_approve(venue)
    else:
        await venue.fill(BOSS, "round close", {}, Where.DESK)
        await days(venue, 1)
    await venue.until(OPEN + (AGAIN - SOON))


MEETINGS = (
    Journey(the_same_two_never_meet_again),
    Journey(three_count_as_partners, with_trios),
    Journey(the_odd_one_knows),
    Journey(a_third_joins, with_thirds),
    Journey(what_was_met_and_relaxed, with_wishes),
    Journey(one_is_forgotten),
    Journey(a_meeting_in_the_events),
)
"""All of them."""
