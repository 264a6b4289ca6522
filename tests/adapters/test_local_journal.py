"""Killed at any moment, the local platform goes on where it was: nothing lost, nothing doubled."""

import resource
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.local.crowd import Action, Leave, Press, Say, Seen
from adapters.local.journal import DamagedJournal, FileJournal, load
from adapters.local.outbound import LocalAdapter
from adapters.local.records import AccountAdded, Acted, Posted, Record, record_from_json, record_to_json
from adapters.local.view import Views
from bot.language.acts import Act, CloseRoom, Edit, Receipt
from bot.language.events import Event
from bot.language.messages import Choices, Option, say
from tests.adapters.local_stage import (
    DESK,
    PEOPLE,
    START,
    Inbox,
    ScriptedControl,
    TurnedClock,
    direct,
    post,
    room_act,
    stage,
)

QUESTION = Choices("flow:1:ok:1", (Option("y", "Yes"), Option("n", "No")))

WRITER = """
import asyncio, itertools, pathlib, sys
from tests.adapters.local_stage import direct, post, stage

async def write():
    adapter = stage(journal=pathlib.Path(sys.argv[1]))
    for number in itertools.count():
        receipt = await adapter.perform(post(f"topic:{number}", direct("alex"), "words " * 50))
        print(f"topic:{number}", receipt.reference, flush=True)

asyncio.run(write())
"""


class Answering:
    """A crowd whose people press the first option an hour after they were asked, and say so a minute later."""

    def __init__(self) -> None:
        self.plans: list[Action] = []

    def on_post(self, seen: Seen) -> None:
        for element in seen.message.elements:
            if isinstance(element, Choices):
                at = seen.at + timedelta(hours=1)
                value = (element.options[0].value,)
                self.plans.append(Press(seen.account, seen.address, element.token, value, at, seen.reference))
                self.plans.append(Say(seen.account, seen.address, f"done {seen.key}", at + timedelta(minutes=1)))

    def next_due(self) -> datetime | None:
        return min((plan.at for plan in self.plans), default=None)

    def take_due(self, now: datetime) -> Sequence[Action]:
        due = sorted((plan for plan in self.plans if plan.at <= now), key=lambda plan: (plan.at, plan.account))
        self.plans = [plan for plan in self.plans if plan.at > now]
        return due


async def play(adapter: LocalAdapter, inbox: Inbox) -> None:
    """A short story, every part of which may have happened already."""
    await adapter.start(inbox.receive)
    clock = adapter.platform.clock
    room = await done(adapter, room_act())
    for user in ("amina", "bruno", "alex"):
        asked = await done(adapter, post(f"q:{user}", direct(user), "Well?", QUESTION))
        await done(adapter, Edit(f"e:{user}", "question", direct(user), asked.reference, say("Well?", QUESTION)))
    assert room.room is not None
    await done(adapter, post("intro", room.room, "Meet each other"))
    for hours in range(1, 4):
        adapter.platform.move_clock(max(clock.now(), START + timedelta(hours=hours)))
        await adapter.let_people_act()
    await done(adapter, CloseRoom("close", "close", room.room))
    await adapter.stop()


async def done(adapter: LocalAdapter, act: Act) -> Receipt:
    return await adapter.find(act) or await adapter.perform(act)


def handled(events: Sequence[Event]) -> list[Event]:
    """Events without those that came twice under one id, as an inbox keeps them."""
    return list({event.event_id: event for event in events}.values())


def look(adapter: LocalAdapter) -> object:
    view = Views(adapter.platform, ScriptedControl(adapter), adapter.capabilities).whole()
    return view["posts"], view["rooms"], view["accounts"], view["clock"], adapter.platform.receipts


async def test_after_a_restart_everything_is_as_before(tmp_path: Path) -> None:
    path, inbox = tmp_path / "deep" / "journal.jsonl", Inbox()
    adapter = stage(journal=path, crowd=Answering())
    await play(adapter, inbox)
    before = path.read_bytes()
    again = stage(journal=path, crowd=Answering())
    assert look(again) == look(adapter)
    assert again.platform.waiting == {}
    assert again.platform.next_due() == adapter.platform.next_due()
    assert again.platform.clock.now() == START + timedelta(hours=3)
    assert path.read_bytes() == before


