"""Applications from a form's export: each row's fate, who is told, and nothing twice."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.engine.clock import VirtualClock
from bot.engine.work import unit_of_work
from bot.importing import Imported, NoRound, import_form
from bot.language.acts import act_from_json
from bot.language.places import Actor
from bot.program import admission
from bot.program.forms import FormError
from bot.program.pairing import accepted
from bot.program.people import identify
from bot.program.turn import Turn
from storage.database import Database
from storage.partnerships import Partnership
from storage.people import Apart, Person
from storage.rounds import Application, Round, Submission
from storage.traffic import OutboxAct
from tests.cli.stage import KITS, member, rows, town
from tests.form_samples import HEAD, file_of, line_of

MEMORY = "sqlite+aiosqlite://"
NOON = datetime(2026, 7, 20, 12, tzinfo=UTC)
CLOCK = VirtualClock(NOON)


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    database = await town(MEMORY)
    yield database
    await database.close()


async def take(database: Database, *lines: str) -> Imported:
    return await import_form(database, CLOCK, KITS, 1, file_of(*lines))


def fates(imported: Imported) -> list[tuple[int, str, bool]]:
    return [(fate.line, fate.status, fate.new) for fate in imported.fates]


async def change_round(database: Database, **changes: Any) -> None:
    async with database.transaction() as session:
        round_row = await session.get_one(Round, 1)
        for name, value in changes.items():
            setattr(round_row, name, value)


async def kinds_told(database: Database) -> list[tuple[str, str]]:
    return sorted((act.lane.rpartition("/")[2], act.key.split(":")[0]) for act in await rows(database, OutboxAct))


async def test_every_row_has_a_fate(database: Database) -> None:
    imported = await take(
        database,
        line_of(Email="ana@example.org"),
        line_of(Email="late@example.org", Timestamp="2026-08-02 00:00:00"),
        line_of(Email="early@example.org", Timestamp="2026-06-30 23:59:59"),
        line_of(Email="offline@example.org", Do_you_have="No"),
        line_of(Email="Ana@Example.org ", Timestamp="2026-07-03 09:00:00", Type_of_library="public"),
        line_of(Email="nobody"),
    )
    assert fates(imported) == [
        (2, "duplicate", True),
        (3, "late", True),
        (4, "early", True),
        (5, "ineligible", True),
        (6, "accepted", True),
        (7, "unreadable", True),
    ]
    assert all(fate.reason for fate in imported.fates if fate.status != "accepted")
    assert imported.without_account == 4
    outcomes = sorted(submission.outcome for submission in await rows(database, Submission))
    assert outcomes == ["counted", "counted", "duplicate", "early", "late"]
    ana = (await rows(database, Application))[-1]
    assert (ana.status, ana.answers["library_type"], ana.submitted_at.day) == ("accepted", "public", 3)


async def test_a_second_import_changes_nothing(database: Database) -> None:
    await member(database, "ana@example.org")
    lines = [
        line_of(Email="ana@example.org"),
        line_of(Email="ana@example.org"),
        line_of(Email="bo@example.org", Timestamp="2026-08-09 10:00:00"),
    ]
    first = await take(database, *lines)
    tables = (Person, Application, Submission, Apart, OutboxAct)
    before = [[row.model_dump() for row in await rows(database, table)] for table in tables]
    second = await take(database, *lines)
    assert before == [[row.model_dump() for row in await rows(database, table)] for table in tables]
    assert sorted(fate.status for fate in first.fates) == sorted(fate.status for fate in second.fates)
    assert [fate.new for fate in second.fates] == [False, False, False]


async def test_a_later_export_brings_only_what_is_new(database: Database) -> None:
    ana, bo = line_of(Email="ana@example.org"), line_of(Email="bo@example.org")
    await take(database, ana)
    newer = line_of(Email="ana@example.org", Timestamp="2026-07-09 10:00:00", Country="Chile", Time_zone="")
    older = line_of(Email="ana@example.org", Timestamp="2026-07-01 00:10:00")
    imported = await take(database, ana, bo, newer, older)
    expected = [(2, "duplicate", False), (3, "accepted", True), (4, "accepted", True), (5, "duplicate", True)]
    assert fates(imported) == expected
    kept = {row.person_id: row for row in await rows(database, Application)}
    assert kept[1].answers["country"] == "CL"


async def test_whoever_is_there_is_told_in_their_daytime_and_once(database: Database) -> None:
    for name in ("ana", "bo", "caro", "dina"):
        await member(database, f"{name}@example.org")
    await take(
        database,
        line_of(Email="ana@example.org"),
        line_of(Email="ana@example.org", Timestamp="2026-07-02 10:00:00", Country="Australia"),
        line_of(Email="bo@example.org", Are_you_fluent="No"),
        line_of(Email="caro@example.org", Timestamp="2026-08-05 10:00:00"),
        line_of(Email="dina@example.org", Timestamp="2026-06-05 10:00:00"),
        line_of(Email="eva@example.org"),
    )
    assert await kinds_told(database) == [("ana", "form"), ("bo", "form"), ("caro", "form"), ("dina", "form")]
    acts = {act.lane.rpartition("/")[2]: act for act in await rows(database, OutboxAct)}
    assert acts["ana"].kind == "welcome"
    # Noon in UTC is 21:30 in Adelaide: the next morning is soon enough.
    assert acts["ana"].due_at == datetime(2026, 7, 20, 22, 30, tzinfo=UTC)
    assert not any(getattr(act_from_json(act.payload), "prompted", True) for act in acts.values())


async def test_places_are_given_in_the_order_of_time_and_none_is_taken_back() -> None:
    database = await town(MEMORY, capacity=2)
    await take(database, line_of(Email="ana@example.org", Timestamp="2026-07-05 10:00:00"))
    await database_told(database)
    imported = await take(
        database,
        line_of(Email="third@example.org", Timestamp="2026-07-03 10:00:00"),
        line_of(Email="second@example.org", Timestamp="2026-07-02 10:00:00"),
    )
    status = {fate.email: (fate.status, fate.reason) for fate in imported.fates}
    assert status == {"second@example.org": ("accepted", ""), "third@example.org": ("waitlisted", "full")}
    assert (await rows(database, Application))[0].status == "accepted"
    await database.close()


async def database_told(database: Database) -> None:
    async with database.transaction() as session:
        application = await session.get_one(Application, 1)
        application.told = application.status


async def test_an_export_that_comes_after_the_round_closed_still_counts(database: Database) -> None:
    await change_round(database, state="closed", country_cap=0.5)
    imported = await take(
        database,
        *(line_of(Email=f"p{n}@example.org", Timestamp=f"2026-07-0{n} 10:00:00") for n in range(1, 4)),
        line_of(Email="p4@example.org", Country="Peru", Time_zone=""),
    )
    status = {fate.email: (fate.status, fate.reason) for fate in imported.fates}
    assert status == {
        "p1@example.org": ("accepted", ""),
        "p2@example.org": ("accepted", ""),
        "p3@example.org": ("waitlisted", "country"),
        "p4@example.org": ("accepted", ""),
    }
    assert imported.state == "closed"


async def test_somebody_without_an_account_is_joined_and_told_when_they_come(database: Database) -> None:
    await take(database, line_of(Email="ana@example.org"), line_of(Email="bo@example.org"))
    assert await rows(database, OutboxAct) == []
    async with unit_of_work(database, CLOCK) as work:
        turn = Turn(work, KITS)
        assert await accepted(turn, await turn.get(Round, 1)) == []
        known = await identify(turn, Actor("paper", "town", "u7", "Ana", "ANA@example.org"))
        assert known is not None
        assert [one.person_id for one in await accepted(turn, await turn.get(Round, 1))] == [known.person.id]
    told = await rows(database, OutboxAct)
    assert [(act.lane, act.kind) for act in told] == [("paper/town/direct/u7", "welcome")]
    async with unit_of_work(database, CLOCK) as work:
        await identify(Turn(work, KITS), Actor("paper", "town", "u7", "Ana", "ana@example.org"))
    assert len(await rows(database, OutboxAct)) == 1


async def test_whoever_comes_when_the_pairs_are_made_waits_for_a_partner(database: Database) -> None:
    await take(database, line_of(Email="ana@example.org"))
    await change_round(database, state="running")
    await member(database, "bo@example.org")
    imported = await take(database, line_of(Email="bo@example.org"), line_of(Email="caro@example.org"))
    assert [fate.status for fate in imported.fates] == ["accepted", "accepted"]
    async with unit_of_work(database, CLOCK) as work:
        await identify(Turn(work, KITS), Actor("paper", "town", "u7", "Ana", "ana@example.org"))
    # Caro has not come yet: nobody can introduce her.
    assert [row.seeking for row in await rows(database, Application)] == [True, True, False]
    assert await rows(database, Partnership) == []


async def test_an_application_in_conversation_after_the_form_takes_its_place(database: Database) -> None:
    await member(database, "ana@example.org")
    form = line_of(Email="ana@example.org", Timestamp="2026-07-02 10:00:00")
    async with unit_of_work(database, VirtualClock(datetime(2026, 7, 5, tzinfo=UTC))) as work:
        turn = Turn(work, KITS)
        known = await identify(turn, Actor("paper", "town", "ana"))
        assert known is not None
        answers = {"country": "FR", "zone": "Europe/Paris"}
        await admission.submit(turn, await turn.get(Round, 1), known.account, answers, key="test")
    imported = await take(database, form)
    assert fates(imported) == [(2, "duplicate", True)]
    assert "5 July 2026" in imported.fates[0].reason
    assert (await rows(database, Application))[0].answers["country"] == "FR"


@pytest.mark.parametrize("change", [{"state": "ended"}, {"program_id": 2}])
async def test_without_a_round_there_is_nothing_to_import_into(database: Database, change: dict[str, Any]) -> None:
    if "program_id" in change:
        async with database.transaction() as session:
            await session.delete(await session.get_one(Round, 1))
    else:
        await change_round(database, **change)
    with pytest.raises(NoRound, match="/mentoring round open"):
        await take(database, line_of())
    assert await rows(database, Person) == []


async def test_a_file_that_is_no_export_changes_nothing(database: Database) -> None:
    with pytest.raises(FormError):
        await import_form(database, CLOCK, KITS, 1, HEAD.encode() + "\nZoë".encode("cp1252"))
    assert await rows(database, Person) == []
