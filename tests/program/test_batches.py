"""A batch of events comes to the same as the same events one by one."""

from collections.abc import Sequence

import pytest

from adapters.local.records import Account as Seat
from bot.language.events import Said
from bot.language.places import Actor
from storage.people import Account, Apart, Person
from storage.rounds import Application, Submission
from storage.traffic import FlowRun, InboxEvent
from tests.program.desk import Desk
from tests.program.folk import ANSWERS, PEOPLE

USERS = ("alex", "bea", "twin", "cem", "dora")
TWIN = Seat("twin", "Twin", "alex@example.org", "Europe/Lisbon")
"""A second account of Alex, who applies from both: whoever has not been heard of may be somebody who has."""


async def talk() -> list[tuple[str, str]]:
    """Who says what, when five accounts apply in turns: some change their minds, stop, go on, and say too much."""
    desk = await Desk(more=[TWIN]).open()
    said: list[tuple[str, str]] = []

    async def says(user: str, text: str) -> None:
        said.append((user, text))
        await tell(desk, [(user, text)], len(said))

    for user in USERS:
        await says(user, "apply")
    await says("dora", "stop")
    await says("bea", "status")
    for turn in range(40):
        for user in USERS:
            country, zone = PEOPLE.get(user, PEOPLE["alex"])
            given = {"country": country, "zone": zone, "review": "submit", **ANSWERS}
            step = await desk.waiting(user)
            if step is not None and (user, turn) != ("cem", 3):
                await says(user, given[step])
        if turn == 5:
            await says("dora", "continue")
            await says("bea", "apply")
    await says("cem", "apply")
    await says("dora", "withdraw")
    await says("dora", "yes")
    await desk.database.close()
    return said


async def tell(desk: Desk, said: Sequence[tuple[str, str]], first: int) -> None:
    """Have the inbox handle these in one batch."""
    seats = desk.adapter.platform.world.accounts
    events = [
        Said(
            f"said{first + place}",
            desk.clock.now(),
            Actor("local", "playground", user, seats[user].name, seats[user].email, seats[user].zone),
            desk.direct(user),
            text,
        )
        for place, (user, text) in enumerate(said)
    ]
    await desk.house.engine.inbox.receive(events)
    await desk.settle()


async def outcome(said: Sequence[tuple[str, str]], size: int) -> tuple[object, ...]:
    """The rows, and what everybody heard, after batches of that size."""
    desk = await Desk(more=[TWIN]).open()
    for start in range(0, len(said), size):
        await tell(desk, said[start : start + size], start + 1)
    assert {row.state for row in await desk.rows(InboxEvent)} == {"done"}
    # The numbers of accounts may differ: whoever is new is made known at once with others who are.
    users = {account.id: account.external_id for account in await desk.rows(Account)}
    tables = [
        [
            {**row.model_dump(), "account_id": users.get(getattr(row, "account_id", None))}
            for row in await desk.rows(table)
        ]
        for table in (Person, Application, Submission, FlowRun, Apart)
    ]
    accounts = sorted((row.external_id, row.person_id, row.name) for row in await desk.rows(Account))
    heard = {user: desk.heard(user) for user in USERS}
    await desk.database.close()
    return *(rows for rows in tables), accounts, heard


@pytest.mark.parametrize("size", [3, 7, 500])
async def test_a_batch_comes_to_the_same_as_one_by_one(size: int) -> None:
    said = await talk()
    people, applications, *rest = alone = await outcome(said, 1)
    assert len(said) > 40
    assert len(applications) == len(people) - 1 == 4  # type: ignore[arg-type] - what was noted is of any type
    assert rest[-1]["alex"] and rest[-1]["twin"]  # type: ignore[index] - what was noted is of any type
    together = await outcome(said, size)
    for one, other in zip(alone, together, strict=True):
        assert one == other
