"""Journeys: what people go through in a round, written once and played on every platform.

For our own tests, and for authors of further adapters. A platform joins in by a `Venue`: a few hands and eyes for
people on it. Journeys assert what people see there; what lies beneath, they do not know.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from types import MappingProxyType

from bot.language.markup import plain
from bot.venue import ANA, BEGINS, BEN, BOSS, CAST, CLEO, DAN, DAY, KIT, PARTNERS, STARTS, Seat, Shown, Venue, Where
from topics.model import Kit, Question, QuestionKind

__all__ = [
    "ANA", "BEGINS", "BEN", "BOSS", "CAST", "CLEO", "DAN", "DAY", "KIT", "PARTNERS", "STARTS",
    "Seat", "Shown", "Venue", "Where", "all_apply", "answer_all", "heard", "nothing_came_twice", "pair", "set_up",
    "whole_round",
]  # fmt: skip
"""What a platform's tests need; the venue itself is of `bot.venue`."""

NOTHING: Mapping[str, str] = MappingProxyType({})
PLAIN: Mapping[str, str] = MappingProxyType({"starts": STARTS.isoformat(), "cap": "0"})
"""What is given to open a round in which everybody finds a place."""


async def whole_round(venue: Venue, kit: Kit, *, restarts: bool = False) -> None:
    """From an empty workspace to the thanks at the end. With `restarts` the bot's process ends again and again."""
    await set_up(venue)
    await all_apply(venue, kit, restarts=restarts)
    await pair(venue, restarts=restarts)
    quiet = await arrive(venue)
    await they_agree_on_a_time(venue)
    await one_stays_silent(venue, quiet, restarts=restarts)
    await one_speaks_in_confidence(venue, restarts=restarts)
    await topics_come(venue, kit)
    await it_ends(venue)
    await nothing_came_twice(venue)


async def set_up(venue: Venue, given: Mapping[str, str] = PLAIN) -> None:
    """The one who runs the place sets it up, and opens a round by the form of the command."""
    await venue.fill(BOSS, "setup", {}, Where.HALL)
    await heard(venue, BOSS, "is set up", Where.HALL, Where.PRIVATE)
    await venue.fill(BOSS, "round open", given, Where.DESK)
    assert any("Apply" in shown.labels for shown in await venue.shown(ANA, Where.HALL)), "the round is announced"


async def all_apply(venue: Venue, kit: Kit, *, seats: Sequence[Seat] = PARTNERS, restarts: bool = False) -> None:
    """Everybody applies: the first by the button of the invitation, with buttons; the others in their own words."""
    for number, seat in enumerate(seats):
        if number == 0:
            await venue.press(seat, "Apply", Where.HALL)
        else:
            await venue.say(seat, "apply")
        if restarts:
            await venue.restart()
        await answer_all(venue, kit, seat, buttons=number % 2 == 0)


async def answer_all(venue: Venue, kit: Kit, seat: Seat, *, buttons: bool, given: Mapping[str, str] = NOTHING) -> None:
    """Answer what is asked until the application is sent: what is `given` by question, else something that fits."""
    for _ in range(40):
        asked = (await venue.shown(seat))[-1]
        question = next((q for q in kit.questions if _words(q.prompt) in _words(asked.text)), None)
        if "Submit" in asked.labels:
            await venue.press(seat, "Submit")
            await heard(venue, seat, "you have a place")
            return
        assert question is not None, asked
        answer = given.get(question.name) or answer_to(question, seat)
        if buttons and answer in asked.labels and question.kind is not QuestionKind.MANY:
            await venue.press(seat, answer)
        else:
            await venue.say(seat, answer)
    raise AssertionError(f"{seat.key} is asked without end")


def answer_to(question: Question, seat: Seat) -> str:
    """What somebody of the cast answers: their own country and zone, and else something that fits."""
    match question.kind:
        case QuestionKind.COUNTRY:
            return seat.country
        case QuestionKind.ZONE:
            return seat.zone
        case QuestionKind.YES_NO:
            return "Yes"
        case QuestionKind.CHOICE:
            return question.options[0].label
        case QuestionKind.MANY:
            return question.options[0].label
        case QuestionKind.NUMBER:
            return "12"
        case QuestionKind.PICTURE:
            return "skip"
        case QuestionKind.DATE:
            return "2027-06-25"
        case _:
            return "A map of our two towns, drawn by both classes."


