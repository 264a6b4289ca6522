"""Several programs in one community: each with its own channels, coordinators and rounds, and people in both."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from bot.app import kit_of
from bot.language.acts import OpenRoom
from bot.language.places import Address, Place
from storage.people import Account, Apart, Program, Role
from tests.program.house import BOSS, COMMUNITY, PLATFORM, House, choices, kit, words
from topics.kit import KitError

FIRST, SECOND = "Librarians Across Borders", "Classrooms in Touch"
HALL, OTHER_HALL = (Address(PLATFORM, COMMUNITY, Place.HALL, name) for name in ("hall", "classrooms"))
DESK = Address(PLATFORM, COMMUNITY, Place.DESK, "desk")
OTHER_DESK = Address(PLATFORM, COMMUNITY, Place.ROOM, "mentoring-desk-teachers")
"""As platforms see it: that it is a desk, only the core knows."""
OLGA = "olga"


@pytest.fixture
async def alone() -> AsyncIterator[House]:
    """A community with one program, where another could run."""
    house = await House(kits={**kit(), **kit_of("teachers")}).open()
    yield house
    await house.database.close()


@pytest.fixture
async def town(alone: House) -> House:
    """Boss coordinates the librarians, Olga the teachers, whose applications are open."""
    await alone.command(BOSS, "setup teachers", OTHER_HALL)
    await alone.person(OLGA, applies=False)
    await alone.command(BOSS, "coordinator olga@example.org", OTHER_DESK)
    async with alone.turn() as turn:
        roles = await turn.session.exec(select(Role).where(Role.program_id == 2, Role.person_id == 1))
        await turn.session.delete(roles.one())
        (await turn.get(Account, 1)).program_id = None
    await alone.command(OLGA, "round open starts:2026-10-05 weeks:8 cap:0 closes:2026-09-20", OTHER_DESK)
    return alone


async def test_a_second_program_begins_in_a_channel_of_its_own(alone: House) -> None:
    told = await alone.command(BOSS, "setup teachers", OTHER_HALL)
    assert f"{SECOND} is set up" in told and "announced in this channel" in told
    assert f"about {SECOND} from now on" in told
    first, second = await alone.rows(Program)
    assert (first.hall, first.desk) == (None, None), "the first has the channels of the community"
    assert (second.kit, second.hall, second.desk) == ("teachers", "classrooms", "mentoring-desk-teachers")
    async with alone.turn() as turn:
        assert (await turn.hall(first)).id == "hall" and (await turn.desk(first)).id == "desk"
        assert (await turn.desk(second)).id == "mentoring-desk-teachers"
        assert [person.id for person in await turn.coordinators(second)] == [1]
    [welcome] = alone.paper.posts(to="mentoring-desk-teachers")
    assert f"coordinators' desk of {SECOND}" in words(welcome)


async def test_who_is_kept_apart_for_ever_is_so_in_a_program_that_begins_later(alone: House) -> None:
    ana, ben = await alone.person("ana"), await alone.person("ben")
    async with alone.turn() as turn:
        for why in ("blocked", "former"):
            turn.session.add(Apart(program_id=1, person_id=ana, other_email="ben@example.org", other_id=ben, why=why))
    await alone.command(BOSS, "setup teachers", OTHER_HALL)
    carried = [row for row in await alone.rows(Apart) if row.program_id == 2]
    assert [(row.person_id, row.other_email, row.other_id, row.why) for row in carried] == [
        (ana, "ben@example.org", ben, "blocked")
    ]


async def test_setting_it_up_again_changes_nothing_but_the_channel(alone: House) -> None:
    await alone.command(BOSS, "setup teachers", OTHER_HALL)
    await alone.command(BOSS, "setup", OTHER_HALL)
    third = Address(PLATFORM, COMMUNITY, Place.HALL, "another")
    await alone.command(BOSS, "setup classrooms in touch", third)
    _, second = await alone.rows(Program)
    assert (second.hall, second.desk) == ("another", "mentoring-desk-teachers")
    assert len(alone.paper.posts(to="mentoring-desk-teachers")) == 1, "welcomed once"
    assert {act.name for _, act in alone.paper.done if isinstance(act, OpenRoom)} == {"mentoring-desk-teachers"}
    assert "public one of Librarians" in await alone.command(BOSS, "setup teachers", HALL)
    assert (await alone.rows(Program))[1].hall == "another"


async def test_what_cannot_be_set_up_is_told_and_changes_nothing(alone: House) -> None:
    await alone.person("ana")
    told = await alone.command(BOSS, "setup gardeners", OTHER_HALL)
    assert "no program called “gardeners”" in told and "librarians, teachers" in told
    assert "needs a public channel of its own" in await alone.command(BOSS, "setup teachers")
    assert "public one of Librarians" in await alone.command(BOSS, "setup teachers", HALL)
    assert "Only an administrator" in await alone.command("ana", "setup teachers", OTHER_HALL)
    assert [program.kit for program in await alone.rows(Program)] == ["librarians"]


async def test_where_one_program_runs_nothing_says_so(alone: House) -> None:
    assert await alone.command("ana", "programs") == f"One program runs here: **{FIRST}**."
    await alone.introduced("ben", "cleo")
    await alone.until(datetime(2026, 9, 8, tzinfo=UTC))
    private = [words(post) for user in ("ben", "cleo") for post in alone.paper.posts(to=user)]
    assert private and not any(FIRST in text.splitlines()[0] and text.startswith("*") for text in private)


async def test_the_place_says_which_program_is_meant(town: House) -> None:
    assert "Autumn 2026" in await town.command(BOSS, "round", DESK)
    assert "Only coordinators of Classrooms in Touch" in await town.command(BOSS, "round", OTHER_DESK)
    assert f"{SECOND} 2026" in await town.command(OLGA, "round", OTHER_DESK)
    assert f"{SECOND} 2026" in await town.command(OLGA, "round", OTHER_HALL)
    assert "Only coordinators of Librarians" in await town.command(OLGA, "round", HALL)
    assert "Autumn 2026" in await town.command(BOSS, "round"), "in private, what one has to do with"
    assert f"{SECOND} 2026" in await town.command(OLGA, "round")
    assert "Autumn 2026" in await town.command("ana", "status"), "else the first"


async def test_people_choose_which_program_they_talk_to(town: House) -> None:
    await town.live("ana", "ben")
    told = await town.command("ana", "programs")
    assert f"**{FIRST}**: your partner is Ben" in told and "the one you talk to" in told.splitlines()[2]
    assert f"**{SECOND}**" in told
    [listed] = choices(town.paper.posts(to="ana")[-1])
    assert [option.label for option in listed.options] == [SECOND]
    await town.press("ana", listed.token, listed.options[0].value)
    assert f"You talk to **{SECOND}** now" in words(town.paper.posts(to="ana")[-1])
    assert f"{SECOND} 2026" in await town.command("ana", "status")
    assert f"You talk to **{FIRST}** now" in await town.command("ana", "programs librarians")
    assert "Autumn 2026" in await town.command("ana", "status")
    assert "There are: Librarians Across Borders, Classrooms in Touch" in await town.command("ana", "programs x")
    await town.press("ana", "programs", "77")
    assert (await town.row(Account, 3)).program_id == 1


async def test_each_question_says_who_asks_and_its_answer_reaches_them(town: House) -> None:
    await town.live("ana", "ben")
    await town.command("ana", "help-me")
    first = town.question("ana")
    assert words(town.paper.posts(to="ana")[-1]).startswith(f"*{FIRST}*")
    await town.press("ana", "apply:2", "apply", at=OTHER_HALL)
    assert words(town.paper.posts(to="ana")[-1]).startswith(f"*{SECOND}*")
    await town.type("ana", "Portugal")
    asked = words(town.paper.posts(to="ana")[-1])
    assert asked.startswith(f"*{SECOND}*") and "time zone" in asked, "what was typed answers the question before it"
    await town.press("ana", first, choices(town.paper.posts(to="ana", key="flow:1:")[0])[0].options[0].value)
    assert words(town.paper.posts(to="ana")[-1]).startswith(f"*{FIRST}*")
    assert await town.command("ana", "status", OTHER_HALL)


def test_several_kits_are_at_hand_and_none_twice() -> None:
    assert list(kit_of("teachers, librarians")) == ["teachers", "librarians"], "a new community begins with the first"
    with pytest.raises(KitError, match="another kit is called `teachers` too"):
        kit_of("teachers,librarians,teachers")
    with pytest.raises(KitError, match="no kit of this name"):
        kit_of("teachers,gardeners")
