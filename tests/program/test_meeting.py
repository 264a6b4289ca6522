"""`times`: when partners can meet, and the time that one of them chooses for all."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from icalendar import Calendar
from PIL import Image, ImageColor

from bot.language.markup import plain
from bot.language.messages import Document, Picture
from bot.program.meeting.desk import KEPT
from bot.program.meeting.strips import COLOURS, WIDTH
from storage.files import StoredFile
from storage.partnerships import Partnership
from storage.people import Person
from storage.rounds import Round
from tests.program.house import PLATFORM, House, choices, opened, words

MORNING = datetime(2026, 9, 3, 9, tzinfo=UTC)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        house.kits._platforms[PLATFORM] = replace(house.paper.capabilities, documents=True)
        yield house


async def pair(house: House, *zones: str) -> int:
    """Ana, Bo and Cy, as many as there are zones, introduced to each other, on a Thursday morning."""
    identity = await house.introduced(*("ana", "bo", "cy")[: len(zones)], zones=zones)
    await house.until(MORNING)
    return identity


async def choose(house: House, user: str, place: int = 0) -> None:
    """Ask for times, and press one."""
    await house.command(user, "times")
    (offered,) = choices(house.paper.posts(to=user)[-1])
    await house.press(user, offered.token, offered.options[place].value)
    await house.until(house.clock.now())


async def meeting(house: House) -> dict[str, Any]:
    return (await house.row(Partnership)).meeting


def in_room(house: House) -> list[Any]:
    return [post for post in house.paper.posts(kind="notice") if ":meet:" in post.key]


def file_of(post: Any) -> Any:
    (document,) = [element for element in post.message.elements if isinstance(element, Document)]
    assert (document.name, document.media_type) == ("meetings.ics", "text/calendar")
    (event,) = Calendar.from_ical(document.text).walk("VEVENT")
    return event


async def test_everybodys_hours_are_shown_on_the_clock_of_whoever_asks(house: House) -> None:
    await pair(house, "Europe/Lisbon", "Africa/Nairobi")
    said = plain(await house.command("ana", "times"))
    assert "on your clock (Lisbon)" in said and "until the round ends on Tuesday 29 December 2026" in said
    summer, winter = said.split("Sunday 25 October 2026 to Tuesday 29 December 2026")
    assert "Thursday 3 September 2026 to Saturday 24 October 2026" in summer
    assert "·······░▓████████▓▓▓░░·· Ana (Lisbon)" in summer
    assert "·····░▓████████▓▓▓░░···· Bo (Nairobi)" in summer
    assert "at work: 09:00–15:00" in summer and "at work: 09:00–14:00" in winter
    assert "the clocks of Ana have changed" in winter and "····░▓████████▓▓▓░░····· Bo" in winter
    theirs = plain(await house.command("bo", "times"))
    assert "on your clock (Nairobi)" in theirs and "·······░▓████████▓▓▓░░·· Bo (Nairobi)" in theirs
    assert theirs.index("Bo (Nairobi") < theirs.index("Ana (Lisbon"), "whoever looks is first"


def pictures(post: Any) -> list[Picture]:
    return [element for element in post.message.elements if isinstance(element, Picture)]


async def test_where_pictures_can_be_shown_the_strips_are_drawn(house: House) -> None:
    house.kits._platforms[PLATFORM] = replace(house.paper.capabilities, pictures=True)
    await pair(house, "Europe/Lisbon", "Asia/Kolkata")
    said = plain(await house.command("ana", "times"))
    assert "at work: 09:00–11:30" in said and not set("█▓░") & set(said)
    (picture,) = pictures(house.paper.posts(to="ana")[-1])
    assert "on your clock (Lisbon)" in picture.alt
    (file,) = await house.rows(StoredFile)
    assert (file.key, file.person_id, file.media_type) == (picture.file, 2, "image/png")
    with Image.open(BytesIO(file.content)) as drawn:
        shown = drawn.convert("RGB")
        assert shown.width == WIDTH
        seen = {colour for _, colour in shown.getcolors(1 << 16) or ()}
    assert {ImageColor.getrgb(colour) for colour in COLOURS.values()} <= seen
    assert file.drop_after == file.made_at + KEPT, "kept for its message to arrive, and no longer"


async def test_what_only_one_sees_in_a_room_has_signs(house: House) -> None:
    able = replace(house.paper.capabilities, pictures=True, replies_in_place=True)
    house.kits._platforms[PLATFORM] = able
    identity = await pair(house, "Europe/Lisbon", "Asia/Kolkata")
    await house.command("ana", "times", at=await house.room(identity))
    shown = next(post for post in reversed(house.paper.posts()) if post.only_for == "ana")
    assert pictures(shown) == [] and "█" in words(shown)


async def test_three_partners_have_three_strips(house: House) -> None:
    await pair(house, "Europe/Lisbon", "Africa/Nairobi", "Asia/Tokyo")
    said = plain(await house.command("cy", "times"))
    first = said.split(" to ", 1)[1].split("Sunday 25 October")[0]
    assert [name in first for name in ("Ana (", "Bo (", "Cy (", "all of you")] == [True] * 4


async def test_a_chosen_time_comes_to_the_room_with_a_file(house: House) -> None:
    identity = await pair(house, "Europe/Lisbon", "Africa/Nairobi")
    await choose(house, "ana")
    kept = await meeting(house)
    assert (kept["zone"], kept["weeks"], kept["minutes"], kept["sequence"]) == ("Europe/Lisbon", 2, 60, 0)
    (told,) = in_room(house)
    assert told.address == await house.room(identity)
    text = plain(words(told))
    assert "Ana chose a time for you to meet, every 2 weeks: 8 meetings of 60 minutes" in text
    assert (
        "Bo (Nairobi): from Wednesday 9 September 2026 on, Wednesdays 11:00; from Wednesday 4 November 2026: 12:00"
        in text
    )
    assert file_of(told)["SEQUENCE"] == 0
    assert "that is your time now" in words(house.paper.posts(to="ana")[-1])
    assert "Your time at the moment" in await house.command("bo", "times")


async def test_the_same_time_again_changes_nothing(house: House) -> None:
    await pair(house, "Europe/Lisbon", "Africa/Nairobi")
    await choose(house, "ana")
    before = await meeting(house)
    await choose(house, "bo")
    assert await meeting(house) == before and len(in_room(house)) == 1
    assert "already" in words(house.paper.posts(to="bo")[-1])


async def test_another_time_takes_the_place_of_the_first_in_calendars(house: House) -> None:
    await pair(house, "Europe/Lisbon", "Africa/Nairobi")
    await choose(house, "ana")
    (first,) = in_room(house)
    (undo,) = choices(first)
    await house.press("bo", undo.token, "another")
    (offered,) = choices(house.paper.posts(to="bo")[-1])
    await house.press("bo", offered.token, offered.options[1].value)
    _, second = in_room(house)
    assert "Bo chose" in words(second) and "in the place of the earlier ones" in words(second)
    assert file_of(first)["UID"] == file_of(second)["UID"]
    assert (file_of(first)["SEQUENCE"], file_of(second)["SEQUENCE"]) == (0, 1)


async def test_a_time_can_be_given_up_with_one_click(house: House) -> None:
    await pair(house, "Europe/Lisbon", "Africa/Nairobi")
    await choose(house, "ana")
    (undo,) = choices(in_room(house)[-1])
    await house.press("bo", undo.token, "drop")
    gone = in_room(house)[-1]
    assert "Bo took back the time" in words(gone) and str(file_of(gone)["STATUS"]) == "CANCELLED"
    assert file_of(gone)["SEQUENCE"] == 1 and await meeting(house) == {"sequence": 1}
    await house.press("ana", undo.token, "drop")
    assert "no fixed time at the moment" in words(house.paper.posts(to="ana")[-1]) and len(in_room(house)) == 2
    await choose(house, "ana")
    assert file_of(in_room(house)[-1])["SEQUENCE"] == 2


async def test_without_files_the_days_are_told(house: House) -> None:
    house.kits._platforms[PLATFORM] = house.paper.capabilities
    await pair(house, "Europe/Lisbon", "Africa/Nairobi")
    await choose(house, "ana")
    (told,) = in_room(house)
    assert "Please write them into your calendar: 9 September, 23 September, 7 October" in words(told)
    assert not [element for element in told.message.elements if isinstance(element, Document)]


async def test_the_room_hears_of_it_when_it_is_day_for_the_others(house: House) -> None:
    """Ten in the morning in Lisbon is the night of Auckland."""
    await pair(house, "Europe/Lisbon", "Pacific/Auckland")
    await house.until(datetime(2026, 9, 3, 14, tzinfo=UTC))
    await choose(house, "ana")
    assert in_room(house) == []
    assert "It is night for somebody" in words(house.paper.posts(to="ana")[-1])
    await house.until(house.clock.now() + timedelta(days=1))
    assert len(in_room(house)) == 1


async def test_before_the_introduction_nothing_is_told_of_the_partner(house: House) -> None:
    await house.partners("ana", "bo", zones=("Europe/Lisbon", "Africa/Nairobi"))
    said = await house.command("ana", "times")
    assert "when the round begins, on Tuesday 1 September 2026" in said
    assert "Bo" not in said and "Nairobi" not in said


@pytest.mark.parametrize(
    ("without", "sentence"),
    [("ana", "I do not know your time zone yet"), ("bo", "I do not know the time zone of Bo yet")],
)
async def test_without_a_zone_somebody_is_told_what_to_do(house: House, without: str, sentence: str) -> None:
    await pair(house, "Europe/Lisbon", "Africa/Nairobi")
    async with house.turn() as turn:
        for person in [await turn.get(Person, number) for number in (2, 3)]:
            person.zone = "" if person.name.lower() == without else person.zone
    said = await house.command("ana", "times")
    assert sentence in said and "/mentoring change" in said


async def test_whoever_has_no_partner_is_told_so(house: House) -> None:
    await house.person("zoe")
    assert "partner" in await house.command("zoe", "times") and not house.paper.posts(to="zoe", key="times")


async def test_a_press_of_a_stranger_or_of_nonsense_changes_nothing(house: House) -> None:
    await pair(house, "Europe/Lisbon", "Africa/Nairobi")
    await house.partners("di", "ed")
    for user, value in (("di", "Europe/Lisbon 2026-09-09T10:00"), ("ana", "Europe/Lisbon 2026-09-09T03:00")):
        await house.press(user, "meet:1", value)
    for value in ("", "x" * 500, "Europe/Lisbon", "Asia/Tokyo 2026-09-09T18:00", "Europe/Lisbon 2020-09-09T10:00"):
        await house.press("ana", "meet:1", value)
        assert "does not fit any more" in words(house.paper.posts(to="ana")[-1])
    assert await meeting(house) == {} and in_room(house) == []


async def test_an_old_button_still_gives_that_time_while_it_fits(house: House) -> None:
    """Its first meeting is past a week later: then there is another answer than a series in the past."""
    await pair(house, "Europe/Lisbon", "Africa/Nairobi")
    await house.command("ana", "times")
    (offered,) = choices(house.paper.posts(to="ana")[-1])
    for user in ("ana", "bo"):
        await house.wrote(user, 1)
    await house.until(MORNING + timedelta(days=10))
    await house.press("ana", offered.token, offered.options[0].value)
    assert "does not fit any more" in words(house.paper.posts(to="ana")[-1]) and await meeting(house) == {}


async def test_partners_whose_days_hardly_meet_get_a_plan_of_messages(house: House) -> None:
    await pair(house, "Europe/London", "America/Los_Angeles", "Pacific/Auckland")
    said = plain(await house.command("ana", "times"))
    assert "too early or too late: send each other voice messages or letters" in said
    assert "until 20:00 (London): Ana begins" in said and "until 20:00 (Los Angeles): Bo answers" in said


async def test_in_the_last_day_there_is_nothing_to_choose(house: House) -> None:
    await pair(house, "Europe/Lisbon", "Africa/Nairobi")
    async with house.turn() as turn:
        (await turn.get(Round, 1)).ends_on = MORNING.date()
    assert "no time left for regular meetings" in await house.command("ana", "times")
