"""Journeys of what coordinators and people write to each other through the bot, for every platform."""

from bot.testing import ANA, BEN, BOSS, DAN, DAY, Venue, Where, answer_all, heard, set_up
from topics.model import Kit


async def the_desk_writes(venue: Venue, kit: Kit) -> None:
    """A thread with one person, there and back, and an announcement that comes once."""
    await set_up(venue)
    await venue.press(ANA, "Apply", Where.HALL)
    await answer_all(venue, kit, ANA, buttons=True)
    await _there_and_back(venue)
    await _announced(venue)


async def a_report(venue: Venue, kit: Kit) -> None:
    """Coordinators ask for the report: numbers where they asked, pictures and papers in private, for nobody else."""
    await set_up(venue)
    for seat in (ANA, BEN):
        await venue.say(seat, "apply")
        await answer_all(venue, kit, seat, buttons=True)
    await venue.fill(BOSS, "report", {}, Where.DESK)
    await heard(venue, BOSS, "Applications: 2", Where.PRIVATE, Where.DESK)
    await heard(venue, BOSS, "How far people came")
    await heard(venue, BOSS, "2 people applied; nobody has a partner yet. Applied: 2")
    await heard(venue, BOSS, "Time to first contact: No partners have been introduced yet")
    for seat in (ANA, BEN):
        assert not any("How far people came" in shown.text for shown in await venue.shown(seat))
    assert not any("How far people came" in shown.text for shown in await venue.shown(BOSS, Where.DESK))
    await venue.restart()
    await venue.fill(ANA, "report", {}, Where.HALL)
    assert not any("Applications: 2" in shown.text for shown in await venue.shown(ANA))


async def an_ambassador(venue: Venue, kit: Kit) -> None:
    """Somebody volunteers for a country, is approved, sees who applied from there and writes to them, and no others."""
    await set_up(venue)
    for seat in (ANA, BEN):
        await venue.say(seat, "apply")
        await answer_all(venue, kit, seat, buttons=True)
    await venue.fill(DAN, "volunteer", {}, Where.HALL)
    await venue.say(DAN, ANA.country)
    for _ in ("another country", "why"):
        await venue.press(DAN, "Skip")
    await venue.until(venue.now() + DAY)
    await venue.press(BOSS, "Approve", Where.DESK)
    await venue.until(venue.now() + DAY)
    await heard(venue, DAN, f"you are an ambassador for {ANA.country}")
    await venue.restart()
    await venue.fill(DAN, "applications", {}, Where.HALL)
    told = await heard(venue, DAN, f"who applied from {ANA.country}", Where.PRIVATE, Where.HALL)
    assert ANA.name in told.text and BEN.name not in told.text and BEN.country not in told.text
    await venue.fill(DAN, "contact", {"who": BEN.name}, Where.HALL)
    await heard(venue, DAN, f"I do not know {BEN.name} here", Where.PRIVATE, Where.HALL)
    await venue.fill(DAN, "contact", {"who": ANA.name}, Where.HALL)
    await venue.say(DAN, "Hello from next door.")
    await venue.press(DAN, "An ambassador, without my name")
    await venue.press(DAN, "Submit")
    await venue.until(venue.now() + DAY)
    assert DAN.name not in (await heard(venue, ANA, "Hello from next door")).text
    await venue.press(ANA, "Answer")
    await venue.say(ANA, "How kind of you.")
    await venue.until(venue.now() + DAY)
    await heard(venue, DAN, "How kind of you")


async def _there_and_back(venue: Venue) -> None:
    await venue.fill(BOSS, "contact", {"who": ANA.name}, Where.DESK)
    await heard(venue, BOSS, f"What shall I write to {ANA.name}")
    await venue.say(BOSS, "Could you tell us how the first week was?")
    await venue.press(BOSS, "The coordinators")
    await venue.press(BOSS, "Submit")
    await venue.until(venue.now() + DAY)
    told = await heard(venue, ANA, "how the first week was")
    assert BOSS.name not in told.text, "no name, where none was wanted"
    await venue.restart()
    await venue.press(ANA, "Answer")
    await venue.say(ANA, "It was a good week.")
    await venue.until(venue.now() + DAY)
    await heard(venue, BOSS, "It was a good week", Where.DESK)
    await venue.press(BOSS, "Write back", Where.DESK)
    await venue.say(BOSS, "We are glad.")
    await venue.press(BOSS, BOSS.name)
    await venue.press(BOSS, "Submit")
    await venue.until(venue.now() + DAY)
    await heard(venue, ANA, f"{BOSS.name} coordinator of")


async def _announced(venue: Venue) -> None:
    await venue.fill(BOSS, "announce", {}, Where.DESK)
    await venue.press(BOSS, "Everybody in this round")
    await venue.say(BOSS, "The reading room is closed on Friday.")
    await venue.restart()
    await venue.press(BOSS, "Send it (1)")
    await venue.until(venue.now() + DAY)
    news = [shown for shown in await venue.shown(ANA) if "closed on Friday" in shown.text]
    assert len(news) == 1, news
    await venue.press(BOSS, "Call off what has not gone out")
    await heard(venue, BOSS, "nothing is left to call off")
