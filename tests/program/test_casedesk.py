"""What coordinators do about a case that leaves it open, and who sees it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from storage.partnerships import Case, Member, Partnership
from storage.people import Role
from tests.program.house import House, choices, opened, words

DAY = timedelta(days=1)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A pair in which Bo has not come, with its case on the desk; Ivy coordinates too."""
    async with opened() as house:
        identity = await house.introduced("ana", "bo")
        await house.wrote("ana", identity)
        ivy = await house.person("ivy", applies=False)
        async with house.turn() as turn:
            turn.session.add(Role(program_id=1, person_id=ivy, role="coordinator", since=turn.now))
        await house.until(house.clock.now() + 4 * DAY)
        yield house


async def act(house: House, action: str, *answers: str, user: str = "boss") -> None:
    """Press a button of the second row, and answer what is asked then."""
    await house.press(user, "desk:1:1", action, desk=True)
    for answer in answers:
        await house.type(user, answer)


def reply(house: House, user: str) -> str:
    return words(house.paper.posts(to=user)[-1])


async def test_taking_a_case_shows_who_has_it(house: House) -> None:
    await act(house, "take")
    assert (await house.row(Case)).holder_id == 1
    edit = house.paper.edits()[-1]
    assert "In hand: Boss" in words(edit) and "Boss: took it in hand" in words(edit)
    assert choices(edit)[1].options[0].label == "Give it back"
    assert "in hand: Boss" in await house.command("ivy", "cases")
    await act(house, "take", user="ivy")
    assert "Boss has case 1 in hand" in reply(house, "ivy") and (await house.row(Case)).holder_id == 1
    await act(house, "take")
    assert "in hand already" in reply(house, "boss")
    await act(house, "release", user="ivy")
    assert (await house.row(Case)).holder_id is None
    await act(house, "release", user="ivy")
    assert "Nobody has case 1" in reply(house, "ivy")


async def test_a_note_stays_with_the_case(house: House) -> None:
    await act(house, "note", "She is on leave; her *sister* told me.")
    assert "Noted with case 1" in reply(house, "boss")
    assert "Boss: She is on leave" in words(house.paper.edits()[-1])
    assert "\\*sister\\*" in await house.command("ivy", "case 1"), "what somebody typed is no markup of ours"
    assert not [post for post in house.paper.posts(to="ana") if "sister" in words(post)]


async def test_writing_as_the_program_to_one_or_to_all(house: House) -> None:
    room = await house.room(1)
    await act(house, "message", "Bo", "Is all well with you?")
    await act(house, "message", "all of them, in their room", "Shall we help?")
    await house.until(house.clock.now() + DAY)
    (private,) = house.paper.posts(key="casemail:", to="bo")
    assert "Is all well with you?" in words(private) and "/mentoring help-me" in words(private)
    assert "Boss" not in words(private), "the program speaks, and names nobody"
    (public,) = house.paper.posts(key="casemail:", to=room.id)
    assert "Shall we help?" in words(public)
    assert (await house.row(Case)).state == "open"
    assert "Boss: wrote to Bo: Is all well with you?" in await house.command("ivy", "case 1")


async def test_a_pause_is_told_and_then_all_begins_anew(house: House) -> None:
    await act(house, "pause", "in two weeks")
    case = await house.row(Case)
    assert case.state == "closed" and "it is paused until" in case.outcome
    asked = len(house.paper.posts(kind="nudge", to="bo"))
    await house.until(house.clock.now() + 13 * DAY)
    assert {post.address.id for post in house.paper.posts(key="paused:")} == {"ana", "bo"}
    assert len(house.paper.posts(kind="nudge", to="bo")) == asked
    assert (await house.row(Partnership)).state == "arriving"
    await house.until(house.clock.now() + 6 * DAY)
    assert len(house.paper.posts(kind="nudge", to="bo")) == asked + 1
    assert (await house.row(Case, 2)).state == "open"


async def test_ending_with_a_reason_that_only_coordinators_know(house: House) -> None:
    await act(house, "because", "no time")
    row, case = await house.row(Partnership), await house.row(Case)
    assert (row.state, row.end_reason, case.state) == ("ended", "ended: time", "closed")
    assert case.outcome == "the partnership ends (No time)"
    await house.until(house.clock.now() + DAY)
    assert {post.address.id for post in house.paper.posts(key="ended:")} == {"ana", "bo"}
    assert not [post for post in house.paper.posts(key="ended:") if "time" in words(post).lower()]


async def test_what_is_said_too_late_changes_nothing(house: House) -> None:
    await house.press("boss", "desk:1:1", "because", desk=True)
    await house.press("ivy", "case:1:1", "wait", desk=True)
    await house.wrote("bo", 1)
    await house.type("boss", "no time")
    assert "closed already" in reply(house, "boss")
    assert (await house.row(Partnership)).state == "live"
    await act(house, "take")
    assert "closed already" in reply(house, "boss")


async def test_who_coordinates_no_more_changes_nothing(house: House) -> None:
    await house.press("ivy", "desk:1:1", "note", desk=True)
    async with house.turn() as turn:
        await turn.session.delete(await turn.get(Role, 2))
    await house.type("ivy", "A note.")
    assert "Only coordinators" in reply(house, "ivy") and not (await house.row(Case)).history[1:]


@pytest.mark.parametrize("token", ["desk:1", "desk:x:1", "desk:99:1", "desk:", "desk:²:1"])
async def test_nonsense_and_strangers_change_nothing(house: House, token: str) -> None:
    before = (await house.row(Case)).history
    await house.press("boss", token, "because" if token == "desk:1" else "take", desk=True)
    await house.press("boss", "desk:1:1", "fly", desk=True)
    await house.press("ana", "desk:1:1", "take")
    case = await house.row(Case)
    assert (case.state, case.holder_id, case.history) == ("open", None, before)
    assert all(member.left_at is None for member in await house.rows(Member))


async def test_a_list_leads_to_a_case(house: House) -> None:
    await house.command("boss", "cases")
    (look,) = choices(house.paper.posts(to="boss")[-1])
    assert look.token == "look" and [option.value for option in look.options] == ["1"]
    await house.press("boss", "look", "1")
    shown = house.paper.posts(to="boss")[-1]
    assert "Bo has not written since" in words(shown) and len(choices(shown)) == 2
    for wrong in ("99", "x", ""):
        await house.press("boss", "look", wrong)
        assert "There is no case" in reply(house, "boss")
    await house.press("ana", "look", "1")
    assert "Only coordinators" in reply(house, "ana")