async def pair(venue: Venue, *, restarts: bool = False) -> None:
    """Applications close, the proposal is approved on the desk, and on the day the rooms open with both inside."""
    await venue.fill(BOSS, "round close", {}, Where.DESK)
    await venue.until(venue.now() + DAY)
    for seat in PARTNERS:
        await heard(venue, seat, "place")
    if restarts:
        await venue.restart()
    await venue.press(BOSS, "Approve", Where.DESK)
    proposal = next(shown for shown in await venue.shown(BOSS, Where.DESK) if "Proposal 1" in shown.text)
    assert "Approve" not in proposal.labels and "Approved" in proposal.text, "its buttons are gone"
    if restarts:
        await venue.restart()
    await venue.until(datetime.combine(STARTS, time(23), BEGINS.tzinfo))
    for seat in PARTNERS:
        assert len(await venue.members(seat)) == 2, "both or neither"
        room = await venue.shown(seat, Where.ROOM)
        assert sum("You are partners" in shown.text for shown in room) == 1, room


async def arrive(venue: Venue) -> Seat:
    """One pair writes, and is left in peace. Of the other only one does; the silent one is returned."""
    first = await venue.members(ANA)
    for seat in PARTNERS:
        if seat.key in first:
            await venue.say(seat, "Hello! What is on your desk today?", Where.ROOM)
    waiting, silent = (seat for seat in PARTNERS if seat.key not in first)
    await venue.say(waiting, "Hello, I look forward to our talks.", Where.ROOM)
    return silent


async def they_agree_on_a_time(venue: Venue) -> None:
    """One of the first pair looks at everybody's hours and chooses a time: both see it in their room."""
    await venue.fill(ANA, "times", {})
    offered = await heard(venue, ANA, "When can you meet?")
    if "█" not in offered.text:
        await heard(venue, ANA, "coloured strips")
    assert "28 March 2027" in offered.text, "through the change of clocks"
    await venue.press(ANA, next(label for label in offered.labels if label.startswith("1")))
    await venue.until(venue.now() + DAY)
    both = await venue.members(ANA)
    for seat in (each for each in PARTNERS if each.key in both):
        told = await heard(venue, seat, "chose a time for you to meet", Where.ROOM)
        assert ANA.name in told.text and "Another time" in told.labels


async def one_stays_silent(venue: Venue, silent: Seat, *, restarts: bool = False) -> None:
    """The silent one is asked in private, the waiting one reassured, the desk gets a case; then they write."""
    await venue.until(venue.now() + 3 * DAY)
    await heard(venue, silent, "you have not written there yet")
    for seat in PARTNERS:
        if seat is not silent:
            nudges = [shown for shown in await venue.shown(seat) if "you have not written there yet" in shown.text]
            assert nudges == [], f"{seat.key} wrote, and is not asked"
    if restarts:
        await venue.restart()
    await venue.until(venue.now() + 2 * DAY)
    await heard(venue, BOSS, silent.name, Where.DESK)
    await venue.press(BOSS, "Write to both", Where.DESK)
    await venue.until(venue.now() + DAY)
    both = await venue.members(silent)
    waiting = next(seat for seat in PARTNERS if seat is not silent and seat.key in both)
    await heard(venue, waiting, BOSS.name, Where.ROOM)
    await venue.say(silent, "Here I am, sorry for the wait.", Where.ROOM)


