"""The crowd as a whole: its coordinator, edited questions, the same story twice and over a restart, its speed."""

from collections import Counter
from datetime import timedelta
from time import process_time

import pytest

from adapters.local.crowd import Seen
from adapters.local.people import DEFAULT_SHARES, Profile, Temper, cast, coordinator, tempers
from adapters.local.platform import Platform
from adapters.local.records import Record
from bot.language.events import Answered, Event
from bot.language.messages import Choices, Option, say
from bot.language.places import Address, Place
from tests.adapters.people_stage import START, Hands, Stage, ask, at, introduced, people, survey, topic


def test_a_coordinator_approves_and_decides_at_a_sitting() -> None:
    stage = Stage([], start=at(9, 1, 22), coordinators=[coordinator("desk-1", "Europe/London")])
    desk = stage.platform.world.desk
    first = (Option("write", "Write to both"), Option("another", "Find another partner"), Option("end", "End it"))
    proposed = (Option("again", "Run again", "primary"), Option("approve", "Approve"))
    stage.post(desk, "proposal", "Pairs", Choices("match:3:1", proposed))
    for number in (1, 2):
        stage.post(desk, "case", "Somebody waits", Choices(f"case:{number}:1", first))
    stage.post(desk, "notice", "Somebody applied", Choices("other:1", (Option("ok", "Fine", "primary"),)))
    stage.until(at(9, 3))
    assert [_pressed(event) for event in stage.events] == [
        ("match:3:1", "approve"),
        ("case:1:1", "write"),
        ("case:2:1", "write"),
    ]
    assert len({event.at for event in stage.events}) == 1
    stage.post(desk, "case", "Still silent", Choices("case:1:2", first))
    stage.until(at(9, 5))
    stage.post(desk, "case", "Still silent", Choices("case:1:3", first))
    stage.until(at(9, 7))
    assert [_pressed(event) for event in stage.events[3:]] == [("case:1:2", "another"), ("case:1:3", "end")]


def test_an_edited_question_is_answered_as_it_reads_now() -> None:
    stage = Stage([], start=at(9, 1, 22), coordinators=[coordinator("desk-1")])
    desk = stage.platform.world.desk
    approve = Option("approve", "Approve")
    proposal = stage.post(desk, "proposal", "Pairs", Choices("match:3:1", (approve,)))
    case = stage.post(desk, "case", "Somebody waits", Choices("case:1:1", (Option("write", "Write"),)))
    stage.edit(desk, "proposal", proposal, "Other pairs", Choices("match:3:2", (approve,)))
    stage.edit(desk, "case", case, "They have written: closed.")
    stage.until(at(9, 4))
    assert [_pressed(event) for event in stage.events] == [("match:3:2", "approve")]
    assert stage.platform.next_due() is None


def test_the_same_calls_in_the_same_order_make_the_same_crowd() -> None:
    def story() -> list[Event]:
        stage, rooms = introduced(profile for temper in Temper for profile in people(temper, 3))
        topic(stage, rooms, 1)
        stage.until(START + timedelta(days=20))
        ask(stage)
        for account in rooms:
            stage.start(account, survey("middle"), "survey")
        stage.until(START + timedelta(weeks=12))
        return stage.events

    assert story() == story()


class Kept:
    """A journal in a list."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def append(self, record: Record) -> None:
        self.records.append(record)

    def close(self) -> None:
        pass


@pytest.mark.parametrize("days", [3, 33, 60])
def test_after_a_restart_the_crowd_is_where_it_was(days: int) -> None:
    profiles = [profile for temper in Temper for profile in people(temper, 2)]
    journal = Kept()
    stage = Stage(profiles, start=START, journal=journal)
    rooms = {profile.account: stage.room(profile.account) for profile in profiles}
    for address in rooms.values():
        stage.post(address, "introduction", "This is your room.")
    topic(stage, rooms, 1)
    ask(stage)
    stage.until(START + timedelta(days=days))
    topic(stage, rooms, 2)
    again = Platform(Hands(START), crowd=cast(7, profiles), keep_texts=False)
    again.replay(journal.records)
    known = set(again.waiting)
    while (due := again.next_due()) is not None:
        again.clock.set(due)
        again.let_people_act()
    stage.until(START + timedelta(weeks=17))
    later = [event for event in again.waiting.values() if event.event_id not in known]
    assert later
    assert later == [event for event in stage.events if event.at > START + timedelta(days=days)]


def test_tempers_follow_the_shares_and_only_the_account() -> None:
    ids = [f"p{n}" for n in range(4_000)]
    found = tempers(1, ids)
    counts = Counter(found.values())
    total = sum(DEFAULT_SHARES.values())
    assert {temper: counts[temper] / 4_000 for temper in Temper} == pytest.approx(
        {temper: share / total for temper, share in DEFAULT_SHARES.items()}, abs=0.03
    )
    assert tempers(1, ids[10:20]) == {identity: found[identity] for identity in ids[10:20]}
    assert set(tempers(1, ids, {Temper.SLOW: 2}).values()) == {Temper.SLOW}
    for shares in ({}, {Temper.SLOW: 0.0}, {Temper.SLOW: 2, Temper.KEEN: -1}):
        with pytest.raises(ValueError, match="shares"):
            tempers(1, ids, shares)


def test_a_post_that_needs_no_answer_costs_next_to_nothing() -> None:
    crowd = cast(1, [Profile(f"p{n}", "Somebody") for n in range(1_500)])
    hall = Address("local", "playground", Place.HALL, "hall")
    posts = [Seen(f"p{n}", hall, say("Something to read", "and more"), "notice", "k", START) for n in range(1_500)]
    began = process_time()
    for _ in range(10):
        for seen in posts:
            crowd.on_post(seen)
    # 20 microseconds for each, with room for a slow machine.
    assert process_time() - began < 15_000 * 20e-6 * 4
    assert crowd.next_due() is None


def _pressed(event: Event) -> tuple[str, str]:
    assert isinstance(event, Answered)
    return event.token, event.values[0]
