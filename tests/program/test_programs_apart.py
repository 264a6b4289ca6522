"""Two programs side by side keep apart: who coordinates one may do nothing in the other; people take part in both."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel

from bot.app import kit_of, knowledge
from bot.language.acts import Act, Post
from bot.language.adapter import Refused
from bot.language.events import Answered, Commanded, Installed, Uninstalled
from bot.language.places import Address, Place
from bot.program.access import Who
from bot.program.commands import program
from bot.program.copied import copy_round, write
from bot.program.mydata import data_of
from bot.program.openings import NewPartnership, create
from bot.program.whose import ABOUT
from bot.program.wording import Kits
from storage.communications import Announcement, Contact
from storage.partnerships import Case, Partnership
from storage.people import Absence, Account, Person, Program, Role
from storage.rounds import Application, Proposal, ProposedGroup, Round
from storage.scratch import ScratchDatabase
from storage.stories import Story
from storage.traffic import FlowRun
from tests.program.house import BOSS, COMMUNITY, PLATFORM, House, kit, words
from tests.program.test_command_roles import EXPECTED

HALL, OTHER_HALL = (Address(PLATFORM, COMMUNITY, Place.HALL, name) for name in ("hall", "classrooms"))
DESK = Address(PLATFORM, COMMUNITY, Place.DESK, "desk")
OTHER_DESK = Address(PLATFORM, COMMUNITY, Place.ROOM, "mentoring-desk-teachers")
OLGA = "olga"
YURI = "yuri@example.org"
DAY = timedelta(days=1)
VALUES = ("done", "write", "approve", "rerun", "take", "send", "answer", "another", "yes", "withdraw", "down")
"""What the buttons of coordinators and participants say."""


@pytest.fixture
async def town() -> AsyncIterator[House]:
    """Boss coordinates the librarians, Olga the teachers. Ana and Ben are librarians; Ana and Yuri are teachers."""
    house = await House(kits={**kit(), **kit_of("teachers")}).open()
    await house.person(OLGA, zone="Europe/Berlin", applies=False)
    async with house.turn() as turn:
        second = Program(community_id=1, kit="teachers", name="Teachers", hall=OTHER_HALL.id, desk=OTHER_DESK.id)
        await turn.add(second)
        turn.session.add(Role(program_id=2, person_id=2, role="coordinator", since=turn.now))
        first = await turn.get(Round, 1)
        await turn.add(Round(**{**first.model_dump(), "id": None, "program_id": 2, "name": "Classes 2026"}))
    await house.live("ana", "ben")
    await house.person("yuri", applies=False)
    async with house.turn() as turn:
        for person in (3, 5):
            turn.session.add(applied(turn.now, person))
        await turn.session.flush()
        group = NewPartnership((3, 5), {"sentences": ["Unseen"]})
        await create(turn, await turn.get(Program, 2), await turn.get(Round, 2), [group], not_before=turn.now)
    await house.until(house.clock.now() + DAY)
    for user in ("ana", "yuri"):
        await house.wrote(user, 2)
    yield house
    await house.database.close()


def applied(at: datetime, person: int) -> Application:
    """An accepted application for the teachers' round."""
    answers = {"country": "FR" if person == 3 else "KE"}
    head: dict[str, Any] = {"program_id": 2, "round_id": 2, "person_id": person, "account_id": person}
    return Application(**head, status="accepted", answers=answers, submitted_at=at)


@dataclass(frozen=True)
class Theirs:
    """The ids of rows of the other program, by the name of the button that could name them."""

    ids: dict[str, int]

    @property
    def case(self) -> int:
        return self.ids["case"]


async def with_rows(house: House) -> Theirs:
    """A row of each kind in the teachers' program."""
    async with house.turn() as turn:
        case = await turn.add(
            Case(program_id=2, round_id=2, partnership_id=2, kind="silent", opened_at=turn.now, detail="Unseen")
        )
        thread = await turn.add(Contact(program_id=2, person_id=5, opened_at=turn.now))
        head: dict[str, Any] = {"program_id": 2, "round_id": 2, "person_id": 2}
        news = await turn.add(Announcement(**head, audience="everybody", text="Unseen", made_at=turn.now))
        whose: dict[str, Any] = {**head, "person_id": 5, "partnership_id": 2}
        tale = await turn.add(Story(**whose, state="submitted", title="Unseen", written_at=turn.now))
        proposal = await turn.add(Proposal(program_id=2, round_id=2, number=1, made_at=turn.now))
        await turn.add(ProposedGroup(program_id=2, proposal_id=proposal.id or 0, number=1, people=[3, 5]))
    by_table = {Case: case.id, Contact: thread.id, Announcement: news.id, Proposal: proposal.id}
    by_table[Story] = tale.id
    by_table |= {Partnership: 2, Round: 2}
    return Theirs({name: by_table.get(table) or 1 for name, table in ABOUT.items()})  # type: ignore[call-overload] - the table of a button may be none


