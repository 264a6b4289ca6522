"""Journeys up the ladder of care, a step each, written once and played on every platform.

Somebody falls silent: they are asked in private and answer with one click, or are asked again; whoever waits is
reassured and chooses with one click; the coordinators get a case and act with one; and where nobody does anything, the
program does.
"""

from datetime import timedelta

from bot.testing import ANA, BEN, BOSS, CLEO, DAY, Seat, Venue, Where, heard
from bot.testing_steps import (
    OPEN,
    Journey,
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

NEVER = "you have not written there yet"
QUIET = "I see no message of yours"
CLICKS = (
    "All is well",
    "We talk elsewhere",
    "I am busy until …",
    "No answer from my partner",
    "I would like another partner",
    "I want to stop",
)
"""The answers to a private ask."""
ASKED = OPEN + timedelta(days=2, hours=12)
"""Whoever has not written has been asked by now, and nobody knows of it but them."""


async def all_is_well(venue: Venue, kit: Kit) -> None:
    """The one who is asked says that all is well: nobody hears of it, and they are left in peace as was promised."""
    waiting, silent = await _one_is_asked(venue, kit)
    await venue.press(silent, "All is well")
    again = venue.now() + 2 * DAY
    await heard(venue, silent, f"I will not ask again before {again:%A} {again.day} {again:%B}")
    await venue.until(again.replace(hour=0))
    assert await _asks(venue, silent) == 1
    await greet(venue, silent)
    await days(venue, 3)
    assert await _asks(venue, silent) == 1, "they came"
    await nothing_to_decide(venue)
    await unheard(venue, waiting, "You are waiting for")


async def they_talk_elsewhere(venue: Venue, kit: Kit) -> None:
    """They talk where nobody counts: no ask and no case; topics still come, and a light word after a month."""
    waiting, silent = await _one_is_asked(venue, kit)
    await venue.press(silent, "We talk elsewhere")
    await heard(venue, silent, "I will not worry when it is quiet")
    await days(venue, 25)
    for seat in (waiting, silent):
        await unheard(venue, seat, QUIET)
        await heard(venue, seat, "Topic 2", Where.ROOM)
    await days(venue, 10)
    for seat in (waiting, silent):
        await heard(venue, seat, "I only ask lightly")
    await unheard(venue, BOSS, "has not written since", Where.DESK)


async def one_is_busy(venue: Venue, kit: Kit) -> None:
    """Busy until a day: the partner is told the day, nobody is asked before, and is when it has passed."""
    waiting, silent = await _one_is_asked(venue, kit)
    await venue.press(silent, "I am busy until …")
    await venue.say(silent, "in two weeks")
    await days(venue, 1)
    await heard(venue, waiting, f"{silent.name} is busy until")
    before = await _asks(venue, silent)
    await days(venue, 14)
    assert await _asks(venue, silent) == before, "not asked while they are busy"
    await unheard(venue, BOSS, "has not written since", Where.DESK)
    await days(venue, 6)
    assert await _asks(venue, silent) == before + 1, "asked when the day has passed"


async def one_has_no_answer(venue: Venue, kit: Kit) -> None:
    """Who is asked says that the other one does not answer: the other is asked in private, and told by whom."""
    await in_rooms(venue, kit, (ANA, BEN))
    await greet(venue, ANA)
    await days(venue, 2)
    await greet(venue, BEN)
    await days(venue, 8)
    await heard(venue, ANA, QUIET)
    await unheard(venue, BEN, QUIET)
    await venue.press(ANA, "No answer from my partner")
    await heard(venue, ANA, "You did nothing wrong")
    await days(venue, 1)
    await heard(venue, BEN, f"{ANA.name} would be glad to hear from you")
    await days(venue, 2)
    await greet(venue, BEN)
    await days(venue, 4)
    assert await _asks(venue, ANA) == 1, (
        "whoever waits is not asked again, and has their time when the other one writes"
    )


async def one_wants_another(venue: Venue, kit: Kit) -> None:
    """Another partner, with two clicks: somebody else who waits; the one who is left is told kindly, and waits."""
    left, silent = await _one_is_asked(venue, kit, (ANA, BEN, CLEO))
    (free,) = {ANA, BEN, CLEO} - {left, silent}
    await venue.press(silent, "I would like another partner")
    await venue.press(silent, "Find me another partner")
    await days(venue, 2)
    assert await partner_of(venue, silent) is free
    await heard(venue, silent, "You are partners", Where.ROOM)
    await heard(venue, left, "That is no judgement of anybody")
    await heard(venue, left, "we are looking for a new partner for you")
    await nothing_to_decide(venue)
    await days(venue, 3)
    assert silent.key not in {seat.key for seat in await partners_of(venue, left)}, "never the same two again"


async def one_stops(venue: Venue, kit: Kit) -> None:
    """Who is asked stops, after a yes: the partner is told kindly and looks for somebody else; the room closes."""
    waiting, silent = await _one_is_asked(venue, kit)
    await venue.press(silent, "I want to stop")
    await venue.press(silent, "Yes")
    await heard(venue, silent, "You have left the round")
    await days(venue, 1)
    await heard(venue, waiting, f"{silent.name} cannot go on in this round")
    await heard(venue, waiting, "we are looking for a new partner for you")
    await heard(venue, waiting, "The room closes on", Where.ROOM)
    await days(venue, 4)
    assert not await venue.is_open(waiting), "closed, after time for a goodbye"


async def the_second_ask(venue: Venue, kit: Kit) -> None:
    """They talked, and one fell silent: asked, asked again, and only then the one who waits hears, reassured.

    Whoever wrote is never asked themselves. One click takes the steps back.
    """
    waiting, silent = await _one_falls_silent(venue, kit, (ANA, BEN))
    await unheard(venue, waiting, "You are waiting for")
    await days(venue, 4, waiting)
    assert await _asks(venue, silent) == 2
    told = await heard(venue, waiting, f"You are waiting for {silent.name}")
    assert "You did nothing wrong" in told.text and "you hear from me by" in told.text
    await nothing_to_decide(venue)
    await venue.press(silent, "All is well")
    await days(venue, 5, waiting)
    await nothing_to_decide(venue)
    assert await _asks(venue, waiting) == 0, "whoever writes is never asked"


async def the_case(venue: Venue, kit: Kit) -> None:
    """No answer to two asks: the coordinators read who waits and since when, and find somebody else with one click."""
    waiting, silent = await _one_falls_silent(venue, kit, (ANA, BEN, CLEO))
    (free,) = {ANA, BEN, CLEO} - {waiting, silent}
    await days(venue, 8, waiting)
    case = await case_about(venue, f"{silent.name}: no message since")
    assert f"{waiting.name} waits" in case.text and "asked in private 2 times" in case.text, case
    assert f"{waiting.name}: no message" not in case.text, "whoever wrote is not called silent"
    assert case.labels[0] == "Write to both" and "Find another partner" in case.labels, case
    offered = await heard(venue, waiting, "so the coordinators know now")
    assert "Find me another partner" in offered.labels
    await venue.restart()
    await venue.press(BOSS, "Find another partner", Where.DESK)
    await days(venue, 2)
    await heard(venue, silent, "Nobody is cross with you")
    assert await partner_of(venue, waiting) is free
    assert await times_heard(venue, BOSS, f"{silent.name}: no message since", Where.DESK) == 1


async def late_answers(venue: Venue, kit: Kit) -> None:
    """One answers only the second ask, and stops. Another answers when the case is open: it closes, and with it the
    offer to whoever waited.
    """
    await in_rooms(venue, kit)
    (waiting, silent), (left, stops) = await pairs_of(venue)
    await greet(venue, waiting, silent, left, stops)
    await days(venue, 14, waiting, left)
    assert await _asks(venue, silent) == 2 and await _asks(venue, stops) == 2
    await venue.press(stops, "I want to stop")
    await venue.press(stops, "Yes")
    await days(venue, 4, waiting)
    await heard(venue, left, f"{stops.name} cannot go on in this round")
    await case_about(venue, f"{silent.name}: no message since")
    await venue.press(silent, "All is well")
    await heard(venue, BOSS, "they answered me", Where.DESK)
    await nothing_to_decide(venue)
    await venue.press(waiting, "Find me another partner")
    await heard(venue, waiting, "This is settled already")
    await days(venue, 2, waiting)
    assert await partner_of(venue, waiting) is silent


async def one_would_rather_wait(venue: Venue, kit: Kit) -> None:
    """Whoever waits is offered somebody else, and would rather wait: all stays as it is, and then the other comes."""
    waiting, silent = await _one_is_asked(venue, kit)
    await days(venue, 2)
    case = await case_about(venue, f"{silent.name} has not written since the introduction")
    assert f"{waiting.name} wrote and waits" in case.text, case
    await venue.press(waiting, "I would rather wait")
    await heard(venue, waiting, "everything stays as it is")
    await heard(venue, BOSS, f"{waiting.name} would rather wait", Where.DESK)
    asks = await _asks(venue, silent)
    await days(venue, 6)
    assert await _asks(venue, silent) == asks and await venue.is_open(waiting)
    await greet(venue, silent)
    await days(venue, 3)
    assert await _asks(venue, silent) == asks, "they came, and are not asked again"


async def nobody_decides(venue: Venue, kit: Kit) -> None:
    """Nobody presses anything: a week after the offer, the program finds somebody else for whoever waits."""
    waiting, silent = await _one_is_asked(venue, kit, (ANA, BEN, CLEO))
    (free,) = {ANA, BEN, CLEO} - {waiting, silent}
    await days(venue, 7)
    assert await partner_of(venue, waiting) is silent, "everybody has their week"
    await days(venue, 5)
    assert await partner_of(venue, waiting) is free
    await heard(venue, waiting, "You are partners", Where.ROOM)
    await heard(venue, silent, "Nobody is cross with you")
    case = await case_about(venue, f"{silent.name} has not written since the introduction")
    assert "Settled by itself" in case.text and "Find another partner" not in case.labels, case


async def away_days(venue: Venue, kit: Kit) -> None:
    """Whoever is away is asked nothing, nor is the partner who wrote; the days begin to count when they are back."""
    await in_rooms(venue, kit, (ANA, BEN))
    await greet(venue, ANA)
    back = OPEN + 10 * DAY
    await venue.fill(BEN, "away", {"dates": f"until {back:%d %B}"})
    await days(venue, 1)
    await heard(venue, ANA, f"{BEN.name} is away from", Where.ROOM)
    await venue.until(back)
    for seat in (ANA, BEN):
        assert await _asks(venue, seat) == 0, "nobody is asked while one of them is away"
    await days(venue, 4)
    assert await _asks(venue, BEN) == 1 and await _asks(venue, ANA) == 0


async def _one_is_asked(venue: Venue, kit: Kit, seats: tuple[Seat, ...] = (ANA, BEN)) -> tuple[Seat, Seat]:
    """A pair of which only one came; the other has been asked, in private and with six answers.

    Returns who waits, and who was asked.
    """
    await in_rooms(venue, kit, seats)
    ((waiting, silent),) = await pairs_of(venue, seats)
    await greet(venue, waiting)
    await venue.until(ASKED)
    asked = await heard(venue, silent, "How is it going with your partnership?")
    assert asked.labels[: len(CLICKS)] == CLICKS, asked
    await heard(venue, silent, NEVER)
    assert await _asks(venue, waiting) == 0, "whoever wrote is not asked"
    return waiting, silent


async def _one_falls_silent(venue: Venue, kit: Kit, seats: tuple[Seat, ...]) -> tuple[Seat, Seat]:
    """A pair that talked, of which one has written every day since and the other was asked once."""
    await in_rooms(venue, kit, seats)
    ((waiting, silent),) = await pairs_of(venue, seats)
    await greet(venue, waiting, silent)
    await days(venue, 10, waiting)
    await heard(venue, silent, QUIET)
    assert await _asks(venue, silent) == 1
    return waiting, silent


async def _asks(venue: Venue, who: Seat) -> int:
    """How often somebody was asked in private how it goes."""
    shown = await venue.shown(who)
    return len([each for each in shown if "How is it going with your partnership?" in each.text])


LADDER = tuple(
    Journey(play)
    for play in (
        all_is_well, they_talk_elsewhere, one_is_busy, one_has_no_answer, one_wants_another, one_stops,
        the_second_ask, the_case, late_answers, one_would_rather_wait, nobody_decides, away_days,
    )
)  # fmt: skip
"""All of them."""
