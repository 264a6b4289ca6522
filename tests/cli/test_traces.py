"""One id leads from an event to the acts that follow from it, in the log and in the outbox."""

import io
import json
from datetime import timedelta
from typing import Any

from bot import logs
from bot.engine.cause import cause_of
from bot.language.adapter import Gone
from bot.language.events import Commanded
from bot.program.openings import NewPartnership, create
from storage.people import Program
from storage.rounds import Round
from storage.traffic import OutboxAct
from tests.program.house import BEGIN, BOSS, House, opened


def listening() -> io.StringIO:
    """Everything that is logged from now on."""
    written = io.StringIO()
    logs.configure("debug", "json", stream=written)
    return written


def lines(written: io.StringIO, cause: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in written.getvalue().splitlines()]
    return [line for line in found if line.get("cause") == cause]


def asked(house: House, event_id: str, text: str) -> Commanded:
    address = house.direct(BOSS)
    return Commanded(event_id, house.clock.now(), house.actor(BOSS), address, text)


async def test_the_id_of_an_event_is_on_every_line_from_the_inbox_to_the_delivery() -> None:
    async with opened() as house:
        events = [asked(house, name, "help") for name in ("first", "second")]
        written = listening()
        await house.receive(*events)
        for event in events:
            told = lines(written, cause_of(event))
            assert [line["event"] for line in told] == ["event_stored", "event_handled", "act_sent"]
        causes = [act.cause for act in await house.rows(OutboxAct)]
        assert causes == [cause_of(event) for event in events]


async def test_what_goes_wrong_on_the_way_bears_the_id_too() -> None:
    async with opened() as house:
        event = asked(house, "first", "help")
        written = listening()

        def refuse(act: object) -> None:
            raise Gone("nobody lives there")

        house.paper.refuse = refuse
        await house.receive(event)
        assert "act_dead" in [line["event"] for line in lines(written, cause_of(event))]


async def test_what_follows_from_a_delivery_bears_the_id_of_what_was_delivered() -> None:
    async with opened() as house:
        people = [await house.person(name) for name in ("ana", "ben")]
        async with house.turn() as turn:
            program, round_row = await turn.get(Program, 1), await turn.get(Round, 1)
            with turn.work.caused_by("approval"):
                await create(turn, program, round_row, [NewPartnership(tuple(people), {})], not_before=turn.now)
        await house.until(BEGIN + timedelta(days=1))
        acts = await house.rows(OutboxAct)
        assert {"room", "introduction"} <= {act.kind for act in acts if act.cause == "approval"}


async def test_what_was_due_is_named_where_no_event_was_the_cause() -> None:
    async with opened() as house:
        identity = await house.live("ana", "ben")
        await house.until(BEGIN + timedelta(days=15))
        for user in ("ana", "ben"):
            await house.wrote(user, identity)
        await house.until(BEGIN + timedelta(days=30))
        causes = {act.cause for act in await house.rows(OutboxAct) if act.kind == "topic"}
        assert {"rounds:20260906T100000", "rounds:20260920T100000"} <= causes


async def test_without_debug_only_what_was_sent_is_told() -> None:
    async with opened() as house:
        event = asked(house, "first", "help")
        written = io.StringIO()
        logs.configure("info", "json", stream=written)
        await house.receive(event)
        assert [line["event"] for line in lines(written, cause_of(event))] == ["act_sent"]