async def one_speaks_in_confidence(venue: Venue, *, restarts: bool = False) -> None:
    """A word that the coordinators have and the partner never sees; one of them takes it, and is done with it."""
    words = "I would rather not say this in our room."
    await venue.fill(ANA, "help-me", {})
    await venue.press(ANA, "Something about my partnership")
    await venue.say(ANA, words)
    await heard(venue, ANA, "Your partner knows nothing of it")
    if restarts:
        await venue.restart()
    await venue.until(venue.now() + DAY)
    await heard(venue, BOSS, words, Where.DESK)
    await venue.press(BOSS, "Take it", Where.DESK)
    await heard(venue, BOSS, f"In hand {BOSS.name}", Where.DESK)
    await venue.press(BOSS, "Done", Where.DESK)
    for seat in PARTNERS:
        for where in (Where.ROOM, Where.HALL, *((Where.PRIVATE,) if seat is not ANA else ())):
            seen = [shown for shown in await venue.shown(seat, where) if _words(words) in _words(shown.text)]
            assert seen == [], (seat.key, where)


async def topics_come(venue: Venue, kit: Kit) -> None:
    """Each topic comes to each room once and in order; one pair says that they talked about the first."""
    last = STARTS + timedelta(weeks=kit.plan.weeks)
    pressed = False
    while venue.now().date() < last - timedelta(days=5):
        await venue.until(venue.now() + 4 * DAY)
        for seat in PARTNERS:
            await venue.say(seat, "A word between us.", Where.ROOM)
        if not pressed and any("We talked about it" in s.labels for s in await venue.shown(ANA, Where.ROOM)):
            await venue.press(ANA, "We talked about it", Where.ROOM)
            pressed = True
    for seat in PARTNERS:
        texts = [_words(shown.text) for shown in await venue.shown(seat, Where.ROOM)]
        titles = {topic.number: _words(f"Topic {topic.number}: {topic.title}") for topic in kit.topics}
        came = [number for text in texts for number, title in titles.items() if title in text]
        assert came == sorted(topic.number for topic in kit.topics), (seat.key, came)


async def it_ends(venue: Venue) -> None:
    """The closing survey is answered with presses, too long a text is refused; rooms close, everybody is thanked."""
    await heard(venue, ANA, "This survey is anonymous")
    await heard(venue, ANA, "Was it worth your time?")
    await venue.press(ANA, "Very much")
    await heard(venue, ANA, "How was it with your partner?")
    await venue.press(ANA, "4")
    for row, mark in (("My lessons (1 of 3)", "2"), ("My nerves (2 of 3)", "3"), ("My contacts abroad (3 of 3)", "4")):
        await heard(venue, ANA, row)
        await venue.press(ANA, mark)
    await heard(venue, ANA, "What have you used in your lessons")
    await venue.say(ANA, "x" * 1_500)
    await heard(venue, ANA, "At most 1,000 fit here")
    await venue.say(ANA, "skip")
    await venue.press(ANA, "Yes")
    await heard(venue, ANA, "Would you recommend it to a colleague?")
    await venue.press(ANA, "5 - yes, surely")
    await heard(venue, ANA, "Thank you for being part of it")
    await heard(venue, ANA, "no longer carry your name")
    await heard(venue, PARTNERS[1], "Was it worth your time?")
    await venue.until(venue.now() + 14 * DAY)
    await venue.press(PARTNERS[1], "Partly")
    await heard(venue, PARTNERS[1], "This question is over")
    for seat in PARTNERS:
        assert not await venue.is_open(seat), "the room is closed"
        await heard(venue, seat, "is over. Thank you")


async def nothing_came_twice(venue: Venue) -> None:
    """No long message reached anybody twice at one place (short answers may be alike)."""
    for seat in CAST:
        for where in Where:
            counts = Counter(shown.text for shown in await venue.shown(seat, where) if len(shown.text) > 160)
            assert [text for text, count in counts.items() if count > 1] == [], (seat.key, where)


async def heard(venue: Venue, who: Seat, words: str, *where: Where) -> Shown:
    """The newest message with these words that somebody sees at one of these places (else in private)."""
    seen = [shown for place in where or (Where.PRIVATE,) for shown in await venue.shown(who, place)]
    found = [shown for shown in seen if _words(words) in _words(shown.text)]
    assert found, (who.key, words, [shown.text for shown in seen][-6:])
    return found[-1]


def _words(text: str) -> str:
    """A text as its bare words, so that platforms' own formatting makes no difference."""
    return " ".join("".join(c if c.isalnum() else " " for c in plain(text)).casefold().split())
