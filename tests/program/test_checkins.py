"""Silence: asked in private, the waiting reassured, the coordinators told; and each answer acted upon."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.language.acts import Act, Post
from bot.language.adapter import Refused
from storage.partnerships import Case, Member, Partnership
from storage.people import Absence
from storage.rounds import Application
from tests.program.house import BEGIN, House, choices, opened, words

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        yield house


def nudges(house: House, user: str) -> list[Post]:
    return [post for post in house.paper.posts(kind="nudge", to=user) if post.key.startswith("flow:")]


async def test_who_has_not_come_is_asked_at_48_hours_and_named_at_72(house: House) -> None:
    identity = await house.introduced("ana", "bo")
    announced = (await house.row(Partnership, identity)).announced_at
    await house.wrote("ana", identity)
    await house.until(announced + 47 * HOUR)
    assert not nudges(house, "bo")
    await house.until(announced + 49 * HOUR)
    (nudge,) = nudges(house, "bo")
    assert "have not written there yet" in words(nudge) and "Ana" in words(nudge)
    assert not nudges(house, "ana")
    await house.until(announced + 73 * HOUR)
    (case,) = await house.rows(Case)
    assert case.kind == "never_arrived"
    post = house.paper.posts(kind="case", to="desk")[0]
    assert "Bo has not written since the introduction" in words(post)
    assert "Ana wrote and waits" in words(post)
    assert "You did nothing wrong" in words(house.paper.posts(key="offer:", to="ana")[0])
    await house.wrote("bo", identity)
    case = await house.row(Case)
    assert (case.state, case.outcome) == ("closed", "they wrote")
    assert "they wrote" in words(house.paper.edits()[-1]) and not choices(house.paper.edits()[-1])
    assert (await house.row(Partnership, identity)).state == "live"


async def test_a_live_pair_is_asked_asked_again_and_put_before_the_coordinators(house: House) -> None:
    identity = await house.live("ana", "bo")
    start = house.clock.now()
    for days in range(2, 21, 2):
        await house.until(start + days * DAY)
        await house.wrote("ana", identity)
    (nudge,) = nudges(house, "bo")
    assert "no message of yours" in words(nudge)
    await house.until(start + 24 * DAY)
    assert len(nudges(house, "bo")) == 2
    assert house.paper.posts(key="reassure:", to="ana")
    await house.until(start + 28 * DAY)
    (case,) = await house.rows(Case)
    assert case.kind == "silent" and not nudges(house, "ana")
    assert house.paper.posts(key="offer:", to="ana") and not house.paper.posts(key="offer:", to="bo")
    await house.until(start + 32 * DAY)
    assert [case.state for case in await house.rows(Case)] == ["open"], "one case, however long it takes"


async def test_while_a_coordinator_has_it_in_hand_whoever_waits_is_told_once(house: House) -> None:
    identity = await house.introduced("ana", "bo")
    await house.wrote("ana", identity)
    await house.until(house.clock.now() + 4 * DAY)
    await house.press("boss", "desk:1:1", "take", desk=True)
    await house.until(house.clock.now() + 20 * DAY)
    assert [case.state for case in await house.rows(Case)] == ["open"], "nothing is settled over their head"
    assert len(house.paper.posts(key="update:", to="ana")) == 1


async def test_a_question_that_did_not_arrive_starts_no_clock(house: House) -> None:
    def refuse(act: Act) -> None:
        if act.key.startswith("flow:") and act.address.id == "bo":
            raise Refused("direct messages are closed")

    identity = await house.introduced("ana", "bo")
    await house.wrote("ana", identity)
    house.paper.refuse = refuse
    await house.until(house.clock.now() + 4 * DAY)
    (case,) = await house.rows(Case)
    assert case.kind == "unreachable"
    assert "direct messages are closed" in words(house.paper.posts(kind="case", to="desk")[0])


async def test_what_arrives_too_late_to_matter_is_not_asked(house: House) -> None:
    identity = await house.partners("ana", "bo", zones=("Europe/Paris", "Pacific/Auckland"))
    await house.until(BEGIN + 3 * DAY)
    await house.wrote("bo", identity)
    await house.wrote("ana", identity)
    await house.until(BEGIN + 10 * DAY)
    assert not [case for case in await house.rows(Case) if case.state == "open"]


async def asked(house: House) -> int:
    """A live pair of which Bo has just been asked in private."""
    identity = await house.live("ana", "bo")
    start = house.clock.now()
    await house.until(start + 12 * DAY)
    await house.wrote("ana", identity)
    await house.until(start + 18 * DAY)
    assert nudges(house, "bo")
    return identity


async def test_all_is_well(house: House) -> None:
    identity = await asked(house)
    await house.press("bo", house.question("bo"), "fine")
    assert "good to know" in words(house.paper.posts(kind="thanks", to="bo")[0])
    assert (await house.row(Partnership, identity)).step == ""
    count = len(nudges(house, "bo"))
    await house.until(house.clock.now() + 16 * DAY)
    assert len(nudges(house, "bo")) == count


async def test_a_stale_button_changes_nothing(house: House) -> None:
    identity = await asked(house)
    token = house.question("bo")
    await house.press("bo", token, "fine")
    await house.press("bo", token, "other_partner")
    assert not await house.rows(Case)
    assert "already" in words(house.paper.posts(kind="reply", to="bo")[-1]).lower()
    assert (await house.row(Partnership, identity)).state == "live"


async def test_somebody_elses_question_is_not_yours(house: House) -> None:
    await asked(house)
    await house.press("ana", house.question("bo"), "other_partner")
    assert not await house.rows(Case)


async def test_they_talk_elsewhere(house: House) -> None:
    identity = await asked(house)
    await house.press("bo", house.question("bo"), "elsewhere")
    before = len(nudges(house, "bo"))
    await house.until(house.clock.now() + 29 * DAY)
    assert len(nudges(house, "bo")) == before
    await house.until(house.clock.now() + 3 * DAY)
    assert "somewhere else" in words(nudges(house, "bo")[-1])
    await house.until(house.clock.now() + 20 * DAY)
    assert not await house.rows(Case)
    assert (await house.row(Partnership, identity)).elsewhere


async def test_busy_until_a_day_is_told_and_kept(house: House) -> None:
    identity = await asked(house)
    await house.press("bo", house.question("bo"), "busy")
    answer = await house.type("bo", "in three weeks")
    assert "will not ask you before" in answer
    assert "is busy until" in words(house.paper.posts(key="busy:", to="ana")[0])
    before = len(nudges(house, "bo"))
    await house.until(house.clock.now() + 24 * DAY)
    assert len(nudges(house, "bo")) == before
    await house.until(house.clock.now() + 3 * DAY)
    assert len(nudges(house, "bo")) > before
    assert (await house.row(Partnership, identity)).state == "live"


async def test_a_date_in_the_past_is_no_answer(house: House) -> None:
    await asked(house)
    await house.press("bo", house.question("bo"), "busy")
    await house.type("bo", "2020-01-01")
    assert not house.paper.posts(key="busy:")


async def test_my_partner_does_not_answer(house: House) -> None:
    identity = await asked(house)
    await house.wrote("ana", identity)
    before = len(nudges(house, "ana"))
    await house.press("bo", house.question("bo"), "partner_silent")
    await house.until(house.clock.now() + DAY)
    assert "whether all is well" in words(nudges(house, "ana")[before])
    assert (await house.row(Member, 1)).asks == 1


async def test_i_would_like_another_partner(house: House) -> None:
    identity = await asked(house)
    await house.press("bo", house.question("bo"), "other_partner")
    (case,) = await house.rows(Case)
    assert (case.kind, case.partnership_id) == ("other_partner", identity)
    assert not house.paper.posts(key="told", to="ana"), "the partner does not hear of it"


async def test_i_want_to_stop_is_asked_twice(house: House) -> None:
    identity = await asked(house)
    await house.press("bo", house.question("bo"), "leave")
    await house.press("bo", house.question("bo"), "no")
    assert (await house.row(Partnership, identity)).state == "live"


async def test_i_want_to_stop(house: House) -> None:
    identity = await asked(house)
    await house.press("bo", house.question("bo"), "leave")
    await house.press("bo", house.question("bo"), "yes")
    await house.until(house.clock.now() + 5 * DAY)
    assert (await house.row(Partnership, identity)).state == "ended"
    ana, bo = await house.rows(Application)
    assert (ana.status, ana.seeking) == ("accepted", True)
    assert (bo.status, bo.seeking) == ("withdrawn", False)
    assert len(house.paper.closed()) == 1


async def test_days_away_pause_the_clock(house: House) -> None:
    identity = await house.live("ana", "bo")
    text = await house.command("bo", "away 5 September to 25 September")
    assert "both days included" in text
    assert "is away from" in words(house.paper.posts(kind="notice", to=(await house.room(identity)).id)[0])
    await house.until(datetime(2026, 10, 8, tzinfo=UTC))
    assert not nudges(house, "bo")
    await house.until(datetime(2026, 10, 12, tzinfo=UTC))
    assert nudges(house, "bo")
    assert len(await house.rows(Absence)) == 1


async def test_back_before_the_day(house: House) -> None:
    await house.live("ana", "bo")
    await house.command("bo", "away 5 October to 25 October")
    assert "Welcome back" in await house.command("bo", "back")
    assert not await house.rows(Absence)
    assert "nothing changes" in await house.command("bo", "back")


async def test_pace_and_elsewhere(house: House) -> None:
    identity = await house.live("ana", "bo")
    assert "your rhythm now" in await house.command("ana", "pace weekly")
    assert "already" in await house.command("ana", "pace weekly")
    assert "do not know this rhythm" in await house.command("ana", "pace hourly")
    await house.press("bo", f"pace:{identity}", "monthly")
    assert (await house.row(Partnership, identity)).pace == "monthly"
    assert "somewhere else" in await house.command("ana", "elsewhere on")
    assert "already" in await house.command("ana", "elsewhere on")
    assert "in your room again" in await house.command("ana", "elsewhere off")


async def test_who_is_not_in_it_may_not(house: House) -> None:
    identity = await house.live("ana", "bo")
    await house.person("cy")
    for line in ("pace weekly", "elsewhere on", "leave", "another-partner"):
        assert "no partner" in await house.command("cy", line)
    await house.press("cy", f"pace:{identity}", "weekly")
    await house.press("cy", f"room:{identity}:1", "talked")
    await house.press("cy", "pace:999999999999999999999", "weekly")
    await house.press("cy", "pace:<!channel>", "weekly")
    partnership = await house.row(Partnership, identity)
    assert (partnership.pace, partnership.talked) == ("", [])
