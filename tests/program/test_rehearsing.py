"""Rehearsals: the coming round, played on the real applications; nothing is sent and nothing is changed."""

import asyncio
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import delete, select

from bot.language.acts import Post, act_from_json
from bot.language.events import Commanded
from bot.language.markup import plain
from bot.language.messages import Document
from bot.language.places import Actor
from bot.program.copied import copy_round
from bot.program.marks import marks_of
from bot.program.rehearsing import AT_ONCE, MOST_PEOPLE
from bot.program.turn import Turn
from storage.forgetting import NoRepeat
from storage.people import Account, Community, Person, Program
from storage.rounds import Application, Proposal, Round
from storage.traffic import InboxEvent, Occurrence, OutboxAct
from tests.program.desk import BOSS, DAY, Desk, opened
from tests.program.house import words
from tests.program.proposal import pairs

LEDGERS = ("inbox_event", "outbox_act")
FOUR = ("alex", "bea", "cem", "dora")


async def reports(desk: Desk) -> list[str]:
    """The words of each rehearsal that was put on the desk, in a file or in messages."""
    told: dict[str, list[str]] = {}
    for row in await desk.rows(OutboxAct):
        act = act_from_json(row.payload)
        if isinstance(act, Post) and act.kind == "rehearsal":
            assert act.address == desk.desk
            files = [each.text for each in act.message.elements if isinstance(each, Document)]
            told.setdefault(act.key.rpartition(":")[0], []).extend(files or [plain(words(act))])
    return ["\n".join(texts) for texts in told.values()]


async def rehearsed(desk: Desk) -> str:
    """The newest file after one more rehearsal."""
    assert "The rehearsal is on the desk" in await desk.command(BOSS, "rehearse")
    return (await reports(desk))[-1]


async def applied(desk: Desk, *users: str) -> None:
    for user in users:
        await desk.applied(user)


async def test_where_a_file_could_never_be_mended_there_is_none() -> None:
    """It is full of names, and somebody may ask to be forgotten."""
    async with opened() as desk:
        desk.house.kits._platforms["local"] = replace(desk.adapter.capabilities, documents_stay=True)
        await applied(desk, *FOUR)
        assert "with the 4 applications that are here. Nothing was sent." in await rehearsed(desk)
        acts = [act_from_json(row.payload) for row in await desk.rows(OutboxAct) if row.payload]
        elements = [element for act in acts if isinstance(act, Post) for element in act.message.elements]
        assert not any(isinstance(element, Document) for element in elements)


async def test_a_rehearsal_says_what_would_be_sent_to_whom_and_when() -> None:
    async with opened() as desk:
        await applied(desk, *FOUR)
        await desk.says("emil", "apply")
        text = await rehearsed(desk)
        assert "with the 4 applications that are here. Nothing was sent." in text
        assert "- Saturday 16 January 2027, 11:00 UTC: 1 × reminder to send the application in private" in text
        assert "- Tuesday 19 January 2027, 12:00 UTC: 1 × proposal, with its buttons on the desk" in text
        assert "2 × introduction of partners in rooms" in text
        assert "4 × survey in private" in text
        assert "2 × room closed in rooms" in text
        assert "Example: introduction of partners" in text
        assert "Welcome, Bea and Cem!" in text.partition("Example: introduction")[2]
        assert "The 2 partnerships, as the pairing is now" in text
        lines = [line for line in text.splitlines() if " × " in line]
        assert len(lines) > 10
        assert all(" UTC: " in line for line in lines)


async def test_the_pairs_are_those_that_the_round_then_makes() -> None:
    async with opened("cap:0 odd:trio") as desk:
        await applied(desk, *FOUR, "emil")
        told = (await rehearsed(desk)).partition("as the pairing is now")[2].partition("Example")[0]
        await desk.closed()
        assert len(await desk.rows(Proposal)) == 1
        made = {frozenset(user.title() for user in group) for group in await pairs(desk)}
        lines = [line.partition(": ")[2] for line in told.splitlines() if line.startswith("- ")]
        assert {frozenset(line.split(" and ")) for line in lines} == made


