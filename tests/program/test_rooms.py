"""From a pair of people to a room in which both are, and what happens when one is not."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.language.acts import Act, OpenRoom
from bot.language.adapter import Gone
from storage.partnerships import Case, Member, Partnership
from storage.people import Apart
from storage.traffic import OutboxAct
from tests.program.house import BEGIN, House, choices, opened, words

DAY = timedelta(days=1)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        yield house


async def test_a_room_is_opened_and_both_are_introduced(house: House) -> None:
    identity = await house.introduced("ana", "bo")
    partnership = await house.row(Partnership, identity)
    assert partnership.state == "arriving" and partnership.announced_at is not None
    introduction, first = house.paper.posts(kind="introduction") + house.paper.posts(kind="topic")
    assert first.key == f"topic:1:{identity}"
    for expected in ("Ana", "Bo", "Brazil", "different countries", "Who can read here", "Paris"):
        assert expected in words(introduction)
    assert "Partner's type" not in words(introduction), "only what the kit shares is shown"
    assert choices(introduction)[0].token == f"pace:{identity}"
    assert [option.value for option in choices(first)[0].options] == ["talked", "another"]


async def test_a_room_name_fits_every_platform(house: House) -> None:
    await house.introduced("ana", "bo")
    act = next(act for _, act in house.paper.done if isinstance(act, OpenRoom))
    assert act.name.startswith("autumn-2026-001-") and len(act.name) <= 60
    assert act.name == act.name.lower()


async def test_former_partners_are_marked_in_both_directions(house: House) -> None:
    await house.introduced("ana", "bo", "cy")
    marks = {(mark.person_id, mark.other_id) for mark in await house.rows(Apart)}
    assert len(marks) == 6
    assert all((other, one) in marks for one, other in marks)


async def test_nobody_is_introduced_before_all_are_in(house: House) -> None:
    house.paper.absent = {"bo"}
    identity = await house.introduced("ana", "bo")
    assert not house.paper.posts(kind="introduction")
    await house.until(BEGIN + timedelta(hours=20))
    await house.joined("bo", identity)
    await house.until(BEGIN + 2 * DAY)
    assert len(house.paper.posts(kind="introduction")) == 1
    assert not await house.rows(Case)


async def test_somebody_missing_after_a_day_is_looked_for_before_the_coordinators_hear(house: House) -> None:
    house.paper.absent = {"bo"}
    identity = await house.introduced("ana", "bo")
    await house.until(BEGIN + 2 * DAY)
    assert [act.key for _, act in house.paper.done if isinstance(act, OpenRoom)] == [
        f"room:{identity}",
        f"room:{identity}:look",
    ]
    (case,) = await house.rows(Case)
    assert (case.kind, case.state) == ("not_in_room", "open")
    assert "Bo" in words(house.paper.posts(kind="case", to="desk")[0])
    await house.joined("bo", identity)
    await house.until(BEGIN + 3 * DAY)
    assert (await house.row(Case)).state == "closed"
    assert len(house.paper.posts(kind="introduction")) == 1


async def test_a_room_that_cannot_be_opened_becomes_a_case_and_can_be_tried_again(house: House) -> None:
    def refuse(act: Act) -> None:
        if isinstance(act, OpenRoom) and len(act.key.split(":")) == 2:
            raise Gone("no permission <!channel>")

    house.paper.refuse = refuse
    identity = await house.introduced("ana", "bo")
    (case,) = await house.rows(Case)
    assert case.kind == "no_room"
    post = house.paper.posts(kind="case", to="desk")[0]
    assert "no permission" in words(post) and "<!channel>" not in words(post)
    await house.press("boss", choices(post)[0].token, "again", message="m1", desk=True)
    await house.until(BEGIN + DAY)
    assert (await house.row(Partnership, identity)).state == "arriving"
    assert (await house.row(Case)).state == "closed"


async def test_writing_twice_or_out_of_order_is_counted_once_each_and_makes_live(house: House) -> None:
    identity = await house.introduced("ana", "bo")
    now = house.clock.now()
    await house.wrote("ana", identity, now - timedelta(minutes=1))
    await house.wrote("ana", identity, now - timedelta(minutes=5))
    member = await house.row(Member, 1)
    assert member.messages == 2
    assert member.first_wrote_at == now - timedelta(minutes=5)
    assert member.last_wrote_at == now - timedelta(minutes=1)
    assert (await house.row(Partnership, identity)).state == "arriving"
    await house.wrote("boss", identity)
    assert (await house.row(Partnership, identity)).state == "arriving", "a coordinator in the room is no partner"
    await house.wrote("bo", identity)
    assert (await house.row(Partnership, identity)).state == "live"


async def test_who_leaves_the_community_is_no_partner_any_more(house: House) -> None:
    identity = await house.live("ana", "bo")
    await house.left("bo")
    await house.until(house.clock.now() + DAY)
    (case,) = await house.rows(Case)
    assert case.kind == "left"
    assert "left this community" in words(house.paper.posts(key="offer:", to="ana")[0])
    assert not house.paper.posts(key="offer:", to="bo")
    assert (await house.row(Partnership, identity)).state == "live"


async def test_two_of_three_go_on_when_one_leaves(house: House) -> None:
    identity = await house.live("ana", "bo", "cy")
    await house.left("cy")
    await house.until(house.clock.now() + DAY)
    assert not await house.rows(Case)
    assert {post.address.id for post in house.paper.posts(key="goes_on:")} == {"ana", "bo"}
    assert (await house.row(Partnership, identity)).state == "live"


async def test_a_lost_room_is_replaced(house: House) -> None:
    identity = await house.live("ana", "bo")
    await house.room_gone(identity)
    await house.until(house.clock.now() + timedelta(hours=3))
    post = house.paper.posts(kind="case", to="desk")[0]
    await house.press("boss", choices(post)[0].token, "again", desk=True)
    await house.until(house.clock.now() + DAY)
    assert len(house.paper.posts(key=f"new_room:{identity}")) == 1
    assert len(house.paper.posts(kind="introduction")) == 1
    assert (await house.row(Partnership, identity)).room


async def test_nobody_is_written_to_at_night(house: House) -> None:
    identity = await house.partners("ana", "bo", zones=("Asia/Tokyo", "America/Lima"))
    await house.until(BEGIN + 30 * DAY)
    assert house.paper.posts(key=f"introduction:{identity}")
    for at, act in house.paper.done:
        if act.address.id not in ("ana", "bo") and not act.key.startswith("room:"):
            continue
        lima, tokyo = (at.hour - 5) % 24, (at.hour + 9) % 24
        assert act.address.id == "ana" or 7 <= lima < 22
        assert act.address.id == "bo" or 7 <= tokyo < 22


async def test_every_act_about_a_partnership_is_called_off_with_it(house: House) -> None:
    identity = await house.introduced("ana", "bo")
    await house.until(datetime(2026, 9, 1, 18, tzinfo=UTC))
    text = await house.command("ana", "leave")
    assert "really want to stop" in text
    await house.press("ana", house.question("ana"), "yes")
    await house.until(BEGIN + 20 * DAY)
    partnership = await house.row(Partnership, identity)
    assert (partnership.state, partnership.end_reason) == ("ended", "stopped")
    waiting = [act.key for act in await house.rows(OutboxAct) if act.state == "waiting"]
    assert not [key for key in waiting if key.startswith(("topic:", "flow:"))]
    assert "cannot go on" in words(house.paper.posts(key="ended:", to="bo")[0])
    assert house.paper.posts(key="seek:", to="bo")
    assert len(house.paper.closed()) == 1
