"""What platforms may ask of the program: halls, rooms, people, and what can be typed for an argument."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.app import kit_of, knowledge
from bot.language.adapter import Knowledge, NothingKnown
from bot.language.places import Actor, Address, Place
from storage.partnerships import Case, Partnership
from storage.people import Account, Community, Person, Program
from storage.traffic import FlowRun
from tests.program.house import BOSS, COMMUNITY, PLATFORM, House


@pytest.fixture
async def house() -> AsyncIterator[House]:
    opened = await House().open()
    yield opened
    await opened.database.close()


@pytest.fixture
def known(house: House) -> Knowledge:
    return knowledge(house.database, house.clock, kit_of("librarians"))


def actor(user: str) -> Actor:
    return Actor(PLATFORM, COMMUNITY, user, name="Another Name")


async def test_the_hall(known: Knowledge) -> None:
    assert await known.hall(PLATFORM, COMMUNITY) == "hall"
    assert await known.hall(PLATFORM, "elsewhere") == ""


async def test_rooms_with_when_somebody_was_heard_there(house: House, known: Knowledge) -> None:
    first = await house.introduced("ana", "ben")
    await house.introduced("cleo", "dan")
    await house.wrote("ana", first)
    heard_at = house.clock.now()
    rooms = await known.rooms(PLATFORM, COMMUNITY)
    assert [room.heard_at for room in rooms] == [heard_at, None, None]
    assert rooms[-1].address == Address(PLATFORM, COMMUNITY, Place.DESK, "desk")
    assert all(room.address.place is Place.ROOM for room in rooms[:-1])
    async with house.turn() as turn:
        (await turn.get(Partnership, first)).state = "ended"
    assert len(await known.rooms(PLATFORM, COMMUNITY)) == 2
    assert await known.rooms(PLATFORM, "t_wn") == [], "no name is a pattern"


async def test_the_message_that_was_put_last_at_an_address(house: House, known: Knowledge) -> None:
    await house.person("ana")
    assert await known.reference(house.direct("ana")) == ""
    await house.command("ana", "status")
    await house.command("ana", "help")
    last = await known.reference(house.direct("ana"))
    assert last == f"m{len(house.paper.done)}"


async def test_the_communities_that_are_there(house: House, known: Knowledge) -> None:
    assert await known.communities(PLATFORM) == [COMMUNITY] and await known.communities("elsewhere") == []
    async with house.turn() as turn:
        (await turn.get(Community, 1)).gone_at = turn.now
    assert await known.communities(PLATFORM) == []


async def test_who_takes_part(house: House, known: Knowledge) -> None:
    await house.partners("ana", "ben")
    await house.person("idle", applies=False)
    assert await known.accounts(PLATFORM, COMMUNITY) == ["ana", "ben"]
    async with house.turn() as turn:
        (await turn.get(Account, 3)).gone_at = turn.now
    assert await known.accounts(PLATFORM, COMMUNITY) == ["ana"]


async def test_who_was_asked(house: House, known: Knowledge) -> None:
    await house.partners("ana", "ben")
    async with house.turn() as turn:
        for account, status in ((2, "open"), (3, "done")):
            run = FlowRun(program_id=1, person_id=account, account_id=account, flow="apply", status=status)
            run.started_at = run.changed_at = turn.now
            await turn.add(run)
    assert await known.asked(PLATFORM, COMMUNITY) == ["ana"]
    house.clock.set(house.clock.now() + timedelta(days=90))
    assert await known.asked(PLATFORM, COMMUNITY) == [], "nobody waits for an answer for ever"


async def test_which_community_somebody_means(house: House, known: Knowledge) -> None:
    await house.partners("ana", "ben")
    async with house.turn() as turn:
        await turn.add(Community(platform=PLATFORM, external_id="village", hall="green", desk=""))
        await turn.add(Program(community_id=2, kit="librarians", name="Librarians"))
        await turn.add(Account(community_id=2, person_id=2, external_id="ana"))
    assert await known.community_of(PLATFORM, "ana") == "village", "without a conversation, the newest account"
    async with house.turn() as turn:
        run = FlowRun(program_id=1, person_id=2, account_id=2, flow="apply")
        run.started_at = run.changed_at = turn.now
        await turn.add(run)
    assert await known.community_of(PLATFORM, "ana") == COMMUNITY
    assert await known.community_of(PLATFORM, "nobody") == ""
    async with house.turn() as turn:
        (await turn.get(Community, 1)).gone_at = turn.now
    assert await known.community_of(PLATFORM, "ana") == "village"


async def test_participants_are_offered_to_coordinators_alone(house: House, known: Knowledge) -> None:
    await house.partners("ana", "ben")
    offers = await known.offers(actor(BOSS), "match pair", "first", {"first": "ANA"})
    assert [offer.value for offer in offers] == ["ana@example.org"]
    assert offers[0].label.startswith("Ana (")
    assert len(await known.offers(actor(BOSS), "match pair", "first", {})) == 2
    assert await known.offers(actor("ana"), "match pair", "first", {}) == ()
    assert await known.offers(actor("stranger"), "match pair", "first", {}) == ()


async def test_pairs_cases_topics_and_commands_are_offered(house: House, known: Knowledge) -> None:
    pair = await house.introduced("ana", "ben")
    async with house.turn() as turn:
        await turn.add(Case(program_id=1, partnership_id=pair, kind="silent", opened_at=turn.now))
    assert [o.label for o in await known.offers(actor(BOSS), "pair", "number", {})] == ["1: Ana & Ben"]
    (case,) = await known.offers(actor(BOSS), "case", "number", {"number": "ben"})
    assert case.value == "1" and case.label.endswith("Ana & Ben")
    topics = await known.offers(actor(BOSS), "topic preview", "number", {"number": "1"})
    assert topics[0].value == "1" and "September" in topics[0].label
    wishes = await known.offers(actor(BOSS), "match without", "wish", {"wish": "coun"})
    assert [offer.label for offer in wishes] == ["country: Pairs across countries"]
    mine = {offer.value for offer in await known.offers(actor("ana"), "help", "command", {})}
    assert "status" in mine and "cases" not in mine
    assert "cases" in {offer.value for offer in await known.offers(actor(BOSS), "help", "command", {"command": "case"})}


async def test_nothing_is_offered_for_what_names_nothing(house: House, known: Knowledge) -> None:
    for command, argument in (("round open", "name"), ("round open", "nothing"), ("nothing", "number")):
        assert await known.offers(actor(BOSS), command, argument, {}) == ()


async def test_at_most_25_are_offered(house: House, known: Knowledge) -> None:
    for number in range(30):
        await house.person(f"somebody{number}")
    offers = await known.offers(actor(BOSS), "match pair", "second", {"second": ""})
    assert len(offers) == 25


async def test_asking_changes_nothing(house: House, known: Knowledge) -> None:
    await house.person("ana")
    await known.offers(actor("ana"), "help", "command", {})
    await known.offers(actor("stranger"), "help", "command", {})
    assert [row.name for row in await house.rows(Account)] == ["Boss", "Ana"]
    assert [row.name for row in await house.rows(Person)] == ["Boss", "Ana"]


async def test_a_core_that_knows_nothing() -> None:
    nothing = NothingKnown()
    assert await nothing.hall("x", "y") == "" and await nothing.community_of("x", "y") == ""
    assert await nothing.reference(actor("a").direct) == "" and list(await nothing.communities("x")) == []
    assert list(await nothing.rooms("x", "y")) == list(await nothing.asked("x", "y")) == []
    assert list(await nothing.accounts("x", "y")) == list(await nothing.offers(actor("a"), "b", "c", {})) == []
