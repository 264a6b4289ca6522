"""The history of a round on both databases: the same facts, read at once."""

from datetime import timedelta

from sqlalchemy import Engine, event

from bot.evaluation.history import Funnel
from bot.program.histories import history
from bot.program.turn import Turn
from storage.database import Database
from storage.evaluation import Writing
from storage.partnerships import Member, Partnership
from storage.people import Account, Person, Program
from storage.rounds import Application, Round
from tests.program.house import House

DAY = timedelta(days=1)


async def test_many_are_read_in_a_handful_of_queries(empty: Database) -> None:
    house = await House(database=empty).open()
    async with house.turn() as turn:
        await _crowd(turn, 600)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    async with house.turn() as turn:
        program, round_row = await turn.get(Program, 1), await turn.get(Round, 1)
        event.listen(Engine, "before_cursor_execute", note)
        try:
            found = await history(turn.session, turn.kit(program), round_row)
        finally:
            event.remove(Engine, "before_cursor_execute", note)
    await empty.close()
    assert found.funnel == Funnel(600, 600, 600, 600, 600, 0)
    assert sum(member.messages for pair in found.pairs for member in pair.members) == 600 * 20
    assert [member.weekly for member in found.pairs[0].members] == [(7, 7, 6)] * 2
    assert 1 < len(asked) <= 20, "however many people there are"


async def _crowd(turn: Turn, size: int) -> None:
    session, now = turn.session, turn.now
    people = [Person(email=f"p{n}@example.org", name=f"P{n}", created_at=now) for n in range(size)]
    session.add_all(people)
    pairs = [
        Partnership(program_id=1, round_id=1, number=n, state="live", made_at=now, announced_at=now, live_at=now + DAY)
        for n in range(size // 2)
    ]
    session.add_all(pairs)
    await session.flush()
    accounts = [Account(community_id=1, person_id=p.id or 0, external_id=f"a{p.id}") for p in people]
    session.add_all(accounts)
    await session.flush()
    members = [
        Member(
            program_id=1,
            partnership_id=pairs[n // 2].id or 0,
            person_id=people[n].id or 0,
            account_id=accounts[n].id or 0,
            messages=20,
            first_wrote_at=now,
            last_wrote_at=now + 20 * DAY,
        )
        for n in range(size)
    ]
    session.add_all(members)
    await session.flush()
    for n, (who, account) in enumerate(zip(people, accounts, strict=True)):
        answers = {"country": ("FR", "KE", "IN")[n % 3], "zone": "Europe/Paris", "interests": [str(n % 7), "x"]}
        session.add(
            Application(
                program_id=1,
                round_id=1,
                person_id=who.id or 0,
                account_id=account.id,
                status="accepted",
                answers=answers,
                submitted_at=now,
            )
        )
    session.add_all(
        Writing(program_id=1, partnership_id=m.partnership_id, member_id=m.id or 0, at=now + n * DAY)
        for m in members
        for n in range(20)
    )
