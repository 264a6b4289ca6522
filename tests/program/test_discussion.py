"""Topics on their day and on request."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.language.acts import Act
from bot.language.adapter import Gone
from bot.language.markup import plain
from storage.partnerships import Case, Partnership
from tests.program.house import BEGIN, House, choices, opened, words

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
YEAR_END = datetime(2027, 1, 2, tzinfo=UTC)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        yield house


def topics(house: House, identity: int) -> list[int]:
    """The topics that a partnership got, in the order in which they came."""
    keys = [post.key.split(":") for post in house.paper.posts(kind="topic")]
    return [int(number) for _, number, partnership, *_ in keys if partnership == str(identity)]


async def test_each_topic_comes_once_in_order_and_by_day(house: House) -> None:
    identity = await house.introduced("ana", "bo", zones=("Asia/Tokyo", "America/Lima"))
    await house.command("ana", "elsewhere on")
    await house.until(YEAR_END)
    got = topics(house, identity)
    assert got == sorted(set(got)) and got[0] == 1 and got[-1] == 10
    for post in house.paper.posts(kind="topic"):
        at = house.paper.at(post.key)
        assert 7 <= (at.hour - 5) % 24 < 22 and 7 <= (at.hour + 9) % 24 < 22


async def test_each_variant_is_shown_once(house: House) -> None:
    ana = await house.person("ana", library_type="school")
    bo = await house.person("bo", library_type="school")
    cy = await house.person("cy", library_type="health")
    await house.pair(ana, bo, cy)
    await house.until(BEGIN + DAY)
    text = words(house.paper.posts(kind="topic")[0])
    assert text.count("**School:**") == 1 and text.count("**Health:**") == 1 and "**Public:**" not in text


async def test_one_more_topic_on_request_keeps_the_order(house: House) -> None:
    identity = await house.live("ana", "bo")
    await house.press("ana", f"room:{identity}:1", "another")
    assert topics(house, identity) == [1, 2]
    await house.press("bo", f"room:{identity}:1", "another")
    assert topics(house, identity) == [1, 2], "asked twice from the same message: there is a newer topic already"
    assert "newer topic" in words(house.paper.posts(to="bo")[-1])
    await house.command("ana", "elsewhere on")
    await house.until(YEAR_END)
    got = topics(house, identity)
    assert got == sorted(set(got)) and got[-1] == 10


async def test_a_topic_asked_for_in_somebodys_night_waits_for_the_day(house: House) -> None:
    identity = await house.introduced("ana", "bo", zones=("Europe/Paris", "Australia/Sydney"))
    await house.until(BEGIN + 2 * DAY + 4 * HOUR)
    await house.press("ana", f"room:{identity}:1", "another")
    assert topics(house, identity) == [1]
    assert "08:00 (Paris, UTC+02:00)" in plain(words(house.paper.posts(to="ana", kind="reply")[-1]))
    await house.until(BEGIN + 4 * DAY)
    assert topics(house, identity) == [1, 2]
    assert 7 <= (house.paper.at(f"topic:2:{identity}").hour + 10) % 24 < 22


async def test_the_topics_run_out_kindly(house: House) -> None:
    identity = await house.live("ana", "bo")
    for number in range(1, 10):
        await house.press("ana", f"room:{identity}:{number}", "another")
    assert topics(house, identity) == list(range(1, 10))
    assert "no further topic" in words(house.paper.posts(to="ana")[-1])
    await house.command("ana", "elsewhere on")
    await house.until(YEAR_END)
    assert topics(house, identity) == list(range(1, 11))


async def test_we_talked_about_it_is_a_sign_of_life(house: House) -> None:
    identity = await house.live("ana", "bo")
    await house.until(house.clock.now() + 15 * DAY)
    await house.press("ana", f"room:{identity}:1", "talked")
    await house.press("ana", f"room:{identity}:1", "talked")
    partnership = await house.row(Partnership, identity)
    assert partnership.talked == [1]
    assert "noted already" in words(house.paper.posts(to="ana", kind="thanks")[-1])
    await house.until(house.clock.now() + 10 * DAY)
    assert not house.paper.posts(key="flow:")


async def test_who_begins_later_gets_the_first_topic_and_then_the_calendar(house: House) -> None:
    await house.until(datetime(2026, 10, 14, tzinfo=UTC))
    identity = await house.partners("ana", "bo")
    await house.command("ana", "elsewhere on")
    await house.until(YEAR_END)
    got = topics(house, identity)
    assert got[0] == 1 and got[1] > 3 and got == sorted(set(got)) and got[-1] == 10


async def test_who_begins_on_the_eve_of_a_topic_still_gets_it(house: House) -> None:
    await house.until(datetime(2026, 9, 6, 12, tzinfo=UTC))
    identity = await house.partners("ana", "bo")
    await house.until(datetime(2026, 9, 9, tzinfo=UTC))
    assert topics(house, identity) == [1, 2]


async def test_a_topic_for_a_room_that_is_gone_becomes_a_case(house: House) -> None:
    def refuse(act: Act) -> None:
        if act.key.startswith("topic:2"):
            raise Gone("channel_not_found")

    await house.live("ana", "bo")
    house.paper.refuse = refuse
    await house.until(datetime(2026, 9, 9, tzinfo=UTC))
    (case,) = await house.rows(Case)
    assert case.kind == "room_gone" and "channel" in case.detail
    for user in ("ana", "bo"):
        told = [post for post in house.paper.posts(to=user) if post.key.startswith("room_gone:")]
        assert len(told) == 1 and "is gone" in words(told[0]), "who waits for a topic in a lost room knows"


async def test_coordinators_see_read_and_leave_out_topics(house: House) -> None:
    identity = await house.live("ana", "bo")
    assert "Monday 7 September 2026" in await house.command("boss", "topics")
    preview = await house.command("boss", "topic preview 3")
    assert "Topic 3" in preview and preview.count("**School:**") == 1
    assert "left out in this round" in await house.command("boss", "topic skip 3")
    assert "left out already" in await house.command("boss", "topic skip 3")
    assert "in the round again" in await house.command("boss", "topic unskip 3")
    await house.command("boss", "topic skip 3")
    for wrong in ("0", "99", "three", "-1", "1000000000000000"):
        assert "no topic of this number" in await house.command("boss", f"topic skip {wrong}")
    assert "cannot be changed" in await house.command("boss", "topic skip 1")
    assert "Only coordinators" in await house.command("ana", "topic skip 4")
    await house.until(YEAR_END)
    assert 3 not in topics(house, identity)


async def test_hostile_names_neither_format_nor_mention(house: House) -> None:
    ana = await house.person("ana", name="**Ana** <!channel> @everyone [x](http://evil)")
    bo = await house.person("bo", name="`=cmd()` {{ contact }}")
    await house.pair(ana, bo)
    await house.until(BEGIN + DAY)
    text = words(house.paper.posts(kind="introduction")[0])
    assert "\\*\\*Ana\\*\\*" in text and "<!channel>" not in text and "[x](http" not in text
    assert "the coordinators of the program =" not in text
    assert choices(house.paper.posts(kind="introduction")[0])
