"""A journey through two programs in one community, for every platform that has several channels."""

from bot.testing import ANA, BOSS, DAY, STARTS, Venue, Where, heard, set_up
from topics.model import Kit

ANYWHERE = (Where.HALL, Where.PRIVATE)


async def two_programs(first: Venue, second: Venue, kits: tuple[Kit, Kit]) -> None:
    """The second begins beside the first, and each is met in its own channels; in private, each says who it is.

    `first` and `second` are the same place and people, seen from the channels of each program.
    """
    await set_up(first)
    await _the_second_begins(second, kits[1])
    for venue, kit in ((first, kits[0]), (second, kits[1])):
        await venue.fill(BOSS, "round", {}, Where.DESK)
        await heard(venue, BOSS, f"{kit.name} 2027", Where.DESK, Where.PRIVATE)
        await venue.press(ANA, "Apply", Where.HALL)
        asked = (await venue.shown(ANA))[-1]
        assert asked.text.strip("*_ ").startswith(kit.name), asked
    await _answers_reach_who_asked(first, kits)
    await _whom_one_talks_to(second, kits)


async def _the_second_begins(venue: Venue, kit: Kit) -> None:
    await venue.fill(BOSS, "setup", {"program": kit.slug}, Where.HALL)
    told = await heard(venue, BOSS, f"{kit.name} is set up", *ANYWHERE)
    assert f"about {kit.name} from now on" in told.text
    await heard(venue, BOSS, f"coordinators’ desk of {kit.name}", Where.DESK)
    closes = (venue.now() + 14 * DAY).date()
    await venue.fill(BOSS, "round open", {"starts": STARTS.isoformat(), "closes": closes.isoformat()}, Where.DESK)
    assert any("Apply" in shown.labels for shown in await venue.shown(ANA, Where.HALL)), "announced in its own channel"


async def _answers_reach_who_asked(venue: Venue, kits: tuple[Kit, Kit]) -> None:
    """What is typed answers the question that was asked last; when that one is stopped, the other still waits."""
    await venue.say(ANA, ANA.country)
    assert kits[1].name in (await venue.shown(ANA))[-1].text
    await venue.say(ANA, "stop")
    await venue.say(ANA, ANA.country)
    asked = (await venue.shown(ANA))[-1]
    assert kits[0].name in asked.text and "time zone" in asked.text, asked


async def _whom_one_talks_to(venue: Venue, kits: tuple[Kit, Kit]) -> None:
    await venue.fill(ANA, "programs", {}, Where.HALL)
    listed = await heard(venue, ANA, "Programs in this place", *ANYWHERE)
    assert all(kit.name in listed.text for kit in kits) and kits[1].name in listed.labels
    where = Where.HALL if listed in await venue.shown(ANA, Where.HALL) else Where.PRIVATE
    await venue.press(ANA, kits[1].name, where)
    await heard(venue, ANA, f"You talk to {kits[1].name} now", *ANYWHERE)
