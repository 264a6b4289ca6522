"""Cases: one click each, honest about who did what, and never twice."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from storage.partnerships import Case, Member, Partnership
from storage.rounds import Application
from tests.program.house import House, choices, opened, words

DAY = timedelta(days=1)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        yield house


async def waiting(house: House, *users: str) -> tuple[int, str]:
    """A pair in which Bo has not come, with the token of the coordinators' buttons."""
    identity = await house.introduced(*(users or ("ana", "bo")))
    for user in users[:-1] or ("ana",):
        await house.wrote(user, identity)
    await house.until(house.clock.now() + 4 * DAY)
    return identity, choices(house.paper.posts(kind="case", to="desk")[-1])[0].token


async def press(house: House, token: str, action: str, user: str = "boss") -> None:
    post = house.paper.posts(kind="case", to="desk")[-1]
    number = next(n for n, (_, act) in enumerate(house.paper.done, start=1) if act is post)
    await house.press(user, token, action, message=f"m{number}", desk=True)


async def test_no_cases(house: House) -> None:
    assert "No open cases" in await house.command("boss", "cases")


async def test_writing_to_both_puts_the_case_off(house: House) -> None:
    identity, token = await waiting(house)
    await press(house, token, "write")
    assert len(house.paper.posts(key="care:", to=(await house.room(identity)).id)) == 1
    case = await house.row(Case)
    assert (case.state, case.closed_by) == ("snoozed", "Boss")
    edit = house.paper.edits()[-1]
    assert "Boss" in words(edit) and "I write to them" in words(edit) and not choices(edit)
    await house.until(house.clock.now() + 4 * DAY)
    assert (await house.row(Case)).state == "open"
    assert len(house.paper.posts(kind="case", to="desk")) == 2, "it comes back once"
    assert "put off" not in await house.command("boss", "cases")


async def test_a_case_that_was_put_off_settles_itself(house: House) -> None:
    identity, token = await waiting(house)
    await press(house, token, "wait")
    assert "put off until" in await house.command("boss", "cases")
    await house.wrote("bo", identity)
    await house.until(house.clock.now() + 10 * DAY)
    assert (await house.row(Case)).state == "closed"
    assert len(house.paper.posts(kind="case", to="desk")) == 1


async def test_another_partner_for_whoever_waits(house: House) -> None:
    identity, token = await waiting(house)
    await press(house, token, "another")
    await house.until(house.clock.now() + 5 * DAY)
    partnership = await house.row(Partnership, identity)
    assert (partnership.state, partnership.end_reason) == ("ended", "another")
    ana, bo = await house.rows(Application)
    assert ana.seeking and not bo.seeking
    assert "You did nothing wrong" in words(house.paper.posts(key="ended:", to="ana")[0])
    assert "Nobody is cross" in words(house.paper.posts(key="dropped:", to="bo")[0])
    assert "closes on" in words(house.paper.posts(key="closing:")[0])
    assert [act.key for act in house.paper.closed()] == [f"close:{identity}"]


async def test_those_who_wait_are_put_together(house: House) -> None:
    for one, two in (("ana", "bo"), ("cy", "di")):
        identity = await house.introduced(one, two)
        await house.wrote(one, identity)
    await house.until(house.clock.now() + 4 * DAY)
    for post in house.paper.posts(kind="case", to="desk"):
        await house.press("boss", choices(post)[0].token, "another", desk=True)
    await house.until(house.clock.now() + 2 * DAY)
    made = await house.rows(Partnership)
    assert [row.state for row in made] == ["ended", "ended", "arriving"]
    assert not any(application.seeking for application in await house.rows(Application))


async def test_two_of_three_go_on_in_a_room_of_their_own(house: House) -> None:
    identity, token = await waiting(house, "ana", "bo", "cy")
    old = await house.room(identity)
    await press(house, token, "another")
    await house.until(house.clock.now() + 5 * DAY)
    partnership = await house.row(Partnership, identity)
    assert partnership.state == "live" and await house.room(identity) != old
    assert [act.address for act in house.paper.closed()] == [old]
    assert not any(application.seeking for application in await house.rows(Application))