async def test_nothing_changes_and_nothing_goes_out_but_the_answer() -> None:
    async with opened() as desk:
        await applied(desk, *FOUR)
        before, heard, platform = await desk.counts(), len(desk.seen), len(desk.adapter.platform.world.rooms)
        await rehearsed(desk)
        after = await desk.counts()
        new = [row for row in after["outbox_act"] if row not in before["outbox_act"]]
        assert len(desk.seen) - heard == len(after["outbox_act"]) - len(before["outbox_act"]) == len(new)
        sent = {(seen.kind, seen.address) for seen in desk.seen[heard:]}
        assert sent == {("reply", desk.direct(BOSS)), ("rehearsal", desk.desk)}
        assert len(desk.adapter.platform.world.rooms) == platform
        for ledger in LEDGERS:
            del before[ledger], after[ledger]
        assert after == before


async def test_another_program_is_neither_read_nor_touched() -> None:
    async with opened() as desk:
        await applied(desk, *FOUR)
        async with desk.turn() as turn:
            await _other_program(turn.session, desk.clock.now())
        async with desk.turn() as turn:
            copied = await copy_round(turn, await turn.get(Program, 1), await turn.get(Round, 1))
        assert "Somebody Else" not in repr(copied)
        assert [row["id"] for row in copied.rows(Program)] == [1]
        assert "Somebody Else" not in await rehearsed(desk)


async def _other_program(session: Any, now: datetime) -> None:
    session.add(Community(id=2, platform="local", external_id="elsewhere"))
    session.add(Person(id=900, email="else@example.org", name="Somebody Else", created_at=now))
    await session.flush()
    session.add(Program(id=2, community_id=2, kit="teachers", name="Other"))
    session.add(Account(id=900, community_id=2, person_id=900, external_id="else"))
    await session.flush()
    when = {"opens_at": now, "closes_at": now + 9 * DAY, "starts_on": date(2027, 2, 1), "ends_on": date(2027, 4, 1)}
    session.add(Round(id=2, program_id=2, name="Other round", state="open", **when))
    await session.flush()
    session.add(
        Application(program_id=2, round_id=2, person_id=900, account_id=900, status="accepted", submitted_at=now)
    )


async def test_it_is_for_coordinators_alone_by_command_and_by_button() -> None:
    async with opened() as desk:
        await applied(desk, *FOUR)
        assert "Only coordinators" in await desk.command("alex", "rehearse")
        assert "Only coordinators" in await desk.forge("alex", "rehearse:1", "play")
        await desk.forge(BOSS, "rehearse:77", "play")
        assert await reports(desk) == []


async def test_without_a_round_without_applications_or_once_it_runs_there_is_nothing_to_rehearse() -> None:
    async with opened(None) as desk:
        assert "There is no round yet" in await desk.command(BOSS, "rehearse")
        await desk.command(BOSS, "round open cap:0")
        assert "Nobody has applied" in await desk.command(BOSS, "rehearse")
        await applied(desk, "alex", "bea")
        for state, answer in (("running", "runs already"), ("ended", "is over")):
            async with desk.turn() as turn:
                (await turn.get(Round, 1)).state = state
            assert answer in await desk.command(BOSS, "rehearse")
        assert await reports(desk) == []


async def test_a_second_rehearsal_tells_the_same() -> None:
    async with opened() as desk:
        await applied(desk, *FOUR)
        first = await rehearsed(desk)
        assert await rehearsed(desk) == first
        assert len(await reports(desk)) == 2


async def test_after_a_stop_in_the_middle_it_is_played_anew_and_told_once() -> None:
    async with opened() as desk:
        await applied(desk, *FOUR)
        actor = Actor("local", "playground", BOSS, "Bo Boss", "boss@example.org", "Europe/Berlin")
        event = Commanded("asked", desk.clock.now(), actor, desk.direct(BOSS), "rehearse")
        await desk.house.engine.inbox.receive([event])
        playing = asyncio.create_task(desk.settle())
        done, _ = await asyncio.wait([playing], timeout=0.01)
        assert not done, "it takes longer than that"
        playing.cancel()
        await asyncio.wait([playing])
        assert [row.state for row in await desk.rows(InboxEvent) if row.event_id == "asked"] == ["new"]
        assert await reports(desk) == []
        await desk.restart()
        assert len(await reports(desk)) == 1
        await desk.restart()
        assert len(await reports(desk)) == 1


