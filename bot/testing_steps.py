"""What the journeys of things that go wrong have in common: a short kit, a round of few people, who is who in it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from bot.testing import BEGINS, BOSS, DAY, PARTNERS, Seat, Shown, Venue, Where, all_apply, heard, set_up
from topics.model import Kit, Wish

KEPT = ("country", "zone")
"""The questions of the short kit: where somebody lives, and by which clock."""
WISHED = ("level", "partner_level")
"""The questions about a wish that may not be met."""
SOON = date(2027, 1, 11)
"""When a short round begins: a week after the venue's clock does."""
OPEN = datetime.combine(SOON, time(23), BEGINS.tzinfo)
"""The evening of that day: all rooms are open."""


def short(kit: Kit, kept: Collection[str] = KEPT) -> Kit:
    """The same kit with few questions and no surveys, so that more can be played; nobody is asked to take in a third.

    Whoever has no partner waits, and two who wait are paired at the next look at them.
    """
    questions = tuple(question for question in kit.questions if question.name in kept)
    wishes = tuple(wish for wish in kit.wishes if _asked(wish, kept))
    pool = replace(kit.pool, must_meet=(), third_days=0)
    plan = replace(kit.plan, odd="waitlist")
    return replace(kit, questions=questions, wishes=wishes, plan=plan, pool=pool, surveys=(), variant_by="")


def with_thirds(kit: Kit) -> Kit:
    """The short kit, in which a pair is asked to take in whoever has waited for a week."""
    brief = short(kit)
    return replace(brief, pool=replace(brief.pool, third_days=7))


def with_trios(kit: Kit) -> Kit:
    """The short kit, in which the odd one out joins a pair from the beginning."""
    brief = short(kit)
    return replace(brief, plan=replace(brief.plan, odd="trio"))


def with_wishes(kit: Kit) -> Kit:
    """The short kit, which also asks what kind of partner somebody wishes for."""
    return short(kit, (*KEPT, *WISHED))


@dataclass(frozen=True, slots=True)
class Journey:
    """A journey, with what makes the kit that it is played on out of the one of the journeys."""

    play: Callable[[Venue, Kit], Awaitable[None]]
    kit: Callable[[Kit], Kit] = short

    @property
    def name(self) -> str:
        """What it is called, here and in the table of the documentation."""
        return self.play.__name__


class Restless:
    """A venue on which the bot's process ends before everything that somebody does. All else is as on the other."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self.shown, self.members, self.is_open = venue.shown, venue.members, venue.is_open
        self.now, self.until, self.restart, self.events = venue.now, venue.until, venue.restart, venue.events
        self.leave, self.lose_room, self.shut_out = venue.leave, venue.lose_room, venue.shut_out
        self.outage, self.double, self.send_picture = venue.outage, venue.double, venue.send_picture

    async def say(self, who: Seat, text: str, where: Where = Where.PRIVATE) -> None:
        """Write something, to a bot that has just begun."""
        await self._venue.restart()
        await self._venue.say(who, text, where)

    async def press(self, who: Seat, label: str, where: Where = Where.PRIVATE) -> None:
        """Press what an earlier process has posted."""
        await self._venue.restart()
        await self._venue.press(who, label, where)

    async def fill(self, who: Seat, command: str, values: Mapping[str, str], where: Where = Where.PRIVATE) -> None:
        """Give a command to a bot that has just begun."""
        await self._venue.restart()
        await self._venue.fill(who, command, values, where)


async def in_rooms(venue: Venue, kit: Kit, seats: Sequence[Seat] = PARTNERS) -> None:
    """A round of these people on the evening of its first day: pairs are in their rooms."""
    await approved(venue, kit, seats)
    await venue.until(OPEN)


async def approved(venue: Venue, kit: Kit, seats: Sequence[Seat] = PARTNERS) -> None:
    """A round of these people whose pairs are approved; their rooms open on its first day."""
    await set_up(venue, {"starts": SOON.isoformat(), "closes": (SOON - 2 * DAY).isoformat(), "cap": "0"})
    await all_apply(venue, kit, seats=seats)
    await close_and_approve(venue)


async def close_and_approve(venue: Venue) -> None:
    """Applications close, and the coordinator approves the proposal."""
    await venue.fill(BOSS, "round close", {}, Where.DESK)
    await venue.until(venue.now() + DAY)
    await venue.press(BOSS, "Approve", Where.DESK)


async def partners_of(venue: Venue, who: Seat, seats: Sequence[Seat] = PARTNERS) -> tuple[Seat, ...]:
    """Those with whom somebody has a room; nobody where they have none that is open."""
    both = await venue.members(who) if await venue.is_open(who) else frozenset[str]()
    return tuple(seat for seat in seats if seat.key in both and seat is not who)


async def partner_of(venue: Venue, who: Seat) -> Seat:
    """The one with whom somebody has a room."""
    (partner,) = await partners_of(venue, who)
    return partner


async def pairs_of(venue: Venue, seats: Sequence[Seat] = PARTNERS) -> list[tuple[Seat, Seat]]:
    """The pairs that have a room, each once, by the order of the cast."""
    found: list[tuple[Seat, Seat]] = []
    for seat in seats:
        partners = await partners_of(venue, seat)
        if len(partners) == 1 and (partners[0], seat) not in found:
            found.append((seat, partners[0]))
    return found


async def greet(venue: Venue, *seats: Seat) -> None:
    """They write in their rooms."""
    for seat in seats:
        await venue.say(seat, "Hello! What is on your desk today?", Where.ROOM)


async def days(venue: Venue, count: float, *writers: Seat) -> None:
    """Let days go by; these people write something each day."""
    whole_days = int(count)
    for _ in range(whole_days):
        await venue.until(venue.now() + DAY)
        for seat in writers:
            await venue.say(seat, "A word between us.", Where.ROOM)
    if count > whole_days:
        await venue.until(venue.now() + (count - whole_days) * DAY)


async def times_heard(venue: Venue, who: Seat, words: str, where: Where = Where.PRIVATE) -> int:
    """How many messages with these words somebody sees at a place."""
    return len([shown for shown in await venue.shown(who, where) if words in shown.text])


async def unheard(venue: Venue, who: Seat, words: str, *where: Where) -> None:
    """Nothing that somebody sees has these words."""
    for place in where or tuple(Where):
        seen = [shown.text for shown in await venue.shown(who, place) if words in shown.text]
        assert not seen, (who.key, place, seen)


async def case_about(venue: Venue, words: str) -> Shown:
    """The newest message on the desk with these words, which shows a case: it has its number."""
    shown = await heard(venue, BOSS, words, Where.DESK)
    assert "Case " in shown.text, shown
    return shown


async def nothing_to_decide(venue: Venue) -> None:
    """No case on the desk waits for somebody."""
    cases = [shown for shown in await venue.shown(BOSS, Where.DESK) if "Wait a week" in shown.labels]
    assert not cases, cases


def _asked(wish: Wish, kept: Collection[str]) -> bool:
    """Whether a kit with these questions asks what this wish is about."""
    return all(name in kept for name in (wish.question, wish.of, wish.asked_by) if name)