async def of_second(house: House) -> dict[str, list[Any]]:
    """Every row of the teachers' program."""
    async with house.turn() as turn:
        connection = await turn.session.connection()
        tables = [table for table in SQLModel.metadata.tables.values() if "program_id" in table.c]
        return {
            table.name: [
                tuple(row) for row in (await connection.execute(table.select().where(table.c.program_id == 2))).all()
            ]
            for table in tables
            if table.name != "account"
        }


def test_each_button_says_what_its_id_is_of() -> None:
    parts = program(Kits({})).reception
    assert ABOUT.keys() == {"flow", *parts.buttons} - {"programs"}
    assert all("program_id" in table.model_fields for table in ABOUT.values() if table is not Program)


async def test_who_coordinates_one_program_may_do_nothing_in_the_other(town: House) -> None:
    """Every command at every place, with what could name their rows; and every button of theirs."""
    theirs = await with_rows(town)
    before, told = await of_second(town), len(town.paper.done)
    for_coordinators = [(name, line.text) for name, line in EXPECTED.items() if line.who is Who.COORDINATOR]
    texts = {text for name, line in for_coordinators for text in (line, f"{name} {theirs.case}", f"{name} {YURI}")}
    await town.receive(
        *(
            Commanded(**town.head(BOSS), address=place, text=text)
            for text in sorted(texts)
            for place in (town.direct(BOSS), DESK, OTHER_DESK, OTHER_HALL)
        )
    )
    await town.receive(
        *(
            Answered(**town.head(BOSS), address=place, token=token, values=(value,), message="m1")
            for name, identity in theirs.ids.items()
            for token in (f"{name}:{identity}", f"{name}:{identity}:0", f"{name}:{identity}:1", name)
            for value in (*VALUES, str(identity))
            for place in (town.direct(BOSS), OTHER_DESK)
            if name != "apply"  # that, everybody may
        )
    )
    assert await of_second(town) == before
    heard = [act for _, act in town.paper.done[told:] if isinstance(act, Post)]
    assert len(heard) > 100 and not any("Unseen" in words(act) for act in heard if act.address.id == BOSS)
    others = {act.key.partition(":")[0]: act for act in heard if act.address.id not in (BOSS, "desk")}
    assert others.keys() == {"coordinator", "desk"}, "of the librarians, as anybody can become"
    assert all("Librarians" in words(act) for act in others.values())


async def test_somebody_in_two_programs_has_two_of_everything(town: House) -> None:
    assert "Ben" in await town.command("ana", "status", HALL)
    assert "Yuri" in await town.command("ana", "status"), "in private, where one applied last"
    await town.command("ana", "away 1 October to 5 October", await town.room(1))
    await town.command("ana", "away 12 October to 16 October", await town.room(2))
    assert [(each.program_id, each.first.day) for each in await town.rows(Absence)] == [(1, 1), (2, 12)]
    for room, day in ((1, "1 October"), (2, "12 October")):
        [told] = [post for post in town.paper.posts(kind="notice") if post.address == await town.room(room)]
        assert day in words(told), "each partner hears of their own program's days"
    await town.command("ana", "leave", await town.room(1))
    await town.press("ana", town.question("ana"), "yes")
    await town.until(town.clock.now() + DAY)
    assert [row.state for row in await town.rows(Partnership)] == ["ended", "live"]


async def test_a_message_says_which_program_sends_it(town: House) -> None:
    await town.until(datetime(2026, 10, 6, tzinfo=UTC))
    asked = [words(post) for post in town.paper.posts(to="ana", kind="nudge")]
    assert {text.splitlines()[0] for text in asked} == {"*Librarians Across Borders*", "*Classrooms in Touch*"}


async def test_whoever_is_forgotten_is_forgotten_by_both(town: House) -> None:
    await town.command("ana", "forget-me", OTHER_HALL)
    await town.press("ana", town.question("ana"), "yes")
    await town.until(town.clock.now() + DAY)
    assert [row.state for row in await town.rows(Partnership)] == ["ended", "ended"]
    assert {row.status for row in await town.rows(Application) if row.person_id == 3} == {"withdrawn"}
    assert "has left" in "".join(words(post) for user in ("ben", "yuri") for post in town.paper.posts(to=user))