async def test_ending_it(house: House) -> None:
    identity, token = await waiting(house)
    await press(house, token, "end")
    await house.until(house.clock.now() + 5 * DAY)
    assert (await house.row(Partnership, identity)).state == "ended"
    assert {post.address.id for post in house.paper.posts(key="ended:")} == {"ana", "bo"}
    assert not any(application.seeking for application in await house.rows(Application))


async def test_a_stale_button_says_who_was_first(house: House) -> None:
    identity, token = await waiting(house)
    await press(house, token, "wait")
    await press(house, token, "end")
    assert (await house.row(Partnership, identity)).state == "arriving"
    assert "Already handled" in words(house.paper.posts(to="boss")[-1])


async def test_only_coordinators_may(house: House) -> None:
    identity, token = await waiting(house)
    await press(house, token, "end", user="ana")
    assert (await house.row(Partnership, identity)).state == "arriving"
    assert "Only coordinators" in words(house.paper.posts(to="ana")[-1])
    for line in ("cases", "case 1", "pairs", "pair 1", "topics"):
        assert "Only coordinators" in await house.command("ana", line)


async def test_nonsense_in_a_token_changes_nothing(house: House) -> None:
    identity, _ = await waiting(house)
    for token in ("case:1", "case:x:1", "case:99:1", "case:1:1:1", "case::", "case:1:²", "case:99999999999999999999:1"):
        await house.press("boss", token, "end", desk=True)
    await house.press("boss", "case:1:1", "again", desk=True)
    await house.press("boss", "case:1:1", desk=True)
    assert (await house.row(Partnership, identity)).state == "arriving"
    assert (await house.row(Case)).state == "open"


async def test_looking_at_cases_and_pairs(house: House) -> None:
    identity, _ = await waiting(house)
    assert "Ana and Bo" in await house.command("boss", "cases")
    assert "has not written since" in await house.command("boss", "case 1")
    for wrong in ("case 7", "case x", "pair 77", "pair x", "pair 999999999999"):
        assert "There is no case" in await house.command("boss", wrong) or "no partnership" in await house.command(
            "boss", wrong
        )
    assert "Ana and Bo: arriving" in await house.command("boss", "pairs")
    assert "no partnerships in the state" in await house.command("boss", "pairs live")
    assert "can be" in await house.command("boss", "pairs asleep")
    text = await house.command("boss", f"pair {identity}")
    assert "ana@example.org" in text.replace("\\", "") and "Both have written: not yet" in text


async def test_a_partner_who_asked_for_another_one_gets_one(house: House) -> None:
    identity = await house.live("ana", "bo")
    assert "wish is noted" in await house.command("ana", "another-partner")
    await house.command("ana", "another-partner")
    await house.until(house.clock.now() + DAY)
    assert len(await house.rows(Case)) == 1
    await house.press("boss", "case:1:1", "another", desk=True)
    await house.until(house.clock.now() + 5 * DAY)
    assert (await house.row(Partnership, identity)).end_reason == "regrouped"
    assert all(application.seeking for application in await house.rows(Application))
    assert "no judgement" in words(house.paper.posts(key="ended:", to="bo")[0])


async def test_when_one_has_left_the_other_looks_for_somebody_else(house: House) -> None:
    identity = await house.live("ana", "bo")
    await house.left("bo")
    await house.until(house.clock.now() + DAY)
    await house.press("boss", "case:1:1", "another", desk=True)
    await house.until(house.clock.now() + 5 * DAY)
    assert (await house.row(Partnership, identity)).state == "ended"
    assert not house.paper.posts(key="ended:"), "the one who is left has heard it already"
    ana, bo = await house.rows(Application)
    assert ana.seeking and bo.status == "withdrawn"
    assert house.paper.posts(key="seek:", to="ana") and not house.paper.posts(key="seek:", to="bo")


async def test_who_left_the_room_is_let_in_again(house: House) -> None:
    identity = await house.live("ana", "bo")
    room = await house.room(identity)
    await house.left("bo", identity)
    await house.until(house.clock.now() + DAY)
    assert (await house.row(Case)).kind == "left_room"
    await house.press("boss", "case:1:1", "again", desk=True)
    await house.until(house.clock.now() + DAY)
    assert await house.room(identity) == room
    assert not house.paper.posts(key="new_room:")
    assert all(member.present for member in await house.rows(Member))