async def test_the_same_story_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        await play(stage(journal=tmp_path / name, crowd=Answering()), Inbox())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


async def test_cut_off_anywhere_the_story_ends_the_same(tmp_path: Path) -> None:
    whole, inbox = tmp_path / "whole", Inbox()
    adapter = stage(journal=whole, crowd=Answering())
    await play(adapter, inbox)
    end, events = look(adapter), handled(inbox.events)
    assert [event.type for event in events] == ["answered"] * 4 + ["said"] * 4
    lines = whole.read_bytes().splitlines(keepends=True)
    for kept in range(len(lines) + 1):
        path = tmp_path / f"cut-{kept}"
        torn = lines[kept][: len(lines[kept]) // 2] if kept < len(lines) else b""
        path.write_bytes(b"".join(lines[:kept]) + torn)
        told = Inbox()
        # What was acknowledged before the cut is in the core's inbox already.
        known = {event_id for record in load(path) for event_id in getattr(record, "event_ids", ())}
        told.events = [event for event in events if event.event_id in known]
        again = stage(journal=path, crowd=Answering())
        await play(again, told)
        assert look(again) == end, f"cut after {kept} records"
        assert handled(told.events) == events, f"cut after {kept} records"
        assert len(told.events) == len(events), f"cut after {kept} records"


async def test_events_that_were_not_stored_are_handed_in_again_under_the_same_id(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    adapter = stage(journal=path)
    await adapter.start(Inbox(broken=True).receive)
    with pytest.raises(ConnectionError):
        await adapter.act(Say("alex", direct("alex"), "hello", START))
    (waiting,) = adapter.platform.waiting.values()
    await adapter.stop()
    for expected in ([waiting], []):
        again, inbox = stage(journal=path), Inbox()
        await again.start(inbox.receive)
        assert inbox.events == expected
        await again.stop()


async def test_a_person_who_left_meanwhile_does_nothing_any_more(tmp_path: Path) -> None:
    path, inbox, clock = tmp_path / "journal", Inbox(), TurnedClock()
    adapter = stage(clock, journal=path, crowd=Answering())
    await adapter.start(inbox.receive)
    await adapter.perform(post("q:amina", direct("amina"), "Well?", QUESTION))
    adapter.platform.act(Leave("amina", START))
    clock.pass_by(7200)
    await adapter.let_people_act()
    await adapter.stop()
    assert [event.type for event in inbox.events] == ["left"]
    again = stage(journal=path, crowd=Answering())
    assert again.platform.next_due() is None
    assert look(again) == look(adapter)


def test_a_damaged_journal_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    stage(journal=path).platform.close()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"not a record\n" + lines[1])
    with pytest.raises(DamagedJournal, match=r"journal:2: "):
        stage(journal=path)


@pytest.mark.parametrize("content", [b"", b"torn", b"torn" * 50_000])
def test_nothing_but_a_torn_line_is_an_empty_journal(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal"
    path.write_bytes(content)
    assert list(load(path)) == []
    assert path.read_bytes() == b""
    assert list(load(tmp_path / "none")) == []


def test_a_record_that_did_not_fit_leaves_the_journal_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = FileJournal(path)
    journal.append(AccountAdded(START, PEOPLE[0]))
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 5, hard))
    try:
        with pytest.raises(OSError):
            journal.append(AccountAdded(START, PEOPLE[1]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    journal.append(AccountAdded(START, PEOPLE[2]))
    journal.close()
    assert [record.account for record in load(path) if isinstance(record, AccountAdded)] == [PEOPLE[0], PEOPLE[2]]


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"])), st.datetimes(timezones=st.just(UTC)))
def test_records_read_back_as_they_were_written(text: str, at: datetime) -> None:
    records: list[Record] = [
        Acted(at, Say("alex", direct("alex"), text, at), crowd=True),
        Acted(at, Press("alex", DESK, "t", (text,), at, "m1")),
        Posted(at, post(text, DESK, text + "!", QUESTION)),
    ]
    for record in records:
        line = record_to_json(record)
        assert b"\n" not in line
        assert record_from_json(line) == record


def test_a_process_that_is_killed_has_kept_all_that_it_answered(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        answered = [process.stdout.readline().decode().split() for _ in range(200)]
        process.kill()
    again = stage(journal=path)
    for key, reference in answered:
        assert again.platform.receipts[key].reference == reference
