"""A confidential word: the coordinators have it at once, the partner never, wherever they look."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.program.mydata import data_of
from storage.partnerships import Case, Partnership
from storage.people import Apart, Person, Program, Role
from storage.rounds import Application
from tests.program.house import House, choices, opened, words

DAY = timedelta(days=1)
SECRET = "He sends me pictures that I did not ask for."


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        yield house


async def says(house: House, user: str, about: str, *answers: str) -> None:
    """Go through the questions of `help-me`."""
    await house.command(user, "help-me")
    await house.press(user, house.question(user), about)
    for answer in answers:
        await house.type(user, answer)


def everything(house: House, *but: str) -> str:
    """All that was shown anywhere, but to these."""
    acts = [*house.paper.posts(), *house.paper.edits()]
    return "\n".join(words(act) for act in acts if act.address.id not in but)


async def test_a_word_reaches_the_desk_and_nobody_else(house: House) -> None:
    identity = await house.live("ana", "bo")
    await says(house, "ana", "word", SECRET)
    await house.until(house.clock.now() + DAY)
    (post,) = house.paper.posts(kind="case", to="desk")
    assert SECRET in words(post) and "Ana says" in words(post)
    assert SECRET not in everything(house, "desk", "ana")
    assert "Your partner knows nothing" in words(house.paper.posts(kind="thanks", to="ana")[-1])
    assert (await house.row(Partnership, identity)).state == "live", "nothing else happens"
    async with house.turn() as turn:
        assert SECRET in str(await data_of(turn, await turn.get(Person, 2)))
        theirs = str(await data_of(turn, await turn.get(Person, 3)))
    assert SECRET not in theirs and "word" not in theirs
    assert "Case" not in await house.command("bo", "status")


async def test_a_report_skips_the_queue_and_parts_them_at_once(house: House) -> None:
    other = await house.introduced("cy", "di")
    await house.wrote("cy", other)
    identity = await house.live("ana", "bo")
    await house.until(house.clock.now() + 4 * DAY)
    await says(house, "ana", "misconduct", SECRET, "yes")
    assert (await house.row(Partnership, identity)).end_reason == "regrouped"
    listed = await house.command("boss", "cases")
    assert listed.index("REPORT of misconduct") < listed.index("has not written yet"), "before a pair that never spoke"
    thanks = words(house.paper.posts(kind="thanks", to="ana")[-1])
    assert "before everything else" in thanks and "never paired again" in thanks
    await house.until(house.clock.now() + DAY)
    assert SECRET not in everything(house, "desk", "ana")
    assert "we make new pairs" in words(house.paper.posts(key="ended:", to="bo")[0])
    assert (await house.row(Case, 2)).state == "open", "parting them decides nothing about the one reported"
    applications = {one.person_id: one for one in await house.rows(Application)}
    ana, bo = applications[4], applications[5]
    assert ana.seeking and not bo.seeking


async def test_a_block_is_for_ever_and_in_every_program(house: House) -> None:
    await house.live("ana", "bo")
    async with house.turn() as turn:
        await turn.add(Program(community_id=1, kit="librarians", name="Another one"))
    await says(house, "ana", "misconduct", SECRET, "no")
    marks = [row for row in await house.rows(Apart) if row.why == "blocked"]
    assert [(row.program_id, row.person_id, row.other_id) for row in marks] == [(1, 2, 3), (2, 2, 3)]
    await says(house, "ana", "misconduct", SECRET, "no")
    assert len([row for row in await house.rows(Apart) if row.why == "blocked"]) == 2
    async with house.turn() as turn:
        assert "blocked" not in str(await data_of(turn, await turn.get(Person, 3)))


async def test_coordinators_part_them_and_have_the_other_one_out(house: House) -> None:
    identity = await house.live("ana", "bo")
    await says(house, "ana", "misconduct", SECRET, "no")
    assert (await house.row(Partnership, identity)).state == "live"
    await house.until(house.clock.now() + DAY)
    await house.press("boss", "case:1:1", "part", desk=True)
    assert (await house.row(Partnership, identity)).state == "ended" and (await house.row(Case)).state == "open"
    await house.press("boss", "case:1:1", "block", desk=True)
    assert [one.status for one in await house.rows(Application)] == ["accepted", "withdrawn"]
    assert (await house.row(Case)).state == "closed"
    await house.until(house.clock.now() + DAY)
    assert "do not go on in this round" in words(house.paper.posts(key="blocked:", to="bo")[0])
    assert SECRET not in everything(house, "desk", "ana")


async def test_it_stays_open_whatever_becomes_of_the_pair(house: House) -> None:
    await house.live("ana", "bo")
    await says(house, "ana", "word", SECRET)
    await house.command("bo", "leave")
    await house.press("bo", house.question("bo"), "yes")
    assert (await house.row(Case)).state == "open"
    await house.until(house.clock.now() + 130 * DAY)
    assert (await house.row(Case)).state == "open", "nor does the end of the round close it"


async def test_two_words_are_two_cases(house: House) -> None:
    await house.live("ana", "bo")
    await says(house, "ana", "word", SECRET)
    await says(house, "bo", "word", "She never answers.")
    assert [case.person_id for case in await house.rows(Case)] == [2, 3]


async def test_a_coordinator_whom_it_is_about_never_learns_of_it(house: House) -> None:
    await house.live("ana", "bo")
    async with house.turn() as turn:
        turn.session.add(Role(program_id=1, person_id=3, role="coordinator", since=turn.now))
    await says(house, "ana", "misconduct", SECRET, "no")
    await house.until(house.clock.now() + DAY)
    assert SECRET not in everything(house, "boss", "ana") and SECRET in words(house.paper.posts(kind="case")[0])
    assert "No open cases" in await house.command("bo", "cases")
    assert "There is no case" in await house.command("bo", "case 1")
    assert "Case 1" not in await house.command("bo", "pair 1") and "Case 1" in await house.command("boss", "pair 1")
    await house.press("bo", "case:1:1", "done")
    await house.press("bo", "desk:1:1", "take")
    await house.press("bo", "look", "1")
    assert (await house.row(Case)).state == "open" and (await house.row(Case)).holder_id is None
    assert SECRET not in everything(house, "boss", "ana")
    assert "REPORT" in await house.command("boss", "cases")


async def test_where_only_the_one_it_is_about_coordinates_it_says_so(house: House) -> None:
    await house.live("ana", "bo")
    async with house.turn() as turn:
        role = (await turn.session.exec(select(Role))).one()
        role.person_id = 3
    await says(house, "ana", "misconduct", SECRET, "no")
    assert "told nobody" in words(house.paper.posts(kind="thanks", to="ana")[-1])
    assert SECRET not in everything(house, "ana")


async def test_of_two_others_the_one_who_was_named_is_reported(house: House) -> None:
    await house.live("ana", "bo", "cy")
    await house.command("ana", "help-me")
    await house.press("ana", house.question("ana"), "misconduct")
    await house.press("ana", house.question("ana"), "4")
    await house.type("ana", SECRET)
    await house.type("ana", "no")
    marks = [row for row in await house.rows(Apart) if row.why == "blocked"]
    assert [row.other_id for row in marks] == [4]


async def test_who_is_out_of_the_round_is_out_of_their_other_partnerships_too(house: House) -> None:
    identity = await house.live("ana", "bo", "cy")
    await house.command("ana", "help-me")
    await house.press("ana", house.question("ana"), "misconduct")
    await house.press("ana", house.question("ana"), "4")
    await house.type("ana", SECRET)
    await house.type("ana", "no")
    await house.until(house.clock.now() + DAY)
    await house.press("boss", "case:1:1", "block", desk=True)
    assert (await house.row(Partnership, identity)).state == "ended"
    applications = await house.rows(Application)
    assert [one.status for one in applications] == ["accepted", "accepted", "withdrawn"]
    assert not any(one.person_id == 4 and one.seeking for one in applications)
    await house.until(house.clock.now() + DAY)
    assert SECRET not in everything(house, "desk", "ana")


async def test_whoever_has_no_partner_can_say_something_too(house: House) -> None:
    await house.person("ana")
    await says(house, "ana", "misconduct", SECRET)
    case = await house.row(Case)
    assert (case.kind, case.partnership_id) == ("misconduct", None)
    await house.until(house.clock.now() + DAY)
    await house.press("boss", "case:1:1", "block", desk=True)
    assert (await house.row(Case)).state == "closed"


async def test_stopping_tells_nobody(house: House) -> None:
    await house.live("ana", "bo")
    await says(house, "ana", "misconduct", "stop")
    assert not await house.rows(Case)
    assert not [row for row in await house.rows(Apart) if row.why == "blocked"]


def buttons_of(house: House) -> set[str]:
    return {option.value for choice in choices(house.paper.posts(kind="case")[-1]) for option in choice.options}


async def test_the_coordinators_write_to_whoever_spoke(house: House) -> None:
    await house.live("ana", "bo")
    await says(house, "ana", "misconduct", SECRET, "no")
    await house.until(house.clock.now() + DAY)
    assert {"part", "block", "message", "take", "note"} <= buttons_of(house)
    await house.press("boss", "desk:1:1", "message", desk=True)
    await house.press("boss", house.question("boss"), "2")
    await house.type("boss", "Thank you for telling us. Are you all right?")
    await house.until(house.clock.now() + DAY)
    assert "Are you all right?" in words(house.paper.posts(key="casemail:", to="ana")[0])
    assert "Are you all right?" not in everything(house, "ana", "desk", "boss")
    assert "Boss: wrote to Ana" in await house.command("boss", "case 1")