async def test_my_data_is_of_both(town: House) -> None:
    await town.command("ana", "programs librarians")
    async with town.turn() as turn:
        data = await data_of(turn, await turn.get(Person, 3))
    assert [each["round"] for each in data["applications"]] == ["Autumn 2026", "Classes 2026"]
    assert [each["partners"] for each in data["partnerships"]] == [["Ben"], ["Yuri"]]
    assert [each["program_you_chose"] for each in data["accounts"]] == ["Librarians"]


async def test_only_who_coordinates_both_can_have_somebody_forgotten_who_is_in_both(town: House) -> None:
    assert "another program or community" in await town.command(BOSS, "forget ana@example.org")
    assert "another program or community" in await town.command(BOSS, f"forget {YURI}")
    assert "Shall I forget Ben?" in await town.command(BOSS, "forget ben@example.org")


async def test_whoever_leaves_the_community_leaves_both(town: House) -> None:
    await town.left("ana")
    assert [(case.program_id, case.kind) for case in await town.rows(Case)] == [(1, "left"), (2, "left")]
    await town.until(town.clock.now() + DAY)
    assert any("left" in words(post) for post in town.paper.posts(to=OTHER_DESK.id))


async def test_what_cannot_be_delivered_is_a_case_of_the_program_that_sent_it(town: House) -> None:
    def refuse(act: Act) -> None:
        if isinstance(act, Post) and act.address.place is not Place.DESK:
            raise Refused("closed")

    town.paper.refuse = refuse
    async with town.turn() as turn:
        second, yuri = await turn.get(Program, 2), await turn.get(Account, 5)
        turn.post(await turn.direct(yuri), "notice", "one", "word", subject="partnership:2")
        turn.post(await turn.hall(second), "notice", "two", "word")
        turn.post(await turn.hall(await turn.get(Program, 1)), "notice", "three", "word")
    await town.engine.settle()
    assert sorted(case.program_id for case in await town.rows(Case)) == [1, 2, 2]


async def test_both_go_on_when_the_bot_is_back(town: House) -> None:
    community = Address(PLATFORM, COMMUNITY, Place.HALL, "")
    await town.receive(Uninstalled(**town.head(BOSS), address=community))
    await town.until(town.clock.now() + 5 * DAY)
    await town.receive(Installed(**town.head(BOSS), address=community))
    await town.until(town.clock.now() + DAY)
    for desk in (DESK.id, OTHER_DESK.id):
        assert any("back after being away" in words(post) for post in town.paper.posts(to=desk))


async def test_a_platform_knows_both_desks(town: House) -> None:
    known = knowledge(town.database, town.clock, kit_of("librarians,teachers"))
    desks = [room.address.id for room in await known.rooms(PLATFORM, COMMUNITY) if room.address.place is Place.DESK]
    assert desks == [DESK.id, OTHER_DESK.id]


async def test_what_can_be_typed_is_of_the_program_in_whose_channel_it_is_typed(town: House) -> None:
    known = knowledge(town.database, town.clock, kit_of("librarians,teachers"))

    async def offered(user: str, command: str, argument: str, channel: str) -> list[str]:
        found = await known.offers(town.actor(user), command, argument, {}, channel)
        return [offer.label for offer in found]

    async with town.turn() as turn:
        turn.session.add(Role(program_id=2, person_id=1, role="coordinator", since=turn.now))
    assert await offered(BOSS, "pair", "number", OTHER_DESK.id) == ["1: Ana & Yuri"]
    assert await offered(BOSS, "pair", "number", OTHER_HALL.id) == ["1: Ana & Yuri"]
    assert await offered(BOSS, "pair", "number", DESK.id) == ["1: Ana & Ben"]
    assert await offered(OLGA, "pair", "number", DESK.id) == []
    assert await offered(OLGA, "pair", "number", "") == ["1: Ana & Yuri"]
    both = ["Librarians Across Borders", "Classrooms in Touch"]
    assert await offered(BOSS, "setup", "program", DESK.id) == await offered("ana", "programs", "name", "") == both


async def test_a_question_of_one_program_does_not_end_that_of_the_other(town: House) -> None:
    for hall in (HALL, OTHER_HALL):
        await town.command("ben", "help-me", hall)
        await town.command("ben", "volunteer", hall)
    assert [run.status for run in await town.rows(FlowRun) if run.person_id == 4] == ["open"] * 4


async def test_a_round_can_be_rehearsed_with_people_who_talk_to_another_program(town: House) -> None:
    async with town.turn() as turn:
        (await turn.get(Account, 3)).program_id = 2
        row = await turn.get(Round, 1)
        copied = await copy_round(turn, await turn.get(Program, 1), row)
    assert {each["program_id"] for each in copied.rows(Account)} == {None}
    scratch = ScratchDatabase()
    await scratch.create_tables()
    async with scratch.transaction() as session:
        await write(await session.connection(), copied)
    await scratch.close()
