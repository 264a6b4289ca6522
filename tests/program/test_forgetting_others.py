"""Who may have somebody forgotten, and who cannot be."""

from collections.abc import AsyncIterator

import pytest

from storage.forgetting import Erasure
from storage.people import Role
from storage.traffic import OutboxAct
from tests.program.house import House, opened, words


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        yield house


def last(house: House, user: str) -> str:
    return words(house.paper.posts(to=user)[-1])


async def test_only_the_person_and_coordinators_may_ask(house: House) -> None:
    await house.live("ana", "bo")
    assert "Only coordinators" in await house.command("ana", "forget bo@example.org")
    await house.command("ana", "forget-me")
    await house.press("bo", house.question("ana"), "yes")
    assert "somebody else" in last(house, "bo")
    assert not await house.rows(Erasure)


@pytest.mark.parametrize("who", ["ana@example.org", "Ana", "@ana", "<@ana>", "<@ana|Ana>"])
async def test_a_coordinator_can_ask_for_a_participant(house: House, who: str) -> None:
    await house.live("ana", "bo")
    assert "Shall I forget Ana?" in await house.command("boss", f"forget {who}")
    await house.press("boss", house.question("boss"), "yes")
    assert "I have forgotten you" in last(house, "ana")
    assert "I have forgotten the participant" in last(house, "boss") and "Ana" not in last(house, "boss")
    assert not [act for act in await house.rows(OutboxAct) if "Ana" in act.payload or "ana@" in act.payload]


async def test_a_coordinator_who_is_one_no_longer_may_not(house: House) -> None:
    await house.person("ana")
    await house.command("boss", "forget ana@example.org")
    async with house.turn() as turn:
        await turn.session.delete(await turn.get(Role, 1))
    await house.press("boss", house.question("boss"), "yes")
    assert "Only coordinators" in last(house, "boss") and not await house.rows(Erasure)


async def test_nobody_is_forgotten_by_a_name_that_is_unclear(house: House) -> None:
    await house.person("ana", name="Kim")
    await house.person("bo", name="Kim")
    assert "Several people" in await house.command("boss", "forget Kim")
    assert "do not know" in await house.command("boss", "forget nobody@example.org")
    assert "That is you" in await house.command("boss", "forget boss@example.org")


async def test_the_only_coordinator_stays(house: House) -> None:
    assert "only coordinator" in await house.command("boss", "forget-me")
    await house.person("ana")
    async with house.turn() as turn:
        turn.session.add(Role(program_id=1, person_id=2, role="coordinator", since=turn.now))
    await house.command("boss", "forget-me")
    await house.press("boss", house.question("boss"), "yes")
    assert "I have forgotten you" in last(house, "boss")
    assert [role.person_id for role in await house.rows(Role)] == [2]