async def test_a_proposal_that_waits_and_one_that_is_approved_are_played_on_from_there() -> None:
    async with opened() as desk:
        await applied(desk, *FOUR)
        await desk.closed()
        waiting = await rehearsed(desk)
        assert "× proposal, with its buttons" not in waiting
        assert "2 × introduction of partners in rooms" in waiting
        await desk.command(BOSS, "match approve")
        approved = await rehearsed(desk)
        assert "proposal approved" not in approved
        assert "2 × introduction of partners in rooms" in approved
        assert "2 × room closed in rooms" in approved


async def test_what_coordinators_should_look_at() -> None:
    async with opened("cap:0 odd:waitlist weeks:3") as desk:
        await applied(desk, "alex", "bea", "cem")
        async with desk.turn() as turn:
            person = await turn.add(Person(name="Form Only", email="form@example.org", created_at=turn.now))
            facts = {"status": "accepted", "answers": {"country": "FR"}, "submitted_at": turn.now}
            await turn.add(Application(program_id=1, round_id=1, person_id=person.id or 0, **facts))
        text = await rehearsed(desk)
    assert "1 person would have no partner" in text
    assert "1 applied by the form and have not written to me yet" in text
    assert "There is no time in this round for topic" in text


async def test_a_moment_of_the_past_that_would_be_left_out_is_shown() -> None:
    async with opened() as desk:
        await applied(desk, *FOUR)
        async with desk.turn() as turn:
            await turn.session.exec(delete(Occurrence))  # type: ignore[call-overload] - it knows no DELETE
            row = await turn.get(Round, 1)
            row.opens_at -= 9 * DAY
        text = await rehearsed(desk)
    assert "Something was due in the past and would be left out: announce" in text


async def test_a_large_round_is_played_only_after_saying_how_long_it_takes_and_the_largest_is_not() -> None:
    async with opened() as desk:
        await applied(desk, "alex")
        await _crowd(desk, AT_ONCE)
        said = await desk.command(BOSS, "rehearse")
        assert f"with its {AT_ONCE + 1} applications, without sending anything. It takes about 10 seconds" in said
        assert [option.value for option in desk.options(BOSS)] == ["play"]
        assert await reports(desk) == []
        await _crowd(desk, MOST_PEOPLE)
        assert f"A rehearsal takes up to {MOST_PEOPLE} applications" in await desk.command(BOSS, "rehearse")
        assert f"A rehearsal takes up to {MOST_PEOPLE} applications" in await desk.press(BOSS, "Play it")
        assert await reports(desk) == []


async def test_the_button_plays_it() -> None:
    async with opened() as desk:
        await applied(desk, *FOUR)
        assert "The rehearsal is on the desk" in await desk.forge(BOSS, "rehearse:1", "play")
        assert len(await reports(desk)) == 1


async def _crowd(desk: Desk, count: int) -> None:
    async with desk.turn() as turn:
        people = [Person(name=f"Person {number}", created_at=turn.now) for number in range(count)]
        turn.session.add_all(people)
        await turn.session.flush()
        when = {"status": "withdrawn", "submitted_at": turn.now}
        turn.session.add_all(
            Application(program_id=1, round_id=1, person_id=person.id or 0, **when) for person in people
        )


async def test_whoever_was_forgotten_and_is_back_is_kept_apart_in_a_rehearsal_too() -> None:
    async with opened() as desk:
        await applied(desk, "alex", "bea")
        async with desk.turn() as turn:
            alex = (await marks_of(turn, [(await _person(turn, "alex")).id or 0])).popitem()[1]
            bea = (await _person(turn, "bea")).id
            turn.session.add(NoRepeat(program_id=1, mark=min(alex), other_id=bea, why="former"))
        assert "Nobody would get a partner." in await rehearsed(desk)


async def _person(turn: Turn, name: str) -> Person:
    return (await turn.session.exec(select(Person).where(Person.email == f"{name}@example.org"))).one()
